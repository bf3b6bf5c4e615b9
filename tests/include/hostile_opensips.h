/* OpenSIPS, Kamailio: the time, a string and the log under one-word names. */
#define now (time(NULL))
#define get_ticks() (*jiffies)
#define str_init(literal) { literal, sizeof(literal) - 1 }
#define is_printable(x) 1
#define LM_ERR(...) ((void)0)
#define LOG(level, ...) ((void)(level))
#define DBG(...) ((void)0)
#define translate_pointer(n, o, p) ((n) + ((p) - (o)))
#define via_len(v) ((v)->len)
#define lock(x) get_lock(x)
#define release(x) release_lock(x)
#define ZSW(c) ((c) ? (c) : "")
#define E_OUT_OF_MEM (-2)
#define E_BUG (-5)
