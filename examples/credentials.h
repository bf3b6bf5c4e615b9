/* examples/credentials.h - credentials from where hosts and devices have them, renewed in time.
 * To copy. C99 and POSIX 2008: define _POSIX_C_SOURCE 200809L. needs: libcurl jansson -lpthread
 *
 *     static creds c;
 *     static creds_set mine;                   one for each thread that uses c
 *     curl_global_init(CURL_GLOBAL_DEFAULT);   before the first thread starts
 *     creds_init(&c);
 *     creds_choose(&c);                        from the environment; or set c.source yourself
 *     if (creds_get(&c, now_ms, 0, &mine) != CREDS_OK) puts(mine.error);
 *     creds_free(&c);
 *
 * With connect_update_contact.h 0.2 or later, included before this file, the callback is one line:
 *
 *     static int credentials(void *user, int64_t now_ms, cuc_credentials *credentials)
 *     {
 *         return creds_callback(&c, &mine, now_ms, credentials);
 *     }
 *
 * Renewal: credentials are fetched again five minutes before their end (CREDS_EARLY_MS), and as
 * soon as the service has called them expired. While the old ones still work, a failed fetch is no
 * error: the old ones are used, mine.error says what failed, and the next attempt to fetch comes
 * ten seconds later at the earliest.
 *
 * Threads: threads may share one `creds`, each with its own `creds_set`. creds_get holds a lock
 * while it fetches, so the others wait, for as long as the time-outs below allow.
 *
 * Secrets: creds_set and creds hold them; both are wiped when they are replaced and by creds_free
 * and creds_wipe. Memory that libcurl and jansson free themselves is not wiped. No error text
 * contains a secret: words of others are cut to printable ASCII, and every run of more than 32
 * letters, digits and + / = - _ is replaced by "...".                                            */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- interface ------------------------------------------------------------------------------- */

/* Sizes in bytes, terminator included; each may be defined before the include. What does not fit is
 * refused, not cut.                                                                              */
#ifndef CREDS_TOKEN_SIZE
#define CREDS_TOKEN_SIZE 8192 /* session token, and the token for the Authorization header */
#endif
#ifndef CREDS_DOCUMENT_SIZE
#define CREDS_DOCUMENT_SIZE 16384 /* a whole JSON document */
#endif
#define CREDS_KEY_SIZE 132 /* IAM: an access key id has at most 128 characters */
#define CREDS_ERROR_SIZE 512

#define CREDS_EARLY_MS 300000 /* renewed so long before the end */
#define CREDS_PAUSE_MS 10000  /* between a failed fetch and the next, while the old ones work */

typedef enum creds_status {
    CREDS_OK = 0,
    CREDS_E_NONE,    /* no source: nothing is set in the environment           */
    CREDS_E_SETTING, /* a variable, member or file of yours is wrong           */
    CREDS_E_NETWORK, /* no complete response, or a time-out                    */
    CREDS_E_ANSWER,  /* the response is an error, or not the document promised */
    CREDS_E_PROCESS, /* credential_process did not start, failed, or hung      */
    CREDS_E_EXPIRED  /* expired, and this source cannot renew                  */
} creds_status;

typedef enum creds_source {
    CREDS_NOWHERE = 0,
    CREDS_ENVIRONMENT, /* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN           */
    CREDS_PROCESS,     /* a credential_process: `aws configure export-credentials
                          --format process`, for instance                                       */
    CREDS_IOT,         /* AWS IoT credential provider, mutual TLS                               */
    CREDS_CONTAINER,   /* ECS, EKS Pod Identity, Greengrass: AWS_CONTAINER_CREDENTIALS_...      */
    CREDS_INSTANCE     /* EC2 instance metadata, IMDSv2 only                                    */
} creds_source;

/* What one thread holds: zero it before the first creds_get, creds_wipe it after the last. */
typedef struct creds_set {
    char     access_key[CREDS_KEY_SIZE], secret_key[CREDS_KEY_SIZE];
    char     session_token[CREDS_TOKEN_SIZE]; /* "" when there is none                            */
    int64_t  expires_ms;                      /* milliseconds since 1970 UTC; 0: no end is known  */
    unsigned serial;                          /* 1, 2, 3...: which fetch brought it; 0: empty */
    char     error[CREDS_ERROR_SIZE]; /* what failed, in words; also when the old ones still work */
} creds_set;

typedef struct creds {
    /* Settings: set them before the first creds_get. Strings are not copied and must stay. */
    creds_source source;
    const char  *ca_file;    /* PEM file of root certificates; NULL: libcurl's             */
    long         timeout_ms; /* of each request, or of the process; 0: that of the source:
                                1 s container and instance, 10 s AWS IoT, 30 s process     */

    /* CREDS_PROCESS: program and arguments. They are split at blanks; quotes '...' and "..." and \
     * work as in a shell, but no shell runs.                                                     */
    const char *command;

    /* CREDS_IOT: host[:port] of `aws iot describe-endpoint --endpoint-type iot:CredentialProvider`,
     * the name of the role alias, the thing's name or NULL, two PEM files of the device.         */
    const char *iot_endpoint, *iot_role_alias, *iot_thing, *iot_certificate, *iot_private_key;

    /* CREDS_CONTAINER: ..._RELATIVE_URI, which wins over ..._FULL_URI; AUTHORIZATION_TOKEN_FILE,
     * which wins over AUTHORIZATION_TOKEN; the origin of the path, NULL: http://169.254.170.2.   */
    const char *container_path, *container_url, *container_file, *container_token;
    const char *container_origin;

    /* CREDS_INSTANCE: NULL: http://169.254.169.254; seconds that a token is asked for, 0: 21600. */
    const char *instance_origin;
    long        instance_token_s;

    /* Private. */
    pthread_mutex_t lock;
    creds_set       held;   /* its error is that of the last fetch          */
    unsigned        serial; /* of the last set that was fetched             */
    int64_t         pause;  /* no fetch before this, on the monotonic clock */
    int64_t         instance_token_end;
    char            instance_token[512];
    char            text[CREDS_DOCUMENT_SIZE];   /* a response, or a document */
    char            line[CREDS_TOKEN_SIZE + 64]; /* a request header          */
} creds;

static inline void creds_init(creds *c);
static inline void creds_free(creds *c);
static inline void creds_wipe(creds_set *mine);

/* Chooses the source, and fills in the settings that environment variables have. In this order:
 * AWS_ACCESS_KEY_ID, c->command, c->iot_endpoint (the last two have no variable: set them before),
 * AWS_CONTAINER_CREDENTIALS_..., instance metadata unless AWS_EC2_METADATA_DISABLED is "true".
 * Also read: AWS_EC2_METADATA_SERVICE_ENDPOINT, ..._ENDPOINT_MODE, AWS_CA_BUNDLE. A variable that
 * is empty counts as unset. Return: c->source; CREDS_NOWHERE when there is none.                 */
static inline creds_source creds_choose(creds *c);

/* Copies credentials that work to *mine, and fetches them first when that is due.
 *   now_ms   milliseconds since 1970 UTC; 0: unknown, then only `refused` makes it renew
 *   refused  1: the service has just called those in *mine expired. They are not used again, by no
 *            thread; unless another thread has renewed them already, they are fetched again
 *   return   CREDS_OK; or another: mine->error says why, and *mine has no credentials            */
static inline creds_status creds_get(creds *c, int64_t now_ms, int refused, creds_set *mine);

/* ---- text ------------------------------------------------------------------------------------ */

/* A loop over volatile bytes, since the compiler may drop a memset of what is not read again. */
static inline void creds_zero(void *memory, size_t len)
{
    volatile unsigned char *p = memory;
    while (len > 0) p[--len] = 0;
}

static inline creds_status creds_fail(creds *c, creds_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(c->held.error, sizeof c->held.error, format, list);
    va_end(list);
    return status;
}

static inline int creds_is_alnum(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
}

static inline int creds_may_be_secret(char ch)
{
    return creds_is_alnum(ch) || (ch != '\0' && strchr("+/=-_", ch) != NULL);
}

/* Appends words of others to the error: printable ASCII, one line, without long base64 runs. */
static inline void creds_quote(creds *c, const char *before, const char *text, size_t len)
{
    char   out[300];
    size_t i = 0, n = 0, used = strlen(c->held.error);
    while (i < len && isspace((unsigned char)text[i])) i++;
    while (len > i && isspace((unsigned char)text[len - 1])) len--;
    while (i < len && n + 4 < sizeof out) {
        size_t run = 0;
        while (i + run < len && creds_may_be_secret(text[i + run])) run++;
        if (run > 32) {
            n += (size_t)snprintf(out + n, sizeof out - n, "...");
            i += run;
            continue;
        }
        out[n++] = text[i] == '\n' || text[i] == '\r' || text[i] == '\t' ? ' ' : text[i];
        if (out[n - 1] < ' ' || out[n - 1] > '~') out[n - 1] = '?';
        i++;
    }
    out[n] = '\0';
    if (n > 0) snprintf(c->held.error + used, sizeof c->held.error - used, "%s%s", before, out);
}

static inline void creds_advise(creds *c, const char *advice)
{
    if (advice != NULL) creds_quote(c, "; ", advice, strlen(advice));
}

static inline int64_t creds_monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Not empty, and visible ASCII only: what may stand in a header. */
static inline int creds_is_visible(const char *text, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++)
        if (text[i] < '!' || text[i] > '~') return 0;
    return len > 0;
}

/* ---- time: "2026-11-28T12:00:00Z", with a fraction, with an offset in place of Z ------------- */

static inline int creds_digits(const char **at, int count, int least, int most, int *value)
{
    for (*value = 0; count > 0; count--, ++*at) {
        if (!isdigit((unsigned char)**at)) return 0;
        *value = *value * 10 + (**at - '0');
    }
    return *value >= least && *value <= most;
}

static inline int creds_letter(const char **at, char letter)
{
    return **at == letter ? (++*at, 1) : 0;
}

/* Days since 1970-01-01 in the Gregorian calendar. The year begins in March here, so that the leap
 * day is its last.                                                                               */
static inline int64_t creds_days(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static inline int creds_offset_minutes(const char **at, int *minutes)
{
    const int sign = **at == '-' ? -1 : 1;
    int       h, m;
    *minutes = 0;
    if (creds_letter(at, 'Z')) return 1;
    if (!creds_letter(at, '+') && !creds_letter(at, '-')) return 0;
    if (!creds_digits(at, 2, 0, 23, &h)) return 0;
    creds_letter(at, ':');
    if (!creds_digits(at, 2, 0, 59, &m)) return 0;
    *minutes = sign * (h * 60 + m);
    return 1;
}

/* Without strptime, which depends on the locale, and timegm, which POSIX lacks. Return: 1; 0 when
 * the text is no such time. A fraction of a second is cut off.                                   */
static inline int creds_time(const char *text, int64_t *ms)
{
    static const char month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const char       *at           = text;
    int               year, month, day, h, m, s, offset;
    if (!creds_digits(&at, 4, 1970, 9999, &year) || !creds_letter(&at, '-') ||
        !creds_digits(&at, 2, 1, 12, &month) || !creds_letter(&at, '-') ||
        !creds_digits(&at, 2, 1, month_days[month - 1], &day) || !creds_letter(&at, 'T') ||
        !creds_digits(&at, 2, 0, 23, &h) || !creds_letter(&at, ':') ||
        !creds_digits(&at, 2, 0, 59, &m) || !creds_letter(&at, ':') ||
        !creds_digits(&at, 2, 0, 60, &s))
        return 0;
    if (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
        return 0;
    if (creds_letter(&at, '.')) {
        if (!isdigit((unsigned char)*at)) return 0;
        while (isdigit((unsigned char)*at)) at++;
    }
    if (!creds_offset_minutes(&at, &offset) || *at != '\0') return 0;
    *ms = (((creds_days(year, month, day) * 24 + h) * 60 + m - offset) * 60 + s) * 1000;
    return 1;
}

/* ---- the JSON documents ---------------------------------------------------------------------- */

/* Names of the members. Sources: AWS IoT developer guide, "Authorizing direct calls"; SDKs and
 * tools guide, "Container credential provider", "Process credential provider"; EC2 user guide,
 * "Retrieve security credentials from instance metadata".                                        */
typedef struct creds_document {
    const char *from; /* whose document it is, in errors */
    const char *access_key, *secret_key, *session_token, *expiration;
    int         temporary; /* 1: the last two are required */
} creds_document;

static inline const creds_document *creds_document_of(creds_source source)
{
    /* clang-format off */
    static const creds_document documents[] = {
        [CREDS_PROCESS]   = { "credential_process", "AccessKeyId", "SecretAccessKey",
                              "SessionToken", "Expiration", 0 },
        [CREDS_IOT]       = { "AWS IoT", "accessKeyId", "secretAccessKey",
                              "sessionToken", "expiration", 1 },
        [CREDS_CONTAINER] = { "container endpoint", "AccessKeyId", "SecretAccessKey",
                              "Token", "Expiration", 1 },
        [CREDS_INSTANCE]  = { "instance metadata", "AccessKeyId", "SecretAccessKey",
                              "Token", "Expiration", 1 },
    };
    /* clang-format on */
    return &documents[source];
}

/* One member into out; null is the same as not there. */
static inline creds_status creds_member(creds *c, const creds_document *d, const json_t *object,
                                        const char *name, int required, char *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    out[0]              = '\0';
    if (value == NULL || json_is_null(value))
        return !required
                   ? CREDS_OK
                   : creds_fail(c, CREDS_E_ANSWER, "%s: the document has no %s", d->from, name);
    if (!json_is_string(value))
        return creds_fail(c, CREDS_E_ANSWER, "%s: %s is not a string", d->from, name);
    if (json_string_length(value) >= size)
        return creds_fail(c, CREDS_E_ANSWER, "%s: %s has more than %u characters", d->from, name,
                          (unsigned)size - 1);
    if (!creds_is_visible(json_string_value(value), json_string_length(value)))
        return creds_fail(c, CREDS_E_ANSWER,
                          "%s: %s is empty or has a character that is not visible", d->from, name);
    memcpy(out, json_string_value(value), json_string_length(value) + 1);
    return CREDS_OK;
}

/* The service's own words about an error: {"code", "message"}, in either case. */
static inline void creds_quote_json(creds *c, const json_t *root)
{
    static const char *const names[] = { "code", "Code", "message", "Message" };
    size_t                   i;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *value = json_object_get(root, names[i]);
        if (json_is_string(value))
            creds_quote(c, ": ", json_string_value(value), json_string_length(value));
    }
}

static inline creds_status creds_read_members(creds *c, const creds_document *d,
                                              const json_t *object, creds_set *set)
{
    char end[64];
    const struct {
        const char *name;
        int         required;
        char       *out;
        size_t      size;
    } row[] = {
        { d->access_key,    1,            set->access_key,    sizeof set->access_key    },
        { d->secret_key,    1,            set->secret_key,    sizeof set->secret_key    },
        { d->session_token, d->temporary, set->session_token, sizeof set->session_token },
        { d->expiration,    d->temporary, end,                sizeof end                }
    };
    size_t i;
    for (i = 0; i < sizeof row / sizeof row[0]; i++) {
        const creds_status s =
            creds_member(c, d, object, row[i].name, row[i].required, row[i].out, row[i].size);
        if (s != CREDS_OK) return s;
    }
    if (end[0] != '\0' && !creds_time(end, &set->expires_ms))
        return creds_fail(c, CREDS_E_ANSWER, "%s: %s is no time such as 2026-11-28T12:00:00Z",
                          d->from, d->expiration);
    return CREDS_OK;
}

static inline creds_status creds_check_version(creds *c, const json_t *root)
{
    const json_t *version = json_object_get(root, "Version");
    if (version == NULL)
        return creds_fail(c, CREDS_E_ANSWER, "credential_process: the document has no Version");
    if (!json_is_integer(version))
        return creds_fail(c, CREDS_E_ANSWER, "credential_process: Version is not an integer");
    if (json_integer_value(version) != 1)
        return creds_fail(c, CREDS_E_ANSWER,
                          "credential_process: Version is %" JSON_INTEGER_FORMAT
                          ", only 1 is known",
                          json_integer_value(version));
    return CREDS_OK;
}

/* The metadata service answers 200 to what went wrong, too. */
static inline creds_status creds_check_code(creds *c, const json_t *root)
{
    const json_t *code = json_object_get(root, "Code");
    if (json_is_string(code) && strcmp(json_string_value(code), "Success") == 0) return CREDS_OK;
    creds_fail(c, CREDS_E_ANSWER, "instance metadata: Code is not Success");
    creds_quote_json(c, root);
    return CREDS_E_ANSWER;
}

static inline creds_status creds_read_object(creds *c, const creds_document *d, const json_t *root,
                                             creds_set *set)
{
    const json_t *object = c->source == CREDS_IOT ? json_object_get(root, "credentials") : root;
    creds_status  s      = CREDS_OK;
    if (!json_is_object(root))
        return creds_fail(c, CREDS_E_ANSWER, "%s: the document is no JSON object", d->from);
    if (!json_is_object(object))
        return creds_fail(c, CREDS_E_ANSWER, "%s: the document has no object \"credentials\"",
                          d->from);
    if (c->source == CREDS_PROCESS) s = creds_check_version(c, root);
    if (c->source == CREDS_INSTANCE) s = creds_check_code(c, root);
    return s != CREDS_OK ? s : creds_read_members(c, d, object, set);
}

/* jansson frees its strings without wiping them, so that is done before. */
static inline void creds_wipe_json(json_t *value)
{
    const char *key;
    json_t     *member;
    if (json_is_string(value))
        creds_zero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    json_object_foreach(value, key, member) creds_wipe_json(member);
}

/* jansson's own error text quotes the document, so only the place is told. */
static inline creds_status creds_read(creds *c, size_t len, creds_set *set)
{
    const creds_document *d = creds_document_of(c->source);
    json_error_t          error;
    json_t               *root = json_loadb(c->text, len, JSON_REJECT_DUPLICATES, &error);
    creds_status          s;
    if (root == NULL)
        return creds_fail(c, CREDS_E_ANSWER, "%s: the document is not JSON (line %d, column %d)",
                          d->from, error.line, error.column);
    s = creds_read_object(c, d, root, set);
    creds_wipe_json(root);
    json_decref(root);
    return s;
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

typedef struct creds_request {
    const char *method, *url;
    const char *header;     /* one line, or NULL                                       */
    int         local;      /* 1: no proxy, and over http only the addresses of creds_is_local */
    int         listed;     /* 1: over http any address: it is the user's own setting          */
    int         tls_client; /* 1: with the device's certificate                            */
} creds_request;

typedef struct creds_response {
    creds *c;
    long   status;
    size_t len;
    int    too_long, refused_address;
    int    any_address; /* the URL is https, or the address is the user's own setting */
} creds_response;

/* Loopback, and the addresses at which AWS serves container credentials. */
static inline int creds_is_local(const struct sockaddr *address)
{
    static const unsigned char pod[16] = { 0xfd, 0x00, 0x0e, 0xc2, [15] = 0x23 };
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        uint32_t           ip;
        memcpy(&in, address, sizeof in);
        ip = ntohl(in.sin_addr.s_addr);
        return ip >> 24 == 127 || ip == 0xA9FEAA02u /* 169.254.170.2 */ ||
               ip == 0xA9FEAA17u /* 169.254.170.23 */;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) || memcmp(&in6.sin6_addr, pod, sizeof pod) == 0;
    }
    return 0;
}

/* libcurl asks for a socket when it knows the address: the check cannot be led astray by a name, by
 * the spelling of an address, or by "http://127.0.0.1@elsewhere/".                               */
static inline curl_socket_t creds_open_socket(void *user, curlsocktype purpose,
                                              struct curl_sockaddr *address)
{
    creds_response *r = user;
    (void)purpose;
    if (!r->any_address && !creds_is_local(&address->addr)) {
        r->refused_address = 1;
        return CURL_SOCKET_BAD;
    }
#ifdef SOCK_CLOEXEC
    address->socktype |=
        SOCK_CLOEXEC; /* a program that another thread starts does not inherit it */
#endif
    return socket(address->family, address->socktype, address->protocol);
}

static inline size_t creds_on_body(char *data, size_t size, size_t count, void *user)
{
    creds_response *r = user;
    const size_t    n = size * count;
    r->too_long       = n > sizeof r->c->text - r->len;
    if (r->too_long) return 0;
    memcpy(r->c->text + r->len, data, n);
    r->len += n;
    return n;
}

static inline long creds_timeout_ms(const creds *c)
{
    if (c->timeout_ms > 0) return c->timeout_ms;
    return c->source == CREDS_PROCESS ? 30000 : c->source == CREDS_IOT ? 10000 : 1000;
}

static inline void creds_set_options(creds *c, CURL *curl, const creds_request *q,
                                     creds_response *r, struct curl_slist *list, char *error)
{
    const long limit = creds_timeout_ms(c);
    curl_easy_setopt(curl, CURLOPT_URL, q->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, q->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, q->tls_client ? "https" : "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                     (long)(q->tls_client ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, limit);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, creds_on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, creds_open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, r);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (c->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* only that file, not the system's as well */
    }
    if (q->local)
        curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* "": none, whatever http_proxy says */
    if (q->tls_client) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT, c->iot_certificate);
        curl_easy_setopt(curl, CURLOPT_SSLKEY, c->iot_private_key);
    }
}

/* Words for a request that got no complete response. */
static inline creds_status creds_no_response(creds *c, const creds_response *r, CURLcode code,
                                             const char *error)
{
    const char *from = creds_document_of(c->source)->from;
    if (r->refused_address)
        return creds_fail(
            c, CREDS_E_SETTING,
            "%s: over http only loopback addresses, 169.254.170.2, 169.254.170.23 and "
            "fd00:ec2::23 may be asked; nothing was sent",
            from);
    if (r->too_long)
        return creds_fail(c, CREDS_E_ANSWER, "%s: the response has more than %u bytes", from,
                          (unsigned)sizeof c->text);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return creds_fail(c, CREDS_E_NETWORK, "%s: no complete response within %ld ms", from,
                          creds_timeout_ms(c));
    creds_fail(c, CREDS_E_NETWORK, "%s: no complete response", from);
    creds_quote(c, ": ", error, strlen(error));
    return CREDS_E_NETWORK;
}

static inline void creds_free_list(struct curl_slist *list)
{
    struct curl_slist *item;
    for (item = list; item != NULL; item = item->next) creds_zero(item->data, strlen(item->data));
    curl_slist_free_all(list);
}

/* The response body is in c->text then. Any status is CREDS_OK here. */
static inline creds_status creds_perform(creds *c, const creds_request *q, creds_response *r)
{
    char               error[CURL_ERROR_SIZE] = "";
    CURL              *curl                   = curl_easy_init();
    struct curl_slist *list = q->header == NULL ? NULL : curl_slist_append(NULL, q->header);
    CURLcode           code;
    memset(r, 0, sizeof *r);
    r->c           = c;
    r->any_address = !q->local || q->listed || strncasecmp(q->url, "https:", 6) == 0;
    if (curl == NULL || (q->header != NULL && list == NULL)) {
        curl_easy_cleanup(curl);
        creds_free_list(list);
        return creds_fail(c, CREDS_E_NETWORK, "out of memory");
    }
    creds_set_options(c, curl, q, r, list, error);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &r->status);
    curl_easy_cleanup(curl);
    creds_free_list(list);
    if (code == CURLE_OK) return CREDS_OK;
    return creds_no_response(c, r, code, error[0] != '\0' ? error : curl_easy_strerror(code));
}

/* Words for a status other than 200: the service's, when it has any, and what usually helps. */
static inline creds_status creds_bad_status(creds *c, const creds_response *r, const char *what,
                                            const char *advice)
{
    json_error_t ignored;
    json_t      *root = json_loadb(c->text, r->len, JSON_REJECT_DUPLICATES, &ignored);
    creds_fail(c, CREDS_E_ANSWER, "%s: %s got status %ld", creds_document_of(c->source)->from, what,
               r->status);
    if (root != NULL) creds_quote_json(c, root);
    json_decref(root);
    if (r->status >= 300 && r->status < 400) advice = "redirects are not followed";
    creds_advise(c, advice);
    return CREDS_E_ANSWER;
}

/* ---- container endpoint ---------------------------------------------------------------------- */

/* The token file is read each time: EKS replaces it. */
static inline creds_status creds_read_file(creds *c, const char *path, char *out, size_t size)
{
    FILE  *f = fopen(path, "rb");
    size_t n;
    int    failed;
    if (f == NULL)
        return creds_fail(c, CREDS_E_SETTING,
                          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: %s",
                          strerror(errno));
    n      = fread(out, 1, size, f);
    failed = ferror(f);
    fclose(f);
    if (failed || n >= size)
        return creds_fail(c, CREDS_E_SETTING, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE %s",
                          failed ? "cannot be read" : "is too long");
    out[n] = '\0';
    return strlen(out) == n ? CREDS_OK
                            : creds_fail(c, CREDS_E_SETTING,
                                         "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE has a zero byte");
}

/* "Authorization: TOKEN" into c->line; an empty line when there is no token. */
static inline creds_status creds_authorization(creds *c)
{
    static const char name[]    = "Authorization: ";
    char             *value     = c->line + sizeof name - 1;
    const size_t      size      = sizeof c->line - (sizeof name - 1);
    const int         from_file = c->container_file != NULL;
    size_t            i;
    c->line[0] = '\0';
    if (!from_file && c->container_token == NULL) return CREDS_OK;
    if (from_file) {
        const creds_status s = creds_read_file(c, c->container_file, value, size);
        if (s != CREDS_OK) return s;
    } else if (strlen(c->container_token) >= size) {
        return creds_fail(c, CREDS_E_SETTING, "AWS_CONTAINER_AUTHORIZATION_TOKEN is too long");
    } else {
        strcpy(value, c->container_token);
    }
    for (i = 0; value[i] >= ' ' && value[i] <= '~'; i++) {
    }
    if (value[i] != '\0' || i == 0)
        return creds_fail(c, CREDS_E_SETTING,
                          "AWS_CONTAINER_AUTHORIZATION_TOKEN%s %s: it is no HTTP header value",
                          from_file ? "_FILE" : "",
                          i == 0 ? "is empty" : "has a line end or another control character");
    memcpy(c->line, name, sizeof name - 1);
    return CREDS_OK;
}

static inline creds_status creds_from_container(creds *c, creds_set *set)
{
    const char    *origin = c->container_origin;
    char           url[2048];
    creds_request  q = { "GET", url, c->line, 1, 0, 0 };
    creds_response r;
    creds_status   s;
    int            n;
    if (origin == NULL) origin = "http://169.254.170.2";
    if (c->container_path != NULL && c->container_path[0] != '/')
        return creds_fail(c, CREDS_E_SETTING,
                          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /");
    if (c->container_path == NULL && c->container_url == NULL)
        return creds_fail(c, CREDS_E_SETTING, "no AWS_CONTAINER_CREDENTIALS_... variable is set");
    n = c->container_path != NULL ? snprintf(url, sizeof url, "%s%s", origin, c->container_path)
                                  : snprintf(url, sizeof url, "%s", c->container_url);
    if (n < 0 || (size_t)n >= sizeof url)
        return creds_fail(c, CREDS_E_SETTING, "AWS_CONTAINER_CREDENTIALS_... is too long");
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return creds_fail(c, CREDS_E_SETTING,
                          "AWS_CONTAINER_CREDENTIALS_FULL_URI begins neither with http:// nor with "
                          "https://");
    if ((s = creds_authorization(c)) != CREDS_OK) return s;
    if (c->line[0] == '\0') q.header = NULL;
    if ((s = creds_perform(c, &q, &r)) != CREDS_OK) return s;
    if (r.status != 200) return creds_bad_status(c, &r, "the request", NULL);
    return creds_read(c, r.len, set);
}

/* ---- instance metadata, version 2: a token, then the name of the role, then the document ----- */

static inline creds_status creds_instance_request(creds *c, const char *method, const char *path,
                                                  const char *name, creds_response *r)
{
    const char *origin = c->instance_origin != NULL ? c->instance_origin : "http://169.254.169.254";
    size_t      len    = strlen(origin);
    char        url[1024];
    creds_request q = { method, url, c->line, 1, 1, 0 };
    int           n;
    while (len > 0 && origin[len - 1] == '/') len--;
    n = snprintf(url, sizeof url, "%.*s/latest/%s%s", (int)len, origin, path, name);
    if (n < 0 || (size_t)n >= sizeof url)
        return creds_fail(c, CREDS_E_SETTING, "AWS_EC2_METADATA_SERVICE_ENDPOINT is too long");
    return creds_perform(c, &q, r);
}

static inline creds_status creds_instance_token(creds *c)
{
    const long     seconds = c->instance_token_s > 0 ? c->instance_token_s : 21600;
    creds_response r;
    creds_status   s;
    if (c->instance_token[0] != '\0' && creds_monotonic_ms() < c->instance_token_end)
        return CREDS_OK;
    c->instance_token[0]  = '\0';
    c->instance_token_end = creds_monotonic_ms() + seconds * 1000;
    snprintf(c->line, sizeof c->line, "X-aws-ec2-metadata-token-ttl-seconds: %ld", seconds);
    s = creds_instance_request(c, "PUT", "api/token", "", &r);
    if (s == CREDS_E_NETWORK) creds_advise(c, "in a container the instance's hop limit must be 2");
    if (s != CREDS_OK) return s;
    if (r.status != 200)
        return creds_bad_status(c, &r, "the token request", "is IMDSv2 enabled on this instance?");
    if (r.len >= sizeof c->instance_token || !creds_is_visible(c->text, r.len))
        return creds_fail(c, CREDS_E_ANSWER, "instance metadata: the token is no header value");
    memcpy(c->instance_token, c->text, r.len);
    c->instance_token[r.len] = '\0';
    return CREDS_OK;
}

static inline creds_status creds_instance_get(creds *c, const char *name, creds_response *r)
{
    snprintf(c->line, sizeof c->line, "X-aws-ec2-metadata-token: %s", c->instance_token);
    return creds_instance_request(c, "GET", "meta-data/iam/security-credentials/", name, r);
}

/* The first line of the list is the role; IAM allows letters, digits and _+=,.@- in its name. */
static inline creds_status creds_instance_role(creds *c, const creds_response *r, char *role,
                                               size_t size)
{
    size_t n = 0;
    while (n < r->len &&
           (creds_is_alnum(c->text[n]) || (c->text[n] != '\0' && strchr("_+=,.@-", c->text[n]))))
        n++;
    if (n == 0 || n >= size || (n < r->len && c->text[n] != '\n' && c->text[n] != '\r'))
        return creds_fail(c, CREDS_E_ANSWER,
                          "instance metadata: the list of roles has no role name");
    memcpy(role, c->text, n);
    role[n] = '\0';
    return CREDS_OK;
}

/* *again: the token was refused, a new one may help. */
static inline creds_status creds_instance_once(creds *c, creds_set *set, int *again)
{
    char           role[128];
    creds_response r;
    creds_status   s;
    *again = 0;
    if ((s = creds_instance_token(c)) != CREDS_OK) return s;
    if ((s = creds_instance_get(c, "", &r)) != CREDS_OK) return s;
    if (r.status == 200) {
        if ((s = creds_instance_role(c, &r, role, sizeof role)) != CREDS_OK) return s;
        if ((s = creds_instance_get(c, role, &r)) != CREDS_OK) return s;
        if (r.status == 200) return creds_read(c, r.len, set);
    }
    *again = r.status == 401;
    return creds_bad_status(c, &r, "the request",
                            r.status == 404 ? "no role is attached to this instance" : NULL);
}

static inline creds_status creds_from_instance(creds *c, creds_set *set)
{
    const int    had_token = c->instance_token[0] != '\0';
    int          again;
    creds_status s = creds_instance_once(c, set, &again);
    if (!again) return s;
    creds_zero(c->instance_token, sizeof c->instance_token);
    return had_token ? creds_instance_once(c, set, &again) : s;
}

/* ---- AWS IoT --------------------------------------------------------------------------------- */

static inline creds_status creds_from_iot(creds *c, creds_set *set)
{
    char           url[1024];
    creds_request  q = { "GET", url, NULL, 0, 0, 1 };
    creds_response r;
    creds_status   s;
    int            n;
    if (c->iot_endpoint == NULL || c->iot_role_alias == NULL || c->iot_certificate == NULL ||
        c->iot_private_key == NULL)
        return creds_fail(
            c, CREDS_E_SETTING,
            "AWS IoT: endpoint, role alias, certificate and private key are required");
    if (strpbrk(c->iot_endpoint, "/@?# ") != NULL || strpbrk(c->iot_role_alias, "/?#% ") != NULL)
        return creds_fail(c, CREDS_E_SETTING,
                          "AWS IoT: the endpoint is host[:port] without https://, "
                          "and the role alias is its name, no ARN");
    n = snprintf(url, sizeof url, "https://%s/role-aliases/%s/credentials", c->iot_endpoint,
                 c->iot_role_alias);
    if (n < 0 || (size_t)n >= sizeof url)
        return creds_fail(c, CREDS_E_SETTING, "AWS IoT: endpoint or role alias is too long");
    if (c->iot_thing != NULL) {
        if (strlen(c->iot_thing) > 128 || !creds_is_visible(c->iot_thing, strlen(c->iot_thing)))
            return creds_fail(c, CREDS_E_SETTING, "AWS IoT: this is no thing name");
        snprintf(c->line, sizeof c->line, "x-amzn-iot-thingname: %s", c->iot_thing);
        q.header = c->line;
    }
    if ((s = creds_perform(c, &q, &r)) != CREDS_OK) return s;
    if (r.status != 200)
        return creds_bad_status(c, &r, "the request",
                                r.status == 403 ? "does the certificate's policy allow "
                                                  "iot:AssumeRoleWithCertificate on the role alias?"
                                                : NULL);
    return creds_read(c, r.len, set);
}

/* ---- credential_process ---------------------------------------------------------------------- */

enum { CREDS_ARGUMENTS = 64 };

/* Splits in place. Return: number of words; -1: a quote is not closed; -2: too many. */
static inline int creds_split(char *text, char **words)
{
    char *in = text, *out = text;
    int   n = 0;
    for (;;) {
        char quote = '\0';
        while (isspace((unsigned char)*in)) in++;
        if (*in == '\0') break;
        if (n + 1 == CREDS_ARGUMENTS) return -2;
        words[n++] = out;
        for (; *in != '\0' && (quote != '\0' || !isspace((unsigned char)*in)); in++) {
            if (quote == '\0' && (*in == '"' || *in == '\'')) quote = *in;
            else if (quote != '\0' && *in == quote) quote = '\0';
            else if (*in == '\\' && in[1] != '\0' &&
                     (quote == '\0' || (quote == '"' && (in[1] == '"' || in[1] == '\\'))))
                *out++ = *++in;
            else *out++ = *in;
        }
        if (quote != '\0') return -1;
        if (*in != '\0') in++; /* the blank, before the terminator may be written over it */
        *out++ = '\0';
    }
    words[n] = NULL;
    return n;
}

/* Both ends are closed on exec and are not 0, 1 or 2, even if the program has closed those. */
static inline int creds_pipe(int ends[2])
{
    int i, low[2];
    if (pipe(low) != 0) return -1;
    for (i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
        close(low[i]);
    }
    if (ends[0] >= 0 && ends[1] >= 0) return 0;
    for (i = 0; i < 2; i++)
        if (ends[i] >= 0) close(ends[i]);
    return -1;
}

typedef struct creds_child {
    pid_t   pid;
    int     out, err; /* read ends; -1: at its end */
    size_t  out_len, err_len;
    int64_t deadline; /* on the monotonic clock */
    char    error[2048];
    int     too_long, late;
} creds_child;

/* In a process group of its own, so that its children can be killed with it. */
static inline int creds_spawn(char **words, int out, int err, pid_t *pid)
{
    extern char              **environ;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          attributes;
    sigset_t                   none, pipe_signal;
    int                        code;
    sigemptyset(&none);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    if ((code = posix_spawn_file_actions_init(&files)) != 0) return code;
    if ((code = posix_spawnattr_init(&attributes)) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return code;
    }
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
    if ((code = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
        (code = posix_spawn_file_actions_adddup2(&files, out, 1)) == 0 &&
        (code = posix_spawn_file_actions_adddup2(&files, err, 2)) == 0)
        code = posix_spawnp(pid, words[0], &files, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

static inline void creds_close(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static inline creds_status creds_start(creds *c, char **words, creds_child *child)
{
    int out[2], err[2], code;
    if (creds_pipe(out) != 0)
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: no pipe: %s", strerror(errno));
    if (creds_pipe(err) != 0) {
        creds_fail(c, CREDS_E_PROCESS, "credential_process: no pipe: %s", strerror(errno));
        creds_close(&out[0]);
        creds_close(&out[1]);
        return CREDS_E_PROCESS;
    }
    code = creds_spawn(words, out[1], err[1], &child->pid);
    creds_close(&out[1]);
    creds_close(&err[1]);
    child->out = out[0];
    child->err = err[0];
    if (code == 0) return CREDS_OK;
    creds_close(&child->out);
    creds_close(&child->err);
    creds_fail(c, CREDS_E_PROCESS, "credential_process: cannot run");
    creds_quote(c, " ", words[0], strlen(words[0]));
    creds_quote(c, ": ", strerror(code), strlen(strerror(code)));
    return CREDS_E_PROCESS;
}

/* Of stderr the end is kept, since the reason is usually there; stdout must fit. */
static inline void creds_child_read(creds *c, creds_child *child, int *fd)
{
    const int    is_out = fd == &child->out;
    char        *buffer = is_out ? c->text : child->error;
    const size_t size   = is_out ? sizeof c->text : sizeof child->error;
    size_t      *len    = is_out ? &child->out_len : &child->err_len;
    ssize_t      n;
    if (*len == size && is_out) {
        child->too_long = 1;
        return;
    }
    if (*len == size) {
        *len /= 2;
        memmove(buffer, buffer + size - *len, *len);
    }
    n = read(*fd, buffer + *len, size - *len);
    if (n > 0) *len += (size_t)n;
    else if (n == 0 || errno != EINTR) creds_close(fd);
}

static inline void creds_child_drain(creds *c, creds_child *child)
{
    while ((child->out >= 0 || child->err >= 0) && !child->too_long) {
        struct pollfd two[2] = {
            { child->out, POLLIN, 0 },
            { child->err, POLLIN, 0 }
        };
        const int64_t left = child->deadline - creds_monotonic_ms();
        child->late        = left <= 0;
        if (child->late) return;
        if (poll(two, 2, (int)left) <= 0) continue; /* time is up, or a signal: see above */
        if (two[0].revents != 0) creds_child_read(c, child, &child->out);
        if (two[1].revents != 0) creds_child_read(c, child, &child->err);
    }
}

/* Its children, and itself: a program can leave its process group. */
static inline int creds_kill(pid_t pid)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    return 1;
}

/* Waits, so that no zombie stays, and kills what is late, with its children. Return: the status of
 * waitpid; 0 when the program ignores SIGCHLD, so that the system has thrown the status away.    */
static inline int creds_child_end(creds_child *child)
{
    int   status = 0, killed = 0;
    pid_t got;
    for (;;) {
        child->late |= creds_monotonic_ms() >= child->deadline;
        if ((child->late || child->too_long) && !killed) killed = creds_kill(child->pid);
        got = waitpid(child->pid, &status, killed ? 0 : WNOHANG);
        if (got == child->pid) return status;
        if (got < 0 && errno != EINTR) return 0;
        if (got == 0) poll(NULL, 0, 5);
    }
}

static inline creds_status creds_child_verdict(creds *c, const creds_child *child, int status)
{
    if (child->too_long)
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: it wrote more than %u bytes",
                          (unsigned)sizeof c->text);
    if (child->late)
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: not finished within %ld ms",
                          creds_timeout_ms(c));
    if (WIFSIGNALED(status))
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: ended by signal %d",
                          WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: exit status %d",
                          WEXITSTATUS(status));
    if (child->out_len == 0)
        return creds_fail(c, CREDS_E_PROCESS, "credential_process: it wrote nothing");
    return CREDS_OK;
}

static inline creds_status creds_run(creds *c, char **words, creds_set *set)
{
    creds_child  child = { .out = -1, .err = -1 };
    creds_status s;
    child.deadline = creds_monotonic_ms() + creds_timeout_ms(c);
    if ((s = creds_start(c, words, &child)) != CREDS_OK) return s;
    creds_child_drain(c, &child);
    creds_close(&child.out);
    creds_close(&child.err);
    s = creds_child_verdict(c, &child, creds_child_end(&child));
    if (s == CREDS_OK) s = creds_read(c, child.out_len, set);
    if (s != CREDS_OK) {
        const size_t shown = child.err_len < 280 ? child.err_len : 280;
        creds_quote(c, "; it says: ", child.error + child.err_len - shown, shown);
    }
    creds_zero(child.error, sizeof child.error);
    return s;
}

static inline creds_status creds_from_process(creds *c, creds_set *set)
{
    char        *words[CREDS_ARGUMENTS], *copy;
    creds_status s;
    int          n;
    if (c->command == NULL || (copy = strdup(c->command)) == NULL)
        return creds_fail(c, CREDS_E_SETTING, "credential_process: no command");
    n = creds_split(copy, words);
    if (n > 0) s = creds_run(c, words, set);
    else
        s = creds_fail(c, CREDS_E_SETTING, "credential_process: %s",
                       n == 0    ? "the command is empty"
                       : n == -1 ? "a quote is not closed"
                                 : "more than 62 arguments");
    creds_zero(copy, strlen(copy));
    free(copy);
    return s;
}

/* ---- environment ----------------------------------------------------------------------------- */

/* Set but empty counts as unset. */
static inline const char *creds_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static inline creds_status creds_from_environment(creds *c, creds_set *set)
{
    const struct {
        const char *name;
        char       *out;
        size_t      size;
        int         required;
    } row[] = {
        { "AWS_ACCESS_KEY_ID",     set->access_key,    sizeof set->access_key,    1 },
        { "AWS_SECRET_ACCESS_KEY", set->secret_key,    sizeof set->secret_key,    1 },
        { "AWS_SESSION_TOKEN",     set->session_token, sizeof set->session_token, 0 }
    };
    size_t i;
    if (c->serial > 0)
        return creds_fail(c, CREDS_E_EXPIRED,
                          "the service calls the credentials of the environment "
                          "expired, and they cannot be renewed");
    for (i = 0; i < 3; i++) {
        const char *value = creds_variable(row[i].name);
        if (value == NULL && row[i].required)
            return creds_fail(c, CREDS_E_SETTING, "%s is not set", row[i].name);
        if (value != NULL && strlen(value) >= row[i].size)
            return creds_fail(c, CREDS_E_SETTING, "%s is too long", row[i].name);
        if (value != NULL) strcpy(row[i].out, value);
    }
    return CREDS_OK;
}

static inline const char *creds_instance_origin(void)
{
    const char *origin = creds_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode   = creds_variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    if (origin != NULL) return origin;
    return mode != NULL && strcasecmp(mode, "IPv6") == 0 ? "http://[fd00:ec2::254]" : NULL;
}

static inline creds_source creds_choose(creds *c)
{
    const char *off    = creds_variable("AWS_EC2_METADATA_DISABLED");
    c->container_path  = creds_variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    c->container_url   = creds_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    c->container_file  = creds_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    c->container_token = creds_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    c->instance_origin = creds_instance_origin();
    if (c->ca_file == NULL) c->ca_file = creds_variable("AWS_CA_BUNDLE");
    if (creds_variable("AWS_ACCESS_KEY_ID") != NULL ||
        creds_variable("AWS_SECRET_ACCESS_KEY") != NULL)
        c->source = CREDS_ENVIRONMENT;
    else if (c->command != NULL) c->source = CREDS_PROCESS;
    else if (c->iot_endpoint != NULL) c->source = CREDS_IOT;
    else if (c->container_path != NULL || c->container_url != NULL) c->source = CREDS_CONTAINER;
    else c->source = off != NULL && strcasecmp(off, "true") == 0 ? CREDS_NOWHERE : CREDS_INSTANCE;
    return c->source;
}

/* ---- renewal --------------------------------------------------------------------------------- */

static inline void creds_wipe(creds_set *mine) { creds_zero(mine, sizeof *mine); }

static inline void creds_init(creds *c)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
}

static inline void creds_free(creds *c)
{
    pthread_mutex_destroy(&c->lock);
    creds_zero(c, sizeof *c);
}

static inline creds_status creds_fetch(creds *c, creds_set *set)
{
    switch (c->source) {
    case CREDS_ENVIRONMENT:
        return creds_from_environment(c, set);
    case CREDS_PROCESS:
        return creds_from_process(c, set);
    case CREDS_IOT:
        return creds_from_iot(c, set);
    case CREDS_CONTAINER:
        return creds_from_container(c, set);
    case CREDS_INSTANCE:
        return creds_from_instance(c, set);
    case CREDS_NOWHERE:
        break;
    }
    return creds_fail(c, CREDS_E_NONE,
                      "no credentials: neither AWS_ACCESS_KEY_ID nor another source "
                      "is set");
}

static inline int creds_is_usable(const creds *c, int64_t now_ms)
{
    if (c->held.serial == 0) return 0;
    return c->held.expires_ms == 0 || now_ms <= 0 || now_ms < c->held.expires_ms;
}

/* In the last five minutes, as far as we know the time. */
static inline int creds_is_near_end(const creds *c, int64_t now_ms)
{
    return c->held.expires_ms != 0 && now_ms > 0 && now_ms >= c->held.expires_ms - CREDS_EARLY_MS;
}

static inline int creds_is_due(const creds *c, int64_t now_ms)
{
    if (!creds_is_usable(c, now_ms)) return 1;
    return creds_is_near_end(c, now_ms) && creds_monotonic_ms() >= c->pause;
}

/* Keeps the old set until a new one is complete. One that is itself near its end, or past it, is
 * handed out all the same: our clock may be wrong, and the service decides. Then, too, there is a
 * pause before the next fetch.                                                                   */
static inline creds_status creds_renew(creds *c, int64_t now_ms)
{
    creds_set    fresh = { .serial = 0 };
    creds_status s     = creds_fetch(c, &fresh);
    creds_zero(c->text, sizeof c->text);
    creds_zero(c->line, sizeof c->line);
    if (s == CREDS_OK) {
        fresh.serial = ++c->serial;
        creds_wipe(&c->held);
        c->held = fresh;
    }
    creds_wipe(&fresh);
    c->pause = creds_is_near_end(c, now_ms) ? creds_monotonic_ms() + CREDS_PAUSE_MS : 0;
    return s;
}

static inline creds_status creds_get(creds *c, int64_t now_ms, int refused, creds_set *mine)
{
    creds_status s = CREDS_OK;
    pthread_mutex_lock(&c->lock);
    if (refused && mine->serial == c->held.serial) creds_wipe(&c->held);
    if (creds_is_due(c, now_ms)) s = creds_renew(c, now_ms);
    if (s != CREDS_OK && creds_is_usable(c, now_ms)) s = CREDS_OK;
    creds_wipe(mine);
    if (s == CREDS_OK) *mine = c->held;
    else memcpy(mine->error, c->held.error, sizeof mine->error);
    pthread_mutex_unlock(&c->lock);
    return s;
}

/* ---- connect_update_contact.h ---------------------------------------------------------------- */

#ifdef CUC_RESPONSE_HEADERS /* 0.2 or later, included before this file */
/* The body of a `credentials` callback; the views point into *mine. */
static inline int creds_callback(creds *c, creds_set *mine, int64_t now_ms, cuc_credentials *out)
{
    const creds_status s = creds_get(c, now_ms, out->refused, mine);
    if (s != CREDS_OK) return (int)s;
    out->access_key    = cuc_s(mine->access_key);
    out->secret_key    = cuc_s(mine->secret_key);
    out->session_token = cuc_s(mine->session_token);
    out->signing_key   = NULL;
    return 0;
}
#endif

#endif
