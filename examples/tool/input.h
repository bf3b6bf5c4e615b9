/* input.h - the fields that the options give, as one JSON object of the service's members.
 * in: options     out: {"InstanceId":...,"Name":...}
 *
 * Options win over --cli-input-json. In bulk the object is the template of all lines.            */
#ifndef TOOL_INPUT_H
#define TOOL_INPUT_H

#include "fields.h"
#include "options.h"
#include "shorthand.h"

static const struct input_row {
    enum option option;
    const char *member;
    int         structured;
} input_rows[] = {
    { O_INSTANCE,    "InstanceId",           0 },
    { O_CONTACT,     "ContactId",            0 },
    { O_NAME,        "Name",                 0 },
    { O_DESCRIPTION, "Description",          0 },
    { O_REFERENCES,  "References",           1 },
    { O_SEGMENTS,    "SegmentAttributes",    1 },
    { O_QUEUE,       "QueueInfo",            1 },
    { O_USER,        "UserInfo",             1 },
    { O_CUSTOMER,    "CustomerEndpoint",     1 },
    { O_SYSTEM,      "SystemEndpoint",       1 },
    { O_RECIPIENTS,  "AdditionalRecipients", 1 },
};

/* The value, or the file it names: file://PATH. A line end at the file's end is kept. */
static void option_text(const char *word, const char *value, struct text *to)
{
    if (!begins_with(value, "file://")) text_put(to, value);
    else if (read_file(value + strlen("file://"), to) != 0)
        fail(EXIT_USAGE, "%s: cannot read %s: %s", word, value + strlen("file://"),
             strerror(errno));
    text_add(to, "", 0);
}

static json_t *option_json(const char *word, const struct text *t)
{
    json_error_t e;
    json_t      *value =
        json_loadb(t->ptr, t->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &e);
    struct text problem = { NULL, 0, 0 };
    if (value != NULL) return value;
    json_problem(&problem, &e);
    fail(EXIT_USAGE, "%s is not JSON: %s", word, problem.ptr);
    return NULL;
}

static json_t *option_string(const char *word, const struct text *t)
{
    json_t *value = json_stringn(t->ptr, t->len);
    if (value == NULL) fail(EXIT_USAGE, "%s is not well-formed UTF-8", word);
    return value;
}

/* JSON when it begins with { or [, else the short syntax. */
static json_t *option_structure(const char *word, const struct text *t)
{
    const char *problem = NULL, *first = t->ptr;
    size_t      place = 0;
    json_t     *value;
    while (is_blank(*first)) first++;
    if (*first == '{' || *first == '[') return option_json(word, t);
    value = read_shorthand(t->ptr, &problem, &place);
    if (value == NULL)
        fail(EXIT_USAGE, "%s, byte %lu: %s; it takes JSON or key=value, see --help", word,
             (unsigned long)place, problem);
    return value;
}

static json_t *option_value(const struct input_row *row, const char *given_value)
{
    const char *word = option_rows[row->option].word;
    struct text t    = { NULL, 0, 0 };
    json_t     *value;
    option_text(word, given_value, &t);
    value = row->structured ? option_structure(word, &t) : option_string(word, &t);
    text_free(&t);
    return value;
}

/* The object of that name inside another, made when it is not there. Borrowed. */
static json_t *child_object(json_t *object, const char *key, enum option option)
{
    json_t *child = json_object_get(object, key);
    if (child == NULL || json_is_null(child))
        json_object_set_new(object, key, child = json_object());
    if (!json_is_object(child))
        fail(EXIT_USAGE, "%s cannot be added: %s is not an object", option_rows[option].word, key);
    return child;
}

static json_t *short_text(enum option option, const char *given_value)
{
    struct text t = { NULL, 0, 0 };
    json_t     *value;
    option_text(option_rows[option].word, given_value, &t);
    value = option_string(option_rows[option].word, &t);
    text_free(&t);
    return value;
}

static void add_references(const struct options *o, json_t *object)
{
    json_t *all = o->reference_count > 0 ? child_object(object, "References", O_REFERENCE) : NULL;
    size_t  i;
    for (i = 0; i < o->reference_count; i++) {
        const char **values = o->reference + 3 * i;
        json_t      *key    = short_text(O_REFERENCE, values[0]);
        json_t      *entry  = json_object();
        if (json_object_get(all, json_string_value(key)) != NULL)
            fail(EXIT_USAGE, "--reference: a key appears twice");
        json_object_set_new(entry, "Type", short_text(O_REFERENCE, values[1]));
        json_object_set_new(entry, "Value", short_text(O_REFERENCE, values[2]));
        json_object_set_new(all, json_string_value(key), entry);
        json_decref(key);
    }
}

static void add_expiry(const struct options *o, json_t *object)
{
    json_t *minutes, *map, *expiry;
    if (!given(o, O_EXPIRES)) return;
    minutes = json_integer(option_number(o, O_EXPIRES, 0, INT32_MAX, 0));
    map     = json_object();
    json_object_set_new(map, "ExpiryDuration", json_object());
    json_object_set_new(json_object_get(map, "ExpiryDuration"), "ValueInteger", minutes);
    expiry = json_object();
    json_object_set_new(expiry, "ValueMap", map);
    json_object_set_new(child_object(object, "SegmentAttributes", O_EXPIRES),
                        "connect:ContactExpiry", expiry);
}

static void add_cc(const struct options *o, json_t *object)
{
    json_t *recipients, *list;
    size_t  i;
    if (o->cc_count == 0) return;
    recipients = child_object(object, "AdditionalRecipients", O_CC);
    list       = json_object_get(recipients, "CcEmailAddresses");
    if (list == NULL || json_is_null(list))
        json_object_set_new(recipients, "CcEmailAddresses", list = json_array());
    if (!json_is_array(list)) fail(EXIT_USAGE, "--cc cannot be added: no list of addresses");
    for (i = 0; i < o->cc_count; i++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "EmailAddress", short_text(O_CC, o->cc[i]));
        json_array_append_new(list, entry);
    }
}

/* Returns a new reference. */
static json_t *read_input(const struct options *o)
{
    json_t *object = NULL;
    size_t  i;
    if (given(o, O_INPUT)) {
        struct text t = { NULL, 0, 0 };
        option_text("--cli-input-json", o->value[O_INPUT], &t);
        object = option_json("--cli-input-json", &t);
        text_free(&t);
        if (!json_is_object(object)) fail(EXIT_USAGE, "--cli-input-json has to be a JSON object");
    } else object = json_object();
    for (i = 0; i < COUNT(input_rows); i++) {
        const struct input_row *row = &input_rows[i];
        if (given(o, row->option))
            json_object_set_new(object, row->member, option_value(row, o->value[row->option]));
    }
    add_references(o, object);
    add_expiry(o, object);
    add_cc(o, object);
    return object;
}

#endif
