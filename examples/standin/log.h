/* log.h - one line of log for each request, the explanation below it.
 * in: a request and its response     out: lines like
 *
 * 2026-11-28T18:53:02.123Z 0c7e0b5c-... applied 200 0 ms POST /contacts/I/C Name References
 * 2026-11-28T18:53:02.321Z 6d3f7f0a-... refused 403 1 ms POST /contacts/I/C
 *   InvalidSignatureException: The request signature we calculated does not match ...
 *   why: Host was signed without its port
 *
 * Milliseconds count from the first byte of the request to the verdict. What a client sent in the
 * body is never shown, and of tokens only the length. */
#ifndef STANDIN_LOG_H
#define STANDIN_LOG_H

#include "faults.h"
#include "http.h"
#include "settings.h"

/* Which faults the request met, as " [fault: ...]". */
static void add_fault(struct text *t, const struct fault *f)
{
    static const char *const outcomes[] = { "",         "error",    "drop-before", "drop-after",
                                            "html-503", "junk-200", "redirect" };
    struct text              list       = { NULL, 0, 0 };
    add(&list, "");
    if (f->outcome != SERVE) addf(&list, " %s", outcomes[f->outcome]);
    else if (f->status != 0) add(&list, " status");
    if (f->delay_ms >= 0) add(&list, " delay");
    if (f->byte_ms >= 0) add(&list, " one-byte");
    if (f->truncate) add(&list, " truncate");
    if (f->chunked) add(&list, " chunked");
    if (f->early_continue) add(&list, " continue");
    if (f->to_the_end) add(&list, " close");
    if (list.len > 0) seen.faults++;
    if (list.len > 0) addf(t, " [fault:%s]", list.at);
    clear(&list);
}

static const char *verdict(const struct request *r, const struct answer *a, const struct fault *f)
{
    if (f->outcome == DROP_BEFORE) return "dropped";
    if (a->code != NULL || a->status >= 300) return "refused";
    if (!is(r->method, "POST")) return "read";
    return a->what.len == 0 ? "done" : "applied";
}

static void note_verdict(const struct request *r, const struct answer *a, const struct fault *f)
{
    struct text line = { NULL, 0, 0 };
    char        time[32], status[16] = "-", method[128], path[128];
    if (a->status != 0) snprintf(status, sizeof status, "%d", a->status);
    addf(&line, "%s %s %s %s %lld ms %s %s", log_time(time), r->request_id, verdict(r, a, f),
         status, tick() - r->since, r->method.len > 0 ? shown(r->method, method) : "-",
         r->path.len > 0 ? shown(r->path, path) : "-");
    add_view(&line, view_text(&a->what));
    if (a->warnings > 0) add(&line, " [warning]");
    add_fault(&line, f);
    add(&line, "\n");
    if (a->code != NULL) addf(&line, "  %s: %s\n", a->code, a->message);
    add_view(&line, view_text(&a->below));
    fwrite(line.at, 1, line.len, log_file);
    fflush(log_file);
    clear(&line);
}

#endif
