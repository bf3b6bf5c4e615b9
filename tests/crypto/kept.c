/* kept.c - examples/crypto_openssl_kept.c: the same digests as HMAC(), two compressions fewer.
 * The functions of OpenSSL that hash are replaced by ones that count their compressions, and that
 * fail when a test wants it.                                                                     */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static unsigned compressions, updates_until_failure;
static struct {
    const EVP_MD_CTX *context;
    size_t            bytes;
} seen[4];

static size_t *bytes_of(const EVP_MD_CTX *c)
{
    size_t i = 0;
    while (seen[i].context != c && seen[i].context != NULL) i++;
    seen[i].context = c;
    return &seen[i].bytes;
}

/* The last block or two: what is left, a 1 bit, zeroes, eight bytes of length. */
static unsigned blocks(size_t bytes) { return (unsigned)((bytes + 9 + 63) / 64); }

static int counted_init(EVP_MD_CTX *c, const EVP_MD *md, ENGINE *e)
{
    *bytes_of(c) = 0;
    return EVP_DigestInit_ex(c, md, e);
}

static int counted_copy(EVP_MD_CTX *to, const EVP_MD_CTX *from)
{
    *bytes_of(to) = *bytes_of(from);
    return EVP_MD_CTX_copy_ex(to, from);
}

static int counted_update(EVP_MD_CTX *c, const void *data, size_t len)
{
    size_t *bytes = bytes_of(c);
    if (updates_until_failure > 0 && --updates_until_failure == 0) return 0;
    compressions += (unsigned)((*bytes + len) / 64 - *bytes / 64);
    *bytes += len;
    return EVP_DigestUpdate(c, data, len);
}

static int counted_final(EVP_MD_CTX *c, unsigned char *out, unsigned *len)
{
    compressions += blocks(*bytes_of(c) % 64);
    return EVP_DigestFinal_ex(c, out, len);
}

static int counted_digest(const void *data, size_t n, unsigned char *out, unsigned *len,
                          const EVP_MD *md, ENGINE *e)
{
    compressions += blocks(n);
    return EVP_Digest(data, n, out, len, md, e);
}

#define EVP_DigestInit_ex counted_init
#define EVP_MD_CTX_copy_ex counted_copy
#define EVP_DigestUpdate counted_update
#define EVP_DigestFinal_ex counted_final
#define EVP_Digest counted_digest
#define main example_main
#include "examples/crypto_openssl_kept.c"
#undef main

#include "tests/bench/request.h"

#define NOON 1764072000000 /* 2025-11-25T12:00:00Z */

static char work[8192];
static kept k;

static int open_kept(void **state)
{
    (void)state;
    memset(seen, 0, sizeof seen);
    updates_until_failure = 0;
    return kept_open(&k) ? 0 : -1;
}

static int close_kept(void **state)
{
    (void)state;
    kept_close(&k);
    return 0;
}

static void same_as_hmac(const unsigned char *key, size_t key_len, const char *text, size_t len)
{
    unsigned char ours[32], theirs[32];
    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, len, theirs, NULL);
    assert_int_equal(my_hmac(&k, key, key_len, text, len, ours), 0);
    assert_memory_equal(ours, theirs, 32);
}

static void self_test(void **state)
{
    (void)state;
    assert_int_equal(example_main(), 0);
}

/* One key in three is the last one again, one differs in one byte, and one has another length. */
static void digests_are_those_of_hmac(void **state)
{
    unsigned char key[200];
    char          text[300];
    size_t        len = 32, i;
    int           n;
    (void)state;
    srand(1);
    for (i = 0; i < sizeof key; i++) key[i] = (unsigned char)rand();
    for (n = 0; n < 3000; n++) {
        for (i = 0; i < sizeof text; i++) text[i] = (char)rand();
        if (rand() % 3 == 0) key[(size_t)rand() % len] ^= (unsigned char)(1 << rand() % 8);
        else if (rand() % 2 == 0) len = 1 + (size_t)rand() % (rand() % 4 ? 70 : sizeof key);
        same_as_hmac(key, len, text, (size_t)rand() % sizeof text);
    }
}

static unsigned compressions_of_a_request(const cuc_client *client)
{
    cuc_request request = measured_request();
    cuc_result  result;
    cuc_call    call;
    compressions = 0;
    cuc_call_begin(&call, client, &request, work, sizeof work, &result);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    return compressions;
}

static void a_key_of_the_day_saves_two_compressions(void **state)
{
    const cuc_str   connect = { NULL, 0 };
    cuc_client      client  = measured_client(my_sha256, my_hmac);
    cuc_signing_key key;
    cuc_result      result;
    (void)state;
    client.user = &k;
    assert_int_equal(
        cuc_derive_signing_key(&client, connect, NOON, work, sizeof work, &key, &result), CUC_OK);
    client.signing_key = &key;
    assert_int_equal(compressions_of_a_request(&client), 15);
    assert_int_equal(compressions_of_a_request(&client), 13);
    assert_int_equal(compressions_of_a_request(&client), 13);
    client.signing_key = NULL; /* five keys in turn: nothing is saved */
    assert_int_equal(compressions_of_a_request(&client), 31);
    assert_int_equal(compressions_of_a_request(&client), 31);
}

/* Each update of the pads and of the text fails once; afterwards the digest is right again. */
static void a_failure_keeps_no_half_key(void **state)
{
    static const unsigned char keys[2][32] = { "one", "two" };
    unsigned char              out[32];
    unsigned                   n;
    (void)state;
    for (n = 1; n <= 4; n++) {
        same_as_hmac(keys[0], 32, "text", 4);
        updates_until_failure = n;
        assert_int_not_equal(my_hmac(&k, keys[1], 32, "text", 4, out), 0);
        same_as_hmac(keys[1], 32, "text", 4);
    }
}

static void closing_wipes_the_key(void **state)
{
    static const kept empty;
    (void)state;
    same_as_hmac((const unsigned char *)"secret", 6, "text", 4);
    kept_close(&k);
    assert_memory_equal(&k, &empty, sizeof k);
}

int main(void)
{
#define WITH_KEPT(test) cmocka_unit_test_setup_teardown(test, open_kept, close_kept)
    const struct CMUnitTest tests[] = {
        WITH_KEPT(self_test),
        WITH_KEPT(digests_are_those_of_hmac),
        WITH_KEPT(a_key_of_the_day_saves_two_compressions),
        WITH_KEPT(a_failure_keeps_no_half_key),
        WITH_KEPT(closing_wipes_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
