/* serve.h - from a request to its response: route, verify, fault, update or read, render.
 * in: a request     out: a response, and its bytes with the faults that shape them */
#ifndef STANDIN_SERVE_H
#define STANDIN_SERVE_H

#include <unistd.h>

#include "faults.h"
#include "references.h"
#include "route.h"
#include "sigv4.h"

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
    if (c == NULL && strchr(id->at, '%') != NULL)
        tell(a, "hint: the id holds a %% once it is decoded: was it encoded twice?");
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
        a->reason = f->reason[0] != '\0' ? f->reason : NULL;
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
    kind = trim(cut(&kind, ';'));
    if (!is_nocase(kind, "application/json")) {
        if (is_nocase(kind, "application/x-www-form-urlencoded"))
            tell(a, "hint: curl -d sends this type unless it is told another one with -H");
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

/* Read-back needs no signature, but one that is there is verified, so that an SDK's wrong key shows
 * in its reads as well. --strict wants one. */
static int may_read(const struct request *r, struct answer *a)
{
    return (find_header(r, "authorization", NULL) == NULL && !set.strict) || verify(r, a);
}

static void read_contact(const struct request *r, enum call call, struct text *instance,
                         struct text *id, struct answer *a)
{
    struct contact *c = may_read(r, a) ? find(instance, id, a) : NULL;
    if (c == NULL) return;
    if (call == DESCRIBE_CONTACT) contact_describe(c, a);
    else contact_references(a, c, r->query);
}

/* f stays empty for all but an authentic update: a wrong signature shows in spite of faults. */
static void update_contact(const struct request *r, struct text *instance, struct text *id,
                           struct fault *f, struct answer *a)
{
    if (!verify(r, a)) return;
    *f = next_fault();
    if (f->outcome == ERROR_NOW || f->outcome == HTML || f->outcome == REDIRECT) answer_fault(f, a);
    else if (f->outcome != DROP_BEFORE) answer_update(r, f, instance, id, a);
}

static void handle(const struct request *r, struct fault *f, struct answer *a)
{
    struct text instance = { NULL, 0, 0 }, id = { NULL, 0, 0 };
    enum call   call;
    add(&instance, "");
    add(&id, "");
    call = route(r, &instance, &id, a);
    if (call == UPDATE_CONTACT) update_contact(r, &instance, &id, f, a);
    else if (call != NO_CALL) read_contact(r, call, &instance, &id, a);
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
        { 408, "Request Timeout"                 },
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

/* In the form of a UUID, made of a counter and the time: another one each time. */
static void make_request_id(char out[37])
{
    static long count;
    char        digits[65], source[64];
    struct view v;
    int n = snprintf(source, sizeof source, "%ld %lld %ld", (long)getpid(), tick(), count++);
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

/* The bytes of a response; returns whether the connection must be closed behind them. */
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
    if (is(r->method, "HEAD")) return close;
    if (chunked) add_chunks(out, body, f->truncate);
    else add_view(out, body);
    return close || f->truncate;
}

#endif
