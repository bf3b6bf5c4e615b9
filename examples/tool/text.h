/* text.h - growing text, files read whole, numbers, and the one way to give up.
 * in: bytes     out: bytes, or one line on stderr and an exit code */
#ifndef TOOL_TEXT_H
#define TOOL_TEXT_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The exit codes are those of the AWS command line, version 2. */
enum {
    EXIT_USAGE   = 252, /* wrong options, a value that is not valid, bad JSON, a missing file:// */
    EXIT_SETUP   = 253, /* no credentials, no region */
    EXIT_SERVICE = 254, /* the service, or something in front of it, responded with an error */
    EXIT_OTHER   = 255  /* everything else: files, profiles, network, TLS, time-outs */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define PRINTF_LIKE(at, first) __attribute__((__format__(__printf__, at, first)))
#else
#define PRINTF_LIKE(at, first)
#endif

struct text {
    char  *ptr; /* always terminated once something was added; NULL before */
    size_t len, cap;
};

static void *checked(void *memory)
{
    if (memory != NULL) return memory;
    fputs("update_contact: out of memory\n", stderr);
    exit(EXIT_OTHER);
}

static void text_reserve(struct text *t, size_t n) /* and one byte for the end */
{
    if (t->cap - t->len > n) return;
    t->cap = 2 * t->cap + n + 64;
    t->ptr = checked(realloc(t->ptr, t->cap));
}

static void text_add(struct text *t, const void *bytes, size_t n)
{
    text_reserve(t, n);
    if (n > 0) memcpy(t->ptr + t->len, bytes, n);
    t->len += n;
    t->ptr[t->len] = '\0';
}

static void text_put(struct text *t, const char *string) { text_add(t, string, strlen(string)); }

static void text_byte(struct text *t, char c) { text_add(t, &c, 1); }

static void text_vformat(struct text *t, const char *format, va_list values)
{
    va_list again;
    int     n;
    va_copy(again, values);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text_add(t, "", 0);
    if (n < 0) return;
    text_reserve(t, (size_t)n);
    vsnprintf(t->ptr + t->len, (size_t)n + 1, format, values);
    t->len += (size_t)n;
}

PRINTF_LIKE(2, 3) static void text_format(struct text *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    text_vformat(t, format, values);
    va_end(values);
}

static const char *text_string(const struct text *t) { return t->ptr != NULL ? t->ptr : ""; }

static void text_clear(struct text *t)
{
    t->len = 0;
    if (t->ptr != NULL) t->ptr[0] = '\0';
}

static void text_free(struct text *t)
{
    free(t->ptr);
    memset(t, 0, sizeof *t);
}

static char *copy_bytes(const char *bytes, size_t n)
{
    char *copy = checked(malloc(n + 1));
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    return copy;
}

static char *copy_string(const char *string) { return copy_bytes(string, strlen(string)); }

/* A control character, which could move the cursor of a terminal: how many bytes it has; else 0.
 * U+0080 to U+009F are some, too: U+009B is as good as ESC [.                                    */
static int is_control(const char *text)
{
    const unsigned char first = (unsigned char)text[0], second = (unsigned char)text[1];
    if (first == 0xC2 && second >= 0x80 && second < 0xA0) return 2;
    return first < 0x20 || first == 0x7F;
}

/* Prints text that others wrote. */
static void print_safely(FILE *to, const char *text)
{
    int n;
    while (*text != '\0') {
        if ((n = is_control(text)) == 0) putc(*text++, to);
        else {
            putc(*text == '\n' ? ' ' : '?', to);
            text += n;
        }
    }
}

/* Says what is wrong in one line and ends the program. */
PRINTF_LIKE(2, 3) static void fail(int code, const char *format, ...)
{
    struct text line = { NULL, 0, 0 };
    va_list     values;
    va_start(values, format);
    text_vformat(&line, format, values);
    va_end(values);
    fflush(stdout);
    fputs("update_contact: ", stderr);
    print_safely(stderr, line.ptr);
    putc('\n', stderr);
    text_free(&line);
    exit(code);
}

/* Returns 0, or -1 with errno set. */
static int read_all(FILE *f, struct text *to)
{
    char   bytes[65536];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0) text_add(to, bytes, n);
    text_add(to, "", 0);
    return ferror(f) ? -1 : 0;
}

static int read_file(const char *path, struct text *to)
{
    FILE *f = fopen(path, "rb");
    int   problem, number;
    if (f == NULL) return -1;
    problem = read_all(f, to);
    number  = errno;
    fclose(f);
    errno = number;
    return problem;
}

/* 1: all of the string is a decimal number within the bounds. */
static int read_number(const char *string, long least, long most, long *number)
{
    char *end;
    errno   = 0;
    *number = strtol(string, &end, 10);
    return end != string && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

static int begins_with(const char *string, const char *with)
{
    return strncmp(string, with, strlen(with)) == 0;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

/* Whatever the case; ASCII only, whatever the locale. */
static int same_word(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) a++, b++;
    return lower(*a) == lower(*b);
}

/* How many characters have to be changed to turn a into b; for "did you mean". */
static size_t word_distance(const char *a, const char *b)
{
    size_t       row[64], i, j, before, old;
    const size_t n = strlen(b);
    if (n + 1 > COUNT(row) || strlen(a) > 2 * n + 8) return SIZE_MAX;
    for (j = 0; j <= n; j++) row[j] = j;
    for (i = 0; a[i] != '\0'; i++) {
        before = row[0];
        row[0] = i + 1;
        for (j = 1; j <= n; j++) {
            old = row[j];
            if (lower(a[i]) != lower(b[j - 1])) {
                if (row[j - 1] < before) before = row[j - 1];
                if (old < before) before = old;
                before++;
            }
            row[j] = before;
            before = old;
        }
    }
    return row[n];
}

static const char *variable(const char *name) /* of the environment; empty is as good as unset */
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

#endif
