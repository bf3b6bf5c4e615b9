/* serve.h - from a request to an answer: route, verify, fault, update, and the bytes that go back.
 * in: a request     out: an answer, and its bytes with the faults that shape them */
#ifndef STANDIN_SERVE_H
#define STANDIN_SERVE_H

#include <unistd.h>

#include "contacts.h"
#include "faults.h"
#include "sigv4.h"

/* The two ids, decoded once; 0 with an error when the path is another. */
static int route(const struct request *r, struct text *instance, struct text *id, struct answer *a)
{
    size_t      base  = strlen(set.base_path);
    struct view rest  = r->path;
    int         known = rest.len > base && memcmp(rest.at, set.base_path, base) == 0;
    if (known) rest = part(rest, base, rest.len - base);
    known = known && cut(&rest, '/').len == 0 && is(cut(&rest, '/'), "contacts");
    if (known && rest.at != NULL) known = percent_decode(cut(&rest, '/'), instance);
    known = known && rest.at != NULL && memchr(rest.at, '/', rest.len) == NULL;
    if (!known || !percent_decode(rest, id)) {
        a->lower = 1;
        return refuse(a, 404, "UnknownOperationException", "no operation has this path");
    }
    if (!is(r->method, "POST") && !is(r->method, "GET")) {
        a->lower = 1;
        return refuse(a, 405, "UnknownOperationException", "POST updates, GET reads back");
    }
    return 1;
}

static struct contact *find(struct text *instance, struct text *id, struct answer *a)
{
    struct contact *c = NULL;
    if (!utf8_valid(view_text(instance)) || !utf8_valid(view_text(id)))
        refuse(a, 400, "InvalidParameterException", "an id is not UTF-8");
    if (!check_length(a, "InstanceId", view_text(instance), 1, 100) ||
        !check_length(a, "ContactId", view_text(id), 1, 256) || a->status != 0)
        return NULL;
    if (strlen(instance->at) == instance->len && strlen(id->at) == id->len)
        c = contact_find(instance->at, id->at);
    if (c == NULL && strchr(id->at, '%') != NULL) add(&a->why, " (ids were encoded twice?)");
    if (c == NULL) refuse(a, 404, "ResourceNotFoundException", "Contact not found");
    return c;
}

static void answer_fault(const struct fault *f, struct answer *a)
{
    if (f->outcome == HTML) {
        a->status = 503;
        a->type   = "text/html";
        add(&a->body, "<html><head><title>503 Service Unavailable</title></head>\n"
                      "<body><h1>Service Unavailable</h1></body></html>\n");
    } else if (f->outcome == REDIRECT) {
        a->status = 307;
        a->header = "Location: /contacts/redirected/elsewhere\r\n";
    } else if (f->error != NULL) {
        refuse(a, f->status, f->error->code, "%s", f->error->message);
        a->lower  = f->error->tail != NULL;
        a->tail   = f->error->tail;
        a->reason = f->reason;
    }
    if (a->status == 0) a->status = f->status; /* nothing but a number, and an empty body */
}

static void answer_update(const struct request *r, const struct fault *f, struct text *instance,
                          struct text *id, struct answer *a)
{
    const struct header *type = find_header(r, "content-type", NULL);
    struct view          kind = type != NULL ? type->value : view_of("application/json");
    struct contact      *c    = find(instance, id, a);
    if (c == NULL) return;
    if (!is_nocase(trim(cut(&kind, ';')), "application/json")) {
        refuse(a, 415, "UnsupportedMediaTypeException", "application/json expected");
        return;
    }
    update(a, c, r->body);
    if (a->status != 200) return;
    if (f->status != 0) a->status = f->status;
    if (f->outcome != JUNK) return;
    clear(&a->body);
    a->type = "text/plain";
    add(&a->body, "OK, but not JSON {\"message\":");
}

/* f stays empty for all but an authentic POST: a wrong signature shows in spite of faults. */
static void handle(const struct request *r, struct fault *f, struct answer *a)
{
    struct text     instance = { NULL, 0, 0 }, id = { NULL, 0, 0 };
    struct contact *c;
    add(&instance, "");
    add(&id, "");
    if (!route(r, &instance, &id, a)) {
        add(&a->why, " (wrong path or method)");
    } else if (is(r->method, "GET")) {
        if ((c = find(&instance, &id, a)) != NULL) contact_describe(c, a);
    } else if (verify(r, a)) {
        *f = next_fault();
        if (f->outcome == ERROR_NOW || f->outcome == HTML || f->outcome == REDIRECT)
            answer_fault(f, a);
        else if (f->outcome != DROP_BEFORE) answer_update(r, f, &instance, &id, a);
    }
    clear(&instance);
    clear(&id);
}

static const char *phrase(int status)
{
    static const struct {
        int         status;
        const char *text;
    } all[] = {
        { 200, "OK"                              },
        { 307, "Temporary Redirect"              },
        { 400, "Bad Request"                     },
        { 403, "Forbidden"                       },
        { 404, "Not Found"                       },
        { 405, "Method Not Allowed"              },
        { 409, "Conflict"                        },
        { 411, "Length Required"                 },
        { 413, "Content Too Large"               },
        { 415, "Unsupported Media Type"          },
        { 417, "Expectation Failed"              },
        { 429, "Too Many Requests"               },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error"           },
        { 501, "Not Implemented"                 },
        { 503, "Service Unavailable"             },
        { 505, "HTTP Version Not Supported"      }
    };
    size_t i;
    for (i = 0; i < COUNT(all); i++)
        if (all[i].status == status) return all[i].text;
    return "Status";
}

/* A UUID's shape, from a counter and the time: different each time, nothing depends on it. */
static void make_request_id(char out[37])
{
    char        digits[65], source[64];
    struct view v;
    int n = snprintf(source, sizeof source, "%ld %lld %ld", (long)getpid(), tick(), seen.requests);
    v.at  = source;
    v.len = (size_t)n;
    sha_hex(v, digits);
    snprintf(out, 37, "%.8s-%.4s-4%.3s-a%.3s-%.12s", digits, digits + 8, digits + 12, digits + 15,
             digits + 18);
}

static void add_error_body(struct answer *a)
{
    addf(&a->body, "{\"%s\":", a->lower ? "message" : "Message");
    add_json_string(&a->body, view_of(a->message));
    if (a->reason != NULL) {
        add(&a->body, ",\"Reason\":{\"AttachedFileInvalidRequestExceptionReason\":");
        add_json_string(&a->body, view_of(a->reason));
        add(&a->body, "}");
    }
    add(&a->body, "}");
}

static void add_chunks(struct text *out, struct view body, int truncate)
{
    size_t n, at = 0;
    for (n = 1; at < body.len; n = n % 7 + 1) {
        struct view piece = part(body, at, n < body.len - at ? n : body.len - at);
        addf(out, "%lx\r\n", (unsigned long)piece.len);
        add_view(out, piece);
        add(out, "\r\n");
        at += piece.len;
    }
    if (!truncate) add(out, "0\r\n\r\n");
}

/* The bytes of an answer; returns whether the connection must be closed behind them. */
static int render(const struct request *r, struct answer *a, const struct fault *f,
                  struct text *out)
{
    char        date[40];
    struct view body;
    int         chunked = f->chunked && !r->old, close = a->close || !r->keep || f->to_the_end;
    if (a->code != NULL) add_error_body(a);
    body = view_text(&a->body);
    if (f->early_continue && !r->old) add(out, "HTTP/1.1 100 Continue\r\n\r\n");
    addf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nx-amzn-RequestId: %s\r\n", a->status,
         phrase(a->status), time_text(service_time(), "%a, %d %b %Y %H:%M:%S GMT", date),
         r->request_id);
    if (body.len > 0) addf(out, "Content-Type: %s\r\n", a->type ? a->type : "application/json");
    if (a->code != NULL)
        addf(out, "x-amzn-ErrorType: %s%s\r\n", a->code, a->tail != NULL ? a->tail : "");
    if (a->header != NULL) add(out, a->header);
    if (f->retry_s >= 0) addf(out, "Retry-After: %ld\r\n", f->retry_s);
    if (f->retry_ms >= 0) addf(out, "x-amz-retry-after: %ld\r\n", f->retry_ms);
    if (chunked) add(out, "Transfer-Encoding: chunked\r\n");
    else if (!f->to_the_end) addf(out, "Content-Length: %lu\r\n", (unsigned long)body.len);
    add(out, close ? "Connection: close\r\n\r\n" : "\r\n");
    if (f->truncate) body.len /= 2;
    if (chunked) add_chunks(out, body, f->truncate);
    else add_view(out, body);
    return close || f->truncate;
}

static void note_verdict(const struct request *r, const struct answer *a, const struct fault *f)
{
    static const char *const outcomes[] = { "",         "error",    "drop-before", "drop-after",
                                            "html-503", "junk-200", "redirect" };
    char                     method[128], path[128];
    struct text              extra = { NULL, 0, 0 };
    add(&extra, "");
    if (f->outcome != SERVE) addf(&extra, " %s", outcomes[f->outcome]);
    else if (f->status != 0) add(&extra, " status");
    if (f->delay_ms >= 0) add(&extra, " delay");
    if (f->byte_ms >= 0) add(&extra, " one-byte");
    if (f->truncate) add(&extra, " truncate");
    if (f->chunked) add(&extra, " chunked");
    if (f->early_continue) add(&extra, " continue");
    if (f->to_the_end) add(&extra, " close");
    if (extra.len > 0) seen.faults++;
    note("#%ld %s %s %d %s%s%s%s%s%s%s", seen.requests, shown(r->method, method),
         shown(r->path, path), a->status, a->code != NULL ? a->code : "-",
         a->code != NULL ? ": " : "", a->code != NULL ? a->message : "",
         a->why.len > 0 ? a->why.at : "", extra.len > 0 ? " [fault:" : "", extra.at,
         extra.len > 0 ? "]" : "");
    clear(&extra);
}

#endif
