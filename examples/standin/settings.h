/* settings.h - what the switches say, what was seen so far, the clock, the log.
 * in: nothing     out: set, seen, service_time(), tick(), note() */
#ifndef STANDIN_SETTINGS_H
#define STANDIN_SETTINGS_H

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

struct credential {
    const char *access, *secret, *token; /* token NULL: a key that does not expire */
};

static const char default_instance[] = "11111111-2222-3333-4444-555555555555";
static const char default_contact[]  = "66666666-7777-8888-9999-000000000000";
static const char default_external[] = "66666666-7777-8888-9999-000000000001";

static struct {
    int               port, stay;
    const char       *host, *base_path, *region, *instance;
    struct credential first, second;
    long              rotate_at; /* from this signed request on only the second credential counts */
    long              skew, now; /* seconds; now < 0: the machine's clock */
    long              max_requests, seconds;
} set = {
    0,
    0,
    "127.0.0.1",
    "",
    "us-east-1",
    default_instance,
    { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL },
    { NULL,          NULL,                                       NULL },
    0,
    0,
    -1,
    0,
    0
};

static struct {
    long requests, answered, signed_ones, applied, refused, faults, bad_signatures;
} seen;

static FILE                 *log_file;
static volatile sig_atomic_t stopping;

/* The service's clock: seconds since 1970. */
static time_t service_time(void)
{
    return (set.now >= 0 ? (time_t)set.now : time(NULL)) + (time_t)set.skew;
}

/* Milliseconds that only ever grow, for time-outs and delays. */
static long long tick(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *time_text(time_t t, const char *format, char room[40])
{
    struct tm *parts = gmtime(&t);
    if (parts == NULL || strftime(room, 40, format, parts) == 0) room[0] = '\0';
    return room;
}

static void note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(log_file, format, list);
    va_end(list);
    fputc('\n', log_file);
}

#endif
