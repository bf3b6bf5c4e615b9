/* What corehttp.c uses of coreHTTP's core_http_client.h and transport_interface.h, with the
 * prototypes of January 2026. Not coreHTTP's file.                                               */
#ifndef CORE_HTTP_CLIENT_H
#define CORE_HTTP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_REQUEST_KEEP_ALIVE_FLAG 0x1U

struct NetworkContext;
typedef struct NetworkContext NetworkContext_t;
typedef int32_t (*TransportRecv_t)(NetworkContext_t *context, void *buffer, size_t len);
typedef int32_t (*TransportSend_t)(NetworkContext_t *context, const void *buffer, size_t len);

typedef struct TransportInterface {
    TransportRecv_t recv;
    TransportSend_t send;
    int32_t (*writev)(NetworkContext_t *context, void *vectors, size_t count);
    NetworkContext_t *pNetworkContext;
} TransportInterface_t;

typedef enum HTTPStatus { HTTPSuccess, HTTPInvalidParameter, HTTPNetworkError } HTTPStatus_t;

typedef struct HTTPRequestHeaders {
    uint8_t *pBuffer;
    size_t   bufferLen, headersLen;
} HTTPRequestHeaders_t;

typedef struct HTTPRequestInfo {
    const char *pMethod;
    size_t      methodLen;
    const char *pPath;
    size_t      pathLen;
    const char *pHost;
    size_t      hostLen;
    uint32_t    reqFlags;
} HTTPRequestInfo_t;

typedef struct HTTPClient_ResponseHeaderParsingCallback {
    void (*onHeaderCallback)(void *pContext, const char *fieldLoc, size_t fieldLen,
                             const char *valueLoc, size_t valueLen, uint16_t statusCode);
    void *pContext;
} HTTPClient_ResponseHeaderParsingCallback_t;

typedef uint32_t (*HTTPClient_GetCurrentTimeFunc_t)(void);

typedef struct HTTPResponse {
    uint8_t                                    *pBuffer;
    size_t                                      bufferLen;
    HTTPClient_ResponseHeaderParsingCallback_t *pHeaderParsingCallback;
    HTTPClient_GetCurrentTimeFunc_t             getTime;
    const uint8_t                              *pHeaders;
    size_t                                      headersLen;
    const uint8_t                              *pBody;
    size_t                                      bodyLen;
    uint16_t                                    statusCode;
    size_t                                      contentLength, headerCount;
    uint32_t                                    respOptionFlags, respFlags;
} HTTPResponse_t;

HTTPStatus_t HTTPClient_InitializeRequestHeaders(HTTPRequestHeaders_t    *pRequestHeaders,
                                                 const HTTPRequestInfo_t *pRequestInfo);
HTTPStatus_t HTTPClient_AddHeader(HTTPRequestHeaders_t *pRequestHeaders, const char *pField,
                                  size_t fieldLen, const char *pValue, size_t valueLen);
HTTPStatus_t HTTPClient_Send(const TransportInterface_t *pTransport,
                             HTTPRequestHeaders_t *pRequestHeaders, const uint8_t *pRequestBodyBuf,
                             size_t reqBodyBufLen, HTTPResponse_t *pResponse, uint32_t sendFlags);

#endif
