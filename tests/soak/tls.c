/* tls.c - many calls over TLS by examples/send_openssl.c, through a proxy that cuts and lies, to the
 * stand-in while it draws faults. No update may be reported that is not there on read-back.
 *
 *   build/soak/tls STANDIN LOGFILE CALLS SECONDS PROXY CERTIFICATE CA      needs: openssl jansson
 *
 * PROXY is tests/soak/liar.py. Read-backs go to the stand-in itself, without TLS.                */

#define main send_openssl_main
#include "send_openssl.c"
#undef main
#include "loopback.h"

#include <jansson.h>

#define INSTANCE "11111111-2222-3333-4444-555555555555"
#define PROXY_LOG "build/soak/tls-proxy.log"

enum { CONTACTS = 16, HURRY = 20, NAME_SIZE = 32 };

enum { IS_THERE, NOT_TORN, MET, DONE_AND_NOT, ENDED, CHECKS };

static const char *const sentences[CHECKS] = {
    "every update reported as a success is there on read-back",
    "every contact is as before an update or as after it",
    "every lie was told",
    "calls ended in success, in refusals and without a response",
    "the stand-in and the proxy ended by themselves, with status 0",
};

typedef struct soak {
    standin standin, proxy;
    line    back;
    text    text;
    char    names[CONTACTS][NAME_SIZE]; /* what read-back must say                                */
    long    calls, attempts, ended[CUC_E_UNFINISHED + 1], failed[CHECKS];
} soak;

static soak s;

static int short_sleep(void *user, uint32_t ms)
{
    (void)user;
    nap(ms / HURRY);
    return 0;
}

static void read_name(int contact, char name[NAME_SIZE])
{
    char        path[128];
    json_t     *all = NULL;
    const char *found;
    snprintf(path, sizeof path, "/contacts/" INSTANCE "/soak-%d", contact);
    if (line_get(&s.back, path, &s.text) == 200)
        all = json_loadb(s.text.bytes, s.text.len, 0, NULL);
    found = json_string_value(json_object_get(json_object_get(all, "Contact"), "Name"));
    snprintf(name, NAME_SIZE, "%s", found != NULL ? found : "");
    json_decref(all);
}

static void judge(int contact, const char *name, const cuc_result *r)
{
    char     *before = s.names[contact], got[NAME_SIZE];
    const int is_ok  = r->status == CUC_OK;
    read_name(contact, got);
    s.failed[IS_THERE] += is_ok && strcmp(got, name) != 0;
    s.failed[NOT_TORN] += strcmp(got, name) != 0 && strcmp(got, before) != 0;
    memcpy(before, got, NAME_SIZE);
    s.ended[r->status]++;
    s.attempts += r->attempts;
}

static void update(const cuc_client *client)
{
    static char work[CUC_WORK_SIZE(1024, 0)];
    const int   contact = (int)(s.calls % CONTACTS);
    char        id[24], name[NAME_SIZE];
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    snprintf(id, sizeof id, "soak-%d", contact);
    snprintf(name, sizeof name, "call %ld", ++s.calls);
    request.instance_id = cuc_s(INSTANCE);
    request.contact_id  = cuc_s(id);
    request.name        = cuc_s(name);
    (void)cuc_update_contact(client, &request, work, sizeof work, &result);
    judge(contact, name, &result);
}

static void start(char **argv)
{
    char        port[16];
    const char *switches[] = { "--contacts", "16", "--fault", "mix=1", NULL };
    const char *lies[]     = { port, argv[6], NULL };
    s.standin              = standin_start(argv[1], argv[2], switches);
    snprintf(port, sizeof port, "%d", s.standin.port);
    s.proxy = standin_start(argv[5], PROXY_LOG, lies);
    s.back  = line_to("127.0.0.1", s.standin.port, ANSWER_MS);
}

static void finish(void)
{
    line_close(&s.back);
    s.failed[ENDED] += !standin_stop(&s.proxy);
    s.failed[ENDED] += !standin_stop(&s.standin);
    s.failed[MET] += s.proxy.faults == 0;
    s.failed[DONE_AND_NOT] +=
        !s.ended[CUC_OK] || !s.ended[CUC_E_SERVICE] || !s.ended[CUC_E_EXHAUSTED];
}

static int report(int64_t ms)
{
    int i, bad = 0;
    printf("calls     %ld in %.1f s; %ld attempts, each with a handshake\n", s.calls,
           (double)ms / 1000, s.attempts);
    printf("proxy     %ld requests; the rarest lie was told %ld times (" PROXY_LOG ")\n",
           s.proxy.requests, s.proxy.faults);
    for (i = 0; i <= CUC_E_UNFINISHED; i++)
        if (s.ended[i] > 0) printf("%7ld  %s\n", s.ended[i], cuc_status_string((cuc_status)i));
    for (i = 0; i < CHECKS; i++) {
        if (s.failed[i] > 0) printf("FAIL (%ld times): %s\n", s.failed[i], sentences[i]);
        bad += s.failed[i] > 0;
    }
    printf("%d passed, %d failed\n", CHECKS - bad, bad);
    return bad > 0;
}

int main(int argc, char **argv)
{
    const int64_t began = tick();
    cuc_client    c     = CUC_ZERO;
    char          url[64];
    long          calls;
    if (argc != 8) give_up("tls STANDIN LOGFILE CALLS SECONDS PROXY CERTIFICATE CA");
    start(argv);
    snprintf(url, sizeof url, "https://localhost:%d", s.proxy.port);
    c.user         = trusting(argv[7]);
    c.region       = cuc_s("us-east-1");
    c.endpoint_url = cuc_s(url);
    c.access_key   = cuc_s("AKIDEXAMPLE");
    c.secret_key   = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.sha256       = my_sha256;
    c.send         = send_openssl;
    c.now_ms       = one_update_now;
    c.sleep_ms     = short_sleep;
    for (calls = strtol(argv[3], NULL, 10); calls > 0; calls--) {
        if (tick() - began > strtol(argv[4], NULL, 10) * 1000) break;
        update(&c);
    }
    finish();
    SSL_CTX_free(c.user);
    return report(tick() - began);
}
