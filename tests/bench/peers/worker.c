/* What the contestants in C share.
 *   CONTESTANT WHAT N   does it N times and shows the last one
 *   CONTESTANT WHAT     shows one, then answers each line N with the nanoseconds of processor time
 *                       that N of them took                                                      */
#include "worker.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long long nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int repeat(once *it, long n)
{
    int ok = 1;
    while (n-- > 0) ok &= it();
    return ok;
}

int main(int argc, char **argv)
{
    once     *it = argc > 1 ? prepare(argv[1]) : NULL;
    char      line[32];
    long long start;
    if (it == NULL || !repeat(it, argc > 2 ? atol(argv[2]) : 1)) return 1;
    show();
    while (argc == 2 && fflush(stdout) == 0 && fgets(line, sizeof line, stdin) != NULL) {
        start = nanoseconds();
        if (!repeat(it, atol(line))) return 1;
        printf("%lld\n", nanoseconds() - start);
    }
    return 0;
}
