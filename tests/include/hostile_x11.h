/* X11's X.h and Xlib.h, and the terminal macros of curses.h. */
#define None 0L
#define Bool int
#define Status int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define Above 0
#define Below 1
#define Complex 0
#define Convex 2
#define Unsorted 0
#define ControlMask (1 << 2)
#define CursorShape 0
#define KeyPress 2
#define FocusIn 9
#define erase() werase(stdscr)
#define move(y, x) wmove(stdscr, (y), (x))
#define clear() wclear(stdscr)
#define refresh() wrefresh(stdscr)
#define timeout(delay) wtimeout(stdscr, (delay))
#define box(win, v, h) wborder((win), (v), (h))
