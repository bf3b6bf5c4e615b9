/* transport.h - one exchange with libcurl, for one update (easy) and for many (multi).
 * in: a cuc_call that is ready to send     out: the response, handed to the call; how it ended
 *
 * Redirects are not followed, certificates and host names are verified, TLS is 1.2 or later, and
 * the path is sent as it was signed. Works with libcurl 7.61.1 and later.                            */
#ifndef TOOL_TRANSPORT_H
#define TOOL_TRANSPORT_H

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <time.h>

#include "fields.h"
#include "settings.h"

/* ---- what the library borrows: hashes and clocks --------------------------------------------- */

static int tool_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

static int tool_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    (void)user;
    return HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL) != NULL ? 0 : 1;
}

static int64_t clock_ms(clockid_t clock) /* REALTIME signs; MONOTONIC, which nobody sets, waits */
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_until(int64_t monotonic_ms) /* a signal does not cut it short */
{
    struct timespec t;
    t.tv_sec  = (time_t)(monotonic_ms / 1000);
    t.tv_nsec = (long)(monotonic_ms % 1000) * 1000000;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) continue;
}

/* ---- one call -------------------------------------------------------------------------------- */

enum { KEPT_BODY = 2048 };

struct exchange {
    CURL              *easy; /* kept from attempt to attempt, and so is its connection */
    struct curl_slist *headers;
    char               problem[CURL_ERROR_SIZE];
    CURLcode           code;
    int                status, throttled;
    char               body[KEPT_BODY + 1]; /* the beginning of the response's body */
    size_t             body_len;
    const cuc_client  *client;
    const cuc_request *request;
    cuc_call           call;
    cuc_result         result;
    char              *work;
    size_t             work_size;
};

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    static const char name[] = "x-amzn-errortype:";
    struct exchange  *x      = user;
    const size_t      n      = size * count;
    char              value[64];
    size_t            i;
    cuc_call_header(&x->call, line, n);
    if (n > 5 && memcmp(line, "HTTP/", 5) == 0) x->body_len = 0, x->throttled = 0;
    for (i = 0; i < sizeof name - 1 && i < n && lower(line[i]) == name[i]; i++) continue;
    if (i < sizeof name - 1) return n;
    for (i = 0; i < sizeof value - 1 && sizeof name - 1 + i < n; i++)
        value[i] = lower(line[sizeof name - 1 + i]);
    value[i] = '\0';
    if (strstr(value, "throttl") != NULL || strstr(value, "toomanyrequests") != NULL)
        x->throttled = 1;
    return n;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct exchange *x    = user;
    const size_t     n    = size * count;
    const size_t     left = KEPT_BODY - x->body_len, kept = n < left ? n : left;
    cuc_call_body(&x->call, data, n);
    memcpy(x->body + x->body_len, data, kept);
    x->body_len += kept;
    x->body[x->body_len] = '\0';
    return n;
}

static void set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85.0 */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* What stays the same for all requests. read-time-out: without a byte for so long. */
static void exchange_open(struct exchange *x, const struct settings *s)
{
    CURL *easy = checked(curl_easy_init());
    x->easy    = easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* a stranger would get the signature */
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->problem);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     s->connect_timeout_s > 0 ? s->connect_timeout_s * 1000L : 86400000L);
    if (s->read_timeout_s > 0) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, s->read_timeout_s);
        if (s->connect_timeout_s > 0) /* the whole exchange: a response may have no end */
            curl_easy_setopt(easy, CURLOPT_TIMEOUT, s->connect_timeout_s + 2 * s->read_timeout_s);
    }
    if (s->ca_bundle != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_bundle);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* not the system's as well */
    }
    set_protocols(easy);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
}

static void exchange_close(struct exchange *x)
{
    curl_slist_free_all(x->headers);
    curl_easy_cleanup(x->easy);
    free(x->work);
    memset(x, 0, sizeof *x);
}

/* The signed headers as they are, and no Expect, which libcurl adds to large bodies. */
static void exchange_headers(struct exchange *x, const cuc_http_request *http)
{
    size_t i;
    curl_slist_free_all(x->headers);
    x->headers = checked(curl_slist_append(NULL, "Expect:"));
    for (i = 0; i < http->line_count; i++) checked(curl_slist_append(x->headers, http->lines[i]));
}

/* Sets up the next attempt. libcurl reads URL and body until the exchange is over. */
static void exchange_prepare(struct exchange *x)
{
    const cuc_http_request *http = cuc_call_http_request(&x->call);
    exchange_headers(x, http);
    curl_easy_setopt(x->easy, CURLOPT_URL, http->url);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, http->body);
    curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
    x->problem[0] = '\0';
    x->body_len   = 0;
    x->body[0]    = '\0';
    x->throttled  = 0;
    x->status     = 0;
}

/* Trying again does not help: certificates, files, URLs. */
static int is_final(CURLcode code)
{
    static const CURLcode final[] = {
        CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT,           CURLE_URL_MALFORMAT,
        CURLE_NOT_BUILT_IN,         CURLE_OUT_OF_MEMORY,         CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CERTPROBLEM,      CURLE_SSL_CACERT_BADFILE,    CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_CIPHER,           CURLE_BAD_FUNCTION_ARGUMENT,
    };
    size_t i;
    for (i = 0; i < COUNT(final) && final[i] != code; i++) continue;
    return i < COUNT(final);
}

/* If a server responds early and closes while the body is still being written, libcurl says
 * CURLE_OK. An early refusal counts, an early success does not.                                  */
static int was_written(const struct exchange *x)
{
    curl_off_t written = 0;
    curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &written);
    return written >= (curl_off_t)cuc_call_http_request(&x->call)->body_len;
}

/* The exchange is over: tells the call. */
static void exchange_end(struct exchange *x, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    x->code   = code;
    x->status = (int)status;
    if (status == 429) x->throttled = 1;
    cuc_call_end(&x->call, is_final(code)                       ? (int)code
                           : code == CURLE_OK && was_written(x) ? CUC_SENT
                                                                : CUC_SEND_AGAIN);
}

/* libcurl's own words for the last problem. */
static const char *exchange_problem(const struct exchange *x)
{
    return x->problem[0] != '\0' ? x->problem : curl_easy_strerror(x->code);
}

/* request, and what it points to, has to stay until the first SEND: a buffer that is too small is
 * noticed only then.                                                                             */
static void exchange_begin(struct exchange *x, const cuc_client *client, const cuc_request *request)
{
    if (x->work == NULL) {
        x->work_size = CUC_WORK_SIZE(4096, client->session_token.len);
        x->work      = checked(malloc(x->work_size));
    }
    x->client  = client;
    x->request = request;
    cuc_call_begin(&x->call, client, request, x->work, x->work_size, &x->result);
}

static const cuc_result *exchange_result(const struct exchange *x) { return &x->result; }

/* What to do now: as cuc_call_next, with a larger buffer where one is needed. */
static cuc_next exchange_next(struct exchange *x, int64_t now_ms)
{
    cuc_next next = cuc_call_next(&x->call, now_ms);
    if (next != CUC_NEXT_DONE || exchange_result(x)->status != CUC_E_SPACE) return next;
    x->work_size = exchange_result(x)->required;
    x->work      = checked(realloc(x->work, x->work_size));
    exchange_begin(x, x->client, x->request);
    return cuc_call_next(&x->call, now_ms);
}

#endif
