/* units.c - the parts of the command line that need neither a network nor a clock: pace, journal.
 * needs: cmocka
 * python3 tests/tool/run.py units builds and runs it. Times are made up.                         */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail /* the tool has a function of that name */

#include "tool/journal.h"
#include "tool/pace.h"

enum { START = 1000000 }; /* ms; any time will do */

/* Sends whenever the pace allows it, from `from` to `to` ms behind START. Returns how often. */
static int send_all(struct pace *p, int64_t from, int64_t to)
{
    int64_t t;
    int     count = 0;
    for (t = from; t < to; t++)
        for (; pace_wait_ms(p, START + t) == 0; count++) pace_sent(p);
    return count;
}

static void assert_rate(const struct pace *p, double rate)
{
    assert_true(p->rate > rate - 0.001 && p->rate < rate + 0.001);
}

static void burst_then_rate(void **state)
{
    static const struct {
        double rate, burst;
        int    at_once, in_a_minute;
    } rows[] = {
        { 10,  15,  15,  15 + 599    },
        { 10,  1,   1,   1 + 599     },
        { 1,   5,   5,   5 + 59      },
        { 250, 100, 100, 100 + 14999 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        struct pace p;
        int         once, rest;
        pace_start(&p, rows[i].rate, rows[i].burst, START);
        once = send_all(&p, 0, 1);
        rest = send_all(&p, 1, 60000);
        assert_int_equal(once, rows[i].at_once);
        assert_in_range(once + rest, rows[i].in_a_minute - 1, rows[i].in_a_minute);
    }
}

static void the_wait_is_long_enough_and_not_longer(void **state)
{
    struct pace p;
    int64_t     wait;
    (void)state;
    pace_start(&p, 10, 1, START);
    assert_int_equal(pace_wait_ms(&p, START), 0);
    pace_sent(&p);
    wait = pace_wait_ms(&p, START);
    assert_in_range(wait, 100, 101);
    assert_int_not_equal(pace_wait_ms(&p, START + 99), 0);
    assert_int_equal(pace_wait_ms(&p, START + wait), 0);
}

static void a_pause_saves_no_more_than_the_burst(void **state)
{
    struct pace p;
    (void)state;
    pace_start(&p, 10, 15, START);
    send_all(&p, 0, 1);
    assert_int_equal(send_all(&p, 3600000, 3600001), 15);
}

static void throttling_lowers_the_rate_once_a_second(void **state)
{
    struct pace p;
    int         i;
    (void)state;
    pace_start(&p, 10, 15, START);
    pace_throttled(&p, START + 100);
    assert_rate(&p, 7);
    pace_throttled(&p, START + 1099); /* the same second: responses to what was sent before */
    assert_rate(&p, 7);
    pace_throttled(&p, START + 1100);
    assert_rate(&p, 4.9);
    for (i = 2; i < 60; i++) pace_throttled(&p, START + 1000 * (int64_t)i + 100);
    assert_rate(&p, 0.5); /* never slower than a request in two seconds */
}

static void the_rate_comes_back_and_stops_where_it_was(void **state)
{
    struct pace p;
    int         second;
    (void)state;
    pace_start(&p, 10, 1, START);
    pace_throttled(&p, START);
    send_all(&p, 0, 1001);
    assert_rate(&p, 7.7);
    for (second = 1; second < 60; second++)
        send_all(&p, 1000 * (int64_t)second + 1, 1000 * (int64_t)second + 1001);
    assert_rate(&p, 10);
}

static void without_a_rate_throttling_sets_one_that_goes_again(void **state)
{
    struct pace p;
    int         i, second;
    (void)state;
    pace_start(&p, 0, 1, START);
    for (i = 0; i < 1000; i++) {
        assert_int_equal(pace_wait_ms(&p, START + i), 0);
        pace_sent(&p);
    }
    pace_throttled(&p, START + 999);
    assert_rate(&p, 700);
    assert_int_not_equal(pace_wait_ms(&p, START + 999), 0);
    assert_in_range(send_all(&p, 1000, 1999), 690, 701);
    for (second = 2; second < 20; second++) pace_wait_ms(&p, START + 1000 * (int64_t)second);
    assert_rate(&p, 0); /* 700 a second, a tenth more each second, beyond 2 * 1000 */
}

/* A service with a quota of its own (token bucket, as Amazon Connect's). Asked for more than that,
 * the pace finds it: little is throttled, and most of the quota is used.                         */
static void the_pace_finds_the_quota_of_a_service(void **state)
{
    static const struct {
        double asked, quota;
    } rows[] = {
        { 50,  10  },
        { 10,  5   },
        { 10,  10  },
        { 20,  2   },
        { 500, 100 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        struct pace p, service;
        int64_t     t;
        int         applied = 0, throttled = 0;
        pace_start(&p, rows[i].asked, 15, START);
        pace_start(&service, rows[i].quota, 15, START);
        for (t = 0; t < 300000; t++) {
            if (pace_wait_ms(&p, START + t) != 0) continue;
            pace_sent(&p);
            if (pace_wait_ms(&service, START + t) == 0) {
                pace_sent(&service);
                applied++;
            } else {
                throttled++;
                pace_throttled(&p, START + t);
            }
        }
        print_message(
            "asked for %3.0f/s of a quota of %3.0f/s: %d applied, %d throttled in 300 s\n",
            rows[i].asked, rows[i].quota, applied, throttled);
        assert_true(applied > 0.8 * 300 * rows[i].quota);
        assert_true(throttled < 0.2 * applied);
    }
}

/* ---- the journal ----------------------------------------------------------------------------- */

static void large_numbers_come_back_from_the_journal(void **state)
{
    static const struct finished rows[] = {
        { 1,                     0,                     "ok"        },
        { 4294967297u,           0xfedcba9876543210u,   "ok"        },
        { 18446744073709551615u, 18446744073709551615u, "a-failure" },
    };
    const char      path[] = "build/tool/units.journal";
    struct stat     about;
    struct journal  j;
    struct finished again;
    size_t          i;
    int             changed = 0;
    (void)state;
    memset(&about, 0, sizeof about);
    about.st_size = 7;
    unlink(path);
    open_journal(&j, path, 0, 0, 0xfedcba9876543210u, &about, &changed);
    for (i = 0; i < COUNT(rows); i++) journal_add(&j, &rows[i]);
    journal_flush(&j);
    assert_null(j.problem);
    close_journal(&j);
    open_journal(&j, path, 0, 0, 0xfedcba9876543210u, &about, &changed);
    assert_int_equal(changed, 0);
    for (i = 0; i < COUNT(rows); i++) {
        assert_true(journal_reads(&j, &again));
        assert_true(again.number == rows[i].number && again.hash == rows[i].hash);
        assert_string_equal(again.label, rows[i].label);
    }
    assert_false(journal_reads(&j, &again));
    close_journal(&j);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burst_then_rate),
        cmocka_unit_test(the_wait_is_long_enough_and_not_longer),
        cmocka_unit_test(a_pause_saves_no_more_than_the_burst),
        cmocka_unit_test(throttling_lowers_the_rate_once_a_second),
        cmocka_unit_test(the_rate_comes_back_and_stops_where_it_was),
        cmocka_unit_test(without_a_rate_throttling_sets_one_that_goes_again),
        cmocka_unit_test(the_pace_finds_the_quota_of_a_service),
        cmocka_unit_test(large_numbers_come_back_from_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
