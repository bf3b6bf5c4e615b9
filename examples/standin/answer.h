/* answer.h - the response that is being made, and the lines of log that explain it. The first
 * problem wins.     in: what went wrong     out: the error that will be sent, its explanation */
#ifndef STANDIN_ANSWER_H
#define STANDIN_ANSWER_H

#include <stdarg.h>

#include "text.h"

struct answer {
    int         status; /* 0: nothing decided yet */
    const char *code;   /* x-amzn-ErrorType; NULL: none */
    const char *tail;   /* what follows the code in that header */
    const char *type;   /* of the content */
    const char *reason; /* InvalidRequestException's, or NULL */
    const char *header; /* one more header line, or NULL */
    char        message[600];
    int         lower; /* "message": it came from the front door, not from the service */
    int         close; /* the connection cannot go on */
    struct text body;
    struct text what;     /* for the log: what was done, on the line of the verdict */
    struct text below;    /* for the log: whole lines that explain the verdict */
    int         warnings; /* how many of them are warnings */
};

static const char auth_tail[] = ":http://internal.amazon.com/coral/com.amazon.coral.service/";
static const char load_tail[] = ":http://internal.amazon.com/coral/com.amazon.coral.availability/";

/* One more line of explanation. */
static void tell(struct answer *a, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add(&a->below, "  ");
    vaddf(&a->below, format, list);
    add(&a->below, "\n");
    va_end(list);
}

/* The request is accepted, but a sterner reader, such as --strict, would refuse it. */
static void warn(struct answer *a, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add(&a->below, "  warning: ");
    vaddf(&a->below, format, list);
    add(&a->below, "\n");
    va_end(list);
    a->warnings++;
}

static int fail(struct answer *a, int status, const char *code, const char *format, va_list list)
{
    if (a->status != 0) return 0;
    a->status = status;
    a->code   = code;
    vsnprintf(a->message, sizeof a->message, format, list);
    return 0;
}

static int refuse(struct answer *a, int status, const char *code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail(a, status, code, format, list);
    va_end(list);
    return 0;
}

/* As refuse, for what is decided before the service itself sees a request. */
static int reject(struct answer *a, const char *code, const char *format, ...)
{
    va_list list;
    a->lower = 1;
    a->tail  = auth_tail;
    va_start(list, format);
    fail(a, 403, code, format, list);
    va_end(list);
    return 0;
}

/* A request that is not correct HTTP/1.1. Where the next one begins is unknown, so close. */
static int malformed(struct answer *a, int status, const char *what)
{
    a->close = 1;
    a->lower = 1;
    return refuse(a, status,
                  status == 413 ? "RequestEntityTooLargeException"
                                : "MalformedHttpRequestException",
                  "%s", what);
}

#endif
