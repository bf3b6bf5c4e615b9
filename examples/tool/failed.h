/* failed.h - the file of failed lines, which each run writes anew.
 * in: records that failed     out: FILE, ready to be mended and run
 *
 * They are written to FILE.new. It takes the place of FILE when all failed lines that the journal
 * knows are in it: until then, FILE is the one of the run before, which may hold the only copy.  */
#ifndef TOOL_FAILED_H
#define TOOL_FAILED_H

#include "journal.h"

struct failed_lines {
    char       *path, *new_path; /* owned; NULL: no such file is wanted */
    const char *header;          /* of CSV: the first line; NULL: none */
    FILE       *file;
    int         complete; /* what earlier runs left is in it */
    int         placed;   /* it has taken the place of path */
    uint64_t    count;
};

/* 0 with errno: something else than a file stands there, and is left alone. */
static int may_be_replaced(const char *path)
{
    struct stat about;
    if (lstat(path, &about) != 0) return errno == ENOENT;
    errno = EINVAL;
    return S_ISREG(about.st_mode);
}

/* Ends the program when the file cannot be written: better now than at the first failed line. */
static void open_failed_lines(struct failed_lines *f, const char *header)
{
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    int       fd    = -1;
    if (f->path == NULL) return;
    f->header = header;
    if (may_be_replaced(f->path) && may_be_replaced(f->new_path))
        fd = open(f->new_path, flags, 0600);
    if (fd >= 0 && make_private(fd)) f->file = fdopen(fd, "wb");
    if (f->file == NULL)
        fail(EXIT_OTHER, "cannot write %s: %s; --failed-lines names another file", f->path,
             strerror(errno));
}

/* Without any failed line there is no file, and none of the run before either. 0 with errno. */
static int place_failed_lines(struct failed_lines *f)
{
    if (f->path == NULL || f->placed) return 1;
    f->complete = 1;
    if (f->count == 0) return unlink(f->path) == 0 || errno == ENOENT;
    f->placed = fsync(fileno(f->file)) == 0 && rename(f->new_path, f->path) == 0;
    if (f->placed) sync_directory_of(f->path);
    return f->placed;
}

/* Adds a line. 0 with errno. */
static int keep_failed_line(struct failed_lines *f, const struct text *line)
{
    if (f->path == NULL || line->len == 0) return 1; /* one that is too long is not kept */
    if (f->count++ == 0 && f->header != NULL) fprintf(f->file, "%s\n", f->header);
    if (fwrite(line->ptr, 1, line->len, f->file) != line->len || putc('\n', f->file) == EOF ||
        fflush(f->file) != 0)
        return 0;
    return !f->complete || place_failed_lines(f);
}

/* 0 with errno. */
static int close_failed_lines(struct failed_lines *f)
{
    int good = 1;
    if (f->file != NULL) {
        good = fsync(fileno(f->file)) == 0;
        good = fclose(f->file) == 0 && good;
        if (!f->placed) unlink(f->new_path);
    }
    f->file = NULL;
    return good;
}

#endif
