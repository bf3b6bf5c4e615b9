/* windows.h, winsock2.h, rpc.h and Microsoft's crtdefs; of some the meaning here is made up. */
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define small char
#define hyper __int64
#define near
#define far
#define pascal
#define cdecl
#define interface struct
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define TRUE 1
#define FALSE 0
#define ERROR 0
#define NO_ERROR 0L
#define DELETE (0x00010000L)
#define IGNORE 0
#define STRICT 1
#define SendMessage SendMessageA
#define GetMessage GetMessageA
#define s_addr S_un.S_addr
#define h_addr h_addr_list[0]
#define errno (*_errno())
#define strdup _strdup
#define snprintf(...) _snprintf(__VA_ARGS__)
#define send(s, b, l, f) win32_send(s, b, l, f)
#define recv(s, b, l, f) win32_recv(s, b, l, f)
#define connect(s, a, l) win32_connect(s, a, l)
#define select(n, r, w, e, t) win32_select(n, r, w, e, t)
