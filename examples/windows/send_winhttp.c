/* examples/windows/send_winhttp.c - the one call with what Windows has: WinHTTP and BCrypt.
 * x86_64-w64-mingw32-gcc -I. examples/windows/send_winhttp.c -o send_winhttp.exe -lwinhttp -lbcrypt
 * send_winhttp INSTANCE CONTACT NAME     environment: AWS_REGION, AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; AWS_ENDPOINT_URL_CONNECT, else the real service
 * Exit codes: 0 updated. 1 not updated, final. 2 wrong arguments. 3 trying later can help.
 *
 * Certificate and host name are verified with Windows' own root certificates, and proxies are those
 * of the system. Run under wine 8 (`make windows`), not on Windows.                              */
#include <stdio.h>
#include <stdlib.h>

#include "bcrypt_hash.h"
#include <shellapi.h>
#include <winhttp.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 10000 /* for each step of WinHTTP, and for the whole response */
#endif

enum { TOKEN_SIZE = 4096, WIDE_SIZE = TOKEN_SIZE + 256, FINAL = 1 };

typedef struct winhttp {
    bcrypt_hash hash; /* first: the callbacks of bcrypt_hash.h get the same `user` */
    HINTERNET   session;
} winhttp;

/* What a client sends is ASCII. Returns NULL if it does not fit. */
static const WCHAR *widen(WCHAR wide[WIDE_SIZE], const char *text)
{
    size_t i = 0;
    do wide[i] = (unsigned char)text[i];
    while (text[i] != '\0' && ++i < WIDE_SIZE);
    return i < WIDE_SIZE ? wide : NULL;
}

/* ---- one exchange ---------------------------------------------------------------------------- */

/* An error that comes again with the next attempt is final; else it is worth another attempt. */
static int lost(const char *step)
{
    const DWORD error = GetLastError();
    fprintf(stderr, "WinHTTP: %s: error %lu%s\n", step, error,
            error == ERROR_WINHTTP_SECURE_FAILURE ? " (the certificate or TLS was refused)" : "");
    switch (error) {
    case ERROR_WINHTTP_SECURE_FAILURE:
    case ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED:
    case ERROR_WINHTTP_INVALID_URL:
        return FINAL;
    default:
        return CUC_SEND_AGAIN;
    }
}

/* As it was signed: the path is not encoded again. Redirects are not followed. */
static HINTERNET open_request(HINTERNET connection, const cuc_http_request *http)
{
    WCHAR        wide[WIDE_SIZE];
    const WCHAR *path  = widen(wide, http->path);
    const DWORD  flags = WINHTTP_FLAG_ESCAPE_DISABLE | (http->tls ? WINHTTP_FLAG_SECURE : 0);
    DWORD        off =
        WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES | WINHTTP_DISABLE_AUTHENTICATION;
    HINTERNET request;
    if (path == NULL) return NULL;
    request = WinHttpOpenRequest(connection, L"POST", path, NULL, WINHTTP_NO_REFERER,
                                 WINHTTP_DEFAULT_ACCEPT_TYPES, flags);
    if (request != NULL &&
        !WinHttpSetOption(request, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof off)) {
        WinHttpCloseHandle(request);
        return NULL;
    }
    return request;
}

/* WinHTTP adds Host and Content-Length. */
static int add_lines(HINTERNET request, const cuc_http_request *http)
{
    const DWORD how = WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE;
    WCHAR       wide[WIDE_SIZE];
    int         ok = 1;
    size_t      i;
    for (i = 0; ok && i < http->line_count; i++) {
        const WCHAR *line = widen(wide, http->lines[i]);
        ok                = line != NULL && WinHttpAddRequestHeaders(request, line, (DWORD)-1, how);
    }
    SecureZeroMemory(wide, sizeof wide); /* the token */
    return ok;
}

/* Hands in the lines of the head, each without its CR LF. */
static int read_head(HINTERNET request, cuc_call *call)
{
    static const WCHAR end[] = L"\r\n";
    WCHAR              wide[8192], *line, *stop;
    char               narrow[512]; /* longer lines are cut: only short ones matter */
    DWORD              bytes = sizeof wide;
    if (!WinHttpQueryHeaders(request, WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX,
                             wide, &bytes, WINHTTP_NO_HEADER_INDEX))
        return 0;
    for (line = wide; (stop = wcsstr(line, end)) != NULL && stop != line; line = stop + 2) {
        size_t n = 0;
        for (; line + n < stop && n < sizeof narrow; n++) narrow[n] = (char)line[n];
        cuc_call_header(call, narrow, n);
    }
    return 1;
}

/* A body that is shorter than its Content-Length was cut off. */
static int read_body(HINTERNET request, cuc_call *call)
{
    const ULONGLONG until = GetTickCount64() + PATIENCE_MS;
    char            buf[2048];
    DWORD           n = 0, length, total = 0, size = sizeof length;
    const int       sized =
        WinHttpQueryHeaders(request, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER,
                            WINHTTP_HEADER_NAME_BY_INDEX, &length, &size, WINHTTP_NO_HEADER_INDEX);
    do {
        if (!WinHttpReadData(request, buf, sizeof buf, &n)) return lost("body");
        cuc_call_body(call, buf, n);
        total += n;
    } while (n > 0 && GetTickCount64() < until);
    return n == 0 && (!sized || total == length) ? CUC_SENT : CUC_SEND_AGAIN;
}

static int exchange(HINTERNET request, const cuc_http_request *http, cuc_call *call)
{
    const DWORD len = (DWORD)http->body_len;
    if (!add_lines(request, http)) return fputs("WinHTTP: the token is too long\n", stderr), FINAL;
    if (!WinHttpSendRequest(request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, (void *)http->body, len, len,
                            0))
        return lost("request");
    if (!WinHttpReceiveResponse(request, NULL)) return lost("response");
    if (!read_head(request, call)) return lost("head");
    return read_body(request, call);
}

static int send_winhttp(void *user, const cuc_http_request *http, cuc_call *call)
{
    const winhttp *w = user;
    WCHAR          wide[WIDE_SIZE];
    const WCHAR   *host       = widen(wide, http->host);
    HINTERNET      connection = NULL, request = NULL;
    int            status;
    if (host != NULL)
        connection = WinHttpConnect(w->session, host, (INTERNET_PORT)atoi(http->port), 0);
    if (connection != NULL) request = open_request(connection, http);
    status = request != NULL ? exchange(request, http, call) : lost("open");
    if (request != NULL) WinHttpCloseHandle(request);
    if (connection != NULL) WinHttpCloseHandle(connection);
    return status;
}

/* ---- the program around it ------------------------------------------------------------------- */

/* TLS 1.2 or newer; a Windows that does not know 1.3 refuses both, so 1.2 is asked for alone. */
static int winhttp_open(winhttp *w)
{
    DWORD both = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | 0x2000 /* TLS 1.3 */;
    DWORD one  = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
    w->session = WinHttpOpen(L"connect_update_contact", WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY,
                             WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
    return w->session != NULL && bcrypt_hash_open(&w->hash) &&
           WinHttpSetTimeouts(w->session, PATIENCE_MS, PATIENCE_MS, PATIENCE_MS, PATIENCE_MS) &&
           (WinHttpSetOption(w->session, WINHTTP_OPTION_SECURE_PROTOCOLS, &both, sizeof both) ||
            WinHttpSetOption(w->session, WINHTTP_OPTION_SECURE_PROTOCOLS, &one, sizeof one));
}

static int64_t my_clock(void *user) /* FILETIME: 100 ns since 1601 */
{
    FILETIME t;
    (void)user;
    GetSystemTimeAsFileTime(&t);
    return ((int64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) / 10000 - 11644473600000;
}

static int my_sleep(void *user, uint32_t ms)
{
    (void)user;
    Sleep(ms);
    return 0;
}

/* The arguments of main are in the code page of the system; these are in UTF-8. */
static const char *argument(int i, char *buf, int cap)
{
    int     count;
    WCHAR **all  = CommandLineToArgvW(GetCommandLineW(), &count);
    int     good = all != NULL && WideCharToMultiByte(CP_UTF8, 0, all[i], -1, buf, cap, NULL, NULL);
    LocalFree(all);
    return good ? buf : NULL;
}

static void environment(cuc_client *client)
{
    const char *region    = getenv("AWS_REGION");
    client->region        = cuc_s(region != NULL && region[0] != '\0' ? region : "us-east-1");
    client->endpoint_url  = cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT"));
    client->access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client->secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client->session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
}

int main(int argc, char **argv)
{
    static char work[CUC_WORK_SIZE(8192, TOKEN_SIZE)], words[3][4096];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    winhttp     w;
    if (argc != 4) return fprintf(stderr, "usage: %s INSTANCE CONTACT NAME\n", argv[0]), 2;
    if (!winhttp_open(&w)) return fputs("send_winhttp: no WinHTTP or no BCrypt\n", stderr), 1;
    client.user        = &w;
    client.sha256      = bcrypt_sha256;
    client.hmac_sha256 = bcrypt_hmac;
    client.send        = send_winhttp;
    client.now_ms      = my_clock;
    client.sleep_ms    = my_sleep;
    environment(&client);
    request.instance_id = cuc_s(argument(1, words[0], sizeof words[0]));
    request.contact_id  = cuc_s(argument(2, words[1], sizeof words[1]));
    request.name        = cuc_s(argument(3, words[2], sizeof words[2]));
    cuc_update_contact(&client, &request, work, sizeof work, &result);
    cuc_result_text(&result, text, sizeof text);
    printf("%s (attempts: %d)\n", text, result.attempts);
    bcrypt_hash_close(&w.hash);
    WinHttpCloseHandle(w.session);
    if (result.status == CUC_OK) return 0;
    return result.retryable ? 3 : 1;
}
