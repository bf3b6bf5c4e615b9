/* examples/quickstart.c - the signed request of one update, printed, not sent. It needs a compiler.
 * make run-quickstart, or: cc -I. examples/quickstart.c -o quickstart && ./quickstart            */
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "sha256.h" /* the hash that this program lends: a file of 70 lines, to copy */

/* What goes over the wire, if you send it. Of a real one, do not print the token. */
static int print(const cuc_http_request *http)
{
    char head[CUC_HEAD_SIZE(0)];
    cuc_http1_head(http, head, sizeof head);
    printf("%s%s\n", head, http->body);
    return 0;
}

static int complain(const cuc_result *result)
{
    char text[CUC_TEXT_SIZE];
    cuc_result_text(result, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
}

int main(void)
{
    static char work[CUC_WORK_SIZE(512, 0)]; /* bytes of JSON and of session token, at most */
    cuc_call    call;
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;

    client.sha256     = sha256;
    client.region     = cuc_s("eu-central-1");
    client.access_key = cuc_s("AKIDEXAMPLE");
    client.secret_key = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    request.instance_id = cuc_s("11111111-2222-3333-4444-555555555555");
    request.contact_id  = cuc_s("66666666-7777-8888-9999-000000000000");
    request.name        = cuc_s("Call back about order 1234");

    cuc_call_begin(&call, &client, &request, work, sizeof work, &result);
    if (cuc_call_next(&call, 1440938160000) != CUC_NEXT_SEND) /* milliseconds since 1970, UTC */
        return complain(&result);
    return print(cuc_call_http_request(&call));
}
