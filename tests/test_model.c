/* White box, section >>model: the field tables, and the walk through segment attributes. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "data.h"

/* ---- the table ------------------------------------------------------------------------------- */

/* The limits once more, typed from the API reference, so that a slip in the header shows. */
#define CC "AdditionalRecipients.CcEmailAddresses"

static const struct {
    const char *group, *name;
    size_t      offset;
    unsigned    required, min, max;
} limits[] = {
    { "",                 "InstanceId",   offsetof(cuc_request,       instance_id),               1, 1,  100  },
    { "",                 "ContactId",    offsetof(cuc_request,       contact_id),                1, 1,  256  },
    { "",                 "Name",         offsetof(cuc_request,       name),                      0, 0,  1024 },
    { "",                 "Description",  offsetof(cuc_request,       description),               0, 0,  4096 },
    { "QueueInfo",        "Id",           offsetof(cuc_request,       queue_id),                  0, 0,  0    },
    { "UserInfo",         "UserId",       offsetof(cuc_request,       user_id),                   0, 1,  256  },
    { "CustomerEndpoint", "Type",         offsetof(cuc_request,       customer_endpoint.type),    0, 0,  0    },
    { "CustomerEndpoint", "Address",      offsetof(cuc_request,       customer_endpoint.address), 0, 0,  256  },
    { "SystemEndpoint",   "Type",         offsetof(cuc_request,       system_endpoint.type),      0, 0,  0    },
    { "SystemEndpoint",   "Address",      offsetof(cuc_request,       system_endpoint.address),   0, 0,  256  },
    { "References",       "Type",         offsetof(cuc_reference,     type),                      1, 0,  0    },
    { "References",       "Value",        offsetof(cuc_reference,     value),                     0, 0,  4096 },
    { "References",       "Status",       offsetof(cuc_reference,     status),                    0, 0,  0    },
    { "References",       "Arn",          offsetof(cuc_reference,     arn),                       0, 20, 256  },
    { "References",       "StatusReason", offsetof(cuc_reference,     status_reason),             0, 0,  100  },
    { CC,                 "EmailAddress", offsetof(cuc_email_address, email_address),             1, 1,  255  },
    { CC,                 "DisplayName",  offsetof(cuc_email_address, display_name),              0, 0,  256  },
};

/* The row of the header's tables for limits[i]: one table for each struct. */
static const cuci_field *field(size_t i)
{
    const size_t requests = ROWS(cuci_request_fields), references = ROWS(cuci_reference_fields);
    if (i < requests) return &cuci_request_fields[i];
    if (i < requests + references) return &cuci_reference_fields[i - requests];
    return &cuci_email_fields[i - requests - references];
}

static void the_field_tables_have_the_documented_limits(void **state)
{
    char   between[32];
    size_t i;
    (void)state;
    assert_int_equal(ROWS(limits), ROWS(cuci_request_fields) + ROWS(cuci_reference_fields) +
                                       ROWS(cuci_email_fields));
    for (i = 0; i < ROWS(limits); i++) {
        const cuci_field *f = field(i);
        snprintf(between, sizeof between, "%s\":\"", limits[i].name);
        assert_memory_equal(f->text, between, strlen(between));
        assert_true(cuci_equal(lent(cuci_field_name(f)), lent(cuc_s(limits[i].name))));
        assert_true(cuci_equal(lent(cuc_s(cuci_word(cuci_groups, f->group))),
                               lent(cuc_s(limits[i].group))));
        assert_int_equal(f->offset, limits[i].offset);
        assert_int_equal(f->required, limits[i].required);
        assert_int_equal(f->min, limits[i].min);
        assert_int_equal(f->max, limits[i].max);
    }
}

static void each_table_row_points_to_its_member(void **state)
{
    cuc_request       q = CUC_ZERO;
    cuc_reference     r = CUC_ZERO;
    cuc_email_address e = CUC_ZERO;
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(limits); i++) {
        char *base = i < 10 ? (char *)&q : i < 15 ? (char *)&r : (char *)&e;
        ((cuc_str *)(void *)(base + limits[i].offset))->ptr = limits[i].name;
        assert_ptr_equal(cuci_field_of(base, field(i))->ptr, limits[i].name);
    }
    assert_ptr_equal(q.system_endpoint.address.ptr, limits[9].name);
    assert_ptr_equal(r.status_reason.ptr, limits[14].name);
    assert_ptr_equal(e.display_name.ptr, limits[16].name);
}

/* ---- the service model, which belongs to others and is read in place ------------------------- */

static json_t *service_model(void)
{
    return load(data_folder(), "update_contact_model_2026_11.json");
}

static json_t *shape(json_t *model, const char *name)
{
    json_t *s = json_object_get(json_object_get(model, "shapes"), name);
    if (s == NULL) fail_msg("no shape %s", name);
    return s;
}

static json_t *member_shape(json_t *model, json_t *structure, const char *member)
{
    json_t *m = json_object_get(json_object_get(structure, "members"), member);
    if (m == NULL) fail_msg("no member %s", member);
    return shape(model, json_string_value(json_object_get(m, "shape")));
}

static int is_required(json_t *structure, const char *member)
{
    json_t *name;
    size_t  i;
    json_array_foreach(json_object_get(structure, "required"), i,
                       name) if (strcmp(json_string_value(name), member) == 0) return 1;
    return 0;
}

static json_t *structure_of(json_t *model, const char *group)
{
    json_t *request = shape(model, "UpdateContactRequest");
    if (strcmp(group, "References") == 0) return shape(model, "Reference");
    if (strcmp(group, CC) == 0) return shape(model, "EmailAddressInfo");
    return group[0] == 0 ? request : member_shape(model, request, group);
}

static void the_field_tables_agree_with_the_service_model(void **state)
{
    json_t *model = service_model();
    size_t  i;
    (void)state;
    for (i = 0; model != NULL && i < ROWS(limits); i++) {
        const cuci_field *f         = field(i);
        json_t           *structure = structure_of(model, limits[i].group);
        json_t           *s         = member_shape(model, structure, limits[i].name);
        assert_int_equal(f->required, is_required(structure, limits[i].name));
        assert_int_equal(f->min, json_integer_value(json_object_get(s, "min")));
        assert_int_equal(f->max, json_integer_value(json_object_get(s, "max")));
    }
    json_decref(model);
}

static void check_max(json_t *model, const char *name, size_t max)
{
    assert_int_equal(json_integer_value(json_object_get(shape(model, name), "max")), max);
}

static size_t fields_of_group(unsigned group)
{
    size_t i, n = 0;
    for (i = 0; i < ROWS(limits); i++) n += field(i)->group == group;
    return n;
}

static size_t members_of(json_t *structure)
{
    return json_object_size(json_object_get(structure, "members"));
}

/* Every member of the model is in a table, or is References, SegmentAttributes or the recipients. */
static void no_member_of_the_service_model_is_missing(void **state)
{
    json_t *model = service_model();
    (void)state;
    if (model == NULL) return;
    assert_int_equal(members_of(shape(model, "UpdateContactRequest")),
                     fields_of_group(CUCI_IN_PATH) + fields_of_group(CUCI_IN_TOP) + 3 + 4);
    assert_int_equal(members_of(shape(model, "QueueInfoInput")), fields_of_group(CUCI_IN_QUEUE));
    assert_int_equal(members_of(shape(model, "UserInfo")), fields_of_group(CUCI_IN_USER));
    assert_int_equal(members_of(shape(model, "Endpoint")), fields_of_group(CUCI_IN_CUSTOMER));
    assert_int_equal(members_of(shape(model, "Endpoint")), fields_of_group(CUCI_IN_SYSTEM));
    assert_int_equal(members_of(shape(model, "Reference")), fields_of_group(CUCI_IN_REFERENCES));
    assert_int_equal(members_of(shape(model, "NullableAdditionalRecipients")), 1);
    assert_int_equal(members_of(shape(model, "EmailAddressInfo")), fields_of_group(CUCI_IN_CC));
    assert_int_equal(members_of(shape(model, "SegmentAttributeValue")), 5);
    check_max(model, "ReferenceKey", 4096);
    check_max(model, "SegmentAttributeName", 128);
    check_max(model, "SegmentAttributeValueString", 1024);
    json_decref(model);
}

static void check_enum(json_t *model, const char *name, int (*known)(cuc_str))
{
    json_t *value;
    size_t  i;
    json_array_foreach(json_object_get(shape(model, name), "enum"), i, value)
    {
        const char *text = json_string_value(value);
        cuc_str     cut  = cuc_s(text);
        char        longer[64], other[64];
        if (known(cut) != 1) fail_msg("%s is not known", text);
        cut.len--;
        assert_int_equal(known(cut), 0);
        snprintf(longer, sizeof longer, "%sX", text);
        assert_int_equal(known(cuc_s(longer)), 0);
        snprintf(other, sizeof other, "%c%s", text[0] + 32, text + 1);
        assert_int_equal(known(cuc_s(other)), 0);
    }
    assert_true(i > 0);
}

static void the_known_lists_are_the_enums_of_the_service_model(void **state)
{
    json_t *model = service_model();
    (void)state;
    if (model == NULL) return;
    check_enum(model, "ReferenceType", cuc_known_reference_type);
    check_enum(model, "ReferenceStatus", cuc_known_reference_status);
    check_enum(model, "EndpointType", cuc_known_endpoint_type);
    json_decref(model);
}

static void strings_outside_the_lists_are_not_known(void **state)
{
    static const cuc_str row[] = {
        CUC_STR(""),
        CUC_STR("url"),
        CUC_STR("URLX"),
        CUC_STR("UR"),
        CUC_STR("URL\0ATTACHMENT"),
        CUC_STR("VOIP2"),
        { NULL, 0 }
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        assert_int_equal(cuc_known_reference_type(row[i]), 0);
        assert_int_equal(cuc_known_reference_status(row[i]), 0);
        assert_int_equal(cuc_known_endpoint_type(row[i]), 0);
    }
    assert_int_equal(cuc_known_reference_type(cuc_s(CUC_REFERENCE_URL)), 1);
    assert_int_equal(cuc_known_reference_type(cuc_s(CUC_REFERENCE_EMAIL_MESSAGE_REDACTED)), 1);
    assert_int_equal(cuc_known_reference_status(cuc_s(CUC_STATUS_FAILED)), 1);
    assert_int_equal(cuc_known_endpoint_type(cuc_s(CUC_ENDPOINT_EMAIL_ADDRESS)), 1);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static cuc_segment leaf(const char *key, const char *text)
{
    cuc_segment s = CUC_ZERO;
    s.key         = cuc_s(key);
    s.kind        = CUC_SEGMENT_STRING;
    s.text        = cuc_s(text);
    return s;
}

static cuc_segment holder(const char *key, cuc_segment_kind kind, const cuc_segment *items,
                          size_t n)
{
    cuc_segment s = CUC_ZERO;
    s.key         = cuc_s(key);
    s.kind        = kind;
    s.items       = items;
    s.count       = n;
    return s;
}

/* The walk in letters: a leaf is its text, containers are brackets, `*` after what is in a list. */
static void walked(const cuc_segment *root, size_t count, char *out)
{
    cuci_walk w;
    int       event;
    cuci_walk_begin(&w, root, count);
    while ((event = cuci_walk_next(&w)) != CUCI_WALK_END) {
        const int map = w.item->kind == CUC_SEGMENT_MAP;
        if (event == CUCI_WALK_LEAF)
            out += sprintf(out, "%s%s", w.item->text.ptr, w.in_list ? "*" : "");
        if (event == CUCI_WALK_OPEN) out += sprintf(out, "%s", map ? "{" : "[");
        if (event == CUCI_WALK_CLOSE) out += sprintf(out, "%s", map ? "}" : "]");
        if (event == CUCI_WALK_TOO_DEEP) {
            sprintf(out, "!");
            return;
        }
    }
    *out = 0;
}

/* The same by recursion, which the header does without. */
static char *expected_walk(const cuc_segment *items, size_t count, int in_list, char *out)
{
    size_t i;
    for (i = 0; i < count; i++) {
        const int map = items[i].kind == CUC_SEGMENT_MAP;
        if (!map && items[i].kind != CUC_SEGMENT_LIST) {
            out += sprintf(out, "%s%s", items[i].text.ptr, in_list ? "*" : "");
            continue;
        }
        out += sprintf(out, "%s", map ? "{" : "[");
        out = expected_walk(items[i].items, items[i].count, !map, out);
        out += sprintf(out, "%s", map ? "}" : "]");
    }
    *out = 0;
    return out;
}

static void a_small_tree_is_walked_in_order(void **state)
{
    cuc_segment inner[2], list[3], root[4];
    char        text[64];
    (void)state;
    inner[0] = leaf("x", "1");
    inner[1] = leaf("y", "2");
    list[0]  = leaf(NULL, "3");
    list[1]  = holder(NULL, CUC_SEGMENT_MAP, inner, 2);
    list[2]  = holder(NULL, CUC_SEGMENT_LIST, inner, 0);
    root[0]  = leaf("a", "4");
    root[1]  = holder("b", CUC_SEGMENT_MAP, inner, 2);
    root[2]  = holder("c", CUC_SEGMENT_LIST, list, 3);
    root[3]  = holder("d", CUC_SEGMENT_MAP, inner, 0);
    walked(root, 4, text);
    assert_string_equal(text, "4{12}[3*{12}[]]{}");
    walked(root, 0, text);
    assert_string_equal(text, "");
}

/* A tree of random shape in `pool`; returns the items of one container. */
static cuc_segment *random_items(uint64_t *random, unsigned depth, size_t *count,
                                 cuc_segment **pool)
{
    static const char *const texts[] = { "a", "b", "c", "d" };
    cuc_segment             *items   = *pool;
    size_t                   i;
    *count = next_random(random) % 4;
    *pool += *count;
    for (i = 0; i < *count; i++) {
        const uint32_t dice = next_random(random);
        items[i]            = leaf("k", texts[dice % 4]);
        if (depth == 0 || dice % 3 == 0) continue;
        items[i].kind  = dice % 2 == 0 ? CUC_SEGMENT_MAP : CUC_SEGMENT_LIST;
        items[i].items = random_items(random, depth - 1, &items[i].count, pool);
    }
    return items;
}

static void random_trees_are_walked_as_recursion_would(void **state)
{
    static cuc_segment pool[20000];
    static char        text[60000], expected[60000];
    uint64_t           random = 3;
    int                round;
    (void)state;
    for (round = 0; round < 400; round++) {
        cuc_segment *free_ones = pool, *root;
        size_t       count;
        root = random_items(&random, 6, &count, &free_ones);
        walked(root, count, text);
        expected_walk(root, count, 0, expected);
        assert_string_equal(text, expected);
    }
}

/* node[0] is the direct entry; each holds the next; the last is a leaf or an empty container. */
static void chain(cuc_segment *node, unsigned depth, cuc_segment_kind kind, int with_leaf)
{
    unsigned i;
    for (i = 0; i < depth; i++) node[i] = holder("k", kind, &node[i + 1], i + 1 < depth);
    if (with_leaf) node[depth - 1] = leaf("k", "x");
}

static void sixteen_levels_are_walked_and_a_seventeenth_is_not(void **state)
{
    static const cuc_segment_kind kinds[] = { CUC_SEGMENT_MAP, CUC_SEGMENT_LIST };
    cuc_segment                   node[32];
    char                          text[80];
    unsigned                      depth, k, with_leaf;
    (void)state;
    for (k = 0; k < 2; k++)
        for (with_leaf = 0; with_leaf < 2; with_leaf++)
            for (depth = 1; depth <= 30; depth++) { /* P48 */
                chain(node, depth, kinds[k], (int)with_leaf);
                walked(node, 1, text);
                assert_int_equal(strchr(text, '!') != NULL, depth > CUC_MAX_DEPTH);
                assert_int_equal(strlen(text), depth > CUC_MAX_DEPTH ? CUC_MAX_DEPTH
                                               : with_leaf ? 2 * depth - 1 + (depth > 1 && k == 1)
                                                           : 2 * depth);
            }
}

static void an_empty_container_is_allowed_at_every_level(void **state)
{
    cuc_segment node[CUC_MAX_DEPTH + 1];
    char        text[80], expected[80];
    unsigned    depth, i;
    (void)state;
    for (depth = 1; depth <= CUC_MAX_DEPTH; depth++) {
        chain(node, depth, CUC_SEGMENT_MAP, 0);
        for (i = 0; i < depth; i++) {
            expected[i]                 = '{';
            expected[2 * depth - 1 - i] = '}';
        }
        expected[2 * depth] = 0;
        walked(node, 1, text);
        assert_string_equal(text, expected);
    }
}

static void a_tree_that_contains_itself_ends_at_the_depth_limit(void **state)
{
    cuc_segment self[2];
    char        text[80];
    (void)state;
    memset(self, 0, sizeof self);
    self[0] = holder("k", CUC_SEGMENT_MAP, self, 1); /* P49 */
    walked(self, 1, text);
    assert_string_equal(text, "{{{{{{{{{{{{{{{!");
    self[0] = leaf("a", "x");
    self[1] = holder("k", CUC_SEGMENT_LIST, self, 2);
    walked(self, 2, text);
    assert_string_equal(text, "x[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*[x*!");
}

static void a_hundred_thousand_entries_are_walked(void **state)
{
    const size_t n    = 100000;
    cuc_segment *wide = block(n * sizeof *wide), top;
    cuci_walk    w;
    size_t       i;
    (void)state;
    for (i = 0; i < n; i++) wide[i] = leaf("k", "x");
    top = holder("t", CUC_SEGMENT_LIST, wide, n);
    cuci_walk_begin(&w, &top, 1);
    assert_int_equal(cuci_walk_next(&w), CUCI_WALK_OPEN);
    for (i = 0; i < n; i++) {
        assert_int_equal(cuci_walk_next(&w), CUCI_WALK_LEAF);
        assert_ptr_equal(w.item, &wide[i]);
        assert_int_equal(w.in_list, 1);
    }
    assert_int_equal(cuci_walk_next(&w), CUCI_WALK_CLOSE);
    assert_int_equal(cuci_walk_next(&w), CUCI_WALK_END);
    free(wide);
}

static void the_walk_reports_the_innermost_key(void **state)
{
    cuc_segment in_list[2], in_map[1], root[1];
    cuci_walk   w;
    cuc_str     key = CUC_ZERO;
    (void)state;
    in_list[0] = leaf("ignored", "x");
    in_list[1] = leaf(NULL, "y");
    in_map[0]  = holder("inner", CUC_SEGMENT_LIST, in_list, 2);
    root[0]    = holder("outer", CUC_SEGMENT_MAP, in_map, 1);
    cuci_walk_begin(&w, root, 1);
    (void)cuci_walk_next(&w);
    (void)cuci_walk_next(&w);
    (void)cuci_walk_next(&w);
    assert_ptr_equal(w.item, &in_list[0]);
    assert_ptr_equal(cuci_walk_node(&w, 3, &key), &in_list[0]);
    assert_int_equal(cuci_equal(&key, lent(cuc_s("inner"))), 1);
    assert_ptr_equal(cuci_walk_node(&w, 1, &key), &root[0]);
    assert_int_equal(cuci_equal(&key, lent(cuc_s("outer"))), 1);
    assert_null(cuci_walk_node(&w, 0, NULL));
}

int test_model(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_field_tables_have_the_documented_limits),
        cmocka_unit_test(each_table_row_points_to_its_member),
        cmocka_unit_test(the_field_tables_agree_with_the_service_model),
        cmocka_unit_test(no_member_of_the_service_model_is_missing),
        cmocka_unit_test(the_known_lists_are_the_enums_of_the_service_model),
        cmocka_unit_test(strings_outside_the_lists_are_not_known),
        cmocka_unit_test(a_small_tree_is_walked_in_order),
        cmocka_unit_test(random_trees_are_walked_as_recursion_would),
        cmocka_unit_test(sixteen_levels_are_walked_and_a_seventeenth_is_not),
        cmocka_unit_test(an_empty_container_is_allowed_at_every_level),
        cmocka_unit_test(a_tree_that_contains_itself_ends_at_the_depth_limit),
        cmocka_unit_test(a_hundred_thousand_entries_are_walked),
        cmocka_unit_test(the_walk_reports_the_innermost_key),
    };
    return GROUP(tests);
}
