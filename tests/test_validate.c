/* White box, section >>validate: what is refused, the field path, the sentence. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

/* ---- a valid request that has everything, and the places in it ------------------------------- */

typedef struct sample {
    cuc_request   q;
    cuc_reference r[2];
    cuc_segment   s[3], inner[2];
} sample;

static void segment(cuc_segment *s, const char *key, cuc_segment_kind kind, const char *text)
{
    memset(s, 0, sizeof *s);
    s->key  = cuc_s(key);
    s->kind = kind;
    s->text = cuc_s(text);
}

static void fill_segments(sample *m)
{
    segment(&m->s[0], "s", CUC_SEGMENT_STRING, "text");
    segment(&m->s[1], "b", CUC_SEGMENT_ARN, "arn:aws:x");
    segment(&m->s[2], "m", CUC_SEGMENT_MAP, NULL);
    segment(&m->inner[0], "i", CUC_SEGMENT_INTEGER, NULL);
    segment(&m->inner[1], "n", CUC_SEGMENT_STRING, "");
    m->s[2].items                = m->inner;
    m->s[2].count                = 2;
    m->q.segment_attributes      = m->s;
    m->q.segment_attribute_count = 3;
}

static void fill(sample *m)
{
    memset(m, 0, sizeof *m);
    m->q                           = small_request();
    m->q.description               = cuc_s("d");
    m->q.queue_id                  = cuc_s("q");
    m->q.user_id                   = cuc_s("u");
    m->r[0].key                    = cuc_s("k");
    m->r[0].type                   = cuc_s(CUC_REFERENCE_URL);
    m->r[0].value                  = cuc_s("https://example.com/?a=b#c");
    m->r[1].key                    = cuc_s("l");
    m->r[1].type                   = cuc_s("ANY_TYPE_OF_THE_FUTURE");
    m->q.references                = m->r;
    m->q.reference_count           = 2;
    m->q.customer_endpoint.type    = cuc_s(CUC_ENDPOINT_VOIP);
    m->q.customer_endpoint.address = cuc_s("x");
    m->q.system_endpoint.type      = cuc_s("y");
    m->q.system_endpoint.address   = cuc_s("z");
    fill_segments(m);
}

#define AT(member) offsetof(sample, member)

static const struct spot {
    const char *where;
    size_t      offset;
    size_t      min, max; /* characters; max 0: no limit */
    int         required;
} spots[] = {
    { "InstanceId",                           AT(q.instance_id),               1,  100,  1 },
    { "ContactId",                            AT(q.contact_id),                1,  256,  1 },
    { "Name",                                 AT(q.name),                      0,  1024, 0 },
    { "Description",                          AT(q.description),               0,  4096, 0 },
    { "QueueInfo.Id",                         AT(q.queue_id),                  0,  0,    0 },
    { "UserInfo.UserId",                      AT(q.user_id),                   1,  256,  0 },
    { "CustomerEndpoint.Type",                AT(q.customer_endpoint.type),    0,  0,    0 },
    { "CustomerEndpoint.Address",             AT(q.customer_endpoint.address), 0,  256,  0 },
    { "SystemEndpoint.Type",                  AT(q.system_endpoint.type),      0,  0,    0 },
    { "SystemEndpoint.Address",               AT(q.system_endpoint.address),   0,  256,  0 },
    { "References[\"k\"].Type",               AT(r[0].type),                   0,  0,    1 },
    { "References[\"k\"].Value",              AT(r[0].value),                  0,  4096, 0 },
    { "References[\"k\"].Status",             AT(r[0].status),                 0,  0,    0 },
    { "References[\"k\"].Arn",                AT(r[0].arn),                    20, 256,  0 },
    { "References[\"k\"].StatusReason",       AT(r[0].status_reason),          0,  100,  0 },
    { "References[\"l\"].Type",               AT(r[1].type),                   0,  0,    1 },
    { "SegmentAttributes[\"s\"].ValueString", AT(s[0].text),                   0,  1024, 1 },
    { "SegmentAttributes[\"b\"].ValueArn",    AT(s[1].text),                   0,  1024, 1 },
    { "SegmentAttributes[\"n\"].ValueString", AT(inner[1].text),               0,  1024, 1 },
};

static const struct spot keys[] = {
    /* where: %s is the key, as far as it is shown */
    { "References[\"%s\"].key",        AT(r[0].key),     1, 4096, 1 },
    { "SegmentAttributes[\"%s\"].key", AT(s[0].key),     1, 128,  1 },
    { "SegmentAttributes[\"%s\"].key", AT(inner[0].key), 1, 128,  1 },
};

static cuc_str *at(sample *m, const struct spot *p)
{
    return (cuc_str *)(void *)((char *)m + p->offset);
}

/* A value of n characters of `width` bytes each, the first one an ASCII letter, as Arn wants it. */
static cuc_str characters(size_t n, size_t width)
{
    static const char *const each[] = { "", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80" };
    const size_t             len    = n == 0 ? 0 : 1 + (n - 1) * width;
    char                    *text   = block(len);
    cuc_str                  s;
    size_t                   i;
    if (n > 0) text[0] = 'a';
    for (i = 1; i < n; i++) memcpy(text + 1 + (i - 1) * width, each[width], width);
    s.ptr = text;
    s.len = len;
    return s;
}

static void drop(cuc_str s)
{
    void *p;
    memcpy(&p, &s.ptr, sizeof p);
    free(p);
}

/* ---- what must come out ---------------------------------------------------------------------- */

static const cuc_result clean; /* all zeroes */

static void check_valid(const sample *m, const char *what)
{
    cuc_result r;
    memset(&r, 0xA5, sizeof r);
    if (cuc_validate(&m->q, &r) != CUC_OK) fail_msg("%s: %s", what, r.where);
    assert_memory_equal(&r, &clean, sizeof r);
}

static void check_sentence(const cuc_result *r, const char *sentence)
{
    const size_t n    = strlen(sentence);
    char        *text = block(n + 1);
    assert_int_equal(cuc_result_text(r, text, n + 1), n);
    assert_string_equal(text, sentence);
    free(text);
}

static void check_refused(const sample *m, cuc_status status, const char *where,
                          const char *sentence)
{
    cuc_result r;
    char       expected[256];
    memset(&r, 0xA5, sizeof r);
    assert_int_equal(cuc_validate(&m->q, &r), status);
    assert_int_equal(r.status, status);
    assert_string_equal(r.where, where);
    assert_memory_equal(r.message, clean.message,
                        sizeof r.message); /* it is scratch space meanwhile */
    snprintf(expected, sizeof expected, "%s%s%s", where, where[0] != 0 ? ": " : "", sentence);
    check_sentence(&r, expected);
}

static void check_limit(const sample *m, const char *where, size_t actual, size_t allowed,
                        int bytes)
{
    cuc_result r;
    char       words[128];
    assert_int_equal(cuc_validate(&m->q, &r), CUC_E_LIMIT);
    assert_int_equal(r.actual, actual);
    assert_int_equal(r.allowed, allowed);
    assert_int_equal(r.bytes, bytes);
    snprintf(words, sizeof words, "%lu %s, at %s %lu", (unsigned long)actual,
             bytes ? "bytes" : "characters", actual > allowed ? "most" : "least",
             (unsigned long)allowed);
    check_refused(m, CUC_E_LIMIT, where, words);
}

/* ---- lengths --------------------------------------------------------------------------------- */

/* References[..].Value counts for the sum of 4096 bytes, too. */
static int over_the_sum(const struct spot *p, cuc_str s)
{
    return p->offset == AT(r[0].value) && s.len > 4096;
}

static void check_length(const struct spot *p, const char *where, size_t n, size_t width)
{
    const cuc_str s = characters(n, width);
    sample        m;
    fill(&m);
    *at(&m, p) = s;
    if (p->max > 0 && s.len > 4 * p->max) check_limit(&m, where, s.len, 4 * p->max, 1);
    else if (n < p->min) check_limit(&m, where, n, p->min, 0);
    else if (p->max > 0 && n > p->max) check_limit(&m, where, n, p->max, 0);
    else if (over_the_sum(p, s)) check_limit(&m, "References", s.len, 4096, 1);
    else check_valid(&m, where);
    drop(s);
}

static void limits_count_characters_as_the_model_says(void **state)
{
    size_t i, width;
    (void)state;
    for (i = 0; i < ROWS(spots); i++)
        for (width = 1; width <= 4; width++) {
            const struct spot *p = &spots[i];
            check_length(p, p->where, 0, width);
            if (p->min > 1) check_length(p, p->where, p->min - 1, width);
            if (p->min > 0) check_length(p, p->where, p->min, width);
            check_length(p, p->where, p->max > 0 ? p->max - 1 : 5000, width);
            check_length(p, p->where, p->max > 0 ? p->max : 70000, width);
            if (p->max > 0) check_length(p, p->where, p->max + 1, width);
        }
}

static void keys_have_limits_and_are_shown_up_to_32_bytes(void **state)
{
    static const char shown_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                      shown_q[] = "a???????????????????????????????";
    size_t i, width;
    (void)state;
    for (i = 0; i < ROWS(keys); i++)
        for (width = 1; width <= 4; width++) {
            const struct spot *p = &keys[i];
            char               where[sizeof(((cuc_result *)0)->where)];
            snprintf(where, sizeof where, p->where, "");
            check_length(p, where, 0, width);
            snprintf(where, sizeof where, p->where, "a");
            check_length(p, where, 1, width);
            snprintf(where, sizeof where, p->where, width == 1 ? shown_a : shown_q);
            check_length(p, where, p->max, width);
            check_length(p, where, p->max + 1, width);
        }
}

/* P50: nobody meant such a length, and the pointer may be anything. */
static void a_length_over_4_times_the_limit_is_refused_unread(void **state)
{
    size_t i, k;
    (void)state;
    for (i = 0; i < ROWS(spots); i++) {
        const struct spot *p         = &spots[i];
        const size_t       lengths[] = { 4 * p->max + 1, 5 * p->max, SIZE_MAX / 2, SIZE_MAX - 1,
                                         SIZE_MAX };
        if (p->max == 0) continue; /* no limit: all of it is read */
        for (k = 0; k < ROWS(lengths); k++) {
            sample m;
            fill(&m);
            at(&m, p)->ptr = (const char *)(uintptr_t)64; /* nothing can be read there */
            at(&m, p)->len = lengths[k];
            check_limit(&m, p->where, lengths[k], 4 * p->max, 1);
        }
    }
}

static void an_absurdly_long_key_is_refused_unread(void **state)
{
    sample m;
    char   key[32 + 1];
    (void)state;
    memset(key, 'k', sizeof key); /* 32 bytes of it are shown, so these are read */
    fill(&m);
    m.r[0].key.ptr = key;
    m.r[0].key.len = SIZE_MAX;
    check_limit(&m, "References[\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\"].key", SIZE_MAX, 4 * 4096, 1);
}

/* ---- unset, ill-formed ----------------------------------------------------------------------- */

static void unset_fields_are_left_out_or_named_as_required(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(spots); i++) {
        sample m;
        fill(&m);
        at(&m, &spots[i])->ptr = NULL;
        at(&m, &spots[i])->len = 0;
        if (spots[i].required)
            check_refused(&m, CUC_E_REQUIRED, spots[i].where, "required, but not set");
        else check_valid(&m, spots[i].where);
        at(&m, &spots[i])->len = 7; /* a length without a pointer is a mistake */
        check_refused(&m, CUC_E_REQUIRED, spots[i].where, "required, but not set");
    }
}

static void an_unset_key_is_named_by_its_index(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.r[1].key.ptr = NULL;
    check_refused(&m, CUC_E_REQUIRED, "References[1].key", "required, but not set");
    fill(&m);
    m.s[2].key.ptr = NULL;
    check_refused(&m, CUC_E_REQUIRED, "SegmentAttributes[2].key", "required, but not set");
    fill(&m);
    m.inner[0].key.ptr = NULL;
    check_refused(&m, CUC_E_REQUIRED, "SegmentAttributes[0].key", "required, but not set");
}

static const char *const ill_formed[] = {
    /* P40; each is cut or followed by good text below */
    "\x80",
    "\xBF",
    "\xC0\x80",
    "\xC1\xBF",
    "\xC3",
    "\xE2\x82",
    "\xE0\x80\x80",
    "\xED\xA0\x80",
    "\xED\xBF\xBF",
    "\xF0\x9F\x98",
    "\xF0\x80\x80\x80",
    "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80",
    "\xFE",
    "\xFF",
};

static void check_ill_formed(const struct spot *p, const char *where, const char *bytes,
                             size_t before, size_t after)
{
    const size_t n    = strlen(bytes);
    char        *text = block(before + n + after);
    sample       m;
    memset(text, 'a', before + n + after);
    memcpy(text + before, bytes, n);
    fill(&m);
    at(&m, p)->ptr = text;
    at(&m, p)->len = before + n + after;
    check_refused(&m, CUC_E_UTF8, where, "not well-formed UTF-8");
    free(text);
}

static void ill_formed_utf8_is_refused_in_every_field(void **state)
{
    size_t i, k;
    (void)state;
    for (i = 0; i < ROWS(spots); i++)
        for (k = 0; k < ROWS(ill_formed); k++) {
            check_ill_formed(&spots[i], spots[i].where, ill_formed[k], 0, 0);
            check_ill_formed(&spots[i], spots[i].where, ill_formed[k], 30, 0);
            check_ill_formed(&spots[i], spots[i].where, ill_formed[k], 9, 20);
        }
}

static void an_ill_formed_key_is_shown_with_question_marks(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(keys); i++) {
        char where[sizeof(((cuc_result *)0)->where)];
        snprintf(where, sizeof where, keys[i].where, "aa?a");
        check_ill_formed(&keys[i], where, "\xFF", 2, 1);
    }
}

static void keys_are_shown_in_printable_ascii_only(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.r[0].key  = cuc_s("a\x01\x1F \x7E\x7F\xC3\xA9\"\\z");
    m.r[0].type = cuc_s(NULL);
    check_refused(&m, CUC_E_REQUIRED, "References[\"a?? ~???\"\\z\"].Type",
                  "required, but not set");
}

/* ---- ids, Arn, body -------------------------------------------------------------------------- */

static void only_ids_that_would_change_the_path_are_refused(void **state)
{
    static const struct {
        const char *id;
        int         good;
    } row[] = {
        /* P07 */
        { ".",        0 },
        { "..",       0 },
        { "...",      1 },
        { ".x",       1 },
        { "..x",      1 },
        { "x.",       1 },
        { "x..",      1 },
        { "a/b",      1 },
        { "../x",     1 },
        { "/",        1 },
        { "%2e",      1 },
        { " ",        1 },
        { "a:b%c",    1 },
        { "\xC3\xA9", 1 },
        { "\r\n",     1 },
    };
    size_t i;
    sample m;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        fill(&m);
        m.q.instance_id = cuc_s(row[i].id);
        if (row[i].good) check_valid(&m, row[i].id);
        else check_refused(&m, CUC_E_VALUE, "InstanceId", "not a value that the service accepts");
        fill(&m);
        m.q.contact_id = cuc_s(row[i].id);
        if (row[i].good) check_valid(&m, row[i].id);
        else check_refused(&m, CUC_E_VALUE, "ContactId", "not a value that the service accepts");
    }
}

static void of_a_reference_arn_only_the_first_character_is_checked(void **state)
{
    char     arn[32];
    unsigned c;
    sample   m;
    (void)state;
    for (c = 1; c < 128; c++) {
        const int good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                         (c >= 'a' && c <= 'z') || c == '-' || c == ':' || c == '/';
        snprintf(arn, sizeof arn, "%c \x01\xC3\xA9 and anything else", (int)c);
        fill(&m);
        m.r[1].arn = cuc_s(arn);
        if (good) check_valid(&m, arn);
        else
            check_refused(&m, CUC_E_VALUE, "References[\"l\"].Arn",
                          "not a value that the service accepts");
    }
    fill(&m);
    m.r[1].arn = cuc_s("\xC3\xA9 first, which is no letter of the pattern");
    check_refused(&m, CUC_E_VALUE, "References[\"l\"].Arn", "not a value that the service accepts");
}

static void a_ready_body_must_be_one_json_object(void **state)
{
    static const struct {
        const char *body;
        cuc_status  status;
    } row[] = {
        { "{}",                          CUC_OK      },
        { " \t\r\n{\"Future\":[1,2]}",   CUC_OK      },
        { "{ not looked at any further", CUC_OK      },
        { "",                            CUC_E_VALUE },
        { " ",                           CUC_E_VALUE },
        { "[]",                          CUC_E_VALUE },
        { "\"{\"",                       CUC_E_VALUE },
        { "\xEF\xBB\xBF{}",              CUC_E_VALUE }, /* a byte order mark is no JSON */
        { "{\"a\":\"\xFF\"}",            CUC_E_UTF8  },
        { "[\xFF",                       CUC_E_UTF8  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        sample m;
        memset(&m, 0, sizeof m);
        m.q      = small_request();
        m.q.name = cuc_s(NULL);
        m.q.body = cuc_s(row[i].body);
        if (row[i].status == CUC_OK) check_valid(&m, row[i].body);
        else check_refused(&m, row[i].status, "body", cuc_status_string(row[i].status));
    }
}

static void a_ready_body_excludes_all_fields_but_the_ids(void **state)
{
    size_t i;
    (void)state;
    for (i = 2; i < 10; i++) {
        sample m;
        memset(&m, 0, sizeof m);
        m.q                = small_request();
        m.q.name           = cuc_s(NULL);
        m.q.body           = cuc_s("{}");
        *at(&m, &spots[i]) = cuc_s("x");
        check_refused(&m, CUC_E_VALUE, "body", "not a value that the service accepts");
    }
    for (i = 0; i < 4; i++) {
        sample m;
        fill(&m);
        memset(&m.q, 0, sizeof m.q);
        m.q      = small_request();
        m.q.name = cuc_s(NULL);
        m.q.body = cuc_s("{}");
        if (i == 0) m.q.references = m.r;
        if (i == 1) m.q.segment_attributes = m.s;
        if (i == 2) m.q.instance_id = cuc_s("..");
        if (i < 2) check_refused(&m, CUC_E_VALUE, "body", "not a value that the service accepts");
        if (i == 2)
            check_refused(&m, CUC_E_VALUE, "InstanceId", "not a value that the service accepts");
        if (i == 3) check_valid(&m, "body");
    }
}

static void one_field_to_update_is_required_and_enough(void **state)
{
    static const char sentence[] = "nothing to update: set at least one field";
    size_t            i;
    sample            m;
    (void)state;
    memset(&m, 0, sizeof m);
    m.q      = small_request();
    m.q.name = cuc_s(NULL);
    check_refused(&m, CUC_E_NOTHING, "", sentence);
    for (i = 2; i < 10; i++) {
        *at(&m, &spots[i]) = cuc_s("x");
        check_valid(&m, spots[i].where);
        *at(&m, &spots[i]) = cuc_s(NULL);
    }
    m.q.references = m.r;
    check_valid(&m, "references");
    m.q.references         = NULL;
    m.q.segment_attributes = m.s;
    check_valid(&m, "segment attributes");
}

static void any_combination_of_fields_is_accepted(void **state)
{
    unsigned choice, i;
    (void)state;
    for (choice = 1; choice < 1024; choice++) {
        sample m;
        memset(&m, 0, sizeof m);
        m.q      = small_request();
        m.q.name = cuc_s(NULL);
        for (i = 0; i < 8; i++)
            if ((choice >> i & 1) != 0) *at(&m, &spots[2 + i]) = cuc_s("x");
        if ((choice >> 8 & 1) != 0) m.q.references = m.r;
        if ((choice >> 9 & 1) != 0) m.q.segment_attributes = m.s;
        check_valid(&m, "a choice of fields");
    }
}

/* ---- the sum of all values ------------------------------------------------------------------- */

static void the_values_of_all_references_have_at_most_4096_bytes(void **state)
{
    static char   text[5000];
    cuc_reference r[3];
    size_t        i, sum;
    sample        m;
    (void)state;
    memset(text, 'v', sizeof text);
    for (sum = 4094; sum <= 4099; sum++) {
        fill(&m);
        memset(r, 0, sizeof r);
        for (i = 0; i < 3; i++) {
            r[i].key       = cuc_s(i == 0 ? "x" : i == 1 ? "y" : "z");
            r[i].type      = cuc_s("STRING");
            r[i].value.ptr = text;
            r[i].value.len = i == 2 ? sum - 2 * 1365 : 1365;
        }
        m.q.references      = r;
        m.q.reference_count = 3;
        if (sum <= 4096) check_valid(&m, "sum");
        else check_limit(&m, "References", sum, 4096, 1);
    }
}

/* ---- keys that stand twice ------------------------------------------------------------------- */

#define MANY 1000
static char        names[MANY][16];
static cuc_segment many[MANY];

static void number_keys(size_t n)
{
    size_t i;
    for (i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "key%04u", (unsigned)i);
        segment(&many[i], names[i], CUC_SEGMENT_STRING, "");
    }
}

static void check_keys_of(const cuc_segment *items, size_t n, const char *duplicate)
{
    char   where[sizeof(((cuc_result *)0)->where)];
    sample m;
    fill(&m);
    m.q.segment_attributes      = items;
    m.q.segment_attribute_count = n;
    if (duplicate == NULL) {
        check_valid(&m, "different keys");
        return;
    }
    snprintf(where, sizeof where, "SegmentAttributes[\"%s\"]", duplicate);
    check_refused(&m, CUC_E_DUPLICATE, where, "this key appears twice in one map");
}

static void every_duplicate_key_is_found(void **state)
{
    static const size_t sizes[] = { 2, 10, 33 };
    size_t              k, i, j;
    (void)state;
    for (k = 0; k < ROWS(sizes); k++)
        for (i = 0; i < sizes[k]; i++)
            for (j = 0; j < i; j++) {
                number_keys(sizes[k]);
                check_keys_of(many, sizes[k], NULL);
                many[i].key = cuc_s(names[j]);
                check_keys_of(many, sizes[k], names[j]);
            }
}

static void a_duplicate_among_many_keys_is_found_at_any_position(void **state)
{
    static const size_t sizes[] = { 127, 128, 500, MANY };
    uint64_t            random  = 8;
    size_t              k, i;
    (void)state;
    for (k = 0; k < ROWS(sizes); k++) {
        number_keys(sizes[k]);
        check_keys_of(many, sizes[k], NULL);
        for (i = 0; i < 20; i++) {
            const size_t at    = i == 0 ? sizes[k] - 1 : 1 + next_random(&random) % (sizes[k] - 1);
            const size_t first = i < 2 ? 0 : next_random(&random) % at;
            many[at].key       = cuc_s(names[first]);
            check_keys_of(many, sizes[k], names[first]);
            many[at].key = cuc_s(names[at]);
        }
    }
}

static void keys_are_compared_byte_by_byte(void **state)
{
    static const cuc_str row[] = { CUC_STR("a"),        CUC_STR("A"),         CUC_STR("a\0"),
                                   CUC_STR("a\0b"),     CUC_STR("a\0c"),      CUC_STR("aa"),
                                   CUC_STR("\xC3\xA9"), CUC_STR("e\xCC\x81"), CUC_STR(" a") };
    size_t               i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        segment(&many[i], "", CUC_SEGMENT_STRING, "");
        many[i].key = row[i];
    }
    check_keys_of(many, ROWS(row), NULL);
}

static void keys_are_unique_in_each_map_and_ignored_in_lists(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.r[1].key = cuc_s("k");
    check_refused(&m, CUC_E_DUPLICATE, "References[\"k\"]", "this key appears twice in one map");
    fill(&m);
    m.inner[1].key = cuc_s("i");
    check_refused(&m, CUC_E_DUPLICATE, "SegmentAttributes[\"i\"]",
                  "this key appears twice in one map");
    m.s[2].kind = CUC_SEGMENT_LIST;
    check_valid(&m, "equal keys in a list");
    m.inner[0].key     = cuc_s(NULL);
    m.inner[1].key.ptr = "\xFF";
    m.inner[1].key.len = 1;
    check_valid(&m, "keys of list items are not looked at");
    fill(&m);
    m.inner[0].key = cuc_s("m"); /* the same key on another level is another key */
    check_valid(&m, "equal keys on two levels");
}

static void keys_with_colons_and_dots_are_ordinary_keys(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.s[2].key     = cuc_s("connect:ContactExpiry");
    m.inner[0].key = cuc_s("ExpiryDuration");
    m.r[0].key     = cuc_s("..");
    check_valid(&m, "connect:ContactExpiry");
}

/* ---- segments -------------------------------------------------------------------------------- */

static void a_segment_requires_a_kind_and_its_value(void **state)
{
    static const struct {
        int         kind, text, items;
        cuc_status  status;
        const char *where;
    } row[] = {
        { CUC_SEGMENT_UNSET,    1, 1, CUC_E_REQUIRED, "SegmentAttributes[\"s\"]"             },
        { CUC_SEGMENT_STRING,   0, 1, CUC_E_REQUIRED, "SegmentAttributes[\"s\"].ValueString" },
        { CUC_SEGMENT_STRING,   1, 0, CUC_OK,         ""                                     },
        { CUC_SEGMENT_ARN,      0, 1, CUC_E_REQUIRED, "SegmentAttributes[\"s\"].ValueArn"    },
        { CUC_SEGMENT_ARN,      1, 0, CUC_OK,         ""                                     },
        { CUC_SEGMENT_INTEGER,  0, 0, CUC_OK,         ""                                     },
        { CUC_SEGMENT_MAP,      1, 0, CUC_E_REQUIRED, "SegmentAttributes[\"s\"].ValueMap"    },
        { CUC_SEGMENT_MAP,      0, 1, CUC_OK,         ""                                     },
        { CUC_SEGMENT_LIST,     1, 0, CUC_E_REQUIRED, "SegmentAttributes[\"s\"].ValueList"   },
        { CUC_SEGMENT_LIST,     0, 1, CUC_OK,         ""                                     },
        { CUC_SEGMENT_LIST + 1, 1, 1, CUC_E_VALUE,    "SegmentAttributes[\"s\"]"             },
        { 255,                  1, 1, CUC_E_VALUE,    "SegmentAttributes[\"s\"]"             },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        sample m;
        fill(&m);
        m.s[0].kind  = (cuc_segment_kind)row[i].kind;
        m.s[0].text  = cuc_s(row[i].text ? "x" : NULL);
        m.s[0].items = row[i].items ? m.inner : NULL;
        m.s[0].count = row[i].items ? 2 : 0;
        if (row[i].status == CUC_OK) check_valid(&m, "segment");
        else check_refused(&m, row[i].status, row[i].where, cuc_status_string(row[i].status));
    }
}

static void null_items_are_never_read_whatever_the_count(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.s[2].items = NULL;
    m.s[2].count = 5; /* P74 */
    check_refused(&m, CUC_E_REQUIRED, "SegmentAttributes[\"m\"].ValueMap", "required, but not set");
    m.s[2].kind  = CUC_SEGMENT_LIST;
    m.s[2].count = SIZE_MAX;
    check_refused(&m, CUC_E_REQUIRED, "SegmentAttributes[\"m\"].ValueList",
                  "required, but not set");
}

static void problems_in_a_list_are_named_by_the_innermost_key(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.s[2].kind     = CUC_SEGMENT_LIST;
    m.inner[1].text = cuc_s("\xFF");
    check_refused(&m, CUC_E_UTF8, "SegmentAttributes[\"m\"].ValueString", "not well-formed UTF-8");
}

static void sixteen_levels_pass_and_seventeen_are_refused(void **state)
{
    cuc_segment node[40];
    unsigned    depth, i;
    sample      m;
    (void)state;
    for (depth = 1; depth <= 40; depth++) { /* P48 */
        for (i = 0; i < depth; i++) {
            segment(&node[i], "k", CUC_SEGMENT_MAP, NULL);
            node[i].items = &node[i + 1 < depth ? i + 1 : i];
            node[i].count = i + 1 < depth;
        }
        fill(&m);
        m.q.segment_attributes      = node;
        m.q.segment_attribute_count = 1;
        if (depth <= CUC_MAX_DEPTH) check_valid(&m, "depth");
        else
            check_refused(&m, CUC_E_DEPTH, "SegmentAttributes[\"k\"]",
                          "nested too deeply, at most 16 levels");
    }
}

static void a_map_that_contains_itself_is_too_deep(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.s[0].kind  = CUC_SEGMENT_MAP; /* P49 */
    m.s[0].items = m.s;
    m.s[0].count = 3;
    check_refused(&m, CUC_E_DEPTH, "SegmentAttributes[\"s\"]",
                  "nested too deeply, at most 16 levels");
}

/* ---- the order ------------------------------------------------------------------------------- */

/* All at once; then the first one is put right, and the next one must come out. */
static void the_first_problem_in_struct_order_is_reported(void **state)
{
    static const struct {
        const char *where;
        cuc_status  status;
    } order[] = {
        { "InstanceId",                           CUC_E_REQUIRED },
        { "ContactId",                            CUC_E_REQUIRED },
        { "Name",                                 CUC_E_UTF8     },
        { "Description",                          CUC_E_UTF8     },
        { "QueueInfo.Id",                         CUC_E_UTF8     },
        { "UserInfo.UserId",                      CUC_E_LIMIT    },
        { "CustomerEndpoint.Type",                CUC_E_UTF8     },
        { "CustomerEndpoint.Address",             CUC_E_UTF8     },
        { "SystemEndpoint.Type",                  CUC_E_UTF8     },
        { "SystemEndpoint.Address",               CUC_E_UTF8     },
        { "References[\"k\"].Type",               CUC_E_REQUIRED },
        { "References[\"k\"].Value",              CUC_E_UTF8     },
        { "References[\"k\"].Status",             CUC_E_UTF8     },
        { "References[\"k\"].Arn",                CUC_E_LIMIT    },
        { "References[\"k\"].StatusReason",       CUC_E_UTF8     },
        { "References[\"l\"].Type",               CUC_E_REQUIRED },
        { "SegmentAttributes[\"s\"].ValueString", CUC_E_UTF8     },
        { "SegmentAttributes[\"b\"].ValueArn",    CUC_E_UTF8     },
        { "SegmentAttributes[\"n\"].ValueString", CUC_E_UTF8     },
    };
    sample m, good;
    size_t i;
    (void)state;
    fill(&m);
    fill(&good);
    for (i = 0; i < ROWS(spots); i++)
        *at(&m, &spots[i]) = cuc_s(order[i].status == CUC_E_REQUIRED ? NULL
                                   : order[i].status == CUC_E_LIMIT  ? ""
                                                                     : "\xFF");
    for (i = 0; i < ROWS(spots); i++) {
        cuc_result r;
        assert_int_equal(cuc_validate(&m.q, &r), order[i].status);
        assert_string_equal(r.where, order[i].where);
        *at(&m, &spots[i]) = *at(&good, &spots[i]);
    }
    m.r[0].arn = m.r[0].status = m.r[0].status_reason = cuc_s(NULL);
    check_valid(&m, "all put right");
}

static void fields_after_the_first_problem_are_not_read(void **state)
{
    sample m;
    (void)state;
    fill(&m);
    m.q.name               = cuc_s("\xFF");
    m.q.references         = (const cuc_reference *)(uintptr_t)64;
    m.q.segment_attributes = (const cuc_segment *)(uintptr_t)64;
    check_refused(&m, CUC_E_UTF8, "Name", "not well-formed UTF-8");
}

/* ---- no values in sentences ------------------------------------------------------------------ */

static void check_silent(const sample *m)
{
    char       text[512];
    cuc_result r;
    assert_int_not_equal(cuc_validate(&m->q, &r), CUC_OK);
    cuc_result_text(&r, text, sizeof text);
    if (strstr(text, "hush") != NULL) fail_msg("%s", text);
}

static void no_sentence_contains_a_field_value(void **state) /* P81 */
{
    static char long_one[20000];
    size_t      i;
    sample      m;
    (void)state;
    for (i = 0; i + 4 < sizeof long_one; i += 4) memcpy(long_one + i, "hush", 5);
    for (i = 0; i < ROWS(spots); i++) {
        fill(&m);
        *at(&m, &spots[i]) = cuc_s("hush\xFF");
        check_silent(&m);
        if (spots[i].max == 0) continue;
        *at(&m, &spots[i]) = cuc_s(long_one);
        check_silent(&m);
        at(&m, &spots[i])->len = spots[i].max + 4;
        check_silent(&m);
    }
    fill(&m);
    m.r[1].arn = cuc_s("_hush_hush_hush_hush_hush");
    check_silent(&m);
    m.q.body = cuc_s("[hush]");
    check_silent(&m);
}

/* ---- ARNs ------------------------------------------------------------------------------------ */

static void check_part(cuc_str part, const char *expected, int line)
{
    assert_number(part.ptr == NULL, expected == NULL, line);
    if (expected == NULL) return;
    assert_number(part.len, strlen(expected), line);
    assert_memory_equal(part.ptr, expected, part.len);
}

static void an_arn_of_connect_gives_instance_id_and_region(void **state)
{
    static const struct {
        int         line;
        const char *arn, *id, *region;
    } row[] = {
        { __LINE__, "arn:aws:connect:us-west-2:123456789012:instance/1111-22",     "1111-22",
         "us-west-2"                                                                                       },
        { __LINE__, "arn:aws:connect:us-west-2:123456789012:instance/i/contact/c", "i",
         "us-west-2"                                                                                       },
        { __LINE__, "arn:aws-cn:connect:cn-north-1:1:instance/i/",                 "i",       "cn-north-1" },
        { __LINE__, "arn::connect:r::instance/i",                                  "i",       "r"          },
        { __LINE__, "arn:aws:connect:r:1:instance/a:b",                            "a:b",     "r"          },
        { __LINE__, "arn:aws:connect::1:instance/i",                               "i",       NULL         },
        { __LINE__, "arn:aws:connect:us-west-2:1:instance/",                       NULL,      NULL         },
        { __LINE__, "arn:aws:connect:us-west-2:1:instance//x",                     NULL,      NULL         },
        { __LINE__, "arn:aws:connect:us-west-2:1:instance",                        NULL,      NULL         },
        { __LINE__, "arn:aws:connect:us-west-2:1:phone-number/i",                  NULL,      NULL         },
        { __LINE__, "arn:aws:lex:us-west-2:1:instance/i",                          NULL,      NULL         },
        { __LINE__, "arn:aws:connectx:us-west-2:1:instance/i",                     NULL,      NULL         },
        { __LINE__, "arn:aws:connect:us-west-2:1",                                 NULL,      NULL         },
        { __LINE__, "ARN:aws:connect:us-west-2:1:instance/i",                      NULL,      NULL         },
        { __LINE__, "xarn:aws:connect:us-west-2:1:instance/i",                     NULL,      NULL         },
        { __LINE__, "1111-22",                                                     NULL,      NULL         },
        { __LINE__, "",                                                            NULL,      NULL         },
        { __LINE__, ":::::",                                                       NULL,      NULL         },
        { __LINE__, NULL,                                                          NULL,      NULL         },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        check_part(cuc_instance_id_from_arn(cuc_s(row[i].arn)), row[i].id, row[i].line);
        check_part(cuc_region_from_arn(cuc_s(row[i].arn)), row[i].region, row[i].line);
    }
}

static void an_arn_cut_at_any_byte_is_never_read_past_its_end(void **state)
{
    static const char arn[] = "arn:aws:connect:us-west-2:123456789012:instance/1111-22";
    size_t            n;
    (void)state;
    for (n = 0; n < sizeof arn; n++) {
        cuc_str s;
        char   *exact = block_of(arn, n);
        s.ptr         = exact;
        s.len         = n;
        assert_int_equal(cuc_instance_id_from_arn(s).len, n > 48 && n < sizeof arn ? n - 48 : 0);
        assert_int_equal(cuc_region_from_arn(s).ptr != NULL, n > 48);
        free(exact);
    }
}

/* ---- AdditionalRecipients -------------------------------------------------------------------- */

#define CC "AdditionalRecipients.CcEmailAddresses"

static void the_email_pattern_is_not_anchored(void **state)
{
    static const struct {
        int         line;
        const char *address;
        int         good;
    } row[] = {
        { __LINE__, "a@b.c",         1 },
        { __LINE__, "a.b+c@d-e.f.g", 1 },
        { __LINE__, "a b@c.d",       1 },
        { __LINE__, "a@b.c d",       1 },
        { __LINE__, "a@b. c@d.e",    1 },
        { __LINE__, "x@a@b.c",       1 },
        { __LINE__, "a@..c",         1 },
        { __LINE__, "<a@b.c>",       1 },
        { __LINE__, "\xC3\xA9@b.c",  1 },
        { __LINE__, "\x08@b.c",      1 },
        { __LINE__, "\x0E@b.c",      1 },
        { __LINE__, "a",             0 },
        { __LINE__, "@",             0 },
        { __LINE__, "@b.c",          0 },
        { __LINE__, "a@b",           0 },
        { __LINE__, "a@.c",          0 },
        { __LINE__, "a@b.",          0 },
        { __LINE__, "a@b.@",         0 },
        { __LINE__, "a@b. ",         0 },
        { __LINE__, " @b.c",         0 },
        { __LINE__, "a@ b.c",        0 },
        { __LINE__, "a@b c.d",       0 },
        { __LINE__, "a@@b.c",        0 },
        { __LINE__, "\t@b.c",        0 },
        { __LINE__, "\n@b.c",        0 },
        { __LINE__, "\r@b.c",        0 },
        { __LINE__, "a@b\v.c",       0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_email_address cc = { cuc_s(row[i].address), CUC_ZERO };
        sample            m;
        fill(&m);
        m.q.cc_email_addresses     = &cc;
        m.q.cc_email_address_count = 1;
        if (row[i].good) check_valid(&m, row[i].address);
        else
            check_refused(&m, CUC_E_VALUE, CC "[0].EmailAddress",
                          "not a value that the service accepts");
    }
}

static void up_to_50_cc_recipients_are_checked_one_by_one(void **state)
{
    static char       text[300];
    cuc_email_address cc[51];
    size_t            i;
    sample            m;
    (void)state;
    memset(text, 'n', sizeof text);
    memset(cc, 0, sizeof cc);
    for (i = 0; i < 51; i++) cc[i].email_address = cuc_s("a@b.c");
    fill(&m);
    m.q.cc_email_addresses = cc;
    for (i = 0; i <= 50; i++) {
        m.q.cc_email_address_count = i;
        check_valid(&m, "recipients");
    }
    m.q.cc_email_address_count = 51;
    check_refused(&m, CUC_E_LIMIT, CC, "51 entries, at most 50");
    m.q.cc_email_address_count = 50;
    cc[49].display_name        = view(text, 256);
    check_valid(&m, "a long name");
    cc[49].display_name = view(text, 257);
    check_limit(&m, CC "[49].DisplayName", 257, 256, 0);
    cc[48].email_address = cuc_s("");
    check_limit(&m, CC "[48].EmailAddress", 0, 1, 0);
    cc[47].email_address = cuc_s(NULL);
    check_refused(&m, CUC_E_REQUIRED, CC "[47].EmailAddress", "required, but not set");
    m.q.cc_email_addresses = NULL;
    check_refused(&m, CUC_E_REQUIRED, CC, "required, but not set");
    m.s[2].key = cuc_s("s"); /* an earlier problem wins */
    check_refused(&m, CUC_E_DUPLICATE, "SegmentAttributes[\"s\"]",
                  "this key appears twice in one map");
}

/* ---- keys and values that depend on their context -------------------------------------------- */

/* A chain of containers, each a list where its bit in `lists` is set, with two leaves in the last. */
static void keys_are_checked_at_every_depth_in_maps_and_lists(void **state)
{
    cuc_segment node[CUC_MAX_DEPTH + 1], leaf[2];
    unsigned    depth, i, lists;
    sample      m;
    (void)state;
    for (depth = 1; depth < CUC_MAX_DEPTH; depth++)
        for (lists = 0; lists < 4; lists++) {
            for (i = 0; i < depth; i++) {
                const int list = i + 1 < depth && (lists >> i % 2 & 1) != 0;
                segment(&node[i], "k", list ? CUC_SEGMENT_LIST : CUC_SEGMENT_MAP, NULL);
                node[i].items = &node[i + 1];
                node[i].count = 1;
            }
            segment(&leaf[0], "a", CUC_SEGMENT_STRING, "");
            segment(&leaf[1], "b", CUC_SEGMENT_STRING, "");
            node[depth - 1].items = leaf;
            node[depth - 1].count = 2;
            fill(&m);
            m.q.segment_attributes      = node;
            m.q.segment_attribute_count = 1;
            check_valid(&m, "two keys");
            leaf[1].key = cuc_s("a");
            check_refused(&m, CUC_E_DUPLICATE, "SegmentAttributes[\"a\"]",
                          "this key appears twice in one map");
            leaf[1].key = cuc_s("");
            check_limit(&m, "SegmentAttributes[\"\"].key", 0, 1, 0);
            leaf[1].key = cuc_s("\xFF");
            check_refused(&m, CUC_E_UTF8, "SegmentAttributes[\"?\"].key", "not well-formed UTF-8");
            leaf[1].key = cuc_s("b");
        }
}

static void a_value_counts_for_the_total_beside_any_member(void **state)
{
    static char text[4096];
    unsigned    with;
    sample      m;
    (void)state;
    memset(text, 'v', sizeof text);
    for (with = 0; with < 8; with++) {
        fill(&m);
        m.r[0].value = view(text, 4096);
        m.r[1].value = cuc_s("");
        if (with & 1) m.r[1].status = cuc_s(CUC_STATUS_FAILED);
        if (with & 2) m.r[1].arn = cuc_s("arn:aws:connect:us-east-1");
        if (with & 4) m.r[1].status_reason = cuc_s("because");
        check_valid(&m, "4096 bytes");
        m.r[1].value = cuc_s("v");
        check_limit(&m, "References", 4097, 4096, 1);
    }
}

/* ---- CC recipients --------------------------------------------------------------------------- */

#define CC "AdditionalRecipients.CcEmailAddresses"

static void the_email_pattern_may_match_anywhere_in_the_address(void **state)
{
    static const struct {
        int         line;
        const char *text;
        int         good;
    } row[] = {
        { __LINE__, "a@b.c",          1 },
        { __LINE__, "jo@example.com", 1 },
        { __LINE__, "x y@b.c z",      1 }, /* no anchors: y@b.c is enough */
        { __LINE__, "a@@b@c.d",       1 }, /* b@c.d */
        { __LINE__, "a@b..c",         1 },
        { __LINE__, "a@..c",          1 },
        { __LINE__, "\xC3\xA9@b.c",   1 },
        { __LINE__, "a@b@c.d",        1 },
        { __LINE__, "a",              0 },
        { __LINE__, "@b.c",           0 },
        { __LINE__, " @b.c",          0 },
        { __LINE__, "a@.c",           0 },
        { __LINE__, "a@b.",           0 },
        { __LINE__, "a@b. c",         0 },
        { __LINE__, "a@b .c",         0 },
        { __LINE__, "a@b.@",          0 },
        { __LINE__, "a@bc",           0 },
        { __LINE__, "a@",             0 },
        { __LINE__, "a.b@c",          0 },
        { __LINE__, "a@\tb.c",        0 },
        { __LINE__, "a@b\x0B.c",      0 },
        { __LINE__, "a@b.\rc",        0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const cuc_email_address cc = {
            cuc_s(row[i].text), { NULL, 0 }
        };
        sample m;
        fill(&m);
        m.q.cc_email_addresses     = &cc;
        m.q.cc_email_address_count = 1;
        if (row[i].good) check_valid(&m, row[i].text);
        else
            check_refused(&m, CUC_E_VALUE, CC "[0].EmailAddress",
                          "not a value that the service accepts");
    }
}

static void cc_recipients_have_limits_and_field_paths(void **state)
{
    static cuc_email_address cc[51];
    sample                   m;
    cuc_result               r;
    char                     text[CUC_TEXT_SIZE];
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(cc); i++) cc[i].email_address = cuc_s("a@b.c");
    fill(&m);
    m.q.cc_email_addresses = cc;
    check_valid(&m, "an empty list");
    m.q.cc_email_address_count = 50;
    check_valid(&m, "50 recipients");
    m.q.cc_email_address_count = 51;
    assert_int_equal(cuc_validate(&m.q, &r), CUC_E_LIMIT);
    cuc_result_text(&r, text, sizeof text);
    assert_string_equal(text, CC ": 51 entries, at most 50");
    m.q.cc_email_address_count = 50;
    cc[49].email_address       = cuc_s(NULL);
    check_refused(&m, CUC_E_REQUIRED, CC "[49].EmailAddress", "required, but not set");
    cc[49].email_address   = cuc_s("a@b.c");
    cc[3].display_name.ptr = "\xFF";
    cc[3].display_name.len = 1;
    check_refused(&m, CUC_E_UTF8, CC "[3].DisplayName", "not well-formed UTF-8");
    cc[3].display_name     = cuc_s(NULL);
    m.q.cc_email_addresses = NULL;
    check_refused(&m, CUC_E_REQUIRED, CC, "required, but not set");
    memset(&m, 0, sizeof m);
    m.q                    = small_request();
    m.q.name               = cuc_s(NULL);
    m.q.cc_email_addresses = cc; /* an empty list alone is something to update */
    check_valid(&m, "only an empty list of recipients");
}

int test_validate(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_email_pattern_may_match_anywhere_in_the_address),
        cmocka_unit_test(cc_recipients_have_limits_and_field_paths),
        cmocka_unit_test(limits_count_characters_as_the_model_says),
        cmocka_unit_test(keys_have_limits_and_are_shown_up_to_32_bytes),
        cmocka_unit_test(a_length_over_4_times_the_limit_is_refused_unread),
        cmocka_unit_test(an_absurdly_long_key_is_refused_unread),
        cmocka_unit_test(unset_fields_are_left_out_or_named_as_required),
        cmocka_unit_test(an_unset_key_is_named_by_its_index),
        cmocka_unit_test(ill_formed_utf8_is_refused_in_every_field),
        cmocka_unit_test(an_ill_formed_key_is_shown_with_question_marks),
        cmocka_unit_test(keys_are_shown_in_printable_ascii_only),
        cmocka_unit_test(only_ids_that_would_change_the_path_are_refused),
        cmocka_unit_test(of_a_reference_arn_only_the_first_character_is_checked),
        cmocka_unit_test(a_ready_body_must_be_one_json_object),
        cmocka_unit_test(a_ready_body_excludes_all_fields_but_the_ids),
        cmocka_unit_test(one_field_to_update_is_required_and_enough),
        cmocka_unit_test(any_combination_of_fields_is_accepted),
        cmocka_unit_test(the_values_of_all_references_have_at_most_4096_bytes),
        cmocka_unit_test(every_duplicate_key_is_found),
        cmocka_unit_test(a_duplicate_among_many_keys_is_found_at_any_position),
        cmocka_unit_test(keys_are_compared_byte_by_byte),
        cmocka_unit_test(keys_are_unique_in_each_map_and_ignored_in_lists),
        cmocka_unit_test(keys_with_colons_and_dots_are_ordinary_keys),
        cmocka_unit_test(a_segment_requires_a_kind_and_its_value),
        cmocka_unit_test(null_items_are_never_read_whatever_the_count),
        cmocka_unit_test(problems_in_a_list_are_named_by_the_innermost_key),
        cmocka_unit_test(sixteen_levels_pass_and_seventeen_are_refused),
        cmocka_unit_test(a_map_that_contains_itself_is_too_deep),
        cmocka_unit_test(the_first_problem_in_struct_order_is_reported),
        cmocka_unit_test(fields_after_the_first_problem_are_not_read),
        cmocka_unit_test(no_sentence_contains_a_field_value),
        cmocka_unit_test(an_arn_of_connect_gives_instance_id_and_region),
        cmocka_unit_test(an_arn_cut_at_any_byte_is_never_read_past_its_end),
        cmocka_unit_test(the_email_pattern_is_not_anchored),
        cmocka_unit_test(up_to_50_cc_recipients_are_checked_one_by_one),
        cmocka_unit_test(keys_are_checked_at_every_depth_in_maps_and_lists),
        cmocka_unit_test(a_value_counts_for_the_total_beside_any_member),
    };
    return GROUP(tests);
}
