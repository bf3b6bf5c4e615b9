/* sigv4.h - whether a request is authentic: its Authorization, scope, time, names, signature.
 * in: a request as it came     out: authentic or not, with the error texts that AWS uses */
#ifndef STANDIN_SIGV4_H
#define STANDIN_SIGV4_H

#include <time.h>

#include "explain.h"

enum { WINDOW_S = 5 * 60 }; /* how far a signature's time may be off */

/* The value behind "name=" in the Authorization header; at NULL when it is not there. */
static struct view auth_part(struct view list, const char *name)
{
    struct view none = { NULL, 0 };
    while (list.at != NULL) {
        struct view one = trim(cut(&list, ','));
        struct view key = cut(&one, '=');
        if (is(key, name)) return one;
    }
    return none;
}

static int missing_part(struct answer *a, const char *name)
{
    return reject(a, "IncompleteSignatureException",
                  "Authorization header requires '%s' parameter.", name);
}

static int read_authorization(const struct request *r, struct auth *x, struct answer *a)
{
    static const char    scheme[] = "AWS4-HMAC-SHA256 ";
    const struct header *h        = find_header(r, "authorization", NULL);
    const struct header *stamp    = find_header(r, "x-amz-date", NULL);
    const struct header *token    = find_header(r, "x-amz-security-token", NULL);
    struct view          v, credential;
    if (h == NULL)
        return reject(a, "MissingAuthenticationTokenException", "Missing Authentication Token");
    v = h->value;
    if (v.len < sizeof scheme || memcmp(v.at, scheme, sizeof scheme - 1) != 0)
        return reject(a, "IncompleteSignatureException",
                      "Unsupported AWS 'algorithm', AWS4-HMAC-SHA256 expected.");
    v            = part(v, sizeof scheme - 1, v.len - sizeof scheme + 1);
    credential   = auth_part(v, "Credential");
    x->names     = auth_part(v, "SignedHeaders");
    x->signature = auth_part(v, "Signature");
    if (credential.at == NULL) return missing_part(a, "Credential");
    if (x->names.at == NULL) return missing_part(a, "SignedHeaders");
    if (x->signature.at == NULL) return missing_part(a, "Signature");
    if (stamp == NULL)
        return reject(a, "IncompleteSignatureException",
                      "Authorization header requires existence of either a 'X-Amz-Date' or a "
                      "'Date' header.");
    x->stamp   = stamp->value;
    x->token   = token != NULL ? token->value : part(v, 0, 0);
    x->access  = cut(&credential, '/');
    x->scope   = credential;
    x->date    = cut(&credential, '/');
    x->region  = cut(&credential, '/');
    x->service = cut(&credential, '/');
    x->end     = credential;
    if (credential.at == NULL || memchr(credential.at, '/', credential.len) != NULL)
        return reject(a, "IncompleteSignatureException",
                      "Credential must have exactly 5 "
                      "slash-delimited elements, e.g. keyid/date/region/service/term.");
    return 1;
}

/* Which credential is meant. After the rotation the first one has expired. */
static int check_who(struct auth *x, struct answer *a)
{
    int rotated = set.second.access != NULL && seen.signed_ones > set.rotate_at;
    x->who      = rotated && is(x->access, set.second.access) ? &set.second
                  : is(x->access, set.first.access)           ? &set.first
                                                              : NULL;
    if (x->who != NULL && is(x->token, x->who->token != NULL ? x->who->token : "")) {
        if (x->who == &set.second || !rotated) return 1;
        return reject(a, "ExpiredTokenException",
                      "The security token included in the request is expired");
    }
    tell(a, "why: %s",
         x->who == NULL          ? "unknown access key"
         : x->who->token == NULL ? "a token, but this key is not temporary"
         : x->token.len == 0     ? "this key is temporary and needs its token"
                                 : "not the token of this key");
    return reject(a, "UnrecognizedClientException",
                  "The security token included in the request is invalid.");
}

static long days_since_1970(long y, long m, long d)
{
    y -= m <= 2; /* years begin in March, so that the leap day is the last */
    m += m > 2 ? -3 : 9;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 719469;
}

/* 20240319T125554Z -> seconds; 0: not such a text. */
static int read_stamp(struct view v, time_t *t)
{
    static const int starts[] = { 0, 4, 6, 9, 11, 13, 15 };
    long             n[6]     = { 0 };
    int              i, k;
    if (v.len != 16 || v.at[8] != 'T' || v.at[15] != 'Z') return 0;
    for (k = 0; k < 6; k++)
        for (i = starts[k]; i < starts[k + 1] && v.at[i] != 'T'; i++) {
            if (v.at[i] < '0' || v.at[i] > '9') return 0;
            n[k] = n[k] * 10 + (v.at[i] - '0');
        }
    if (n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60)
        return 0;
    *t = (time_t)days_since_1970(n[0], n[1], n[2]) * 86400 + n[3] * 3600 + n[4] * 60 + n[5];
    return 1;
}

static int check_scope(const struct auth *x, struct answer *a)
{
    char room[128];
    if (set.region[0] != '*' && !is(x->region, set.region))
        return reject(a, "InvalidSignatureException",
                      "Credential should be scoped to a valid region, not '%s'.",
                      shown(x->region, room));
    if (!is(x->service, "connect"))
        return reject(a, "InvalidSignatureException",
                      "Credential should be scoped to correct service: 'connect'.");
    if (!is(x->end, "aws4_request"))
        return reject(a, "InvalidSignatureException",
                      "Credential should be scoped with a valid "
                      "terminator: 'aws4_request', not '%s'.",
                      shown(x->end, room));
    return 1;
}

static int check_time(const struct auth *x, struct answer *a)
{
    static const char format[] = "%Y%m%dT%H%M%SZ";
    char              now[40], edge[40], room[128];
    time_t            t, n = service_time();
    if (!read_stamp(x->stamp, &t))
        return reject(a, "IncompleteSignatureException",
                      "Date must be in ISO-8601 'basic format'. "
                      "Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601",
                      shown(x->stamp, room));
    if (x->date.len != 8 || memcmp(x->date.at, x->stamp.at, 8) != 0)
        return reject(a, "InvalidSignatureException",
                      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                      "date from HTTP: '%s' != '%.8s', from '%.16s'.",
                      shown(x->date, room), x->stamp.at, x->stamp.at);
    time_text(n, format, now);
    if (t < n - WINDOW_S)
        return reject(a, "InvalidSignatureException",
                      "Signature expired: %.16s is now earlier than %s (%s - 5 min.)", x->stamp.at,
                      time_text(n - WINDOW_S, format, edge), now);
    if (t > n + WINDOW_S)
        return reject(a, "InvalidSignatureException",
                      "Signature not yet current: %.16s is still later than %s (%s + 5 min.)",
                      x->stamp.at, time_text(n + WINDOW_S, format, edge), now);
    return 1;
}

static int is_signed(struct view names, struct view name)
{
    while (names.at != NULL) {
        struct view one = cut(&names, ';');
        if (one.len == name.len && strncasecmp(one.at, name.at, name.len) == 0) return 1;
    }
    return 0;
}

static int must_be_signed(struct view name)
{
    return is_nocase(name, "host") || (name.len > 6 && strncasecmp(name.at, "x-amz-", 6) == 0 &&
                                       !is_nocase(name, "x-amz-content-sha256"));
}

/* Clients that are in wide use leave these unsigned, so only --strict insists on them. */
static int should_be_signed(struct view name)
{
    return is_nocase(name, "content-type") || is_nocase(name, "x-amz-content-sha256");
}

/* Each name lower case, sent exactly once, in order; and nothing left out that must be in. */
static int check_names(const struct request *r, const struct auth *x, struct answer *a)
{
    struct view names = x->names, name, before = { "", 0 };
    char        room[128];
    size_t      i, count;
    int         order;
    while (names.at != NULL) {
        struct text last = { NULL, 0, 0 };
        name             = cut(&names, ';');
        add_view(&last, name);
        find_header(r, last.at, &count);
        clear(&last);
        if (count == 0)
            return reject(a, "InvalidSignatureException",
                          "'%s' is named as a SignedHeader, but it "
                          "does not exist in the HTTP request",
                          shown(name, room));
        if (count > 1) return malformed(a, 400, "a signed header is sent twice");
        for (i = 0; i < name.len; i++)
            if (name.at[i] >= 'A' && name.at[i] <= 'Z') count = 2;
        i     = before.len < name.len ? before.len : name.len;
        order = memcmp(before.at, name.at, i);
        if (count > 1 || order > 0 || (order == 0 && before.len >= name.len))
            return reject(a, "InvalidSignatureException",
                          "SignedHeaders must be lower case, "
                          "sorted and named once: '%s'",
                          shown(name, room));
        before = name;
    }
    for (i = 0; i < r->header_count; i++) {
        name = r->headers[i].name;
        if (is_signed(x->names, name)) continue;
        if (must_be_signed(name) || (set.strict && should_be_signed(name)))
            return reject(a, "InvalidSignatureException",
                          "'%s' must be a 'SignedHeader' in the AWS Authorization.",
                          shown(name, room));
        if (should_be_signed(name)) warn(a, "%s is not signed", shown(name, room));
    }
    return 1;
}

static int check_signature(const struct request *r, const struct auth *x, struct answer *a)
{
    struct text canonical = { NULL, 0, 0 };
    char        digits[65];
    int         good;
    add_canonical(&canonical, r, x, AS_IT_SHOULD_BE);
    sign(x, view_text(&canonical), AS_IT_SHOULD_BE, digits);
    good = same_signature(x->signature, digits);
    if (!good) explain(r, x, view_text(&canonical), a);
    clear(&canonical);
    if (good) return 1;
    seen.bad_signatures++;
    return reject(a, "InvalidSignatureException",
                  "The request signature we calculated does not match the signature you provided. "
                  "Check your AWS Secret Access Key and signing method. Consult the service "
                  "documentation for details.");
}

static int verify(const struct request *r, struct answer *a)
{
    struct auth x;
    memset(&x, 0, sizeof x);
    if (!read_authorization(r, &x, a)) return 0;
    seen.signed_ones++;
    return check_who(&x, a) && check_scope(&x, a) && check_time(&x, a) && check_names(r, &x, a) &&
           check_signature(r, &x, a);
}

#endif
