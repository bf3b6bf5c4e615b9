/* text.h - views (someone else's bytes), texts (ours, growing), percent-decoding, numbers, UTF-8.
 * in: bytes and formats     out: views, texts, values */
#ifndef STANDIN_TEXT_H
#define STANDIN_TEXT_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct view {
    const char *at;
    size_t      len;
};

struct text {
    char  *at; /* terminated once something was added; NULL before */
    size_t len, cap;
};

static void die(const char *why, const char *what)
{
    fprintf(stderr, "connect_standin: %s%s (see --help)\n", why, what);
    exit(2);
}

static void *must(void *p)
{
    if (p == NULL) die("out of memory", "");
    return p;
}

static struct view view_of(const char *s)
{
    struct view v;
    v.at  = s;
    v.len = strlen(s);
    return v;
}

static struct view part(struct view v, size_t from, size_t len)
{
    v.at += from;
    v.len = len;
    return v;
}

static int same(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static int is(struct view v, const char *word) { return same(v, view_of(word)); }

static int is_nocase(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp(v.at, word, v.len) == 0;
}

/* Cuts the piece up to the first sep off the front of *rest; at the end rest->at becomes NULL. */
static struct view cut(struct view *rest, char sep)
{
    const char *hit   = rest->len > 0 ? memchr(rest->at, sep, rest->len) : NULL;
    struct view piece = part(*rest, 0, hit != NULL ? (size_t)(hit - rest->at) : rest->len);
    if (hit != NULL) {
        *rest = part(*rest, piece.len + 1, rest->len - piece.len - 1);
    } else {
        rest->at  = NULL;
        rest->len = 0;
    }
    return piece;
}

static int letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int blank(char c) { return c == ' ' || c == '\t'; }

static struct view trim(struct view v)
{
    while (v.len > 0 && blank(v.at[0])) v = part(v, 1, v.len - 1);
    while (v.len > 0 && blank(v.at[v.len - 1])) v.len--;
    return v;
}

static char *copy_bytes(const char *at, size_t len)
{
    char *to = must(malloc(len + 1));
    if (len > 0) memcpy(to, at, len);
    to[len] = '\0';
    return to;
}

static struct view view_text(const struct text *t)
{
    struct view v;
    v.at  = t->at != NULL ? t->at : "";
    v.len = t->len;
    return v;
}

static void add_bytes(struct text *t, const void *bytes, size_t n)
{
    if (t->cap - t->len < n + 1) {
        t->cap = (t->len + n + 1) * 2;
        t->at  = must(realloc(t->at, t->cap));
    }
    if (n > 0) memcpy(t->at + t->len, bytes, n);
    t->len += n;
    t->at[t->len] = '\0';
}

static void add(struct text *t, const char *s) { add_bytes(t, s, strlen(s)); }

static void add_view(struct text *t, struct view v) { add_bytes(t, v.at, v.len); }

static void vaddf(struct text *t, const char *format, va_list list)
{
    char small[1024]; /* enough for every format used; long values go through add_view */
    vsnprintf(small, sizeof small, format, list);
    add(t, small);
}

static void addf(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vaddf(t, format, list);
    va_end(list);
}

static void clear(struct text *t)
{
    free(t->at);
    memset(t, 0, sizeof *t);
}

/* A JSON string. The bytes are well-formed UTF-8 or come from a header: those get a '?'. */
static void add_json_string(struct text *t, struct view v)
{
    size_t i;
    add(t, "\"");
    for (i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.at[i];
        if (c == '"' || c == '\\') add(t, "\\");
        if (c < 0x20) addf(t, "\\u%04x", (unsigned)c);
        else add_bytes(t, v.at + i, 1);
    }
    add(t, "\"");
}

/* How a value of the wire looks in an error message or in the log: printable, never long. */
static const char *shown(struct view v, char room[128])
{
    size_t i, n = v.len < 120 ? v.len : 120;
    for (i = 0; i < n; i++) room[i] = v.at[i] >= 0x20 && v.at[i] < 0x7f ? v.at[i] : '?';
    memcpy(room + n, v.len > n ? "..." : "", v.len > n ? 4 : 1);
    return room;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Undoes one level of %XX; 0 when a % is not followed by two digits. */
static int percent_decode(struct view v, struct text *out)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        char c = v.at[i];
        if (c == '%') {
            if (v.len - i < 3 || hex_digit(v.at[i + 1]) < 0 || hex_digit(v.at[i + 2]) < 0) return 0;
            c = (char)(hex_digit(v.at[i + 1]) << 4 | hex_digit(v.at[i + 2]));
            i += 2;
        }
        add_bytes(out, &c, 1);
    }
    return 1;
}

/* Decimal digits from least to most; 0 if they are something else. */
static int to_number(const char *digits, long least, long most, long *n)
{
    char *end;
    errno = 0;
    *n    = strtol(digits, &end, 10);
    return end != digits && *end == '\0' && errno == 0 && *n >= least && *n <= most;
}

/* The number that an option is given; what says what it is not. */
static long number(const char *what, const char *digits, long least, long most)
{
    long n;
    if (!to_number(digits, least, most, &n)) die(what, digits);
    return n;
}

/* Bytes of the well-formed character at p, 0 if it is not one. Source: Unicode, table 3-7. */
static size_t utf8_length(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t               i, n = u[0] < 0x80   ? 1
                                : u[0] < 0xc2 ? 0
                                : u[0] < 0xe0 ? 2
                                : u[0] < 0xf0 ? 3
                                : u[0] < 0xf5 ? 4
                                              : 0;
    if ((size_t)(end - p) < n) return 0;
    for (i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80) return 0;
    if (u[0] == 0xe0 && u[1] < 0xa0) return 0; /* could be shorter */
    if (u[0] == 0xed && u[1] > 0x9f) return 0; /* a surrogate */
    if (u[0] == 0xf0 && u[1] < 0x90) return 0;
    if (u[0] == 0xf4 && u[1] > 0x8f) return 0; /* past U+10FFFF */
    return n;
}

static int utf8_valid(struct view v)
{
    size_t i, n;
    for (i = 0; i < v.len; i += n)
        if ((n = utf8_length(v.at + i, v.at + v.len)) == 0) return 0;
    return 1;
}

static size_t characters(struct view v)
{
    size_t i, n = 0;
    for (i = 0; i < v.len; i++) n += ((unsigned char)v.at[i] & 0xc0) != 0x80;
    return n;
}

static size_t utf8_write(char *out, unsigned long c)
{
    size_t                     i, n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (i = n - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

#endif
