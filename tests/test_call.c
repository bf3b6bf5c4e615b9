/* White box, section >>call: states, lifetimes, callbacks that fail or call back in. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"
#include <limits.h>

#define NOON 1440938160000
#define OK { CUC_SENT, 200, NULL, "{}", 0 }
#define BUSY { CUC_SENT, 503, NULL, NULL, 0 }
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static const answer ok = OK, busy = BUSY, busy_then_ok[] = { BUSY, OK };

/* ---- order ----------------------------------------------------------------------------------- */

static void line(cuc_call *call, const char *text) { cuc_call_header(call, text, strlen(text)); }

/* One step of a script: n next (then what it must return: S W D), 2 4 5 a status, e end, a end as
 * lost, h a head that would change the result, b such a body.                                     */
static const char *step(cuc_call *call, const char *at, int row)
{
    static const char says[] = "DSW";
    if (*at == 'n') assert_number(says[cuc_call_next(call, NOON)], *++at, row);
    if (*at == '2') line(call, "HTTP/1.1 200 OK");
    if (*at == '4') line(call, "HTTP/1.1 400 X");
    if (*at == '5') line(call, "HTTP/1.1 503 X");
    if (*at == 'e') cuc_call_end(call, CUC_SENT);
    if (*at == 'a') cuc_call_end(call, CUC_SEND_AGAIN);
    if (*at == 'h') {
        line(call, "HTTP/1.1 404 X");
        line(call, "x-amzn-errortype: Spoilt");
        cuc_call_status(call, 404);
    }
    if (*at == 'b') cuc_call_body(call, "{\"message\":\"spoilt\"}", 20);
    return at + 1;
}

static void calls_in_the_wrong_state_are_named(void **state)
{
    static const struct {
        int         line;
        const char *script;
        cuc_status  status;
    } row[] = {
        { __LINE__, "nS2enD",               CUC_OK          },
        { __LINE__, "nS2enDnDnD",           CUC_OK          }, /* next keeps saying DONE                  */
        { __LINE__, "nSnD",                 CUC_E_ORDER     }, /* next before end                         */
        { __LINE__, "nS2nDnDenD",           CUC_E_ORDER     },
        { __LINE__, "enD",                  CUC_E_ORDER     }, /* end before next                         */
        { __LINE__, "anD",                  CUC_E_ORDER     },
        { __LINE__, "nS2eenD",              CUC_E_ORDER     }, /* end twice                               */
        { __LINE__, "nS5enWenD",            CUC_E_ORDER     }, /* end while waiting                       */
        { __LINE__, "hbnS2enD",             CUC_OK          }, /* bytes before the exchange are ignored */
        { __LINE__, "nS2ehbnD",             CUC_OK          }, /* so are late ones                           */
        { __LINE__, "nS5enWhbnS2enD",       CUC_OK          },
        { __LINE__, "nS2enDhbnD",           CUC_OK          },
        { __LINE__, "nSnDhbnD",             CUC_E_ORDER     }, /* so are those after a call in the wrong state */
        { __LINE__, "nSnDehbnD",            CUC_E_ORDER     },
        { __LINE__, "enDhbnD",              CUC_E_ORDER     },
        { __LINE__, "nS2eenDhbnD",          CUC_E_ORDER     },
        { __LINE__, "nS5enWenDhbnD",        CUC_E_ORDER     },
        { __LINE__, "nS4enDhbnD",           CUC_E_SERVICE   },
        { __LINE__, "nS5enWnS5enWnS5enDnD", CUC_E_SERVICE   },
        { __LINE__, "nS4enDnD",             CUC_E_SERVICE   },
        { __LINE__, "nSanWnS2enD",          CUC_OK          },
        { __LINE__, "nSanWnSanWnSanD",      CUC_E_EXHAUSTED },
        { __LINE__, "nS2enDenD",            CUC_OK          }, /* after DONE nothing changes the result   */
        { __LINE__, "nS4enDaehbnD",         CUC_E_SERVICE   },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world       w      = new_world(&ok, 1);
        cuc_client  client = world_client(&w);
        cuc_call   *call   = block(sizeof *call);
        char       *work   = block(2048);
        const char *at     = row[i].script;
        begin_call(call, &client, &request, work, 2048);
        while (*at != 0) at = step(call, at, row[i].line);
        assert_number(result_of(call)->status, row[i].status, row[i].line);
        assert_text(result_of(call)->code, "", row[i].line);
        assert_text(result_of(call)->message, "", row[i].line);
        free(work);
        free(call);
    }
}

static void after_wait_next_always_sends(void **state)
{
    static const int64_t times[] = { NOON, NOON - 86400000, 0, 1, NOON + 86400000 };
    const cuc_request    request = small_request();
    size_t               i;
    (void)state;
    for (i = 0; i < ROWS(times); i++) {
        world      w      = new_world(&ok, 1);
        cuc_client client = world_client(&w);
        char       work[2048];
        cuc_call   call;
        client.time_limit_ms = 60000;
        begin_call(&call, &client, &request, work, sizeof work);
        assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
        exchange(&call, &busy, 0);
        assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_WAIT);
        assert_int_equal(cuc_call_next(&call, times[i]), CUC_NEXT_SEND);
        exchange(&call, &ok, 0);
        assert_int_equal(cuc_call_next(&call, times[i]), CUC_NEXT_DONE);
        assert_int_equal(result_of(&call)->status, CUC_OK);
        assert_int_equal(result_of(&call)->attempts, 2);
    }
}

static void next_reports_a_problem_of_begin_as_done(void **state)
{
    cuc_request request = small_request();
    world       w       = new_world(&ok, 1);
    cuc_client  client  = world_client(&w);
    char        work[2048];
    cuc_call    call;
    (void)state;
    request.name = cuc_s("\xFF");
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&call)->status, CUC_E_UTF8);
    assert_string_equal(result_of(&call)->where, "Name");
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(w.hashes + w.macs, 0);
}

static void a_call_in_the_wrong_state_hides_no_earlier_problem(void **state)
{
    static const char *const script[] = { "enD", "anD", "eenDnD", "hbenD" };
    cuc_request              request  = small_request();
    size_t                   i;
    (void)state;
    request.name = cuc_s("\xFF");
    for (i = 0; i < ROWS(script); i++) {
        world       w      = new_world(&ok, 1);
        cuc_client  client = world_client(&w);
        const char *at     = script[i];
        char        work[2048];
        cuc_call    call;
        begin_call(&call, &client, &request, work, sizeof work);
        while (*at != 0) at = step(&call, at, __LINE__);
        assert_int_equal(result_of(&call)->status, CUC_E_UTF8);
        assert_string_equal(result_of(&call)->where, "Name");
        assert_int_equal(result_of(&call)->detail, 0);
    }
}

/* A call can be dropped at any time: another one can begin in the same struct and buffer. */
static void a_call_can_be_dropped_at_any_time(void **state)
{
    static const char script[] = "nS5benWnS2benD";
    const cuc_request request  = small_request();
    size_t            steps, k;
    (void)state;
    for (steps = 0; steps < 11; steps++) {
        world       w      = new_world(&ok, 1);
        cuc_client  client = world_client(&w);
        cuc_call   *call   = block(sizeof *call);
        char       *work   = block(2048);
        cuc_shared  shared = CUC_ZERO;
        const char *at     = script;
        client.shared      = &shared;
        client.credentials = world_credentials;
        begin_call(call, &client, &request, work, 2048);
        for (k = 0; k < steps; k++) at = step(call, at, __LINE__);
        begin_call(call, &client, &request, work, 2048);
        assert_int_equal(cuc_call_next(call, NOON), CUC_NEXT_SEND);
        exchange(call, &ok, 1);
        assert_int_equal(cuc_call_next(call, NOON), CUC_NEXT_DONE);
        assert_int_equal(result_of(call)->status, CUC_OK);
        assert_int_equal(result_of(call)->attempts, 1);
        assert_string_equal(result_of(call)->message, "");
        free(work);
        free(call);
    }
}

/* Field report 1.4: whoever stops early reads an unfinished result, never a success. */
static void an_unfinished_call_never_reads_as_success(void **state)
{
    static const char script[] = "nS5benWnS2benD";
    const cuc_request request  = small_request();
    cuc_result        r, untouched;
    cuc_call          zeroed;
    size_t            steps, k;
    (void)state;
    for (steps = 0; steps <= 10; steps++) {
        world       w      = new_world(&ok, 1);
        cuc_client  client = world_client(&w);
        char        work[2048];
        cuc_call    call;
        const char *at = script;
        memset(&r, 0, sizeof r);
        cuc_call_begin(&call, &client, &request, work, sizeof work, &r);
        for (k = 0; k < steps; k++) {
            assert_int_equal(r.status, CUC_E_UNFINISHED);
            at = step(&call, at, __LINE__);
        }
        assert_int_equal(r.status, *at == 0 ? CUC_OK : CUC_E_UNFINISHED);
    }
    memset(&zeroed, 0, sizeof zeroed);
    memset(&r, 0xA5, sizeof r);
    untouched = r;
    assert_int_equal(cuc_call_next(&zeroed, NOON), CUC_NEXT_DONE);
    cuc_call_header(&zeroed, "HTTP/1.1 200 OK", 15);
    cuc_call_status(&zeroed, 200);
    cuc_call_body(&zeroed, "{}", 2);
    assert_int_equal(cuc_call_canonical_request(&zeroed, NULL, 0), 0);
    cuc_call_end(&zeroed, CUC_SENT);
    assert_int_equal(cuc_call_next(&zeroed, NOON), CUC_NEXT_DONE);
    assert_memory_equal(&r, &untouched, sizeof r);
}

/* ---- memory and lifetime --------------------------------------------------------------------- */

static void old_contents_of_the_structs_do_not_matter(void **state) /* P77 */
{
    static const int  fill[]      = { 0x00, 0xA5, 0xFF };
    const cuc_request request     = small_request();
    char              first[4096] = { 0 };
    uint32_t          wait        = 0;
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(fill); i++) {
        world                   w      = new_world(&ok, 1);
        cuc_client              client = world_client(&w);
        cuc_call               *call   = block(sizeof *call);
        cuc_result             *result = block(sizeof *result);
        char                   *work   = block(2048), text[4096];
        const cuc_http_request *http;
        memset(call, fill[i], sizeof *call);
        memset(work, fill[i], 2048);
        begin_call(call, &client, &request, work, 2048);
        assert_int_equal(cuc_call_next(call, NOON), CUC_NEXT_SEND);
        http = cuc_call_http_request(call);
        sprintf(text, "%s %s %s %s %s %s %s", http->url, http->host, http->port, http->lines[0],
                http->lines[1], http->lines[2], http->body);
        if (i == 0) strcpy(first, text);
        assert_string_equal(text, first);
        exchange(call, &busy, 0);
        assert_int_equal(cuc_call_next(call, NOON), CUC_NEXT_WAIT);
        if (i == 0) wait = cuc_call_wait_ms(call);
        assert_int_equal(cuc_call_wait_ms(call), wait);
        memset(result, fill[i], sizeof *result); /* the one call sets all of it, too */
        assert_int_equal(cuc_update_contact(&client, &request, work, 2048, result), CUC_OK);
        assert_int_equal(result->attempts, 1);
        assert_int_equal(result->callback + result->retryable + result->bytes, 0);
        assert_int_equal(result->waited_ms + result->actual + result->allowed, 0);
        assert_string_equal(result->where, "");
        assert_string_equal(result->code, "");
        free(work);
        free(result);
        free(call);
    }
}

static cuc_str kept(const char *text) { return view(block_of(text, strlen(text)), strlen(text)); }

/* The request and all that it points to are freed before the first attempt. */
static void the_request_may_be_freed_after_begin(void **state) /* P69 */
{
    world          w       = new_world(&ok, 1);
    cuc_client     client  = world_client(&w);
    cuc_request   *request = block(sizeof *request), same = small_request();
    cuc_reference *r = block(sizeof *r), other;
    cuc_segment   *s = block(2 * sizeof *s);
    char           work[4096], body[512], signature[65];
    const char    *strings[8];
    cuc_call       call, fresh;
    size_t         i = 0;
    (void)state;
    memset(r, 0, sizeof *r);
    memset(s, 0, 2 * sizeof *s);
    *request                         = same;
    request->name                    = kept("Order 1234");
    r->key                           = kept("recording");
    r->type                          = kept("URL");
    r->value                         = kept("https://example.com/1");
    s[0].key                         = kept("a");
    s[0].kind                        = CUC_SEGMENT_MAP;
    s[0].items                       = &s[1];
    s[0].count                       = 1;
    s[1].key                         = kept("b");
    s[1].kind                        = CUC_SEGMENT_INTEGER;
    s[1].integer                     = -7;
    request->references              = r;
    request->reference_count         = 1;
    request->segment_attributes      = s;
    request->segment_attribute_count = 1;
    begin_call(&fresh, &client, request, body, 0); /* only to see that it would be refused */
    assert_int_equal(cuc_call_next(&fresh, NOON), CUC_NEXT_DONE);
    begin_call(&call, &client, request, work, sizeof work);
    other        = *r;
    strings[i++] = request->name.ptr;
    strings[i++] = other.key.ptr;
    strings[i++] = other.type.ptr;
    strings[i++] = other.value.ptr;
    strings[i++] = s[0].key.ptr;
    strings[i++] = s[1].key.ptr;
    while (i > 0) free((void *)(uintptr_t)strings[--i]);
    free(s);
    free(r);
    free(request);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    strcpy(body, cuc_call_http_request(&call)->body);
    strcpy(signature, strstr(cuc_call_http_request(&call)->values[2], "Signature=") + 10);
    assert_string_equal(body, "{\"Name\":\"Order 1234\",\"References\":{\"recording\":{"
                              "\"Type\":\"URL\",\"Value\":\"https://example.com/1\"}},"
                              "\"SegmentAttributes\":{\"a\":{"
                              "\"ValueMap\":{\"b\":{\"ValueInteger\":-7}}}}}");
    exchange(&call, &busy, 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_WAIT);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND); /* both still agree */
    assert_string_equal(cuc_call_http_request(&call)->body, body);
    assert_string_equal(strstr(cuc_call_http_request(&call)->values[2], "Signature=") + 10,
                        signature);
}

/* Below the required size that it reports the call is refused; from there on it is made. */
static void the_required_size_is_exact_at_every_capacity(void **state) /* P51 */
{
    static const char *const tokens[] = { NULL, "t", "a-token-longer-than-one-word-0123456789" };
    const cuc_request        request  = small_request();
    size_t                   i, cap;
    (void)state;
    for (i = 0; i < ROWS(tokens); i++) {
        world      w      = new_world(&ok, 1);
        cuc_client client = world_client(&w);
        cuc_result r;
        size_t     required;
        client.session_token = cuc_s(tokens[i]);
        assert_int_equal(cuc_update_contact(&client, &request, NULL, 0, &r), CUC_E_SPACE);
        required = r.required;
        assert_in_range(
            required, 400,
            CUC_WORK_SIZE(strlen("{\"Name\":\"Order 1234\"}"), client.session_token.len));
        for (cap = 0; cap <= required + 1; cap++) {
            char *work = block(cap);
            assert_int_equal(cuc_update_contact(&client, &request, work, cap, &r),
                             cap < required ? CUC_E_SPACE : CUC_OK);
            assert_int_equal(r.required, required);
            assert_int_equal(r.attempts, cap >= required);
            free(work);
        }
        assert_int_equal(w.sends, 2);
    }
}

static void measuring_calls_only_the_credentials_callback(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    cuc_result        r;
    int               own;
    (void)state;
    for (own = 0; own < 2; own++) {
        client.credentials = world_credentials;
        client.hmac_sha256 = own ? NULL : world_hmac;
        assert_int_equal(cuc_update_contact(&client, &request, NULL, 0, &r), CUC_E_SPACE);
        assert_int_equal(w.asked, own + 1);
        assert_int_equal(w.hashes + w.macs + w.clock_reads + w.sends + w.sleeps, 0);
        assert_int_equal(r.attempts, 0);
    }
}

static void only_the_one_call_requires_send(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    char              work[2048];
    cuc_call          call;
    cuc_result        r;
    (void)state;
    client.send = NULL;
    assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_E_REQUIRED);
    assert_string_equal(r.where, "send");
    assert_int_equal(w.hashes + w.macs + w.clock_reads, 0);
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
}

/* Input that cannot be signed reaches no hash, and leaves no header lines. */
static void refused_input_reaches_no_crypto_callback(void **state)
{
    static const struct {
        int         line;
        const char *key, *secret, *region;
        int64_t     now;
        cuc_status  status;
    } row[] = {
        { __LINE__, "AKID/", "s",   "us-east-1", NOON, CUC_E_CREDENTIALS },
        { __LINE__, "AKID",  "s\n", "us-east-1", NOON, CUC_E_CREDENTIALS },
        { __LINE__, "AKID",  "",    "us-east-1", NOON, CUC_E_CREDENTIALS },
        { __LINE__, "AKID",  "s",   "us-east-1", -1,   CUC_E_TIME        },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world      w      = new_world(&ok, 1);
        cuc_client client = world_client(&w);
        char       work[2048];
        cuc_call   call;
        client.access_key = cuc_s(row[i].key);
        client.secret_key = cuc_s(row[i].secret);
        client.region     = cuc_s(row[i].region);
        begin_call(&call, &client, &request, work, sizeof work);
        assert_number(cuc_call_next(&call, row[i].now), CUC_NEXT_DONE, row[i].line);
        assert_number(result_of(&call)->status, row[i].status, row[i].line);
        assert_number(w.hashes + w.macs, 0, row[i].line);
        assert_number(cuc_call_http_request(&call)->line_count, 0, row[i].line);
    }
}

static void a_buffer_one_byte_too_small_gives_no_header_lines(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    cuc_result        r;
    cuc_call          call;
    char             *work;
    (void)state;
    client.session_token = cuc_s("t");
    assert_int_equal(cuc_update_contact(&client, &request, NULL, 0, &r), CUC_E_SPACE);
    work = block(r.required - 1);
    begin_call(&call, &client, &request, work, r.required - 1);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&call)->status, CUC_E_SPACE);
    assert_int_equal(cuc_call_http_request(&call)->line_count, 0);
    free(work);
}

/* ---- the canonical request ------------------------------------------------------------------- */

static void the_canonical_request_exists_from_send_until_next(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    char              work[2048], text[1024], again[1024];
    cuc_call          call;
    size_t            n;
    (void)state;
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_canonical_request(&call, text, sizeof text), 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    n = cuc_call_canonical_request(&call, text, sizeof text);
    assert_int_equal(strlen(text), n);
    exchange(&call, &busy, 0);
    assert_int_equal(cuc_call_canonical_request(&call, again, sizeof again), n);
    assert_string_equal(again, text);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_WAIT);
    assert_int_equal(cuc_call_canonical_request(&call, again, sizeof again), 0);
    assert_int_equal(cuc_call_next(&call, NOON + 1000), CUC_NEXT_SEND);
    assert_int_equal(cuc_call_canonical_request(&call, again, sizeof again), n);
    assert_non_null(strstr(again, "\nx-amz-date:20150830T123601Z\n"));
    exchange(&call, &ok, 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(cuc_call_canonical_request(&call, again, sizeof again), 0);
}

/* Exactly what was signed: cuc_sign makes the same of the same input. */
static void the_canonical_request_is_what_was_signed(void **state)
{
    static const char *const tokens[] = { NULL, "token/+=" };
    const cuc_request        request  = small_request();
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(tokens); i++) {
        world           w      = new_world(&ok, 1);
        cuc_client      client = world_client(&w);
        char            work[2048], other[4096], text[1024];
        cuc_sign_header headers[2];
        cuc_sign_input  in = CUC_ZERO;
        cuc_signed      is;
        cuc_result      r;
        cuc_call        call;
        size_t          n;
        client.session_token = cuc_s(tokens[i]);
        begin_call(&call, &client, &request, work, sizeof work);
        assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
        n                = cuc_call_canonical_request(&call, text, sizeof text);
        headers[0].name  = cuc_s("Content-Type");
        headers[0].value = cuc_s("application/json");
        headers[1].name  = cuc_s("host");
        headers[1].value = cuc_s(cuc_call_http_request(&call)->authority);
        in.method        = cuc_s("POST");
        in.path          = cuc_s(cuc_call_http_request(&call)->path);
        in.headers       = headers;
        in.header_count  = 2;
        in.body          = cuc_s(cuc_call_http_request(&call)->body);
        assert_int_equal(cuc_sign(&client, &in, NOON, other, sizeof other, &is, &r), CUC_OK);
        assert_int_equal(is.canonical_request.len, n);
        assert_memory_equal(is.canonical_request.ptr, text, n);
        assert_string_equal(is.authorization.ptr, cuc_call_http_request(&call)->values[2]);
    }
}

static int token_at_first(world *w, cuc_credentials *copy)
{
    copy->session_token = cuc_s(w->asked == 1 ? "first-token" : NULL);
    return 0;
}

static void the_canonical_request_has_the_token_of_its_attempt(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    char              work[2048], text[1024];
    cuc_call          call;
    (void)state;
    client.credentials = world_credentials;
    w.on_credentials   = token_at_first;
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    assert_int_equal(cuc_call_http_request(&call)->line_count, 4);
    assert_true(cuc_call_canonical_request(&call, text, sizeof text) < sizeof text);
    assert_non_null(strstr(text, "\nx-amz-security-token:first-token\n"));
    exchange(&call, &busy, 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_WAIT);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    assert_int_equal(cuc_call_http_request(&call)->line_count, 3);
    assert_true(cuc_call_canonical_request(&call, text, sizeof text) < sizeof text);
    assert_null(strstr(text, "token"));
}

static void the_canonical_request_fits_or_is_measured(void **state)
{
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    char              work[2048], whole[1024];
    cuc_call          call;
    size_t            n, cap;
    (void)state;
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    n = cuc_call_canonical_request(&call, whole, sizeof whole);
    assert_int_equal(cuc_call_canonical_request(&call, NULL, 0), n);
    for (cap = 0; cap <= n + 2; cap++) {
        char *text = block(cap);
        memset(text, 'x', cap);
        assert_int_equal(cuc_call_canonical_request(&call, text, cap), n);
        if (cap > n) assert_string_equal(text, whole);
        free(text);
    }
    w.armed   = 1; /* a failing hash: no canonical request, and the call goes on */
    w.fail_at = 0;
    assert_int_equal(cuc_call_canonical_request(&call, whole, sizeof whole), 0);
    w.armed = 0;
    exchange(&call, &ok, 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&call)->status, CUC_OK);
}

/* ---- calls that share a cuc_shared ----------------------------------------------------------- */

static void interleaved_calls_refund_only_their_own_retries(void **state) /* P62 */
{
    static const answer slow[] = {
        { CUC_SENT, 429, NULL, NULL, 0 }
    };
    const cuc_request request = small_request();
    world             w       = new_world(&ok, 1);
    cuc_client        client  = world_client(&w);
    cuc_shared        shared  = CUC_ZERO;
    char              work[2][2048];
    cuc_call          call[2];
    cuc_result        result[2];
    size_t            i;
    (void)state;
    client.shared = &shared;
    shared.spent  = 480;
    for (i = 0; i < 2; i++) {
        cuc_call_begin(&call[i], &client, &request, work[i], sizeof work[i], &result[i]);
        assert_int_equal(cuc_call_next(&call[i], NOON), CUC_NEXT_SEND);
    }
    exchange(&call[0], &busy, 0);
    exchange(&call[1], slow, 0);
    assert_int_equal(cuc_call_next(&call[0], NOON), CUC_NEXT_WAIT);
    assert_int_equal(shared.spent, 494);
    assert_int_equal(cuc_call_next(&call[1], NOON), CUC_NEXT_WAIT);
    assert_int_equal(shared.spent, 499);
    for (i = 0; i < 2; i++) assert_int_equal(cuc_call_next(&call[i], NOON), CUC_NEXT_SEND);
    exchange(&call[1], slow, 0); /* too little of the budget is left for another retry */
    assert_int_equal(cuc_call_next(&call[1], NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&call[1])->status, CUC_E_SERVICE);
    assert_int_equal(shared.spent, 499);
    exchange(&call[0], &ok, 0);
    assert_int_equal(cuc_call_next(&call[0], NOON), CUC_NEXT_DONE);
    assert_int_equal(shared.spent, 485); /* 14 back, the 5 stay spent */
}

/* ---- callbacks that fail --------------------------------------------------------------------- */

static int holds(const char *work, size_t n, const char *what)
{
    const size_t len = strlen(what);
    size_t       i;
    for (i = 0; i + len <= n; i++)
        if (memcmp(work + i, what, len) == 0) return 1;
    return 0;
}

/* Its secret is longer than what is written over it later, so that a missing wipe shows. */
static cuc_client failing_client(world *w, int own_hmac)
{
    static char secret[800];
    cuc_client  client = world_client(w);
    memset(secret, 's', sizeof secret);
    strcpy(secret + sizeof secret - sizeof SECRET, SECRET);
    client.secret_key  = cuc_s(secret);
    client.credentials = world_credentials;
    if (own_hmac) client.hmac_sha256 = NULL;
    return client;
}

/* As SQLite does it: the first callback call fails, then the second, ... until none is left. */
static void a_failing_callback_ends_the_call(void **state) /* P65, P66 */
{
    static const int  numbers[] = { 1, -1, 2, INT_MIN, INT_MAX };
    const cuc_request request   = small_request();
    long              n, total;
    int               own;
    (void)state;
    for (own = 0; own < 2; own++)
        for (n = 0, total = 1; n < total; n++) {
            world      w      = new_world(busy_then_ok, 2);
            cuc_client client = failing_client(&w, own);
            char      *work   = block(2048);
            cuc_result r;
            memset(work, 'x', 2048); /* holds() reads all of it */
            w.armed = 1;
            assert_int_equal(cuc_update_contact(&client, &request, work, 2048, &r), CUC_OK);
            total       = w.calls;
            w           = new_world(busy_then_ok, 2);
            w.armed     = 1;
            w.fail_at   = n;
            w.fail_with = numbers[n % 5];
            assert_int_equal(cuc_update_contact(&client, &request, work, 2048, &r), CUC_E_CALLBACK);
            assert_int_equal(r.callback, numbers[n % 5]);
            assert_int_equal(w.calls, n + 1); /* and no callback ran afterwards */
            assert_true(strcmp(r.where, "sha256") == 0 || strcmp(r.where, "hmac_sha256") == 0 ||
                        strcmp(r.where, "send") == 0 || strcmp(r.where, "sleep_ms") == 0 ||
                        strcmp(r.where, "credentials") == 0);
            assert_false(holds(work, 2048, SECRET));
            w = new_world(busy_then_ok, 2); /* client and buffer can be used again */
            assert_int_equal(cuc_update_contact(&client, &request, work, 2048, &r), CUC_OK);
            free(work);
        }
}

static void where_names_the_callback_that_failed(void **state) /* P65 */
{
    static const struct {
        int         line;
        long        at;
        const char *where;
    } row[] = {
        { __LINE__, 0,  "credentials" },
        { __LINE__, 1,  "sha256"      },
        { __LINE__, 2,  "sha256"      },
        { __LINE__, 3,  "hmac_sha256" },
        { __LINE__, 7,  "hmac_sha256" },
        { __LINE__, 8,  "send"        },
        { __LINE__, 9,  "sleep_ms"    },
        { __LINE__, 10, "credentials" },
        { __LINE__, 11, "sha256"      },
        { __LINE__, 17, "hmac_sha256" },
        { __LINE__, 18, "send"        },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world      w      = new_world(busy_then_ok, 2);
        cuc_client client = failing_client(&w, 0);
        char       work[2048];
        cuc_result r;
        w.armed   = 1;
        w.fail_at = row[i].at;
        assert_number(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_E_CALLBACK,
                      row[i].line);
        assert_text(r.where, row[i].where, row[i].line);
        assert_number(w.sends, row[i].at < 8 ? 0 : row[i].at < 18 ? 1 : 2, row[i].line);
    }
}

static int short_sha(void *user, const void *data, size_t len, unsigned char out[32])
{
    unsigned char whole[32];
    (void)real_sha256(user, data, len, whole);
    memcpy(out, whole, 5);
    return 0;
}

static int short_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                      unsigned char out[32])
{
    unsigned char whole[32];
    (void)real_hmac(user, key, key_len, data, len, whole);
    memcpy(out, whole, 5);
    return 0;
}

/* Leaves bytes on the stack where the digests of the next call will be. */
static unsigned litter(int fill)
{
    volatile unsigned char room[4096];
    unsigned               sum = 0;
    size_t                 i;
    for (i = 0; i < sizeof room; i++) room[i] = (unsigned char)fill;
    for (i = 0; i < sizeof room; i++) sum += room[i];
    return sum;
}

static void the_rest_of_a_short_digest_is_zero(void **state) /* P70 */
{
    const cuc_request request   = small_request();
    char              first[65] = "";
    int               own, fill;
    (void)state;
    for (own = 0; own < 2; own++)
        for (fill = 0; fill < 3; fill++) {
            world       w      = new_world(&ok, 1);
            cuc_client  client = world_client(&w);
            const char *signature;
            char        work[2048];
            cuc_call    call;
            client.sha256      = short_sha;
            client.hmac_sha256 = own ? NULL : short_hmac;
            begin_call(&call, &client, &request, work, sizeof work);
            assert_true(litter(fill * 85) == (unsigned)fill * 85 * 4096);
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
            signature = strstr(cuc_call_http_request(&call)->values[2], "Signature=") + 10;
            if (fill == 0) strcpy(first, signature);
            assert_string_equal(signature, first);
            assert_int_equal(strspn(signature + 10, "0"), 54);
        }
}

/* The numbers that the comments of cuc_sha256_fn and cuc_hmac_fn promise. */
static void hash_calls_are_as_many_as_documented(void **state)
{
    static const struct {
        int  line, own_hmac, key, secret;
        long hashes, macs;
    } row[] = {
        { __LINE__, 0, 0, 40, 2,  5 },
        { __LINE__, 0, 1, 40, 2,  1 },
        { __LINE__, 1, 0, 40, 12, 0 },
        { __LINE__, 1, 0, 60, 12, 0 },
        { __LINE__, 1, 0, 61, 13, 0 },
        { __LINE__, 1, 1, 40, 4,  0 },
    };
    const cuc_request request = small_request();
    char              secret[62];
    size_t            i;
    (void)state;
    memset(secret, 's', sizeof secret);
    for (i = 0; i < ROWS(row); i++) {
        world           w      = new_world(&ok, 1);
        cuc_client      client = world_client(&w);
        char            work[2048];
        cuc_signing_key key;
        cuc_result      r;
        client.secret_key.ptr = secret;
        client.secret_key.len = (size_t)row[i].secret;
        assert_int_equal(
            cuc_derive_signing_key(&client, cuc_s(NULL), NOON, work, sizeof work, &key, &r),
            CUC_OK);
        if (row[i].key) client.signing_key = &key;
        if (row[i].own_hmac) client.hmac_sha256 = NULL;
        w.hashes = w.macs = 0;
        assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_OK);
        assert_number(w.hashes, row[i].hashes, row[i].line);
        assert_number(w.macs, row[i].macs, row[i].line);
    }
}

/* ---- callbacks that do something else first -------------------------------------------------- */

enum { FROM_SHA256, FROM_HMAC, FROM_CREDENTIALS, FROM_SEND, FROM_SLEEP, FROM_NOW, FROM_COUNT };

static void (*first_do)(int from);

static int odd_sha(void *user, const void *data, size_t len, unsigned char out[32])
{
    first_do(FROM_SHA256);
    return world_sha256(user, data, len, out);
}

static int odd_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                    unsigned char out[32])
{
    first_do(FROM_HMAC);
    return world_hmac(user, key, key_len, data, len, out);
}

static int odd_credentials(void *user, int64_t now_ms, cuc_credentials *copy)
{
    first_do(FROM_CREDENTIALS);
    return world_credentials(user, now_ms, copy);
}

static int odd_sleep(void *user, uint32_t ms)
{
    first_do(FROM_SLEEP);
    return world_sleep(user, ms);
}

static int64_t odd_now(void *user)
{
    first_do(FROM_NOW);
    return world_now(user);
}

/* All callbacks but send. */
static cuc_client odd_client(world *w, void (*what)(int from))
{
    cuc_client client  = world_client(w);
    client.sha256      = odd_sha;
    client.hmac_sha256 = odd_hmac;
    client.credentials = odd_credentials;
    client.sleep_ms    = odd_sleep;
    client.now_ms      = odd_now;
    first_do           = what;
    return client;
}

/* ---- callbacks that call back ---------------------------------------------------------------- */

enum { DO_NEXT, DO_END, DO_BEGIN, DO_BEGIN_BADLY, DO_COUNT };

static struct {
    world       w; /* first, because the world's callbacks cast `user` to it */
    cuc_call   *call;
    int         from, what;
    cuc_client  client;
    cuc_request request;
    char        work[2048];
} culprit;

static void call_back(int from)
{
    if (culprit.call == NULL || from != culprit.from) return;
    if (culprit.what == DO_NEXT) (void)cuc_call_next(culprit.call, NOON);
    if (culprit.what == DO_END) cuc_call_end(culprit.call, CUC_SENT);
    if (culprit.what == DO_BEGIN_BADLY) culprit.request.name = cuc_s("\xFF");
    if (culprit.what >= DO_BEGIN)
        begin_call(culprit.call, &culprit.client, &culprit.request, culprit.work,
                   sizeof culprit.work);
    culprit.call = NULL; /* once */
}

static int back_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    if (culprit.w.sends == 0) culprit.call = call; /* now it is known */
    if (culprit.from != FROM_SEND) return world_send(user, http, call);
    call_back(FROM_SEND);
    culprit.w.sends++;
    return CUC_SENT; /* the call that http belongs to may have been restarted */
}

static void make_culprit(int from, int what)
{
    memset(&culprit, 0, sizeof culprit);
    culprit.w           = new_world(busy_then_ok, 2);
    culprit.from        = from;
    culprit.what        = what;
    culprit.client      = odd_client(&culprit.w, call_back);
    culprit.client.send = back_send;
    culprit.request     = small_request();
}

static void reentry_is_refused_in_the_one_call(void **state) /* P67 */
{
    int from, what;
    (void)state;
    for (from = 0; from < FROM_COUNT; from++)
        for (what = 0; what < DO_COUNT; what++) {
            cuc_result r;
            make_culprit(from, what);
            if (cuc_update_contact(&culprit.client, &culprit.request, culprit.work,
                                   sizeof culprit.work, &r) != CUC_E_REENTRY)
                print_message("from %d, doing %d\n", from, what);
            assert_int_equal(r.status, CUC_E_REENTRY);
            assert_null(culprit.call);
            assert_int_equal(culprit.w.sends, 1); /* nothing goes out afterwards */
        }
}

static void reentry_is_refused_in_the_state_machine(void **state) /* P67 */
{
    int from, what;
    (void)state;
    for (from = FROM_SHA256; from <= FROM_CREDENTIALS; from++)
        for (what = 0; what < DO_COUNT; what++) {
            cuc_call call;
            make_culprit(from, what);
            begin_call(&call, &culprit.client, &culprit.request, culprit.work, sizeof culprit.work);
            culprit.call = &call;
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, CUC_E_REENTRY);
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
            assert_null(culprit.call);
            if (from == FROM_CREDENTIALS) assert_int_equal(culprit.w.hashes + culprit.w.macs, 0);
        }
}

/* Field report 4.9: a longer body in the same buffer moves what the signer was reading. Some lengths
 * move it onto what the signer writes next; ASan watches.                                        */
static void reentry_with_a_longer_body_is_refused(void **state) /* P67, P73 */
{
    static char longer[700];
    int         from;
    size_t      length;
    (void)state;
    memset(longer, 'd', sizeof longer);
    for (from = FROM_SHA256; from <= FROM_CREDENTIALS; from++)
        for (length = 0; length < sizeof longer; length++) {
            cuc_call call;
            make_culprit(from, DO_BEGIN);
            begin_call(&call, &culprit.client, &culprit.request, culprit.work, sizeof culprit.work);
            culprit.call                = &call;
            culprit.request.description = view(longer, length);
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, CUC_E_REENTRY);
        }
}

static void reentry_in_sha256_gives_no_canonical_request(void **state) /* P67 */
{
    int what;
    (void)state;
    for (what = DO_BEGIN; what < DO_COUNT; what++) {
        char     text[1024] = "untouched";
        cuc_call call;
        make_culprit(FROM_SHA256, what);
        begin_call(&call, &culprit.client, &culprit.request, culprit.work, sizeof culprit.work);
        assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
        culprit.call = &call;
        assert_int_equal(cuc_call_canonical_request(&call, text, sizeof text), 0);
        assert_string_equal(text, "untouched");
        assert_null(culprit.call);
    }
}

static int another_call(world *w, const cuc_http_request *http, cuc_call *call)
{
    const cuc_request request = small_request();
    world             inner   = new_world(&ok, 1);
    cuc_client        client  = world_client(&inner);
    char              work[2048];
    cuc_result        r;
    (void)w;
    (void)http;
    (void)call;
    assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_OK);
    assert_int_equal(inner.sends, 1);
    return 0;
}

static void another_call_inside_a_callback_works(void **state) /* P67 */
{
    const cuc_request request = small_request();
    world             w       = new_world(busy_then_ok, 2);
    cuc_client        client  = world_client(&w);
    char              work[2048];
    cuc_result        r;
    (void)state;
    w.on_send = another_call;
    assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_OK);
    assert_int_equal(r.attempts, 2);
}

/* ---- callbacks that never return ------------------------------------------------------------- */

static jmp_buf out_of_here;
static int     jump_from;

static void leave(int from)
{
    if (from == jump_from) longjmp(out_of_here, 1);
}

static int jump_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    cuc_call_body(call, "{\"message\":\"half", 16);
    leave(FROM_SEND);
    return world_send(user, http, call);
}

static void after_longjmp_client_and_buffer_can_be_reused(void **state) /* P68 */
{
    static world      w;
    static cuc_client client;
    static cuc_shared shared;
    static char       work[2048];
    static int        from; /* static: a jump leaves other variables undefined */
    const cuc_request request = small_request();
    (void)state;
    for (from = 0; from < FROM_COUNT; from++) {
        static int        jumped;
        static cuc_result left;
        cuc_result        r;
        w             = new_world(busy_then_ok, 2);
        client        = odd_client(&w, leave);
        client.send   = jump_send;
        client.shared = &shared;
        memset(&shared, 0, sizeof shared);
        jump_from = from;
        jumped    = 1;
        if (setjmp(out_of_here) == 0) {
            (void)cuc_update_contact(&client, &request, work, sizeof work, &left);
            jumped = 0;
        }
        assert_int_equal(jumped, 1);
        assert_int_equal(left.status, CUC_E_UNFINISHED);
        jump_from = -1;
        w         = new_world(busy_then_ok, 2);
        assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_OK);
        assert_int_equal(r.attempts, 2);
    }
}

/* ---- what runs after re-entry ---------------------------------------------------------------- */

static cuc_next said_inside;
static long     calls_then;

static long culprit_calls(void) { return culprit.w.hashes + culprit.w.macs + culprit.w.asked; }

static void begin_or_next_inside(int from)
{
    if (culprit.call == NULL || from != culprit.from) return;
    if (culprit.what == DO_NEXT) said_inside = cuc_call_next(culprit.call, NOON);
    else
        begin_call(culprit.call, &culprit.client, &culprit.request, culprit.work,
                   sizeof culprit.work);
    calls_then   = culprit_calls();
    culprit.call = NULL;
}

static void after_reentry_no_other_callback_runs(void **state) /* P67 */
{
    int from, what, made;
    (void)state;
    for (made = 0; made < 2; made++)
        for (from = FROM_SHA256; from <= FROM_CREDENTIALS; from++)
            for (what = 0; what < 2; what++) {
                cuc_call call;
                if (made && from == FROM_HMAC) continue;
                make_culprit(from, what == 0 ? DO_NEXT : DO_BEGIN);
                if (made) culprit.client.hmac_sha256 = NULL;
                first_do = begin_or_next_inside;
                begin_call(&call, &culprit.client, &culprit.request, culprit.work,
                           sizeof culprit.work);
                culprit.call = &call;
                said_inside  = CUC_NEXT_DONE;
                assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
                assert_int_equal(said_inside, CUC_NEXT_DONE);
                assert_int_equal(result_of(&call)->status, CUC_E_REENTRY);
                assert_int_equal(culprit_calls(),
                                 calls_then + 1); /* only the callback that did it */
                assert_null(culprit.call);
            }
}

static void an_id_that_looks_wrong_is_named_after_a_403_or_404(void **state)
{
    static const struct {
        int         line;
        const char *instance, *contact;
        int         http_status;
        const char *where;
    } row[] = {
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     404, "InstanceId" },
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     403, "InstanceId" },
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     400, ""           },
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     503, ""           },
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     200, ""           },
        { __LINE__, "arn:aws:connect:us-east-1:1:instance/i", "c",     0,   ""           },
        { __LINE__, "i",                                      "\"c\"", 404, "ContactId"  },
        { __LINE__, "i",                                      "'c'",   403, "ContactId"  },
        { __LINE__, "'i'",                                    "'c'",   404, "InstanceId" },
        { __LINE__, "i",                                      "c",     404, ""           },
        { __LINE__, "i",                                      "c",     403, ""           },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const answer said    = { CUC_SENT, row[i].http_status, NULL, NULL, 0 };
        world        w       = new_world(&said, 1);
        cuc_client   client  = world_client(&w);
        cuc_request  request = small_request();
        cuc_result   r;
        char         work[2048], text[CUC_TEXT_SIZE];
        request.instance_id = cuc_s(row[i].instance);
        request.contact_id  = cuc_s(row[i].contact);
        (void)cuc_update_contact(&client, &request, work, sizeof work, &r);
        assert_text(r.where, row[i].where, row[i].line);
        (void)cuc_result_text(&r, text, sizeof text);
        assert_number(strstr(text, "Check: this id: an ARN and quotes are sent as given") != NULL,
                      row[i].where[0] != 0, row[i].line);
    }
}

int test_call(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_in_the_wrong_state_are_named),
        cmocka_unit_test(after_wait_next_always_sends),
        cmocka_unit_test(next_reports_a_problem_of_begin_as_done),
        cmocka_unit_test(a_call_in_the_wrong_state_hides_no_earlier_problem),
        cmocka_unit_test(a_call_can_be_dropped_at_any_time),
        cmocka_unit_test(an_unfinished_call_never_reads_as_success),
        cmocka_unit_test(old_contents_of_the_structs_do_not_matter),
        cmocka_unit_test(the_request_may_be_freed_after_begin),
        cmocka_unit_test(the_required_size_is_exact_at_every_capacity),
        cmocka_unit_test(measuring_calls_only_the_credentials_callback),
        cmocka_unit_test(only_the_one_call_requires_send),
        cmocka_unit_test(refused_input_reaches_no_crypto_callback),
        cmocka_unit_test(a_buffer_one_byte_too_small_gives_no_header_lines),
        cmocka_unit_test(the_canonical_request_exists_from_send_until_next),
        cmocka_unit_test(the_canonical_request_is_what_was_signed),
        cmocka_unit_test(the_canonical_request_has_the_token_of_its_attempt),
        cmocka_unit_test(the_canonical_request_fits_or_is_measured),
        cmocka_unit_test(interleaved_calls_refund_only_their_own_retries),
        cmocka_unit_test(a_failing_callback_ends_the_call),
        cmocka_unit_test(where_names_the_callback_that_failed),
        cmocka_unit_test(the_rest_of_a_short_digest_is_zero),
        cmocka_unit_test(hash_calls_are_as_many_as_documented),
        cmocka_unit_test(reentry_is_refused_in_the_one_call),
        cmocka_unit_test(reentry_is_refused_in_the_state_machine),
        cmocka_unit_test(reentry_with_a_longer_body_is_refused),
        cmocka_unit_test(reentry_in_sha256_gives_no_canonical_request),
        cmocka_unit_test(another_call_inside_a_callback_works),
        cmocka_unit_test(after_longjmp_client_and_buffer_can_be_reused),
        cmocka_unit_test(after_reentry_no_other_callback_runs),
        cmocka_unit_test(an_id_that_looks_wrong_is_named_after_a_403_or_404),
    };
    return GROUP(tests);
}
