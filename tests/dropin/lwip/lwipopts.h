/* lwIP with threads and its BSD socket names as macros, as ports for an RTOS configure it. */
#define NO_SYS 0
#define LWIP_SOCKET 1
#define LWIP_NETCONN 1
#define LWIP_COMPAT_SOCKETS 1
#define LWIP_POSIX_SOCKETS_IO_NAMES 1
#define LWIP_DNS 1
#define LWIP_TCP 1
#define LWIP_PROVIDE_ERRNO 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMEVAL_PRIVATE 0
