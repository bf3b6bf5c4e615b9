/* What compilers predefine in GNU mode, and what C99 and POSIX allow to be macros. */
#define unix 1
#define linux 1
#define i386 1
#define mips 1
#define arm 1
#define sun 1
#define hpux 1
#define vax 1
#define I (1.0 + 1.0)
#define complex double
#define imaginary double
#define assert(x) ((void)0)
#define errno (*__errno_location())
#define stdin (stdin)
#define stdout (stdout)
#define stderr (stderr)
#define environ (*get_environ())
#define signgam (*get_signgam())
#define major(dev) gnu_dev_major(dev)
#define minor(dev) gnu_dev_minor(dev)
#define st_atime st_atim.tv_sec
#define sa_handler __sigaction_handler.sa_handler
#define s6_addr __in6_u.__u6_addr8
#define index(s, c) strchr((s), (c))
#define rindex(s, c) strrchr((s), (c))
#define bcopy(from, to, n) memmove((to), (from), (n))
#define bzero(s, n) memset((s), 0, (n))
#define howmany(x, y) (((x) + ((y) - 1)) / (y))
#define roundup(x, y) ((((x) + ((y) - 1)) / (y)) * (y))
#define time(t) fake_time(t)
#define random() fake_random()
#define open(...) fake_open(__VA_ARGS__)
#define stat(path, buf) fake_stat(path, buf)
