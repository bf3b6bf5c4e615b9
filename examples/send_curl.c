/* examples/send_curl.c - the one call with libcurl and OpenSSL; the real service, or a stand-in.
 * send_curl INSTANCE CONTACT NAME       credentials, region: AWS_..., as for the AWS command line
 * needs: libcurl openssl                                                                         */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

/* HMAC is made from it; crypto_openssl.c lends OpenSSL's, too. */
static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

static int64_t my_clock(void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int my_sleep(void *user, uint32_t ms)
{
    (void)user;
    return poll(NULL, 0, (int)ms);
}

static size_t on_header(char *line, size_t size, size_t count, void *call)
{
    cuc_call_header(call, line, size * count);
    return size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *call)
{
    cuc_call_body(call, data, size * count);
    return size * count;
}

/* The signed ones as they are, and no Expect, which libcurl adds to large bodies. */
static struct curl_slist *headers(const cuc_http_request *http)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *longer = list;
    size_t             i;
    for (i = 0; i < http->line_count && longer != NULL; i++)
        if ((longer = curl_slist_append(list, http->lines[i])) == NULL) curl_slist_free_all(list);
    return longer;
}

/* No CURLOPT_AWS_SIGV4: that would sign a second time, and encode the path in its own way. */
static int send_curl(void *user, const cuc_http_request *http, cuc_call *call)
{
    CURL              *c    = user; /* used again for each attempt, so its connection is, too */
    struct curl_slist *list = headers(http);
    CURLcode           code;
    if (c == NULL || list == NULL) return 1; /* out of memory: final */
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, http->url);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, http->body);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* a stranger would get the signature */
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, call);
    code = curl_easy_perform(c);
    curl_slist_free_all(list);
    if (code != CURLE_OK) fprintf(stderr, "libcurl: %s\n", curl_easy_strerror(code));
    return code == CURLE_OK ? CUC_SENT : CUC_SEND_AGAIN;
}

int main(int argc, char **argv)
{
    static char work[CUC_WORK_SIZE(8192, 4096)];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    char        text[512];
    if (argc != 4) return fprintf(stderr, "usage: send_curl INSTANCE CONTACT NAME\n"), 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    client.user          = curl_easy_init();
    client.sha256        = my_sha256;
    client.send          = send_curl;
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
    curl_easy_cleanup(client.user);
    curl_global_cleanup();
    return result.status == CUC_OK ? 0 : 1;
}
