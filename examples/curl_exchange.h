/* curl_exchange.h - one HTTP exchange with libcurl: its options, and what errors mean. To copy.
 *
 *   exchange one;
 *   CURLcode code = exchange_open(&one, http, call);
 *   if (code == CURLE_OK) code = curl_easy_perform(one.easy);         or through curl_multi
 *   if (code != CURLE_OK) fprintf(stderr, "%s\n", exchange_words(&one, code));
 *   return exchange_close(&one, code);                                for `send` or cuc_call_end
 *
 * libcurl 7.61.1 or newer. Proxies: https_proxy and no_proxy in the environment, as for curl itself.
 * AWS_CA_BUNDLE names a file of root certificates to use instead of the system's. Have the program
 * ignore SIGPIPE: with CURLOPT_NOSIGNAL, which threads need, libcurl does not do so.             */
#ifndef CURL_EXCHANGE_H
#define CURL_EXCHANGE_H

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "connect_update_contact.h"

typedef struct exchange {
    CURL              *easy;
    struct curl_slist *lines;
    size_t             body_len;               /* bytes of the request's body */
    char               words[CURL_ERROR_SIZE]; /* libcurl's own description of an error */
} exchange;

static size_t exchange_header(char *line, size_t size, size_t count, void *call)
{
    cuc_call_header((cuc_call *)call, line, size * count);
    return size * count;
}

static size_t exchange_body(char *data, size_t size, size_t count, void *call)
{
    cuc_call_body((cuc_call *)call, data, size * count);
    return size * count;
}

/* The signed headers, unchanged. "Expect:" keeps libcurl from adding that one to large requests. */
static struct curl_slist *exchange_lines(const cuc_http_request *http)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *longer = list;
    size_t             i;
    for (i = 0; i < http->line_count && longer != NULL; i++)
        if ((longer = curl_slist_append(list, http->lines[i])) == NULL) curl_slist_free_all(list);
    return longer;
}

/* Options that are numbers. The path is signed as it is; a redirect would carry the signature to
 * another host; a proxy's response to CONNECT is not the service's. Not CURLOPT_AWS_SIGV4, which
 * would sign a second time.                                                                      */
static const struct {
    CURLoption option;
    long       value;
} exchange_numbers[] = {
    { CURLOPT_PATH_AS_IS,               1                                },
    { CURLOPT_FOLLOWLOCATION,           0                                },
    { CURLOPT_SUPPRESS_CONNECT_HEADERS, 1                                },
    { CURLOPT_SSLVERSION,               CURL_SSLVERSION_TLSv1_2          }, /* or newer */
#if LIBCURL_VERSION_NUM < 0x075500  /* 7.85 */
    { CURLOPT_PROTOCOLS,                CURLPROTO_HTTP | CURLPROTO_HTTPS },
#endif
    { CURLOPT_NOSIGNAL,                 1                                },
    { CURLOPT_CONNECTTIMEOUT_MS,        10000                            },
    { CURLOPT_TIMEOUT_MS,               30000                            },
};

/* Returns the first error. After an error the exchange is still to be closed. */
static CURLcode exchange_open(exchange *x, const cuc_http_request *http, cuc_call *call)
{
    const char *bundle = getenv("AWS_CA_BUNDLE");
    CURLcode    code   = CURLE_OK;
    size_t      i;
    x->words[0] = '\0';
    x->body_len = http->body_len;
    x->lines    = exchange_lines(http);
    x->easy     = curl_easy_init();
    if (x->easy == NULL || x->lines == NULL) return CURLE_OUT_OF_MEMORY;
#define EXCHANGE_SET(option, value)                                                                \
    if (code == CURLE_OK) code = curl_easy_setopt(x->easy, option, value)
    for (i = 0; i < sizeof exchange_numbers / sizeof exchange_numbers[0]; i++)
        EXCHANGE_SET(exchange_numbers[i].option, exchange_numbers[i].value);
#if LIBCURL_VERSION_NUM >= 0x075500
    EXCHANGE_SET(CURLOPT_PROTOCOLS_STR, "http,https");
#endif
    EXCHANGE_SET(CURLOPT_ERRORBUFFER, x->words);
    EXCHANGE_SET(CURLOPT_URL, http->url);
    EXCHANGE_SET(CURLOPT_HTTPHEADER, x->lines);
    EXCHANGE_SET(CURLOPT_POSTFIELDS, http->body);
    EXCHANGE_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
    EXCHANGE_SET(CURLOPT_HEADERFUNCTION, exchange_header);
    EXCHANGE_SET(CURLOPT_HEADERDATA, call);
    EXCHANGE_SET(CURLOPT_WRITEFUNCTION, exchange_body);
    EXCHANGE_SET(CURLOPT_WRITEDATA, call);
    if (bundle != NULL && bundle[0] != '\0') {
        EXCHANGE_SET(CURLOPT_CAINFO, bundle);
        EXCHANGE_SET(CURLOPT_CAPATH, NULL); /* only the bundle, not the system's as well */
    }
#undef EXCHANGE_SET
    return code;
}

static const char *exchange_words(const exchange *x, CURLcode code)
{
    return x->words[0] != '\0' ? x->words : curl_easy_strerror(code);
}

/* Errors after which another attempt can succeed. All others are final: an untrusted certificate, a
 * wrong host name, a bad proxy URL, a missing CA file, no memory.                                */
static const CURLcode exchange_transient[] = { CURLE_COULDNT_RESOLVE_PROXY,
                                               CURLE_COULDNT_RESOLVE_HOST,
                                               CURLE_COULDNT_CONNECT,
                                               CURLE_WEIRD_SERVER_REPLY,
                                               CURLE_HTTP2,
                                               CURLE_PARTIAL_FILE,
                                               CURLE_OPERATION_TIMEDOUT,
                                               CURLE_SSL_CONNECT_ERROR,
                                               CURLE_GOT_NOTHING,
                                               CURLE_SEND_ERROR,
                                               CURLE_RECV_ERROR,
                                               CURLE_BAD_CONTENT_ENCODING,
                                               CURLE_SEND_FAIL_REWIND,
                                               CURLE_AGAIN,
                                               CURLE_HTTP2_STREAM };

/* A connection that breaks during the TLS handshake and a server without TLS 1.2 have the same code,
 * CURLE_SSL_CONNECT_ERROR. Only the words of the TLS library tell them apart; with a library that
 * says it otherwise, the server is asked again. Names of hosts have no blanks.                   */
static int exchange_has_no_tls(const exchange *x, CURLcode code)
{
    static const char *const words[] = { "protocol version", "unsupported protocol",
                                         "wrong version", "unsupported version" };
    size_t                   i       = 0;
    if (code != CURLE_SSL_CONNECT_ERROR) return 0;
    while (i < sizeof words / sizeof words[0] && strstr(x->words, words[i]) == NULL) i++;
    return i < sizeof words / sizeof words[0];
}

/* If a server, or a proxy, responds early and closes while the body is still being written, libcurl
 * says CURLE_OK. An early refusal counts, an early success does not.                             */
static int exchange_was_written(const exchange *x)
{
    curl_off_t written = 0;
    curl_easy_getinfo(x->easy, CURLINFO_SIZE_UPLOAD_T, &written);
    return written >= (curl_off_t)x->body_len;
}

/* Frees what open made. Returns what `send` returns: CUC_SENT, CUC_SEND_AGAIN, or the CURLcode,
 * which is final. After a 4xx from a proxy (403, 407) every error is final.                      */
static int exchange_close(exchange *x, CURLcode code)
{
    long   tunnel = 0; /* the status with which a proxy answered CONNECT */
    size_t i      = 0;
    int    again;
    if (code == CURLE_OK && !exchange_was_written(x)) code = CURLE_SEND_ERROR;
    if (x->easy != NULL) curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    curl_easy_cleanup(x->easy);
    curl_slist_free_all(x->lines);
    while (i < sizeof exchange_transient / sizeof exchange_transient[0] &&
           exchange_transient[i] != code)
        i++;
    again = i < sizeof exchange_transient / sizeof exchange_transient[0] && tunnel / 100 != 4 &&
            !exchange_has_no_tls(x, code);
    return code == CURLE_OK ? CUC_SENT : again ? CUC_SEND_AGAIN : (int)code;
}

#endif
