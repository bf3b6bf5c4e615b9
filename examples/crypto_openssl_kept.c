/* examples/crypto_openssl_kept.c - HMAC from OpenSSL that keeps the state of its last key.
 * make run-crypto_openssl_kept needs: openssl
 * HMAC first hashes key ^ ipad and key ^ opad, one block each. A client with signing_key uses the
 * same key all day, so these two states can be kept: 13 compressions a request instead of 15.
 * Without signing_key each attempt uses five keys in turn, so the last one never comes next, and
 * this gains nothing. `make crypto` prints what it gains over crypto_openssl.c.
 * Use one `kept` per thread. It holds the key until kept_close.                                  */
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

enum { BLOCK = 64 };

typedef struct kept {
    EVP_MD_CTX *inner, *outer, *run; /* after key ^ ipad; after key ^ opad; for the text          */
    size_t      key_len;             /* 0: no key is kept                                         */
    unsigned char key[BLOCK];
} kept;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

static int hash_pad(EVP_MD_CTX *state, const kept *k, unsigned char pad)
{
    unsigned char block[BLOCK];
    size_t        i;
    int           ok;
    for (i = 0; i < BLOCK; i++) block[i] = (unsigned char)((i < k->key_len ? k->key[i] : 0) ^ pad);
    ok = EVP_DigestInit_ex(state, EVP_sha256(), NULL) && EVP_DigestUpdate(state, block, BLOCK);
    OPENSSL_cleanse(block, sizeof block);
    return ok;
}

static int is_kept(const kept *k, const void *key, size_t key_len)
{
    return k->key_len != 0 && k->key_len == key_len && CRYPTO_memcmp(k->key, key, key_len) == 0;
}

static int keep(kept *k, const void *key, size_t key_len)
{
    OPENSSL_cleanse(k->key, sizeof k->key);
    memcpy(k->key, key, key_len);
    k->key_len = key_len;
    if (hash_pad(k->inner, k, 0x36) && hash_pad(k->outer, k, 0x5c)) return 1;
    k->key_len = 0; /* half of a key is no key */
    return 0;
}

static int finish(EVP_MD_CTX *run, const EVP_MD_CTX *from, const void *data, size_t len,
                  unsigned char out[32])
{
    return EVP_MD_CTX_copy_ex(run, from) && EVP_DigestUpdate(run, data, len) &&
           EVP_DigestFinal_ex(run, out, NULL);
}

/* client.user is a kept. A key of more than a block would have to be hashed first: not kept. */
static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    kept *k = user;
    int   ok;
    if (key_len > INT_MAX) return 1;
    if (key_len > BLOCK)
        return HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL) != NULL ? 0 : 1;
    ok = is_kept(k, key, key_len) || keep(k, key, key_len);
    ok = ok && finish(k->run, k->inner, data, len, out); /* inner = H((key ^ ipad) text)  */
    ok = ok && finish(k->run, k->outer, out, 32, out);   /* outer = H((key ^ opad) inner) */
    return ok ? 0 : 1;
}

static int kept_open(kept *k)
{
    memset(k, 0, sizeof *k);
    k->inner = EVP_MD_CTX_new();
    k->outer = EVP_MD_CTX_new();
    k->run   = EVP_MD_CTX_new();
    return k->inner != NULL && k->outer != NULL && k->run != NULL;
}

/* OpenSSL wipes what a context held when it frees it. */
static void kept_close(kept *k)
{
    EVP_MD_CTX_free(k->inner);
    EVP_MD_CTX_free(k->outer);
    EVP_MD_CTX_free(k->run);
    OPENSSL_cleanse(k, sizeof *k);
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    kept       k;
    if (!kept_open(&k)) return fputs("crypto_openssl_kept: no memory\n", stderr), 1;
    client.user        = &k;
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    cuc_selftest(&client, &result);
    kept_close(&k);
    if (result.status == CUC_OK) return puts("crypto_openssl_kept: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_openssl_kept: %s\n", text);
    return 1;
}
