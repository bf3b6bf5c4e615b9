/* Signature Version 4 for this one call, as a program has it that signs by hand: snprintf, the key
 * of the day kept, nothing checked. Source: SigV4, "create a signed request".                    */
#include "hash.h"
#include "connect_update_contact.h"
#include "request.h"
#include <ctype.h>
#include <stdio.h>
#include <time.h>

#define NOON 1764072000 /* 2025-11-25T12:00:00Z */
#define HOST "connect.us-west-2.amazonaws.com"
#define REGION "us-west-2"

static struct {
    unsigned char key[32];
    cuc_client    client;
    cuc_request   request;
    char          path[640], date[32], authorization[512], *body;
} s;

static void encode(const char *text, char *out)
{
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text)) *out++ = *text;
        else out += sprintf(out, "%%%02X", (unsigned char)*text);
    }
    *out = '\0';
}

/* Encoded once on the request line, twice where it is signed. */
static void write_paths(char signed_path[1024])
{
    char instance[301], contact[301], twice[2][901];
    encode(s.request.instance_id.ptr, instance);
    encode(s.request.contact_id.ptr, contact);
    encode(instance, twice[0]);
    encode(contact, twice[1]);
    snprintf(s.path, sizeof s.path, "/contacts/%s/%s", instance, contact);
    snprintf(signed_path, 1024, "/contacts/%.400s/%.400s", twice[0], twice[1]);
}

static void hex_of(const unsigned char digest[32], char out[65])
{
    static const char digits[] = "0123456789abcdef";
    int               i;
    for (i = 0; i < 32; i++) {
        out[2 * i]     = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[64] = '\0';
}

static void hash_to_hex(const char *text, char out[65])
{
    unsigned char digest[32];
    hash_sha256(NULL, text, strlen(text), digest);
    hex_of(digest, out);
}

static void mac(const void *key, size_t len, const char *text, unsigned char out[32])
{
    hash_hmac(NULL, key, len, text, strlen(text), out);
}

static void make_key(const char *day)
{
    char secret[128];
    snprintf(secret, sizeof secret, "AWS4%s", s.client.secret_key.ptr);
    mac(secret, strlen(secret), day, s.key);
    mac(s.key, 32, REGION, s.key);
    mac(s.key, 32, "connect", s.key);
    mac(s.key, 32, "aws4_request", s.key);
}

static void sign(void)
{
    const time_t  now = NOON;
    struct tm     utc;
    char          text[2048], path[1024], hex[65], scope[128];
    unsigned char digest[32];

    write_paths(path);
    strftime(s.date, sizeof s.date, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    snprintf(scope, sizeof scope, "%.8s/" REGION "/connect/aws4_request", s.date);
    hash_to_hex(s.body, hex);
    snprintf(text, sizeof text,
             "POST\n%s\n\ncontent-type:application/json\nhost:" HOST "\nx-amz-date:%s\n\n"
             "content-type;host;x-amz-date\n%s",
             path, s.date, hex);
    hash_to_hex(text, hex);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", s.date, scope, hex);
    mac(s.key, sizeof s.key, text, digest);
    hex_of(digest, hex);
    snprintf(s.authorization, sizeof s.authorization,
             "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host;x-amz-date, "
             "Signature=%s",
             s.client.access_key.ptr, scope, hex);
}

static void prepare_signing(void)
{
    s.client  = measured_client(hash_sha256, hash_hmac);
    s.request = measured_request();
    make_key("20251125");
}

void show(void)
{
    printf("POST %s HTTP/1.1\nhost: " HOST "\ncontent-type: application/json\nx-amz-date: %s\n"
           "authorization: %s\n\n%s\n",
           s.path, s.date, s.authorization, s.body);
}
