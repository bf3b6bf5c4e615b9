/* control.h - what a test can do while the stand-in runs: reset it, set faults, read its counters.
 * in: requests on the control port     out: responses; contacts, faults and counters changed
 *
 *   POST /reset     contacts, faults and --rotate are again as they were at the start
 *   POST /faults    the lines of the body, one SPEC each, replace the faults; an empty body: none
 *   GET  /counts    {"requests":3,"applied":1,...}                                               */
#ifndef STANDIN_CONTROL_H
#define STANDIN_CONTROL_H

#include "serve.h"

static void reset(void)
{
    contacts_reset();
    faults_reset();
    seen.signed_ones = 0;
}

static int control_error(struct answer *a, int status, const char *what, const char *which)
{
    a->lower = 1;
    return refuse(a, status, "ControlException", "%s%.100s", what, which);
}

/* Replaces the list only when every line is good. */
static int set_faults(struct answer *a, struct view body)
{
    struct fault before[MAX_FAULTS];
    size_t       count = fault_count;
    memcpy(before, faults, sizeof before);
    fault_count = 0;
    while (body.at != NULL) {
        struct view line = trim(cut(&body, '\n'));
        char       *spec =
            copy_bytes(line.at, line.len - (line.len > 0 && line.at[line.len - 1] == '\r'));
        const char *problem = spec[0] != '\0' ? add_spec(spec) : NULL;
        if (problem != NULL) control_error(a, 400, problem, spec);
        free(spec);
        if (problem == NULL) continue;
        memcpy(faults, before, sizeof before);
        fault_count = count;
        return 0;
    }
    return 1;
}

static void add_counts(struct text *t)
{
    addf(t,
         "{\"requests\":%ld,\"applied\":%ld,\"refused\":%ld,\"wrong_signatures\":%ld,"
         "\"met_a_fault\":%ld}",
         seen.requests, seen.applied, seen.refused, seen.bad_signatures, seen.faults);
}

static void handle_control(const struct request *r, struct answer *a)
{
    int post = is(r->method, "POST");
    if (post && is(r->path, "/reset")) {
        reset();
        add(&a->body, "{}");
    } else if (post && is(r->path, "/faults")) {
        if (set_faults(a, r->body)) addf(&a->body, "{\"faults\":%lu}", (unsigned long)fault_count);
    } else if (is(r->method, "GET") && is(r->path, "/counts")) {
        add_counts(&a->body);
    } else {
        control_error(a, 404, "POST /reset, POST /faults or GET /counts", "");
    }
    if (a->status == 0) a->status = 200;
}

#endif
