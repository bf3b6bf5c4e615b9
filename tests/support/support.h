/* What all tests share: the runner's counts, a real hash, and a fake world. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "basics.h"

/* ---- the runner. tests/NAME.c defines `int NAME(void)`, which ends in `return GROUP(tests);` --- */
int run_group(const char *name, const struct CMUnitTest *tests, size_t count);
#define GROUP(tests) run_group(__func__, tests, ROWS(tests))
void skipped(const char *what); /* a check that could not run here, by name; never for a failure */

/* A failure that points at the row of a table. */
#define assert_text(actual, expected, line)                                                        \
    _assert_string_equal((actual), (expected), __FILE__, (line))
#define assert_number(actual, expected, line)                                                      \
    _assert_int_equal((uintmax_t)(actual), (uintmax_t)(expected), __FILE__, (line))

/* ---- a real hash, in constant time for a length ------------------------------------------------ */
int  real_sha256(void *user, const void *data, size_t len, unsigned char out[32]);
int  real_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
               unsigned char out[32]);
void to_hex(const unsigned char *bytes, size_t n, char *out); /* 2n + 1 characters */

/* ---- a fake world: the `user` of every callback below ------------------------------------------ */
typedef struct answer {
    int         outcome; /* what send returns                                                    */
    int         status;  /* 0: no status is delivered                                            */
    const char *headers; /* lines that end in \n; NULL: none                                     */
    const char *body;    /* NULL: none                                                           */
    uint32_t    took_ms; /* by how much the clock moves during the exchange                      */
} answer;

typedef struct world {
    const answer *answers; /* one a send, in order; the last one repeats                          */
    size_t        answer_count;
    int64_t       now_ms;    /* moves with answers and sleeps                                    */
    size_t        chunk;     /* bytes a piece of body; 0: all at once                            */
    long          fail_at;   /* index of the callback call (over all callbacks) that fails; -1   */
    int           fail_with; /* what it returns then                                             */
    int           armed;     /* fail_at counts only when this is set                             */
    /* what happened */
    long          calls, hashes, macs, sends, sleeps, clock_reads, asked;
    int64_t       asked_at; /* now_ms and refused of the last call for credentials */
    int           refused;
    uint32_t      waits[64];
    char          dates[64][17]; /* x-amz-date of each send                                   */
    char          signatures[64][65];
    char          last_body[4096];
    size_t        last_body_len;
    char          last_authorization[1024], last_url[2048];
    int (*on_credentials)(struct world    *w,
                          cuc_credentials *copy); /* NULL: leaves them                */
    int (*on_send)(struct world *w, const cuc_http_request *http,
                   cuc_call *call); /* before the answer   */
    int (*on_sleep)(struct world *w, uint32_t ms);
} world;

int     world_sha256(void *user, const void *data, size_t len, unsigned char out[32]);
int     world_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32]);
int     world_send(void *user, const cuc_http_request *http, cuc_call *call);
int64_t world_now(void *user);
int     world_sleep(void *user, uint32_t ms);
int     world_credentials(void *user, int64_t now_ms, cuc_credentials *copy);

world new_world(const answer *answers, size_t count);
cuc_client
world_client(world *w);          /* region us-east-1, AKIDEXAMPLE, all callbacks but credentials */
cuc_request small_request(void); /* two UUIDs and a name                                        */

/* Hands one answer in, in pieces of `chunk` bytes (0: in one), and ends the exchange. */
void exchange(cuc_call *call, const answer *a, size_t chunk);

/* An exact-size heap block, so that ASan sees the first byte too many. Free it. */
void          *block(size_t n);
void          *block_of(const void *bytes, size_t n);
const cuc_str *lent(cuc_str s); /* a view by pointer; good until eight others were lent */

/* A generator that gives the same numbers everywhere. */
uint32_t next_random(uint64_t *state);

#endif
