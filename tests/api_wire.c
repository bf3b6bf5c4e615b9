/* Black box: what the transport gets is complete, or nothing. */
#include "support.h"

static cuc_call begun(const cuc_client *client, const cuc_request *request, char *work, size_t cap)
{
    cuc_call call;
    begin_call(&call, client, request, work, cap);
    return call;
}

static void a_token_of_any_length_is_sent_and_signed(void **state) /* P11 P13 */
{
    static const struct {
        int    line;
        size_t len;
    } row[] = {
        { __LINE__, 1     },
        { __LINE__, 1023  },
        { __LINE__, 1024  },
        { __LINE__, 1025  },
        { __LINE__, 4096  },
        { __LINE__, 8193  },
        { __LINE__, 16384 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world                   w       = new_world(NULL, 0);
        cuc_client              client  = world_client(&w);
        const cuc_request       request = small_request();
        char                   *token   = block(row[i].len + 1);
        char                   *work    = block(CUC_WORK_SIZE(64, row[i].len));
        char                   *room = block(65536), *canonical = block(65536);
        cuc_sign_header         headers[2];
        cuc_sign_input          in = CUC_ZERO;
        cuc_signed              again;
        cuc_result              result;
        cuc_call                call;
        const cuc_http_request *http;
        memset(token, 'T', row[i].len);
        token[row[i].len]    = 0;
        client.session_token = cuc_s(token);
        call                 = begun(&client, &request, work, CUC_WORK_SIZE(64, row[i].len));
        assert_number(cuc_call_next(&call, w.now_ms), CUC_NEXT_SEND, row[i].line);
        http = cuc_call_http_request(&call);
        assert_number(http->line_count, 4, row[i].line);
        assert_text(http->names[3], "x-amz-security-token", row[i].line);
        assert_text(http->values[3], token, row[i].line);
        assert_true(cuc_call_canonical_request(&call, canonical, 65536) < 65536);
        assert_non_null(strstr(canonical, token));
        headers[0].name  = cuc_s("content-type");
        headers[0].value = cuc_s("application/json");
        headers[1].name  = cuc_s("host");
        headers[1].value = cuc_s(http->authority);
        in.method        = cuc_s("POST");
        in.path          = cuc_s(http->path);
        in.headers       = headers;
        in.header_count  = 2;
        in.body          = cuc_s(http->body);
        assert_number(cuc_sign(&client, &in, w.now_ms, room, 65536, &again, &result), CUC_OK,
                      row[i].line);
        assert_text(again.authorization.ptr, http->values[2], row[i].line);
        free(token);
        free(work);
        free(room);
        free(canonical);
    }
}

static size_t required_of(const cuc_client *client, const cuc_request *request)
{
    cuc_call call = begun(client, request, NULL, 0);
    assert_int_equal(cuc_call_next(&call, 0), CUC_NEXT_DONE);
    return result_of(&call)->required;
}

static void without_a_signature_there_are_no_header_lines(void **state) /* P65 */
{
    const cuc_request request = small_request();
    int               token, fail;
    (void)state;
    for (token = 0; token < 2; token++) {
        world      w      = new_world(NULL, 0);
        cuc_client client = world_client(&w);
        size_t     required;
        char      *work;
        cuc_call   call;
        if (token) client.session_token = cuc_s("a-token");
        required = required_of(&client, &request);
        work     = block(required);
        call     = begun(&client, &request, work, required - 1);
        assert_int_equal(cuc_call_next(&call, w.now_ms), CUC_NEXT_DONE);
        assert_int_equal(result_of(&call)->status, CUC_E_SPACE);
        assert_int_equal(cuc_call_http_request(&call)->line_count, 0);
        w.armed = 1;
        for (fail = 0; fail < 7; fail++) { /* 2 hashes and 5 MACs an attempt */
            w.calls   = 0;
            w.fail_at = fail;
            call      = begun(&client, &request, work, required);
            assert_int_equal(cuc_call_next(&call, w.now_ms), CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, CUC_E_CALLBACK);
            assert_int_equal(cuc_call_http_request(&call)->line_count, 0);
        }
        free(work);
    }
}

/* The right signature of this request, at this time. */
static void signature_of(const cuc_client *client, const cuc_request *request, int64_t now,
                         char signature[65])
{
    char     work[2048];
    cuc_call call = begun(client, request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, now), CUC_NEXT_SEND);
    memcpy(signature, strstr(cuc_call_http_request(&call)->values[2], "Signature=") + 10, 65);
}

static int holds(const char *buf, size_t n, const char *text)
{
    size_t i;
    for (i = 0; i + strlen(text) <= n; i++)
        if (memcmp(buf + i, text, strlen(text)) == 0) return 1;
    return 0;
}

static void a_buffer_that_is_too_small_never_holds_a_signature(void **state) /* P51 */
{
    const cuc_request request  = small_request();
    world             w        = new_world(NULL, 0);
    const cuc_client  client   = world_client(&w);
    const size_t      required = required_of(&client, &request);
    char              signature[65];
    size_t            cap;
    (void)state;
    signature_of(&client, &request, w.now_ms, signature);
    for (cap = 0; cap <= required; cap++) {
        char    *work = block(cap);
        cuc_call call;
        memset(work, 0xA5, cap);
        call = begun(&client, &request, work, cap);
        assert_int_equal(cuc_call_next(&call, w.now_ms),
                         cap < required ? CUC_NEXT_DONE : CUC_NEXT_SEND);
        assert_int_equal(holds(work, cap, signature), cap == required);
        free(work);
    }
}

static void a_buffer_too_small_for_cuc_sign_holds_no_signature(void **state) /* P51 */
{
    static const cuc_sign_header host   = { CUC_STR("host"), CUC_STR("example.com") };
    world                        w      = new_world(NULL, 0);
    const cuc_client             client = world_client(&w);
    cuc_sign_input               in     = CUC_ZERO;
    cuc_signed                   out;
    cuc_result                   result;
    char                         signature[65], room[2048];
    size_t                       cap, required;
    (void)state;
    in.method       = cuc_s("GET");
    in.headers      = &host;
    in.header_count = 1;
    assert_int_equal(cuc_sign(&client, &in, w.now_ms, room, sizeof room, &out, &result), CUC_OK);
    memcpy(signature, strstr(out.authorization.ptr, "Signature=") + 10, 65);
    required = result.required;
    for (cap = 0; cap <= required; cap++) {
        char *work = block(cap);
        memset(work, 0xA5, cap);
        assert_int_equal(cuc_sign(&client, &in, w.now_ms, work, cap, &out, &result),
                         cap < required ? CUC_E_SPACE : CUC_OK);
        assert_int_equal(result.required, required);
        assert_int_equal(holds(work, cap, signature), cap == required);
        free(work);
    }
}

/* `levels` containers in each other, and in the innermost one an entry of this kind. */
static cuc_status nested(unsigned levels, cuc_segment_kind container, cuc_segment_kind kind)
{
    cuc_segment at[20];
    cuc_request request = small_request();
    cuc_result  result;
    unsigned    i;
    memset(at, 0, sizeof at);
    for (i = 0; i <= levels; i++) {
        at[i].key   = cuc_s("k");
        at[i].kind  = i < levels ? container : kind;
        at[i].items = &at[i + 1];
        at[i].count = i < levels ? 1 : 0;
        at[i].text  = cuc_s("x");
    }
    request.segment_attributes      = at;
    request.segment_attribute_count = 1;
    return cuc_validate(&request, &result);
}

static void depth_16_passes_and_17_does_not_for_every_kind(void **state) /* P48 */
{
    static const cuc_segment_kind kinds[] = { CUC_SEGMENT_STRING, CUC_SEGMENT_ARN,
                                              CUC_SEGMENT_INTEGER, CUC_SEGMENT_MAP,
                                              CUC_SEGMENT_LIST };
    size_t                        i;
    (void)state;
    for (i = 0; i < ROWS(kinds); i++) {
        assert_int_equal(nested(15, CUC_SEGMENT_MAP, kinds[i]), CUC_OK);
        assert_int_equal(nested(16, CUC_SEGMENT_MAP, kinds[i]), CUC_E_DEPTH);
        assert_int_equal(nested(15, CUC_SEGMENT_LIST, kinds[i]), CUC_OK);
        assert_int_equal(nested(16, CUC_SEGMENT_LIST, kinds[i]), CUC_E_DEPTH);
    }
}

int api_wire(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_of_any_length_is_sent_and_signed),
        cmocka_unit_test(without_a_signature_there_are_no_header_lines),
        cmocka_unit_test(a_buffer_that_is_too_small_never_holds_a_signature),
        cmocka_unit_test(a_buffer_too_small_for_cuc_sign_holds_no_signature),
        cmocka_unit_test(depth_16_passes_and_17_does_not_for_every_kind),
    };
    return GROUP(tests);
}
