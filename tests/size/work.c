/* Bytes of work buffer that one small request needs, as measured and then shown to be enough. */
#include <stdio.h>
#include <string.h>
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"
#include "request.h"

static int stub_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user, (void)data, (void)len;
    memset(out, 0x5A, 32);
    return 0;
}

static int answer_200(void *user, const cuc_http_request *http, cuc_call *call)
{
    (void)user, (void)http;
    cuc_call_status(call, 200);
    return CUC_SENT;
}

static int measure(size_t token_len, size_t *need)
{
    static char token[4096], work[8192];
    cuc_client  client  = measured_client(stub_sha256, NULL);
    cuc_request request = measured_request();
    cuc_result  result;
    memset(token, 'T', token_len);
    client.session_token.ptr = token;
    client.session_token.len = token_len;
    client.send              = answer_200;
    if (cuc_update_contact(&client, &request, NULL, 0, &result) != CUC_E_SPACE) return 0;
    *need = result.required;
    return cuc_update_contact(&client, &request, work, *need, &result) == CUC_OK &&
           cuc_update_contact(&client, &request, work, *need - 1, &result) == CUC_E_SPACE;
}

int main(void)
{
    static const size_t tokens[] = { 0, 400, 1024, 2048 };
    size_t              i, need = 0;
    for (i = 0; i < ROWS(tokens); i++) {
        if (!measure(tokens[i], &need)) return 1;
        printf("work-token-%zu %zu\n", tokens[i], need);
    }
    return 0;
}
