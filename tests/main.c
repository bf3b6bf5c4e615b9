/* Runs every group: the function of each tests/test_*.c and tests/api_*.c, all or those named.
 * The Makefile writes groups.h from the file names. build/tests/run test_json api_call           */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "basics.h"

int support_report(void);

#define GROUP_NAME(name) int name(void);
#include "groups.h"
#undef GROUP_NAME

static const struct {
    const char *name;
    int (*run)(void);
} groups[] = {
#define GROUP_NAME(name) { #name, name },
#include "groups.h"
};

static int wanted(const char *name, int argc, char **argv)
{
    int i, found = argc < 2;
    for (i = 1; i < argc; i++) found |= strcmp(argv[i], name) == 0;
    return found;
}

int main(int argc, char **argv)
{
    size_t i, ran = 0;
    int    failed;
    for (i = 0; i < ROWS(groups); i++) {
        if (!wanted(groups[i].name, argc, argv)) continue;
        groups[i].run();
        ran++;
    }
    failed = support_report() != 0 || ran == 0;
    fflush(NULL);
    if (failed) _exit(1); /* a failed test leaks; that is not worth a second report */
    return 0;
}
