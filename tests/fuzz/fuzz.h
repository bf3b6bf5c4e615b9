/* What the fuzz targets share: bytes into values, cheap hashes that check their contract, a growing
 * text, and a strict JSON reader of their own. Black box: only cuc_* names are used. */
#ifndef FUZZ_H
#define FUZZ_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"

/* Loops of the harness itself: the fuzzer is not to be guided by them, which also makes it twice
 * as fast. */
#ifdef __clang__
#define UNTRACED __attribute__((noinline, no_sanitize("coverage")))
#else
#define UNTRACED
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property. Unlike assert it is never compiled away, and the sentence is what is printed. */
#define HOLDS(what, condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) broken((what), #condition, __FILE__, __LINE__);                          \
    } while (0)

static void broken(const char *what, const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken property: %s\n  (%s)\n", file, line, what, condition);
    abort();
}

/* ---- blocks. Every text under test is a heap block of exactly its size ----------------------- */

enum { POOL_SIZE = 16384 };
static void  *pool[POOL_SIZE];
static size_t pooled;

static void *block(size_t n)
{
    void *p = malloc(n > 0 ? n : 1);
    HOLDS("the harness has memory and room", p != NULL && pooled < POOL_SIZE);
    memset(p, 0xA5, n > 0 ? n : 1);
    pool[pooled++] = p;
    return p;
}

UNTRACED static void free_blocks(void)
{
    while (pooled > 0) free(pool[--pooled]);
}

/* The copy of an empty text points behind a block, so that reading its first byte is seen. */
static cuc_str copy_of(const void *bytes, size_t n)
{
    cuc_str s;
    char   *p = block(n);
    if (n > 0) memcpy(p, bytes, n);
    s.ptr = n > 0 ? p : p + 1;
    s.len = n;
    return s;
}

/* ---- bytes of the input, from the front; zeroes when there are no more ----------------------- */

typedef struct bytes {
    const uint8_t *at;
    size_t         left;
} bytes;

static unsigned take(bytes *b)
{
    if (b->left == 0) return 0;
    b->left--;
    return *b->at++;
}

static uint64_t take_number(bytes *b, unsigned n)
{
    uint64_t v = 0;
    while (n-- > 0) v = v << 8 | take(b);
    return v;
}

static cuc_str take_bytes(bytes *b, size_t n)
{
    cuc_str s;
    n = n < b->left ? n : b->left;
    s = copy_of(b->at, n);
    b->at += n;
    b->left -= n;
    return s;
}

UNTRACED static cuc_str repeat(cuc_str part, size_t n)
{
    char   *p = block(n);
    size_t  i;
    cuc_str s;
    for (i = 0; i < n; i++) p[i] = part.len > 0 ? part.ptr[i % part.len] : 'x';
    s.ptr = n > 0 ? p : p + 1;
    s.len = n;
    return s;
}

/* A text: unset (also with a length that means nothing), short, or a part repeated to up to `most`
 * bytes, which is how a few bytes of input reach the limits. */
static cuc_str take_text_up_to(bytes *b, size_t most)
{
    const unsigned how = take(b);
    cuc_str        s   = CUC_ZERO;
    if (how == 0) return s;
    if (how == 1) {
        s.len = (size_t)take(b);
        return s;
    }
    if (how < 0xC0) return take_bytes(b, how - 2);
    s = take_bytes(b, 1 + how % 8);
    return repeat(s, (size_t)take_number(b, 2) % most);
}

static cuc_str take_text(bytes *b) { return take_text_up_to(b, 20000); }

UNTRACED static uint32_t next_random(uint32_t *state) /* xorshift; state is never 0 */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* ---- what texts may consist of --------------------------------------------------------------- */

/* Without a pointer a text is unset, whatever its length says. */
static cuc_str given(cuc_str s) { return s.ptr != NULL ? s : view("", 0); }

UNTRACED static int has(cuc_str in, cuc_str what)
{
    size_t i, k;
    if (in.ptr == NULL || what.ptr == NULL) return 0;
    for (i = 0; i + what.len <= in.len; i++) {
        for (k = 0; k < what.len && in.ptr[i + k] == what.ptr[k]; k++) continue;
        if (k == what.len) return 1;
    }
    return 0;
}

UNTRACED static int same(cuc_str a, cuc_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

UNTRACED static int visible(cuc_str s, int blanks)
{
    size_t i;
    for (i = 0; i < s.len; i++)
        if ((s.ptr[i] < 0x21 && !(blanks && s.ptr[i] == 0x20)) || s.ptr[i] > 0x7E) return 0;
    return 1;
}

/* Bytes of the UTF-8 character at i, by decoding it and looking at the number; 0: ill-formed. */
UNTRACED static unsigned character(cuc_str s, size_t i, uint32_t *code)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned        c        = (unsigned char)s.ptr[i];
    unsigned n = c < 0x80 ? 1 : c < 0xC0 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF8 ? 4 : 0;
    unsigned k;
    if (n == 0 || s.len - i < n) return 0;
    *code = n == 1 ? c : c & (0xFFu >> (n + 1));
    for (k = 1; k < n; k++) {
        if (((unsigned char)s.ptr[i + k] & 0xC0) != 0x80) return 0;
        *code = *code << 6 | ((unsigned char)s.ptr[i + k] & 0x3F);
    }
    if (*code < least[n] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF)) return 0;
    return n;
}

/* Characters of s; -1 when it is not well-formed. */
UNTRACED static long characters(cuc_str s)
{
    size_t   i;
    long     count = 0;
    uint32_t code;
    unsigned n;
    for (i = 0; i < s.len; i += n, count++)
        if ((n = character(s, i, &code)) == 0) return -1;
    return count;
}

UNTRACED static int printable(cuc_str s)
{
    size_t   i;
    uint32_t code;
    unsigned n;
    for (i = 0; i < s.len; i += n)
        if ((n = character(s, i, &code)) == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0))
            return 0;
    return 1;
}

/* ---- a text that grows ----------------------------------------------------------------------- */

typedef struct text {
    char  *ptr;
    size_t len, cap;
} text;

UNTRACED static void add(text *t, const void *bytes, size_t n)
{
    if (t->len + n > t->cap) {
        t->cap = 2 * (t->len + n) + 64;
        t->ptr = realloc(t->ptr, t->cap);
        HOLDS("the harness has memory", t->ptr != NULL);
    }
    if (n > 0) memcpy(t->ptr + t->len, bytes, n);
    t->len += n;
}

static void          add_str(text *t, cuc_str s) { add(t, s.ptr, given(s).len); }
static void          add_s(text *t, const char *s) { add(t, s, strlen(s)); }
UNTRACED static void add_c(text *t, unsigned c)
{
    const char byte = (char)c;
    add(t, &byte, 1);
}

static cuc_str text_view(const text *t) { return view(t->len > 0 ? t->ptr : "", t->len); }

static void free_text(text *t)
{
    free(t->ptr);
    memset(t, 0, sizeof *t);
}

UNTRACED static void add_hex(text *t, const unsigned char *p, size_t n)
{
    size_t i;
    for (i = 0; i < n; i++) {
        add_c(t, (unsigned)"0123456789abcdef"[p[i] >> 4]);
        add_c(t, (unsigned)"0123456789abcdef"[p[i] & 15]);
    }
}

static int unreserved(unsigned c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

UNTRACED static void add_encoded(text *t, cuc_str s, int slashes)
{
    size_t i;
    for (i = 0; i < s.len; i++) {
        const unsigned c = (unsigned char)s.ptr[i];
        if (unreserved(c) || (slashes && c == '/')) {
            add_c(t, c);
        } else {
            add_c(t, '%');
            add_c(t, (unsigned)"0123456789ABCDEF"[c >> 4]);
            add_c(t, (unsigned)"0123456789ABCDEF"[c & 15]);
        }
    }
}

/* ---- hashes: not SHA-256, which costs more than what is under test, but every byte counts ---- */

static const char *const hash_user = "the user pointer"; /* what `user` has to be */

UNTRACED static void check_output(const void *user, const unsigned char out[32])
{
    unsigned i;
    HOLDS("user is handed on", user == hash_user);
    for (i = 0; i < 32; i++) HOLDS("out is zeroed before", out[i] == 0);
}

UNTRACED static void stub(const void *data, size_t len, unsigned char out[32])
{
    const unsigned char *p = data;
    uint64_t             h = 0x9E3779B97F4A7C15u ^ len;
    size_t               i;
    for (i = 0; i < len; i++) h = (h ^ p[i]) * 0x100000001B3u;
    for (i = 0; i < 32; i++) {
        h      = (h ^ h >> 29) * 0xBF58476D1CE4E5B9u;
        out[i] = (unsigned char)(h >> 56);
    }
}

static int stub_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    check_output(user, out);
    HOLDS("data is never NULL", data != NULL);
    HOLDS("out does not overlap data",
          (const unsigned char *)data + len <= out || (const unsigned char *)data >= out + 32);
    stub(data, len, out);
    return 0;
}

/* RFC 2104 over the stub, joined in one block: what a made HMAC has to agree with. */
UNTRACED static void stub_mac(const void *key, size_t key_len, const void *data, size_t len,
                              unsigned char out[32])
{
    unsigned char *joined     = malloc(64 + len + 32), inner[32];
    unsigned char  padded[64] = { 0 };
    unsigned       i;
    HOLDS("the harness has memory", joined != NULL);
    if (key_len > 64) stub(key, key_len, padded);
    else memcpy(padded, key, key_len);
    for (i = 0; i < 64; i++) joined[i] = padded[i] ^ 0x36;
    if (len > 0) memcpy(joined + 64, data, len);
    stub(joined, 64 + len, inner);
    for (i = 0; i < 64; i++) joined[i] = padded[i] ^ 0x5C;
    memcpy(joined + 64, inner, 32);
    stub(joined, 96, out);
    free(joined);
}

static int stub_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    check_output(user, out);
    HOLDS("the key is never NULL or empty", key != NULL && key_len > 0);
    HOLDS("data is never NULL", data != NULL);
    HOLDS("out does not overlap the key",
          (const unsigned char *)key + key_len <= out || (const unsigned char *)key >= out + 32);
    stub_mac(key, key_len, data, len, out);
    return 0;
}

/* The keys of day, region, service and request, in this order; the last one signs. */
static void derive(const cuc_client *c, cuc_str service, cuc_str date, unsigned char keys[4][32])
{
    text secret = { 0 };
    add_s(&secret, "AWS4");
    add_str(&secret, c->secret_key);
    stub_mac(secret.ptr, secret.len, date.ptr, 8, keys[0]);
    stub_mac(keys[0], 32, c->region.ptr, c->region.len, keys[1]);
    stub_mac(keys[1], 32, service.ptr, service.len, keys[2]);
    stub_mac(keys[2], 32, "aws4_request", 12, keys[3]);
    if (c->signing_key != NULL) memcpy(keys[3], c->signing_key->key, 32);
    free_text(&secret);
}

/* The signature of a canonical request, worked out from the text alone. */
static void add_signature(text *out, const cuc_client *c, cuc_str service, cuc_str date,
                          cuc_str canonical)
{
    text          to_sign = { 0 };
    unsigned char digest[32], keys[4][32];
    stub(canonical.ptr, canonical.len, digest);
    add_s(&to_sign, "AWS4-HMAC-SHA256\n");
    add_str(&to_sign, date);
    add_s(&to_sign, "\n");
    add(&to_sign, date.ptr, 8);
    add_s(&to_sign, "/");
    add_str(&to_sign, c->region);
    add_s(&to_sign, "/");
    add_str(&to_sign, service);
    add_s(&to_sign, "/aws4_request\n");
    add_hex(&to_sign, digest, 32);
    derive(c, service, date, keys);
    stub_mac(keys[3], 32, to_sign.ptr, to_sign.len, digest);
    add_hex(out, digest, 32);
    free_text(&to_sign);
}

/* ---- JSON, strict: RFC 8259, well-formed UTF-8, every key once in its object ----------------- */

/* What is read is told to the caller: { } [ ] k(ey) s(tring) n(umber) w(ord), with the text. */
typedef struct json json;
struct json {
    cuc_str in;
    size_t  at;
    int     depth;   /* of what is being told; the outermost bracket has 0            */
    int     lenient; /* 1: half a surrogate pair and \u0000 are read as U+FFFD; 2: and a key may
                          come twice                                                   */
    void (*tell)(json *j, char kind, cuc_str text);
    void *user;
};

static int json_value(json *j);

UNTRACED static int json_peek(const json *j)
{
    return j->at < j->in.len ? (unsigned char)j->in.ptr[j->at] : -1;
}

UNTRACED static int json_is(json *j, int c)
{
    if (json_peek(j) != c) return 0;
    j->at++;
    return 1;
}

UNTRACED static void json_blanks(json *j)
{
    while (json_is(j, ' ') || json_is(j, '\t') || json_is(j, '\n') || json_is(j, '\r')) continue;
}

static void add_character(text *t, uint32_t c)
{
    if (c < 0x80) {
        add_c(t, c);
        return;
    }
    add_c(t, c < 0x800 ? 0xC0 | c >> 6 : c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18);
    if (c >= 0x10000) add_c(t, 0x80 | (c >> 12 & 0x3F));
    if (c >= 0x800) add_c(t, 0x80 | (c >> 6 & 0x3F));
    add_c(t, 0x80 | (c & 0x3F));
}

/* The four digits of \uXXXX; -1 when they are none. */
UNTRACED static long json_unit(json *j)
{
    long v = 0;
    int  i;
    for (i = 0; i < 4; i++) {
        const int c = json_peek(j);
        if (c >= '0' && c <= '9') v = v * 16 + c - '0';
        else if (c >= 'a' && c <= 'f') v = v * 16 + c - 'a' + 10;
        else if (c >= 'A' && c <= 'F') v = v * 16 + c - 'A' + 10;
        else return -1;
        j->at++;
    }
    return v;
}

UNTRACED static int json_u_escape(json *j, text *t)
{
    long c = json_unit(j), low = -1;
    if (c < 0) return 0;
    if (c >= 0xD800 && c <= 0xDBFF) {
        const size_t mark = j->at;
        if (json_is(j, '\\') && json_is(j, 'u')) low = json_unit(j);
        if (low >= 0xDC00 && low <= 0xDFFF) c = 0x10000 + (c - 0xD800) * 0x400 + (low - 0xDC00);
        else j->at = mark;
    }
    if (c >= 0xD800 && c <= 0xDFFF && !j->lenient) return 0;
    if ((c >= 0xD800 && c <= 0xDFFF) || (c == 0 && j->lenient)) c = 0xFFFD;
    add_character(t, (uint32_t)c);
    return 1;
}

UNTRACED static int json_escape(json *j, text *t)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const int         c  = json_peek(j);
    const char       *at = c > 0 ? strchr(from, c) : NULL;
    j->at++;
    if (c == 'u') return json_u_escape(j, t);
    if (at == NULL) return 0;
    add_c(t, (unsigned)to[at - from]);
    return 1;
}

UNTRACED static int json_string(json *j, text *t)
{
    if (!json_is(j, '"')) return 0;
    for (;;) {
        uint32_t       code;
        const unsigned n = j->at < j->in.len ? character(j->in, j->at, &code) : 0;
        if (n == 0 || code < 0x20) return 0;
        if (json_is(j, '"')) return 1;
        if (json_is(j, '\\')) {
            if (!json_escape(j, t)) return 0;
        } else {
            add(t, j->in.ptr + j->at, n);
            j->at += n;
        }
    }
}

static size_t json_digits(json *j)
{
    const size_t from = j->at;
    while (json_peek(j) >= '0' && json_peek(j) <= '9') j->at++;
    return j->at - from;
}

static int json_number(json *j)
{
    (void)json_is(j, '-');
    if (!json_is(j, '0') && json_digits(j) == 0) return 0;
    if (json_is(j, '.') && json_digits(j) == 0) return 0;
    if (!json_is(j, 'e') && !json_is(j, 'E')) return 1;
    if (!json_is(j, '+')) (void)json_is(j, '-');
    return json_digits(j) > 0;
}

static int json_word(json *j, const char *word)
{
    const size_t n = strlen(word);
    if (j->in.len - j->at < n || memcmp(j->in.ptr + j->at, word, n) != 0) return 0;
    j->at += n;
    return 1;
}

/* keys: those of this object so far, each ended by a byte that UTF-8 does not have. */
UNTRACED static int json_key_is_new(const text *keys, cuc_str key)
{
    size_t i, from = 0;
    for (i = 0; i < keys->len; i++) {
        if ((unsigned char)keys->ptr[i] != 0xFF) continue;
        if (same(view(keys->ptr + from, i - from), key)) return 0;
        from = i + 1;
    }
    return 1;
}

static int json_key(json *j, text *keys)
{
    text key = { 0 };
    int  ok;
    json_blanks(j);
    ok = json_string(j, &key) && (j->lenient == 2 || json_key_is_new(keys, text_view(&key)));
    if (ok) {
        j->tell(j, 'k', text_view(&key));
        add_str(keys, text_view(&key));
        add_c(keys, 0xFF);
    }
    free_text(&key);
    json_blanks(j);
    return ok && json_is(j, ':');
}

UNTRACED static int json_container(json *j, int open, int close)
{
    text keys = { 0 };
    int  ok   = 1;
    j->at++;
    j->tell(j, (char)open, view("", 0));
    json_blanks(j);
    if (json_peek(j) != close) {
        j->depth++;
        do ok = (open == '[' || json_key(j, &keys)) && json_value(j);
        while (ok && json_is(j, ','));
        j->depth--;
    }
    free_text(&keys);
    if (!ok || !json_is(j, close)) return 0;
    j->tell(j, (char)close, view("", 0));
    return 1;
}

UNTRACED static int json_value(json *j)
{
    text   string = { 0 };
    size_t from;
    int    ok, c;
    json_blanks(j);
    from = j->at;
    c    = json_peek(j);
    if (j->depth > 100) return 0;
    if (c == '{' || c == '[') {
        ok = json_container(j, c, c == '{' ? '}' : ']');
    } else if (c == '"') {
        ok = json_string(j, &string);
        if (ok) j->tell(j, 's', text_view(&string));
    } else if (c == 't' || c == 'f' || c == 'n') {
        ok = json_word(j, c == 't' ? "true" : c == 'f' ? "false" : "null");
        if (ok) j->tell(j, 'w', view(j->in.ptr + from, j->at - from));
    } else {
        ok = json_number(j);
        if (ok) j->tell(j, 'n', view(j->in.ptr + from, j->at - from));
    }
    free_text(&string);
    json_blanks(j);
    return ok;
}

/* 1 when all of in is one strict JSON value. What was told of one that turns out not to be is
 * void. */
static int json_read(cuc_str in, int lenient, void (*tell)(json *, char, cuc_str), void *user)
{
    json j;
    memset(&j, 0, sizeof j);
    j.in      = in;
    j.lenient = lenient;
    j.tell    = tell;
    j.user    = user;
    return json_value(&j) && j.at == in.len;
}

/* ---- results --------------------------------------------------------------------------------- */

#define TERMINATED(array) (memchr((array), 0, sizeof(array)) != NULL)

static void check_result(const cuc_result *r)
{
    char sentence[CUC_TEXT_SIZE];
    HOLDS("where is terminated", TERMINATED(r->where));
    HOLDS("code is terminated", TERMINATED(r->code));
    HOLDS("message is terminated", TERMINATED(r->message));
    HOLDS("reason is terminated", TERMINATED(r->reason));
    HOLDS("the request id is terminated", TERMINATED(r->request_id));
    HOLDS("where is printable ASCII", visible(cuc_s(r->where), 1));
    HOLDS("the request id is visible ASCII", visible(cuc_s(r->request_id), 0));
    HOLDS("the status is one of the list", r->status >= CUC_OK && r->status < CUC_E_UNFINISHED);
    HOLDS("every result has a sentence", cuc_result_text(r, sentence, sizeof sentence) > 0);
    HOLDS("the sentence fits in CUC_TEXT_SIZE", cuc_result_text(r, NULL, 0) < sizeof sentence);
    HOLDS("the sentence is printable", printable(cuc_s(sentence)) && sentence[0] != 0);
}

#endif
