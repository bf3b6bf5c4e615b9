/* corehttp.c - exchange() for FreeRTOS with coreHTTP. Not run: see recipes.md.
 * `transport` is a connected TLS transport of yours, for example over mbedtls_ssl_set_hostname and
 * MBEDTLS_SSL_VERIFY_REQUIRED. Its recv waits and has a time-out. After 0 bytes coreHTTP gives up
 * within HTTP_RECV_RETRY_TIMEOUT_MS, which is 10 unless core_http_config.h says more. Connect it
 * anew after CUC_SEND_AGAIN.                                                                     */
#include <string.h>

#include "board.h"
#include "connect_update_contact.h"
#include "core_http_client.h"

int exchange(cuc_call *call);

extern TransportInterface_t transport;

static uint8_t buf[CUC_HEAD_SIZE(1536) + 1024]; /* the head, then the whole response */

/* The status comes with each header; the same number again changes nothing. */
static void on_header(void *context, const char *name, size_t name_len, const char *value,
                      size_t value_len, uint16_t status)
{
    cuc_call *call = context;
    cuc_call_status(call, status);
    cuc_call_header_pair(call, name, name_len, value, value_len);
}

static int put_head(HTTPRequestHeaders_t *head, const cuc_http_request *h)
{
    HTTPRequestInfo_t info = { 0 };
    size_t            i;
    info.pMethod   = h->method;
    info.methodLen = strlen(h->method);
    info.pPath     = h->path;
    info.pathLen   = h->path_len;
    info.pHost     = h->authority;
    info.hostLen   = h->authority_len;
    info.reqFlags  = HTTP_REQUEST_KEEP_ALIVE_FLAG;
    if (HTTPClient_InitializeRequestHeaders(head, &info) != HTTPSuccess) return 0;
    for (i = 0; i < h->line_count; i++)
        if (HTTPClient_AddHeader(head, h->names[i], strlen(h->names[i]), h->values[i],
                                 strlen(h->values[i])) != HTTPSuccess)
            return 0;
    return 1;
}

int exchange(cuc_call *call)
{
    const cuc_http_request                    *h        = cuc_call_http_request(call);
    HTTPClient_ResponseHeaderParsingCallback_t parsing  = { on_header, call };
    HTTPRequestHeaders_t                       head     = { 0 };
    HTTPResponse_t                             response = { 0 };
    head.pBuffer                                        = buf;
    head.bufferLen                                      = sizeof buf;
    response.pBuffer                                    = buf;
    response.bufferLen                                  = sizeof buf;
    response.getTime                                    = board_ms;
    response.pHeaderParsingCallback                     = &parsing;
    if (!put_head(&head, h)) return 1; /* a longer token; final */
    if (HTTPClient_Send(&transport, &head, (const uint8_t *)h->body, h->body_len, &response, 0) !=
        HTTPSuccess)
        return CUC_SEND_AGAIN;
    cuc_call_status(call, response.statusCode); /* of a response without headers */
    cuc_call_body(call, response.pBody, response.bodyLen);
    return CUC_SENT;
}
