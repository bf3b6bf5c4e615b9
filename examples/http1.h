/* http1.h - reads one HTTP/1.1 response, split anywhere, in constant memory. To copy.
 *
 *   http1 response = CUC_ZERO;
 *   response.call  = call;                lines go to cuc_call_header, the body to cuc_call_body
 *   do n = my_read(buf, sizeof buf); while (n > 0 && http1_push(&response, buf, n) == HTTP1_MORE);
 *   return n < 0 ? CUC_SEND_AGAIN : http1_end(&response);         n < 0: time-out, or an error
 *
 * Knows Content-Length, chunked (extensions and trailers are read over), bodies that end with the
 * connection, 1xx responses before the final one, and that 204 and 304 have no body. Strict: a
 * response that could be read in two ways is BROKEN. It has no time-out; my_read needs one.
 * Source: RFC 9112 sections 2.2, 4, 5, 6 and 7. Tests: tests/test_http1.c                        */
#ifndef HTTP1_H
#define HTTP1_H

#include <string.h>

#include "connect_update_contact.h"

#define HTTP1_LINE_SIZE 512 /* bytes of a line that are kept; a longer one is cut */

enum { HTTP1_MORE, HTTP1_DONE, HTTP1_BROKEN };

typedef struct http1 { /* begins as zeroes */
    cuc_call *call;    /* NULL: the body goes to the next function, if there is one               */
    void (*body)(void *user, const char *data, size_t len);
    void *user;
    int   status; /* 0 until the real status line has come                                        */
    int   close;  /* 1: this connection is not for another exchange                               */
    /* private */
    int   place, chunked, sized;
    int   cut, cr; /* of this line: bytes were dropped; the last one was a CR                  */
    uint64_t left; /* of the body, or of the chunk                                             */
    size_t   len;
    char     line[HTTP1_LINE_SIZE + 1];
} http1;

/* What comes next: a line of some kind, from BODY on bytes, from END on nothing. */
enum {
    HTTP1_AT_STATUS,
    HTTP1_AT_HEADER,
    HTTP1_AT_SIZE,
    HTTP1_AT_CHUNK_END,
    HTTP1_AT_TRAILER,
    HTTP1_AT_BODY,
    HTTP1_AT_CHUNK,
    HTTP1_AT_CLOSE,
    HTTP1_AT_END,
    HTTP1_AT_FAULT
};

static const char *http1_blanks(const char *s) { return s + strspn(s, " \t"); }

/* What follows `word`, which is in lower case; NULL when s does not begin with it in any case. */
static const char *http1_after(const char *s, const char *word)
{
    for (; *word != '\0'; s++, word++)
        if ((*s >= 'A' && *s <= 'Z' ? *s - 'A' + 'a' : *s) != *word) return NULL;
    return s;
}

/* Where the digits end that s begins with; NULL: there are none, or too many. */
static const char *http1_number(const char *s, unsigned base, uint64_t *value)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char       *from     = s, *at;
    for (*value = 0; *s != '\0' && (at = strchr(digits, *s)) != NULL; s++) {
        const unsigned d = (unsigned)(at - digits) - (at - digits > 15 ? 6u : 0u);
        if (d >= base) break;
        if (*value > (UINT64_MAX - d) / base) return NULL;
        *value = *value * base + d;
    }
    return s > from ? s : NULL;
}

/* "HTTP/1.1 200 OK" */
static int http1_status(http1 *a)
{
    const char *p = http1_after(a->line, "http/1."), *end;
    uint64_t    status;
    if (p == NULL || (*p != '0' && *p != '1') || p[1] != ' ') return HTTP1_AT_FAULT;
    end = http1_number(p + 2, 10, &status);
    if (end != p + 5 || (*end != ' ' && *end != '\0')) return HTTP1_AT_FAULT;
    if (status < 100 || status == 101) return HTTP1_AT_FAULT; /* 101: nobody asked for that */
    a->status  = (int)status;
    a->close   = *p == '0';
    a->chunked = a->sized = 0;
    return HTTP1_AT_HEADER;
}

/* A length may be said twice, as "5, 5" or in two lines, if it is the same. */
static int http1_length(http1 *a, const char *p)
{
    uint64_t n;
    do {
        p = http1_number(http1_blanks(p), 10, &n);
        if (p == NULL || (a->sized && n != a->left)) return HTTP1_AT_FAULT;
        a->sized = 1;
        a->left  = n;
        p        = http1_blanks(p);
    } while (*p++ == ',');
    return p[-1] == '\0' && !a->cut ? HTTP1_AT_HEADER : HTTP1_AT_FAULT;
}

/* Any other coding than chunked would have had to be asked for. */
static int http1_coding(http1 *a, const char *p)
{
    p = http1_after(http1_blanks(p), "chunked");
    if (p == NULL || *http1_blanks(p) != '\0' || a->cut || a->chunked) return HTTP1_AT_FAULT;
    a->chunked = 1;
    return HTTP1_AT_HEADER;
}

static int http1_header(http1 *a)
{
    const char *p;
    size_t      name = strcspn(a->line, ": \t"); /* blanks in front: folded, which is obsolete */
    if (name == 0 || (a->line[name] != ':' && !a->cut)) return HTTP1_AT_FAULT;
    if ((p = http1_after(a->line, "content-length:")) != NULL) return http1_length(a, p);
    if ((p = http1_after(a->line, "transfer-encoding:")) != NULL) return http1_coding(a, p);
    if ((p = http1_after(a->line, "connection:")) != NULL)
        a->close |= http1_after(http1_blanks(p), "close") != NULL;
    return HTTP1_AT_HEADER;
}

/* Both kinds of length in one head are how responses are smuggled: section 6.3. */
static int http1_head_end(http1 *a)
{
    if (a->chunked && a->sized) return HTTP1_AT_FAULT;
    if (a->status < 200) {
        a->status = 0;
        return HTTP1_AT_STATUS;
    }
    if (a->status == 204 || a->status == 304) return HTTP1_AT_END;
    if (a->chunked) return HTTP1_AT_SIZE;
    if (a->sized) return a->left > 0 ? HTTP1_AT_BODY : HTTP1_AT_END;
    a->close = 1;
    return HTTP1_AT_CLOSE;
}

/* "1f;name=value" */
static int http1_size(http1 *a)
{
    const char *p = http1_number(a->line, 16, &a->left);
    if (p == NULL || (*(p = http1_blanks(p)) != ';' && (*p != '\0' || a->cut)))
        return HTTP1_AT_FAULT;
    return a->left > 0 ? HTTP1_AT_CHUNK : HTTP1_AT_TRAILER;
}

/* A whole line has come. */
static int http1_line(http1 *a)
{
    const int empty = a->len == 0;
    switch (a->place) {
    case HTTP1_AT_STATUS:
        return http1_status(a);
    case HTTP1_AT_HEADER:
        return empty ? http1_head_end(a) : http1_header(a);
    case HTTP1_AT_SIZE:
        return http1_size(a);
    case HTTP1_AT_CHUNK_END:
        return empty ? HTTP1_AT_SIZE : HTTP1_AT_FAULT;
    default:
        return empty ? HTTP1_AT_END : HTTP1_AT_TRAILER;
    }
}

/* Lines end with LF or CR LF; a CR elsewhere, or a NUL, is in none. */
static void http1_byte(http1 *a, char c)
{
    if (c == '\n') {
        a->line[a->len] = '\0';
        a->place        = http1_line(a);
        if (a->place == HTTP1_AT_HEADER && a->call != NULL)
            cuc_call_header(a->call, a->line, a->len);
        a->len = 0;
        a->cut = a->cr = 0;
    } else if (c == '\0' || a->cr) {
        a->place = HTTP1_AT_FAULT;
    } else if (c == '\r') {
        a->cr = 1;
    } else if (a->len < HTTP1_LINE_SIZE) {
        a->line[a->len++] = c;
    } else {
        a->cut = 1;
    }
}

static size_t http1_body(http1 *a, const char *p, size_t len)
{
    if (a->place != HTTP1_AT_CLOSE && len > a->left) len = (size_t)a->left;
    if (a->call != NULL) cuc_call_body(a->call, p, len);
    else if (a->body != NULL) a->body(a->user, p, len);
    if (a->place == HTTP1_AT_CLOSE) return len;
    a->left -= len;
    if (a->left == 0) a->place = a->place == HTTP1_AT_BODY ? HTTP1_AT_END : HTTP1_AT_CHUNK_END;
    return len;
}

/* Takes the next bytes, split anywhere. MORE: the response goes on. DONE: it is complete.
 * BROKEN: it is malformed or ambiguous; close the connection.                                    */
static int http1_push(http1 *a, const void *data, size_t len)
{
    const char *p = (const char *)data;
    while (len > 0 && a->place < HTTP1_AT_END) {
        size_t n = 1;
        if (a->place < HTTP1_AT_BODY) http1_byte(a, *p);
        else n = http1_body(a, p, len);
        p += n;
        len -= n;
    }
    if (len > 0 || a->place == HTTP1_AT_FAULT) a->close = 1;
    if (a->place == HTTP1_AT_FAULT) return HTTP1_BROKEN;
    return a->place == HTTP1_AT_END ? HTTP1_DONE : HTTP1_MORE;
}

/* What `send` returns after DONE or BROKEN, or when the other side has closed: CUC_SENT when the
 * response is complete, else CUC_SEND_AGAIN. A malformed response counts as lost.                */
static int http1_end(http1 *a)
{
    if (a->place == HTTP1_AT_CLOSE) a->place = HTTP1_AT_END;
    return a->place == HTTP1_AT_END ? CUC_SENT : CUC_SEND_AGAIN;
}

#endif
