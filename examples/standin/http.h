/* http.h - the bytes of a connection as requests, by the strictest reading of RFC 9112.
 * in: bytes     out: one request, "more bytes are needed", or what is wrong
 *
 * What two readers could understand in two ways is refused. */
#ifndef STANDIN_HTTP_H
#define STANDIN_HTTP_H

#include "answer.h"

enum { MAX_HEAD = 64 * 1024, MAX_BODY = 1024 * 1024, MAX_HEADERS = 100 };

struct header {
    struct view name, value;
};

struct request {
    struct view   method, path, query, body; /* query.at NULL: there is no '?' */
    struct header headers[MAX_HEADERS];
    size_t        header_count;
    int           old;  /* HTTP/1.0 */
    int           keep; /* the connection stays open */
    int           wants_continue;
    int           chunked;
    size_t        length; /* Content-Length */
    struct text   joined; /* the body of a chunked request */
    char          request_id[37];
    long long     since; /* tick() when its first byte came */
};

enum progress { MORE, READY, BAD };

static const struct header *find_header(const struct request *r, const char *name, size_t *count)
{
    const struct header *found = NULL;
    size_t               i, n = 0;
    for (i = 0; i < r->header_count; i++) {
        if (!is_nocase(r->headers[i].name, name)) continue;
        if (n++ == 0) found = &r->headers[i];
    }
    if (count != NULL) *count = n;
    return found;
}

/* The characters of a method or of a header's name. */
static int is_token(struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        char c = v.at[i];
        if (!letter_or_digit(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)) return 0;
    }
    return v.len > 0;
}

static int is_clean(struct view v)
{
    size_t i;
    for (i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return 0;
    }
    return 1;
}

/* Cuts one line off; 0 when it does not end in CR LF. */
static int take_line(struct view *rest, struct view *line)
{
    *line = cut(rest, '\n');
    if (line->len == 0 || line->at[line->len - 1] != '\r') return 0;
    line->len--;
    return is_clean(*line);
}

static int parse_request_line(struct request *r, struct view line, struct answer *a)
{
    size_t i;
    r->method = cut(&line, ' ');
    if (line.at == NULL || !is_token(r->method)) return malformed(a, 400, "bad request line");
    r->path = cut(&line, ' ');
    if (line.at == NULL || r->path.len == 0 || r->path.at[0] != '/')
        return malformed(a, 400, "bad request line");
    for (i = 0; i < r->path.len; i++)
        if (r->path.at[i] <= 0x20 || r->path.at[i] >= 0x7f)
            return malformed(a, 400, "the path holds a byte that must be encoded");
    r->query = r->path;
    r->path  = cut(&r->query, '?');
    r->old   = is(line, "HTTP/1.0");
    return r->old || is(line, "HTTP/1.1") || malformed(a, 505, "HTTP/1.1 expected");
}

static int parse_headers(struct request *r, struct view rest, struct answer *a)
{
    struct view line;
    while (rest.len > 0) {
        struct header *h = &r->headers[r->header_count];
        if (!take_line(&rest, &line)) return malformed(a, 400, "a header line has a bad byte");
        if (line.len == 0) return 1;
        if (r->header_count == MAX_HEADERS) return malformed(a, 431, "too many headers");
        if (blank(line.at[0])) return malformed(a, 400, "a folded header line");
        h->name = cut(&line, ':');
        if (line.at == NULL) return malformed(a, 400, "a header without colon");
        h->value = trim(line);
        if (!is_token(h->name)) return malformed(a, 400, "a header's name has a bad byte");
        r->header_count++;
    }
    return 1;
}

static int parse_length(struct request *r, struct view digits, struct answer *a)
{
    size_t i;
    if (digits.len == 0) return malformed(a, 400, "Content-Length is not a number");
    for (i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return malformed(a, 400, "Content-Length is not a number");
        r->length = r->length * 10 + (size_t)(digits.at[i] - '0');
        if (r->length > MAX_BODY) return malformed(a, 413, "the body is larger than 1 MiB");
    }
    return 1;
}

/* How long the body is, and whether the connection goes on behind it. */
static int parse_framing(struct request *r, struct answer *a)
{
    size_t               hosts, lengths, codings, expects, i;
    const struct header *host   = find_header(r, "host", &hosts);
    const struct header *length = find_header(r, "content-length", &lengths);
    const struct header *coding = find_header(r, "transfer-encoding", &codings);
    const struct header *expect = find_header(r, "expect", &expects);
    if (hosts != 1 || host->value.len == 0) return malformed(a, 400, "exactly one Host is needed");
    if (lengths > 0 && codings > 0)
        return malformed(a, 400, "Content-Length and Transfer-Encoding at once");
    if (lengths > 1 || codings > 1) return malformed(a, 400, "the body's length is said twice");
    if (coding != NULL && (r->old || !is_nocase(coding->value, "chunked")))
        return malformed(a, 501, "the only transfer coding known is chunked");
    if (length != NULL && !parse_length(r, length->value, a)) return 0;
    if (expect != NULL && !is_nocase(expect->value, "100-continue"))
        return malformed(a, 417, "unknown expectation");
    if (is(r->method, "POST") && length == NULL && coding == NULL)
        return malformed(a, 411, "Content-Length is needed");
    r->chunked        = coding != NULL;
    r->wants_continue = expect != NULL && !r->old;
    r->keep           = !r->old;
    for (i = 0; i < r->header_count; i++) {
        struct view words = r->headers[i].value;
        if (!is_nocase(r->headers[i].name, "connection")) continue;
        while (words.at != NULL)
            if (is_nocase(trim(cut(&words, ',')), "close")) r->keep = 0;
    }
    return 1;
}

/* The size line of a chunk, extensions ignored; -1: bad. */
static long chunk_size(struct view line)
{
    long   size = 0;
    size_t i;
    line = trim(cut(&line, ';'));
    if (line.len == 0 || line.len > 6) return line.len > 6 ? MAX_BODY + 1 : -1;
    for (i = 0; i < line.len; i++) {
        if (hex_digit(line.at[i]) < 0) return -1;
        size = size * 16 + hex_digit(line.at[i]);
    }
    return size;
}

static enum progress bad(struct answer *a, int status, const char *what)
{
    malformed(a, status, what);
    return BAD;
}

/* Joins the chunks at the front of *rest, and moves *rest behind them. */
static enum progress take_chunks(struct request *r, struct view *rest, struct answer *a)
{
    struct view line;
    long        size = -1; /* 0: the last chunk was seen, what follows are trailers */
    while (rest->len > 0 && memchr(rest->at, '\n', rest->len) != NULL) {
        if (!take_line(rest, &line)) return bad(a, 400, "a bad chunk");
        if (size == 0 && line.len == 0) return READY;
        if (size == 0) continue;
        if ((size = chunk_size(line)) < 0) return bad(a, 400, "a bad chunk");
        if (size == 0) continue;
        if ((size_t)size + r->joined.len > MAX_BODY)
            return bad(a, 413, "the body is larger than 1 MiB");
        if (rest->len < (size_t)size + 2) return MORE;
        if (memcmp(rest->at + size, "\r\n", 2) != 0) return bad(a, 400, "a bad chunk");
        add_bytes(&r->joined, rest->at, (size_t)size);
        *rest = part(*rest, (size_t)size + 2, rest->len - (size_t)size - 2);
    }
    return MORE;
}

/* What a client most likely wants that begins with these bytes, which are not a request's. */
static void tell_beginning(struct answer *a, struct view in)
{
    static const struct {
        const char *bytes;
        size_t      len;
        const char *what;
    } beginnings[] = {
        { "\x16",         1,
         "these are bytes of TLS: this server speaks plain HTTP, the "
          "endpoint must begin with http://"                                                  },
        { "PRI * HTTP/2", 12, "this is HTTP/2: this server speaks HTTP/1.1"                   },
        { "CONNECT ",     8,  "the client takes this server for a proxy: is https_proxy set?" },
    };
    struct view line = cut(&in, '\n');
    size_t      i;
    for (i = 0; i < COUNT(beginnings); i++)
        if (line.len >= beginnings[i].len &&
            memcmp(line.at, beginnings[i].bytes, beginnings[i].len) == 0)
            tell(a, "why: %s", beginnings[i].what);
    cut(&line, ' ');
    if (line.len > 7 && memcmp(line.at, "http://", 7) == 0)
        tell(a, "why: the client takes this server for a proxy: is http_proxy set?");
}

/* Refuses bytes that no further byte can turn into a request, rather than wait for the end of the
 * head. in holds what there is of the head. */
static int check_beginning(struct view in, struct answer *a)
{
    enum { LONGEST_METHOD = 32 };
    struct view method = in;
    size_t      i;
    for (i = 0; i < in.len; i++)
        if (in.at[i] == '\n' && (i == 0 || in.at[i - 1] != '\r'))
            return malformed(a, 400, "a line ends in LF alone, CR LF is needed");
    method = cut(&in, ' ');
    if (method.len > LONGEST_METHOD || (method.len > 0 && !is_token(method)))
        return malformed(a, 400, "this is not an HTTP request");
    return in.len == 0 || in.at[0] == '/' || malformed(a, 400, "bad request line");
}

/* The length of the head with its empty line, 0 while that has not come. */
static size_t head_length(struct view in)
{
    size_t i;
    for (i = 3; i < in.len && i < MAX_HEAD; i++)
        if (in.at[i] == '\n' && memcmp(in.at + i - 3, "\r\n\r\n", 4) == 0) return i + 1;
    return 0;
}

/* One request from the front of in; *used says how many bytes it had. */
static enum progress take_request(struct view in, struct request *r, struct answer *a, size_t *used)
{
    size_t        head = head_length(in);
    struct view   rest = part(in, 0, head), line;
    enum progress p    = READY;
    if (!check_beginning(part(in, 0, head > 0 ? head : in.len), a)) {
        tell_beginning(a, in);
        return BAD;
    }
    if (head == 0 && in.len < MAX_HEAD) return MORE;
    if (head == 0) return bad(a, 431, "the head is larger than 64 KiB");
    if (!take_line(&rest, &line)) return bad(a, 400, "bad request line");
    if (!parse_request_line(r, line, a) || !parse_headers(r, rest, a) || !parse_framing(r, a))
        return BAD;
    rest = part(in, head, in.len - head);
    if (r->chunked) {
        p       = take_chunks(r, &rest, a);
        r->body = view_text(&r->joined);
    } else if (rest.len < r->length) {
        p = MORE;
    } else {
        r->body = part(rest, 0, r->length);
        rest    = part(rest, r->length, rest.len - r->length);
    }
    *used = in.len - rest.len;
    return p;
}

#endif
