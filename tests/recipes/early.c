/* Runs exchange() of blocking_tls.h over a connection that is only in memory: what does it return
 * if the response comes early, so that a write fails? Prints what is wrong.                      */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "blocking_tls.h"
#include "sha256.h"
#include <stdio.h>

#define DONE "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
#define REFUSED "HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n"

static const struct row {
    const char *name, *response;
    int         good_writes, outcome, status;
} rows[] = {
    { "done, all written",     DONE,    2, CUC_SENT,       CUC_OK          },
    { "done, head written",    DONE,    1, CUC_SEND_AGAIN, CUC_E_EXHAUSTED },
    { "done, none written",    DONE,    0, CUC_SEND_AGAIN, CUC_E_EXHAUSTED },
    { "refused, head written", REFUSED, 1, CUC_SEND_AGAIN, CUC_E_SERVICE   },
};
static const struct row *row;
static int               writes, reads;

static int tls_open(const char *host) { return host != NULL; }

static int tls_write(const char *p, size_t n)
{
    return p != NULL && n > 0 && writes++ < row->good_writes;
}

static int tls_read(char *p, size_t n)
{
    const size_t len = strlen(row->response);
    if (reads++ > 0 || n < len) return 0;
    memcpy(p, row->response, len);
    return (int)len;
}

static void tls_close(void) {}

static int is_right(void)
{
    static char work[CUC_WORK_SIZE(64, 0)];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    cuc_call    call;
    int         outcome;
    client.sha256       = sha256;
    client.region       = cuc_s("us-east-1");
    client.access_key   = cuc_s("AKIDEXAMPLE");
    client.secret_key   = cuc_s("secret");
    client.max_attempts = 1;
    request.instance_id = cuc_s("i");
    request.contact_id  = cuc_s("c");
    request.name        = cuc_s("n");
    writes = reads = 0;
    cuc_call_begin(&call, &client, &request, work, sizeof work, &result);
    if (cuc_call_next(&call, 0) != CUC_NEXT_SEND) return 0;
    outcome = exchange(&call);
    cuc_call_end(&call, outcome);
    return cuc_call_next(&call, 0) == CUC_NEXT_DONE && outcome == row->outcome &&
           (int)result.status == row->status;
}

int main(void)
{
    int wrong = 0;
    for (row = rows; row < rows + sizeof rows / sizeof rows[0]; row++) {
        if (is_right()) continue;
        printf("%s\n", row->name);
        wrong = 1;
    }
    return wrong;
}
