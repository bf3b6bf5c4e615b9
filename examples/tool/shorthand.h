/* shorthand.h - the short syntax of the AWS command line for maps and lists.
 * in: "Recording={Type=URL,Value=https://...},Other={...}"     out: the same as JSON
 *
 *   key=value,key=value      an object; a key is made of letters, digits and - _ . # / :
 *   key=a,b,c                a list, unless an = follows the last word
 *   key=[a,{k=v}]  key={..}  a list, an object
 *   'a,b'  "a,b"  a\,b       text with a comma
 *
 * Every value is text, but for ValueInteger, which the service wants as a number.               */
#ifndef TOOL_SHORTHAND_H
#define TOOL_SHORTHAND_H

#include <jansson.h>

#include "ini.h"

struct shorthand {
    const char *begin, *at;
    const char *problem; /* NULL: none */
    int         depth;
};

enum { MAX_SHORTHAND_DEPTH = 40 };

static json_t *shorthand_bad(struct shorthand *s, const char *problem)
{
    if (s->problem == NULL) s->problem = problem;
    return NULL;
}

static void shorthand_blanks(struct shorthand *s)
{
    while (is_blank(*s->at)) s->at++;
}

static int shorthand_take(struct shorthand *s, char c)
{
    shorthand_blanks(s);
    if (*s->at != c) return 0;
    s->at++;
    shorthand_blanks(s);
    return 1;
}

static char *shorthand_key(struct shorthand *s)
{
    const size_t n = strspn(s->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_.#/:");
    char        *key;
    if (n == 0) {
        shorthand_bad(s, "a key is expected");
        return NULL;
    }
    key = copy_bytes(s->at, n);
    s->at += n;
    if (shorthand_take(s, '=')) return key;
    free(key);
    shorthand_bad(s, "= is expected after the key");
    return NULL;
}

static json_t *shorthand_text(struct shorthand *s, struct text *t)
{
    json_t *value = json_stringn(text_string(t), t->len);
    text_free(t);
    return value != NULL ? value : shorthand_bad(s, "the text is not well-formed UTF-8");
}

static json_t *shorthand_quoted(struct shorthand *s)
{
    struct text t     = { NULL, 0, 0 };
    const char  quote = *s->at++;
    for (; *s->at != quote && *s->at != '\0'; s->at++) {
        if (*s->at == '\\' && (s->at[1] == quote || s->at[1] == '\\')) s->at++;
        text_byte(&t, *s->at);
    }
    if (*s->at == quote) {
        s->at++;
        return shorthand_text(s, &t);
    }
    text_free(&t);
    return shorthand_bad(s, "a quote is not closed");
}

/* Text without quotes ends before , ] } and, from the second word of a list on, before =. */
static json_t *shorthand_word(struct shorthand *s, const char *ends)
{
    struct text t = { NULL, 0, 0 };
    if (*s->at == '\'' || *s->at == '"') return shorthand_quoted(s);
    if (*s->at == '\0' || strchr("=[{", *s->at) != NULL || strchr(ends, *s->at) != NULL)
        return shorthand_bad(s, "a value is expected");
    for (; *s->at != '\0' && strchr(ends, *s->at) == NULL; s->at++) {
        if (*s->at == '\\' && s->at[1] == ',') s->at++;
        text_byte(&t, *s->at);
    }
    while (t.len > 0 && is_blank(t.ptr[t.len - 1])) t.len--;
    return shorthand_text(s, &t);
}

static json_t *shorthand_value(struct shorthand *s);

static json_t *shorthand_list(struct shorthand *s)
{
    json_t *list = json_array(), *item;
    shorthand_take(s, '[');
    while (!shorthand_take(s, ']')) {
        if ((item = shorthand_value(s)) == NULL || json_array_append_new(list, item) != 0) break;
        shorthand_blanks(s);
        if (*s->at != ']' && !shorthand_take(s, ',')) shorthand_bad(s, ", or ] is expected");
        if (s->problem != NULL) break;
    }
    return list;
}

/* Takes value over. */
static void shorthand_set(struct shorthand *s, json_t *object, const char *key, json_t *value)
{
    long number;
    if (json_object_get(object, key) != NULL) shorthand_bad(s, "a key appears twice");
    if (strcmp(key, "ValueInteger") == 0 && json_is_string(value) &&
        read_number(json_string_value(value), LONG_MIN, LONG_MAX, &number)) {
        json_decref(value);
        value = json_integer(number);
    }
    json_object_set_new(object, key, value);
}

static json_t *shorthand_object(struct shorthand *s)
{
    json_t *object = json_object();
    char   *key;
    shorthand_take(s, '{');
    while (s->problem == NULL && !shorthand_take(s, '}')) {
        json_t *value = NULL;
        if ((key = shorthand_key(s)) != NULL && (value = shorthand_value(s)) != NULL)
            shorthand_set(s, object, key, value);
        free(key);
        shorthand_blanks(s);
        if (*s->at != '}' && !shorthand_take(s, ',')) shorthand_bad(s, ", or } is expected");
    }
    return object;
}

static json_t *shorthand_value(struct shorthand *s)
{
    json_t *value;
    if (++s->depth > MAX_SHORTHAND_DEPTH) return shorthand_bad(s, "nested too deeply");
    if (*s->at == '[') value = shorthand_list(s);
    else if (*s->at == '{') value = shorthand_object(s);
    else value = shorthand_word(s, ",]}");
    s->depth--;
    return value;
}

/* "a,b,c" is a list; in "a,b=c" the last comma begins the next key. Takes first over. */
static json_t *shorthand_words(struct shorthand *s, json_t *first)
{
    json_t *list = NULL, *item;
    for (;;) {
        const char *comma = s->at;
        if (s->problem != NULL || !shorthand_take(s, ',')) break;
        item = shorthand_word(s, ",]}=");
        if (item == NULL || *s->at == '=') {
            json_decref(item);
            if (*s->at == '=') s->at = comma, s->problem = NULL;
            break;
        }
        if (list == NULL) {
            list = json_array();
            json_array_append(list, first);
        }
        json_array_append_new(list, item);
        shorthand_blanks(s);
    }
    if (list == NULL) return first;
    json_decref(first);
    return list;
}

static json_t *shorthand_top_value(struct shorthand *s)
{
    json_t *value;
    if (*s->at == '\0') return json_string("");
    if (*s->at == '[' || *s->at == '{') return shorthand_value(s);
    value = shorthand_word(s, ",]}");
    return value != NULL ? shorthand_words(s, value) : NULL;
}

/* Returns a new reference; NULL with *problem and its *place, counted in bytes from 1. */
static json_t *read_shorthand(const char *text, const char **problem, size_t *place)
{
    struct shorthand s      = { NULL, NULL, NULL, 0 };
    json_t          *object = json_object();
    s.begin = s.at = text;
    shorthand_blanks(&s);
    do {
        char   *key   = shorthand_key(&s);
        json_t *value = key != NULL ? shorthand_top_value(&s) : NULL;
        if (value != NULL) shorthand_set(&s, object, key, value);
        free(key);
    } while (s.problem == NULL && shorthand_take(&s, ','));
    if (s.problem == NULL && *s.at != '\0') shorthand_bad(&s, "a comma is expected");
    if (s.problem == NULL) return object;
    json_decref(object);
    *problem = s.problem;
    *place   = (size_t)(s.at - s.begin) + 1;
    return NULL;
}

#endif
