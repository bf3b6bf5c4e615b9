/* White box, section >>json: compared byte by byte where it is short, else read by jansson. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

#include <jansson.h>

/* ---- escapes --------------------------------------------------------------------------------- */

/* What must stand in the JSON for character c; spelled out, unlike in the header. */
static const char *escape_of(unsigned c)
{
    static char       text[8];
    static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
    const char       *at = c == 0 ? NULL : strchr(letters, (int)c);
    if (at != NULL) snprintf(text, sizeof text, "\\%c", names[at - letters]);
    else if (c < 0x20) snprintf(text, sizeof text, "\\u%04x", c);
    else snprintf(text, sizeof text, "%c", (int)c);
    return text;
}

static void of_ascii_only_controls_quote_and_backslash_are_escaped(void **state)
{
    unsigned c;
    (void)state;
    for (c = 0; c < 128; c++) { /* P43 P44, and P45: DEL stays */
        const char byte = (char)c;
        char       text[8];
        cuci_out   o = cuci_writer(text, sizeof text);
        cuci_put_escaped(&o, lent(view(&byte, 1)));
        assert_int_equal(o.len, strlen(escape_of(c)));
        assert_memory_equal(text, escape_of(c), o.len);
    }
}

static void characters_beyond_ascii_are_written_as_they_are(void **state)
{
    static const char *const row[] = {
        "\x7F",
        "\xC2\x80",
        "\xC3\xA9",
        "\xE2\x80\xA8",
        "\xE2\x80\xA9", /* P45: DEL, U+2028, U+2029 */
        "\xEF\xBB\xBF",
        "\xEF\xBF\xBE",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xF0\x90\x80\x80",
        "\xF0\x9F\x98\x80",
        "\xF4\x8F\xBF\xBF",
        "e\xCC\x81",
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        char     text[16];
        cuci_out o = cuci_writer(text, sizeof text);
        cuci_put_escaped(&o, lent(cuc_s(row[i])));
        assert_int_equal(o.len, strlen(row[i]));
        assert_memory_equal(text, row[i], o.len);
    }
}

static size_t encode(uint32_t c, char *out)
{
    static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    const size_t               n      = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    size_t                     i;
    for (i = n; i > 1; i--, c >>= 6) out[i - 1] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

/* All 1,112,064 of them in one string, read back by another's reader. */
static void jansson_reads_back_every_unicode_character(void **state)
{
    const size_t room = 4 * 0x110000;
    char        *text = block(room), *json = block(room + 200);
    cuci_out     o = cuci_writer(json, room + 200);
    size_t       n = 0;
    uint32_t     c;
    json_t      *read;
    (void)state;
    for (c = 0; c <= 0x10FFFF; c++)
        if (c < 0xD800 || c > 0xDFFF) n += encode(c, text + n);
    cuci_put(&o, lent(cuc_s("\"")));
    cuci_put_escaped(&o, lent(view(text, n)));
    cuci_put(&o, lent(cuc_s("\"")));
    assert_int_equal(o.full, 0);
    read = json_loadb(json, o.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(read);
    assert_int_equal(json_string_length(read), n);
    assert_memory_equal(json_string_value(read), text, n);
    json_decref(read);
    free(json);
    free(text);
}

static void an_escape_is_written_at_every_position(void **state)
{
    static const char odd[] = "\0\x01\x1F\"\\\n";
    size_t            k, n, at;
    (void)state;
    for (k = 0; k < 6; k++)
        for (n = 1; n < 70; n++)
            for (at = 0; at < n; at++) {
                const char *escape = escape_of((unsigned char)odd[k]);
                char       *in     = block(n), out[80];
                cuci_out    o      = cuci_writer(out, sizeof out);
                memset(in, 'a', n);
                in[at] = odd[k];
                cuci_put_escaped(&o, lent(view(in, n)));
                assert_int_equal(o.len, n - 1 + strlen(escape));
                assert_memory_equal(out + at, escape, strlen(escape));
                if (at > 0) assert_int_equal(out[at - 1], 'a');
                if (at + 1 < n) assert_int_equal(out[o.len - 1], 'a');
                free(in);
            }
}

/* ---- whole bodies ---------------------------------------------------------------------------- */

static cuc_request ids_only(void)
{
    cuc_request q = small_request();
    q.name        = cuc_s(NULL);
    return q;
}

static void check_body(const cuc_request *q, const char *expected, int line)
{
    const size_t n   = strlen(expected);
    char        *buf = block(n + 1);
    cuc_result   r;
    assert_number(cuc_write_json(q, buf, n + 1, &r), CUC_OK, line);
    assert_text(buf, expected, line);
    assert_number(r.required, n + 1, line);
    free(buf);
}

static void fields_are_written_in_the_order_of_the_struct(void **state)
{
    cuc_request q = ids_only();
    (void)state;
    q.description = cuc_s("d");
    check_body(&q, "{\"Description\":\"d\"}", __LINE__);
    q.name = cuc_s("");
    check_body(&q, "{\"Name\":\"\",\"Description\":\"d\"}", __LINE__); /* unset is not empty */
    q.queue_id = cuc_s("q");
    q.user_id  = cuc_s("u");
    check_body(&q,
               "{\"Name\":\"\",\"Description\":\"d\",\"QueueInfo\":{\"Id\":\"q\"},"
               "\"UserInfo\":{\"UserId\":\"u\"}}",
               __LINE__);
    q.name        = cuc_s(NULL);
    q.description = cuc_s(NULL);
    q.queue_id    = cuc_s("");
    q.user_id     = cuc_s(NULL);
    check_body(&q, "{\"QueueInfo\":{\"Id\":\"\"}}", __LINE__);
}

static void endpoints_are_objects_of_the_members_that_are_set(void **state)
{
    static const struct {
        int         line;
        const char *type, *address, *type2, *address2, *body;
    } row[] = {
        { __LINE__, "T",  NULL, NULL, NULL, "{\"CustomerEndpoint\":{\"Type\":\"T\"}}"                },
        { __LINE__, NULL, "A",  NULL, NULL, "{\"CustomerEndpoint\":{\"Address\":\"A\"}}"             },
        { __LINE__, NULL, NULL, "T",  "",   "{\"SystemEndpoint\":{\"Type\":\"T\",\"Address\":\"\"}}" },
        { __LINE__, "T",  "A",  "U",  "B",
         "{\"CustomerEndpoint\":{\"Type\":\"T\",\"Address\":\"A\"},"
          "\"SystemEndpoint\":{\"Type\":\"U\",\"Address\":\"B\"}}"                                   },
        { __LINE__, NULL, "A",  NULL, "B",
         "{\"CustomerEndpoint\":{\"Address\":\"A\"},"
          "\"SystemEndpoint\":{\"Address\":\"B\"}}"                                                  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_request q               = ids_only();
        q.customer_endpoint.type    = cuc_s(row[i].type);
        q.customer_endpoint.address = cuc_s(row[i].address);
        q.system_endpoint.type      = cuc_s(row[i].type2);
        q.system_endpoint.address   = cuc_s(row[i].address2);
        check_body(&q, row[i].body, row[i].line);
    }
}

static void references_are_an_object_of_objects(void **state)
{
    cuc_reference r[2];
    cuc_request   q = ids_only();
    (void)state;
    memset(r, 0, sizeof r);
    q.references = r;
    check_body(&q, "{\"References\":{}}", __LINE__);
    r[0].key          = cuc_s("a\"b");
    r[0].type         = cuc_s("URL");
    q.reference_count = 1;
    check_body(&q, "{\"References\":{\"a\\\"b\":{\"Type\":\"URL\"}}}", __LINE__);
    r[0].value         = cuc_s("https://x/?y=%20&z#\xC3\xA9"); /* a URL is sent as it is */
    r[0].status        = cuc_s("APPROVED");
    r[0].arn           = cuc_s("arn:aws:x:12345678901");
    r[0].status_reason = cuc_s("");
    r[1].key           = cuc_s("b");
    r[1].type          = cuc_s("");
    q.reference_count  = 2;
    q.name             = cuc_s("n");
    check_body(&q,
               "{\"Name\":\"n\",\"References\":{\"a\\\"b\":{\"Type\":\"URL\","
               "\"Value\":\"https://x/?y=%20&z#\xC3\xA9\",\"Status\":\"APPROVED\","
               "\"Arn\":\"arn:aws:x:12345678901\",\"StatusReason\":\"\"},"
               "\"b\":{\"Type\":\"\"}}}",
               __LINE__);
}

static cuc_segment segment(const char *key, cuc_segment_kind kind, const char *text,
                           const cuc_segment *items, size_t count)
{
    cuc_segment s = CUC_ZERO;
    s.key         = cuc_s(key);
    s.kind        = kind;
    s.text        = cuc_s(text);
    s.items       = items;
    s.count       = count;
    return s;
}

static void segment_attributes_are_tagged_values(void **state)
{
    cuc_segment s[4], inner[2];
    cuc_request q = ids_only();
    (void)state;
    q.segment_attributes = s;
    check_body(&q, "{\"SegmentAttributes\":{}}", __LINE__);
    inner[0]                  = segment("x", CUC_SEGMENT_STRING, "1", NULL, 0);
    inner[1]                  = segment("y", CUC_SEGMENT_ARN, "2", NULL, 0);
    s[0]                      = segment("connect:ContactExpiry", CUC_SEGMENT_MAP, NULL, inner, 2);
    s[1]                      = segment("l", CUC_SEGMENT_LIST, NULL, inner, 2);
    s[2]                      = segment("e", CUC_SEGMENT_MAP, NULL, inner, 0);
    s[3]                      = segment("f", CUC_SEGMENT_LIST, NULL, inner, 0);
    q.segment_attribute_count = 4;
    check_body(&q,
               "{\"SegmentAttributes\":{"
               "\"connect:ContactExpiry\":{\"ValueMap\":{\"x\":{\"ValueString\":\"1\"},"
               "\"y\":{\"ValueArn\":\"2\"}}},"
               "\"l\":{\"ValueList\":[{\"ValueString\":\"1\"},{\"ValueArn\":\"2\"}]},"
               "\"e\":{\"ValueMap\":{}},\"f\":{\"ValueList\":[]}}}",
               __LINE__);
}

static void integers_are_written_in_full_at_their_limits(void **state)
{
    static const struct {
        int32_t     n;
        const char *text;
    } row[] = {
        /* P46: no double is involved */
        { 0,             "0"           },
        { -1,            "-1"          },
        { 10,            "10"          },
        { 16777217,      "16777217"    },
        { -16777217,     "-16777217"   },
        { INT32_MAX,     "2147483647"  },
        { INT32_MIN,     "-2147483648" },
        { INT32_MIN + 1, "-2147483647" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        char        expected[96];
        cuc_segment s             = segment("k", CUC_SEGMENT_INTEGER, "not looked at", NULL, 0);
        cuc_request q             = ids_only();
        s.integer                 = row[i].n;
        q.segment_attributes      = &s;
        q.segment_attribute_count = 1;
        snprintf(expected, sizeof expected, "{\"SegmentAttributes\":{\"k\":{\"ValueInteger\":%s}}}",
                 row[i].text);
        check_body(&q, expected, __LINE__);
    }
}

static void a_ready_body_is_sent_byte_by_byte(void **state)
{
    cuc_request q = ids_only();
    (void)state;
    q.body = cuc_s("\n {\"Future\" : [ 1.50, \"\xC3\xA9\\u00e9\" ] }\n");
    check_body(&q, q.body.ptr, __LINE__);
}

/* ---- trees, compared with jansson ------------------------------------------------------------ */

static void check_string(const json_t *j, cuc_str s)
{
    assert_non_null(j);
    assert_int_equal(json_string_length(j), s.len);
    assert_memory_equal(json_string_value(j), s.ptr, s.len);
}

static void check_items(const json_t *j, const cuc_segment *items, size_t count, int list);

static void check_segment(json_t *j, const cuc_segment *s)
{
    assert_int_equal(json_object_size(j), 1);
    if (s->kind == CUC_SEGMENT_STRING) check_string(json_object_get(j, "ValueString"), s->text);
    if (s->kind == CUC_SEGMENT_ARN) check_string(json_object_get(j, "ValueArn"), s->text);
    if (s->kind == CUC_SEGMENT_MAP)
        check_items(json_object_get(j, "ValueMap"), s->items, s->count, 0);
    if (s->kind == CUC_SEGMENT_LIST)
        check_items(json_object_get(j, "ValueList"), s->items, s->count, 1);
    if (s->kind != CUC_SEGMENT_INTEGER) return;
    assert_true(json_is_integer(json_object_get(j, "ValueInteger")));
    assert_int_equal(json_integer_value(json_object_get(j, "ValueInteger")), s->integer);
}

static void check_items(const json_t *j, const cuc_segment *items, size_t count, int list)
{
    size_t i;
    assert_true(list ? json_is_array(j) : json_is_object(j));
    assert_int_equal(list ? json_array_size(j) : json_object_size(j), count);
    for (i = 0; i < count; i++)
        check_segment(list ? json_array_get(j, i) : json_object_get(j, items[i].key.ptr),
                      &items[i]);
}

/* Containers down to `depth`; leaves of every kind with every character that is escaped or long. */
static cuc_segment *random_items(uint64_t *random, unsigned depth, size_t *count,
                                 cuc_segment **pool)
{
    static const char *const texts[] = { "", "a\"b\\c", "\n\t\x01\x1F",
                                         "\xC3\xA9\xF0\x9F\x98\x80" };
    static const char *const keys[]  = { "k\"1", "k\\2", "k\n3", "\xE2\x80\xA8", "5" };
    cuc_segment             *items   = *pool;
    size_t                   i;
    *count = next_random(random) % 6;
    *pool += *count;
    for (i = 0; i < *count; i++) {
        const uint32_t dice = next_random(random);
        items[i] = segment(keys[i], (cuc_segment_kind)(1 + dice % 3), texts[dice / 8 % 4], NULL, 0);
        items[i].integer = (int32_t)next_random(random);
        if (depth < 2 || dice / 32 % 3 != 0) continue;
        items[i].kind  = dice % 2 == 0 ? CUC_SEGMENT_MAP : CUC_SEGMENT_LIST;
        items[i].items = random_items(random, depth - 1, &items[i].count, pool);
    }
    return items;
}

static json_t *written_and_read(const cuc_request *q)
{
    cuc_result r;
    char      *buf;
    json_t    *j;
    assert_int_equal(cuc_write_json(q, NULL, 0, &r), CUC_E_SPACE);
    buf = block(r.required);
    assert_int_equal(cuc_write_json(q, buf, r.required, &r), CUC_OK);
    assert_int_equal(strlen(buf), r.required - 1);
    j = json_loadb(buf, r.required - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (j == NULL) fail_msg("%s", buf);
    free(buf);
    return j;
}

static void jansson_reads_back_random_trees(void **state)
{
    static cuc_segment pool[60000];
    uint64_t           random = 4;
    int                round;
    (void)state;
    for (round = 0; round < 500; round++) {
        cuc_segment *free_ones = pool;
        cuc_request  q         = ids_only();
        json_t      *j;
        q.segment_attributes =
            random_items(&random, CUC_MAX_DEPTH, &q.segment_attribute_count, &free_ones);
        j = written_and_read(&q);
        check_items(json_object_get(j, "SegmentAttributes"), q.segment_attributes,
                    q.segment_attribute_count, 0);
        json_decref(j);
    }
}

static void a_chain_of_sixteen_containers_is_written_whole(void **state)
{
    cuc_segment node[CUC_MAX_DEPTH];
    unsigned    depth, i, kind;
    (void)state;
    for (kind = 0; kind < 2; kind++)
        for (depth = 1; depth <= CUC_MAX_DEPTH; depth++) { /* P48 */
            cuc_request q = ids_only();
            json_t     *j;
            for (i = 0; i < depth; i++)
                node[i] = segment("k", kind == 0 ? CUC_SEGMENT_MAP : CUC_SEGMENT_LIST, NULL,
                                  &node[i + 1 < depth ? i + 1 : i], i + 1 < depth);
            q.segment_attributes      = node;
            q.segment_attribute_count = 1;
            j                         = written_and_read(&q);
            check_items(json_object_get(j, "SegmentAttributes"), node, 1, 0);
            json_decref(j);
        }
}

static void a_nul_in_a_value_or_key_is_kept(void **state)
{
    cuc_request   q = ids_only();
    cuc_reference r = CUC_ZERO;
    json_t       *j;
    (void)state;
    q.name            = view("a\0b\0", 4); /* P43 */
    r.key             = view("k", 1);
    r.type            = view("T\0", 2);
    q.references      = &r;
    q.reference_count = 1;
    j                 = written_and_read(&q);
    check_string(json_object_get(j, "Name"), q.name);
    check_string(json_object_get(json_object_get(json_object_get(j, "References"), "k"), "Type"),
                 r.type);
    json_decref(j);
    r.key = view("k\0l", 3);
    check_body(&q,
               "{\"Name\":\"a\\u0000b\\u0000\",\"References\":{\"k\\u0000l\":"
               "{\"Type\":\"T\\u0000\"}}}",
               __LINE__);
}

/* ---- capacity -------------------------------------------------------------------------------- */

static void every_capacity_gives_the_body_or_an_empty_string(void **state)
{
    cuc_segment   s = segment("k\n", CUC_SEGMENT_STRING, "\x01\x02 \"q\"", NULL, 0);
    cuc_reference f = CUC_ZERO;
    cuc_request   q = ids_only();
    cuc_result    r;
    size_t        required, cap, i;
    (void)state;
    q.name                    = cuc_s("\\\\\xC3\xA9");
    f.key                     = cuc_s("r");
    f.type                    = cuc_s("T");
    q.references              = &f;
    q.reference_count         = 1;
    q.segment_attributes      = &s;
    q.segment_attribute_count = 1;
    cuc_write_json(&q, NULL, 0, &r);
    required = r.required;
    for (cap = 0; cap <= required + 1; cap++) { /* P51 */
        char *buf = block(cap);
        memset(buf, 0x5A, cap);
        assert_int_equal(cuc_write_json(&q, buf, cap, &r), cap < required ? CUC_E_SPACE : CUC_OK);
        assert_int_equal(r.required, required);
        if (cap > 0) assert_int_equal(strlen(buf), cap < required ? 0 : required - 1);
        for (i = required; i < cap; i++) assert_int_equal(buf[i], 0x5A);
        free(buf);
    }
}

static void control_characters_take_six_bytes_each(void **state)
{
    char        text[1024];
    cuc_request q = ids_only();
    cuc_result  r;
    (void)state;
    memset(text, 1, sizeof text);
    q.name = view(text, sizeof text);
    cuc_write_json(&q, NULL, 0, &r);
    assert_int_equal(r.required, strlen("{\"Name\":\"\"}") + 6 * sizeof text + 1);
}

static void an_invalid_request_writes_nothing(void **state)
{
    char        buf[64];
    cuc_request q = ids_only();
    cuc_result  r;
    (void)state;
    memset(buf, 0x5A, sizeof buf);
    assert_int_equal(cuc_write_json(&q, buf, sizeof buf, &r), CUC_E_NOTHING);
    assert_int_equal(r.required, 0);
    assert_int_equal(buf[0], 0x5A);
    q.name = cuc_s("\xED\xA0\x80"); /* P40 */
    assert_int_equal(cuc_write_json(&q, buf, sizeof buf, &r), CUC_E_UTF8);
    assert_int_equal(buf[0], 0x5A);
}

static void cc_recipients_are_a_list_in_an_object(void **state)
{
    static const cuc_email_address cc[] = {
        { CUC_STR("a@b.c"), CUC_STR("A \"quoted\" name") },
        { CUC_STR("d@e.f"), CUC_ZERO                     },
    };
    cuc_request q = ids_only();
    (void)state;
    q.cc_email_addresses     = cc;
    q.cc_email_address_count = 2;
    check_body(&q,
               "{\"AdditionalRecipients\":{\"CcEmailAddresses\":[{\"EmailAddress\":\"a@b.c\","
               "\"DisplayName\":\"A \\\"quoted\\\" name\"},{\"EmailAddress\":\"d@e.f\"}]}}",
               __LINE__);
    q.cc_email_address_count = 0;
    q.name                   = cuc_s("n");
    check_body(&q, "{\"Name\":\"n\",\"AdditionalRecipients\":{\"CcEmailAddresses\":[]}}", __LINE__);
}

static void cc_recipients_are_a_list_in_an_object_or_an_empty_list(void **state)
{
    static const cuc_email_address cc[] = {
        { CUC_STR("a@b.c"), { NULL, 0 }               },
        { CUC_STR("d@e.f"), CUC_STR("\"D\" \xC3\xA9") },
    };
    cuc_request q = ids_only();
    (void)state;
    q.cc_email_addresses = cc;
    check_body(&q, "{\"AdditionalRecipients\":{\"CcEmailAddresses\":[]}}", __LINE__);
    q.name                   = cuc_s("n");
    q.cc_email_address_count = 2;
    check_body(&q,
               "{\"Name\":\"n\",\"AdditionalRecipients\":{\"CcEmailAddresses\":["
               "{\"EmailAddress\":\"a@b.c\"},"
               "{\"EmailAddress\":\"d@e.f\",\"DisplayName\":\"\\\"D\\\" \xC3\xA9\"}]}}",
               __LINE__);
}

int test_json(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cc_recipients_are_a_list_in_an_object_or_an_empty_list),
        cmocka_unit_test(of_ascii_only_controls_quote_and_backslash_are_escaped),
        cmocka_unit_test(characters_beyond_ascii_are_written_as_they_are),
        cmocka_unit_test(jansson_reads_back_every_unicode_character),
        cmocka_unit_test(an_escape_is_written_at_every_position),
        cmocka_unit_test(fields_are_written_in_the_order_of_the_struct),
        cmocka_unit_test(endpoints_are_objects_of_the_members_that_are_set),
        cmocka_unit_test(references_are_an_object_of_objects),
        cmocka_unit_test(segment_attributes_are_tagged_values),
        cmocka_unit_test(integers_are_written_in_full_at_their_limits),
        cmocka_unit_test(a_ready_body_is_sent_byte_by_byte),
        cmocka_unit_test(jansson_reads_back_random_trees),
        cmocka_unit_test(a_chain_of_sixteen_containers_is_written_whole),
        cmocka_unit_test(a_nul_in_a_value_or_key_is_kept),
        cmocka_unit_test(every_capacity_gives_the_body_or_an_empty_string),
        cmocka_unit_test(control_characters_take_six_bytes_each),
        cmocka_unit_test(an_invalid_request_writes_nothing),
        cmocka_unit_test(cc_recipients_are_a_list_in_an_object),
    };
    return GROUP(tests);
}
