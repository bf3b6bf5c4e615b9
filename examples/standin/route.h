/* route.h - which call a method and a path stand for.
 * in: a request     out: the call and its two ids, or an error and what was perhaps meant */
#ifndef STANDIN_ROUTE_H
#define STANDIN_ROUTE_H

#include "http.h"
#include "settings.h"

enum call { NO_CALL, UPDATE_CONTACT, DESCRIBE_CONTACT, LIST_REFERENCES };

/* {} is one segment of the path. Source: service model of Connect. Those without a number are not
 * served; they are here because people mix them up with UpdateContact. */
static const struct {
    const char *method, *path, *name;
    enum call   call;
} calls[] = {
    { "POST", "/contacts/{}/{}",              "UpdateContact",            UPDATE_CONTACT   },
    { "GET",  "/contacts/{}/{}",              "DescribeContact",          DESCRIBE_CONTACT },
    { "GET",  "/contact/references/{}/{}",    "ListContactReferences",    LIST_REFERENCES  },
    { "POST", "/contact/attributes",          "UpdateContactAttributes",  NO_CALL          },
    { "GET",  "/contact/attributes/{}/{}",    "GetContactAttributes",     NO_CALL          },
    { "POST", "/contacts/{}/{}/routing-data", "UpdateContactRoutingData", NO_CALL          },
    { "POST", "/contact/schedule",            "UpdateContactSchedule",    NO_CALL          },
    { "POST", "/contact/tags",                "TagContact",               NO_CALL          },
    { "POST", "/contact/transfer",            "TransferContact",          NO_CALL          },
    { "POST", "/contact/stop",                "StopContact",              NO_CALL          },
    { "PUT",  "/contact/create-contact",      "CreateContact",            NO_CALL          },
    { "PUT",  "/contact/task",                "StartTaskContact",         NO_CALL          },
};

/* Whether path is like pattern; ids gets the segments that stand for {}. */
static int path_matches(struct view path, struct view pattern, struct view ids[2])
{
    size_t n = 0;
    while (path.at != NULL && pattern.at != NULL) {
        struct view segment = cut(&path, '/'), wanted = cut(&pattern, '/');
        if (is(wanted, "{}") && n < 2 && segment.len > 0) ids[n++] = segment;
        else if (!same(segment, wanted)) return 0;
    }
    return path.at == NULL && pattern.at == NULL;
}

static size_t segments(struct view path)
{
    size_t i, n = 0;
    for (i = 0; i < path.len; i++) n += path.at[i] == '/';
    return n;
}

static void tell_path(struct answer *a, struct view path, int below_base)
{
    struct view rest = path;
    if (!below_base) {
        tell(a, "why: the path does not begin with the --base-path %s", set.base_path);
        return;
    }
    cut(&rest, '/');
    if (!is(cut(&rest, '/'), "contacts")) return;
    if (segments(path) > 3)
        tell(a, "why: more than two ids: was a slash in an id not sent as %%2F, or decoded on the "
                "way?");
    else tell(a, "why: /contacts/{InstanceId}/{ContactId} needs two ids that are not empty");
}

static int no_operation(struct answer *a, int status, const char *message)
{
    a->lower = 1;
    return refuse(a, status, "UnknownOperationException", "%s", message);
}

/* The call, with its ids decoded once. HEAD is answered as GET, without the body. */
static enum call route(const struct request *r, struct text *instance, struct text *id,
                       struct answer *a)
{
    const char *method = is(r->method, "HEAD") ? "GET" : NULL;
    size_t      base   = strlen(set.base_path), i;
    struct view path = r->path, ids[2] = {
        { "", 0 },
        { "", 0 }
    };
    int below_base = path.len > base && memcmp(path.at, set.base_path, base) == 0;
    int other      = 0; /* the path is known, with another method */
    if (below_base) path = part(path, base, path.len - base);
    for (i = 0; i < COUNT(calls) && below_base; i++) {
        if (!path_matches(path, view_of(calls[i].path), ids)) continue;
        other |= calls[i].call != NO_CALL;
        if (method != NULL ? strcmp(method, calls[i].method) == 0 : is(r->method, calls[i].method))
            break;
    }
    if (i == COUNT(calls) || !below_base) {
        if (other) return no_operation(a, 405, "POST updates, GET reads back");
        tell_path(a, path, below_base);
        return no_operation(a, 404, "no operation has this path");
    }
    if (calls[i].call == NO_CALL) {
        tell(a,
             "why: this is %s, another call. UpdateContact is POST /contacts/{InstanceId}/"
             "{ContactId}",
             calls[i].name);
        return no_operation(a, 404, "this call is not served here");
    }
    if (!percent_decode(ids[0], instance) || !percent_decode(ids[1], id))
        return no_operation(a, 404, "the path has a % without two hex digits");
    if (r->query.at != NULL && calls[i].call == UPDATE_CONTACT)
        return malformed(a, 400, "UpdateContact has no query");
    return calls[i].call;
}

#endif
