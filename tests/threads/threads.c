/* Four threads, each with its own copy of one client and a memory of its own, share nothing but
 * constant tables. Under -fsanitize=thread this shows that nothing else is shared; the same program
 * without it reads a deeply nested answer on a small stack.   sh tests/threads/run.sh            */
#include "support.h"
#include <pthread.h>

enum { THREADS = 4, ROUNDS = 200, BRACKETS = 100000 };

static const answer answers[] = {
    { CUC_SENT, 503, "retry-after: 1\n",                                                        "{\"message\":\"m\"}",          5 },
    { CUC_SENT, 403, "date: Sun, 30 Aug 2015 13:36:00 GMT\nx-amzn-errortype: RequestExpired\n",
     NULL,                                                                                                                      5 },
    { CUC_SENT, 400, "x-amzn-errortype: ConflictException\n",                                   "{\"message\":\"caf\\u00e9\"}", 5 },
};

typedef struct lane {
    const cuc_client *client; /* of all lanes, only read */
    pthread_t         thread;
    cuc_result        result;
    char              signature[65], text[200];
    int               bad;
} lane;

/* Every public function once a round; what comes out is the same in every round and every lane. */
static void one_round(lane *l)
{
    cuc_shared  memory  = CUC_ZERO;
    world       w       = new_world(answers, 3);
    cuc_client  client  = *l->client;
    cuc_request request = small_request();
    char        work[2048], text[256];
    cuc_result  r;
    client.user   = &w;
    client.shared = &memory;
    l->bad += cuc_validate(&request, &r) != CUC_OK;
    l->bad += cuc_selftest(&client, &r) != CUC_OK;
    l->bad += cuc_resolve_endpoint(&client, work, sizeof work, &r) != CUC_OK;
    l->bad += cuc_update_contact(&client, &request, work, sizeof work, &l->result) != CUC_E_SERVICE;
    l->bad += l->result.attempts != 3 || memory.spent != 14 || w.waits[0] != 1000;
    l->bad += cuc_known_reference_type(cuc_s("URL")) != 1;
    cuc_result_text(&l->result, text, sizeof text);
    if (l->text[0] == 0) strcpy(l->text, text);
    if (l->signature[0] == 0) strcpy(l->signature, w.signatures[2]);
    l->bad += strcmp(l->text, text) != 0 || strcmp(l->signature, w.signatures[2]) != 0;
}

static void *run_lane(void *argument)
{
    lane *l = argument;
    int   i;
    for (i = 0; i < ROUNDS; i++) one_round(l);
    return NULL;
}

static void four_threads_share_only_constants(void **state) /* P76 */
{
    static lane lanes[THREADS];
    world       unused = new_world(NULL, 0);
    cuc_client  client = world_client(&unused);
    int         i;
    (void)state;
    for (i = 0; i < THREADS; i++) {
        lanes[i].client = &client;
        assert_int_equal(pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(lanes[i].thread, NULL), 0);
        assert_int_equal(lanes[i].bad, 0);
        assert_string_equal(lanes[i].text, lanes[0].text);
        assert_string_equal(lanes[i].signature, lanes[0].signature);
    }
    assert_string_equal(lanes[0].text, "the service said no: 400 ConflictException: caf\xC3\xA9");
}

/* ---- a small stack --------------------------------------------------------------------------- */

static cuc_call deep;

static void *read_brackets(void *unused)
{
    int i;
    for (i = 0; i < BRACKETS; i++) cuc_call_body(&deep, "{\"a\":[", 6);
    for (i = 0; i < BRACKETS; i++) cuc_call_body(&deep, "]}", 2);
    cuc_call_body(&deep, ",\"message\":\"after\"}", 19);
    return unused;
}

static void a_hundred_thousand_brackets_fit_a_small_stack(void **state) /* P48 */
{
    const cuc_request request = small_request();
    world             w       = new_world(NULL, 0);
    cuc_client        client  = world_client(&w);
    char              work[2048];
    pthread_attr_t    attributes;
    pthread_t         thread;
    (void)state;
    begin_call(&deep, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&deep, w.now_ms), CUC_NEXT_SEND);
    cuc_call_status(&deep, 400);
    cuc_call_body(&deep, "{\"x\":", 5);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, read_brackets, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attributes), 0);
    cuc_call_end(&deep, CUC_SENT);
    assert_int_equal(cuc_call_next(&deep, w.now_ms), CUC_NEXT_DONE);
    assert_string_equal(result_of(&deep)->message, "after");
}

int support_report(void);

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_threads_share_only_constants),
        cmocka_unit_test(a_hundred_thousand_brackets_fit_a_small_stack),
    };
    run_group("threads", tests, ROWS(tests));
    return support_report();
}
