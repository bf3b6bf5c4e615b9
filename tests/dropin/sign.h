/* Included by each program here behind the headers of the code that it tries: signs the request of
 * examples/quickstart.c with that code's hash and compares the signature with the known one. Without
 * cuc_s(), which returns a struct: -Waggregate-return of lwIP and re would complain about the call. */
#ifndef DROPIN_SIGN_H
#define DROPIN_SIGN_H

#define CUC_STATIC
#include "connect_update_contact.h"

#define DROPIN_SIGNATURE "4fc0ca272599a22ac922b2e24342dba3e8946a7f64866137fde7080be420e077"

static int64_t dropin_clock(void *user)
{
    (void)user;
    return 1440938160000; /* 2015-08-30T12:36:00Z */
}

/* The transport: looks for the signature at the end of a line, and answers. */
static int dropin_transport(void *user, const cuc_http_request *http, cuc_call *call)
{
    static const char ok[]   = "HTTP/1.1 200 OK";
    const size_t      digits = sizeof DROPIN_SIGNATURE - 1;
    size_t            i, found = 0;
    (void)user;
    for (i = 0; i < http->line_count; i++)
        if (http->line_len[i] > digits &&
            memcmp(http->lines[i] + http->line_len[i] - digits, DROPIN_SIGNATURE, digits) == 0)
            found++;
    if (found != 1) return 1;
    cuc_call_header(call, ok, sizeof ok - 1);
    return CUC_SENT;
}

/* Returns 0 when the hash passes the self-test and the signature is right, else a cuc_status. */
static int dropin_sign(cuc_sha256_fn *hash, cuc_hmac_fn *hmac)
{
    static char          work[CUC_WORK_SIZE(512, 0)];
    static const cuc_str region     = CUC_STR("eu-central-1");
    static const cuc_str access_key = CUC_STR("AKIDEXAMPLE");
    static const cuc_str secret     = CUC_STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    static const cuc_str instance   = CUC_STR("11111111-2222-3333-4444-555555555555");
    static const cuc_str contact    = CUC_STR("66666666-7777-8888-9999-000000000000");
    static const cuc_str name       = CUC_STR("Call back about order 1234");
    cuc_client           client     = CUC_ZERO;
    cuc_request          request    = CUC_ZERO;
    cuc_result           result;
    client.sha256       = hash;
    client.hmac_sha256  = hmac;
    client.send         = dropin_transport;
    client.now_ms       = dropin_clock;
    client.region       = region;
    client.access_key   = access_key;
    client.secret_key   = secret;
    request.instance_id = instance;
    request.contact_id  = contact;
    request.name        = name;
    if (cuc_selftest(&client, &result) == CUC_OK)
        cuc_update_contact(&client, &request, work, sizeof work, &result);
    return (int)result.status;
}

#endif
