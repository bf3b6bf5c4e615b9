/* lines.h - a file of updates, one record after another, without ever holding more than a few.
 * in: a file descriptor     out: records as they were written, with line number and key hash
 *
 * A record is a line; in CSV it can hold line ends between quotes. Blank lines are no records. A
 * record that is too long is cut, and marked.                                                    */
#ifndef TOOL_LINES_H
#define TOOL_LINES_H

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

enum { MAX_RECORD = 1 << 20, READ_SIZE = 1 << 16 };

/* Not a message digest: it notices changes, and tells contacts apart. FNV-1a, 64 bits. */
#define FNV_START 0xcbf29ce484222325u

static uint64_t key_hash(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    while (n-- > 0) hash = (hash ^ *at++) * 0x100000001b3u;
    return hash;
}

enum cell_state { OUTSIDE, QUOTED, MAYBE_CLOSED }; /* MAYBE_CLOSED: behind a quote in QUOTED */

struct lines {
    int             fd, csv, at_end;
    struct text     buffer;
    size_t          from;         /* where the next record begins in it */
    size_t          scanned;      /* as far as that was searched for its end */
    enum cell_state cell;         /* of the search, in CSV */
    uint64_t        number, line; /* of the last record, from 1; of the line it begins in */
    uint64_t        next_line;
    uint64_t        consumed;              /* bytes before the next record */
    uint64_t        size;                  /* of the file; 0: unknown */
    time_t          changed;               /* when it was last written to */
    uint64_t        skipped, skipped_hash; /* bytes of a record that is too long to be kept */
    const char     *problem;               /* of reading; NULL: none */
};

struct record {
    struct text text; /* without its line end */
    uint64_t    number, line, hash;
    int         too_long;
};

enum next_record { RECORD, NO_MORE, NOT_YET };

static void open_lines(struct lines *l, const char *path, int csv)
{
    struct stat about;
    memset(l, 0, sizeof *l);
    l->csv          = csv;
    l->skipped_hash = FNV_START;
    l->next_line    = 1;
    l->fd           = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (l->fd < 0) fail(EXIT_USAGE, "--from: cannot read %s: %s", path, strerror(errno));
    if (fstat(l->fd, &about) == 0 && S_ISDIR(about.st_mode))
        fail(EXIT_USAGE, "--from: %s is a directory", path);
    if (S_ISREG(about.st_mode)) l->size = (uint64_t)about.st_size, l->changed = about.st_mtime;
}

/* All of it was read, and something has written to it meanwhile. */
static int lines_changed(const struct lines *l)
{
    struct stat about;
    return l->at_end && fstat(l->fd, &about) == 0 && S_ISREG(about.st_mode) &&
           (l->size != (uint64_t)about.st_size || l->changed != about.st_mtime);
}

static void close_lines(struct lines *l)
{
    if (l->fd != STDIN_FILENO) close(l->fd);
    text_free(&l->buffer);
}

/* Reads some more; 0: nothing can be read right now. */
static int lines_fill(struct lines *l)
{
    struct pollfd ready;
    ssize_t       n;
    ready.fd     = l->fd;
    ready.events = POLLIN;
    if (poll(&ready, 1, 0) == 0) return 0;
    if (l->from > 0) { /* what is consumed makes space */
        memmove(l->buffer.ptr, l->buffer.ptr + l->from, l->buffer.len - l->from);
        l->buffer.len -= l->from;
        l->scanned -= l->from;
        l->from = 0;
    }
    text_reserve(&l->buffer, READ_SIZE);
    n = read(l->fd, l->buffer.ptr + l->buffer.len, READ_SIZE);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    if (n < 0) l->problem = strerror(errno);
    if (n <= 0) l->at_end = 1;
    else l->buffer.len += (size_t)n;
    return 1;
}

/* A quote opens a cell only at its beginning: 5" is an inch. */
static int cell_begins(const struct lines *l)
{
    const char  *at = l->buffer.ptr + l->scanned;
    const size_t n  = l->scanned - l->from;
    return n == 0 || at[-1] == ',' ||
           (n == 3 && l->consumed == 0 && memcmp(at - 3, BYTE_ORDER_MARK, 3) == 0);
}

static enum cell_state next_cell_state(const struct lines *l, char c)
{
    if (l->cell == QUOTED) return c == '"' ? MAYBE_CLOSED : QUOTED;
    if (c != '"') return OUTSIDE;
    return l->cell == MAYBE_CLOSED || cell_begins(l) ? QUOTED : OUTSIDE; /* "" is a quote */
}

/* Where the record ends; 0: its end is not in the buffer. */
static int lines_end(struct lines *l, size_t *end)
{
    for (; l->scanned < l->buffer.len; l->scanned++) {
        const char c = l->buffer.ptr[l->scanned];
        if (l->csv) l->cell = next_cell_state(l, c);
        if (c != '\n' || l->cell == QUOTED) continue;
        *end = l->scanned;
        return 1;
    }
    if (!l->at_end) return 0;
    *end = l->buffer.len;
    return 1;
}

static void lines_pass(struct lines *l, const char *at, size_t n) /* counts them */
{
    size_t i;
    for (i = 0; i < n; i++) l->next_line += at[i] == '\n';
    l->consumed += n;
}

/* Too long so far: its bytes are hashed and dropped. A quote that is never closed ends, too. */
static void lines_skip(struct lines *l)
{
    const char  *at = l->buffer.ptr + l->from;
    const size_t n  = l->buffer.len - l->from;
    if (l->skipped == 0) l->line = l->next_line;
    lines_pass(l, at, n);
    l->skipped_hash = key_hash(l->skipped_hash, at, n);
    l->skipped += n;
    l->from = l->scanned = l->buffer.len;
    l->cell              = OUTSIDE;
}

/* The record that begins at l->from and ends at end; 0: it is blank. */
static int lines_take(struct lines *l, size_t end, struct record *r)
{
    const char    *at    = l->buffer.ptr + l->from;
    const uint64_t first = l->consumed;
    size_t         n = end - l->from, blanks = 0;
    if (l->skipped == 0) l->line = l->next_line;
    lines_pass(l, at, n + (end < l->buffer.len));
    l->from = l->scanned = end + (end < l->buffer.len);
    l->cell              = OUTSIDE;
    if (first == 0 && n >= 3 && memcmp(at, BYTE_ORDER_MARK, 3) == 0)
        at += 3, n -= 3; /* the byte order mark of a file that Windows wrote */
    if (n > 0 && at[n - 1] == '\r') n--;
    while (blanks < n && (at[blanks] == ' ' || at[blanks] == '\t')) blanks++;
    if (blanks == n && l->skipped == 0) return 0;
    r->too_long = l->skipped > 0 || n > MAX_RECORD;
    r->hash     = key_hash(l->skipped_hash, at, n);
    r->line     = l->line;
    r->number   = ++l->number;
    text_clear(&r->text);
    text_add(&r->text, at, r->too_long ? 0 : n);
    l->skipped      = 0;
    l->skipped_hash = FNV_START;
    return 1;
}

static enum next_record next_record(struct lines *l, struct record *r)
{
    size_t end;
    for (;;) {
        if (lines_end(l, &end)) {
            if (l->at_end && l->from >= l->buffer.len && l->skipped == 0) return NO_MORE;
            if (lines_take(l, end, r)) return RECORD;
        } else {
            if (l->buffer.len - l->from > MAX_RECORD) lines_skip(l);
            if (!lines_fill(l)) return NOT_YET;
        }
    }
}

/* Waits for the record, for those who have nothing else to do. */
static enum next_record await_record(struct lines *l, struct record *r)
{
    struct pollfd    ready;
    enum next_record next;
    ready.fd     = l->fd;
    ready.events = POLLIN;
    while ((next = next_record(l, r)) == NOT_YET) poll(&ready, 1, -1);
    return next;
}

#endif
