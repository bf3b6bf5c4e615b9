/* Black box: wrong clocks and how responses correct them.   needs: jansson */
#include "data.h"

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z, where the fake world begins */
#define OK { CUC_SENT, 200, NULL, NULL, 0 }
#define LINES(status, lines) { CUC_SENT, status, lines, NULL, 0 }
#define IN_TIME "date: Sun, 30 Aug 2015 12:36:00 GMT\n"
#define HALF_AN_HOUR_LATE "date: Sun, 30 Aug 2015 13:06:00 GMT\n"
#define EXPIRED "x-amzn-errortype: InvalidSignatureException\n"

static cuc_result update(world *w, const cuc_client *client)
{
    const cuc_request request = small_request();
    char             *work    = block(CUC_WORK_SIZE(100, 0));
    cuc_result        result;
    (void)w;
    cuc_update_contact(client, &request, work, CUC_WORK_SIZE(100, 0), &result);
    free(work);
    return result;
}

/* ---- the SDKs' shared cases ------------------------------------------------------------------ */

static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    assert_non_null(text);
    return text;
}

static int64_t ms_of(const char *iso) /* all cases play on one day */
{
    int hour, minute, second;
    assert_int_equal(sscanf(iso, "2026-01-01T%2d:%2d:%2dZ", &hour, &minute, &second), 3);
    return 1767225600000 + ((hour * 60 + minute) * 60 + second) * 1000;
}

static void hand_in(cuc_call *call, const json_t *response)
{
    const json_t *headers    = json_object_get(response, "headers");
    const char   *code       = json_string_value(json_object_get(response, "errorCode"));
    char          lines[400] = "";
    answer        a          = OK;
    const char   *name;
    json_t       *value;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
        sprintf(lines + strlen(lines), "%s: %s\n", name, json_string_value(value));
    if (code != NULL) sprintf(lines + strlen(lines), "x-amzn-errortype: %s\n", code);
    a.status  = (int)json_integer_value(json_object_get(response, "statusCode"));
    a.headers = lines;
    exchange(call, &a, 0);
}

/* "2026-01-01T00:05:02Z" is "20260101T000502Z" on the wire. */
static void was_signed_at(const cuc_call *call, const char *iso)
{
    char expected[21], *to = expected;
    for (; *iso != 0; iso++)
        if (*iso != '-' && *iso != ':') *to++ = *iso;
    *to = 0;
    assert_string_equal(cuc_call_http_request(call)->values[1], expected);
}

static size_t play_operation(const json_t *operation, cuc_shared *shared)
{
    const json_t     *attempts = json_object_get(operation, "attempts");
    const cuc_request request  = small_request();
    world             w        = new_world(NULL, 0);
    cuc_client        client   = world_client(&w);
    char              work[2048];
    cuc_call          call;
    cuc_next          next = CUC_NEXT_WAIT;
    size_t            i;
    client.shared       = shared;
    client.max_attempts = (int)json_integer_value(json_object_get(operation, "maxAttempts"));
    begin_call(&call, &client, &request, work, sizeof work);
    for (i = 0; i < json_array_size(attempts); i++) {
        const json_t *a = json_array_get(attempts, i);
        if (i == 0) next = cuc_call_next(&call, ms_of(text_of(a, "clientTimeAtSend")));
        assert_int_equal(next, CUC_NEXT_SEND);
        was_signed_at(&call, text_of(a, "expectedSigningTime"));
        hand_in(&call, json_object_get(a, "response"));
        next = cuc_call_next(&call, ms_of(text_of(a, "clientTimeAtReceive")));
    }
    assert_int_equal(next, CUC_NEXT_DONE);
    assert_int_equal(result_of(&call)->attempts, json_array_size(attempts));
    assert_int_equal(result_of(&call)->status,
                     strcmp(text_of(operation, "expectedOutcome"), "success") == 0 ? CUC_OK
                                                                                   : CUC_E_SERVICE);
    assert_true(shared->clock_offset_ms ==
                1000 * json_integer_value(json_object_get(operation, "expectedClientSkew")));
    return json_array_size(attempts);
}

static void the_shared_clock_cases_of_the_sdks_hold(void **state) /* P19 */
{
    json_t *file = load(data_folder(), "clock_skew_cases.json"), *tests, *operations;
    size_t  i, k, played = 0, attempts = 0;
    (void)state;
    if (file == NULL) return;
    tests = json_object_get(file, "tests");
    for (i = 0; i < json_array_size(tests); i++) {
        cuc_shared shared = CUC_ZERO;
        operations        = json_object_get(json_array_get(tests, i), "operations");
        for (k = 0; k < json_array_size(operations); k++, played++) {
            const json_t *o = json_array_get(operations, k);
            const int64_t begin =
                1000 * json_integer_value(json_object_get(o, "initialClientSkew"));
            if (k == 0) shared.clock_offset_ms = begin;
            assert_true(shared.clock_offset_ms == begin);
            attempts += play_operation(o, &shared);
        }
    }
    assert_int_equal(json_array_size(tests), 10);
    assert_int_equal(played, 14);
    assert_int_equal(attempts, 16);
    json_decref(file);
}

/* ---- when a wrong clock is worth a retry ----------------------------------------------------- */

static void a_clock_error_of_4_minutes_is_retried(void **state) /* P19 */
{
    static const struct {
        int         line;
        int64_t     off_ms;
        const char *date;
        int         attempts;
    } row[] = {
        { __LINE__, 0,        "12:36:00", 1 },
        { __LINE__, 0,        "12:39:59", 1 }, /* 239 s */
        { __LINE__, 0,        "12:40:00", 2 },
        { __LINE__, 0,        "12:40:01", 2 },
        { __LINE__, 0,        "12:32:01", 1 },
        { __LINE__, 0,        "12:32:00", 2 },
        { __LINE__, 0,        "12:31:59", 2 },
        { __LINE__, 1,        "12:40:00", 1 }, /* 239,999 ms */
        { __LINE__, -1,       "12:40:00", 2 },
        { __LINE__, -1,       "12:32:00", 1 },
        { __LINE__, 3600000,  "12:36:00", 2 },
        { __LINE__, -3600000, "12:36:00", 2 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        char       lines[200];
        answer     story[2] = { LINES(403, lines), OK };
        world      w        = new_world(story, 2);
        cuc_client client   = world_client(&w);
        cuc_result r;
        sprintf(lines, "date: Sun, 30 Aug 2015 %s GMT\n" EXPIRED, row[i].date);
        w.now_ms = NOON + row[i].off_ms;
        r        = update(&w, &client);
        assert_number(r.attempts, row[i].attempts, row[i].line);
        assert_number(r.status, row[i].attempts == 2 ? CUC_OK : CUC_E_SERVICE, row[i].line);
        assert_number(w.sleeps, 0, row[i].line);
    }
}

static void the_clock_offset_is_used_in_the_next_attempt(void **state) /* P20, P21 */
{
    static const answer story[] = { LINES(403, HALF_AN_HOUR_LATE EXPIRED), OK };
    cuc_shared          shared  = CUC_ZERO;
    world               w       = new_world(story, 2);
    cuc_client          client  = world_client(&w);
    cuc_result          r;
    (void)state;
    client.shared = &shared;
    r             = update(&w, &client);
    assert_int_equal(r.status, CUC_OK);
    assert_string_equal(w.dates[0], "20150830T123600Z");
    assert_string_equal(w.dates[1], "20150830T130600Z");
    assert_true(r.clock_offset_ms == 1800000);
    assert_true(shared.clock_offset_ms == 1800000);
    w.sends = 1; /* the second call with that cuc_shared is right at once */
    r       = update(&w, &client);
    assert_int_equal(r.attempts, 1);
    assert_string_equal(w.dates[1], "20150830T130600Z");
}

static void without_shared_the_clock_offset_ends_with_the_call(void **state)
{
    static const answer story[] = { LINES(403, HALF_AN_HOUR_LATE EXPIRED), LINES(503, NULL), OK,
                                    LINES(200, HALF_AN_HOUR_LATE) };
    world               w       = new_world(story, 4);
    cuc_client          client  = world_client(&w);
    (void)state;
    assert_int_equal(update(&w, &client).attempts, 3);
    assert_memory_equal(w.dates[2], "20150830T1306", 13);
    (void)update(&w, &client);
    assert_memory_equal(w.dates[3], "20150830T1236", 13);
}

/* One exchange: signed by a clock at `sent`, which reads `received` when the 403 has arrived. Field
 * reports 2.1 and 2.2: neither the time that it took nor a clock that was set meanwhile decides.  */
static void a_wrong_clock_is_retried_whatever_the_exchange_took(void **state)
{
#define MINUTES(n) ((n) * INT64_C(60000))
    static const struct {
        int         line;
        int64_t     sent, received;
        const char *date;    /* of the response; the fake world's day */
        const char *retried; /* when the second attempt is signed; NULL: there is none */
    } row[] = {
        { __LINE__, 0,                  NOON + 1000,        "12:36:01", "20150830T123601Z" },
        { __LINE__, 86400000,           NOON + 1000,        "12:36:01", "20150830T123601Z" },
        { __LINE__, NOON - MINUTES(60), NOON + 1000,        "12:36:01", "20150830T123601Z" },
        { __LINE__, NOON + MINUTES(60), NOON + 1000,        "12:36:01", "20150830T123601Z" },
        { __LINE__, NOON - MINUTES(60), NOON - MINUTES(40), "12:56:00", "20150830T115600Z" },
        { __LINE__, NOON - MINUTES(60), NOON - MINUTES(48), "12:48:00", "20150830T125400Z" },
        { __LINE__, NOON,               NOON - MINUTES(60), "13:36:00", "20150830T113600Z" },
        { __LINE__, NOON,               NOON + MINUTES(3),  "12:39:00", NULL               },
        { __LINE__, NOON,               NOON + MINUTES(11), "12:47:00", "20150830T124700Z" },
        { __LINE__, NOON,               NOON + MINUTES(15), "12:51:00", "20150830T125100Z" },
        { __LINE__, NOON,               NOON + MINUTES(20), "12:56:00", "20150830T125600Z" },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world        w      = new_world(NULL, 0);
        cuc_client   client = world_client(&w);
        char         lines[200], work[2048];
        const answer refused = LINES(403, lines);
        cuc_call     call;
        cuc_result   result;
        sprintf(lines, "date: Sun, 30 Aug 2015 %s GMT\n" EXPIRED, row[i].date);
        cuc_call_begin(&call, &client, &request, work, sizeof work, &result);
        assert_int_equal(cuc_call_next(&call, row[i].sent), CUC_NEXT_SEND);
        exchange(&call, &refused, 0);
        assert_number(cuc_call_next(&call, row[i].received),
                      row[i].retried != NULL ? CUC_NEXT_SEND : CUC_NEXT_DONE, row[i].line);
        if (row[i].retried != NULL)
            assert_text(cuc_call_http_request(&call)->values[1], row[i].retried, row[i].line);
    }
}

/* ---- a device without a clock ---------------------------------------------------------------- */

static void a_clock_that_starts_in_1970_costs_one_retry(void **state) /* P19 */
{
    static const answer  story[]  = { LINES(403, IN_TIME EXPIRED), OK };
    static const int64_t starts[] = { 0, 12345, 86400000 };
    size_t               i;
    (void)state;
    for (i = 0; i < ROWS(starts); i++) {
        cuc_shared shared = CUC_ZERO;
        world      w      = new_world(story, 2);
        cuc_client client = world_client(&w);
        cuc_result r;
        client.shared = &shared;
        w.now_ms      = starts[i];
        r             = update(&w, &client);
        assert_int_equal(r.status, CUC_OK);
        assert_int_equal(r.attempts, 2);
        assert_int_equal(w.sleeps, 0);
        assert_memory_equal(w.dates[0], "19700", 5);
        assert_string_equal(w.dates[1], "20150830T123600Z");
        w.sends = 1;
        w.now_ms += 60000;
        r = update(&w, &client);
        assert_int_equal(r.attempts, 1);
        assert_string_equal(w.dates[1], "20150830T123700Z");
    }
}

static void without_now_ms_the_first_response_sets_the_time(void **state)
{
    static const answer story[] = { LINES(403, IN_TIME EXPIRED), OK };
    cuc_shared          shared  = CUC_ZERO;
    world               w       = new_world(story, 2);
    cuc_client          client  = world_client(&w);
    (void)state;
    client.shared = &shared;
    client.now_ms = NULL;
    assert_int_equal(update(&w, &client).status, CUC_OK);
    assert_string_equal(w.dates[0], "19700101T000000Z");
    assert_string_equal(w.dates[1], "20150830T123600Z");
    assert_int_equal(w.clock_reads, 0);
    assert_true(shared.clock_offset_ms == NOON);
}

/* ---- what sets the clock offset -------------------------------------------------------------- */

static void every_response_with_a_reliable_date_sets_the_offset(void **state)
{
    static const struct {
        int     line;
        answer  a;
        int64_t offset; /* -7: unchanged */
    } row[] = {
        { __LINE__, LINES(200, "date: Sun, 30 Aug 2015 12:37:00 GMT\n"), 60000 },
        { __LINE__, LINES(200, "date: Sun, 30 Aug 2015 12:35:00 GMT\n"), -60000 },
        { __LINE__, LINES(400, "date: Sun, 30 Aug 2015 12:37:00 GMT\nx-amzn-requestid: a\n"),
         60000 },
        { __LINE__, LINES(301, "date: Sun, 30 Aug 2015 12:37:00 GMT\nx-amzn-requestid: a\n"),
         60000 },
        { __LINE__, LINES(429, "date: Sun, 30 Aug 2015 12:37:00 GMT\nx-amzn-errortype: A\n"),
         60000 },
        { __LINE__, LINES(503, "x-amzn-requestid: a\nDATE:Sun, 30 Aug 2015 12:37:00 GMT\n"),
         60000 },
        { __LINE__,
         { CUC_SENT, 400, "date: Sun, 30 Aug 2015 12:37:00 GMT\n", "{\"code\":\"A\"}", 0 },
         60000 },
        /* neither code nor id: perhaps a proxy's */
        { __LINE__, LINES(407, "date: Sun, 30 Aug 2015 12:37:00 GMT\n"), -7 },
        { __LINE__, LINES(503, "date: Sun, 30 Aug 2015 12:37:00 GMT\n"), -7 },
        { __LINE__,
         { CUC_SENT, 400, "date: Sun, 30 Aug 2015 12:37:00 GMT\n", "{\"message\":\"A\"}", 0 },
         -7 },
        { __LINE__, { CUC_SENT, 200, "date: Sun, 30 Aug 2015 12:37:00 GMT\n", NULL, 2000 }, 59000 },
        { __LINE__,
         { CUC_SENT, 200, "date: Sun, 30 Aug 2015 12:43:30 GMT\n", NULL, 900000 },
         -7 }, /* not contradicted */
        { __LINE__,
         { CUC_SENT, 200, "date: Sun, 30 Aug 2015 12:53:30 GMT\n", NULL, 900000 },
         600000 },
        { __LINE__, { CUC_SENT, 200, "date: Sun, 30 Aug 2015 12:43:30 GMT\n", NULL, 900001 }, -7 },
        { __LINE__, LINES(200, "date: Sun, 30 Aug 2015 12:37:00 GMT\nage: 0\n"), -7 },
        { __LINE__, LINES(200, "Age: 17280\ndate: Sun, 30 Aug 2015 12:37:00 GMT\n"), -7 },
        { __LINE__, LINES(200, NULL), -7 },
        { __LINE__, { CUC_SEND_AGAIN, 0, NULL, NULL, 0 }, -7 },
        { __LINE__,
         LINES(0, "HTTP/1.1 103 X\ndate: Sun, 30 Aug 2015 12:39:00 GMT\nage: 1\n"
                   "HTTP/1.1 200 OK\ndate: Sun, 30 Aug 2015 12:37:00 GMT\n"),
         60000 },
        { __LINE__,
         LINES(0, "HTTP/1.1 103 X\ndate: Sun, 30 Aug 2015 12:39:00 GMT\n"
                   "HTTP/1.1 200 OK\n"),
         -7 },
        /* of duplicates the first: P34 */
        { __LINE__,
         LINES(200, "date: Sun, 30 Aug 2015 12:37:00 GMT\n"
                     "date: Sun, 30 Aug 2015 12:38:00 GMT\n"),
         60000 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared = CUC_ZERO;
        world      w      = new_world(&row[i].a, 1);
        cuc_client client = world_client(&w);
        cuc_result r;
        shared.clock_offset_ms = -7;
        client.shared          = &shared;
        client.max_attempts    = 1;
        w.now_ms               = NOON;
        r                      = update(&w, &client);
        assert_number(shared.clock_offset_ms, row[i].offset, row[i].line);
        assert_number(r.clock_offset_ms, row[i].offset, row[i].line);
    }
}

static void a_malformed_date_leaves_the_clock_offset(void **state) /* P21 */
{
    static const char *const dates[] = {
        "",
        "yesterday",
        "Sun, 30 Foo 2015 12:41:00 GMT",
        "Sun, 30 Aug 0000 12:41:00 GMT",
        "Sun, 30 Aug 2015 25:41:00 GMT",
        "Sun, 99 Aug 2015 12:41:00 GMT",
        "2015-08-30T12:41:00Z",
        "Sunday, 30-Aug-15 12:41:00 GMT",
        "Sun Aug 30 12:41:00 2015",
        "1440938460",
        "Sun, 30 Aug 2015 12:41:00 GMT Sun, 30 Aug 2015 12:41:00 GMT",
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(dates); i++) {
        cuc_shared shared = CUC_ZERO;
        char       lines[200];
        answer     story[2] = { LINES(403, lines), OK };
        world      w        = new_world(story, 2);
        cuc_client client   = world_client(&w);
        sprintf(lines, "date: %s\n" EXPIRED, dates[i]);
        client.shared = &shared;
        assert_int_equal(update(&w, &client).attempts, 1);
        assert_true(shared.clock_offset_ms == 0);
    }
}

static int set_back(world *w, const cuc_http_request *http, cuc_call *call)
{
    (void)http;
    (void)call;
    w->now_ms -= 1000;
    return 0;
}

static void a_clock_set_back_during_the_exchange_leaves_the_offset(void **state)
{
    static const answer a      = LINES(200, "date: Sun, 30 Aug 2015 12:41:00 GMT\n");
    cuc_shared          shared = CUC_ZERO;
    world               w      = new_world(&a, 1);
    cuc_client          client = world_client(&w);
    (void)state;
    client.shared = &shared;
    w.on_send     = set_back;
    assert_int_equal(update(&w, &client).status, CUC_OK);
    assert_true(shared.clock_offset_ms == 0);
}

static void a_success_corrects_a_stale_clock_offset(void **state)
{
    static const answer a      = LINES(200, "date: Sun, 30 Aug 2015 12:36:00 GMT\n");
    cuc_shared          shared = CUC_ZERO;
    world               w      = new_world(&a, 1);
    cuc_client          client = world_client(&w);
    (void)state;
    client.shared          = &shared;
    shared.clock_offset_ms = 300000;
    assert_int_equal(update(&w, &client).attempts, 1);
    assert_string_equal(w.dates[0], "20150830T124100Z");
    assert_true(shared.clock_offset_ms == 0);
}

/* ---- calls that share a cuc_shared ----------------------------------------------------------- */

static const answer five_late = LINES(403, "date: Sun, 30 Aug 2015 12:41:00 GMT\n" EXPIRED);
static const answer well_late = LINES(200, "date: Sun, 30 Aug 2015 12:41:00 GMT\n");
static const answer well_now  = LINES(200, "date: Sun, 30 Aug 2015 12:36:00 GMT\n");

typedef struct pair {
    cuc_shared shared;
    cuc_call   a, b;
    char       work_a[2048], work_b[2048];
    world      w;
} pair;

static pair *two_calls(int64_t clock_offset_ms)
{
    const cuc_request request = small_request();
    pair             *p       = block(sizeof *p);
    cuc_client        client;
    memset(p, 0, sizeof *p);
    p->w                      = new_world(NULL, 0);
    p->shared.clock_offset_ms = clock_offset_ms;
    client                    = world_client(&p->w);
    client.shared             = &p->shared;
    begin_call(&p->a, &client, &request, p->work_a, sizeof p->work_a);
    begin_call(&p->b, &client, &request, p->work_b, sizeof p->work_b);
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_SEND);
    assert_int_equal(cuc_call_next(&p->b, NOON), CUC_NEXT_SEND);
    return p;
}

static const char *date_of(const cuc_call *call) { return cuc_call_http_request(call)->values[1]; }

/* B's response sets the offset before A's arrives. A was signed without it, so A is retried. */
static void the_clock_error_is_taken_from_the_time_signed(void **state)
{
    pair *p = two_calls(0);
    (void)state;
    exchange(&p->b, &well_late, 0);
    assert_int_equal(cuc_call_next(&p->b, NOON), CUC_NEXT_DONE);
    assert_true(p->shared.clock_offset_ms == 300000);
    exchange(&p->a, &five_late, 0);
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_SEND);
    assert_string_equal(date_of(&p->a), "20150830T124100Z");
    exchange(&p->a, &well_late, 0);
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&p->a)->status, CUC_OK);
    free(p);
}

/* The other way round: A was signed with the right offset, so its 403 has another reason, whatever
 * offset B's response has set meanwhile.                                                         */
static void an_offset_of_another_call_does_not_change_the_error(void **state)
{
    pair *p = two_calls(300000);
    (void)state;
    exchange(&p->b, &well_now, 0);
    assert_int_equal(cuc_call_next(&p->b, NOON), CUC_NEXT_DONE);
    assert_true(p->shared.clock_offset_ms == 0);
    exchange(&p->a, &five_late, 0);
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&p->a)->status, CUC_E_SERVICE);
    assert_int_equal(result_of(&p->a)->attempts, 1);
    free(p);
}

static void two_calls_with_one_wrong_clock_retry_once_each(void **state)
{
    pair *p = two_calls(0);
    (void)state;
    exchange(&p->a, &five_late, 0);
    exchange(&p->b, &five_late, 0);
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_SEND);
    assert_int_equal(cuc_call_next(&p->b, NOON), CUC_NEXT_SEND);
    assert_string_equal(date_of(&p->b), "20150830T124100Z");
    exchange(&p->a, &five_late, 0); /* an error although the time is right now */
    assert_int_equal(cuc_call_next(&p->a, NOON), CUC_NEXT_DONE);
    assert_int_equal(result_of(&p->a)->status, CUC_E_SERVICE);
    exchange(&p->b, &well_late, 0);
    assert_int_equal(cuc_call_next(&p->b, NOON), CUC_NEXT_DONE);
    assert_int_equal(p->shared.spent, 0);
    free(p);
}

/* ---- the calendar ---------------------------------------------------------------------------- */

static void x_amz_date_is_the_civil_date(void **state) /* P64 */
{
    static const struct {
        int         line;
        int64_t     now;
        const char *date; /* NULL: no such time */
    } row[] = {
        { __LINE__, 0,               "19700101T000000Z" },
        { __LINE__, 999,             "19700101T000000Z" },
        { __LINE__, 86399999,        "19700101T235959Z" },
        { __LINE__, 951782400000,    "20000229T000000Z" },
        { __LINE__, 951868800000,    "20000301T000000Z" },
        { __LINE__, 2147483647000,   "20380119T031407Z" },
        { __LINE__, 2147483648000,   "20380119T031408Z" },
        { __LINE__, 4102444799000,   "20991231T235959Z" },
        { __LINE__, 4107455999000,   "21000227T235959Z" },
        { __LINE__, 4107542399000,   "21000228T235959Z" },
        { __LINE__, 4107542400000,   "21000301T000000Z" },
        { __LINE__, 4294967296000,   "21060207T062816Z" },
        { __LINE__, 253402300799999, "99991231T235959Z" },
        { __LINE__, 253402300800000, NULL               },
        { __LINE__, -1,              NULL               },
        { __LINE__, INT64_MAX,       NULL               },
        { __LINE__, INT64_MIN,       NULL               },
    };
    static const answer ok = OK;
    size_t              i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world      w      = new_world(&ok, 1);
        cuc_client client = world_client(&w);
        cuc_result r;
        w.now_ms = row[i].now;
        r        = update(&w, &client);
        assert_number(r.status, row[i].date != NULL ? CUC_OK : CUC_E_TIME, row[i].line);
        assert_number(w.sends, row[i].date != NULL, row[i].line);
        if (row[i].date != NULL) assert_text(w.dates[0], row[i].date, row[i].line);
        else assert_text(r.where, "now_ms", row[i].line);
    }
}

/* A cuc_shared that was never zeroed, or a Date of the year 9999: no call may fail by it. */
static void an_offset_that_leaves_the_calendar_is_dropped(void **state) /* P64 */
{
    static const struct {
        int         line;
        int64_t     offset;
        const char *date;
    } row[] = {
        { __LINE__, 0,                      "20150830T123600Z" },
        { __LINE__, -NOON,                  "19700101T000000Z" },
        { __LINE__, -NOON - 1,              "20150830T123600Z" },
        { __LINE__, INT64_MIN,              "20150830T123600Z" },
        { __LINE__, INT64_MAX,              "20150830T123600Z" },
        { __LINE__, 253402300799999 - NOON, "99991231T235959Z" },
        { __LINE__, 253402300800000 - NOON, "20150830T123600Z" },
    };
    static const answer ok = OK;
    size_t              i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared      = CUC_ZERO;
        world      w           = new_world(&ok, 1);
        cuc_client client      = world_client(&w);
        shared.clock_offset_ms = row[i].offset;
        client.shared          = &shared;
        assert_number(update(&w, &client).status, CUC_OK, row[i].line);
        assert_text(w.dates[0], row[i].date, row[i].line);
    }
}

/* ---- signing keys and the clock -------------------------------------------------------------- */

static void at_most_two_clock_retries_per_call(void **state)
{
    static const answer story[] = {
        LINES(403, "date: Sun, 30 Aug 2015 13:00:00 GMT\n" EXPIRED),
        LINES(403, "date: Sun, 30 Aug 2015 14:00:00 GMT\n" EXPIRED),
        LINES(403, "date: Sun, 30 Aug 2015 15:00:00 GMT\n" EXPIRED),
        OK,
    };
    static const answer two_servers[] = {
        LINES(403, "date: Sun, 30 Aug 2015 13:00:00 GMT\n" EXPIRED),
        LINES(403, "date: Sun, 30 Aug 2015 13:10:00 GMT\n" EXPIRED),
        LINES(403, "date: Sun, 30 Aug 2015 13:00:00 GMT\n" EXPIRED),
        LINES(403, "date: Sun, 30 Aug 2015 13:10:00 GMT\n" EXPIRED),
        OK,
    };
    static const struct {
        int           line;
        const answer *answers;
        size_t        count;
        int           max_attempts, attempts;
    } row[] = {
        { __LINE__, story,       ROWS(story),       9,    3 },
        { __LINE__, story,       ROWS(story),       2,    2 }, /* they count as attempts */
        { __LINE__, two_servers, ROWS(two_servers), 5000, 3 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared = CUC_ZERO;
        world      w      = new_world(row[i].answers, row[i].count);
        cuc_client client = world_client(&w);
        cuc_result r;
        client.shared       = &shared;
        client.max_attempts = row[i].max_attempts;
        r                   = update(&w, &client);
        assert_number(r.status, CUC_E_SERVICE, row[i].line);
        assert_number(r.attempts, row[i].attempts, row[i].line);
        assert_number(r.retryable, 1, row[i].line);
        assert_number(shared.spent, 0, row[i].line);
    }
}

static cuc_signing_key key_for(const cuc_client *client, int64_t ms, const char *date)
{
    cuc_signing_key key;
    cuc_result      r;
    char            room[300];
    assert_int_equal(cuc_derive_signing_key(client, cuc_s(NULL), ms, room, sizeof room, &key, &r),
                     CUC_OK);
    if (date != NULL) memcpy(key.date, date, 8);
    return key;
}

static void a_signing_key_signs_its_day_around_midnight(void **state)
{
#define MIDNIGHT 1440892800000 /* of 2015-08-30 */
#define NEXT_MIDNIGHT (MIDNIGHT + 86400000)
    static const struct {
        int         line;
        int64_t     now_ms, offset_ms;
        const char *signed_at; /* NULL: CUC_E_KEY_DAY */
        int32_t     day;       /* then: the day that the key would have to be of */
    } row[] = {
        { __LINE__, NOON,                  0,       "20150830T123600Z", 0        },
        { __LINE__, NEXT_MIDNIGHT - 60000, 30000,   "20150830T235930Z", 0        },
        { __LINE__, NEXT_MIDNIGHT - 60000, 120000,  "20150830T235900Z", 0        },
        { __LINE__, NEXT_MIDNIGHT - 60000, 239999,  "20150830T235900Z", 0        },
        { __LINE__, NEXT_MIDNIGHT - 60000, 240000,  NULL,               20150831 },
        { __LINE__, MIDNIGHT + 60000,      -120000, "20150830T000100Z", 0        },
        { __LINE__, MIDNIGHT + 60000,      -239999, "20150830T000100Z", 0        },
        { __LINE__, MIDNIGHT + 60000,      -240000, NULL,               20150829 },
        { __LINE__, MIDNIGHT - 60000,      120000,  "20150830T000100Z", 0        },
        { __LINE__, MIDNIGHT - 60000,      1000,    NULL,               20150829 },
        { __LINE__, NEXT_MIDNIGHT,         0,       NULL,               20150831 },
        { __LINE__, 0,                     NOON,    "20150830T123600Z", 0        },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        static const answer fine   = OK;
        cuc_shared          shared = CUC_ZERO;
        world               w      = new_world(&fine, 1);
        cuc_client          client = world_client(&w);
        cuc_signing_key     key    = key_for(&client, NOON, NULL);
        cuc_result          r;
        client.signing_key     = &key;
        client.shared          = &shared;
        shared.clock_offset_ms = row[i].offset_ms;
        w.now_ms               = row[i].now_ms;
        r                      = update(&w, &client);
        assert_number(r.status, row[i].signed_at != NULL ? CUC_OK : CUC_E_KEY_DAY, row[i].line);
        assert_text(w.dates[0], row[i].signed_at != NULL ? row[i].signed_at : "", row[i].line);
        assert_number(r.detail, row[i].day, row[i].line);
    }
}

static void without_a_clock_a_key_signs_at_the_start_of_its_day(void **state)
{
    static const struct {
        int         line;
        int64_t     now_ms;
        const char *date;
        int         sent;
    } row[] = {
        { __LINE__, 0,             "20150830",   1 },
        { __LINE__, -1,            "20150830",   1 },
        { __LINE__, 1420070399999, "20150830",   1 }, /* one below 2015 */
        { __LINE__, 1420070400000, "20150830",   0 }, /* a clock that was set: another day */
        { __LINE__, INT64_MAX,     "20150830",   0 },
        { __LINE__, 0,             "201508 3",   0 }, /* no date: nothing of it goes into a header */
        { __LINE__, 0,             "2015-8-3",   0 },
        { __LINE__, 0,             "201508\r\n", 0 },
        { __LINE__, 0,             "20151231",   1 },
        { __LINE__, 0,             "20150101",   1 },
        { __LINE__, 0,             "20150901",   1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        static const answer fine   = OK;
        world               w      = new_world(&fine, 1);
        cuc_client          client = world_client(&w);
        cuc_signing_key     key    = key_for(&client, NOON, row[i].date);
        char                expected[17];
        client.signing_key = &key;
        w.now_ms           = row[i].now_ms;
        snprintf(expected, sizeof expected, "%.8sT000000Z", row[i].date);
        assert_number(update(&w, &client).status == CUC_OK, row[i].sent, row[i].line);
        assert_text(w.dates[0], row[i].sent ? expected : "", row[i].line);
    }
}

/* Field report 2.4: signed at the start of the key's day, refused, and the response sets the time. */
/* An offset of days would make every later call end with CUC_E_KEY_DAY, and none would be sent that
 * could learn better.                                                                            */
static void the_clock_of_a_proxy_does_not_stop_later_calls(void **state)
{
    static const answer steps[] = {
        LINES(407, "date: Thu, 27 Aug 2015 12:36:00 GMT\n"),
        LINES(200, "date: Sun, 30 Aug 2015 12:36:00 GMT\n"),
    };
    cuc_shared      shared = CUC_ZERO;
    world           w      = new_world(steps, 2);
    cuc_client      client = world_client(&w);
    cuc_signing_key key    = key_for(&client, NOON, NULL);
    (void)state;
    client.signing_key = &key;
    client.shared      = &shared;
    w.now_ms           = NOON;
    assert_int_equal(update(&w, &client).status, CUC_E_SERVICE);
    assert_int_equal(update(&w, &client).status, CUC_OK);
    assert_int_equal(shared.clock_offset_ms, 0);
}

static void a_signing_key_without_a_clock_gets_the_time(void **state)
{
    static const answer story[] = { LINES(403, IN_TIME EXPIRED), OK };
    int                 with_now;
    (void)state;
    for (with_now = 0; with_now < 2; with_now++) {
        cuc_shared      shared = CUC_ZERO;
        world           w      = new_world(story, 2);
        cuc_client      client = world_client(&w);
        cuc_signing_key key    = key_for(&client, NOON, NULL);
        client.signing_key     = &key;
        client.shared          = &shared;
        w.now_ms               = 5000;
        if (!with_now) client.now_ms = NULL;
        assert_int_equal(update(&w, &client).status, CUC_OK);
        assert_string_equal(w.dates[0], "20150830T000000Z");
        assert_string_equal(w.dates[1], "20150830T123600Z");
        assert_int_equal(update(&w, &client).attempts, 1); /* the next call knows the time */
        assert_string_equal(w.dates[2], "20150830T123600Z");
    }
}

static void credentials_gets_0_for_a_time_after_9999(void **state)
{
    static const answer fine   = OK;
    world               w      = new_world(&fine, 1);
    cuc_client          client = world_client(&w);
    (void)state;
    client.credentials = world_credentials;
    w.asked_at         = -1;
    w.now_ms           = INT64_MAX; /* a clock that was set, and wrongly */
    assert_int_equal(update(&w, &client).status, CUC_E_TIME);
    assert_int_equal(w.asked, 1);
    assert_int_equal(w.asked_at, 0);
}

static void credentials_gets_the_corrected_time_or_0(void **state)
{
    static const struct {
        int     line;
        int64_t now_ms, offset_ms, asked_at;
    } row[] = {
        { __LINE__, NOON,          0,     NOON          },
        { __LINE__, NOON,          60000, NOON + 60000  },
        { __LINE__, 0,             NOON,  NOON          },
        { __LINE__, 0,             0,     0             },
        { __LINE__, 12345,         0,     0             },
        { __LINE__, 1420070399999, 0,     0             },
        { __LINE__, 1420070400000, 0,     1420070400000 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        static const answer fine   = OK;
        cuc_shared          shared = CUC_ZERO;
        world               w      = new_world(&fine, 1);
        cuc_client          client = world_client(&w);
        client.shared              = &shared;
        client.credentials         = world_credentials;
        shared.clock_offset_ms     = row[i].offset_ms;
        w.now_ms                   = row[i].now_ms;
        w.asked_at                 = -7;
        assert_number(update(&w, &client).status, CUC_OK, row[i].line);
        assert_number(w.asked_at, row[i].asked_at, row[i].line);
    }
}

int api_clock(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shared_clock_cases_of_the_sdks_hold),
        cmocka_unit_test(a_clock_error_of_4_minutes_is_retried),
        cmocka_unit_test(a_wrong_clock_is_retried_whatever_the_exchange_took),
        cmocka_unit_test(the_clock_offset_is_used_in_the_next_attempt),
        cmocka_unit_test(without_shared_the_clock_offset_ends_with_the_call),
        cmocka_unit_test(a_clock_that_starts_in_1970_costs_one_retry),
        cmocka_unit_test(without_now_ms_the_first_response_sets_the_time),
        cmocka_unit_test(every_response_with_a_reliable_date_sets_the_offset),
        cmocka_unit_test(a_malformed_date_leaves_the_clock_offset),
        cmocka_unit_test(a_clock_set_back_during_the_exchange_leaves_the_offset),
        cmocka_unit_test(a_success_corrects_a_stale_clock_offset),
        cmocka_unit_test(the_clock_error_is_taken_from_the_time_signed),
        cmocka_unit_test(an_offset_of_another_call_does_not_change_the_error),
        cmocka_unit_test(two_calls_with_one_wrong_clock_retry_once_each),
        cmocka_unit_test(x_amz_date_is_the_civil_date),
        cmocka_unit_test(an_offset_that_leaves_the_calendar_is_dropped),
        cmocka_unit_test(at_most_two_clock_retries_per_call),
        cmocka_unit_test(a_signing_key_signs_its_day_around_midnight),
        cmocka_unit_test(without_a_clock_a_key_signs_at_the_start_of_its_day),
        cmocka_unit_test(the_clock_of_a_proxy_does_not_stop_later_calls),
        cmocka_unit_test(a_signing_key_without_a_clock_gets_the_time),
        cmocka_unit_test(credentials_gets_the_corrected_time_or_0),
        cmocka_unit_test(credentials_gets_0_for_a_time_after_9999),
    };
    return GROUP(tests);
}
