/* White box: lengths with a size_t of 16 bits, simulated by a macro. Real 16-bit code runs in
 * examples/firmware, on chips whose memory has no room for such lengths. Field report 4.11, P50. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

int run_group(const char *name, const struct CMUnitTest *tests, size_t count);

typedef size_t host_size;
#undef SIZE_MAX
#define SIZE_MAX 65535u
#define size_t uint16_t
#pragma GCC diagnostic ignored "-Wsign-compare" /* 16-bit numbers are promoted to int here */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#undef size_t

static int never_hash(void *user, const void *data, uint16_t len, unsigned char out[32])
{
    (void)user, (void)data, (void)len, (void)out;
    fail_msg("measuring calls no hash");
    return 1;
}

static int never_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    (void)user, (void)http, (void)call;
    fail_msg("measuring sends nothing");
    return 1;
}

/* A base path of escapes: each byte of it is longer again in the signed path. */
static uint16_t required_for_url(char *url, uint16_t len)
{
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    host_size   i;
    memcpy(url, "http://h", 8);
    for (i = 8; i + 4 <= len; i += 4) memcpy(url + i, "/%25", 4);
    for (; i < len; i++) url[i] = 'a';
    client.endpoint_url.ptr = url;
    client.endpoint_url.len = len;
    client.region           = cuc_s("us-east-1");
    client.access_key       = cuc_s("AKIDEXAMPLE");
    client.secret_key       = cuc_s("secret");
    client.sha256           = never_hash;
    client.send             = never_send;
    request.instance_id     = cuc_s("i");
    request.contact_id      = cuc_s("c");
    request.name            = cuc_s("n");
    assert_int_equal(cuc_update_contact(&client, &request, NULL, 0, &result), CUC_E_SPACE);
    return result.required;
}

static void a_measured_size_beyond_16_bits_stays_at_the_maximum(void **state)
{
    char     url[65536];
    unsigned len;
    uint16_t before = 0, required;
    (void)state;
    for (len = 100; len < 65500; len += 37, before = required) {
        required = required_for_url(url, (uint16_t)len);
        assert_true(required >= before && required > len);
    }
    assert_int_equal(before, SIZE_MAX);
}

static void a_string_beyond_its_limit_is_refused_at_any_length(void **state)
{
    static char text[65536];
    unsigned    len;
    (void)state;
    memset(text, 'x', sizeof text);
    for (len = 0; len < 65536; len++) {
        cuc_request request = CUC_ZERO;
        cuc_result  result;
        request.instance_id     = cuc_s("i");
        request.contact_id      = cuc_s("c");
        request.description.ptr = text;
        request.description.len = (uint16_t)len;
        assert_int_equal(cuc_validate(&request, &result), len <= 4096 ? CUC_OK : CUC_E_LIMIT);
    }
}

int test_16_bit(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_measured_size_beyond_16_bits_stays_at_the_maximum),
        cmocka_unit_test(a_string_beyond_its_limit_is_refused_at_any_length),
    };
    return run_group(__func__, tests, sizeof tests / sizeof tests[0]);
}
