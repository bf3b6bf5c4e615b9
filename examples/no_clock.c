/* examples/no_clock.c - a device whose clock starts at 1970: the first response corrects it.
 * no_clock http://127.0.0.1:8080 INSTANCE CONTACT         credentials: AWS_..., as in send_socket.c
 *
 * The first request is signed with a time that the service refuses. The response has a Date, so the
 * second attempt is right, and with a cuc_shared every later call is right at once. With https the
 * TLS library has to be told not to judge certificates by this clock until it is corrected.     */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1_send.h"
#include "sha256.h"
#include "tcp.h"

static long long started; /* what a device has instead of this: a counter of ticks */

static int64_t milliseconds_since_start(void *user)
{
    (void)user;
    return tcp_now() - started;
}

static int line_write(void *user, const void *data, size_t len)
{
    return tcp_write(user, data, len);
}

static long line_read(void *user, void *buf, size_t cap) { return tcp_read(user, buf, cap); }

static int send_and_show(void *user, const cuc_http_request *http, cuc_call *call)
{
    int            outcome = CUC_SEND_AGAIN;
    tcp            line;
    const http1_io io = { &line, line_write, line_read };
    (void)user;
    if (http->tls) return 1; /* this example has no TLS */
    printf("    signed: %s\n", http->lines[1]);
    line = tcp_open(http->host, http->port, 10000);
    if (line.fd >= 0) outcome = http1_send(&io, http, call);
    tcp_close(&line);
    return outcome;
}

static int update(const cuc_client *client, const cuc_request *request)
{
    static char work[CUC_WORK_SIZE(512, 1600)];
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    cuc_update_contact(client, request, work, sizeof work, &result);
    cuc_result_text(&result, text, sizeof text);
    printf("%s (attempts: %d)\n", text, result.attempts);
    return result.status == CUC_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    cuc_shared  shared  = CUC_ZERO;
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    if (argc != 4) return fprintf(stderr, "usage: no_clock URL INSTANCE CONTACT\n"), 2;
    started              = tcp_now();
    client.sha256        = sha256;
    client.send          = send_and_show;
    client.now_ms        = milliseconds_since_start;
    client.shared        = &shared;
    client.region        = cuc_s(getenv("AWS_REGION"));
    client.endpoint_url  = cuc_s(argv[1]);
    client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    request.instance_id  = cuc_s(argv[2]);
    request.contact_id   = cuc_s(argv[3]);
    request.name         = cuc_s("The door is open");
    if (update(&client, &request) != 0) return 1;
    request.name = cuc_s("The door is closed");
    if (update(&client, &request) != 0) return 1;
    printf("the time is now about %lld s after 1970: a device can set its clock by that\n",
           (long long)((milliseconds_since_start(NULL) + shared.clock_offset_ms) / 1000));
    return 0;
}
