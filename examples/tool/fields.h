/* fields.h - one JSON object of the service's members becomes one cuc_request.
 * in: a JSON object     out: a request that points into it, or the field path and what is wrong
 *
 * null is unset, everywhere. Lengths, limits and duplicate keys are the library's to check; here it
 * is only kinds of values and unknown names.                                                     */
#ifndef TOOL_FIELDS_H
#define TOOL_FIELDS_H

#include <jansson.h>
#include <stddef.h>

#include "connect_update_contact.h"
#include "text.h"

/* What the request points to, besides the JSON: freed, or used again, as a whole. */
struct arena {
    void **blocks;
    size_t count, cap;
};

static void *arena_get(struct arena *a, size_t n, size_t size)
{
    if (a->count == a->cap) {
        a->cap    = 2 * a->cap + 8;
        a->blocks = checked(realloc(a->blocks, a->cap * sizeof *a->blocks));
    }
    return a->blocks[a->count++] = checked(calloc(n + 1, size)); /* never NULL: 0 means "empty" */
}

static void arena_clear(struct arena *a)
{
    while (a->count > 0) free(a->blocks[--a->count]);
}

static void arena_free(struct arena *a)
{
    arena_clear(a);
    free(a->blocks);
    memset(a, 0, sizeof *a);
}

struct fields {
    struct arena arena;
    struct text  problem; /* empty: none */
    int          depth;
};

struct member { /* a string of a struct */
    const char *name;
    size_t      offset;
};

/* Keys can be the customer's data: as in the library, control characters are not shown. */
static int fields_bad(struct fields *f, const char *path, const char *problem)
{
    if (f->problem.len == 0)
        text_format(&f->problem, "%s%s%s", path, path[0] != '\0' ? ": " : "", problem);
    return 0;
}

static void join_path(struct text *to, const char *path, const char *name)
{
    text_format(to, "%s%s%s", path, path[0] != '\0' ? "." : "", name);
}

static int read_string(struct fields *f, const char *path, const json_t *value, cuc_str *to)
{
    if (!json_is_string(value)) return fields_bad(f, path, "has to be a string");
    to->ptr = json_string_value(value);
    to->len = json_string_length(value);
    return 1;
}

static int unknown_member(struct fields *f, const char *path, const char *key,
                          const struct member *members, size_t count)
{
    struct text where = { NULL, 0, 0 }, problem = { NULL, 0, 0 };
    size_t      i, nearest                      = 4, distance;
    text_put(&problem, "there is no such member");
    for (i = 0; i < count; i++) {
        distance = word_distance(key, members[i].name);
        if (distance >= nearest) continue;
        nearest = distance;
        text_clear(&problem);
        text_format(&problem, "there is no such member; did you mean %s?", members[i].name);
    }
    join_path(&where, path, key);
    fields_bad(f, where.ptr, problem.ptr);
    text_free(&where);
    text_free(&problem);
    return 0;
}

/* An object all of whose members are strings: members[] says where each goes. */
static int read_strings(struct fields *f, const char *path, json_t *object,
                        const struct member *members, size_t count, void *to)
{
    const char *key;
    json_t     *value;
    size_t      i;
    int         ok = 1;
    if (!json_is_object(object)) return fields_bad(f, path, "has to be an object");
    json_object_foreach(object, key, value)
    {
        struct text where = { NULL, 0, 0 };
        for (i = 0; i < count && strcmp(members[i].name, key) != 0; i++) continue;
        if (i == count) return unknown_member(f, path, key, members, count);
        if (json_is_null(value)) continue;
        join_path(&where, path, key);
        ok = read_string(f, where.ptr, value, (cuc_str *)((char *)to + members[i].offset));
        text_free(&where);
        if (!ok) return 0;
    }
    return 1;
}

/* The entries of a map that are not null. */
static size_t entry_count(json_t *object)
{
    const char *key;
    json_t     *value;
    size_t      n = 0;
    json_object_foreach(object, key, value) n += !json_is_null(value);
    return n;
}

static char *entry_path(const char *path, const char *key)
{
    struct text t = { NULL, 0, 0 };
    text_format(&t, "%s[\"%s\"]", path, key);
    return t.ptr;
}

/* ---- References ------------------------------------------------------------------------------ */

static const struct member reference_members[] = {
    { "Type",         offsetof(cuc_reference, type)          },
    { "Value",        offsetof(cuc_reference, value)         },
    { "Status",       offsetof(cuc_reference, status)        },
    { "Arn",          offsetof(cuc_reference, arn)           },
    { "StatusReason", offsetof(cuc_reference, status_reason) },
};

static int read_references(struct fields *f, json_t *object, cuc_request *to)
{
    cuc_reference *all;
    const char    *key;
    json_t        *value;
    size_t         n  = 0;
    int            ok = 1;
    if (!json_is_object(object)) return fields_bad(f, "References", "has to be an object");
    all = arena_get(&f->arena, entry_count(object), sizeof *all);
    json_object_foreach(object, key, value)
    {
        char *path;
        if (json_is_null(value)) continue;
        path       = entry_path("References", key);
        all[n].key = cuc_s(key);
        ok = read_strings(f, path, value, reference_members, COUNT(reference_members), &all[n++]);
        free(path);
        if (!ok) return 0;
    }
    to->references      = all;
    to->reference_count = n;
    return 1;
}

/* ---- SegmentAttributes ----------------------------------------------------------------------- */

static int read_segment(struct fields *f, const char *path, json_t *object, cuc_segment *to);

static int read_segment_map(struct fields *f, const char *path, json_t *object,
                            const cuc_segment **items, size_t *count)
{
    cuc_segment *all;
    const char  *key;
    json_t      *value;
    size_t       n  = 0;
    int          ok = 1;
    if (!json_is_object(object)) return fields_bad(f, path, "has to be an object");
    all = arena_get(&f->arena, entry_count(object), sizeof *all);
    json_object_foreach(object, key, value)
    {
        char *where;
        if (json_is_null(value)) continue;
        where      = entry_path(path, key);
        all[n].key = cuc_s(key);
        ok         = read_segment(f, where, value, &all[n++]);
        free(where);
        if (!ok) return 0;
    }
    *items = all;
    *count = n;
    return 1;
}

static int read_segment_list(struct fields *f, const char *path, json_t *array, cuc_segment *to)
{
    cuc_segment *all;
    size_t       i;
    int          ok = 1;
    if (!json_is_array(array)) return fields_bad(f, path, "has to be an array");
    all = arena_get(&f->arena, json_array_size(array), sizeof *all);
    for (i = 0; ok && i < json_array_size(array); i++) {
        struct text where = { NULL, 0, 0 };
        text_format(&where, "%s[%lu]", path, (unsigned long)i);
        ok = read_segment(f, where.ptr, json_array_get(array, i), &all[i]);
        text_free(&where);
    }
    to->items = all;
    to->count = i;
    return ok;
}

static int read_segment_integer(struct fields *f, const char *path, json_t *value, cuc_segment *to)
{
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value)) return fields_bad(f, path, "has to be a whole number");
    if (n < INT32_MIN || n > INT32_MAX)
        return fields_bad(f, path, "has to fit into 32 bits: -2147483648 to 2147483647");
    to->integer = (int32_t)n;
    return 1;
}

static int read_segment_text(struct fields *f, const char *path, json_t *value, cuc_segment *to)
{
    return read_string(f, path, value, &to->text);
}

static int read_segment_items(struct fields *f, const char *path, json_t *value, cuc_segment *to)
{
    return read_segment_map(f, path, value, &to->items, &to->count);
}

static const struct segment_row {
    const char      *name;
    cuc_segment_kind kind;
    int (*read)(struct fields *, const char *, json_t *, cuc_segment *);
} segment_rows[] = {
    { "ValueString",  CUC_SEGMENT_STRING,  read_segment_text    },
    { "ValueArn",     CUC_SEGMENT_ARN,     read_segment_text    },
    { "ValueInteger", CUC_SEGMENT_INTEGER, read_segment_integer },
    { "ValueMap",     CUC_SEGMENT_MAP,     read_segment_items   },
    { "ValueList",    CUC_SEGMENT_LIST,    read_segment_list    },
};

static int read_segment_kind(struct fields *f, const char *path, const char *key, json_t *value,
                             cuc_segment *to)
{
    struct text where = { NULL, 0, 0 };
    size_t      i;
    int         ok = 0;
    for (i = 0; i < COUNT(segment_rows) && strcmp(segment_rows[i].name, key) != 0; i++) continue;
    join_path(&where, path, key);
    if (i == COUNT(segment_rows))
        fields_bad(f, where.ptr,
                   "there is no such member; known are ValueString, ValueArn, "
                   "ValueInteger, ValueMap, ValueList");
    else if (to->kind != CUC_SEGMENT_UNSET)
        fields_bad(f, path, "has more than one value; a segment attribute has exactly one");
    else {
        to->kind = segment_rows[i].kind;
        ok       = segment_rows[i].read(f, where.ptr, value, to);
    }
    text_free(&where);
    return ok;
}

static int read_segment(struct fields *f, const char *path, json_t *object, cuc_segment *to)
{
    const char *key;
    json_t     *value;
    if (!json_is_object(object)) return fields_bad(f, path, "has to be an object");
    if (f->depth >= 4 * CUC_MAX_DEPTH) return fields_bad(f, path, "is nested much too deeply");
    f->depth++;
    json_object_foreach(object, key,
                        value) if (!json_is_null(value) &&
                                   !read_segment_kind(f, path, key, value, to)) return 0;
    f->depth--;
    if (to->kind == CUC_SEGMENT_UNSET)
        return fields_bad(f, path, "has no value: give ValueString or another one");
    return 1;
}

static int read_segments(struct fields *f, json_t *object, cuc_request *to)
{
    f->depth = 0;
    return read_segment_map(f, "SegmentAttributes", object, &to->segment_attributes,
                            &to->segment_attribute_count);
}

/* ---- the others ------------------------------------------------------------------------------ */

static int read_queue(struct fields *f, json_t *object, cuc_request *to)
{
    static const struct member members[] = {
        { "Id", offsetof(cuc_request, queue_id) }
    };
    return read_strings(f, "QueueInfo", object, members, 1, to);
}

static int read_user(struct fields *f, json_t *object, cuc_request *to)
{
    static const struct member members[] = {
        { "UserId", offsetof(cuc_request, user_id) }
    };
    return read_strings(f, "UserInfo", object, members, 1, to);
}

static const struct member endpoint_members[] = {
    { "Type",    offsetof(cuc_endpoint, type)    },
    { "Address", offsetof(cuc_endpoint, address) },
};

static int read_customer(struct fields *f, json_t *object, cuc_request *to)
{
    return read_strings(f, "CustomerEndpoint", object, endpoint_members, COUNT(endpoint_members),
                        &to->customer_endpoint);
}

static int read_system(struct fields *f, json_t *object, cuc_request *to)
{
    return read_strings(f, "SystemEndpoint", object, endpoint_members, COUNT(endpoint_members),
                        &to->system_endpoint);
}

static const struct member email_members[] = {
    { "EmailAddress", offsetof(cuc_email_address, email_address) },
    { "DisplayName",  offsetof(cuc_email_address, display_name)  },
};

static int read_cc(struct fields *f, json_t *array, cuc_request *to)
{
    cuc_email_address *all;
    size_t             i;
    int                ok = 1;
    if (!json_is_array(array))
        return fields_bad(f, "AdditionalRecipients.CcEmailAddresses", "has to be an array");
    all = arena_get(&f->arena, json_array_size(array), sizeof *all);
    for (i = 0; ok && i < json_array_size(array); i++) {
        struct text path = { NULL, 0, 0 };
        text_format(&path, "AdditionalRecipients.CcEmailAddresses[%lu]", (unsigned long)i);
        ok = read_strings(f, path.ptr, json_array_get(array, i), email_members,
                          COUNT(email_members), &all[i]);
        text_free(&path);
    }
    to->cc_email_addresses     = all;
    to->cc_email_address_count = i;
    return ok;
}

static int read_recipients(struct fields *f, json_t *object, cuc_request *to)
{
    static const struct member member = { "CcEmailAddresses", 0 };
    const char                *key;
    json_t                    *value;
    if (!json_is_object(object))
        return fields_bad(f, "AdditionalRecipients", "has to be an object");
    json_object_foreach(object, key, value)
    {
        if (strcmp(key, member.name) != 0)
            return unknown_member(f, "AdditionalRecipients", key, &member, 1);
        if (!json_is_null(value) && !read_cc(f, value, to)) return 0;
    }
    return 1;
}

/* ---- the request ----------------------------------------------------------------------------- */

static const struct member string_members[] = {
    { "InstanceId",  offsetof(cuc_request, instance_id) },
    { "ContactId",   offsetof(cuc_request, contact_id)  },
    { "Name",        offsetof(cuc_request, name)        },
    { "Description", offsetof(cuc_request, description) },
};

static const struct {
    const char *name;
    int (*read)(struct fields *, json_t *, cuc_request *);
} structured_members[] = {
    { "References",           read_references },
    { "SegmentAttributes",    read_segments   },
    { "QueueInfo",            read_queue      },
    { "UserInfo",             read_user       },
    { "CustomerEndpoint",     read_customer   },
    { "SystemEndpoint",       read_system     },
    { "AdditionalRecipients", read_recipients },
};

static int unknown_field(struct fields *f, const char *key)
{
    struct member all[COUNT(string_members) + COUNT(structured_members)];
    size_t        i;
    memcpy(all, string_members, sizeof string_members);
    for (i = 0; i < COUNT(structured_members); i++)
        all[COUNT(string_members) + i].name = structured_members[i].name;
    return unknown_member(f, "", key, all, COUNT(all));
}

static int read_field(struct fields *f, const char *key, json_t *value, cuc_request *to)
{
    size_t i;
    for (i = 0; i < COUNT(string_members); i++)
        if (strcmp(string_members[i].name, key) == 0)
            return read_string(f, key, value, (cuc_str *)((char *)to + string_members[i].offset));
    for (i = 0; i < COUNT(structured_members); i++)
        if (strcmp(structured_members[i].name, key) == 0)
            return structured_members[i].read(f, value, to);
    return unknown_field(f, key);
}

/* "arn:...:instance/ID..." in place of the id. */
static void take_arn(cuc_request *to, cuc_str *region)
{
    const cuc_str id = cuc_instance_id_from_arn(to->instance_id);
    if (id.ptr == NULL) return;
    *region         = cuc_region_from_arn(to->instance_id);
    to->instance_id = id;
}

/* Returns 1, or 0 with f->problem. The request is valid as long as object and f are. */
static int read_fields(struct fields *f, json_t *object, cuc_request *to, cuc_str *arn_region)
{
    const cuc_request none = CUC_ZERO;
    const char       *key;
    json_t           *value;
    *to = none;
    arena_clear(&f->arena);
    text_clear(&f->problem);
    if (!json_is_object(object)) return fields_bad(f, "", "a JSON object is expected");
    json_object_foreach(object, key,
                        value) if (!json_is_null(value) && !read_field(f, key, value, to)) return 0;
    take_arn(to, arn_region);
    return 1;
}

static void free_fields(struct fields *f)
{
    arena_free(&f->arena);
    text_free(&f->problem);
}

/* The problem of a JSON text, without the piece of the text that jansson adds: it can be data. */
static void json_problem(struct text *to, const json_error_t *e)
{
    const char *near = strstr(e->text, " near '");
    const int   n    = near != NULL ? (int)(near - e->text) : (int)strlen(e->text);
    if (e->line > 1) text_format(to, "line %d, ", e->line); /* a line of a file is one line */
    text_format(to, "column %d: %.*s", e->column, n, e->text);
}

#endif
