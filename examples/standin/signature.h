/* signature.h - Signature Version 4 of the bytes that arrived, correct or with a known mistake.
 * in: a request, its credential scope, a twist     out: canonical request, signature
 *
 * Source: AWS's "create a signed request", all services but S3: the path that was sent is encoded
 * once more. Path normalization is left out: no id that the call accepts needs it. */
#ifndef STANDIN_SIGNATURE_H
#define STANDIN_SIGNATURE_H

#include "hash.h"
#include "http.h"
#include "settings.h"

/* Well-known mistakes of clients; explain.h tries them one by one. */
enum twist {
    AS_IT_SHOULD_BE,
    PATH_ONCE,
    PATH_DECODED,
    HOST_BARE,
    BLANKS_KEPT,
    TYPE_BARE,
    BODY_EMPTY,
    BODY_UNSIGNED,
    BODY_LINE_LESS,
    BODY_LINE_MORE,
    SECRET_LINE,
    SECRET_BLANK,
    SECRET_ALONE,
    KEY_HEX,
    KEY_TERMINATED
};

struct auth {
    struct view              access, date, region, service, end; /* the credential scope */
    struct view              scope;                              /* date/region/service/end */
    struct view              names, signature, stamp, token;
    const struct credential *who;
};

/* Percent-encodes all but letters, digits and the characters of kept. */
static void add_encoded(struct text *t, struct view v, const char *kept)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        char c = v.at[i];
        if (letter_or_digit(c) || (c != '\0' && strchr(kept, c) != NULL)) add_bytes(t, &c, 1);
        else addf(t, "%%%02X", (unsigned)(unsigned char)c);
    }
}

struct parameter {
    struct text name, value; /* as the canonical request has them */
};

static int by_name_and_value(const void *a, const void *b)
{
    const struct parameter *x = a, *y = b;
    int                     order = strcmp(x->name.at, y->name.at);
    return order != 0 ? order : strcmp(x->value.at, y->value.at);
}

/* One side of a parameter: as sent, decoded, and encoded as the signature wants it. */
static void encode_again(struct text *t, struct view sent)
{
    struct text plain = { NULL, 0, 0 };
    if (!percent_decode(sent, &plain)) {
        clear(&plain);
        add_view(&plain, sent);
    }
    add(t, "");
    add_encoded(t, view_text(&plain), "-._~");
    clear(&plain);
}

/* The parameters sorted by name, then by value. */
static void add_canonical_query(struct text *t, struct view query)
{
    struct parameter *all   = must(malloc((query.len + 1) * sizeof *all));
    size_t            count = 0, i;
    while (query.at != NULL) {
        struct view value = cut(&query, '&'), name = cut(&value, '=');
        if (name.len == 0) continue;
        memset(&all[count], 0, sizeof all[count]);
        encode_again(&all[count].name, name);
        encode_again(&all[count].value, value);
        count++;
    }
    qsort(all, count, sizeof *all, by_name_and_value);
    for (i = 0; i < count; i++) {
        add(t, i > 0 ? "&" : "");
        add_view(t, view_text(&all[i].name));
        add(t, "=");
        add_view(t, view_text(&all[i].value));
        clear(&all[i].name);
        clear(&all[i].value);
    }
    free(all);
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
    struct text longer = { NULL, 0, 0 };
    char        digits[65];
    int         line = body.len > 0 && body.at[body.len - 1] == '\n';
    add_view(&longer, twist == BODY_EMPTY
                          ? part(body, 0, 0)
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
    else add_encoded(t, r->path, "-._~/");
    add(t, "\n");
    add_canonical_query(t, r->query);
    add(t, "\n");
    while (names.at != NULL) {
        struct text name = { NULL, 0, 0 };
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

/* One step of the derivation of the signing key; the twists are mistakes that spoil a key. */
static void next_key(unsigned char key[32], struct view data, enum twist twist)
{
    char        digits[65];
    struct view k;
    hex(key, digits);
    k.at  = twist == KEY_HEX ? digits : (const char *)key;
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
    struct text   secret = { NULL, 0, 0 }, to_sign = { NULL, 0, 0 };
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

/* Takes the same time wherever they differ. There is nothing here to attack, but examples get
 * copied. */
static int same_signature(struct view sent, const char digits[65])
{
    unsigned differ = 0;
    size_t   i;
    if (sent.len != 64) return 0;
    for (i = 0; i < 64; i++) differ |= (unsigned)(sent.at[i] ^ digits[i]);
    return differ == 0;
}

#endif
