/* model.h - the rules of UpdateContact's fields, as tables, and the check of a body by them.
 * in: a parsed body     out: the first rule of the service's model that it breaks
 *
 * Source: service model of Connect 2017-08-08, UpdateContactRequest and all below it, with
 * AdditionalRecipients as the API reference of November 2026 has it. String limits count
 * characters. Members that the model does not know are ignored; null is the same as absent. */
#ifndef STANDIN_MODEL_H
#define STANDIN_MODEL_H

#include <stdint.h>

#include "answer.h"
#include "json.h"

enum { MAX_VALUES = 4096 }; /* bytes over all Values of References in one request */

/* The two patterns of the model. Neither is anchored at its end, and EMAIL nowhere:
 * ARN ^[-:/A-Za-z0-9]+     EMAIL [^\s@]+@[^\s@]+\.[^\s@]+ */
enum pattern { ANY, ARN, EMAIL };

enum shape_kind { STRING, INTEGER, STRUCTURE, MAP, LIST };

struct shape {
    enum shape_kind      kind;
    size_t               min, max; /* STRING: characters; MAP: characters of a key; LIST: entries.
                                      max 0: no limit */
    const char *const   *allowed;  /* STRING: an enumeration, or NULL */
    enum pattern         pattern;  /* STRING */
    const struct member *members;  /* STRUCTURE: up to a NULL name */
    const struct shape  *of;       /* MAP, LIST: of each value */
};

struct member {
    const char         *name;
    const struct shape *shape;
    int                 required;
};

static const char *const reference_types[]    = { "URL",
                                                  "ATTACHMENT",
                                                  "CONTACT_ANALYSIS",
                                                  "NUMBER",
                                                  "STRING",
                                                  "DATE",
                                                  "EMAIL",
                                                  "EMAIL_MESSAGE",
                                                  "EMAIL_MESSAGE_PLAIN_TEXT",
                                                  "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
                                                  "EMAIL_MESSAGE_REDACTED",
                                                  NULL };
static const char *const reference_statuses[] = { "AVAILABLE",  "DELETED", "APPROVED", "REJECTED",
                                                  "PROCESSING", "FAILED",  NULL };
static const char *const endpoint_types[]     = { "TELEPHONE_NUMBER", "VOIP",
                                                  "CONTACT_FLOW",     "CONNECT_PHONENUMBER_ARN",
                                                  "EMAIL_ADDRESS",    NULL };

static const struct shape any_string       = { STRING, 0, 0, NULL, ANY, NULL, NULL };
static const struct shape string_0_100     = { STRING, 0, 100, NULL, ANY, NULL, NULL };
static const struct shape string_0_256     = { STRING, 0, 256, NULL, ANY, NULL, NULL };
static const struct shape email_address    = { STRING, 1, 255, NULL, EMAIL, NULL, NULL };
static const struct shape string_1_256     = { STRING, 1, 256, NULL, ANY, NULL, NULL };
static const struct shape string_0_1024    = { STRING, 0, 1024, NULL, ANY, NULL, NULL };
static const struct shape string_0_4096    = { STRING, 0, 4096, NULL, ANY, NULL, NULL };
static const struct shape reference_arn    = { STRING, 20, 256, NULL, ARN, NULL, NULL };
static const struct shape reference_type   = { STRING, 0, 0, reference_types, ANY, NULL, NULL };
static const struct shape reference_status = { STRING, 0, 0, reference_statuses, ANY, NULL, NULL };
static const struct shape endpoint_type    = { STRING, 0, 0, endpoint_types, ANY, NULL, NULL };
static const struct shape integer          = { INTEGER, 0, 0, NULL, ANY, NULL, NULL };

static const struct member reference_members[] = {
    { "Value",        &string_0_4096,    0 },
    { "Type",         &reference_type,   1 },
    { "Status",       &reference_status, 0 },
    { "Arn",          &reference_arn,    0 },
    { "StatusReason", &string_0_100,     0 },
    { NULL,           NULL,              0 }
};
static const struct shape reference  = { STRUCTURE, 0, 0, NULL, ANY, reference_members, NULL };
static const struct shape references = { MAP, 1, 4096, NULL, ANY, NULL, &reference };

static const struct shape  segment_map, segment_list; /* they hold each other */
static const struct member segment_members[] = {
    { "ValueString",  &string_0_1024, 0 },
    { "ValueMap",     &segment_map,   0 },
    { "ValueInteger", &integer,       0 },
    { "ValueList",    &segment_list,  0 },
    { "ValueArn",     &string_0_1024, 0 },
    { NULL,           NULL,           0 }
};
static const struct shape segment_value = { STRUCTURE, 0, 0, NULL, ANY, segment_members, NULL };
static const struct shape segment_map   = { MAP, 1, 128, NULL, ANY, NULL, &segment_value };
static const struct shape segment_list  = { LIST, 0, 0, NULL, ANY, NULL, &segment_value };

static const struct member queue_members[] = {
    { "Id", &any_string, 0 },
    { NULL, NULL,        0 }
};
static const struct shape  queue_info     = { STRUCTURE, 0, 0, NULL, ANY, queue_members, NULL };
static const struct member user_members[] = {
    { "UserId", &string_1_256, 0 },
    { NULL,     NULL,          0 }
};
static const struct shape  user_info          = { STRUCTURE, 0, 0, NULL, ANY, user_members, NULL };
static const struct member endpoint_members[] = {
    { "Type",    &endpoint_type, 0 },
    { "Address", &string_0_256,  0 },
    { NULL,      NULL,           0 }
};
static const struct shape endpoint = { STRUCTURE, 0, 0, NULL, ANY, endpoint_members, NULL };

static const struct member recipient_members[] = {
    { "EmailAddress", &email_address, 1 },
    { "DisplayName",  &string_0_256,  0 },
    { NULL,           NULL,           0 }
};
static const struct shape  recipient    = { STRUCTURE, 0, 0, NULL, ANY, recipient_members, NULL };
static const struct shape  cc_addresses = { LIST, 0, 50, NULL, ANY, NULL, &recipient };
static const struct member recipients_members[] = {
    { "CcEmailAddresses", &cc_addresses, 0 },
    { NULL,               NULL,          0 }
};
static const struct shape recipients = { STRUCTURE, 0, 0, NULL, ANY, recipients_members, NULL };

enum { FIELDS = 9, REFERENCES = 2, RECIPIENTS = 8 };
static const struct {
    const char         *name;
    const struct shape *shape;
    int                 external; /* allowed on an external-audio contact only */
} fields[FIELDS] = {
    { "Name",                 &string_0_1024, 0 },
    { "Description",          &string_0_4096, 0 },
    { "References",           &references,    0 },
    { "SegmentAttributes",    &segment_map,   0 },
    { "QueueInfo",            &queue_info,    1 },
    { "UserInfo",             &user_info,     1 },
    { "CustomerEndpoint",     &endpoint,      1 },
    { "SystemEndpoint",       &endpoint,      1 },
    { "AdditionalRecipients", &recipients,    0 },
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

static int starts_arn(char c) { return letter_or_digit(c) || c == '-' || c == ':' || c == '/'; }

/* A character of [^\s@]; here \s is white space of ASCII. */
static int in_address(char c) { return c == '\0' || strchr(" \t\n\v\f\r@", c) == NULL; }

/* The pattern matches somewhere: a character, '@', a character, '.', a character; between '@' and
 * the last of them nothing but characters of an address. */
static int holds_address(struct view v)
{
    size_t i, k;
    for (i = 1; i < v.len; i++) {
        if (v.at[i] != '@' || !in_address(v.at[i - 1])) continue;
        for (k = i + 1; k + 1 < v.len && in_address(v.at[k]); k++)
            if (v.at[k] == '.' && k > i + 1 && in_address(v.at[k + 1])) return 1;
    }
    return 0;
}

static int check_pattern(struct answer *a, const char *path, enum pattern pattern, struct view v)
{
    if (pattern == ARN && !starts_arn(v.at[0]))
        return refuse(a, 400, "InvalidParameterException", "%s: not an ARN", path);
    if (pattern == EMAIL && !holds_address(v))
        return refuse(a, 400, "InvalidParameterException", "%s: not an e-mail address", path);
    return 1;
}

static int check_string(struct answer *a, const char *path, const struct shape *s,
                        const struct node *n)
{
    const char *const *word = s->allowed;
    if (n->kind != JSON_STRING) return wrong_kind(a, path, "a string", n);
    if (!check_length(a, path, n->string, s->min, s->max)) return 0;
    if (!check_pattern(a, path, s->pattern, n->string)) return 0;
    if (word == NULL) return 1;
    for (; *word != NULL; word++)
        if (is(n->string, *word)) return 1;
    return refuse(a, 400, "InvalidParameterException", "%s: not one of the known values", path);
}

/* 32 bits, written without fraction and exponent. */
static int check_integer(struct answer *a, const char *path, const struct node *n)
{
    char      digits[16] = "";
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
    char                 below[160];
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

static int check_map(struct answer *a, const char *path, const struct shape *s,
                     const struct node *n)
{
    const struct node *entry;
    if (n->kind != JSON_OBJECT) return wrong_kind(a, path, "an object", n);
    for (entry = n->child; entry != NULL; entry = entry->next)
        if (!check_length(a, path, entry->key, s->min, s->max) || !check(a, path, s->of, entry))
            return 0;
    return 1;
}

static int check_list(struct answer *a, const char *path, const struct shape *s,
                      const struct node *n)
{
    const struct node *entry;
    size_t             i = 0;
    char               below[160];
    if (n->kind != JSON_LIST) return wrong_kind(a, path, "a list", n);
    for (entry = n->child; entry != NULL; entry = entry->next) {
        snprintf(below, sizeof below, "%s[%lu]", path, (unsigned long)i++);
        if (s->max > 0 && i > s->max)
            return refuse(a, 400, "InvalidParameterException", "%s: more than %lu entries", path,
                          (unsigned long)s->max);
        if (!check(a, below, s->of, entry)) return 0;
    }
    return 1;
}

/* The depth of a JSON text is limited, so this recursion is, too. */
static int check(struct answer *a, const char *path, const struct shape *s, const struct node *n)
{
    switch (s->kind) {
    case STRING:
        return check_string(a, path, s, n);
    case INTEGER:
        return check_integer(a, path, n);
    case STRUCTURE:
        return check_structure(a, path, s, n);
    case MAP:
        return check_map(a, path, s, n);
    case LIST:
        return check_list(a, path, s, n);
    }
    return 0;
}

static int check_reference_total(struct answer *a, const struct node *map)
{
    const struct node *entry, *value;
    size_t             total = 0;
    for (entry = map->child; entry != NULL; entry = entry->next)
        if ((value = json_find(entry, view_of("Value"))) != NULL) total += value->string.len;
    if (total <= MAX_VALUES) return 1;
    return refuse(a, 400, "InvalidParameterException",
                  "References: %lu bytes in all Values, at most 4096", (unsigned long)total);
}

#endif
