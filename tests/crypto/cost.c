/* cost.c - signs N requests with the hashes of one crypto example, for callgrind to count them.
 *   cc -DEXAMPLE='"crypto_NAME.c"' tests/crypto/cost.c; cost day|secret N
 * day: with a signing key; secret: it is derived from the secret each time. Prints the last
 * Authorization header, which has to be the same for all libraries.                              */
#define main example_main
#include EXAMPLE
#undef main
#include <stdlib.h>
#include <string.h>

#include "tests/bench/request.h"

#define NOON 1764072000000 /* 2025-11-25T12:00:00Z */

static char work[8192];

static int prepare(cuc_client *client, cuc_signing_key *key)
{
    const cuc_str connect = { NULL, 0 };
    cuc_result    result;
    client->signing_key = key;
    return cuc_derive_signing_key(client, connect, NOON, work, sizeof work, key, &result) == CUC_OK;
}

static const char *sign(const cuc_client *client)
{
    cuc_request             request = measured_request();
    cuc_result              result;
    cuc_call                call;
    const cuc_http_request *http;
    size_t                  i;
    cuc_call_begin(&call, client, &request, work, sizeof work, &result);
    if (cuc_call_next(&call, NOON) != CUC_NEXT_SEND) return "";
    http = cuc_call_http_request(&call);
    for (i = 0; i < http->line_count; i++)
        if (strcmp(http->names[i], "authorization") == 0) return http->values[i];
    return "";
}

int main(int argc, char **argv)
{
    cuc_client      client = measured_client(my_sha256, my_hmac);
    cuc_signing_key key;
    const char     *signature = "";
    int             n         = argc == 3 ? atoi(argv[2]) : 0;
    if (n < 1 || example_main() != 0) return 1; /* it also sets the library up */
#ifdef KEPT
    static kept user;
    if (!kept_open(&user)) return 1;
    client.user = &user;
#endif
    if (strcmp(argv[1], "day") == 0 && !prepare(&client, &key)) return 1;
    while (n-- > 0) signature = sign(&client);
    puts(signature);
#ifdef KEPT
    kept_close(&user);
#endif
    return signature[0] == '\0';
}
