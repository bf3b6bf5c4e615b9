/* csv.h - one record of CSV (RFC 4180) as a JSON object.
 * in: the header line, then a record     out: an object of the service's members
 *
 * A column is named as a member (ContactId), as an option (contact-id), or by a path:
 * UserInfo.UserId, References.Recording.Value. An empty cell is unset; "" is an empty text. A cell
 * of a structured member is JSON or the short syntax.                                           */
#ifndef TOOL_CSV_H
#define TOOL_CSV_H

#include "input.h"
#include "lines.h"

enum { MAX_COLUMNS = 200 };

struct csv {
    char  *names[MAX_COLUMNS];
    size_t count;
};

/* One cell from *at on, which then stands behind its comma. 1: there is one; *empty: nothing at all
 * stands there, not even quotes. -1: a quote is not closed, or something follows it.             */
static int csv_cell(const char **at, const char *end, struct text *cell, int *empty)
{
    const char *c = *at;
    if (c > end) return 0;
    text_clear(cell);
    text_add(cell, "", 0);
    *empty = c == end || *c == ',';
    if (c < end && *c == '"') {
        for (c++;; c++) {
            if (c == end) return -1;
            if (*c == '"' && (c + 1 == end || c[1] != '"')) break;
            text_byte(cell, *c);
            c += *c == '"';
        }
        if (++c < end && *c != ',') return -1;
    } else
        for (; c < end && *c != ','; c++) text_byte(cell, *c);
    *at = c + 1; /* past the end: that was the last one */
    return 1;
}

/* The member that a column without a dot names; NULL: none. */
static const struct input_row *csv_row(const char *name)
{
    size_t i;
    for (i = 0; i < COUNT(input_rows); i++)
        if (same_word(input_rows[i].member, name) ||
            same_word(option_rows[input_rows[i].option].word + 2, name))
            return &input_rows[i];
    return NULL;
}

/* Is it a member, or a path that begins with one? In a path the service's spelling counts. */
static int is_column(const char *name)
{
    const size_t n = strcspn(name, ".");
    size_t       i;
    if (name[n] == '\0') return csv_row(name) != NULL;
    for (i = 0; i < COUNT(input_rows); i++)
        if (strncmp(input_rows[i].member, name, n) == 0 && input_rows[i].member[n] == '\0')
            return 1;
    return 0;
}

static int has_column(const struct csv *csv, const char *name)
{
    const struct input_row *row = csv_row(name);
    size_t                  i;
    for (i = 0; i < csv->count; i++)
        if (strcmp(csv->names[i], name) == 0 || (row != NULL && csv_row(csv->names[i]) == row))
            return 1;
    return 0;
}

/* Text of another encoding has them: UTF-16, which Excel calls Unicode. */
static int has_zero(const struct record *r)
{
    return r->text.len > 0 && memchr(r->text.ptr, '\0', r->text.len) != NULL;
}

static void csv_header(struct csv *csv, const struct record *r)
{
    const char *at = r->text.ptr, *end = r->text.ptr + r->text.len;
    struct text cell = { NULL, 0, 0 };
    int         empty, more;
    if (has_zero(r)) fail(EXIT_USAGE, "the header line: a zero byte; the file has to be UTF-8");
    while ((more = csv_cell(&at, end, &cell, &empty)) == 1) {
        if (empty || csv->count == MAX_COLUMNS)
            fail(EXIT_USAGE, "the header line: column %lu has no name, or there are more than %d",
                 (unsigned long)csv->count + 1, MAX_COLUMNS);
        if (!is_column(cell.ptr) && strpbrk(cell.ptr, ";\t") != NULL)
            fail(EXIT_USAGE, "the header line: the cells have to be separated by commas");
        if (!is_column(cell.ptr))
            fail(
                EXIT_USAGE,
                "the header line: there is no member %s; a column is named as a member (ContactId, "
                "Name), as an option (contact-id) or by a path (References.KEY.Value); --help has "
                "an example",
                cell.ptr);
        if (has_column(csv, cell.ptr))
            fail(EXIT_USAGE, "the header line: column %s appears twice", cell.ptr);
        csv->names[csv->count++] = copy_string(cell.ptr);
    }
    text_free(&cell);
    if (more < 0) fail(EXIT_USAGE, "the header line: a quote is not closed");
}

static void free_csv(struct csv *csv)
{
    while (csv->count > 0) free(csv->names[--csv->count]);
}

/* Puts value, which it takes over, at a path of keys; 0: the path runs through a text. */
static int csv_put(json_t *object, const char *path, json_t *value)
{
    const char *dot;
    while ((dot = strchr(path, '.')) != NULL) {
        char   *key   = copy_bytes(path, (size_t)(dot - path));
        json_t *child = json_object_get(object, key);
        if (child == NULL) json_object_set_new(object, key, child = json_object());
        free(key);
        if (!json_is_object(child)) {
            json_decref(value);
            return 0;
        }
        object = child;
        path   = dot + 1;
    }
    json_object_set_new(object, path, value);
    return 1;
}

/* NULL with *problem. */
static json_t *csv_value(const char *name, const struct text *cell, const char **problem)
{
    const struct input_row *row   = csv_row(name);
    const char             *first = cell->ptr, *leaf = strrchr(name, '.');
    json_t                 *value = NULL;
    long                    number;
    size_t                  place;
    while (is_blank(*first)) first++;
    if (row == NULL && leaf != NULL && strcmp(leaf, ".ValueInteger") == 0 &&
        read_number(cell->ptr, LONG_MIN, LONG_MAX, &number))
        return json_integer(number);
    if (row != NULL && row->structured) {
        *problem = "is not JSON";
        if (*first != '{' && *first != '[') value = read_shorthand(cell->ptr, problem, &place);
        else
            value = json_loadb(cell->ptr, cell->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        return value;
    }
    *problem = "is not well-formed UTF-8";
    return json_stringn(cell->ptr, cell->len);
}

/* Returns a new reference, or NULL with problem. */
static json_t *csv_object(const struct csv *csv, const struct record *r, struct text *problem)
{
    const char *at = r->text.ptr, *end = r->text.ptr + r->text.len, *why = NULL;
    struct text cell = { NULL, 0, 0 };
    json_t     *object, *value;
    size_t      i;
    int         empty, more = 1;
    if (has_zero(r)) {
        text_put(problem, "a zero byte; the file has to be UTF-8");
        return NULL;
    }
    object = json_object();
    for (i = 0; (more = csv_cell(&at, end, &cell, &empty)) == 1 && i < csv->count; i++) {
        const struct input_row *row  = csv_row(csv->names[i]);
        const char             *name = row != NULL ? row->member : csv->names[i];
        if (empty) continue;
        value = csv_value(csv->names[i], &cell, &why);
        if (value == NULL) text_format(problem, "%s: %s", name, why);
        else if (!csv_put(object, name, value))
            text_format(problem, "%s: cannot be put into what another column says", name);
    }
    if (problem->len == 0 && (more != 0 || i != csv->count))
        text_format(problem,
                    more < 0 ? "a quote is not closed, or text follows it"
                             : "%s cells than the header line has columns",
                    i < csv->count ? "fewer" : "more");
    text_free(&cell);
    if (problem->len == 0) return object;
    json_decref(object);
    return NULL;
}

#endif
