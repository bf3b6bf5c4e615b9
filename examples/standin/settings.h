/* settings.h - the options, the counters, the clocks, the log.
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
    int               port;    /* 0 before listening: any free one */
    int               control; /* port of the control listener; -1: there is none */
    int               stay, strict, any_host;
    const char       *host, *base_path, *region, *instance;
    struct credential first, second;
    long              rotate_at; /* from this signed request on only the second credential counts */
    long              skew, now; /* seconds; now < 0: the machine's clock */
    long              max_requests, seconds;
    int               connections; /* that are served at the same time */
    long              patience_ms; /* how long a request may pause before it is complete */
} set = {
    .control     = -1,
    .host        = "127.0.0.1",
    .base_path   = "",
    .region      = "us-east-1",
    .instance    = default_instance,
    .first       = { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL },
    .now         = -1,
    .connections = 200,
    .patience_ms = 5000,
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

/* The time of a log line: the machine's own clock, UTC, with milliseconds. */
static const char *log_time(char out[32])
{
    struct timespec t;
    struct tm      *parts;
    size_t          n = 0;
    clock_gettime(CLOCK_REALTIME, &t);
    if ((parts = gmtime(&t.tv_sec)) != NULL) n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", parts);
    snprintf(out + n, 32 - n, ".%03dZ", (int)(t.tv_nsec / 1000000));
    return out;
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
