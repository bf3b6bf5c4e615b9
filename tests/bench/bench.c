/* What `make bench` counts. Everything is made ready first; what is counted stands in functions
 * named measured_..., and the caller's hash in functions named stub_..., which are left out (and
 * so must not call each other: entering one switches the counting over).                         */
#include "support.h"
#include "request.h"

#define NOON 1764072000000 /* 2025-11-25T12:00:00Z */
#define MANY 500

typedef struct job {
    cuc_call      call;
    cuc_client    client;
    cuc_request   request;
    cuc_result    result;
    cuc_reference references[MANY];
    char          keys[MANY][12], token[1024], body[16384], work[98304];
} job;

static job j;

__attribute__((noinline)) static int stub_sha256(void *user, const void *data, size_t len,
                                                 unsigned char out[32])
{
    (void)user, (void)data, (void)len;
    memset(out, 0x5A, 32);
    return 0;
}

__attribute__((noinline)) static int stub_hmac(void *user, const void *key, size_t key_len,
                                               const void *data, size_t len, unsigned char out[32])
{
    (void)user, (void)key, (void)key_len, (void)data, (void)len;
    memset(out, 0x5A, 32);
    return 0;
}

/* ---- what is counted ------------------------------------------------------------------------- */

__attribute__((noinline)) static int measured_request_until_send(void)
{
    cuc_call_begin(&j.call, &j.client, &j.request, j.work, sizeof j.work);
    return cuc_call_next(&j.call, NOON) == CUC_NEXT_SEND;
}

__attribute__((noinline)) static int measured_json(void)
{
    return cuc_write_json(&j.request, j.work, sizeof j.work, &j.result) == CUC_OK;
}

__attribute__((noinline)) static int measured_validation(void)
{
    return cuc_validate(&j.request, &j.result) == CUC_OK;
}

/* ---- what is made ready ---------------------------------------------------------------------- */

static int prepare_key(void)
{
    static cuc_signing_key key;
    static char            work[256];
    const cuc_str          connect = { NULL, 0 };
    const cuc_status       status =
        cuc_derive_signing_key(&j.client, connect, NOON, work, sizeof work, &key, &j.result);
    j.client.signing_key = &key;
    return status == CUC_OK;
}

static void prepare_token(void)
{
    memset(j.token, 'T', sizeof j.token);
    j.client.session_token.ptr = j.token;
    j.client.session_token.len = sizeof j.token;
}

static void prepare_references(size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        sprintf(j.keys[i], "key-%03u", (unsigned)i);
        j.references[i].key   = cuc_s(j.keys[i]);
        j.references[i].type  = cuc_s(CUC_REFERENCE_STRING);
        j.references[i].value = cuc_s("value");
    }
    j.request.references      = j.references;
    j.request.reference_count = count;
}

static void prepare_body(void) /* 16 KiB */
{
    memset(j.body, ' ', sizeof j.body);
    j.body[0]                 = '{';
    j.body[sizeof j.body - 1] = '}';
    j.request                 = measured_request();
    j.request.name.ptr = j.request.description.ptr = NULL;
    j.request.references                           = NULL;
    j.request.body.ptr                             = j.body;
    j.request.body.len                             = sizeof j.body;
}

static int prepare(const char *what, int real)
{
    j.client =
        real ? measured_client(real_sha256, real_hmac) : measured_client(stub_sha256, stub_hmac);
    j.request = measured_request();
    if (strstr(what, "token") != NULL) prepare_token();
    if (strstr(what, "body") != NULL) prepare_body();
    if (strstr(what, "references-") != NULL)
        prepare_references((size_t)atoi(strstr(what, "references-") + 11));
    return strstr(what, "secret") != NULL || prepare_key();
}

/* bench NAME runs what is counted once; bench compressions NAME prints the hash's compressions. */
int main(int argc, char **argv)
{
    const char *what    = argv[argc - 1];
    const int   real    = argc == 3;
    int         ok      = argc > 1 && prepare(what, real);
    sha256_compressions = 0;
    if (strncmp(what, "json", 4) == 0) ok = ok && measured_json();
    else if (strncmp(what, "validation", 10) == 0) ok = ok && measured_validation();
    else ok = ok && measured_request_until_send();
    if (real) printf("%lu\n", sha256_compressions);
    return ok ? 0 : 1;
}
