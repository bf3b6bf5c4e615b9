/* faults.h - the option --fault: what shall go wrong with the next authentic updates.
 * in: SPECs     out: a fault for each request */
#ifndef STANDIN_FAULTS_H
#define STANDIN_FAULTS_H

#include <stdint.h>

#include "answer.h"

enum { MAX_FAULTS = 32 };

enum outcome { SERVE, ERROR_NOW, DROP_BEFORE, DROP_AFTER, HTML, JUNK, REDIRECT };

struct service_error {
    int         status;
    const char *code, *message, *tail; /* with a tail it comes from the front door: "message" */
};

struct fault {
    long                        left; /* requests it is still for; -1: all */
    enum outcome                outcome;
    int                         status; /* 0: as it comes */
    const struct service_error *error;
    char                        reason[64];
    long                        delay_ms, byte_ms, retry_s, retry_ms; /* -1: not asked for */
    int                         truncate, chunked, early_continue, to_the_end, mix;
};

static struct fault faults[MAX_FAULTS];
static size_t       fault_count;
static uint64_t     mix_state;

enum fault_name {
    F_STATUS,
    F_ERROR,
    F_THROTTLE,
    F_HTML,
    F_EXPIRED,
    F_REASON,
    F_REDIRECT,
    F_DROP_BEFORE,
    F_DROP_AFTER,
    F_JUNK,
    F_DELAY,
    F_TRUNCATE,
    F_CHUNKED,
    F_CONTINUE,
    F_CLOSE,
    F_ONE_BYTE,
    F_RETRY,
    F_X_RETRY,
    F_MIX
};

static const struct {
    enum fault_name name;
    const char     *word, *value, *help; /* value in brackets: may be left out */
} fault_names[] = {
    { F_STATUS,      "status",        "=N",    "this status and the error that goes with it; 2xx is applied" },
    { F_ERROR,       "error",         "=CODE", "this error of the service, or of the gateway before it"      },
    { F_THROTTLE,    "throttle",      "",      "429 ThrottlingException \"Rate exceeded\", the gateway's"    },
    { F_HTML,        "html-503",      "",      "503 with a page of HTML, no error type"                      },
    { F_EXPIRED,     "expired-token", "",      "403 ExpiredTokenException"                                   },
    { F_REASON,      "reason",        "=WORD", "400 InvalidRequestException with this Reason"                },
    { F_REDIRECT,    "redirect",      "",      "307 to another path of this server"                          },
    { F_DROP_BEFORE, "drop-before",   "",      "read, then closed: not applied, no response"                 },
    { F_DROP_AFTER,  "drop-after",    "",      "applied, then closed without a response"                     },
    { F_JUNK,        "junk-200",      "",      "applied, then 200 with a body that is not JSON"              },
    { F_DELAY,       "delay",         "=MS",   "the response comes this much later"                          },
    { F_TRUNCATE,    "truncate",      "",      "closed after half of the body"                               },
    { F_CHUNKED,     "chunked",       "",      "Transfer-Encoding: chunked, in small pieces"                 },
    { F_CONTINUE,    "continue",      "",      "100 Continue, unasked, before the response"                  },
    { F_CLOSE,       "close",         "",      "no length: the body ends where the connection does"          },
    { F_ONE_BYTE,    "one-byte",      "[=MS]", "one byte at a time, MS apart (0)"                            },
    { F_RETRY,       "retry-after",   "=S",    "Retry-After: S; with 503 if nothing else is asked for"       },
    { F_X_RETRY,     "x-retry-after", "=MS",   "x-amz-retry-after: MS; likewise"                             },
    { F_MIX,         "mix",           "=SEED", "one of these, drawn anew for each request:"                  },
};

static const struct {
    int         percent;
    const char *spec;
} mix[] = {
    { 3, "status=503"                },
    { 2, "status=500"                },
    { 3, "throttle"                  },
    { 1, "html-503"                  },
    { 2, "drop-before"               },
    { 2, "drop-after"                },
    { 1, "truncate"                  },
    { 1, "x-retry-after=20"          },
    { 1, "throttle+x-retry-after=20" },
    { 2, "junk-200"                  },
    { 8, "delay=15"                  },
    { 8, "chunked"                   },
    { 4, "close"                     },
    { 4, "continue"                  },
    { 2, "one-byte"                  },
    { 2, "chunked+one-byte"          },
};

static const struct service_error errors[] = {
    { 400, "InvalidRequestException",      "The request is not valid",                               NULL      },
    { 400, "InvalidParameterException",    "One or more of the parameters are not valid",            NULL      },
    { 400, "InvalidActiveRegionException", "This region is not the active one",                      NULL      },
    { 403, "AccessDeniedException",        "You do not have sufficient permissions",                 NULL      },
    { 404, "ResourceNotFoundException",    "The specified resource was not found",                   NULL      },
    { 409, "ConflictException",            "Operation cannot be performed at this time",             NULL      },
    { 429, "ThrottlingException",          "The throttling limit has been exceeded",                 NULL      },
    { 500, "InternalServiceException",     "Request processing failed",                              NULL      },
    { 503, "ServiceUnavailableException",  "Service Unavailable",                                    auth_tail },
    { 403, "ExpiredTokenException",        "The security token included in the request is expired",
     auth_tail                                                                                                 },
    { 403, "UnrecognizedClientException",  "The security token included in the request is invalid.",
     auth_tail                                                                                                 },
    { 403, "RequestTimeTooSkewed",
     "The difference between the request time and the current time is too large.",                   auth_tail },
};
static const struct service_error rate_exceeded = { 429, "ThrottlingException", "Rate exceeded",
                                                    load_tail };

/* These return NULL, or what is wrong with the value. */

static const char *set_fault_status(struct fault *f, const char *value)
{
    long   status;
    size_t i;
    if (!to_number(value, 200, 599, &status)) return "not a status: ";
    f->status  = (int)status;
    f->outcome = status < 300 ? SERVE : ERROR_NOW;
    for (i = 0; i < COUNT(errors) && f->error == NULL; i++)
        if (errors[i].status == status) f->error = &errors[i];
    return NULL;
}

static const char *set_fault_error(struct fault *f, const struct service_error *error)
{
    f->outcome = ERROR_NOW;
    f->error   = error;
    f->status  = error->status;
    return NULL;
}

static const char *set_fault_code(struct fault *f, const char *value)
{
    size_t i;
    for (i = 0; i < COUNT(errors); i++)
        if (strcmp(errors[i].code, value) == 0) return set_fault_error(f, &errors[i]);
    return "not an error that this service has: ";
}

static const char *set_fault_reason(struct fault *f, const char *value)
{
    if (strlen(value) >= sizeof f->reason) return "too long for a Reason: ";
    snprintf(f->reason, sizeof f->reason, "%s", value);
    return set_fault_code(f, "InvalidRequestException");
}

static const char *set_fault_number(long *to, const char *value, long most)
{
    return to_number(value, 0, most, to) ? NULL : "not a number, or too large: ";
}

static const char *set_fault_mix(struct fault *f, const char *value)
{
    long seed;
    if (!to_number(value, 0, 0x7fffffff, &seed)) return "not a seed: ";
    f->mix    = 1;
    mix_state = (uint64_t)seed * 2 + 1;
    return NULL;
}

static const char *set_fault(struct fault *f, enum fault_name name, const char *value)
{
    const long most = 3600L * 1000;
    switch (name) {
    case F_STATUS:
        return set_fault_status(f, value);
    case F_ERROR:
        return set_fault_code(f, value);
    case F_THROTTLE:
        return set_fault_error(f, &rate_exceeded);
    case F_EXPIRED:
        return set_fault_code(f, "ExpiredTokenException");
    case F_REASON:
        return set_fault_reason(f, value);
    case F_DELAY:
        return set_fault_number(&f->delay_ms, value, most);
    case F_ONE_BYTE:
        return set_fault_number(&f->byte_ms, value, 1000);
    case F_RETRY:
        return set_fault_number(&f->retry_s, value, most);
    case F_X_RETRY:
        return set_fault_number(&f->retry_ms, value, most);
    case F_MIX:
        return set_fault_mix(f, value);
    case F_HTML:
        f->outcome = HTML;
        break;
    case F_REDIRECT:
        f->outcome = REDIRECT;
        break;
    case F_DROP_BEFORE:
        f->outcome = DROP_BEFORE;
        break;
    case F_DROP_AFTER:
        f->outcome = DROP_AFTER;
        break;
    case F_JUNK:
        f->outcome = JUNK;
        break;
    case F_TRUNCATE:
        f->truncate = 1;
        break;
    case F_CHUNKED:
        f->chunked = 1;
        break;
    case F_CONTINUE:
        f->early_continue = 1;
        break;
    case F_CLOSE:
        f->to_the_end = 1;
        break;
    }
    return NULL;
}

static struct fault no_fault(void)
{
    struct fault f;
    memset(&f, 0, sizeof f);
    f.left = f.delay_ms = f.byte_ms = f.retry_s = f.retry_ms = -1;
    return f;
}

/* One NAME[=VALUE]; NULL, or what is wrong. */
static const char *read_fault_part(struct fault *f, char *name)
{
    char  *value = strchr(name, '=');
    size_t i;
    if (value != NULL) *value++ = '\0';
    for (i = 0; i < COUNT(fault_names) && strcmp(fault_names[i].word, name) != 0; i++) continue;
    if (i == COUNT(fault_names)) return "no such fault: ";
    if (value != NULL ? fault_names[i].value[0] == '\0' : fault_names[i].value[0] == '=')
        return "a value too many or missing: ";
    return set_fault(f, fault_names[i].name, value != NULL ? value : "0");
}

/* SPEC is NAME[=VALUE][+NAME[=VALUE]...][*COUNT]. NULL, or what is wrong. */
static const char *read_fault(const char *spec, struct fault *f)
{
    char *copy = copy_bytes(spec, strlen(spec)), *at = copy, *next, *star = strrchr(copy, '*');
    const char *problem = NULL;
    *f                  = no_fault();
    if (star != NULL) {
        *star = '\0';
        if (!to_number(star + 1, 1, 1000000, &f->left)) problem = "not a count of requests: ";
    }
    for (; at != NULL && problem == NULL; at = next) {
        if ((next = strchr(at, '+')) != NULL) *next++ = '\0';
        problem = read_fault_part(f, at);
    }
    free(copy);
    if (f->outcome == SERVE && f->status == 0 && (f->retry_s >= 0 || f->retry_ms >= 0))
        set_fault_status(f, "503");
    return problem;
}

/* Adds one to the list; NULL, or what is wrong. */
static const char *add_spec(const char *spec)
{
    const char *problem;
    if (fault_count == MAX_FAULTS) return "too many faults: ";
    problem = read_fault(spec, &faults[fault_count]);
    fault_count += problem == NULL;
    return problem;
}

/* The faults of the command line, so that a reset can bring them back. */
static struct {
    struct fault faults[MAX_FAULTS];
    size_t       count;
    uint64_t     mix_state;
} first;

static void faults_ready(void)
{
    memcpy(first.faults, faults, sizeof faults);
    first.count     = fault_count;
    first.mix_state = mix_state;
}

static void faults_reset(void)
{
    memcpy(faults, first.faults, sizeof faults);
    fault_count = first.count;
    mix_state   = first.mix_state;
}

static void take_value(long *to, long from)
{
    if (*to < 0) *to = from;
}

/* What f does not ask for is taken from g. */
static void merge_fault(struct fault *f, const struct fault *g)
{
    if (f->outcome == SERVE && f->status == 0) {
        f->outcome = g->outcome;
        f->status  = g->status;
        f->error   = g->error;
        memcpy(f->reason, g->reason, sizeof f->reason);
        take_value(&f->retry_s, g->retry_s);
        take_value(&f->retry_ms, g->retry_ms);
    }
    take_value(&f->delay_ms, g->delay_ms);
    take_value(&f->byte_ms, g->byte_ms);
    f->truncate |= g->truncate;
    f->chunked |= g->chunked;
    f->early_continue |= g->early_continue;
    f->to_the_end |= g->to_the_end;
}

/* Source of the numbers: George Marsaglia, "Xorshift RNGs" (64 bits; 13, 7, 17). */
static struct fault draw_fault(void)
{
    struct fault f;
    int          roll;
    size_t       i;
    mix_state ^= mix_state << 13;
    mix_state ^= mix_state >> 7;
    mix_state ^= mix_state << 17;
    roll = (int)((mix_state >> 20) % 100);
    for (i = 0; i < COUNT(mix); i++)
        if ((roll -= mix[i].percent) < 0 && read_fault(mix[i].spec, &f) == NULL) return f;
    return no_fault();
}

/* Those with a count go first, one at a time, in the order given; those without are always on. */
static struct fault next_fault(void)
{
    struct fault f = no_fault(), drawn;
    size_t       i;
    for (i = 0; i < fault_count && faults[i].left <= 0; i++) continue;
    if (i < fault_count) {
        faults[i].left--;
        drawn = faults[i].mix ? draw_fault() : faults[i];
        merge_fault(&f, &drawn);
    }
    for (i = 0; i < fault_count; i++) {
        if (faults[i].left >= 0) continue;
        drawn = faults[i].mix ? draw_fault() : faults[i];
        merge_fault(&f, &drawn);
    }
    return f;
}

#endif
