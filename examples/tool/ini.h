/* ini.h - the grammar of ~/.aws/config and ~/.aws/credentials, as the AWS command line reads it.
 * in: the text of a file     out: a list of (section, key, value), or the line that is not right
 *
 * Python's configparser does it there, so: a comment fills its line; `=` or `:` separates; keys
 * have no case; a line that is indented more than the key above it continues that key's value; a section
 * or key that appears twice, or a line without `=`, makes the whole file invalid.                */
#ifndef TOOL_INI_H
#define TOOL_INI_H

#include "text.h"

struct ini_entry {
    char       *section, *key; /* key in lower case; NULL: the section's own entry */
    struct text value;         /* continuation lines joined by line ends */
};

struct ini {
    struct ini_entry *entries;
    size_t            count, cap;
    const char       *problem; /* NULL: none */
    int               line;    /* of the problem */
};

struct ini_reader {
    struct ini *ini;
    const char *section;  /* NULL: before the first */
    size_t      indent;   /* of the last key or section */
    size_t      open_key; /* its index + 1, as long as it may be continued; 0: none */
    int         line;
};

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static void ini_bad(struct ini_reader *r, const char *problem)
{
    if (r->ini->problem != NULL) return;
    r->ini->problem = problem;
    r->ini->line    = r->line;
}

/* Returns the index of the new entry. key NULL: of the section itself. */
static size_t ini_add(struct ini *ini, const char *section, const char *key)
{
    struct ini_entry *e;
    if (ini->count == ini->cap) {
        ini->cap     = 2 * ini->cap + 16;
        ini->entries = checked(realloc(ini->entries, ini->cap * sizeof *ini->entries));
    }
    e = &ini->entries[ini->count];
    memset(e, 0, sizeof *e);
    e->section = copy_string(section);
    e->key     = key != NULL ? copy_string(key) : NULL;
    text_add(&e->value, "", 0);
    return ini->count++;
}

static const struct ini_entry *ini_entry(const struct ini *ini, const char *section,
                                         const char *key)
{
    size_t i;
    for (i = 0; i < ini->count; i++) {
        const struct ini_entry *e = &ini->entries[i];
        if (strcmp(e->section, section) != 0) continue;
        if (key == NULL ? e->key == NULL : e->key != NULL && strcmp(e->key, key) == 0) return e;
    }
    return NULL;
}

static const char *ini_value(const struct ini *ini, const char *section, const char *key)
{
    const struct ini_entry *e = section != NULL ? ini_entry(ini, section, key) : NULL;
    return e != NULL ? text_string(&e->value) : NULL;
}

static void ini_section(struct ini_reader *r, const char *text, size_t len)
{
    const char *end = memchr(text, ']', len);
    char       *name;
    size_t      added;
    if (end == NULL || end == text + 1) {
        ini_bad(r, "a section needs a name and a ]");
        return;
    }
    name = copy_bytes(text + 1, (size_t)(end - text - 1));
    if (ini_entry(r->ini, name, NULL) != NULL) ini_bad(r, "this section appears twice");
    added       = ini_add(r->ini, name, NULL); /* entries can move */
    r->section  = r->ini->entries[added].section;
    r->open_key = 0;
    free(name);
}

static void ini_key(struct ini_reader *r, const char *text, size_t len)
{
    size_t at = 0, end, i;
    char  *key;
    while (at < len && text[at] != '=' && text[at] != ':') at++;
    for (end = at; end > 0 && is_blank(text[end - 1]); end--) continue;
    if (at == len || end == 0) {
        ini_bad(r, at == len ? "a line without =" : "a line without a key");
        return;
    }
    key = copy_bytes(text, end);
    for (i = 0; i < end; i++) key[i] = lower(key[i]);
    if (ini_entry(r->ini, r->section, key) != NULL) ini_bad(r, "this key appears twice");
    for (at++; at < len && is_blank(text[at]); at++) continue;
    i           = ini_add(r->ini, r->section, key);
    r->open_key = i + 1;
    text_add(&r->ini->entries[i].value, text + at, len - at);
    free(key);
}

static void ini_line(struct ini_reader *r, const char *line, size_t len)
{
    size_t indent = 0;
    while (indent < len && is_blank(line[indent])) indent++;
    while (len > indent && is_blank(line[len - 1])) len--;
    if (indent == len || line[indent] == '#' || line[indent] == ';') return;
    line += indent;
    len -= indent;
    if (r->open_key != 0 && indent > r->indent) {
        struct text *value = &r->ini->entries[r->open_key - 1].value;
        text_byte(value, '\n');
        text_add(value, line, len);
        return;
    }
    r->indent = indent;
    if (line[0] == '[') ini_section(r, line, len);
    else if (r->section == NULL) ini_bad(r, "the first line has to name a [section]");
    else ini_key(r, line, len);
}

static void ini_read(struct ini *ini, const char *text, size_t len)
{
    struct ini_reader r = { NULL, NULL, 0, 0, 0 };
    size_t            at, end;
    r.ini = ini;
    for (at = 0; at < len; at = end + 1) {
        for (end = at; end < len && text[end] != '\n'; end++) continue;
        r.line++;
        if (memchr(text + at, '\0', end - at) != NULL) ini_bad(&r, "a zero byte");
        else ini_line(&r, text + at, end - at);
        if (ini->problem != NULL) return;
    }
}

static void ini_free(struct ini *ini)
{
    size_t i;
    for (i = 0; i < ini->count; i++) {
        free(ini->entries[i].section);
        free(ini->entries[i].key);
        text_free(&ini->entries[i].value);
    }
    free(ini->entries);
    memset(ini, 0, sizeof *ini);
}

/* The words of a shell command or section name: blanks separate, quotes of both kinds group, a
 * backslash takes the next character as it is (within '...' it does not). No shell is run.
 * Returns a list that ends with NULL and is one free; NULL: a quote is not closed.               */
static char **split_words(const char *text)
{
    const size_t n     = strlen(text);
    char       **words = checked(malloc((n + 2) * sizeof *words + n + 2));
    char        *to    = (char *)(words + n + 2);
    size_t       count = 0;
    while (*text != '\0') {
        char quote = 0;
        while (is_blank(*text)) text++;
        if (*text == '\0') break;
        words[count++] = to;
        for (; *text != '\0' && (quote != 0 || !is_blank(*text)); text++) {
            if (quote != '\'' && *text == '\\' && text[1] != '\0') *to++ = *++text;
            else if (quote == 0 && (*text == '\'' || *text == '"')) quote = *text;
            else if (quote != 0 && *text == quote) quote = 0;
            else *to++ = *text;
        }
        *to++ = '\0';
        if (quote != 0) {
            free(words);
            return NULL;
        }
    }
    words[count] = NULL;
    return words;
}

#endif
