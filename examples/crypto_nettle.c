/* examples/crypto_nettle.c - SHA-256 and HMAC from Nettle 3 or 4, to copy.
 * make run-crypto_nettle       needs: nettle
 * Its order is context, length, data. Nothing can fail. In Nettle 4 a digest has no length argument
 * any more. CI runs it with 3.8, and with the prototypes of 4 over 3.8; 4.0 was tried by hand.   */
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <nettle/version.h>
#include <stdio.h>

#if NETTLE_VERSION_MAJOR >= 4
#define DIGEST(function, context, out) function(context, out)
#else
#define DIGEST(function, context, out) function(context, 32, out)
#endif

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    struct sha256_ctx c;
    (void)user;
    sha256_init(&c);
    sha256_update(&c, len, data);
    DIGEST(sha256_digest, &c, out);
    return 0;
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    struct hmac_sha256_ctx c;
    (void)user;
    hmac_sha256_set_key(&c, key_len, key);
    hmac_sha256_update(&c, len, data);
    DIGEST(hmac_sha256_digest, &c, out);
    return 0;
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_nettle: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_nettle: %s\n", text);
    return 1;
}
