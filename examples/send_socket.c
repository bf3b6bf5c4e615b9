/* examples/send_socket.c - one update over a plain POSIX socket. `make demo` runs it; by hand:
 * send_socket http://127.0.0.1:8080 INSTANCE CONTACT NAME [DESCRIPTION [URL-OF-A-RECORDING]]
 *
 * Credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (us-east-1).
 * It has no TLS. A proxy of yours can add it: CONNECT_TO=HOST:PORT has the request signed for URL,
 * which may be https, but sent to the proxy at HOST:PORT. That connection is not encrypted and
 * carries the session token, so the proxy belongs on this machine.
 *     CONNECT_TO=127.0.0.1:8080 send_socket https://connect.us-west-2.amazonaws.com ...
 * To use a TLS library, put its functions in place of tcp_open, tcp_write and tcp_read.          */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1.h"
#include "sha256.h"
#include "tcp.h"

enum { TOKEN_SIZE = 4096, BODY_SIZE = 40960, PATIENCE_MS = 10000, CANNOT = 1 };

typedef struct place {
    char host[256], port[8]; /* host "": connect to the host of the request */
} place;

static int write_request(tcp *line, const cuc_http_request *http, const char *head, size_t head_len)
{
    if (tcp_write(line, head, head_len) != 0) return -1;
    return tcp_write(line, http->body, http->body_len);
}

/* One exchange on its own connection. The response is read even when writing has failed: a service
 * that refuses a request (413, 403) can do so, and close, before it has read the whole body. Then a
 * status of success does not count, and CUC_SEND_AGAIN says so.                                  */
static int send_socket(void *user, const cuc_http_request *http, cuc_call *call)
{
    char         head[CUC_HEAD_SIZE(TOKEN_SIZE)];
    const place *to       = user;
    const int    direct   = to->host[0] == '\0';
    const size_t head_len = cuc_http1_head(http, head, sizeof head);
    http1        response = { 0 };
    char         buf[2048];
    long         n = -1;
    int          sent;
    tcp          line;
    if ((http->tls && direct) || head_len >= sizeof head) return CANNOT; /* final */
    response.call = call;
    line = tcp_open(direct ? http->host : to->host, direct ? http->port : to->port, PATIENCE_MS);
    if (line.fd < 0) return CUC_SEND_AGAIN;
    sent = write_request(&line, http, head, head_len);
    do n = tcp_read(&line, buf, sizeof buf);
    while (n > 0 && http1_push(&response, buf, (size_t)n) == HTTP1_MORE);
    tcp_close(&line);
    return sent != 0 || n < 0 ? CUC_SEND_AGAIN : http1_end(&response);
}

static int64_t wall_clock(void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int pause_ms(void *user, uint32_t ms)
{
    struct timespec left;
    (void)user;
    left.tv_sec  = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000;
    while (nanosleep(&left, &left) != 0) /* a signal: wait for what is left */
        if (errno != EINTR) return 1;
    return 0;
}

/* The service's Date has no fraction: on average it is half a second later than it says. */
static long seconds_off(const cuc_result *r)
{
    const int64_t ms = r->clock_offset_ms + 500;
    return (long)((ms + (ms < 0 ? -500 : 500)) / 1000);
}

static int report(const cuc_result *r)
{
    const long off = seconds_off(r);
    char       text[CUC_TEXT_SIZE];
    cuc_result_text(r, text, sizeof text);
    printf("%s (attempts: %d, waited: %lu ms)\n", text, r->attempts, (unsigned long)r->waited_ms);
    if (r->callback == CANNOT) printf("this example has no TLS; send_curl.c has\n");
    if (off > 240 || off < -240)
        printf(r->status == CUC_OK ? "clock was %ld s off, corrected after %d extra round trip\n"
                                   : "clock is %ld s off\n",
               off, r->attempts - 1);
    if (r->status == CUC_OK) return 0;
    return r->retryable ? 3 : 1;
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

/* "HOST:PORT", where HOST is a name or an IPv4 address. */
static int read_place(place *to, const char *text)
{
    return sscanf(text, "%255[^:]:%7[0-9]", to->host, to->port) == 2;
}

int main(int argc, char **argv)
{
    static char   work[CUC_WORK_SIZE(BODY_SIZE, TOKEN_SIZE)];
    static place  to;
    const char   *proxy     = setting("CONNECT_TO", "");
    cuc_client    client    = CUC_ZERO;
    cuc_request   request   = CUC_ZERO;
    cuc_reference recording = CUC_ZERO;
    cuc_result    result;
    if (argc < 5 || argc > 7 || (proxy[0] != '\0' && !read_place(&to, proxy))) {
        fprintf(stderr, "usage: send_socket URL INSTANCE CONTACT NAME [DESCRIPTION [RECORDING]]\n"
                        "CONNECT_TO=HOST:PORT  a proxy that adds TLS\n"
                        "exit:  0 updated, 1 not, 2 this text, 3 not, but trying again can help\n");
        return 2;
    }
    client.user          = &to;
    client.sha256        = sha256;
    client.send          = send_socket;
    client.now_ms        = wall_clock;
    client.sleep_ms      = pause_ms;
    client.region        = cuc_s(setting("AWS_REGION", "us-east-1"));
    client.endpoint_url  = cuc_s(argv[1]);
    client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    client.max_attempts  = atoi(setting("AWS_MAX_ATTEMPTS", "0"));

    request.instance_id = cuc_s(argv[2]);
    request.contact_id  = cuc_s(argv[3]);
    request.name        = cuc_s(argv[4]);
    if (argc > 5) request.description = cuc_s(argv[5]);
    if (argc > 6) {
        recording.key           = cuc_s("Recording");
        recording.type          = cuc_s(CUC_REFERENCE_URL);
        recording.value         = cuc_s(argv[6]);
        request.references      = &recording;
        request.reference_count = 1;
    }
    cuc_update_contact(&client, &request, work, sizeof work, &result);
    return report(&result);
}
