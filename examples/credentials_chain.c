/* examples/credentials_chain.c - one update with the credentials that this host or device has.
 * credentials_chain INSTANCE CONTACT NAME       with AWS_REGION or AWS_ENDPOINT_URL_CONNECT set
 * needs: libcurl openssl jansson -lpthread
 *
 * The first that is set: AWS_ACCESS_KEY_ID and its companions; CREDENTIAL_PROCESS, a command; the
 * IOT_... variables below; AWS_CONTAINER_CREDENTIALS_... (ECS, EKS set them); else, unless
 * AWS_EC2_METADATA_DISABLED is "true", the role of the EC2 instance.                             */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "credentials.h"

typedef struct program {
    CURL     *curl;
    creds     chain;
    creds_set mine; /* what the call points into */
} program;

static int64_t my_clock(void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int my_credentials(void *user, int64_t now_ms, cuc_credentials *credentials)
{
    program *p = user;
    return creds_callback(&p->chain, &p->mine, now_ms, credentials);
}

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

/* A signal does not shorten the wait. */
static int my_sleep(void *user, uint32_t ms)
{
    struct timespec left;
    (void)user;
    left.tv_sec  = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000;
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    return 0;
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

/* send_curl.c explains these. */
static int my_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    program           *p    = user;
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    CURLcode           code;
    size_t             i;
    for (i = 0; i < http->line_count && list != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(list, http->lines[i]);
        if (longer == NULL) curl_slist_free_all(list);
        list = longer;
    }
    if (p->curl == NULL || list == NULL) return 1;
    curl_easy_reset(p->curl);
    curl_easy_setopt(p->curl, CURLOPT_URL, http->url);
    curl_easy_setopt(p->curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, http->body);
    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
    curl_easy_setopt(p->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(p->curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(p->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(p->curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (p->chain.ca_file != NULL) curl_easy_setopt(p->curl, CURLOPT_CAINFO, p->chain.ca_file);
    curl_easy_setopt(p->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(p->curl, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, call);
    code = curl_easy_perform(p->curl);
    curl_slist_free_all(list);
    return code == CURLE_OK ? CUC_SENT : CUC_SEND_AGAIN;
}

static void choose(creds *chain)
{
    creds_init(chain);
    chain->command         = creds_variable("CREDENTIAL_PROCESS");
    chain->iot_endpoint    = creds_variable("IOT_CREDENTIALS_ENDPOINT");
    chain->iot_role_alias  = creds_variable("IOT_ROLE_ALIAS");
    chain->iot_thing       = creds_variable("IOT_THING");
    chain->iot_certificate = creds_variable("IOT_CERTIFICATE");
    chain->iot_private_key = creds_variable("IOT_PRIVATE_KEY");
    creds_choose(chain);
}

static int update(program *p, char **argv)
{
    static char work[CUC_WORK_SIZE(8192, CREDS_TOKEN_SIZE)];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    client.user         = p;
    client.credentials  = my_credentials;
    client.sha256       = my_sha256;
    client.send         = my_send;
    client.now_ms       = my_clock;
    client.sleep_ms     = my_sleep;
    client.region       = cuc_s(getenv("AWS_REGION"));
    client.endpoint_url = cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT"));
    request.instance_id = cuc_s(argv[1]);
    request.contact_id  = cuc_s(argv[2]);
    request.name        = cuc_s(argv[3]);
    cuc_update_contact(&client, &request, work, sizeof work, &result);
    if (p->mine.error[0] != '\0') fprintf(stderr, "credentials: %s\n", p->mine.error);
    cuc_result_text(&result, text, sizeof text);
    printf("%s (attempts: %d)\n", text, result.attempts);
    return result.status == CUC_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    static program p;
    int            code;
    if (argc != 4) return fprintf(stderr, "usage: credentials_chain INSTANCE CONTACT NAME\n"), 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    p.curl = curl_easy_init();
    choose(&p.chain);
    code = update(&p, argv);
    creds_wipe(&p.mine);
    creds_free(&p.chain);
    curl_easy_cleanup(p.curl);
    curl_global_cleanup();
    return code;
}
