/* journal.h - which records are finished, in a file that survives any interruption.
 * in: finished records     out: the same again at the next start
 *
 * Append-only text. Each line ends with a checksum, so that a line cut at any byte is recognized:
 * it, and whatever follows, is dropped.
 *
 *   update_contact-journal 1 COMMAND SIZE MTIME CHECKSUM    the first line
 *   NUMBER HASH OUTCOME CHECKSUM                            a finished record: ok, or a word that
 *                                                           says why it failed
 *
 * HASH is the record's: a record that is finished must still be the same one. COMMAND is the hash
 * of what else decides what is sent. No ids, no values, no credentials. A lock keeps others out.    */
#ifndef TOOL_JOURNAL_H
#define TOOL_JOURNAL_H

#include <inttypes.h>

#include "lines.h"

enum { LABEL_SIZE = 41 };

struct journal {
    int           fd;   /* -1: there is none */
    FILE         *file; /* of the same descriptor: closing another one would give up the lock */
    const char   *path;
    int           replaying;
    long          good;    /* bytes of it that are */
    unsigned long dropped; /* whole lines behind these: an interruption leaves none */
    struct text   waiting; /* records that are not written yet */
    int           sync;
    const char   *problem; /* of writing; NULL: none */
};

struct finished {
    uint64_t number, hash;
    char     label[LABEL_SIZE]; /* "ok", or why not */
};

static const char journal_name[] = "update_contact-journal";

static void put_checked_line(struct text *to, const char *line)
{
    const uint64_t hash = key_hash(FNV_START, line, strlen(line));
    text_format(to, "%s %08lx\n", line, (unsigned long)((hash ^ hash >> 32) & 0xFFFFFFFFu));
}

/* Is it a whole line with a checksum that is right? Cuts the checksum off. */
static int is_checked_line(char *line)
{
    struct text again = { NULL, 0, 0 };
    char       *copy = copy_string(line), *space = strrchr(line, ' ');
    int         good = 0;
    if (space != NULL) {
        *space = '\0';
        put_checked_line(&again, line);
        good = strcmp(again.ptr, copy) == 0;
    }
    free(copy);
    text_free(&again);
    return good;
}

/* 0 with errno when it is no file: devices are left alone. */
static int is_file(int fd)
{
    struct stat about;
    if (fstat(fd, &about) != 0) return 0;
    errno = EINVAL;
    return S_ISREG(about.st_mode);
}

/* For the owner only; 0 with errno. */
static int make_private(int fd) { return is_file(fd) && fchmod(fd, 0600) == 0; }

/* So that a new file's name survives a power loss, too. */
static void sync_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name   = slash != NULL ? copy_bytes(path, (size_t)(slash - path) + 1) : copy_string(".");
    const int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(name);
}

static void lock_journal(struct journal *j)
{
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type   = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(j->fd, F_SETLK, &lock) == 0) return;
    if (errno == EACCES || errno == EAGAIN)
        fail(EXIT_OTHER, "another process is running with the journal %s", j->path);
    fail(EXIT_OTHER, "cannot lock the journal %s: %s", j->path, strerror(errno));
}

/* Writes all of it, or says in j->problem why not. */
static void journal_flush(struct journal *j)
{
    size_t  at = 0;
    ssize_t n  = 0;
    if (j->fd < 0 || j->waiting.len == 0 || j->problem != NULL) return;
    while (at < j->waiting.len) {
        n = write(j->fd, j->waiting.ptr + at, j->waiting.len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        at += (size_t)n;
    }
    if (n <= 0 || (j->sync && fdatasync(j->fd) != 0)) j->problem = strerror(errno);
    text_clear(&j->waiting);
}

static void journal_add(struct journal *j, const struct finished *done)
{
    struct text line = { NULL, 0, 0 };
    if (j->fd < 0) return;
    text_format(&line, "%" PRIu64 " %016" PRIx64 " %s", done->number, done->hash, done->label);
    put_checked_line(&j->waiting, line.ptr);
    text_free(&line);
}

static void journal_first_line(struct journal *j, uint64_t command, const struct stat *input)
{
    struct text line = { NULL, 0, 0 };
    text_format(&line, "%s 1 %016" PRIx64 " %" PRIu64 " %" PRIu64, journal_name, command,
                (uint64_t)input->st_size, (uint64_t)input->st_mtime);
    put_checked_line(&j->waiting, line.ptr);
    text_free(&line);
    if (ftruncate(j->fd, 0) != 0 || lseek(j->fd, 0, SEEK_SET) != 0)
        fail(EXIT_OTHER, "cannot write the journal %s: %s", j->path, strerror(errno));
    journal_flush(j);
    if (j->problem != NULL)
        fail(EXIT_OTHER, "cannot write the journal %s: %s", j->path, j->problem);
    sync_directory_of(j->path);
}

/* The next line of an old journal; 0: the end, or a line that is not whole. */
static int journal_line(struct journal *j, char *line, size_t size)
{
    if (fgets(line, (int)size, j->file) == NULL || !is_checked_line(line)) return 0;
    j->good = ftell(j->file);
    return 1;
}

/* Is the whole file the beginning of a first line, cut by a crash? Then there is no record yet.
 * Zeroes are what some file systems leave.                                                       */
static int is_cut_first_line(int fd)
{
    char         bytes[256];
    const size_t whole = sizeof journal_name - 1;
    ssize_t      n = pread(fd, bytes, sizeof bytes, 0), i, text = 0;
    if (n < 0 || n == (ssize_t)sizeof bytes || memchr(bytes, '\n', (size_t)n) != NULL) return 0;
    while (text < n && bytes[text] != '\0') text++;
    for (i = text; i < n; i++)
        if (bytes[i] != '\0') return 0;
    return strncmp(bytes, journal_name, (size_t)text < whole ? (size_t)text : whole) == 0;
}

/* 1: there is a first line of ours, to go on with. 0: the journal is new, or was cut within that
 * line, or is to begin anew. A file that is no journal is never written to.                      */
static int journal_reads_first(struct journal *j, int restart, uint64_t command,
                               const struct stat *input, int *changed)
{
    char      line[256] = "";
    uint64_t  was, size, mtime;
    const int whole = journal_line(j, line, sizeof line);
    if (!whole && is_cut_first_line(j->fd)) return 0;
    if (!begins_with(line, journal_name))
        fail(EXIT_USAGE, "%s is there and is not a journal; it is left alone", j->path);
    if (restart) return 0;
    if (!whole)
        fail(EXIT_USAGE, "the first line of the journal %s is damaged; --restart begins anew",
             j->path);
    if (sscanf(line, "update_contact-journal 1 %" SCNx64 " %" SCNu64 " %" SCNu64, &was, &size,
               &mtime) != 3)
        fail(EXIT_USAGE, "the journal %s is of another version; --restart begins anew", j->path);
    if (was != command)
        fail(EXIT_USAGE,
             "the journal %s is of another command: region, endpoint, format or constant "
             "fields were different; --restart begins anew",
             j->path);
    *changed = size != (uint64_t)input->st_size || mtime != (uint64_t)input->st_mtime;
    return 1;
}

/* How many whole lines follow. What a crash has cut has no line end. */
static unsigned long lines_behind(FILE *f, long at)
{
    unsigned long n = 0;
    int           c;
    if (fseek(f, at, SEEK_SET) != 0) return 0;
    while ((c = getc(f)) != EOF) n += c == '\n';
    return n;
}

/* The next finished record; 0: there are no more. Call until 0. */
static int journal_reads(struct journal *j, struct finished *done)
{
    char line[256];
    if (!j->replaying) return 0;
    if (journal_line(j, line, sizeof line) &&
        sscanf(line, "%" SCNu64 " %" SCNx64 " %40s", &done->number, &done->hash, done->label) == 3)
        return 1;
    j->replaying = 0;
    j->dropped   = lines_behind(j->file, j->good);
    if (ftruncate(j->fd, j->good) != 0 || lseek(j->fd, 0, SEEK_END) < 0)
        fail(EXIT_OTHER, "cannot write the journal %s: %s", j->path, strerror(errno));
    return 0;
}

/* Opens, locks, and gets ready for journal_reads. *changed: the input's size or time is another. */
static void open_journal(struct journal *j, const char *path, int restart, int sync,
                         uint64_t command, const struct stat *input, int *changed)
{
    memset(j, 0, sizeof *j);
    j->path = path;
    j->sync = sync;
    j->fd   = -1;
    if (path == NULL) return;
    j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0 || !is_file(j->fd))
        fail(EXIT_OTHER, "cannot open the journal %s: %s; --journal names another file", path,
             strerror(errno));
    lock_journal(j);
    j->file      = checked(fdopen(j->fd, "r+b"));
    j->replaying = journal_reads_first(j, restart, command, input, changed);
    if (!make_private(j->fd))
        fail(EXIT_OTHER, "cannot make the journal %s private: %s", path, strerror(errno));
    if (!j->replaying) journal_first_line(j, command, input);
}

static void close_journal(struct journal *j)
{
    if (j->fd < 0) return;
    fclose(j->file);
    text_free(&j->waiting);
}

#endif
