/* A contestant written in C is linked with worker.c and has these two functions. */
typedef int once(void); /* one request; not 0 when it went well */

once *prepare(const char *what); /* what is to be repeated; NULL: it cannot be */
void  show(void);                /* the last request: request line, headers, empty line, body */
