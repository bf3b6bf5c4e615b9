/* http.c - one HTTP/1.1 exchange over the modem: the request goes out in pieces, so no head is ever
 * in RAM as a whole; of the response one line is. Any number of exchanges share the connection.  */
#include <string.h>

#include "board.h"
#include "connect_update_contact.h"

enum { SILENCE_MS = 5000, PATIENCE_MS = 30000 }; /* between two bytes; for the whole exchange */
enum { LINE_SIZE = 128 };                        /* longer lines are cut: only short ones matter */

static uint32_t began; /* this exchange */

int exchange(cuc_call *call);

static int is_late(void) { return board_ms() - began > PATIENCE_MS; }

static void put(const char *text) { net_put(text, strlen(text)); }

static void put_request(const cuc_http_request *http)
{
    char     digits[11] = { 0 };
    uint32_t n          = (uint32_t)http->body_len;
    unsigned i          = sizeof digits - 1;
    size_t   line;
    do digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    put(http->method), put(" "), put(http->path), put(" HTTP/1.1\r\nHost: "), put(http->authority);
    for (line = 0; line < http->line_count; line++) put("\r\n"), put(http->lines[line]);
    put("\r\nContent-Length: "), put(digits + i), put("\r\n\r\n");
    net_put(http->body, http->body_len);
}

/* The next byte; -1 when the modem has been silent for too long, or has sent without end. */
static int get(void)
{
    const uint32_t since = board_ms();
    int            c     = -1;
    while (!is_late() && (c = net_poll()) < 0)
        if (board_ms() - since > SILENCE_MS) break;
    return c;
}

/* The next line without its end, as a string; its length, or -1. */
static int get_line(char line[LINE_SIZE])
{
    int n = 0, c;
    while ((c = get()) != '\n') {
        if (c < 0) return -1;
        if (n < LINE_SIZE - 1 && c != '\r') line[n++] = (char)c;
    }
    line[n] = 0;
    return n;
}

static int get_body(cuc_call *call, uint32_t len)
{
    for (; len > 0; len--) {
        const int  c    = get();
        const char byte = (char)c;
        if (c < 0) return CUC_SEND_AGAIN;
        cuc_call_body(call, &byte, 1);
    }
    return CUC_SENT;
}

/* The value of the header `name` (lower case, with its colon), or NULL. */
static const char *value(const char *line, const char *name)
{
    while (*name != 0)
        if ((*line++ | 0x20) != *name++) return NULL;
    while (*line == ' ') line++;
    return line;
}

static uint32_t number(const char *text, unsigned base)
{
    uint32_t n = 0;
    for (; n < 0x8000000; text++) { /* what is larger never ends, and runs into the silence */
        const unsigned c = (unsigned char)*text, letter = c | 0x20;
        const unsigned digit = c - '0' < 10 ? c - '0' : letter - 'a' < 6 ? letter - 'a' + 10 : 16;
        if (digit >= base) break;
        n = n * base + digit;
    }
    return n;
}

static int get_chunks(cuc_call *call, char *line)
{
    uint32_t len;
    int      n;
    for (;;) {
        if (get_line(line) <= 0) return CUC_SEND_AGAIN;
        len = number(line, 16);
        if (len == 0) break;
        if (get_body(call, len) != CUC_SENT || get_line(line) != 0) return CUC_SEND_AGAIN;
    }
    do n = get_line(line); /* trailers, if any, and the empty line */
    while (n > 0);
    return n < 0 ? CUC_SEND_AGAIN : CUC_SENT;
}

/* Status line, headers, body; whatever 1xx responses come before it are passed over. */
static int get_answer(cuc_call *call)
{
    char     line[LINE_SIZE];
    int      n, kind, chunked;
    uint32_t left;
    do {
        left    = UINT32_MAX; /* without a length the body ends in silence: a UART knows no close */
        chunked = 0;
        n       = get_line(line);
        kind    = n > 9 ? line[9] : 0; /* "HTTP/1.1 200" */
        if (n > 11 && (memcmp(line + 9, "204", 3) == 0 || memcmp(line + 9, "304", 3) == 0))
            left = 0;
        for (; n > 0; n = get_line(line)) {
            const char *length = value(line, "content-length:");
            cuc_call_header(call, line, (size_t)n);
            if (length != NULL && left != 0) left = number(length, 10);
            if (value(line, "transfer-encoding:") != NULL) chunked = 1;
        }
        if (n < 0) return CUC_SEND_AGAIN;
    } while (kind == '1');
    if (chunked) return get_chunks(call, line);
    if (get_body(call, left) == CUC_SENT) return CUC_SENT;
    return left == UINT32_MAX && !is_late() ? CUC_SENT : CUC_SEND_AGAIN;
}

/* Sends the request of the call and hands in the response. A real link is opened anew after a
 * failure, so that no late response is taken for the next one; here the rest of it is dropped.   */
int exchange(cuc_call *call)
{
    began = board_ms();
    while (net_poll() >= 0 && !is_late()) {
    }
    put_request(cuc_call_http_request(call));
    return get_answer(call);
}
