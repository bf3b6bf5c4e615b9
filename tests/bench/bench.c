/* Our own contestant, and all that `make bench` counts of us. Everything is made ready first; what
 * is counted stands in functions named measured_..., and the caller's hash in functions named
 * hash_..., which are left out (peers/hash.h).                                                   */
#include "connect_update_contact.h"
#include "peers/hash.h"
#include "peers/worker.h"
#include "request.h"
#include <stdio.h>
#include <stdlib.h>

#define NOON 1764072000000 /* 2025-11-25T12:00:00Z */
#define MANY 500
#define MOST 65536

typedef struct job {
    cuc_call      call;
    cuc_client    client;
    cuc_request   request;
    cuc_result    result;
    cuc_reference references[MANY];
    cuc_segment   segments[MANY];
    char          keys[MANY][12], token[MOST], body[MOST], text[4096], work[2 * MOST];
    size_t        lengths[8]; /* of what was hashed */
    unsigned      hashes;
} job;

static job j;

/* ---- what is counted and timed --------------------------------------------------------------- */

static int measured_request_until_send(void)
{
    cuc_call_begin(&j.call, &j.client, &j.request, j.work, sizeof j.work, &j.result);
    return cuc_call_next(&j.call, NOON) == CUC_NEXT_SEND;
}

static int measured_json(void)
{
    return cuc_write_json(&j.request, j.work, sizeof j.work, &j.result) == CUC_OK;
}

static int measured_validation(void) { return cuc_validate(&j.request, &j.result) == CUC_OK; }

static int measured_bare_hashes(void)
{
    unsigned char out[32];
    unsigned      i;
    for (i = 0; i < j.hashes; i++) hash_sha256(NULL, j.work, j.lengths[i], out);
    return 1;
}

/* A response head of six header lines, and for a 404 a body of 73 bytes. */
static const char *const response_200[] = {
    "HTTP/1.1 200 OK",
    "Content-Type: application/json",
    "Content-Length: 2",
    "Connection: keep-alive",
    "Date: Tue, 25 Nov 2025 12:00:00 GMT",
    "x-amzn-RequestId: 5b1f6b1e-1f0e-4d6f-9c3d-7a5d7f0f3c11",
    "x-amz-apigw-id: VIb7DE3ZvHcFQ8Q="
};
static const char *const response_404[] = {
    "HTTP/1.1 404 Not Found",
    "Content-Type: application/json",
    "Content-Length: 73",
    "Connection: keep-alive",
    "Date: Tue, 25 Nov 2025 12:00:00 GMT",
    "x-amzn-RequestId: 5b1f6b1e-1f0e-4d6f-9c3d-7a5d7f0f3c11",
    "x-amzn-ErrorType: ResourceNotFoundException"
};
static const char body_200[] = "{}";
static const char body_404[] =
    "{\"message\":\"Contact 66666666-7777-8888-9999-000000000000 does not exist\"}";

static int exchange(const char *const *lines, const char *body, size_t len)
{
    size_t i;
    cuc_call_begin(&j.call, &j.client, &j.request, j.work, sizeof j.work, &j.result);
    if (cuc_call_next(&j.call, NOON) != CUC_NEXT_SEND) return 0;
    for (i = 0; i < 7; i++) cuc_call_header(&j.call, lines[i], j.lengths[i]);
    cuc_call_body(&j.call, body, len);
    cuc_call_end(&j.call, CUC_SENT);
    return cuc_call_next(&j.call, NOON) == CUC_NEXT_DONE;
}

static int measured_exchange_200(void)
{
    return exchange(response_200, body_200, sizeof body_200 - 1) && j.result.status == CUC_OK;
}

static int measured_exchange_404(void)
{
    return exchange(response_404, body_404, sizeof body_404 - 1) && j.result.http_status == 404 &&
           strcmp(j.result.code, "ResourceNotFoundException") == 0 && j.result.message[0] == 'C';
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

static void prepare_token(size_t len)
{
    memset(j.token, 'T', len);
    j.client.session_token.ptr = j.token;
    j.client.session_token.len = len;
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

static void prepare_body(size_t len)
{
    const cuc_request ids = j.request;
    memset(&j.request, 0, sizeof j.request);
    memset(j.body, ' ', len);
    j.body[0]             = '{';
    j.body[len - 1]       = '}';
    j.request.instance_id = ids.instance_id;
    j.request.contact_id  = ids.contact_id;
    j.request.body.ptr    = j.body;
    j.request.body.len    = len;
}

static size_t fill(cuc_str *s, size_t left, size_t most)
{
    s->ptr = j.text;
    s->len = left < most ? left : most;
    return left - s->len;
}

/* So many bytes of plain text, as the model's limits allow: first in the description, then in the
 * name, in a reference, and in as many segment attributes as it takes.                           */
static void prepare_text(size_t left)
{
    static const char sentence[] = "The customer asks when order 1234 arrives. ";
    size_t            i;
    for (i = 0; i < sizeof j.text; i++) j.text[i] = sentence[i % (sizeof sentence - 1)];
    prepare_references(1);
    left = fill(&j.request.description, left, 4096);
    left = fill(&j.request.name, left, 1024);
    left = fill(&j.references[0].value, left, 4096);
    for (i = 0; left > 0 && i < MANY; i++) {
        sprintf(j.keys[i], "key-%03u", (unsigned)i);
        j.segments[i].key  = cuc_s(j.keys[i]);
        j.segments[i].kind = CUC_SEGMENT_STRING;
        left               = fill(&j.segments[i].text, left, 1024);
    }
    j.request.segment_attributes      = i > 0 ? j.segments : NULL;
    j.request.segment_attribute_count = i;
}

static void measure_lines(const char *const *lines)
{
    size_t i;
    for (i = 0; i < 7; i++) j.lengths[i] = strlen(lines[i]);
}

/* 4,092 bytes of description: characters of 1, 3, or mostly 1 and sometimes 2 bytes. */
static void prepare_language(const char *what)
{
    const char *german =
        "Kunde fragt, wann die \303\234bergr\303\266\303\237en-B\303\266den kommen. ";
    const char  *text = strstr(what, "-japanese") ? "\346\227\245"
                        : strstr(what, "-german") ? german
                                                  : "x";
    const size_t n = strlen(text), whole = 4092 / n * n;
    size_t       i;
    memset(j.text, '.', 4092);
    for (i = 0; i < whole; i++) j.text[i] = text[i % n];
    j.request.description.ptr = j.text;
    j.request.description.len = strstr(what, "-none") ? 0 : 4092;
}

static int recording_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    j.lengths[j.hashes++] = len;
    return hash_sha256(user, data, len, out);
}

/* The bare hashes are those of a request with a ready key. */
static once *prepare_bare(void)
{
    j.client.sha256      = recording_sha256;
    j.client.hmac_sha256 = NULL;
    if (!measured_request_until_send()) return NULL;
    compressions = 0;
    return measured_bare_hashes;
}

static size_t number_after(const char *what, const char *word)
{
    const char *at = strstr(what, word);
    return at != NULL ? (size_t)atoi(at + strlen(word)) : 0;
}

/* request, exchange-200, exchange-404, json, validation (then also -none, -ascii, -japanese or
 * -german) or bare, then any of -token-N -body-N -references-N -text-N -secret
 * -made-hmac; bare with what is hashed for that.                                                 */
once *prepare(const char *what)
{
    j.client  = measured_client(hash_sha256, hash_hmac);
    j.request = measured_request();
    if (strstr(what, "-token-")) prepare_token(number_after(what, "-token-"));
    if (strstr(what, "-body-")) prepare_body(number_after(what, "-body-"));
    if (strstr(what, "-references-")) prepare_references(number_after(what, "-references-"));
    if (strstr(what, "-text-")) prepare_text(number_after(what, "-text-"));
    if (!strstr(what, "-secret") && !prepare_key()) return NULL;
    if (strstr(what, "-made-hmac")) j.client.hmac_sha256 = NULL;
    if (strncmp(what, "validation-", 11) == 0) prepare_language(what);
    compressions = 0;
    if (strncmp(what, "exchange", 8) == 0) {
        measure_lines(strstr(what, "-404") ? response_404 : response_200);
        return strstr(what, "-404") ? measured_exchange_404 : measured_exchange_200;
    }
    if (strncmp(what, "json", 4) == 0) return measured_json;
    if (strncmp(what, "validation", 10) == 0) return measured_validation;
    if (strncmp(what, "bare", 4) == 0) return prepare_bare();
    return measured_request_until_send;
}

void show(void)
{
    static char             head[2 * MOST];
    const cuc_http_request *http = cuc_call_http_request(&j.call);
    printf("compressions: %lu\n", compressions);
    if (http == NULL || http->line_count == 0) return;
    cuc_http1_head(http, head, sizeof head);
    printf("%s%s\n", head, http->body);
}
