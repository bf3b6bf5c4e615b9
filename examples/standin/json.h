/* json.h - strict JSON: RFC 8259, well-formed UTF-8, no lone surrogates, no member twice, depth 64.
 * in: bytes     out: a tree whose nodes know their own text, or the first problem */
#ifndef STANDIN_JSON_H
#define STANDIN_JSON_H

#include <stdint.h>

#include "text.h"

enum { MAX_DEPTH = 64 };

enum kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };
static const char *const kind_name[] = { "null",     "a boolean", "a number",
                                         "a string", "a list",    "an object" };

struct node {
    enum kind    kind;
    struct view  raw;          /* the value as it was written */
    struct view  raw_key, key; /* in an object: the name as written, quotes included; decoded */
    struct view  string;       /* of a string: decoded */
    struct node *child, *next;
};

struct json {
    const char  *at, *end, *begin;
    struct node *nodes;
    char        *chars; /* decoded strings, one after another */
    size_t       used, chars_used;
    int          depth;
    const char  *problem; /* NULL: none */
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
    const char       *hit;
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
    size_t             n     = x->key.len < y->key.len ? x->key.len : y->key.len;
    int                order = n > 0 ? memcmp(x->key.at, y->key.at, n) : 0;
    return order != 0 ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

/* Sorted, because a body of 1 MiB can hold a hundred thousand members. */
static int json_twice(const struct node *object, size_t count)
{
    const struct node **all   = must(malloc((count + 1) * sizeof *all)), *n;
    size_t              i     = 0;
    int                 twice = 0;
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
    struct view  key = { "", 0 }, raw_key = { "", 0 };
    struct node *n;
    if (parent == JSON_OBJECT && !json_name(j, &raw_key, &key)) return NULL;
    if ((n = json_value(j)) == NULL) return NULL;
    n->key     = key;
    n->raw_key = raw_key;
    return n;
}

static int json_members(struct json *j, struct node *n)
{
    struct node **link  = &n->child;
    char          close = n->kind == JSON_OBJECT ? '}' : ']';
    size_t        count = 0;
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
    static const struct {
        const char *word;
        enum kind   kind;
    } words[] = {
        { "null",  JSON_NULL },
        { "true",  JSON_BOOL },
        { "false", JSON_BOOL }
    };
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
    int          good;
    json_blanks(j);
    n->raw.at = j->at;
    n->kind   = json_take(j, '{')   ? JSON_OBJECT
                : json_take(j, '[') ? JSON_LIST
                : json_take(j, '"') ? JSON_STRING
                                    : JSON_NULL;
    if (n->kind == JSON_STRING) good = json_string(j, &n->string);
    else if (n->kind == JSON_NULL) good = json_word(j, n);
    else good = json_members(j, n);
    n->raw.len = (size_t)(j->at - n->raw.at);
    return good ? n : NULL;
}

/* The tree of the whole text, or NULL with j->problem and j->at. json_free in either case. */
static struct node *json_parse(struct json *j, struct view text)
{
    size_t       i, values = 2; /* each value but the first stands behind one of , [ { : */
    struct node *root;
    memset(j, 0, sizeof *j);
    for (i = 0; i < text.len; i++) values += strchr(",[{:", text.at[i]) != NULL;
    j->nodes = must(calloc(values, sizeof *j->nodes));
    j->chars = must(malloc(text.len + 1));
    j->at = j->begin = text.at;
    j->end           = text.at + text.len;
    root             = json_value(j);
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

#endif
