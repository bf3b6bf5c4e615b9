/* examples/send_curl.c - one update with libcurl and OpenSSL, for the real service or the stand-in.
 * send_curl INSTANCE CONTACT NAME       credentials, region: AWS_..., as for the AWS command line
 * needs: libcurl openssl
 *
 * The four functions are those that the program in README.md declares: copy them to its end, with
 * their includes, and copy the file curl_exchange.h. -std=c99 needs _POSIX_C_SOURCE as below.    */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

int     my_sha256(void *user, const void *data, size_t len, unsigned char out[32]);
int     my_send(void *user, const cuc_http_request *http, cuc_call *call);
int64_t my_clock(void *user);
int     my_sleep(void *user, uint32_t ms);

int main(int argc, char **argv)
{
    static char work[CUC_WORK_SIZE(8192, 4096)];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    if (argc != 4) return fprintf(stderr, "usage: send_curl INSTANCE CONTACT NAME\n"), 2;
    signal(SIGPIPE, SIG_IGN); /* a connection that the other side has closed is an error, no more */
    client.sha256        = my_sha256;
    client.send          = my_send;
    client.now_ms        = my_clock;
    client.sleep_ms      = my_sleep;
    client.region        = cuc_s(getenv("AWS_REGION"));
    client.endpoint_url  = cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT")); /* unset: from the region */
    client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    request.instance_id  = cuc_s(argv[1]);
    request.contact_id   = cuc_s(argv[2]);
    request.name         = cuc_s(argv[3]);
    cuc_update_contact(&client, &request, work, sizeof work, &result);
    cuc_result_text(&result, text, sizeof text);
    printf("%s (attempts: %d)\n", text, result.attempts);
    return result.status == CUC_OK ? 0 : 1;
}

/* ---- copy from here to the end of the file --------------------------------------------------- */
#include <errno.h>
#include <openssl/evp.h>
#include <time.h>

#include "curl_exchange.h"

/* The library makes HMAC from it. crypto_openssl.c has OpenSSL's HMAC, too. */
int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

/* A connection for each attempt. For many updates see send_curl_multi.c, which keeps them open. */
int my_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    exchange one;
    CURLcode code = exchange_open(&one, http, call);
    (void)user;
    if (code == CURLE_OK) code = curl_easy_perform(one.easy);
    if (code != CURLE_OK) fprintf(stderr, "libcurl: %s\n", exchange_words(&one, code));
    return exchange_close(&one, code);
}

int64_t my_clock(void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* After a signal that has a handler it waits for what is left. */
int my_sleep(void *user, uint32_t ms)
{
    struct timespec left;
    (void)user;
    left.tv_sec  = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000;
    while (nanosleep(&left, &left) != 0)
        if (errno != EINTR) return 1;
    return 0;
}
