/* Does a branch or an index depend on the secret? Its bytes are told to valgrind as undefined, and
 * it reports every decision and every address that was made from them. Without arguments the low
 * four bits of each byte are undefined, so that the one verdict on the secret, "visible ASCII
 * throughout", stays a known one; with one argument all bits are, and run.sh allows exactly that
 * verdict. Derived keys are undefined altogether. The hash is the textbook's, which has no branch
 * on data. Exit status 1 when a call did not work. */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

#include <valgrind/memcheck.h>

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

static const char *const secrets[] = {
    "ABCDEFGHIJKLMNOabcdefghijklmnoABCDEFGHIJ", /* 40 characters, as the real ones */
    "ABCDEFGHIJKLMNOabcdefghijklmnoABCDEFGHIJKLMNOabcdefghijklmnoABCDEFGHIJ", /* more than a block
                                                                               */
};

static char secret[128];
static int  undefined_bits = 0x0F;

static void poison_secret(size_t which)
{
    unsigned char undefined[128];
    const size_t  n = strlen(secrets[which]);
    memcpy(secret, secrets[which], n + 1);
    memset(undefined, undefined_bits, sizeof undefined);
    (void)VALGRIND_SET_VBITS(secret, undefined, n);
}

static cuc_client poisoned_client(size_t which, int made)
{
    cuc_client c = CUC_ZERO;
    poison_secret(which);
    c.sha256         = real_sha256;
    c.hmac_sha256    = made ? NULL : real_hmac;
    c.region         = cuc_s("us-east-1");
    c.access_key     = cuc_s("AKIDEXAMPLE");
    c.secret_key.ptr = secret;
    c.secret_key.len = strlen(secrets[which]);
    return c;
}

/* The request up to the head on the wire; there the signature becomes public. */
static int update(const cuc_client *c)
{
    static char       work[4096], head[2048];
    const cuc_request q = small_request();
    cuc_call          call;
    begin_call(&call, c, &q, work, sizeof work);
    if (cuc_call_next(&call, NOON) != CUC_NEXT_SEND) return 0;
    if (cuc_http1_head(cuc_call_http_request(&call), head, sizeof head) >= sizeof head) return 0;
    (void)VALGRIND_MAKE_MEM_DEFINED(head, sizeof head);
    return strstr(head, "Signature=") != NULL;
}

static int sign_general(const cuc_client *c)
{
    static char     work[4096];
    cuc_sign_header host;
    cuc_sign_input  in;
    cuc_signed      out;
    cuc_result      r;
    memset(&in, 0, sizeof in);
    host.name       = cuc_s("host");
    host.value      = cuc_s("example.com");
    in.method       = cuc_s("GET");
    in.headers      = &host;
    in.header_count = 1;
    return cuc_sign(c, &in, NOON, work, sizeof work, &out, &r) == CUC_OK;
}

static int derive(const cuc_client *c, cuc_signing_key *key)
{
    char       work[512];
    cuc_result r;
    return cuc_derive_signing_key(c, cuc_s("connect"), NOON, work, sizeof work, key, &r) == CUC_OK;
}

static int all_ways(size_t which, int made)
{
    cuc_client      c = poisoned_client(which, made);
    cuc_signing_key key;
    int             good = update(&c);
    good &= sign_general(&c);
    good &= derive(&c, &key);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(key.key, sizeof key.key);
    c.signing_key = &key;
    good &= update(&c);
    return good;
}

int main(int argc, char **argv)
{
    size_t which;
    int    made;
    (void)argv;
    if (argc > 1) undefined_bits = 0xFF;
    for (which = 0; which < 2; which++)
        for (made = 0; made < 2; made++)
            if (!all_ways(which, made)) return 1;
    return 0;
}
