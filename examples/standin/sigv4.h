/* sigv4.h - Signature Version 4, recomputed from the bytes that arrived; a mismatch is explained.
 * in: a request as it came     out: authentic or not, with the texts that AWS uses
 *
 * Source: AWS's "create a signed request", all services but S3: the path of the wire is encoded
 * once more. Path normalization is left out: no id that the call accepts needs it. */
#ifndef STANDIN_SIGV4_H
#define STANDIN_SIGV4_H

#include <time.h>

#include "hash.h"
#include "http.h"
#include "settings.h"

enum { WINDOW_S = 5 * 60 }; /* how far a signature's time may be off */

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

#endif
