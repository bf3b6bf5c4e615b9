/* Files of JSON that tests read: data of others, in place in $CUC_DATA (../shared/data), and our own
 * in tests/vectors. One that is missing is a failure; a folder of others that is missing, a skip. */
#ifndef DATA_H
#define DATA_H

#include "support.h"
#include <sys/stat.h>
#include <jansson.h>

#define VECTORS "tests/vectors"

static const char *data_folder(void)
{
    const char *folder = getenv("CUC_DATA");
    return folder != NULL && folder[0] != 0 ? folder : "../shared/data";
}

static int is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* 1 when what is in the folder has to be there, which it has to be with CUC_ALL set. */
static int is_here(const char *folder, const char *name)
{
    const char *all = getenv("CUC_ALL");
    if (is_folder(folder)) return 1;
    if (strcmp(folder, VECTORS) == 0 || (all != NULL && all[0] != 0))
        fail_msg("%s: there is no folder %s", name, folder);
    skipped(name);
    return 0;
}

static char *joined(const char *a, const char *b, const char *c)
{
    const size_t n   = strlen(a) + strlen(b) + strlen(c) + 3;
    char        *out = block(n);
    snprintf(out, n, "%s%s%s%s%s", a, b[0] != 0 ? "/" : "", b, c[0] != 0 ? "/" : "", c);
    return out;
}

static json_t *load(const char *folder, const char *name)
{
    json_error_t error;
    char        *path;
    json_t      *j;
    if (!is_here(folder, name)) return NULL;
    path = joined(folder, name, "");
    j    = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (j == NULL) fail_msg("%s: %s, line %d", path, error.text, error.line);
    free(path);
    return j;
}

#endif
