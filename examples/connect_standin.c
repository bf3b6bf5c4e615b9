/* connect_standin.c - the service on your desk: Amazon Connect's UpdateContact on a loopback port.
 *
 * What it shows   whether a request would have been accepted: SigV4 is recomputed from the bytes
 *                 that arrived, and on a mismatch the log has the canonical request that was
 *                 expected, with the first differing line marked where the mistake is a known one.
 * How to run it   cc -std=c99 -O2 -o connect_standin examples/connect_standin.c
 *                 ./connect_standin                      prints: listening on 127.0.0.1:PORT
 *                 It ends, with status 0, on SIGTERM, SIGINT or when its stdin is closed.
 *
 *   POST /contacts/{InstanceId}/{ContactId}   UpdateContact, must be signed
 *   GET  /contacts/{InstanceId}/{ContactId}   read-back for tests, needs no signature:
 *                                             {"Contact":{"Id":...,"Name":...,...}}
 *
 *   where     --port N  --host 127.x.y.z  --base-path PATH  --region R
 *   who       --access-key K  --secret-key S  --session-token T  --rotate K2/S2[/T2]@N
 *   contacts  --instance I  --contact [I/]C  --external [I/]C  --contacts N
 *   when      --skew SECONDS  --now EPOCH
 *   faults    --fault SPEC, any number: status=503*2  throttle  drop-after*1  one-byte  mix=7 ...
 *   running   --log FILE  --max-requests N  --seconds N  --stay  --help
 *   --help has a line for each of them, for each fault, and says what is only a reading.
 *
 * It shares no line with connect_update_contact.h, on purpose: a mistake would have to be made
 * twice to hide. One thread, one poll loop. Rooms, in order: text, sha256, settings, json, model,
 * contacts, http, sigv4, explain, faults, answers, connections, switches. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
    MAX_HEAD = 64 * 1024,
    MAX_BODY = 1024 * 1024,
    MAX_HEADERS = 100,
    MAX_CONNECTIONS = 200,
    MAX_FAULTS = 32,
    MAX_DEPTH = 64,        /* of JSON */
    MAX_VALUES = 4096,     /* bytes over all Values of References in one request */
    WINDOW_S = 5 * 60,     /* how far a signature's time may be off */
    IDLE_MS = 60 * 1000,   /* a connection that says nothing is closed after this */
    DRAIN_MS = 1000        /* so long the rest of a refused request is read and dropped */
};

/* ---- text -----------------------------------------------------------------------------------
 * in: bytes and formats     out: views (someone else's bytes) and texts (ours, growing)          */

struct view {
    const char *at;
    size_t len;
};

struct text {
    char *at; /* terminated once something was added; NULL before */
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
    v.at = s;
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

static int is(struct view v, const char *word)
{
    return same(v, view_of(word));
}

static int is_nocase(struct view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp(v.at, word, v.len) == 0;
}

/* Cuts the piece up to the first sep off the front of *rest; at the end rest->at becomes NULL. */
static struct view cut(struct view *rest, char sep)
{
    const char *hit = rest->len > 0 ? memchr(rest->at, sep, rest->len) : NULL;
    struct view piece = part(*rest, 0, hit != NULL ? (size_t)(hit - rest->at) : rest->len);
    if (hit != NULL) {
        *rest = part(*rest, piece.len + 1, rest->len - piece.len - 1);
    } else {
        rest->at = NULL;
        rest->len = 0;
    }
    return piece;
}

static int blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct view trim(struct view v)
{
    while (v.len > 0 && blank(v.at[0])) v = part(v, 1, v.len - 1);
    while (v.len > 0 && blank(v.at[v.len - 1])) v.len--;
    return v;
}

static struct view view_text(const struct text *t)
{
    struct view v;
    v.at = t->at != NULL ? t->at : "";
    v.len = t->len;
    return v;
}

static void add_bytes(struct text *t, const void *bytes, size_t n)
{
    if (t->cap - t->len < n + 1) {
        t->cap = (t->len + n + 1) * 2;
        t->at = must(realloc(t->at, t->cap));
    }
    if (n > 0) memcpy(t->at + t->len, bytes, n);
    t->len += n;
    t->at[t->len] = '\0';
}

static void add(struct text *t, const char *s)
{
    add_bytes(t, s, strlen(s));
}

static void add_view(struct text *t, struct view v)
{
    add_bytes(t, v.at, v.len);
}

static void addf(struct text *t, const char *format, ...)
{
    char small[1024]; /* enough for every format used; long values go through add_view */
    va_list list;
    va_start(list, format);
    vsnprintf(small, sizeof small, format, list);
    va_end(list);
    add(t, small);
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

/* ---- sha256 ---------------------------------------------------------------------------------
 * in: bytes     out: 32 bytes, or 64 lower-case hex digits. Source: FIPS 180-4, RFC 2104         */

struct sha {
    uint32_t state[8];
    unsigned char block[64];
    uint64_t total; /* bytes so far */
};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void sha_block(uint32_t state[8], const unsigned char *p)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};
    uint32_t w[64], v[8];
    int i;
    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (i = 16; i < 64; i++)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
               w[i - 7] + (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, state, sizeof v);
    for (i = 0; i < 64; i++) {
        uint32_t a = v[0], e = v[4];
        uint32_t one = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                       ((e & v[5]) ^ (~e & v[6])) + k[i] + w[i];
        uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
                       ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (i = 0; i < 8; i++) state[i] += v[i];
}

static void sha_begin(struct sha *s)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(s->state, start, sizeof start);
    s->total = 0;
}

static void sha_add(struct sha *s, const void *data, size_t len)
{
    const unsigned char *p = data;
    for (; len > 0; len--) {
        s->block[s->total++ % 64] = *p++;
        if (s->total % 64 == 0) sha_block(s->state, s->block);
    }
}

static void sha_end(struct sha *s, unsigned char out[32])
{
    unsigned char length[8];
    uint64_t bits = s->total * 8;
    int i;
    for (i = 0; i < 8; i++) length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha_add(s, "\x80", 1);
    while (s->total % 64 != 56) sha_add(s, "", 1);
    sha_add(s, length, 8);
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

static void hmac(struct view key, struct view data, unsigned char out[32])
{
    unsigned char pad[64] = {0}, inner[32];
    struct sha s;
    int i;
    sha_begin(&s);
    sha_add(&s, key.at, key.len);
    if (key.len > 64) sha_end(&s, pad);
    else if (key.len > 0) memcpy(pad, key.at, key.len);
    for (i = 0; i < 64; i++) pad[i] ^= 0x36;
    sha_begin(&s);
    sha_add(&s, pad, 64);
    sha_add(&s, data.at, data.len);
    sha_end(&s, inner);
    for (i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
    sha_begin(&s);
    sha_add(&s, pad, 64);
    sha_add(&s, inner, 32);
    sha_end(&s, out);
}

static void hex(const unsigned char bytes[32], char out[65])
{
    int i;
    for (i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void sha_hex(struct view data, char out[65])
{
    unsigned char digest[32];
    struct sha s;
    sha_begin(&s);
    sha_add(&s, data.at, data.len);
    sha_end(&s, digest);
    hex(digest, out);
}

/* ---- settings -------------------------------------------------------------------------------
 * in: nothing     out: what the switches say, what was seen so far, the clock, the log           */

struct credential {
    const char *access, *secret, *token; /* token NULL: a key that does not expire */
};

static const char default_instance[] = "11111111-2222-3333-4444-555555555555";
static const char default_contact[] = "66666666-7777-8888-9999-000000000000";
static const char default_external[] = "66666666-7777-8888-9999-000000000001";

static struct {
    int port, stay;
    const char *host, *base_path, *region, *instance;
    struct credential first, second;
    long rotate_at; /* from this signed request on only the second credential counts */
    long skew, now; /* seconds; now < 0: the machine's clock */
    long max_requests, seconds;
} set = {
    0, 0, "127.0.0.1", "", "us-east-1", default_instance,
    {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL}, {NULL, NULL, NULL}, 0,
    0, -1, 0, 0
};

static struct {
    long requests, answered, signed_ones, applied, refused, faults, bad_signatures;
} seen;

static FILE *log_file;
static volatile sig_atomic_t stopping;

/* The service's clock: seconds since 1970. */
static time_t service_time(void)
{
    return (set.now >= 0 ? (time_t)set.now : time(NULL)) + (time_t)set.skew;
}

/* Milliseconds that only ever grow, for time-outs and delays. */
static long long tick(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *time_text(time_t t, const char *format, char room[40])
{
    struct tm *parts = gmtime(&t);
    if (parts == NULL || strftime(room, 40, format, parts) == 0) room[0] = '\0';
    return room;
}

static void note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(log_file, format, list);
    va_end(list);
    fputc('\n', log_file);
}

/* ---- json -----------------------------------------------------------------------------------
 * in: bytes     out: a tree whose nodes know their own text, or the first problem.
 * Strict: RFC 8259, well-formed UTF-8, no lone surrogates, no member twice, depth 64.            */

enum kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };
static const char *const kind_name[] = {"null", "a boolean", "a number",
                                        "a string", "a list", "an object"};

struct node {
    enum kind kind;
    struct view raw;          /* the value as it was written */
    struct view raw_key, key; /* in an object: the name as written, quotes included; decoded */
    struct view string;       /* of a string: decoded */
    struct node *child, *next;
};

struct json {
    const char *at, *end, *begin;
    struct node *nodes;
    char *chars; /* decoded strings, one after another */
    size_t used, chars_used;
    int depth;
    const char *problem; /* NULL: none */
};

static int json_bad(struct json *j, const char *problem)
{
    if (j->problem == NULL) j->problem = problem;
    return 0;
}

static void json_blanks(struct json *j)
{
    while (j->at < j->end && strchr(" \t\r\n", *j->at) != NULL && *j->at != '\0') j->at++;
}

static int json_take(struct json *j, char c)
{
    json_blanks(j);
    if (j->at == j->end || *j->at != c) return 0;
    j->at++;
    return 1;
}

/* Bytes of the well-formed character at p, 0 if it is not one. Source: Unicode, table 3-7. */
static size_t utf8_length(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t i, n = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3
                : u[0] < 0xf5 ? 4 : 0;
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
    size_t i, n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (i = n - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

/* The four digits after \u; at stands behind them afterwards. */
static int json_hex4(struct json *j, unsigned long *value)
{
    int i;
    *value = 0;
    for (i = 0; i < 4; i++, j->at++) {
        int d = j->at < j->end ? hex_digit(*j->at) : -1;
        if (d < 0) return json_bad(j, "four hex digits expected after \\u");
        *value = *value << 4 | (unsigned long)d;
    }
    return 1;
}

static int json_unicode(struct json *j)
{
    unsigned long c, low;
    if (!json_hex4(j, &c)) return 0;
    if (c >= 0xdc00 && c <= 0xdfff) return json_bad(j, "half a surrogate pair");
    if (c >= 0xd800 && c <= 0xdbff) {
        if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
            return json_bad(j, "half a surrogate pair");
        j->at += 2;
        if (!json_hex4(j, &low)) return 0;
        if (low < 0xdc00 || low > 0xdfff) return json_bad(j, "half a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    j->chars_used += utf8_write(j->chars + j->chars_used, c);
    return 1;
}

static int json_escape(struct json *j)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *hit;
    if (j->at == j->end) return json_bad(j, "a string without an end");
    if (*j->at == 'u') {
        j->at++;
        return json_unicode(j);
    }
    hit = *j->at != '\0' ? strchr(from, *j->at) : NULL;
    if (hit == NULL) return json_bad(j, "an unknown escape");
    j->at++;
    j->chars[j->chars_used++] = to[hit - from];
    return 1;
}

/* at stands behind the opening quote. A decoded string is never longer than its source. */
static int json_string(struct json *j, struct view *decoded)
{
    decoded->at = j->chars + j->chars_used;
    while (j->at < j->end && *j->at != '"') {
        if ((unsigned char)*j->at < 0x20) return json_bad(j, "a control character in a string");
        if (*j->at == '\\') {
            j->at++;
            if (!json_escape(j)) return 0;
        } else {
            size_t n = utf8_length(j->at, j->end);
            if (n == 0) return json_bad(j, "bytes that are not UTF-8");
            memcpy(j->chars + j->chars_used, j->at, n);
            j->chars_used += n;
            j->at += n;
        }
    }
    if (j->at == j->end) return json_bad(j, "a string without an end");
    j->at++;
    decoded->len = (size_t)(j->chars + j->chars_used - decoded->at);
    return 1;
}

static int json_digits(struct json *j)
{
    const char *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9') j->at++;
    return j->at > from;
}

static int json_number(struct json *j)
{
    if (j->at < j->end && *j->at == '-') j->at++;
    if (j->at < j->end && *j->at == '0') j->at++;
    else if (!json_digits(j)) return json_bad(j, "a value expected");
    if (j->at < j->end && *j->at == '.') {
        j->at++;
        if (!json_digits(j)) return json_bad(j, "digits expected after the point");
    }
    if (j->at < j->end && (*j->at == 'e' || *j->at == 'E')) {
        j->at++;
        if (j->at < j->end && (*j->at == '+' || *j->at == '-')) j->at++;
        if (!json_digits(j)) return json_bad(j, "digits expected in the exponent");
    }
    return 1;
}

static int by_key(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    size_t n = x->key.len < y->key.len ? x->key.len : y->key.len;
    int order = n > 0 ? memcmp(x->key.at, y->key.at, n) : 0;
    return order != 0 ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

/* Sorted, because a body of 1 MiB can hold a hundred thousand members. */
static int json_twice(const struct node *object, size_t count)
{
    const struct node **all = must(malloc((count + 1) * sizeof *all)), *n;
    size_t i = 0;
    int twice = 0;
    for (n = object->child; n != NULL; n = n->next) all[i++] = n;
    qsort(all, count, sizeof *all, by_key);
    for (i = 1; i < count; i++) twice |= same(all[i - 1]->key, all[i]->key);
    free(all);
    return twice;
}

/* A member's name and the colon behind it. */
static int json_name(struct json *j, struct view *raw, struct view *decoded)
{
    if (!json_take(j, '"')) return json_bad(j, "a member name expected");
    raw->at = j->at - 1;
    if (!json_string(j, decoded)) return 0;
    raw->len = (size_t)(j->at - raw->at);
    return json_take(j, ':') || json_bad(j, "a colon expected");
}

static struct node *json_value(struct json *j);

static struct node *json_member(struct json *j, enum kind parent)
{
    struct view key = {"", 0}, raw_key = {"", 0};
    struct node *n;
    if (parent == JSON_OBJECT && !json_name(j, &raw_key, &key)) return NULL;
    if ((n = json_value(j)) == NULL) return NULL;
    n->key = key;
    n->raw_key = raw_key;
    return n;
}

static int json_members(struct json *j, struct node *n)
{
    struct node **link = &n->child;
    char close = n->kind == JSON_OBJECT ? '}' : ']';
    size_t count = 0;
    if (j->depth++ == MAX_DEPTH) return json_bad(j, "deeper than 64 levels");
    if (!json_take(j, close)) {
        do {
            if ((*link = json_member(j, n->kind)) == NULL) return 0;
            link = &(*link)->next;
            count++;
        } while (json_take(j, ','));
        if (!json_take(j, close)) return json_bad(j, "a comma or the closing bracket expected");
    }
    j->depth--;
    if (n->kind == JSON_OBJECT && json_twice(n, count)) return json_bad(j, "a member name twice");
    return 1;
}

static int json_word(struct json *j, struct node *n)
{
    static const struct { const char *word; enum kind kind; } words[] = {
        {"null", JSON_NULL}, {"true", JSON_BOOL}, {"false", JSON_BOOL}};
    size_t i;
    for (i = 0; i < COUNT(words); i++) {
        size_t len = strlen(words[i].word);
        if ((size_t)(j->end - j->at) >= len && memcmp(j->at, words[i].word, len) == 0) {
            j->at += len;
            n->kind = words[i].kind;
            return 1;
        }
    }
    n->kind = JSON_NUMBER;
    return json_number(j);
}

static struct node *json_value(struct json *j)
{
    struct node *n = &j->nodes[j->used++];
    int good;
    json_blanks(j);
    n->raw.at = j->at;
    n->kind = json_take(j, '{') ? JSON_OBJECT : json_take(j, '[') ? JSON_LIST
              : json_take(j, '"') ? JSON_STRING : JSON_NULL;
    if (n->kind == JSON_STRING) good = json_string(j, &n->string);
    else if (n->kind == JSON_NULL) good = json_word(j, n);
    else good = json_members(j, n);
    n->raw.len = (size_t)(j->at - n->raw.at);
    return good ? n : NULL;
}

/* The tree of the whole text, or NULL with j->problem and j->at. json_free in either case. */
static struct node *json_parse(struct json *j, struct view text)
{
    size_t i, values = 2; /* each value but the first stands behind one of , [ { : */
    struct node *root;
    memset(j, 0, sizeof *j);
    for (i = 0; i < text.len; i++) values += strchr(",[{:", text.at[i]) != NULL;
    j->nodes = must(calloc(values, sizeof *j->nodes));
    j->chars = must(malloc(text.len + 1));
    j->at = j->begin = text.at;
    j->end = text.at + text.len;
    root = json_value(j);
    json_blanks(j);
    if (root != NULL && j->at != j->end) json_bad(j, "something after the end");
    return j->problem == NULL ? root : NULL;
}

static void json_free(struct json *j)
{
    free(j->nodes);
    free(j->chars);
}

static const struct node *json_find(const struct node *object, struct view key)
{
    const struct node *n;
    for (n = object->child; n != NULL; n = n->next)
        if (same(n->key, key)) return n;
    return NULL;
}

/* ---- answers, first half --------------------------------------------------------------------
 * in: what went wrong     out: the error that will be sent. The first problem wins.              */

struct answer {
    int status;         /* 0: nothing decided yet */
    const char *code;   /* x-amzn-ErrorType; NULL: none */
    const char *tail;   /* what follows the code in that header */
    const char *type;   /* of the content */
    const char *reason; /* InvalidRequestException's, or NULL */
    const char *header; /* one more header line, or NULL */
    char message[600];
    int lower; /* "message": it came from the front door, not from the service */
    int close; /* the connection cannot go on */
    struct text body;
    struct text why; /* for the log */
};

static const char auth_tail[] = ":http://internal.amazon.com/coral/com.amazon.coral.service/";
static const char load_tail[] = ":http://internal.amazon.com/coral/com.amazon.coral.availability/";

static int fail(struct answer *a, int status, const char *code, const char *format, va_list list)
{
    if (a->status != 0) return 0;
    a->status = status;
    a->code = code;
    vsnprintf(a->message, sizeof a->message, format, list);
    return 0;
}

static int refuse(struct answer *a, int status, const char *code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail(a, status, code, format, list);
    va_end(list);
    return 0;
}

/* As refuse, for what is decided before the service itself sees a request. */
static int reject(struct answer *a, const char *code, const char *format, ...)
{
    va_list list;
    a->lower = 1;
    a->tail = auth_tail;
    va_start(list, format);
    fail(a, 403, code, format, list);
    va_end(list);
    return 0;
}

/* A request that is not HTTP as it should be; what follows it cannot be trusted. */
static int malformed(struct answer *a, int status, const char *what)
{
    a->close = 1;
    a->lower = 1;
    return refuse(a, status, status == 413 ? "RequestEntityTooLargeException"
                                           : "MalformedHttpRequestException", "%s", what);
}

/* ---- model ----------------------------------------------------------------------------------
 * in: a parsed body     out: the first rule of the service's model that it breaks.
 * Source: service model of Connect 2017-08-08, UpdateContactRequest and all below it. Limits count
 * characters. Members that the model does not know are ignored and null is as good as absent.    */

enum shape_kind { STRING, INTEGER, STRUCTURE, MAP, LIST };

struct shape {
    enum shape_kind kind;
    size_t min, max;            /* STRING: characters, max 0 is no limit; MAP: of its keys */
    const char *const *allowed; /* STRING: an enumeration, or NULL */
    int arn;                    /* STRING: pattern ^[-:/A-Za-z0-9]+ without an end anchor */
    const struct member *members; /* STRUCTURE: up to a NULL name */
    const struct shape *of;     /* MAP, LIST: of each value */
};

struct member {
    const char *name;
    const struct shape *shape;
    int required;
};

static const char *const reference_types[] = {
    "URL", "ATTACHMENT", "CONTACT_ANALYSIS", "NUMBER", "STRING", "DATE", "EMAIL", "EMAIL_MESSAGE",
    "EMAIL_MESSAGE_PLAIN_TEXT", "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED", "EMAIL_MESSAGE_REDACTED",
    NULL};
static const char *const reference_statuses[] = {"AVAILABLE", "DELETED", "APPROVED", "REJECTED",
                                                 "PROCESSING", "FAILED", NULL};
static const char *const endpoint_types[] = {"TELEPHONE_NUMBER", "VOIP", "CONTACT_FLOW",
                                             "CONNECT_PHONENUMBER_ARN", "EMAIL_ADDRESS", NULL};

static const struct shape any_string = {STRING, 0, 0, NULL, 0, NULL, NULL};
static const struct shape string_0_100 = {STRING, 0, 100, NULL, 0, NULL, NULL};
static const struct shape string_0_256 = {STRING, 0, 256, NULL, 0, NULL, NULL};
static const struct shape string_1_256 = {STRING, 1, 256, NULL, 0, NULL, NULL};
static const struct shape string_0_1024 = {STRING, 0, 1024, NULL, 0, NULL, NULL};
static const struct shape string_0_4096 = {STRING, 0, 4096, NULL, 0, NULL, NULL};
static const struct shape reference_arn = {STRING, 20, 256, NULL, 1, NULL, NULL};
static const struct shape reference_type = {STRING, 0, 0, reference_types, 0, NULL, NULL};
static const struct shape reference_status = {STRING, 0, 0, reference_statuses, 0, NULL, NULL};
static const struct shape endpoint_type = {STRING, 0, 0, endpoint_types, 0, NULL, NULL};
static const struct shape integer = {INTEGER, 0, 0, NULL, 0, NULL, NULL};

static const struct member reference_members[] = {{"Value", &string_0_4096, 0},
                                                  {"Type", &reference_type, 1},
                                                  {"Status", &reference_status, 0},
                                                  {"Arn", &reference_arn, 0},
                                                  {"StatusReason", &string_0_100, 0},
                                                  {NULL, NULL, 0}};
static const struct shape reference = {STRUCTURE, 0, 0, NULL, 0, reference_members, NULL};
static const struct shape references = {MAP, 1, 4096, NULL, 0, NULL, &reference};

static const struct shape segment_map, segment_list; /* they hold each other */
static const struct member segment_members[] = {{"ValueString", &string_0_1024, 0},
                                                {"ValueMap", &segment_map, 0},
                                                {"ValueInteger", &integer, 0},
                                                {"ValueList", &segment_list, 0},
                                                {"ValueArn", &string_0_1024, 0},
                                                {NULL, NULL, 0}};
static const struct shape segment_value = {STRUCTURE, 0, 0, NULL, 0, segment_members, NULL};
static const struct shape segment_map = {MAP, 1, 128, NULL, 0, NULL, &segment_value};
static const struct shape segment_list = {LIST, 0, 0, NULL, 0, NULL, &segment_value};

static const struct member queue_members[] = {{"Id", &any_string, 0}, {NULL, NULL, 0}};
static const struct shape queue_info = {STRUCTURE, 0, 0, NULL, 0, queue_members, NULL};
static const struct member user_members[] = {{"UserId", &string_1_256, 0}, {NULL, NULL, 0}};
static const struct shape user_info = {STRUCTURE, 0, 0, NULL, 0, user_members, NULL};
static const struct member endpoint_members[] = {
    {"Type", &endpoint_type, 0}, {"Address", &string_0_256, 0}, {NULL, NULL, 0}};
static const struct shape endpoint = {STRUCTURE, 0, 0, NULL, 0, endpoint_members, NULL};

enum { FIELDS = 8, REFERENCES = 2 };
static const struct {
    const char *name;
    const struct shape *shape;
    int external; /* allowed on an external-audio contact only */
} fields[FIELDS] = {
    {"Name", &string_0_1024, 0},          {"Description", &string_0_4096, 0},
    {"References", &references, 0},       {"SegmentAttributes", &segment_map, 0},
    {"QueueInfo", &queue_info, 1},        {"UserInfo", &user_info, 1},
    {"CustomerEndpoint", &endpoint, 1},   {"SystemEndpoint", &endpoint, 1},
};

static int wrong_kind(struct answer *a, const char *path, const char *want, const struct node *n)
{
    return refuse(a, 400, "SerializationException", "%s: %s expected, not %s", path, want,
                  kind_name[n->kind]);
}

static int check_length(struct answer *a, const char *path, struct view v, size_t min, size_t max)
{
    size_t n = characters(v);
    if (n >= min && (max == 0 || n <= max)) return 1;
    return refuse(a, 400, "InvalidParameterException", "%s: %lu characters, must be %lu to %lu",
                  path, (unsigned long)n, (unsigned long)min, (unsigned long)max);
}

static int letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int starts_arn(char c)
{
    return letter_or_digit(c) || c == '-' || c == ':' || c == '/';
}

static int check_string(struct answer *a, const char *path, const struct shape *s,
                        const struct node *n)
{
    const char *const *word = s->allowed;
    if (n->kind != JSON_STRING) return wrong_kind(a, path, "a string", n);
    if (!check_length(a, path, n->string, s->min, s->max)) return 0;
    if (s->arn && !starts_arn(n->string.at[0]))
        return refuse(a, 400, "InvalidParameterException", "%s: not an ARN", path);
    if (word == NULL) return 1;
    for (; *word != NULL; word++)
        if (is(n->string, *word)) return 1;
    return refuse(a, 400, "InvalidParameterException", "%s: not one of the known values", path);
}

/* 32 bits, written without fraction and exponent. */
static int check_integer(struct answer *a, const char *path, const struct node *n)
{
    char digits[16] = "";
    long long value;
    if (n->kind != JSON_NUMBER) return wrong_kind(a, path, "an integer", n);
    if (n->raw.len < sizeof digits) memcpy(digits, n->raw.at, n->raw.len);
    value = strtoll(digits, NULL, 10);
    if (digits[0] != '\0' && strpbrk(digits, ".eE") == NULL && value >= INT32_MIN &&
        value <= INT32_MAX)
        return 1;
    return refuse(a, 400, "SerializationException", "%s: not a 32-bit integer", path);
}

static int check(struct answer *a, const char *path, const struct shape *s, const struct node *n);

static int check_structure(struct answer *a, const char *path, const struct shape *s,
                           const struct node *n)
{
    const struct member *m;
    char below[160];
    if (n->kind != JSON_OBJECT) return wrong_kind(a, path, "an object", n);
    for (m = s->members; m->name != NULL; m++) {
        const struct node *value = json_find(n, view_of(m->name));
        snprintf(below, sizeof below, "%s.%s", path, m->name);
        if (value != NULL && value->kind != JSON_NULL) {
            if (!check(a, below, m->shape, value)) return 0;
        } else if (m->required) {
            return refuse(a, 400, "InvalidParameterException", "%s: is required", below);
        }
    }
    return 1;
}

static int check_entries(struct answer *a, const char *path, const struct shape *s,
                         const struct node *n)
{
    const struct node *entry;
    int map = s->kind == MAP;
    if (n->kind != (map ? JSON_OBJECT : JSON_LIST))
        return wrong_kind(a, path, map ? "an object" : "a list", n);
    for (entry = n->child; entry != NULL; entry = entry->next) {
        if (map && !check_length(a, path, entry->key, s->min, s->max)) return 0;
        if (!check(a, path, s->of, entry)) return 0;
    }
    return 1;
}

/* The depth of a JSON text is limited, so this recursion is, too. */
static int check(struct answer *a, const char *path, const struct shape *s, const struct node *n)
{
    switch (s->kind) {
    case STRING: return check_string(a, path, s, n);
    case INTEGER: return check_integer(a, path, n);
    case STRUCTURE: return check_structure(a, path, s, n);
    case MAP:
    case LIST: return check_entries(a, path, s, n);
    }
    return 0;
}

static int check_reference_total(struct answer *a, const struct node *map)
{
    const struct node *entry, *value;
    size_t total = 0;
    for (entry = map->child; entry != NULL; entry = entry->next)
        if ((value = json_find(entry, view_of("Value"))) != NULL) total += value->string.len;
    if (total <= MAX_VALUES) return 1;
    return refuse(a, 400, "InvalidParameterException",
                  "References: %lu bytes in all Values, at most 4096", (unsigned long)total);
}

/* ---- contacts -------------------------------------------------------------------------------
 * in: ids, checked bodies     out: what DescribeContact would say. Made at start, kept sorted.   */

struct contact {
    const char *instance, *id;
    int external;
    struct text member[FIELDS]; /* JSON as it came; empty: never set */
};

static struct contact *contacts;
static size_t contact_count;

static char *copy_bytes(const char *at, size_t len)
{
    char *to = must(malloc(len + 1));
    if (len > 0) memcpy(to, at, len);
    to[len] = '\0';
    return to;
}

/* name is CONTACT or INSTANCE/CONTACT, encoded as in the path where need be. */
static void contact_add(const char *name, int external)
{
    struct view id = view_of(name), instance = cut(&id, '/');
    struct text before = {NULL, 0, 0}, behind = {NULL, 0, 0};
    struct contact *c;
    if (contact_count % 1024 == 0)
        contacts = must(realloc(contacts, (contact_count + 1024) * sizeof *contacts));
    if (id.at == NULL) {
        id = instance;
        instance = view_of(set.instance);
    }
    if (!percent_decode(instance, &before) || !percent_decode(id, &behind))
        die("not an id: ", name);
    c = &contacts[contact_count++];
    memset(c, 0, sizeof *c);
    c->instance = copy_bytes(view_text(&before).at, before.len);
    c->id = copy_bytes(view_text(&behind).at, behind.len);
    c->external = external;
    clear(&before);
    clear(&behind);
}

static int by_id(const void *a, const void *b)
{
    const struct contact *x = a, *y = b;
    int order = strcmp(x->instance, y->instance);
    return order != 0 ? order : strcmp(x->id, y->id);
}

/* Sorts, and makes one of those that were named twice. */
static void contacts_ready(void)
{
    size_t i, kept = 0;
    qsort(contacts, contact_count, sizeof *contacts, by_id);
    for (i = 1; i < contact_count; i++) {
        struct contact *last = &contacts[kept], *c = &contacts[i];
        if (by_id(last, c) == 0) last->external |= c->external;
        else contacts[++kept] = *c;
    }
    contact_count = kept + 1;
}

static struct contact *contact_find(const char *instance, const char *id)
{
    struct contact wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.instance = instance;
    wanted.id = id;
    return bsearch(&wanted, contacts, contact_count, sizeof *contacts, by_id);
}

static void add_entry(struct text *t, const struct node *n)
{
    add(t, t->len > 1 ? "," : "");
    add_view(t, n->raw_key);
    add(t, ":");
    add_view(t, n->raw);
}

/* References and SegmentAttributes: an entry replaces the one of its key, all others stay. */
static void merge_map(struct text *stored, const struct node *sent)
{
    struct json j;
    struct node *old = json_parse(&j, stored->len > 0 ? view_text(stored) : view_of("{}"));
    struct text merged = {NULL, 0, 0};
    const struct node *n;
    add(&merged, "{");
    for (n = old->child; n != NULL; n = n->next)
        if (json_find(sent, n->key) == NULL) add_entry(&merged, n);
    for (n = sent->child; n != NULL; n = n->next) add_entry(&merged, n);
    add(&merged, "}");
    json_free(&j);
    clear(stored);
    *stored = merged;
}

static void contact_apply(struct contact *c, const struct node *body, struct text *why)
{
    size_t i;
    for (i = 0; i < FIELDS; i++) {
        const struct node *n = json_find(body, view_of(fields[i].name));
        if (n == NULL || n->kind == JSON_NULL) continue;
        addf(why, " %s", fields[i].name);
        if (fields[i].shape->kind == MAP) {
            merge_map(&c->member[i], n);
        } else {
            clear(&c->member[i]);
            add_view(&c->member[i], n->raw);
        }
    }
    seen.applied++;
}

static void contact_describe(const struct contact *c, struct answer *a)
{
    struct text *out = &a->body;
    size_t i;
    a->status = 200;
    add(out, "{\"Contact\":{\"Id\":");
    add_json_string(out, view_of(c->id));
    for (i = 0; i < FIELDS; i++) {
        if (c->member[i].len == 0) continue;
        addf(out, ",\"%s\":", fields[i].name);
        add_view(out, view_text(&c->member[i]));
    }
    add(out, "}}");
}

static int check_body(struct answer *a, const struct contact *c, const struct node *body)
{
    const struct node *n;
    size_t i, known = 0;
    if (body->kind != JSON_OBJECT) return wrong_kind(a, "the body", "an object", body);
    for (i = 0; i < FIELDS; i++) {
        n = json_find(body, view_of(fields[i].name));
        if (n == NULL || n->kind == JSON_NULL) continue;
        known++;
        if (!check(a, fields[i].name, fields[i].shape, n)) return 0;
        if (i == REFERENCES && !check_reference_total(a, n)) return 0;
        if (fields[i].external && !c->external)
            return refuse(a, 400, "InvalidRequestException",
                          "%s can be updated on an external audio contact only", fields[i].name);
    }
    if (known > 0) return 1;
    return refuse(a, 400, "InvalidRequestException",
                  "At least one field to be updated must be present in the request");
}

static void update(struct answer *a, struct contact *c, struct view body)
{
    struct json j;
    struct node *root = json_parse(&j, body.len > 0 ? body : view_of("{}"));
    if (root == NULL) {
        refuse(a, 400, "SerializationException", "the body is not JSON at byte %lu: %s",
               (unsigned long)(j.at - j.begin), j.problem);
    } else if (check_body(a, c, root)) {
        contact_apply(c, root, &a->why);
        a->status = 200;
        add(&a->body, "{}");
    }
    json_free(&j);
}

/* ---- http -----------------------------------------------------------------------------------
 * in: the bytes of a connection     out: one request, "not all here yet", or what is wrong.
 * Source: RFC 9112, at its strictest: what two readers could read in two ways is refused.        */

struct header {
    struct view name, value;
};

struct request {
    struct view method, path, body;
    struct header headers[MAX_HEADERS];
    size_t header_count;
    int old;           /* HTTP/1.0 */
    int keep;          /* the connection goes on */
    int wants_continue;
    int chunked;
    size_t length;     /* Content-Length */
    struct text joined; /* the body of a chunked request */
    char request_id[37];
};

enum progress { MORE, READY, BAD };

static const struct header *find_header(const struct request *r, const char *name, size_t *count)
{
    const struct header *found = NULL;
    size_t i, n = 0;
    for (i = 0; i < r->header_count; i++) {
        if (!is_nocase(r->headers[i].name, name)) continue;
        if (n++ == 0) found = &r->headers[i];
    }
    if (count != NULL) *count = n;
    return found;
}

/* The characters of a method or of a header's name. */
static int is_token(struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        char c = v.at[i];
        if (!letter_or_digit(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)) return 0;
    }
    return v.len > 0;
}

static int is_clean(struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return 0;
    }
    return 1;
}

/* Cuts one line off; 0 when it does not end in CR LF. */
static int take_line(struct view *rest, struct view *line)
{
    *line = cut(rest, '\n');
    if (line->len == 0 || line->at[line->len - 1] != '\r') return 0;
    line->len--;
    return is_clean(*line);
}

static int parse_request_line(struct request *r, struct view line, struct answer *a)
{
    size_t i;
    r->method = cut(&line, ' ');
    if (line.at == NULL || !is_token(r->method)) return malformed(a, 400, "bad request line");
    r->path = cut(&line, ' ');
    if (line.at == NULL || r->path.len == 0 || r->path.at[0] != '/')
        return malformed(a, 400, "bad request line");
    for (i = 0; i < r->path.len; i++)
        if (r->path.at[i] <= 0x20 || r->path.at[i] >= 0x7f)
            return malformed(a, 400, "the path holds a byte that must be encoded");
    if (memchr(r->path.at, '?', r->path.len) != NULL)
        return malformed(a, 400, "UpdateContact has no query");
    r->old = is(line, "HTTP/1.0");
    return r->old || is(line, "HTTP/1.1") || malformed(a, 505, "HTTP/1.1 expected");
}

static int parse_headers(struct request *r, struct view rest, struct answer *a)
{
    struct view line;
    while (rest.len > 0) {
        struct header *h = &r->headers[r->header_count];
        if (!take_line(&rest, &line)) return malformed(a, 400, "a header line has a bad byte");
        if (line.len == 0) return 1;
        if (r->header_count == MAX_HEADERS) return malformed(a, 431, "too many headers");
        if (blank(line.at[0])) return malformed(a, 400, "a folded header line");
        h->name = cut(&line, ':');
        if (line.at == NULL) return malformed(a, 400, "a header without colon");
        h->value = trim(line);
        if (!is_token(h->name)) return malformed(a, 400, "a header's name has a bad byte");
        r->header_count++;
    }
    return 1;
}

static int parse_length(struct request *r, struct view digits, struct answer *a)
{
    size_t i;
    if (digits.len == 0) return malformed(a, 400, "Content-Length is not a number");
    for (i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return malformed(a, 400, "Content-Length is not a number");
        r->length = r->length * 10 + (size_t)(digits.at[i] - '0');
        if (r->length > MAX_BODY) return malformed(a, 413, "the body is larger than 1 MiB");
    }
    return 1;
}

/* How long the body is, and whether the connection goes on behind it. */
static int parse_framing(struct request *r, struct answer *a)
{
    size_t hosts, lengths, codings, expects, i;
    const struct header *host = find_header(r, "host", &hosts);
    const struct header *length = find_header(r, "content-length", &lengths);
    const struct header *coding = find_header(r, "transfer-encoding", &codings);
    const struct header *expect = find_header(r, "expect", &expects);
    if (hosts != 1 || host->value.len == 0) return malformed(a, 400, "exactly one Host is needed");
    if (lengths > 0 && codings > 0)
        return malformed(a, 400, "Content-Length and Transfer-Encoding at once");
    if (lengths > 1 || codings > 1) return malformed(a, 400, "the body's length is said twice");
    if (coding != NULL && (r->old || !is_nocase(coding->value, "chunked")))
        return malformed(a, 501, "the only transfer coding known is chunked");
    if (length != NULL && !parse_length(r, length->value, a)) return 0;
    if (expect != NULL && !is_nocase(expect->value, "100-continue"))
        return malformed(a, 417, "unknown expectation");
    if (is(r->method, "POST") && length == NULL && coding == NULL)
        return malformed(a, 411, "Content-Length is needed");
    r->chunked = coding != NULL;
    r->wants_continue = expect != NULL && !r->old;
    r->keep = !r->old;
    for (i = 0; i < r->header_count; i++) {
        struct view words = r->headers[i].value;
        if (!is_nocase(r->headers[i].name, "connection")) continue;
        while (words.at != NULL)
            if (is_nocase(trim(cut(&words, ',')), "close")) r->keep = 0;
    }
    return 1;
}

/* The size line of a chunk, extensions ignored; -1: bad. */
static long chunk_size(struct view line)
{
    long size = 0;
    size_t i;
    line = trim(cut(&line, ';'));
    if (line.len == 0 || line.len > 6) return line.len > 6 ? MAX_BODY + 1 : -1;
    for (i = 0; i < line.len; i++) {
        if (hex_digit(line.at[i]) < 0) return -1;
        size = size * 16 + hex_digit(line.at[i]);
    }
    return size;
}

static enum progress bad(struct answer *a, int status, const char *what)
{
    malformed(a, status, what);
    return BAD;
}

/* Joins the chunks at the front of *rest, which afterwards is what stands behind them. */
static enum progress take_chunks(struct request *r, struct view *rest, struct answer *a)
{
    struct view line;
    long size = -1; /* 0: the last chunk was seen, what follows are trailers */
    while (rest->len > 0 && memchr(rest->at, '\n', rest->len) != NULL) {
        if (!take_line(rest, &line)) return bad(a, 400, "a bad chunk");
        if (size == 0 && line.len == 0) return READY;
        if (size == 0) continue;
        if ((size = chunk_size(line)) < 0) return bad(a, 400, "a bad chunk");
        if (size == 0) continue;
        if ((size_t)size + r->joined.len > MAX_BODY)
            return bad(a, 413, "the body is larger than 1 MiB");
        if (rest->len < (size_t)size + 2) return MORE;
        if (memcmp(rest->at + size, "\r\n", 2) != 0) return bad(a, 400, "a bad chunk");
        add_bytes(&r->joined, rest->at, (size_t)size);
        *rest = part(*rest, (size_t)size + 2, rest->len - (size_t)size - 2);
    }
    return MORE;
}

/* The length of the head with its empty line, 0 while that has not come. */
static size_t head_length(struct view in)
{
    size_t i;
    for (i = 3; i < in.len && i < MAX_HEAD; i++)
        if (in.at[i] == '\n' && memcmp(in.at + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
    return 0;
}

/* One request from the front of in; *used says how many bytes it had. */
static enum progress take_request(struct view in, struct request *r, struct answer *a,
                                  size_t *used)
{
    size_t head = head_length(in);
    struct view rest = part(in, 0, head), line;
    enum progress p = READY;
    if (head == 0 && in.len < MAX_HEAD) return MORE;
    if (head == 0) return bad(a, 431, "the head is larger than 64 KiB");
    if (!take_line(&rest, &line)) return bad(a, 400, "bad request line");
    if (!parse_request_line(r, line, a) || !parse_headers(r, rest, a) || !parse_framing(r, a))
        return BAD;
    rest = part(in, head, in.len - head);
    if (r->chunked) {
        p = take_chunks(r, &rest, a);
        r->body = view_text(&r->joined);
    } else if (rest.len < r->length) {
        p = MORE;
    } else {
        r->body = part(rest, 0, r->length);
        rest = part(rest, r->length, rest.len - r->length);
    }
    *used = in.len - rest.len;
    return p;
}

/* ---- sigv4 ----------------------------------------------------------------------------------
 * in: a request as it came     out: authentic or not, with the texts that AWS uses.
 * Source: AWS's "create a signed request", all services but S3: the path of the wire is encoded
 * once more. Path normalization is left out: no id that the call accepts needs it.               */

/* Ways to get it wrong that many have gone before; explain() tries them one by one. */
enum twist {
    AS_IT_SHOULD_BE,
    PATH_ONCE, PATH_DECODED, HOST_BARE, BLANKS_KEPT, TYPE_BARE, BODY_EMPTY, BODY_UNSIGNED,
    BODY_LINE_LESS, BODY_LINE_MORE,
    SECRET_LINE, SECRET_BLANK, SECRET_ALONE, KEY_HEX, KEY_TERMINATED
};

struct auth {
    struct view access, date, region, service, end; /* the credential scope */
    struct view scope;                              /* date/region/service/end */
    struct view names, signature, stamp, token;
    const struct credential *who;
};

/* The value behind "name=" in the Authorization header; at NULL when it is not there. */
static struct view auth_part(struct view list, const char *name)
{
    struct view none = {NULL, 0};
    while (list.at != NULL) {
        struct view one = trim(cut(&list, ','));
        struct view key = cut(&one, '=');
        if (is(key, name)) return one;
    }
    return none;
}

static int missing_part(struct answer *a, const char *name)
{
    return reject(a, "IncompleteSignatureException",
                  "Authorization header requires '%s' parameter.", name);
}

static int read_authorization(const struct request *r, struct auth *x, struct answer *a)
{
    static const char scheme[] = "AWS4-HMAC-SHA256 ";
    const struct header *h = find_header(r, "authorization", NULL);
    const struct header *stamp = find_header(r, "x-amz-date", NULL);
    const struct header *token = find_header(r, "x-amz-security-token", NULL);
    struct view v, credential;
    if (h == NULL) return reject(a, "MissingAuthenticationTokenException",
                                 "Missing Authentication Token");
    v = h->value;
    if (v.len < sizeof scheme || memcmp(v.at, scheme, sizeof scheme - 1) != 0)
        return reject(a, "IncompleteSignatureException",
                      "Unsupported AWS 'algorithm', AWS4-HMAC-SHA256 expected.");
    v = part(v, sizeof scheme - 1, v.len - sizeof scheme + 1);
    credential = auth_part(v, "Credential");
    x->names = auth_part(v, "SignedHeaders");
    x->signature = auth_part(v, "Signature");
    if (credential.at == NULL) return missing_part(a, "Credential");
    if (x->names.at == NULL) return missing_part(a, "SignedHeaders");
    if (x->signature.at == NULL) return missing_part(a, "Signature");
    if (stamp == NULL)
        return reject(a, "IncompleteSignatureException",
                      "Authorization header requires existence of either a 'X-Amz-Date' or a "
                      "'Date' header.");
    x->stamp = stamp->value;
    x->token = token != NULL ? token->value : part(v, 0, 0);
    x->access = cut(&credential, '/');
    x->scope = credential;
    x->date = cut(&credential, '/');
    x->region = cut(&credential, '/');
    x->service = cut(&credential, '/');
    x->end = credential;
    if (credential.at == NULL || memchr(credential.at, '/', credential.len) != NULL)
        return reject(a, "IncompleteSignatureException", "Credential must have exactly 5 "
                      "slash-delimited elements, e.g. keyid/date/region/service/term.");
    return 1;
}

/* Which credential is meant. After the rotation the first one has expired. */
static int check_who(struct auth *x, struct answer *a)
{
    int rotated = set.second.access != NULL && seen.signed_ones > set.rotate_at;
    x->who = rotated && is(x->access, set.second.access) ? &set.second
             : is(x->access, set.first.access)           ? &set.first : NULL;
    if (x->who != NULL && is(x->token, x->who->token != NULL ? x->who->token : "")) {
        if (x->who == &set.second || !rotated) return 1;
        return reject(a, "ExpiredTokenException",
                      "The security token included in the request is expired");
    }
    add(&a->why, x->who == NULL ? " (unknown access key)" : x->who->token == NULL
        ? " (a token, but this key is not temporary)" : x->token.len == 0
        ? " (this key is temporary and needs its token)" : " (not the token of this key)");
    return reject(a, "UnrecognizedClientException",
                  "The security token included in the request is invalid.");
}

static long days_since_1970(long y, long m, long d)
{
    y -= m <= 2; /* years begin in March, so that the leap day is the last */
    m += m > 2 ? -3 : 9;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 719469;
}

/* 20240319T125554Z -> seconds; 0: not such a text. */
static int read_stamp(struct view v, time_t *t)
{
    static const int starts[] = {0, 4, 6, 9, 11, 13, 15};
    long n[6] = {0};
    int i, k;
    if (v.len != 16 || v.at[8] != 'T' || v.at[15] != 'Z') return 0;
    for (k = 0; k < 6; k++)
        for (i = starts[k]; i < starts[k + 1] && v.at[i] != 'T'; i++) {
            if (v.at[i] < '0' || v.at[i] > '9') return 0;
            n[k] = n[k] * 10 + (v.at[i] - '0');
        }
    if (n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60)
        return 0;
    *t = (time_t)days_since_1970(n[0], n[1], n[2]) * 86400 + n[3] * 3600 + n[4] * 60 + n[5];
    return 1;
}

static int check_scope(const struct auth *x, struct answer *a)
{
    char room[128];
    if (set.region[0] != '*' && !is(x->region, set.region))
        return reject(a, "InvalidSignatureException",
                      "Credential should be scoped to a valid region, not '%s'.",
                      shown(x->region, room));
    if (!is(x->service, "connect"))
        return reject(a, "InvalidSignatureException",
                      "Credential should be scoped to correct service: 'connect'.");
    if (!is(x->end, "aws4_request"))
        return reject(a, "InvalidSignatureException", "Credential should be scoped with a valid "
                      "terminator: 'aws4_request', not '%s'.", shown(x->end, room));
    return 1;
}

static int check_time(const struct auth *x, struct answer *a)
{
    static const char format[] = "%Y%m%dT%H%M%SZ";
    char now[40], edge[40], room[128];
    time_t t, n = service_time();
    if (!read_stamp(x->stamp, &t))
        return reject(a, "IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. "
                      "Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601",
                      shown(x->stamp, room));
    if (x->date.len != 8 || memcmp(x->date.at, x->stamp.at, 8) != 0)
        return reject(a, "InvalidSignatureException",
                      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                      "date from HTTP: '%s' != '%.8s', from '%.16s'.", shown(x->date, room),
                      x->stamp.at, x->stamp.at);
    time_text(n, format, now);
    if (t < n - WINDOW_S)
        return reject(a, "InvalidSignatureException",
                      "Signature expired: %.16s is now earlier than %s (%s - 5 min.)", x->stamp.at,
                      time_text(n - WINDOW_S, format, edge), now);
    if (t > n + WINDOW_S)
        return reject(a, "InvalidSignatureException",
                      "Signature not yet current: %.16s is still later than %s (%s + 5 min.)",
                      x->stamp.at, time_text(n + WINDOW_S, format, edge), now);
    return 1;
}

static int is_signed(struct view names, struct view name)
{
    while (names.at != NULL) {
        struct view one = cut(&names, ';');
        if (one.len == name.len && strncasecmp(one.at, name.at, name.len) == 0) return 1;
    }
    return 0;
}

static int must_be_signed(struct view name)
{
    return is_nocase(name, "host") || is_nocase(name, "content-type") ||
           (name.len > 6 && strncasecmp(name.at, "x-amz-", 6) == 0);
}

/* Each name lower case, sent exactly once, in order; and nothing left out that must be in. */
static int check_names(const struct request *r, const struct auth *x, struct answer *a)
{
    struct view names = x->names, name, before = {"", 0};
    char room[128];
    size_t i, count;
    int order;
    while (names.at != NULL) {
        struct text last = {NULL, 0, 0};
        name = cut(&names, ';');
        add_view(&last, name);
        find_header(r, last.at, &count);
        clear(&last);
        if (count == 0)
            return reject(a, "InvalidSignatureException", "'%s' is named as a SignedHeader, but it "
                          "does not exist in the HTTP request", shown(name, room));
        if (count > 1) return malformed(a, 400, "a signed header is sent twice");
        for (i = 0; i < name.len; i++)
            if (name.at[i] >= 'A' && name.at[i] <= 'Z') count = 2;
        i = before.len < name.len ? before.len : name.len;
        order = memcmp(before.at, name.at, i);
        if (count > 1 || order > 0 || (order == 0 && before.len >= name.len))
            return reject(a, "InvalidSignatureException", "SignedHeaders must be lower case, "
                          "sorted and named once: '%s'", shown(name, room));
        before = name;
    }
    for (i = 0; i < r->header_count; i++)
        if (must_be_signed(r->headers[i].name) && !is_signed(x->names, r->headers[i].name))
            return reject(a, "InvalidSignatureException", "'%s' must be a 'SignedHeader' in the "
                          "AWS Authorization.", shown(r->headers[i].name, room));
    return 1;
}

static void add_encoded(struct text *t, struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        char c = v.at[i];
        if (letter_or_digit(c) || (c != '\0' && strchr("-._~/", c) != NULL)) add_bytes(t, &c, 1);
        else addf(t, "%%%02X", (unsigned)(unsigned char)c);
    }
}

/* Runs of blanks inside become one. */
static void add_folded(struct text *t, struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++)
        if (!blank(v.at[i])) add_bytes(t, v.at + i, 1);
        else if (!blank(v.at[i - 1])) add(t, " ");
}

static void add_canonical_header(struct text *t, const struct header *h, enum twist twist)
{
    struct view v = h->value;
    if (twist == HOST_BARE && is_nocase(h->name, "host")) v = cut(&v, ':');
    if (twist == TYPE_BARE && is_nocase(h->name, "content-type")) v = trim(cut(&v, ';'));
    if (twist == BLANKS_KEPT) add_view(t, v);
    else add_folded(t, v);
    add(t, "\n");
}

static void add_body_hash(struct text *t, struct view body, enum twist twist)
{
    struct text longer = {NULL, 0, 0};
    char digits[65];
    int line = body.len > 0 && body.at[body.len - 1] == '\n';
    add_view(&longer, twist == BODY_EMPTY ? part(body, 0, 0)
                      : part(body, 0, body.len - (size_t)(twist == BODY_LINE_LESS && line)));
    if (twist == BODY_LINE_MORE) add(&longer, "\n");
    sha_hex(view_text(&longer), digits);
    add(t, twist == BODY_UNSIGNED ? "UNSIGNED-PAYLOAD" : digits);
    clear(&longer);
}

static void add_canonical(struct text *t, const struct request *r, const struct auth *x,
                          enum twist twist)
{
    struct view names = x->names;
    add_view(t, r->method);
    add(t, "\n");
    if (twist == PATH_DECODED) percent_decode(r->path, t);
    else if (twist == PATH_ONCE) add_view(t, r->path);
    else add_encoded(t, r->path);
    add(t, "\n\n");
    while (names.at != NULL) {
        struct text name = {NULL, 0, 0};
        add_view(&name, cut(&names, ';'));
        addf(t, "%s:", name.at);
        add_canonical_header(t, find_header(r, name.at, NULL), twist);
        clear(&name);
    }
    add(t, "\n");
    add_view(t, x->names);
    add(t, "\n");
    add_body_hash(t, r->body, twist);
}

/* One link of the chain that derives the key; the twists are how keys get spoiled on the way. */
static void next_key(unsigned char key[32], struct view data, enum twist twist)
{
    char digits[65];
    struct view k;
    hex(key, digits);
    k.at = twist == KEY_HEX ? digits : (const char *)key;
    k.len = twist == KEY_HEX ? 64 : 32;
    if (twist == KEY_TERMINATED && memchr(key, 0, 32) != NULL) k.len = strlen((const char *)key);
    hmac(k, data, key);
}

static void add_string_to_sign(struct text *t, const struct auth *x, struct view canonical)
{
    char digits[65];
    sha_hex(canonical, digits);
    add(t, "AWS4-HMAC-SHA256\n");
    add_view(t, x->stamp);
    add(t, "\n");
    add_view(t, x->scope);
    addf(t, "\n%s", digits);
}

static void sign(const struct auth *x, struct view canonical, enum twist twist, char out[65])
{
    struct text secret = {NULL, 0, 0}, to_sign = {NULL, 0, 0};
    unsigned char key[32];
    add(&secret, twist == SECRET_ALONE ? "" : "AWS4");
    add(&secret, x->who->secret);
    add(&secret, twist == SECRET_LINE ? "\n" : twist == SECRET_BLANK ? " " : "");
    hmac(view_text(&secret), x->date, key);
    next_key(key, x->region, twist);
    next_key(key, x->service, twist);
    next_key(key, x->end, twist);
    add_string_to_sign(&to_sign, x, canonical);
    next_key(key, view_text(&to_sign), twist);
    hex(key, out);
    clear(&secret);
    clear(&to_sign);
}

/* In constant time, as one should; nothing here is worth an attack, but examples get copied. */
static int same_signature(struct view sent, const char digits[65])
{
    unsigned differ = 0;
    size_t i;
    if (sent.len != 64) return 0;
    for (i = 0; i < 64; i++) differ |= (unsigned)(sent.at[i] ^ digits[i]);
    return differ == 0;
}

static void explain(const struct request *r, const struct auth *x, struct view expected);

static int check_signature(const struct request *r, const struct auth *x, struct answer *a)
{
    struct text canonical = {NULL, 0, 0};
    char digits[65];
    int good;
    add_canonical(&canonical, r, x, AS_IT_SHOULD_BE);
    sign(x, view_text(&canonical), AS_IT_SHOULD_BE, digits);
    good = same_signature(x->signature, digits);
    if (!good) explain(r, x, view_text(&canonical));
    clear(&canonical);
    if (good) return 1;
    seen.bad_signatures++;
    return reject(a, "InvalidSignatureException",
                  "The request signature we calculated does not match the signature you provided. "
                  "Check your AWS Secret Access Key and signing method. Consult the service "
                  "documentation for details.");
}

static int verify(const struct request *r, struct answer *a)
{
    struct auth x;
    memset(&x, 0, sizeof x);
    if (!read_authorization(r, &x, a)) return 0;
    seen.signed_ones++;
    return check_who(&x, a) && check_scope(&x, a) && check_time(&x, a) && check_names(r, &x, a) &&
           check_signature(r, &x, a);
}

/* ---- explain --------------------------------------------------------------------------------
 * in: a request whose signature is wrong     out: in the log, why, as far as it can be told.
 * What the client signed is not on the wire. But its signature is: for each well-known mistake the
 * request is signed with that mistake, and when the signatures agree, that was it.               */

static const struct {
    enum twist twist;
    const char *what;
} mistakes[] = {
    {PATH_ONCE, "the path was signed as sent: it must be encoded once more for the signature"},
    {PATH_DECODED, "the path was signed decoded: it must be encoded twice for the signature"},
    {HOST_BARE, "Host was signed without its port"},
    {BLANKS_KEPT, "runs of blanks inside a header were signed as they are"},
    {TYPE_BARE, "Content-Type was signed without its parameters, or got them afterwards"},
    {BODY_EMPTY, "an empty body was signed"},
    {BODY_UNSIGNED, "UNSIGNED-PAYLOAD was signed: this service wants the hash of the body"},
    {BODY_LINE_LESS, "the body was signed without the line end that was sent"},
    {BODY_LINE_MORE, "the body was signed with a line end that was not sent"},
    {SECRET_LINE, "the canonical request is right; the secret key has a line end at its end"},
    {SECRET_BLANK, "the canonical request is right; the secret key has a blank at its end"},
    {SECRET_ALONE, "the canonical request is right; the secret lacks \"AWS4\" before it"},
    {KEY_HEX, "the canonical request is right; a key of the chain was used as hex digits"},
    {KEY_TERMINATED, "the canonical request is right; a key of the chain was cut at a zero byte"},
};

/* A line of a canonical request for the log: printable, and the token only by its length. */
static void note_line(const char *mark, int number, struct view line)
{
    static const char token[] = "x-amz-security-token:";
    struct text out = {NULL, 0, 0};
    size_t i;
    if (line.len >= sizeof token - 1 && memcmp(line.at, token, sizeof token - 1) == 0)
        addf(&out, "%s(%lu bytes, not shown)", token, (unsigned long)(line.len - sizeof token + 1));
    else
        for (i = 0; i < line.len; i++)
            add_bytes(&out, line.at[i] >= 0x20 && line.at[i] < 0x7f ? line.at + i : "?", 1);
    note("  %s%3d  %s", mark, number, out.at != NULL ? out.at : "");
    clear(&out);
}

static void note_compared(struct view expected, struct view signed_one)
{
    int number = 1, told = 0;
    while (expected.at != NULL) {
        struct view line = cut(&expected, '\n'), other = cut(&signed_one, '\n');
        int differs = !told && !same(line, other);
        note_line(differs ? "> " : "  ", number, line);
        if (differs) note_line("! ", number, other);
        told |= differs;
        number++;
    }
}

/* Harmless when an id has a '%' of its own, which is rare. */
static int holds_encoded_percent(struct view path)
{
    size_t i;
    for (i = 0; i + 3 <= path.len; i++)
        if (memcmp(path.at + i, "%25", 3) == 0) return 1;
    return 0;
}

static void explain(const struct request *r, const struct auth *x, struct view expected)
{
    struct text signed_one = {NULL, 0, 0};
    char digits[65];
    size_t i;
    for (i = 0; i < COUNT(mistakes); i++) {
        clear(&signed_one);
        add_canonical(&signed_one, r, x, mistakes[i].twist);
        sign(x, view_text(&signed_one), mistakes[i].twist, digits);
        if (same_signature(x->signature, digits)) break;
    }
    if (i < COUNT(mistakes)) {
        note("  why: %s", mistakes[i].what);
        note("  canonical request expected (> the first differing line, ! what was signed):");
        note_compared(expected, view_text(&signed_one));
    } else {
        note("  why: not a known mistake: another secret key, or the client signed another text%s",
             holds_encoded_percent(r->path) ? " (the path holds %25: ids encoded before?)" : "");
        note("  canonical request expected:");
        note_compared(expected, expected);
    }
    clear(&signed_one);
}

/* ---- faults ---------------------------------------------------------------------------------
 * in: SPECs of --fault     out: what is to go wrong with the next authentic POST                 */

enum outcome { SERVE, ERROR_NOW, DROP_BEFORE, DROP_AFTER, HTML, JUNK, REDIRECT };

struct service_error {
    int status;
    const char *code, *message, *tail; /* with a tail it comes from the front door: "message" */
};

struct fault {
    long left; /* requests it is still for; -1: all */
    enum outcome outcome;
    int status; /* 0: as it comes */
    const struct service_error *error;
    const char *reason;
    long delay_ms, byte_ms, retry_s, retry_ms; /* -1: not asked for */
    int truncate, chunked, early_continue, to_the_end, mix;
};

static struct fault faults[MAX_FAULTS];
static size_t fault_count;
static uint64_t mix_state;

enum fault_name {
    F_STATUS, F_ERROR, F_THROTTLE, F_HTML, F_EXPIRED, F_REASON, F_REDIRECT, F_DROP_BEFORE,
    F_DROP_AFTER, F_JUNK, F_DELAY, F_TRUNCATE, F_CHUNKED, F_CONTINUE, F_CLOSE, F_ONE_BYTE,
    F_RETRY, F_X_RETRY, F_MIX
};

static const struct {
    enum fault_name name;
    const char *word, *value, *help; /* value in brackets: may be left out */
} fault_names[] = {
    {F_STATUS, "status", "=N", "this status and the error that goes with it; 2xx is applied"},
    {F_ERROR, "error", "=CODE", "this error of the service, or one of the front door's"},
    {F_THROTTLE, "throttle", "", "429 ThrottlingException \"Rate exceeded\", the gateway's"},
    {F_HTML, "html-503", "", "503 with a page of HTML, no error type"},
    {F_EXPIRED, "expired-token", "", "403 ExpiredTokenException"},
    {F_REASON, "reason", "=WORD", "400 InvalidRequestException with this Reason"},
    {F_REDIRECT, "redirect", "", "307 to another path of this server"},
    {F_DROP_BEFORE, "drop-before", "", "read, then closed: not applied, no answer"},
    {F_DROP_AFTER, "drop-after", "", "applied, then closed without an answer"},
    {F_JUNK, "junk-200", "", "applied, then 200 with a body that is not JSON"},
    {F_DELAY, "delay", "=MS", "the answer comes this much later"},
    {F_TRUNCATE, "truncate", "", "closed after half of the body"},
    {F_CHUNKED, "chunked", "", "Transfer-Encoding: chunked, in small pieces"},
    {F_CONTINUE, "continue", "", "100 Continue, unasked, before the answer"},
    {F_CLOSE, "close", "", "no length: the body ends where the connection does"},
    {F_ONE_BYTE, "one-byte", "[=MS]", "one byte at a time, MS apart (0)"},
    {F_RETRY, "retry-after", "=S", "Retry-After: S; with 503 if nothing else is asked for"},
    {F_X_RETRY, "x-retry-after", "=MS", "x-amz-retry-after: MS; likewise"},
    {F_MIX, "mix", "=SEED", "one of these, drawn anew for each request:"},
};

static const struct {
    int percent;
    const char *spec;
} mix[] = {
    {3, "status=503"}, {2, "status=500"}, {3, "throttle"}, {1, "html-503"}, {2, "drop-before"},
    {2, "drop-after"}, {1, "truncate"}, {1, "x-retry-after=20"}, {1, "throttle+x-retry-after=20"},
    {2, "junk-200"}, {8, "delay=15"}, {8, "chunked"}, {4, "close"}, {4, "continue"},
    {2, "one-byte"}, {2, "chunked+one-byte"},
};

static const struct service_error errors[] = {
    {400, "InvalidRequestException", "The request is not valid", NULL},
    {400, "InvalidParameterException", "One or more of the parameters are not valid", NULL},
    {400, "InvalidActiveRegionException", "This region is not the active one", NULL},
    {403, "AccessDeniedException", "You do not have sufficient permissions", NULL},
    {404, "ResourceNotFoundException", "The specified resource was not found", NULL},
    {409, "ConflictException", "Operation cannot be performed at this time", NULL},
    {429, "ThrottlingException", "The throttling limit has been exceeded", NULL},
    {500, "InternalServiceException", "Request processing failed", NULL},
    {503, "ServiceUnavailableException", "Service Unavailable", auth_tail},
    {403, "ExpiredTokenException", "The security token included in the request is expired",
     auth_tail},
    {403, "UnrecognizedClientException", "The security token included in the request is invalid.",
     auth_tail},
    {403, "RequestTimeTooSkewed",
     "The difference between the request time and the current time is too large.", auth_tail},
};
static const struct service_error rate_exceeded = {429, "ThrottlingException", "Rate exceeded",
                                                   load_tail};

static long number(const char *what, const char *digits, long least, long most)
{
    char *end;
    long n;
    errno = 0;
    n = strtol(digits, &end, 10);
    if (end == digits || *end != '\0' || errno != 0 || n < least || n > most) die(what, digits);
    return n;
}

static void set_fault_status(struct fault *f, const char *value)
{
    size_t i;
    f->status = (int)number("not a status: ", value, 200, 599);
    f->outcome = f->status < 300 ? SERVE : ERROR_NOW;
    for (i = 0; i < COUNT(errors) && f->error == NULL; i++)
        if (errors[i].status == f->status) f->error = &errors[i];
}

static void set_fault_error(struct fault *f, const struct service_error *error)
{
    f->outcome = ERROR_NOW;
    f->error = error;
    f->status = error->status;
}

static void set_fault_code(struct fault *f, const char *value)
{
    size_t i;
    for (i = 0; i < COUNT(errors); i++)
        if (strcmp(errors[i].code, value) == 0) set_fault_error(f, &errors[i]);
    if (f->error == NULL) die("not an error that this service has: ", value);
}

static void set_fault(struct fault *f, enum fault_name name, const char *value)
{
    const long most = 3600L * 1000;
    switch (name) {
    case F_STATUS: set_fault_status(f, value); break;
    case F_ERROR: set_fault_code(f, value); break;
    case F_THROTTLE: set_fault_error(f, &rate_exceeded); break;
    case F_HTML: f->outcome = HTML; break;
    case F_EXPIRED: set_fault_code(f, "ExpiredTokenException"); break;
    case F_REASON:
        set_fault_code(f, "InvalidRequestException");
        f->reason = copy_bytes(value, strlen(value));
        break;
    case F_REDIRECT: f->outcome = REDIRECT; break;
    case F_DROP_BEFORE: f->outcome = DROP_BEFORE; break;
    case F_DROP_AFTER: f->outcome = DROP_AFTER; break;
    case F_JUNK: f->outcome = JUNK; break;
    case F_DELAY: f->delay_ms = number("not milliseconds: ", value, 0, most); break;
    case F_TRUNCATE: f->truncate = 1; break;
    case F_CHUNKED: f->chunked = 1; break;
    case F_CONTINUE: f->early_continue = 1; break;
    case F_CLOSE: f->to_the_end = 1; break;
    case F_ONE_BYTE: f->byte_ms = number("not milliseconds: ", value, 0, 1000); break;
    case F_RETRY: f->retry_s = number("not seconds: ", value, 0, most); break;
    case F_X_RETRY: f->retry_ms = number("not milliseconds: ", value, 0, most); break;
    case F_MIX:
        f->mix = 1;
        mix_state = (uint64_t)number("not a seed: ", value, 0, 0x7fffffff) * 2 + 1;
        break;
    }
}

static struct fault no_fault(void)
{
    struct fault f;
    memset(&f, 0, sizeof f);
    f.left = f.delay_ms = f.byte_ms = f.retry_s = f.retry_ms = -1;
    return f;
}

/* SPEC is NAME[=VALUE][+NAME[=VALUE]...][*COUNT]. */
static struct fault read_fault(const char *spec)
{
    struct fault f = no_fault();
    char *copy = copy_bytes(spec, strlen(spec)), *at = copy, *next, *star = strrchr(copy, '*');
    size_t i;
    if (star != NULL) {
        *star = '\0';
        f.left = number("not a count of requests: ", star + 1, 1, 1000000);
    }
    for (; at != NULL; at = next) {
        char *value;
        if ((next = strchr(at, '+')) != NULL) *next++ = '\0';
        if ((value = strchr(at, '=')) != NULL) *value++ = '\0';
        for (i = 0; i < COUNT(fault_names) && strcmp(fault_names[i].word, at) != 0; i++) continue;
        if (i == COUNT(fault_names)) die("no such fault: ", spec);
        if (value != NULL ? fault_names[i].value[0] == '\0' : fault_names[i].value[0] == '=')
            die("a value too much or missing: ", spec);
        set_fault(&f, fault_names[i].name, value != NULL ? value : "0");
    }
    free(copy);
    if (f.outcome == SERVE && f.status == 0 && (f.retry_s >= 0 || f.retry_ms >= 0))
        set_fault_status(&f, "503");
    return f;
}

static void take_value(long *to, long from)
{
    if (*to < 0) *to = from;
}

/* What f does not ask for is taken from g. */
static void merge_fault(struct fault *f, const struct fault *g)
{
    if (f->outcome == SERVE && f->status == 0) {
        f->outcome = g->outcome;
        f->status = g->status;
        f->error = g->error;
        f->reason = g->reason;
        take_value(&f->retry_s, g->retry_s);
        take_value(&f->retry_ms, g->retry_ms);
    }
    take_value(&f->delay_ms, g->delay_ms);
    take_value(&f->byte_ms, g->byte_ms);
    f->truncate |= g->truncate;
    f->chunked |= g->chunked;
    f->early_continue |= g->early_continue;
    f->to_the_end |= g->to_the_end;
}

/* Source of the numbers: George Marsaglia, "Xorshift RNGs" (64 bits; 13, 7, 17). */
static struct fault draw_fault(void)
{
    int roll;
    size_t i;
    mix_state ^= mix_state << 13;
    mix_state ^= mix_state >> 7;
    mix_state ^= mix_state << 17;
    roll = (int)((mix_state >> 20) % 100);
    for (i = 0; i < COUNT(mix); i++)
        if ((roll -= mix[i].percent) < 0) return read_fault(mix[i].spec);
    return no_fault();
}

/* Those with a count go first, one at a time, in the order given; those without are always on. */
static struct fault next_fault(void)
{
    struct fault f = no_fault(), drawn;
    size_t i;
    for (i = 0; i < fault_count && faults[i].left <= 0; i++) continue;
    if (i < fault_count) {
        faults[i].left--;
        drawn = faults[i].mix ? draw_fault() : faults[i];
        merge_fault(&f, &drawn);
    }
    for (i = 0; i < fault_count; i++) {
        if (faults[i].left >= 0) continue;
        drawn = faults[i].mix ? draw_fault() : faults[i];
        merge_fault(&f, &drawn);
    }
    return f;
}

/* ---- answers --------------------------------------------------------------------------------
 * in: a request     out: an answer, and its bytes with the faults that shape them                */

/* The two ids, decoded once; 0 with an error when the path is another. */
static int route(const struct request *r, struct text *instance, struct text *id, struct answer *a)
{
    size_t base = strlen(set.base_path);
    struct view rest = r->path;
    int known = rest.len > base && memcmp(rest.at, set.base_path, base) == 0;
    if (known) rest = part(rest, base, rest.len - base);
    known = known && cut(&rest, '/').len == 0 && is(cut(&rest, '/'), "contacts");
    if (known && rest.at != NULL) known = percent_decode(cut(&rest, '/'), instance);
    known = known && rest.at != NULL && memchr(rest.at, '/', rest.len) == NULL;
    if (!known || !percent_decode(rest, id)) {
        a->lower = 1;
        return refuse(a, 404, "UnknownOperationException", "no operation has this path");
    }
    if (!is(r->method, "POST") && !is(r->method, "GET")) {
        a->lower = 1;
        return refuse(a, 405, "UnknownOperationException", "POST updates, GET reads back");
    }
    return 1;
}

static struct contact *find(struct text *instance, struct text *id, struct answer *a)
{
    struct contact *c = NULL;
    if (!utf8_valid(view_text(instance)) || !utf8_valid(view_text(id)))
        refuse(a, 400, "InvalidParameterException", "an id is not UTF-8");
    if (!check_length(a, "InstanceId", view_text(instance), 1, 100) ||
        !check_length(a, "ContactId", view_text(id), 1, 256) || a->status != 0)
        return NULL;
    if (strlen(instance->at) == instance->len && strlen(id->at) == id->len)
        c = contact_find(instance->at, id->at);
    if (c == NULL && strchr(id->at, '%') != NULL) add(&a->why, " (ids were encoded twice?)");
    if (c == NULL) refuse(a, 404, "ResourceNotFoundException", "Contact not found");
    return c;
}

static void answer_fault(const struct fault *f, struct answer *a)
{
    if (f->outcome == HTML) {
        a->status = 503;
        a->type = "text/html";
        add(&a->body, "<html><head><title>503 Service Unavailable</title></head>\n"
                      "<body><h1>Service Unavailable</h1></body></html>\n");
    } else if (f->outcome == REDIRECT) {
        a->status = 307;
        a->header = "Location: /contacts/redirected/elsewhere\r\n";
    } else if (f->error != NULL) {
        refuse(a, f->status, f->error->code, "%s", f->error->message);
        a->lower = f->error->tail != NULL;
        a->tail = f->error->tail;
        a->reason = f->reason;
    }
    if (a->status == 0) a->status = f->status; /* nothing but a number, and an empty body */
}

static void answer_update(const struct request *r, const struct fault *f, struct text *instance,
                          struct text *id, struct answer *a)
{
    const struct header *type = find_header(r, "content-type", NULL);
    struct view kind = type != NULL ? type->value : view_of("application/json");
    struct contact *c = find(instance, id, a);
    if (c == NULL) return;
    if (!is_nocase(trim(cut(&kind, ';')), "application/json")) {
        refuse(a, 415, "UnsupportedMediaTypeException", "application/json expected");
        return;
    }
    update(a, c, r->body);
    if (a->status != 200) return;
    if (f->status != 0) a->status = f->status;
    if (f->outcome != JUNK) return;
    clear(&a->body);
    a->type = "text/plain";
    add(&a->body, "OK, but not JSON {\"message\":");
}

/* f stays empty for all but an authentic POST: a wrong signature shows in spite of faults. */
static void handle(const struct request *r, struct fault *f, struct answer *a)
{
    struct text instance = {NULL, 0, 0}, id = {NULL, 0, 0};
    struct contact *c;
    add(&instance, "");
    add(&id, "");
    if (!route(r, &instance, &id, a)) {
        add(&a->why, " (wrong path or method)");
    } else if (is(r->method, "GET")) {
        if ((c = find(&instance, &id, a)) != NULL) contact_describe(c, a);
    } else if (verify(r, a)) {
        *f = next_fault();
        if (f->outcome == ERROR_NOW || f->outcome == HTML || f->outcome == REDIRECT)
            answer_fault(f, a);
        else if (f->outcome != DROP_BEFORE)
            answer_update(r, f, &instance, &id, a);
    }
    clear(&instance);
    clear(&id);
}

static const char *phrase(int status)
{
    static const struct { int status; const char *text; } all[] = {
        {200, "OK"}, {307, "Temporary Redirect"}, {400, "Bad Request"}, {403, "Forbidden"},
        {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
        {411, "Length Required"}, {413, "Content Too Large"}, {415, "Unsupported Media Type"},
        {417, "Expectation Failed"}, {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"},
        {501, "Not Implemented"}, {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"}};
    size_t i;
    for (i = 0; i < COUNT(all); i++)
        if (all[i].status == status) return all[i].text;
    return "Status";
}

/* A UUID's shape, from a counter and the time: different each time, nothing depends on it. */
static void make_request_id(char out[37])
{
    char digits[65], source[64];
    struct view v;
    int n = snprintf(source, sizeof source, "%ld %lld %ld", (long)getpid(), tick(), seen.requests);
    v.at = source;
    v.len = (size_t)n;
    sha_hex(v, digits);
    snprintf(out, 37, "%.8s-%.4s-4%.3s-a%.3s-%.12s", digits, digits + 8, digits + 12, digits + 15,
             digits + 18);
}

static void add_error_body(struct answer *a)
{
    addf(&a->body, "{\"%s\":", a->lower ? "message" : "Message");
    add_json_string(&a->body, view_of(a->message));
    if (a->reason != NULL) {
        add(&a->body, ",\"Reason\":{\"AttachedFileInvalidRequestExceptionReason\":");
        add_json_string(&a->body, view_of(a->reason));
        add(&a->body, "}");
    }
    add(&a->body, "}");
}

static void add_chunks(struct text *out, struct view body, int truncate)
{
    size_t n, at = 0;
    for (n = 1; at < body.len; n = n % 7 + 1) {
        struct view piece = part(body, at, n < body.len - at ? n : body.len - at);
        addf(out, "%lx\r\n", (unsigned long)piece.len);
        add_view(out, piece);
        add(out, "\r\n");
        at += piece.len;
    }
    if (!truncate) add(out, "0\r\n\r\n");
}

/* The bytes of an answer; returns whether the connection must be closed behind them. */
static int render(const struct request *r, struct answer *a, const struct fault *f,
                  struct text *out)
{
    char date[40];
    struct view body;
    int chunked = f->chunked && !r->old, close = a->close || !r->keep || f->to_the_end;
    if (a->code != NULL) add_error_body(a);
    body = view_text(&a->body);
    if (f->early_continue && !r->old) add(out, "HTTP/1.1 100 Continue\r\n\r\n");
    addf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nx-amzn-RequestId: %s\r\n", a->status,
         phrase(a->status), time_text(service_time(), "%a, %d %b %Y %H:%M:%S GMT", date),
         r->request_id);
    if (body.len > 0) addf(out, "Content-Type: %s\r\n", a->type ? a->type : "application/json");
    if (a->code != NULL)
        addf(out, "x-amzn-ErrorType: %s%s\r\n", a->code, a->tail != NULL ? a->tail : "");
    if (a->header != NULL) add(out, a->header);
    if (f->retry_s >= 0) addf(out, "Retry-After: %ld\r\n", f->retry_s);
    if (f->retry_ms >= 0) addf(out, "x-amz-retry-after: %ld\r\n", f->retry_ms);
    if (chunked) add(out, "Transfer-Encoding: chunked\r\n");
    else if (!f->to_the_end) addf(out, "Content-Length: %lu\r\n", (unsigned long)body.len);
    add(out, close ? "Connection: close\r\n\r\n" : "\r\n");
    if (f->truncate) body.len /= 2;
    if (chunked) add_chunks(out, body, f->truncate);
    else add_view(out, body);
    return close || f->truncate;
}

static void note_verdict(const struct request *r, const struct answer *a, const struct fault *f)
{
    static const char *const outcomes[] = {"", "error", "drop-before", "drop-after", "html-503",
                                           "junk-200", "redirect"};
    char method[128], path[128];
    struct text extra = {NULL, 0, 0};
    add(&extra, "");
    if (f->outcome != SERVE) addf(&extra, " %s", outcomes[f->outcome]);
    else if (f->status != 0) add(&extra, " status");
    if (f->delay_ms >= 0) addf(&extra, " delay");
    if (f->byte_ms >= 0) add(&extra, " one-byte");
    if (f->truncate) add(&extra, " truncate");
    if (f->chunked) add(&extra, " chunked");
    if (f->early_continue) add(&extra, " continue");
    if (f->to_the_end) add(&extra, " close");
    if (extra.len > 0) seen.faults++;
    note("#%ld %s %s %d %s%s%s%s%s%s%s", seen.requests, shown(r->method, method),
         shown(r->path, path), a->status, a->code != NULL ? a->code : "-",
         a->code != NULL ? ": " : "", a->code != NULL ? a->message : "",
         a->why.len > 0 ? a->why.at : "", extra.len > 0 ? " [fault:" : "", extra.at,
         extra.len > 0 ? "]" : "");
    clear(&extra);
}

/* ---- connections ----------------------------------------------------------------------------
 * in: sockets     out: bytes in, requests, answers, bytes out; nothing ever blocks.              */

enum state { FREE, READING, WAITING, SENDING, DRAINING };

struct connection {
    enum state state;
    int fd;
    struct text in, out;
    size_t sent;
    long byte_ms;    /* -1: send all at once; else one byte, then this pause */
    int close, drop; /* behind the answer; instead of it */
    int continued;   /* 100 Continue was sent for the request under way */
    long long wake;  /* WAITING: then it goes on; else: then it is given up */
};

static struct connection connections[MAX_CONNECTIONS];

static void connection_close(struct connection *c)
{
    close(c->fd);
    clear(&c->in);
    clear(&c->out);
    memset(c, 0, sizeof *c);
    c->fd = -1;
}

static void connection_open(int listener)
{
    int one = 1, fd = accept(listener, NULL, NULL);
    struct connection *c = connections;
    while (c < connections + MAX_CONNECTIONS && c->state != FREE) c++;
    if (fd < 0) return;
    if (c == connections + MAX_CONNECTIONS || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* one byte is one packet */
    c->fd = fd;
    c->state = READING;
    c->wake = tick() + IDLE_MS;
}

/* Sets up the answer to the request at the front of c->in, if it is all there. */
static void connection_serve(struct connection *c)
{
    struct request r;
    struct answer a;
    struct fault f = no_fault();
    size_t used = c->in.len;
    enum progress p;
    memset(&r, 0, sizeof r);
    memset(&a, 0, sizeof a);
    p = take_request(view_text(&c->in), &r, &a, &used);
    if (p == MORE && c->in.len > MAX_HEAD + 2 * MAX_BODY)
        p = bad(&a, 413, "too many bytes for one request");
    if (p == MORE && r.wants_continue && !c->continued)
        c->continued = send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0) == 25;
    if (p != MORE) {
        seen.requests++;
        make_request_id(r.request_id);
        if (p == READY) handle(&r, &f, &a);
        if (a.code != NULL) seen.refused++;
        note_verdict(&r, &a, &f);
        c->close = render(&r, &a, &f, &c->out);
        c->drop = f.outcome == DROP_BEFORE || f.outcome == DROP_AFTER;
        c->byte_ms = f.byte_ms;
        c->continued = 0;
        c->state = f.delay_ms > 0 ? WAITING : SENDING;
        c->wake = tick() + (f.delay_ms > 0 ? f.delay_ms : IDLE_MS);
        memmove(c->in.at, c->in.at + used, c->in.len - used);
        c->in.len -= used;
    }
    clear(&r.joined);
    clear(&a.body);
    clear(&a.why);
}

static void connection_receive(struct connection *c)
{
    char bytes[16384];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n > 0 && c->state == READING) {
        add_bytes(&c->in, bytes, (size_t)n);
        c->wake = tick() + IDLE_MS;
    } else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        connection_close(c);
    }
}

/* Behind the last byte. When closing, what the client still sends is read and dropped for a while:
 * closing at once would reset the connection and could take the answer from the client's hands. */
static void connection_answered(struct connection *c)
{
    seen.answered++;
    clear(&c->out);
    c->sent = 0;
    c->state = c->close ? DRAINING : READING;
    c->wake = tick() + (c->close ? DRAIN_MS : IDLE_MS);
    if (c->close) shutdown(c->fd, SHUT_WR);
}

static void connection_send(struct connection *c)
{
    size_t left = c->out.len - c->sent;
    ssize_t n;
    if (c->drop) {
        seen.answered++;
        connection_close(c);
        return;
    }
    n = send(c->fd, c->out.at + c->sent, c->byte_ms >= 0 && left > 1 ? 1 : left, 0);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        connection_close(c);
    } else if (n > 0) {
        c->sent += (size_t)n;
        if (c->sent == c->out.len) {
            connection_answered(c);
        } else if (c->byte_ms > 0) {
            c->state = WAITING;
            c->wake = tick() + c->byte_ms;
        }
    }
}

static void connection_step(struct connection *c, int ready)
{
    long long now = tick();
    int news = ready; /* something may have come to the front of c->in */
    if (c->state == WAITING && now >= c->wake) {
        c->state = SENDING;
        c->wake = now + IDLE_MS;
    } else if (c->state != FREE && c->state != WAITING && now >= c->wake) {
        connection_close(c);
    }
    if (ready && (c->state == READING || c->state == DRAINING)) connection_receive(c);
    if (c->state == SENDING) {
        connection_send(c);
        news = 1;
    }
    if (news && c->state == READING && c->in.len > 0) connection_serve(c);
}

static int wake_pipe[2];

static void on_signal(int number_of_it)
{
    ssize_t ignored = write(wake_pipe[1], "", 1);
    (void)ignored;
    (void)number_of_it;
    stopping = 1;
}

static void watch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (pipe(wake_pipe) != 0) die("no pipe", "");
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGTTIN, &action, NULL); /* in the background of a terminal, stdin is not ours */
}

static int open_listener(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)set.port);
    if (inet_pton(AF_INET, set.host, &address.sin_addr) != 1 ||
        ntohl(address.sin_addr.s_addr) >> 24 != 127)
        die("only addresses of the loopback, 127.x.y.z, not ", set.host);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 128) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("cannot listen: ", strerror(errno));
    printf("listening on %s:%d\n", set.host, (int)ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

/* 1: stdin is at its end, so whoever started this has gone. */
static int stdin_closed(void)
{
    char bytes[256];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n < 0) set.stay = 1; /* a background job may not ask */
    if (n == 0) note("stdin was closed (--stay ignores that)");
    return n == 0;
}

static int time_to_next(long long end)
{
    long long now = tick(), first = end;
    int i;
    for (i = 0; i < MAX_CONNECTIONS; i++) {
        const struct connection *c = &connections[i];
        if (c->state != FREE && c->wake < first) first = c->wake;
    }
    return first <= now ? 0 : first - now > 60000 ? 60000 : (int)(first - now);
}

static void run(int listener)
{
    struct pollfd polled[3 + MAX_CONNECTIONS];
    long long end = tick() + (set.seconds > 0 ? set.seconds * 1000LL : 1LL << 50);
    int i;
    while (!stopping && tick() < end &&
           (set.max_requests == 0 || seen.answered < set.max_requests)) {
        memset(polled, 0, sizeof polled);
        polled[0].fd = wake_pipe[0];
        polled[1].fd = listener;
        polled[2].fd = set.stay ? -1 : STDIN_FILENO;
        polled[0].events = polled[1].events = polled[2].events = POLLIN;
        for (i = 0; i < MAX_CONNECTIONS; i++) {
            const struct connection *c = &connections[i];
            polled[3 + i].fd = c->state == FREE || c->state == WAITING ? -1 : c->fd;
            polled[3 + i].events = c->state == SENDING ? POLLOUT : POLLIN;
        }
        if (poll(polled, 3 + MAX_CONNECTIONS, time_to_next(end)) < 0) continue;
        for (i = 0; i < MAX_CONNECTIONS; i++)
            connection_step(&connections[i], polled[3 + i].revents != 0);
        if (polled[1].revents != 0) connection_open(listener);
        if (polled[2].revents != 0 && stdin_closed()) stopping = 1;
    }
}

/* ---- switches ------------------------------------------------------------------------------- */

enum option {
    O_PORT, O_HOST, O_BASE, O_REGION, O_ACCESS, O_SECRET, O_TOKEN, O_ROTATE, O_INSTANCE, O_CONTACT,
    O_EXTERNAL, O_CONTACTS, O_SKEW, O_NOW, O_FAULT, O_LOG, O_MAX, O_SECONDS, O_STAY, O_HELP
};

#define NEXT_LINE "\n                                 "
static const struct {
    enum option option;
    const char *word, *value, *help;
} options[] = {
    {O_PORT, "--port", "N", "listen here; 0, the default, takes a free port"},
    {O_HOST, "--host", "A", "another address of the loopback (127.0.0.1); no other is accepted"},
    {O_BASE, "--base-path", "P", "what stands before /contacts (nothing)"},
    {O_REGION, "--region", "R", "the region requests must be signed for (us-east-1); * is any"},
    {O_ACCESS, "--access-key", "K", "(AKIDEXAMPLE)"},
    {O_SECRET, "--secret-key", "S", "(wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY)"},
    {O_TOKEN, "--session-token", "T", "makes the key a temporary one: T must come with it"},
    {O_ROTATE, "--rotate", "K2/S2[/T2]@N", "after N signed requests the first key has expired and"
     NEXT_LINE "this one counts; what stands behind K2 separates:" NEXT_LINE
     "take a character that S2 lacks"},
    {O_INSTANCE, "--instance", "I", "of contacts named without one behind this switch"},
    {O_CONTACT, "--contact", "[I/]C", "there is such a contact, named as in the path (%2F is a"
     NEXT_LINE "slash); any number of times"},
    {O_EXTERNAL, "--external", "[I/]C", "one with external audio: only it may get QueueInfo,"
     NEXT_LINE "UserInfo, CustomerEndpoint, SystemEndpoint"},
    {O_CONTACTS, "--contacts", "N", "contacts soak-0 to soak-(N-1)"},
    {O_SKEW, "--skew", "SECONDS", "the service's clock is so much ahead (or, negative, behind)"},
    {O_NOW, "--now", "EPOCH", "the service's clock stands still here"},
    {O_FAULT, "--fault", "SPEC", "see below; any number of times"},
    {O_LOG, "--log", "FILE", "append the log to FILE instead of writing it to stderr"},
    {O_MAX, "--max-requests", "N", "stop after so many answers"},
    {O_SECONDS, "--seconds", "N", "stop after this time"},
    {O_STAY, "--stay", NULL, "go on when stdin is closed"},
    {O_HELP, "--help", NULL, "this text"},
};

static void help_faults(void)
{
    size_t i;
    printf("\nFaults: --fault NAME[=VALUE][+NAME[=VALUE]...][*COUNT]\n"
           "Those with a COUNT queue: in the order given, each for COUNT requests. Those without\n"
           "are always on, and add to the one whose turn it is. Only authentic POSTs meet faults:\n"
           "a wrong signature shows in spite of them, and read-back stays usable.\n");
    for (i = 0; i < COUNT(fault_names); i++) {
        char word[64];
        snprintf(word, sizeof word, "%s%s", fault_names[i].word, fault_names[i].value);
        printf("  %-20s %s\n", word, fault_names[i].help);
    }
    for (i = 0; i < COUNT(mix); i++)
        printf("%s%d%% %s", i % 4 == 0 ? "\n      " : "  ", mix[i].percent, mix[i].spec);
    printf("\n");
}

static void help(void)
{
    size_t i;
    printf("connect_standin - Amazon Connect's UpdateContact on a loopback port, for tests\n\n"
           "  POST /contacts/{InstanceId}/{ContactId}   UpdateContact; its signature is verified\n"
           "  GET  /contacts/{InstanceId}/{ContactId}   read-back, not signed\n\n");
    for (i = 0; i < COUNT(options); i++)
        printf("  %-16s %-13s %s\n", options[i].word, options[i].value ? options[i].value : "",
               options[i].help);
    printf("\nThere are always, in instance %s:\n  %s\n  %s   with external audio\n",
           default_instance, default_contact, default_external);
    help_faults();
    printf("\nA reading of the public texts, never seen in the real service: that only what is\n"
           "sent changes, in References and SegmentAttributes entry by entry; that null is as\n"
           "good as absent and unknown members are ignored; that 4096 bytes count over the Values\n"
           "of one request; what the members of external audio get elsewhere;\n"
           "SerializationException and 415; the order of checks (HTTP, signature, fault, contact,\n"
           "body); all texts but those of the signature errors. Read-back has UserInfo, which the\n"
           "real DescribeContact says in another form, and the real one must be signed.\n");
}

/* K2/S2[/T2]@N */
static void set_rotation(const char *value)
{
    char *copy = copy_bytes(value, strlen(value)), *at = strrchr(copy, '@'), *secret = copy;
    char sep[2] = "";
    while (letter_or_digit(*secret)) secret++;
    if (at == NULL || secret >= at || secret == copy) die("not K2/S2@N: ", value);
    *at = '\0';
    set.rotate_at = number("not a count: ", at + 1, 0, 1000000000);
    sep[0] = *secret;
    *secret++ = '\0';
    set.second.access = copy;
    set.second.secret = secret;
    if ((at = strstr(secret, sep)) == NULL) return;
    *at = '\0';
    set.second.token = at + 1;
}

static void generate_contacts(long n)
{
    char id[32];
    long i;
    for (i = 0; i < n; i++) {
        snprintf(id, sizeof id, "soak-%ld", i);
        contact_add(id, 0);
    }
}

static void set_option(enum option option, const char *value)
{
    const long most = 1000000000;
    switch (option) {
    case O_PORT: set.port = (int)number("not a port: ", value, 0, 65535); break;
    case O_HOST: set.host = value; break;
    case O_BASE: set.base_path = value; break;
    case O_REGION: set.region = value; break;
    case O_ACCESS: set.first.access = value; break;
    case O_SECRET: set.first.secret = value; break;
    case O_TOKEN: set.first.token = value[0] != '\0' ? value : NULL; break;
    case O_ROTATE: set_rotation(value); break;
    case O_INSTANCE: set.instance = value; break;
    case O_CONTACT: contact_add(value, 0); break;
    case O_EXTERNAL: contact_add(value, 1); break;
    case O_CONTACTS: generate_contacts(number("not a count: ", value, 0, 1000000)); break;
    case O_SKEW: set.skew = number("not seconds: ", value, -2 * most, 2 * most); break;
    case O_NOW: set.now = number("not a time: ", value, 0, LONG_MAX); break;
    case O_FAULT:
        if (fault_count == MAX_FAULTS) die("too many faults: ", value);
        faults[fault_count++] = read_fault(value);
        break;
    case O_LOG:
        if ((log_file = fopen(value, "a")) == NULL) die("cannot write ", value);
        break;
    case O_MAX: set.max_requests = number("not a count: ", value, 0, most); break;
    case O_SECONDS: set.seconds = number("not seconds: ", value, 0, most); break;
    case O_STAY: set.stay = 1; break;
    case O_HELP: help(); exit(0);
    }
}

int main(int argc, char **argv)
{
    int i;
    size_t k;
    log_file = stderr;
    contact_add(default_contact, 0);
    contact_add(default_external, 1);
    for (i = 1; i < argc; i++) {
        for (k = 0; k < COUNT(options) && strcmp(options[k].word, argv[i]) != 0; k++) continue;
        if (k == COUNT(options)) die("no such switch: ", argv[i]);
        if (options[k].value != NULL && i + 1 == argc) die("a value is missing behind ", argv[i]);
        set_option(options[k].option, options[k].value != NULL ? argv[++i] : "");
    }
    setvbuf(log_file, NULL, _IOLBF, 0);
    contacts_ready();
    watch_signals();
    run(open_listener());
    note("%ld requests: %ld applied, %ld refused (%ld signatures wrong), %ld met a fault",
         seen.requests, seen.applied, seen.refused, seen.bad_signatures, seen.faults);
    return 0;
}
