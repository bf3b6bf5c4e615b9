/* proxies.h - whether a proxy changed the request: it rewrote Host, or decoded the path.
 * in: a request whose signature is wrong     out: lines of explanation for the log
 *
 * nginx and Apache do both by default. What the client signed is guessed and tried: the names that
 * Host may have had, each with the path as it came and with the path encoded again. */
#ifndef STANDIN_PROXIES_H
#define STANDIN_PROXIES_H

#include "signature.h"

enum { MAX_HOSTS = 16 };

struct hosts {
    struct text name[MAX_HOSTS]; /* the first is the one that arrived */
    size_t      count;
};

static struct view value_of(const struct request *r, const char *name)
{
    const struct header *h    = find_header(r, name, NULL);
    struct view          none = { NULL, 0 };
    return h != NULL ? h->value : none;
}

static void add_host(struct hosts *h, struct view name, const char *format, long port)
{
    if (name.at == NULL || name.len == 0 || h->count == MAX_HOSTS) return;
    add_view(&h->name[h->count], name);
    addf(&h->name[h->count++], format, port);
}

/* host= of the first element of Forwarded (RFC 7239). */
static struct view forwarded_host(const struct request *r)
{
    struct view list = value_of(r, "forwarded"), first = cut(&list, ','), none = { NULL, 0 };
    while (first.at != NULL) {
        struct view value = trim(cut(&first, ';')), name = cut(&value, '=');
        if (!is_nocase(name, "host")) continue;
        if (value.len >= 2 && value.at[0] == '"') value = part(value, 1, value.len - 2);
        return value;
    }
    return none;
}

static void guess_hosts(struct hosts *h, const struct request *r, const struct auth *x)
{
    static const long common[] = { 80, 443, 8000, 8080, 8443 };
    struct view       arrived = value_of(r, "host"), bare = arrived;
    struct view list = value_of(r, "x-forwarded-host"), port = value_of(r, "x-forwarded-port");
    struct text name = { NULL, 0, 0 };
    size_t      i;
    bare = cut(&bare, ':');
    add_host(h, arrived, "", 0);
    add_host(h, trim(cut(&list, ',')), "", 0);
    add_host(h, forwarded_host(r), "", 0);
    add_host(h, bare, ":%ld", set.port);
    add_host(h, view_of("localhost"), ":%ld", set.port);
    add_host(h, view_of("127.0.0.1"), ":%ld", set.port);
    if (port.len > 0 && port.len < 6) add_host(h, bare, ":%ld", strtol(port.at, NULL, 10));
    for (i = 0; i < COUNT(common); i++) add_host(h, bare, ":%ld", common[i]);
    add(&name, "connect.");
    add_view(&name, x->region);
    add(&name, ".amazonaws.com");
    add_host(h, view_text(&name), "", 0);
    clear(&name);
}

/* The path as it was before a proxy decoded it. A %2F is lost: it has become a slash. */
static void encode_path_again(struct text *t, struct view path)
{
    struct text plain = { NULL, 0, 0 };
    if (percent_decode(path, &plain)) add_encoded(t, view_text(&plain), "-._~/");
    clear(&plain);
}

static int was_signed(const struct request *r, const struct auth *x, struct view host,
                      struct view path, struct text *signed_one)
{
    struct request guess = *r;
    char           digits[65];
    size_t         i;
    guess.path = path;
    for (i = 0; i < guess.header_count; i++)
        if (is_nocase(guess.headers[i].name, "host")) guess.headers[i].value = host;
    clear(signed_one);
    add_canonical(signed_one, &guess, x, AS_IT_SHOULD_BE);
    sign(x, view_text(signed_one), AS_IT_SHOULD_BE, digits);
    return same_signature(x->signature, digits);
}

/* The signs that a proxy leaves. */
static void tell_proxy(const struct request *r, struct answer *a)
{
    static const char *const names[] = { "via",
                                         "forwarded",
                                         "x-forwarded-for",
                                         "x-forwarded-host",
                                         "x-forwarded-server",
                                         "x-forwarded-proto",
                                         "x-forwarded-port",
                                         "x-real-ip" };
    char                     room[128];
    size_t                   i;
    struct view              host = value_of(r, "host");
    for (i = 0; i < COUNT(names); i++)
        if (value_of(r, names[i]).at != NULL)
            tell(a, "hint: it came through a proxy, which added %s: %s", names[i],
                 shown(value_of(r, names[i]), room));
    if (r->old)
        tell(a, "hint: HTTP/1.0 is what nginx speaks to a server behind it: is there a proxy?");
    if (host.at != NULL && memchr(host.at, ':', host.len) == NULL && set.port != 80)
        tell(a, "hint: Host came without the port %d: a proxy or the client left it out", set.port);
}

static void tell_found(struct answer *a, struct view signed_host, int host, int path)
{
    char room[128];
    if (host) {
        tell(a, "why: Host was changed on the way, \"%s\" was signed", shown(signed_host, room));
        tell(a, "     nginx: proxy_set_header Host $http_host;   Apache: ProxyPreserveHost On");
    }
    if (path) {
        tell(a, "why: the path was decoded on the way: a proxy must pass it on as it came");
        tell(a, "     nginx: proxy_pass without a path   Apache: AllowEncodedSlashes NoDecode, "
                "ProxyPass ... nocanon");
    }
}

/* 1: it was a proxy; *signed_one is then the canonical request of the client. */
static int find_proxy(const struct request *r, const struct auth *x, struct text *signed_one,
                      struct answer *a)
{
    struct hosts h     = { { { NULL, 0, 0 } }, 0 };
    struct text  path  = { NULL, 0, 0 };
    int          found = 0, changed;
    size_t       i;
    guess_hosts(&h, r, x);
    encode_path_again(&path, r->path);
    for (changed = 0; changed <= 1; changed++)
        for (i = 0; i < h.count && !found; i++) {
            found = was_signed(r, x, view_text(&h.name[i]), changed ? view_text(&path) : r->path,
                               signed_one);
            if (found) tell_found(a, view_text(&h.name[i]), i > 0, changed);
        }
    if (found) tell_proxy(r, a);
    for (i = 0; i < h.count; i++) clear(&h.name[i]);
    clear(&path);
    return found;
}

#endif
