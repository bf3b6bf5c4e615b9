/* connect_update_contact.h - v0.1.1 - one signed Amazon Connect UpdateContact call, for C and C++.
 *
 *   In ONE C or C++ file:                              Everywhere else:
 *       #define CONNECT_UPDATE_CONTACT_IMPLEMENTATION       #include "connect_update_contact.h"
 *       #include "connect_update_contact.h"
 *
 *   static char work[8192];
 *   cuc_client  client  = CUC_ZERO;
 *   cuc_request request = CUC_ZERO;
 *   cuc_result  result;
 *
 *   client.sha256       = my_sha256;               you lend: a hash, a function that sends,
 *   client.send         = my_send;                 a clock and a buffer; nothing else is used
 *   client.now_ms       = my_clock;
 *   client.region       = cuc_s("us-west-2");
 *   client.access_key   = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
 *   client.secret_key   = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
 *   request.instance_id = cuc_s("11111111-2222-3333-4444-555555555555");
 *   request.contact_id  = cuc_s("66666666-7777-8888-9999-000000000000");
 *   request.name        = cuc_s("Call back about order 1234");
 *   if (cuc_update_contact(&client, &request, work, sizeof work, &result) != CUC_OK)
 *       ... cuc_result_text(&result, text, sizeof text) says in one sentence what is wrong ...
 *
 *   No malloc, no sockets, no TLS, no crypto, no globals. Of libc it calls memcpy, memset and memcmp;
 *   an optimizing compiler may turn a loop into strlen.
 *   A complete program that needs only a compiler: examples/quickstart.c
 *
 *   Contents (search for the tag)
 *     public   >>words  >>model  >>lend  >>get  >>calls  >>pieces  >>inside
 *     private  >>text  >>fields  >>validate  >>json  >>endpoint  >>sigv4  >>http
 *              >>response  >>policy  >>call        each room uses only the rooms above it
 *     tail     >>changes  >>licence
 *
 *   Options, to be defined before the include
 *     CONNECT_UPDATE_CONTACT_IMPLEMENTATION   the code too, in one file; costs: `make size`
 *     CUC_STATIC                              every function static, and the code in every file
 *                                             that includes this. Default: off
 *
 *   Not tried against the real service; `make live` does that with your credentials.
 *   Licence: MIT-0 (the text is at the end).                                                     */

/* clang-format off */
#ifndef CONNECT_UPDATE_CONTACT_H
#define CONNECT_UPDATE_CONTACT_H

#include <stddef.h>
#include <stdint.h>

#define CUC_VERSION "0.1.1"
#define CUC_MODEL_VERSION "connect 2017-08-08, botocore 1.43.67" /* the service model known here */

#ifdef CUC_STATIC
#define CUC_API static inline
#ifndef CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#endif
#else
#define CUC_API extern
#endif

#ifdef __cplusplus
#define CUC_ZERO {}
extern "C" {
#else
#define CUC_ZERO { 0 }
#endif

/* ---- words >>words -----------------------------------------------------------------------------
 * Strings, statuses and sizes. Every struct below is ready when it is all zeroes (CUC_ZERO), and a
 * zero always means "unset" or "the sensible default".                                           */

/* A run of UTF-8 bytes that someone else owns; may hold NUL, needs no terminator.
 *   ptr == NULL, len == 0   unset: left out of the JSON
 *   ptr != NULL, len == 0   present and empty: sent as ""
 *   ptr == NULL, len != 0   refused (CUC_E_REQUIRED): a failed allocation, a forgotten pointer
 * The strings of the client (region, endpoint_url, access_key, ...) take empty as unset, too.    */
typedef struct cuc_str {
    const char *ptr;
    size_t      len; /* bytes */
} cuc_str;

/* cuc_s - a terminated string as a view; NULL gives an unset one. Nothing is copied. */
CUC_API cuc_str cuc_s(const char *text);

/* The same as an initializer, for tables: static const cuc_str x = CUC_STR("literal"); */
#define CUC_STR(literal) { "" literal, sizeof(literal) - 1 } /* the "" refuses anything else */

/* What became of a call. 0 is success everywhere; cuc_status_string has a sentence for each. */
typedef enum cuc_status {
    CUC_OK = 0,
    CUC_E_NOTHING,     /* no field to update: the service wants at least one                      */
    CUC_E_REQUIRED,    /* result.where is unset, and has to be set                                */
    CUC_E_LIMIT,       /* too long or too short: result.actual against result.allowed             */
    CUC_E_UTF8,        /* a string is not well-formed UTF-8                                       */
    CUC_E_DUPLICATE,   /* a key stands twice in one map                                           */
    CUC_E_DEPTH,       /* segment attributes are nested deeper than CUC_MAX_DEPTH                 */
    CUC_E_VALUE,       /* a value that the service's model does not allow                         */
    CUC_E_REGION,      /* the region is missing or not a host label                               */
    CUC_E_ENDPOINT,    /* endpoint_url cannot be used, or not together with FIPS or dual-stack    */
    CUC_E_CREDENTIALS, /* missing, half, or with a byte that is not visible ASCII                 */
    CUC_E_KEY_DAY,     /* the signing key was made for another day (UTC): derive a new one        */
    CUC_E_TIME,        /* the time is before 1970 or after 9999                                   */
    CUC_E_SPACE,       /* the buffer is too small: result.need bytes are enough, exactly          */
    CUC_E_CALLBACK,    /* a function of yours failed: result.where names it, result.callback has
                          what it returned (0: cuc_selftest found a wrong answer)                 */
    CUC_E_REENTRY,     /* a callback called back into the call that it was called from            */
    CUC_E_ORDER,       /* calls in the wrong order: next before end, end before next, ...         */
    CUC_E_NO_STATUS,   /* the exchange ended well but no HTTP status was delivered                */
    CUC_E_BAD_STATUS,  /* an HTTP status outside 200..599                                         */
    CUC_E_EXHAUSTED,   /* every attempt was lost on the way (CUC_SEND_AGAIN, no status or a 2xx)  */
    CUC_E_SERVICE      /* the service said no: result.http_status, code, message                  */
} cuc_status;

#define CUC_MAX_DEPTH 16        /* levels of segment attributes; a direct entry has depth 1       */
#define CUC_MAX_LINES 4         /* header lines of a request                                      */
#define CUC_WHERE_SIZE 72       /* sizes of the arrays in cuc_result, terminator included         */
#define CUC_CODE_SIZE 40
#define CUC_MESSAGE_SIZE 144
#define CUC_REASON_SIZE 24
#define CUC_REQUEST_ID_SIZE 40

/* ---- model >>model -----------------------------------------------------------------------------
 * What is said to the service. Lengths count Unicode characters, not bytes, and come from the
 * service model (CUC_MODEL_VERSION), shapes named after the members. Everything here is only read,
 * and only until cuc_call_begin or cuc_update_contact returns.                                   */

/* Strings that the service knows; any other string passes, since its lists grow. */
#define CUC_REFERENCE_URL "URL"
#define CUC_REFERENCE_ATTACHMENT "ATTACHMENT"
#define CUC_REFERENCE_CONTACT_ANALYSIS "CONTACT_ANALYSIS"
#define CUC_REFERENCE_NUMBER "NUMBER"
#define CUC_REFERENCE_STRING "STRING"
#define CUC_REFERENCE_DATE "DATE"
#define CUC_REFERENCE_EMAIL "EMAIL"
#define CUC_REFERENCE_EMAIL_MESSAGE "EMAIL_MESSAGE"
#define CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT "EMAIL_MESSAGE_PLAIN_TEXT"
#define CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT_REDACTED "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED"
#define CUC_REFERENCE_EMAIL_MESSAGE_REDACTED "EMAIL_MESSAGE_REDACTED"
#define CUC_STATUS_AVAILABLE "AVAILABLE"
#define CUC_STATUS_DELETED "DELETED"
#define CUC_STATUS_APPROVED "APPROVED"
#define CUC_STATUS_REJECTED "REJECTED"
#define CUC_STATUS_PROCESSING "PROCESSING"
#define CUC_STATUS_FAILED "FAILED"
#define CUC_ENDPOINT_TELEPHONE_NUMBER "TELEPHONE_NUMBER"
#define CUC_ENDPOINT_VOIP "VOIP"
#define CUC_ENDPOINT_CONTACT_FLOW "CONTACT_FLOW"
#define CUC_ENDPOINT_CONNECT_PHONENUMBER_ARN "CONNECT_PHONENUMBER_ARN"
#define CUC_ENDPOINT_EMAIL_ADDRESS "EMAIL_ADDRESS"

/* For callers who want to be strict: 1 when the string is one of the lists above, else 0. */
CUC_API int cuc_known_reference_type(cuc_str type);
CUC_API int cuc_known_reference_status(cuc_str status);
CUC_API int cuc_known_endpoint_type(cuc_str type);

/* One entry of References: what agents see beside the contact. Keys are unique in one request. The
 * Values of all references together: at most 4096 bytes (API reference, UpdateContact).          */
typedef struct cuc_reference {
    cuc_str key;           /* required, 1..4096 characters                                        */
    cuc_str type;          /* required: CUC_REFERENCE_...                                         */
    cuc_str value;         /* 0..4096 characters; a URL is sent as it is                          */
    cuc_str status;        /* CUC_STATUS_...                                                      */
    cuc_str arn;           /* 20..256 characters; begins with one of - : / A-Z a-z 0-9            */
    cuc_str status_reason; /* 0..100 characters                                                   */
} cuc_reference;

/* One entry of SegmentAttributes, or of a map or list inside it. Keys of one map are unique; they
 * may hold colons: "connect:ContactExpiry" is a MAP with the INTEGER "ExpiryDuration" (minutes). */
typedef enum cuc_segment_kind {
    CUC_SEGMENT_UNSET = 0,
    CUC_SEGMENT_STRING,  /* text, 0..1024 characters                                              */
    CUC_SEGMENT_ARN,     /* text, 0..1024 characters                                              */
    CUC_SEGMENT_INTEGER, /* integer                                                               */
    CUC_SEGMENT_MAP,     /* items, count                                                          */
    CUC_SEGMENT_LIST     /* items, count; the keys of a list's items are not looked at            */
} cuc_segment_kind;

typedef struct cuc_segment cuc_segment;
struct cuc_segment {
    cuc_str            key; /* required in a map, 1..128 characters                               */
    cuc_segment_kind   kind;
    int32_t            integer;
    cuc_str            text;
    const cuc_segment *items; /* not NULL for MAP and LIST, even when the count is 0              */
    size_t             count;
};

typedef struct cuc_endpoint {
    cuc_str type;    /* CUC_ENDPOINT_...                                                          */
    cuc_str address; /* 0..256 characters                                                         */
} cuc_endpoint;

/* The whole of UpdateContact. Two ids, and at least one other field. Unset fields are left alone by
 * the service. Queue, user and endpoints are for external-audio contacts only (API reference).   */
typedef struct cuc_request {
    cuc_str              instance_id; /* required, 1..100 characters; raw, never percent-encoded  */
    cuc_str              contact_id;  /* required, 1..256 characters; raw, never percent-encoded  */
    cuc_str              name;        /* 0..1024 characters; sensitive                            */
    cuc_str              description; /* 0..4096 characters; sensitive                            */
    const cuc_reference *references;  /* NULL: unset. Not NULL and count 0: sent as {}            */
    size_t               reference_count;
    const cuc_segment   *segment_attributes; /* NULL: unset. Not NULL and count 0: sent as {}     */
    size_t               segment_attribute_count;
    cuc_str              queue_id; /* QueueInfo.Id                                                */
    cuc_str              user_id;  /* UserInfo.UserId, 1..256 characters                          */
    cuc_endpoint         customer_endpoint;
    cuc_endpoint         system_endpoint;
    cuc_str              body; /* a ready JSON object, for members that this header does not know:
                                  then all but the ids stay unset. Checked for UTF-8 and '{' only */
} cuc_request;

/* cuc_instance_id_from_arn, cuc_region_from_arn - cut out of the ARN of an instance, or of anything
 * in it: "arn:aws:connect:us-west-2:123456789012:instance/11111111-...". The view points into arn;
 * unset when arn is not an ARN of Amazon Connect with an instance in it.                         */
CUC_API cuc_str cuc_instance_id_from_arn(cuc_str arn);
CUC_API cuc_str cuc_region_from_arn(cuc_str arn);

/* ---- lend >>lend -------------------------------------------------------------------------------
 * What you lend: functions, credentials, a buffer. `user` is handed to every function as it is. A
 * function returns 0 for success; any other number ends the call with CUC_E_CALLBACK and is kept in
 * result.callback. None may call into the call that it is called from, but for what its own comment
 * allows (CUC_E_REENTRY); other calls are fine. Leaving one by longjmp is fine, too: the client and
 * the buffer can be used again, yet nothing is promised about what then stands in the buffer, the
 * call and the result: it can be a key.                                                          */

typedef struct cuc_client cuc_client;
typedef struct cuc_http   cuc_http;
typedef struct cuc_call   cuc_call;

/* SHA-256 of data. Two calls an attempt; ten more when hmac_sha256 is NULL (eleven when the secret
 * is longer than 60 bytes), two more with a signing_key.
 *   data   len bytes, never NULL; len may be 0 (the hash of nothing is still wanted)
 *   out    32 raw bytes, never hex; zeroed before, does not overlap data
 * Must not keep data after returning, nor change the client's strings.                           */
typedef int cuc_sha256_fn(void *user, const void *data, size_t len, unsigned char out[32]);

/* HMAC-SHA-256. As above; key is never NULL and never empty, and may hold zero bytes: it is not a C
 * string. Five calls an attempt; one with a signing_key.                                         */
typedef int cuc_hmac_fn(void *user, const void *key, size_t key_len, const void *data, size_t len,
                        unsigned char out[32]);

/* Sends one request and hands in its answer while it arrives: cuc_call_header for each line of the
 * head, cuc_call_body for each piece of the body. The one call only.
 *   http   valid until send returns
 *   return CUC_SENT        a complete response came. Only this with a 2xx status is success
 *          CUC_SEND_AGAIN  no connection, time-out, cut off: another try may help, even when a
 *                          2xx status was seen: a proxy may have sent it. UpdateContact
 *                          sets fields, so it does no harm if the lost one had arrived; yet one
 *                          given up too early can still arrive behind a later update of the same
 *                          contact: be generous with time-outs
 *          else            a number of your own: final, kept in result.callback
 * Must not follow redirects (they would carry the signature to a stranger), nor add or change a
 * header that is among http->lines.                                                              */
typedef int cuc_send_fn(void *user, const cuc_http *http, cuc_call *call);
#define CUC_SENT 0
#define CUC_SEND_AGAIN (-19283) /* a number that no library returns */

/* Milliseconds since 1970-01-01 UTC (not local time). The one call only: before the first attempt
 * and after each one. A device without a clock may return the time since it started: the first answer
 * repairs it (its TLS must then not judge certificates by that clock).                           */
typedef int64_t cuc_now_fn(void *user);

/* Waits. The one call only, between attempts. Not 0: the caller wants to stop; final. */
typedef int cuc_sleep_fn(void *user, uint32_t ms);

/* Called before each attempt, and once more after an ExpiredToken answer. May change access_key,
 * secret_key, session_token and signing_key of *copy, which belongs to the call; the strings must
 * live until the attempt is over.                                                                */
typedef int cuc_credentials_fn(void *user, cuc_client *copy);

/* The derived key of one day, region and service: what signs, and worthless tomorrow. Bulk senders
 * derive once a day (15 instead of 31 SHA-256 compressions a request); a gateway can hand it to its
 * devices instead of the secret. Made by cuc_derive_signing_key.                                 */
typedef struct cuc_signing_key {
    unsigned char key[32];
    char          date[12]; /* "20261125", UTC */
} cuc_signing_key;

/* What calls may share, to have a retry quota and to remember how wrong the clock is. No secrets in
 * it. May serve any number of calls, interleaved, on one thread.                                 */
typedef struct cuc_memory {
    int64_t  skew_ms; /* the service's clock minus ours                                           */
    uint32_t spent;   /* of the quota of CUC_RETRY_QUOTA                                          */
} cuc_memory;
#define CUC_RETRY_QUOTA 500u

/* Calls copy it and never write to it. Copy it per thread, with a cuc_memory of its own. */
struct cuc_client {
    cuc_str region;       /* "us-west-2"; required: 1..63 of A-Z a-z 0-9 -, no - at an end        */
    cuc_str endpoint_url; /* unset: from the region. http or https, port, IPv6 literal, base path */
    cuc_str access_key;   /* visible ASCII without /                                              */
    cuc_str secret_key;   /* visible ASCII; not needed with signing_key                           */
    cuc_str session_token; /* visible ASCII, any length; more than 1 KiB is ordinary              */
    const cuc_signing_key *signing_key; /* wins over secret_key; NULL: derived from the secret    */
    void                  *user;
    cuc_sha256_fn         *sha256;      /* required                                               */
    cuc_hmac_fn           *hmac_sha256; /* NULL: made from sha256                                 */
    cuc_send_fn           *send;        /* required by the one call                               */
    cuc_now_fn            *now_ms;      /* NULL: the time is 0, and learnt from the first answer  */
    cuc_sleep_fn          *sleep_ms;    /* NULL: no second attempt that would have to wait        */
    cuc_credentials_fn    *credentials; /* NULL: the credentials are those of the client          */
    cuc_memory            *memory;      /* NULL: no quota, the skew is forgotten with the call    */
    uint32_t               time_limit_ms; /* no new attempt would start after this; 0: no limit   */
    int                    max_attempts;  /* 0: three. 1: never again                             */
    int                    use_fips, use_dualstack; /* 1: that kind of endpoint                   */
};

/* Bytes of work buffer that are enough; usable as the size of a static array.
 *   body    bytes of the JSON body at most (6 times the text, if all of it needs escaping)
 *   token   bytes of the session token at most
 * Holds for ids of up to 128 unreserved bytes together (the service's are UUIDs: 72), endpoint_url,
 * access key and secret of up to 128 bytes each. Beyond that CUC_E_SPACE has the need.
 * The sum, at its worst: body, URL 269, host and authority 122 each, port 6, and in the place after
 * them the lines, 489 + token; the canonical request of a base path in which every byte is encoded
 * needs less than that, since such a path leaves no room for a long host in the 128 bytes.       */
#define CUC_WORK_SIZE(body, token) ((size_t)(body) + (size_t)(token) + 1024)

/* The request, as the transport sends it. Every string is terminated; valid until cuc_call_end. */
struct cuc_http {
    const char *method;    /* "POST"                                                              */
    const char *url;       /* "https://connect.us-west-2.amazonaws.com/contacts/..."              */
    const char *host;      /* to connect to, without port or brackets                             */
    const char *port;      /* to connect to, decimal: "443"                                       */
    const char *authority; /* the value of Host, as signed: the port only when not the scheme's   */
    const char *path;      /* base path and "/contacts/INSTANCE/CONTACT", percent-encoded once    */
    const char *body;
    size_t      url_len, host_len, authority_len, path_len, body_len;
    const char *lines[CUC_MAX_LINES]; /* "name: value", lower-case names; Host and Content-Length
                                         are not among them. Send these as they are, and no second
                                         header of the same name                                  */
    const char *names[CUC_MAX_LINES], *values[CUC_MAX_LINES]; /* the same, apart                  */
    size_t      line_len[CUC_MAX_LINES];
    size_t      line_count; /* 3, or 4: the last one is the session token's                       */
    int         tls;        /* 1: https                                                           */
};

/* ---- get >>get ---------------------------------------------------------------------------------
 * What comes back. A value without pointers: copy it, keep it.                                   */
typedef struct cuc_result {
    int64_t    skew_ms;         /* the service's clock minus ours, as far as it is known          */
    size_t     actual, allowed; /* CUC_E_LIMIT: characters, or bytes where `bytes` is set         */
    size_t     need;            /* CUC_E_SPACE: bytes of buffer that are enough, exactly          */
    uint32_t   waited_ms;       /* between attempts, in all                                       */
    cuc_status status;
    int        http_status; /* of the last answer; 0: none                                        */
    int        attempts;    /* signed and handed to the transport                                 */
    int        callback;    /* CUC_E_CALLBACK: what your function returned                        */
    int        retryable;   /* 1: trying the same again later can help                            */
    int        bytes;       /* 1: actual and allowed count bytes                                  */
    char       where[CUC_WHERE_SIZE]; /* the field to blame: References["recording"].Value        */
    char       code[CUC_CODE_SIZE];   /* the service's: "ThrottlingException"; empty: none        */
    char       message[CUC_MESSAGE_SIZE];       /* its text as received, cut at a whole character */
    char       reason[CUC_REASON_SIZE];         /* InvalidRequestException's Reason               */
    char       request_id[CUC_REQUEST_ID_SIZE]; /* what AWS support asks for                      */
} cuc_result;

/* cuc_result_text - a result as one sentence for people, printable, always terminated when cap > 0.
 *   out    buf   room for cap bytes; NULL with cap 0 measures
 * Returns the bytes of the whole sentence, terminator not counted. In the service's own words
 * control characters are shown as ? and runs of over 32 characters of base64 as ..., since some
 * services echo credentials. The library's own words never hold a field's value, a secret or a
 * token; the service's text can echo what you sent.                                              */
CUC_API size_t cuc_result_text(const cuc_result *result, char *buf, size_t cap);

/* cuc_status_string - a sentence for a status: a literal, never NULL. */
CUC_API const char *cuc_status_string(cuc_status status);

/* ---- calls >>calls -----------------------------------------------------------------------------
 * Three ways in: one call that blocks; a machine that never does; further down, the pieces.      */

/* cuc_update_contact - validates, signs, sends, reads the answer, repeats what may be repeated.
 *   in   client   needs region, credentials, sha256, send; the rest may be zero
 *        request  read only until this returns
 *        work     cap bytes that are yours again afterwards and overlap nothing else that is handed
 *                 in; NULL with cap 0 measures: CUC_E_SPACE and result->need; no callback but
 *                 `credentials` is called then
 *   out  result   always set, also on success
 * Returns result->status. When it is not CUC_OK nothing was sent, but for CUC_E_SERVICE,
 * CUC_E_EXHAUSTED, CUC_E_NO_STATUS, CUC_E_BAD_STATUS and failures after the first attempt
 * (result->attempts tells). Secret and derived keys are wiped from work; the token stays in it.  */
CUC_API cuc_status cuc_update_contact(const cuc_client *client, const cuc_request *request,
                                      void *work, size_t cap, cuc_result *result);

/* The machine: begin; then next tells what to do until it says DONE.
 *   SEND  send cuc_call_http, hand in the answer by cuc_call_header and cuc_call_body, then
 *         cuc_call_end; then next again
 *   WAIT  let cuc_call_wait_ms pass, then next again
 *   DONE  cuc_call_result has it; next keeps saying DONE
 * A call can be dropped at any time: it holds nothing.                                           */
typedef enum cuc_next { CUC_NEXT_DONE = 0, CUC_NEXT_SEND, CUC_NEXT_WAIT } cuc_next;

/* cuc_call_begin - validates, and writes URL and body into work. A problem comes out of next as
 * DONE. Afterwards request and all that it points to may go away; work, the client's strings and
 * its memory must stay. work overlaps nothing else that is handed in. call needs no initialization
 * and must not be moved or copied.                                                               */
CUC_API void cuc_call_begin(cuc_call *call, const cuc_client *client, const cuc_request *request,
                            void *work, size_t cap);

/* cuc_call_next - what to do now. now_ms: milliseconds since 1970, UTC, your clock as it is. What
 * SEND stands for is signed with that time plus the skew; after cuc_call_end it counts as the time
 * of receipt. Asks the crypto callbacks and `credentials`, never send, now_ms or sleep_ms.       */
CUC_API cuc_next cuc_call_next(cuc_call *call, int64_t now_ms);

CUC_API const cuc_http *cuc_call_http(const cuc_call *call);      /* from SEND until cuc_call_end */
CUC_API uint32_t        cuc_call_wait_ms(const cuc_call *call);   /* after WAIT                   */
CUC_API const cuc_result *cuc_call_result(const cuc_call *call);  /* after DONE                   */

/* cuc_call_header - one raw line of the answer's head: the status line or a header, CR LF optional.
 * A status line starts the answer anew, so what 1xx answers bring is forgotten. Any number, any
 * length; few headers are looked at, the first of duplicates. A line that begins with a blank or a
 * tab continues the one before, and is ignored. Ignored outside an exchange, too.               */
CUC_API void cuc_call_header(cuc_call *call, const char *line, size_t len);

/* cuc_call_status - the status as a number, for transports without status lines: before headers and
 * body, since it starts the answer anew.                                                         */
CUC_API void cuc_call_status(cuc_call *call, int http_status);

/* cuc_call_body - the next piece of the answer's body, cut anywhere; any length, constant memory */
CUC_API void cuc_call_body(cuc_call *call, const void *data, size_t len);

/* cuc_call_end - the exchange is over. outcome: as send returns. */
CUC_API void cuc_call_end(cuc_call *call, int outcome);

/* cuc_call_canonical_request - the exact canonical request of the attempt, to compare after a 403.
 * From SEND until the following next (so also in between, when the answer is there). Calls sha256.
 * Returns bytes without terminator, written and terminated when they are below cap; NULL with cap 0
 * measures; 0: there is none. It holds the session token: mask it before you print it.           */
CUC_API size_t cuc_call_canonical_request(const cuc_call *call, char *buf, size_t cap);

/* cuc_http1_head - the head of the request as bytes, for sockets without an HTTP library.
 *   in   http  what cuc_call_http or send handed you
 *   out  buf   room for cap bytes, terminated when all of it fits; NULL with cap 0 measures
 * Returns the bytes of the head, terminator not counted, whether or not they fitted: n < cap is
 * success. The body follows as http->body, http->body_len. Adds Host and Content-Length, no other.
 * Holds the session token: do not log it. Source: RFC 9112 sections 2.1, 3 and 5.                */
CUC_API size_t cuc_http1_head(const cuc_http *http, char *buf, size_t cap);
#define CUC_HEAD_SIZE(token) ((size_t)(token) + 1024) /* under the same terms as CUC_WORK_SIZE */

/* ---- pieces >>pieces ---------------------------------------------------------------------------
 * Parts of the call, for those who build their own. All set *result and return its status. `need`
 * is set on success as well: bytes of buffer used, or that would be enough, terminator included. */

/* cuc_validate - the first problem of a request, without anything being written. */
CUC_API cuc_status cuc_validate(const cuc_request *request, cuc_result *result);

/* cuc_write_json - validates, then the body as terminated JSON text of result->need - 1 bytes. */
CUC_API cuc_status cuc_write_json(const cuc_request *request, char *buf, size_t cap,
                                  cuc_result *result);

/* cuc_resolve_endpoint - scheme, authority, base path: "https://connect.us-west-2.amazonaws.com".
 * Reads region, endpoint_url, use_fips and use_dualstack. With endpoint_url no region is needed. */
CUC_API cuc_status cuc_resolve_endpoint(const cuc_client *client, char *buf, size_t cap,
                                        cuc_result *result);

/* cuc_derive_signing_key - for the client's region and secret and the UTC day of now_ms.
 *   in   service  "connect" when unset; up to 63 visible characters without /
 *        work     4 + length of the secret; 128 more when hmac_sha256 is NULL. Wiped afterwards
 *   out  key      zeroes unless the status is CUC_OK                                             */
CUC_API cuc_status cuc_derive_signing_key(const cuc_client *client, cuc_str service, int64_t now_ms,
                                          void *work, size_t cap, cuc_signing_key *key,
                                          cuc_result *result);

/* cuc_sign - Signature Version 4 in header form, for services that sign a path encoded twice (all but
 * S3); UpdateContact does not use it. Needs
 * no memory for sorting, and so time quadratic in headers and in parameters: for dozens, not for
 * thousands. Source: AWS General Reference, "Signature Version 4 signing process"; checked with its
 * test suite.                                                                                    */
typedef struct cuc_sign_header {
    cuc_str name;  /* any case                                                                    */
    cuc_str value; /* as it is sent: trimming and folding are done here                           */
} cuc_sign_header;

typedef struct cuc_sign_input {
    cuc_str                method;  /* "GET"                                                      */
    cuc_str                path;    /* as on the request line, no query; is encoded once more     */
    cuc_str                query;   /* as on the request line, without the ?                      */
    const cuc_sign_header *headers; /* all are signed; "host" must be among them. The date, the
                                       token and x-amz-content-sha256 must not: they are added    */
    size_t                 header_count;
    cuc_str                body;
    cuc_str                service;        /* "connect" when unset                                */
    int                    raw_path;       /* 1: keep . and .. and empty segments                 */
    int                    content_sha256; /* 1: add and sign x-amz-content-sha256                */
    int                    token_unsigned; /* 1: the token is sent, but is not signed             */
} cuc_sign_input;

/* Views into work, valid as long as it is. canonical_request, string_to_sign: for debugging. */
typedef struct cuc_signed {
    cuc_str authorization, amz_date, content_sha256, canonical_request, string_to_sign;
} cuc_signed;

CUC_API cuc_status cuc_sign(const cuc_client *client, const cuc_sign_input *input, int64_t now_ms,
                            void *work, size_t cap, cuc_signed *out, cuc_result *result);

/* cuc_selftest - known answers through the client's sha256 and hmac_sha256: finds strlen keys, hex
 * output, 1 for success, cut output, swapped arguments. Call it once at start-up in debug builds.
 * CUC_OK, or CUC_E_CALLBACK with result->where naming the function.                              */
CUC_API cuc_status cuc_selftest(const cuc_client *client, cuc_result *result);

/* ---- inside >>inside ---------------------------------------------------------------------------
 * What a cuc_call consists of. Here only so that you can make one; everything in it is private.  */
typedef struct cuci_out {
    char  *buf;  /* NULL with cap 0: measures                                                     */
    size_t cap;  /* bytes at buf                                                                  */
    size_t len;  /* bytes wanted so far, even past cap                                            */
    size_t peak; /* the largest len that was ever rewound                                         */
    int    full; /* sticky: something did not fit, and nothing is copied any more                 */
} cuci_out;

typedef struct cuci_reader {
    unsigned char place;   /* before, inside or after the object                                  */
    unsigned char text;    /* inside a string: 1; after a backslash: 2; in \uXXXX: 3..6           */
    unsigned char slot;    /* what the string goes to                                             */
    unsigned char rank;    /* of the string's origin                                              */
    unsigned char member;  /* the top-level member whose value is being read; 0: a key            */
    unsigned char colon;   /* a colon was read: a string is a value, not a key                    */
    unsigned char stopped; /* takes no more: 1 full, 2 the code has ended, 3 both                 */
    unsigned char taken;   /* something was read, even if it did not fit                          */
    unsigned char ranks[6]; /* of what code, message and reason hold; by slot                     */
    char          key[8];  /* the name of a top-level member                                      */
    unsigned char room;    /* bytes at `to`                                                       */
    unsigned char filled;  /* of them                                                             */
    uint16_t      unit;    /* \uXXXX as far as read                                               */
    uint16_t      high;    /* a high surrogate waiting for its other half; 0: none                */
    uint32_t      depth;   /* brackets open in the body                                           */
    char         *to;      /* the array that the string goes to                                   */
} cuci_reader;

struct cuc_call {
    unsigned char state, busy, one_call, answered, headers, hinted, renewed;
    unsigned char paid; /* for the last retry, out of the quota                                   */
    cuci_reader   reader;
    uint32_t      wait_ms, random, retry_after_ms;
    int           outcome;
    size_t        fixed;      /* bytes of out that stay: body, URL, host                          */
    size_t        path_extra; /* bytes by which the signed path is longer than the sent one       */
    cuci_out      out;
    cuc_result    result;
    int64_t       started_ms, sent_ms, date_ms;
    cuc_http      http;
    cuc_client    client;
};

#ifdef __cplusplus
}
#endif
#endif /* CONNECT_UPDATE_CONTACT_H */
/* clang-format on */

#ifdef CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#ifndef CONNECT_UPDATE_CONTACT_IMPLEMENTED
#define CONNECT_UPDATE_CONTACT_IMPLEMENTED

/* From here on: the private part, from top to bottom in the order in which data flows. Names begin
 * with cuci_, nothing here is for callers, and each room uses only the rooms above it.           */

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1 text >>text ---------------------------------------------------------------------------
 * in: views and numbers     out: bytes in one lent buffer, or the exact size they would need     */

CUC_API cuc_str cuc_s(const char *text)
{
    cuc_str s = CUC_ZERO;
    s.ptr     = text;
    while (text != NULL && text[s.len] != 0) s.len++;
    return s;
}

static cuc_str cuci_view(const void *ptr, size_t len)
{
    cuc_str s;
    s.ptr = (const char *)ptr;
    s.len = len;
    return s;
}

#define CUCI_TEXT(literal) cuci_view("" literal, sizeof(literal) - 1)

static int cuci_set(cuc_str s) { return s.ptr != NULL; }

/* A length without a pointer: a failed allocation, or a pointer that was forgotten. */
static int cuci_lost(const cuc_str *s) { return s->ptr == NULL && s->len > 0; }

/* NULL is unset, whatever the length beside it says. */
static cuc_str cuci_given(cuc_str s) { return cuci_view(s.ptr, s.ptr != NULL ? s.len : 0); }

static unsigned cuci_at(cuc_str s, size_t i) { return i < s.len ? (unsigned char)s.ptr[i] : 0u; }

static int cuci_equal(cuc_str a, cuc_str b)
{
    size_t i = 0;
    if (a.len != b.len) return 0;
    while (i < a.len && a.ptr[i] == b.ptr[i]) i++;
    return i == a.len;
}

/* The one place that writes. Appends bytes from..to of s. What does not fit is counted but not
 * copied, and neither is anything after it: a text with a hole must never look finished. A view of
 * NULL with a length only counts: while measuring there is no text to read back.                 */
static void cuci_put_part(cuci_out *o, cuc_str s, size_t from, size_t to)
{
    const size_t n = to - from, at = o->len;
    if (o->full || n > o->cap - at) {
        o->full = 1;
        o->len  = n > SIZE_MAX - at ? SIZE_MAX : at + n; /* a total that would wrap stays huge */
        return;
    }
    o->len = at + n;
    if (n > 0 && s.ptr != NULL) memcpy(o->buf + at, s.ptr + from, n);
}

static void cuci_put(cuci_out *o, const cuc_str *s) { cuci_put_part(o, *s, 0, s->len); }

static void cuci_put_bytes(cuci_out *o, const void *bytes, size_t n)
{
    cuci_put_part(o, cuci_view(bytes, n), 0, n);
}

static void cuci_put_byte(cuci_out *o, unsigned c)
{
    const char one = (char)c;
    cuci_put_part(o, cuci_view(&one, 1), 0, 1);
}

/* A string of one character is no string: that is less code where it is put. */
#define CUCI_PUT(out, literal)                                                                     \
    (sizeof(literal) == 2 ? cuci_put_byte(out, (unsigned char)(literal)[0])                        \
                          : cuci_put_bytes(out, "" literal, sizeof(literal) - 1))

static void cuci_put_text(cuci_out *o, const char *text)
{
    cuci_put_bytes(o, text, cuc_s(text).len);
}

static void cuci_put_end(cuci_out *o) { CUCI_PUT(o, "\0"); }

static cuci_out cuci_writer(void *buf, size_t cap)
{
    cuci_out o = CUC_ZERO;
    o.buf      = (char *)buf;
    o.cap      = buf == NULL ? 0 : cap;
    return o;
}

static size_t cuci_need(const cuci_out *o) { return o->len > o->peak ? o->len : o->peak; }

static void cuci_rewind(cuci_out *o, size_t mark)
{
    o->peak = cuci_need(o);
    o->len  = mark;
}

/* What was written since mark; a NULL view of the same length when it was only counted. */
static cuc_str cuci_written(const cuci_out *o, size_t mark)
{
    return cuci_view(o->full ? NULL : o->buf + mark, o->len - mark);
}

static void cuci_wipe(void *p, size_t n)
{
    volatile unsigned char *v = (volatile unsigned char *)p; /* so that the stores stay */
    while (n > 0) v[--n] = 0;
}

/* Wipes what was written since mark, and rewinds. After an overflow all of the room from mark on is
 * wiped, since the secret may be what did fit.                                                   */
static void cuci_forget(cuci_out *o, size_t mark)
{
    if (mark < o->cap) cuci_wipe(o->buf + mark, (o->full ? o->cap : o->len) - mark);
    cuci_rewind(o, mark);
}

/* What counts as plain in a scan: bytes that are at least `low` after some bits are flipped, and
 * not `but`; each as a word of that byte repeated. Flipping two bits swaps a blank and a quote, so
 * that one comparison finds quotes and control characters.                                       */
typedef struct cuci_plain {
    size_t flip, low, but;
    int    high; /* bytes over 0x7F are plain, too */
} cuci_plain;

#define CUCI_REPEAT(byte) (SIZE_MAX / 255u * (byte))

static const cuci_plain cuci_plain_visible = { 0, CUCI_REPEAT(0x21), CUCI_REPEAT(0x7F), 0 };
static const cuci_plain cuci_plain_folded  = { 0, CUCI_REPEAT(0x21), CUCI_REPEAT(0x7F), 1 };
static const cuci_plain cuci_plain_json = { CUCI_REPEAT(0x02), CUCI_REPEAT(0x21), CUCI_REPEAT(0x5C),
                                            1 };

/* Looks at one size_t: a byte that is not plain leaves its top bit set, as it came or after one of
 * the subtractions. A byte over 0x7F, and one that stands after a byte that is not plain, may be
 * reported without reason; none is ever missed.                                                  */
static size_t cuci_odd(const char *at, const cuci_plain *p)
{
    size_t w;
    memcpy(&w, at, sizeof w);
    w = w | ((w ^ p->flip) - p->low) | ((w ^ p->but) - CUCI_REPEAT(1));
    return w & CUCI_REPEAT(0x80);
}

static int cuci_is_plain(unsigned c, const cuci_plain *p)
{
    if (c > 0x7Fu) return p->high;
    return (c ^ (p->flip & 0xFFu)) >= (p->low & 0xFFu) && c != (p->but & 0xFFu);
}

/* Where the run of plain bytes that begins at i ends. The last word overlaps the one before it, so
 * that only short texts, and words with something in them, are looked at byte by byte.           */
static size_t cuci_run(const cuc_str *s, size_t i, const cuci_plain *p)
{
    const size_t word = sizeof(size_t), last = s->len - word; /* where the last whole word begins */
    while (i < s->len) {
        size_t end = s->len;
        if (s->len >= word) {
            while (i <= last && cuci_odd(s->ptr + i, p) == 0) i += word;
            if (i <= last) end = i + word;
            else if (cuci_odd(s->ptr + last, p) == 0) return end;
        }
        for (; i < end; i++)
            if (!cuci_is_plain((unsigned char)s->ptr[i], p)) return i;
    }
    return i;
}

/* Bytes of the UTF-8 character at i; 0 when it is ill-formed: cut short, longer than it has to be,
 * half of a surrogate pair, or beyond U+10FFFF. Source: RFC 3629 section 4.                      */
static unsigned cuci_utf8_step(const cuc_str *s, size_t i)
{
    const unsigned c = cuci_at(*s, i);
    const unsigned n = c < 0x80u                ? 1
                       : c < 0xC2u || c > 0xF4u ? 0
                       : c < 0xE0u              ? 2
                       : c < 0xF0u              ? 3
                                                : 4;
    uint32_t       v = c & (0x7Fu >> n);
    unsigned       k;
    if (n < 2) return n;
    for (k = 1; k < n; k++) {
        const unsigned d = cuci_at(*s, i + k);
        if ((d & 0xC0u) != 0x80u) return 0;
        v = v << 6 | (d & 0x3Fu);
    }
    return v >> (5 * n - 4) != 0 && v >> 11 != 0x1Bu && v < 0x110000u ? n : 0;
}

/* Where the run of ASCII that begins at i ends. */
static size_t cuci_ascii_run(const cuc_str *s, size_t i)
{
    size_t w;
    for (; s->len - i >= sizeof w; i += sizeof w) {
        memcpy(&w, s->ptr + i, sizeof w);
        if ((w & CUCI_REPEAT(0x80)) != 0) break;
    }
    while (i < s->len && (unsigned char)s->ptr[i] < 0x80u) i++;
    return i;
}

/* How many characters s has; CUCI_ILL_FORMED when it is not well-formed UTF-8. */
#define CUCI_ILL_FORMED SIZE_MAX

static size_t cuci_characters(const cuc_str *s)
{
    size_t i = cuci_ascii_run(s, 0), n = i;
    while (i < s->len) {
        const unsigned step = cuci_utf8_step(s, i);
        size_t         end;
        if (step == 0) return CUCI_ILL_FORMED;
        end = cuci_ascii_run(s, i + step);
        n += 1 + (end - i - step);
        i = end;
    }
    return n;
}

/* What a character may be part of: one bit a class. The rows: blank to /, 0 to ?, @ to O, P to _,
 * ` to o, p to DEL. tests/test_text.c has the same in words.                                     */
enum {
    CUCI_UNRESERVED = 1, /* A-Z a-z 0-9 - . _ ~ : RFC 3986 section 2.3     */
    CUCI_LABEL      = 2, /* A-Z a-z 0-9 -       : RFC 1123 section 2.1     */
    CUCI_HOST       = 4, /* a label, . or _                                */
    CUCI_IPV6       = 8, /* 0-9 A-F a-f : .                                */
    CUCI_HEX        = 16,
    CUCI_DIGIT      = 32,
    CUCI_BASE       = 64, /* visible, but ? and #                          */
    CUCI_BASE64     = 128 /* A-Z a-z 0-9 + / = and the % of encoded ones   */
};

/* clang-format off */
static const unsigned char cuci_classes[96] = {
    0x00, 0x40, 0x40, 0x00, 0x40, 0xC0, 0x40, 0x40, 0x40, 0x40, 0x40, 0xC0, 0x40, 0x47, 0x4D, 0xC0,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x48, 0x40, 0x40, 0xC0, 0x40, 0x00,
    0x40, 0xDF, 0xDF, 0xDF, 0xDF, 0xDF, 0xDF, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7,
    0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0x40, 0x40, 0x40, 0x40, 0x45,
    0x40, 0xDF, 0xDF, 0xDF, 0xDF, 0xDF, 0xDF, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7,
    0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0xC7, 0x40, 0x40, 0x40, 0x41, 0x00,
};
/* clang-format on */

static int cuci_is(unsigned c, unsigned classes)
{
    return c - 0x20u < 96u && (cuci_classes[c - 0x20u] & classes) != 0;
}

/* The end of the run of such characters that begins at i. */
static size_t cuci_span(cuc_str s, size_t i, unsigned classes)
{
    while (i < s.len && cuci_is((unsigned char)s.ptr[i], classes)) i++;
    return i;
}

static int cuci_all(cuc_str s, unsigned classes) { return cuci_span(s, 0, classes) == s.len; }

static unsigned cuci_lower(unsigned c) { return c >= 0x41u && c <= 0x5Au ? c + 0x20u : c; }

/* ASCII only, whatever the locale. */
static int cuci_same(cuc_str a, cuc_str b)
{
    size_t i;
    if (a.len != b.len) return 0;
    for (i = 0; i < a.len; i++)
        if (cuci_lower(cuci_at(a, i)) != cuci_lower(cuci_at(b, i))) return 0;
    return 1;
}

/* The length of `with` when s begins with it, else 0. any_case: `with` is in lower case. */
static size_t cuci_begins(const cuc_str *s, const char *with, int any_case)
{
    size_t i;
    for (i = 0; with[i] != 0; i++) {
        const unsigned c = cuci_at(*s, i);
        if ((any_case ? cuci_lower(c) : c) != (unsigned char)with[i]) return 0;
    }
    return i;
}

/* Lists of words in one literal: each terminated, an empty one at the end. The n-th, from 0. */
static const char *cuci_word(const char *words, unsigned n)
{
    while (n-- > 0) words += cuc_s(words).len + 1;
    return words;
}

/* Which one of such a list it is, counted from 1; 0: none. */
static unsigned cuci_index(const char *words, const cuc_str *word, int any_case)
{
    unsigned i;
    for (i = 1; *words != 0; i++) {
        if (word->len > 0 && cuci_begins(word, words, any_case) == word->len) return i;
        words = cuci_word(words, 1);
    }
    return 0;
}

/* Bytes from..to of s, which has them. */
static cuc_str cuci_part(cuc_str s, size_t from, size_t to)
{
    return cuci_view(s.ptr + from, to - from);
}

static void cuci_trim(cuc_str *s)
{
    while (s->len > 0 && cuci_at(*s, s->len - 1) <= 0x20u) s->len--;
    for (; s->len > 0 && cuci_at(*s, 0) <= 0x20u; s->len--) s->ptr++;
}

static size_t cuci_find(cuc_str s, size_t from, unsigned c)
{
    while (from < s.len && cuci_at(s, from) != c) from++;
    return from;
}

/* "." or "..": a path segment that would make a URL mean another resource. */
static int cuci_is_dots(cuc_str s)
{
    return s.len >= 1 && s.len <= 2 && cuci_at(s, 0) == 0x2Eu && cuci_at(s, s.len - 1) == 0x2Eu;
}

/* Hex, without a look-up that could tell what is looked up. a: the letter for ten. */
static char cuci_hex_digit(unsigned v, unsigned a)
{
    return (char)(v + 0x30u + (((9u - v) >> 8) & (a - 0x3Au)));
}

static void cuci_put_hex(cuci_out *o, const unsigned char digest[32])
{
    char     text[64];
    unsigned i;
    for (i = 0; i < 32; i++) {
        text[2 * i]     = cuci_hex_digit(digest[i] >> 4, 0x61);
        text[2 * i + 1] = cuci_hex_digit(digest[i] & 15u, 0x61);
    }
    cuci_put_bytes(o, text, sizeof text);
}

#if SIZE_MAX > UINT32_MAX
typedef size_t cuci_wide; /* holds a size and 32 bits, so that small devices divide no 64 */
#else
typedef uint32_t cuci_wide;
#endif

static void cuci_put_number(cuci_out *o, cuci_wide n)
{
    char     text[20]; /* 2^64 has 20 digits */
    unsigned i = sizeof text;
    do {
        text[--i] = (char)(0x30u + (unsigned)(n % 10u));
        n /= 10u;
    } while (n > 0);
    cuci_put_part(o, cuci_view(text, sizeof text), i, sizeof text);
}

static void cuci_put_percent(cuci_out *o, unsigned c)
{
    char text[3];
    text[0] = 0x25;
    text[1] = cuci_hex_digit(c >> 4, 0x41);
    text[2] = cuci_hex_digit(c & 15u, 0x41);
    cuci_put_bytes(o, text, 3);
}

/* Unreserved characters stay, and slashes if `slashes`; every other byte becomes %XX. Returns how
 * many those were. Source: SigV4, "create a canonical request".                                  */
static size_t cuci_put_encoded(cuci_out *o, const cuc_str *s, int slashes)
{
    size_t i, done = 0, encoded = 0;
    for (i = 0; (i = cuci_span(*s, i, CUCI_UNRESERVED)) < s->len; i++) {
        const unsigned c = cuci_at(*s, i);
        if (slashes && c == 0x2Fu) continue;
        cuci_put_part(o, *s, done, i);
        cuci_put_percent(o, c);
        done = i + 1;
        encoded++;
    }
    cuci_put_part(o, *s, done, s->len);
    return encoded;
}

/* The calendar, in 32 bits: the milliseconds are split once, in two steps as on paper, because a
 * 64-bit division costs a small device more than all the rest of this. Source: proleptic
 * Gregorian, RFC 9557.                                                                           */
typedef struct cuci_time {
    char text[16]; /* "20261125T120000Z", not terminated; the first 8 are the date */
} cuci_time;

#define CUCI_DAY_MS 86400000
#define CUCI_LAST_DAY 2932896u /* 9999-12-31 */
#define CUCI_TIME_BOUND ((uint64_t)CUCI_DAY_MS * (CUCI_LAST_DAY + 1))

static int cuci_can_sign(int64_t ms) { return (uint64_t)ms < CUCI_TIME_BOUND; }

/* Days from 1970-01-01 to the first of a month, which is counted from 1970-01. Years begin in March
 * here, so that the leap day is the last one of its year.                                        */
static uint32_t cuci_days_before(uint32_t months)
{
    const uint32_t since = months + 1970u * 12u - 2u, y = since / 12u, m = since % 12u;
    return 365u * y + y / 4u - y / 100u + y / 400u + (153u * m + 2u) / 5u - 719468u;
}

static int cuci_split_time(int64_t ms, cuci_time *out)
{
    const uint32_t unit = 84375; /* 1024 of them are the milliseconds of a day */
    uint32_t       high, rest, day, second, months, year;
    unsigned char  part[7];
    unsigned       i;
    if (!cuci_can_sign(ms)) return 0;
    high   = (uint32_t)(ms >> 25); /* ms / 1024 = high * 2^15 + 15 bits */
    rest   = high % unit << 15 | ((uint32_t)(ms >> 10) & 0x7FFFu);
    day    = (high / unit << 15) + rest / unit;
    second = (rest % unit << 10 | ((uint32_t)ms & 0x3FFu)) / 1000u;
    months = day * 48u / 1461u; /* never too late, and at most a few too early */
    while (cuci_days_before(months + 1u) <= day) months++;
    year    = 1970u + months / 12u;
    part[0] = (unsigned char)(year / 100u);
    part[1] = (unsigned char)(year % 100u);
    part[2] = (unsigned char)(months % 12u + 1u);
    part[3] = (unsigned char)(day - cuci_days_before(months) + 1u);
    part[4] = (unsigned char)(second / 3600u);
    part[5] = (unsigned char)(second / 60u % 60u);
    part[6] = (unsigned char)(second % 60u);
    for (i = 0; i < sizeof part; i++) {
        char *at = out->text + 2 * i + (i > 3);
        at[0]    = (char)(0x30 + part[i] / 10);
        at[1]    = (char)(0x30 + part[i] % 10);
    }
    out->text[8]  = 0x54;
    out->text[15] = 0x5A;
    return 1;
}

/* Up to nine digits; -1 when there is anything else, or nothing. */
static int32_t cuci_number(cuc_str s)
{
    int32_t n = 0;
    size_t  i;
    if (s.len == 0 || s.len > 9) return -1;
    for (i = 0; i < s.len; i++) {
        const unsigned digit = cuci_at(s, i) - 0x30u;
        if (digit > 9u) return -1;
        n = n * 10 + (int32_t)digit;
    }
    return n;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" as milliseconds; -1 for anything else. Source: RFC 9110 5.6.7. */
static int64_t cuci_http_date(const cuc_str *s)
{
    enum { DAY, CENTURY, YEAR, HOUR, MINUTE, SECOND, PARTS };
    static const unsigned char at[PARTS]  = { 5, 12, 14, 17, 20, 23 };
    static const unsigned char max[PARTS] = { 31, 99, 99, 23, 59, 60 };
    static const char          months[]   = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint32_t                   n[PARTS], year, month = 0;
    unsigned                   i;
    if (s->len != 29 || memcmp(s->ptr + 25, " GMT", 4) != 0) return -1;
    for (i = 0; i < PARTS; i++) {
        n[i] = (uint32_t)cuci_number(cuci_view(s->ptr + at[i], 2));
        if (n[i] > max[i]) return -1; /* no number, too */
    }
    while (month < 12 && memcmp(months + 3 * month, s->ptr + 8, 3) != 0) month++;
    year = n[CENTURY] * 100u + n[YEAR];
    if (month == 12 || n[DAY] == 0 || year < 1970u) return -1;
    return (int64_t)(cuci_days_before((year - 1970u) * 12u + month) + n[DAY] - 1u) * CUCI_DAY_MS +
           (int32_t)((n[HOUR] * 60u + n[MINUTE]) * 60u + n[SECOND]) * 1000;
}

/* ---- 2 model >>fields --------------------------------------------------------------------------
 * in: nothing     out: the tables that validation and JSON both walk: a field cannot be checked in
 * one way and written in another. Source: the service model, shapes named after the members.     */

/* clang-format off */
enum {
    CUCI_ID, CUCI_TOP, CUCI_REFERENCE, CUCI_SEGMENT, CUCI_QUEUE, CUCI_USER, CUCI_CUSTOMER,
    CUCI_SYSTEM, CUCI_REQUIRED = 0x80 /* beside the group of a field */
};
/* clang-format on */

typedef struct cuci_field {
    unsigned char  group; /* and CUCI_REQUIRED                                           */
    unsigned char  name_len;
    char           text[16]; /* the name, and what stands between it and its value in JSON; in here,
                                so that nothing is relocated                                */
    unsigned char  offset;   /* of the cuc_str                                              */
    unsigned char  min;      /* characters, not bytes                                       */
    unsigned short max;      /* 0: no limit                                                 */
} cuci_field;

/* clang-format off */
static const char cuci_groups[] = /* by CUCI_ID ... above */
    "\0" "\0" "References\0" "SegmentAttributes\0" "QueueInfo\0" "UserInfo\0" "CustomerEndpoint\0"
    "SystemEndpoint\0";

#define CUCI_IN(type, group, name, member, min, max) \
    { group, sizeof(name) - 1, name "\":\"", (unsigned char)offsetof(type, member), \
      min,   max }
#define CUCI_Q(group, name, member, min, max) CUCI_IN(cuc_request, group, name, member, min, max)
#define CUCI_R(group, name, member, min, max) CUCI_IN(cuc_reference, group, name, member, min, max)

static const cuci_field cuci_fields[] = {
    /*     group                           name            member                     min   max */
    CUCI_Q(CUCI_ID | CUCI_REQUIRED,        "InstanceId",   instance_id,                 1,  100),
    CUCI_Q(CUCI_ID | CUCI_REQUIRED,        "ContactId",    contact_id,                  1,  256),
    CUCI_Q(CUCI_TOP,                       "Name",         name,                        0, 1024),
    CUCI_Q(CUCI_TOP,                       "Description",  description,                 0, 4096),
    CUCI_Q(CUCI_QUEUE,                     "Id",           queue_id,                    0,    0),
    CUCI_Q(CUCI_USER,                      "UserId",       user_id,                     1,  256),
    CUCI_Q(CUCI_CUSTOMER,                  "Type",         customer_endpoint.type,      0,    0),
    CUCI_Q(CUCI_CUSTOMER,                  "Address",      customer_endpoint.address,   0,  256),
    CUCI_Q(CUCI_SYSTEM,                    "Type",         system_endpoint.type,        0,    0),
    CUCI_Q(CUCI_SYSTEM,                    "Address",      system_endpoint.address,     0,  256),
    CUCI_R(CUCI_REFERENCE | CUCI_REQUIRED, "Type",         type,                        0,    0),
    CUCI_R(CUCI_REFERENCE,                 "Value",        value,                       0, 4096),
    CUCI_R(CUCI_REFERENCE,                 "Status",       status,                      0,    0),
    CUCI_R(CUCI_REFERENCE,                 "Arn",          arn,                        20,  256),
    CUCI_R(CUCI_REFERENCE,                 "StatusReason", status_reason,               0,  100),
};
enum { CUCI_FIELD_BODY = 2, CUCI_FIELD_REFERENCE = 10, CUCI_FIELD_ARN = 13, CUCI_FIELD_END = 15 };

static const char cuci_kinds[] = /* by cuc_segment_kind */
    "\0" "ValueString\0" "ValueArn\0" "ValueInteger\0" "ValueMap\0" "ValueList\0";
/* clang-format on */

#define CUCI_REFERENCE_KEY_MAX 4096u
#define CUCI_SEGMENT_KEY_MAX 128u
#define CUCI_SEGMENT_TEXT_MAX 1024u
#define CUCI_REFERENCE_VALUES_MAX 4096u /* bytes over all Values; API reference, UpdateContact */

typedef char cuci_check_offsets_fit[sizeof(cuc_request) <= 255u ? 1 : -1];
typedef char
    cuci_check_table[sizeof cuci_fields / sizeof cuci_fields[0] == CUCI_FIELD_END ? 1 : -1];

static cuc_str cuci_field_name(const cuci_field *f) { return cuci_view(f->text, f->name_len); }

static unsigned cuci_group(const cuci_field *f) { return f->group & (CUCI_REQUIRED - 1u); }

static const cuc_str *cuci_get(const void *base, const cuci_field *field)
{
    return (const cuc_str *)(const void *)((const char *)base + field->offset);
}

/* Walks a tree of segment attributes without recursion: the path is one index a level, and nodes
 * are found from the root, so that a level costs one number of stack. index[n] is used by an empty
 * container at the last level allowed.                                                           */
typedef struct cuci_walk {
    const cuc_segment *root, *item; /* item: what the last event is about */
    size_t             root_count;
    unsigned           index[CUC_MAX_DEPTH + 1];
    unsigned           depth; /* levels open; 1: the direct entries         */
    int                in_list, moved;
} cuci_walk;

enum { CUCI_WALK_END, CUCI_WALK_LEAF, CUCI_WALK_OPEN, CUCI_WALK_CLOSE, CUCI_WALK_TOO_DEEP };

static void cuci_walk_begin(cuci_walk *w, const cuc_segment *root, size_t count)
{
    w->root       = root;
    w->root_count = count;
    w->item       = NULL;
    w->index[0]   = 0;
    w->depth      = 1;
    w->in_list    = 0;
    w->moved      = 1;
}

/* The container `levels` levels down the path, and the innermost key on the way to it. */
static const cuc_segment *cuci_walk_node(const cuci_walk *w, unsigned levels, cuc_str *key)
{
    const cuc_segment *at = w->root, *node = NULL;
    unsigned           i;
    for (i = 0; i < levels; i++) {
        const int in_list = node != NULL && node->kind == CUC_SEGMENT_LIST;
        node              = at + w->index[i];
        at                = node->items;
        if (key != NULL && !in_list) *key = node->key;
    }
    return node;
}

static int cuci_walk_next(cuci_walk *w)
{
    const cuc_segment *parent = cuci_walk_node(w, w->depth - 1, NULL);
    unsigned          *i      = &w->index[w->depth - 1];
    if (!w->moved) ++*i;
    w->moved = 0;
    if (*i == (parent == NULL ? w->root_count : parent->count)) {
        if (parent == NULL) return CUCI_WALK_END;
        w->item = parent;
        w->depth--;
        return CUCI_WALK_CLOSE;
    }
    w->item    = (parent == NULL ? w->root : parent->items) + *i;
    w->in_list = parent != NULL && parent->kind == CUC_SEGMENT_LIST;
    if (w->item->kind != CUC_SEGMENT_MAP && w->item->kind != CUC_SEGMENT_LIST)
        return CUCI_WALK_LEAF;
    if (w->depth == CUC_MAX_DEPTH && w->item->count > 0) return CUCI_WALK_TOO_DEEP;
    w->index[w->depth++] = 0;
    w->moved             = 1;
    return CUCI_WALK_OPEN;
}

/* ---- 3 validate >>validate ---------------------------------------------------------------------
 * in: a request     out: its first problem, with the path of the field; never a value            */

/* The first problem stays. */
static void cuci_blame_plain(cuc_result *result, cuc_status status, const char *where)
{
    cuci_out o = cuci_writer(result->where, sizeof result->where);
    if (result->status != CUC_OK) return;
    result->status = status;
    cuci_put_text(&o, where);
    cuci_put_end(&o);
}

/* Room that is idle until an answer comes, that of the service's message: it spares as much stack.
 * Whoever uses it leaves zeroes.                                                                 */
enum { CUCI_SCRATCH = 128 };
typedef char cuci_check_scratch[CUC_MESSAGE_SIZE >= CUCI_SCRATCH ? 1 : -1];

static unsigned char *cuci_scratch(cuc_result *result) { return (unsigned char *)result->message; }

/* Where the eye is: group["key"].field. It stays on the first problem, since nothing is looked at
 * any more after that; so the path is written once, at the end.                                  */
typedef struct cuci_place {
    cuc_result *result;
    cuc_str     key, field;
    size_t      index; /* shown when the entry has no key */
    unsigned    group; /* CUCI_ID ... */
    int         keyed;
} cuci_place;

static void cuci_look(cuci_place *at, cuc_result *result)
{
    memset(at, 0, sizeof *at);
    at->result = result;
}

static int cuci_fine(const cuci_place *at) { return at->result->status == CUC_OK; }

static void cuci_blame(const cuci_place *at, cuc_status status) { at->result->status = status; }

static void cuci_blame_limit(const cuci_place *at, size_t actual, size_t allowed, int bytes)
{
    at->result->actual  = actual;
    at->result->allowed = allowed;
    at->result->bytes   = bytes;
    cuci_blame(at, CUC_E_LIMIT);
}

/* At most 32 bytes of a key, and only what can be printed. */
static void cuci_put_key(cuci_out *o, const cuci_place *at)
{
    size_t i;
    if (!cuci_set(at->key)) {
        CUCI_PUT(o, "[");
        cuci_put_number(o, at->index);
        CUCI_PUT(o, "]");
        return;
    }
    CUCI_PUT(o, "[\"");
    for (i = 0; i < at->key.len && i < 32; i++) {
        const unsigned c = cuci_at(at->key, i);
        cuci_put_byte(o, c >= 0x20u && c < 0x7Fu ? c : 0x3Fu);
    }
    CUCI_PUT(o, "\"]");
}

static void cuci_put_where(const cuci_place *at)
{
    cuci_out o = cuci_writer(at->result->where, sizeof at->result->where);
    cuci_put_text(&o, cuci_word(cuci_groups, at->group));
    if (at->keyed) cuci_put_key(&o, at);
    if (at->field.len > 0 && o.len > 0) CUCI_PUT(&o, ".");
    cuci_put(&o, &at->field);
    cuci_put_end(&o);
}

/* max 0: no limit. A character has at most four bytes, so a length over four times the maximum is
 * refused before a byte is read: it may be a length that nobody meant.                           */
static void cuci_check_text(const cuci_place *at, const cuc_str *s, size_t min, size_t max)
{
    size_t n;
    if (max > 0 && s->len > 4 * max) {
        cuci_blame_limit(at, s->len, 4 * max, 1);
        return;
    }
    n = cuci_characters(s);
    if (n == CUCI_ILL_FORMED) cuci_blame(at, CUC_E_UTF8);
    else if (n < min || (max > 0 && n > max)) cuci_blame_limit(at, n, n < min ? min : max, 0);
}

/* Returns how many of the fields from..to of base are set. */
static unsigned cuci_check_fields(cuci_place *at, const void *base, unsigned from, unsigned to)
{
    unsigned set = 0;
    for (; from < to && cuci_fine(at); from++) {
        const cuci_field *f = &cuci_fields[from];
        const cuc_str    *s = cuci_get(base, f);
        if (!cuci_set(*s) && s->len == 0 && f->group < CUCI_REQUIRED) continue;
        set++;
        if (!cuci_set(*s)) cuci_blame(at, CUC_E_REQUIRED);
        else if (cuci_group(f) == CUCI_ID && cuci_is_dots(*s)) cuci_blame(at, CUC_E_VALUE);
        else cuci_check_text(at, s, f->min, f->max);
        if (cuci_fine(at)) continue;
        at->field = cuci_field_name(f);
        at->group = cuci_group(f);
    }
    return set;
}

static const cuc_str *cuci_key_at(const void *entries, size_t stride, size_t i)
{
    return (const cuc_str *)(const void *)((const char *)entries + i * stride);
}

static uint32_t cuci_hash_key(cuc_str key) /* FNV-1a */
{
    uint32_t h = 2166136261u;
    size_t   i;
    for (i = 0; i < key.len; i++) h = (h ^ cuci_at(key, i)) * 16777619u;
    return h ^ h >> 15; /* the low bits choose the bit, the high ones the round */
}

static int cuci_key_stands_before(const void *entries, size_t stride, size_t i)
{
    const cuc_str key = *cuci_key_at(entries, stride, i);
    while (i-- > 0)
        if (cuci_equal(key, *cuci_key_at(entries, stride, i))) return 1;
    return 0;
}

static size_t cuci_stride(const cuci_place *at)
{
    return at->group == CUCI_REFERENCE ? sizeof(cuc_reference) : sizeof(cuc_segment);
}

/* The keys of one map, the first members of its entries: set, long enough, well-formed. */
static void cuci_check_keys(cuci_place *at, const void *entries, size_t count)
{
    const size_t max = at->group == CUCI_REFERENCE ? CUCI_REFERENCE_KEY_MAX : CUCI_SEGMENT_KEY_MAX;
    size_t       i;
    at->field = cuci_view("key", 3);
    at->keyed = 1;
    for (i = 0; i < count && cuci_fine(at); i++) {
        at->index = i;
        at->key   = cuci_given(*cuci_key_at(entries, cuci_stride(at), i));
        if (!cuci_set(at->key)) cuci_blame(at, CUC_E_REQUIRED);
        else cuci_check_text(at, &at->key, 1, max);
    }
}

/* No two of them alike. Comparing each with each would take a while for 500, and there is no heap
 * for anything clever: a filter of one bit a hash says "surely new" for most. It is small, so many
 * keys take several rounds, each with its share of them. Not one function with the above, since
 * that would check the texts on more stack.                                                      */
static void cuci_check_unique(cuci_place *at, const void *entries, size_t count)
{
    const size_t   stride = cuci_stride(at), rounds = count / CUCI_SCRATCH + 1;
    unsigned char *filter = cuci_scratch(at->result);
    size_t         round, i;
    for (round = 0; count > 1 && round < rounds && cuci_fine(at); round++) {
        for (i = 0; i < count && cuci_fine(at); i++) {
            const uint32_t h    = cuci_hash_key(*cuci_key_at(entries, stride, i));
            unsigned char *some = &filter[h / 8u % CUCI_SCRATCH];
            const unsigned bit  = 1u << h % 8u;
            if ((h >> 16) % rounds != round) continue;
            if ((*some & bit) != 0 && cuci_key_stands_before(entries, stride, i)) {
                at->key       = *cuci_key_at(entries, stride, i);
                at->field.len = 0;
                cuci_blame(at, CUC_E_DUPLICATE);
            }
            *some = (unsigned char)(*some | bit);
        }
        memset(filter, 0, CUCI_SCRATCH);
    }
}

/* Its pattern has no end anchor, so only the first character is bound. Source: ReferenceArn. */
static int cuci_arn_begins_well(cuc_str arn)
{
    const unsigned c = cuci_at(arn, 0);
    return cuci_is(c, CUCI_LABEL) || c == 0x3Au || c == 0x2Fu;
}

static void cuci_check_reference(cuci_place *at, const cuc_reference *r)
{
    at->key = r->key;
    (void)cuci_check_fields(at, r, CUCI_FIELD_REFERENCE, CUCI_FIELD_END);
    if (!cuci_fine(at) || !cuci_set(r->arn) || cuci_arn_begins_well(r->arn)) return;
    at->field = cuci_field_name(&cuci_fields[CUCI_FIELD_ARN]);
    cuci_blame(at, CUC_E_VALUE);
}

/* A count without a pointer: a failed allocation, or a pointer that was forgotten. */
static void cuci_check_list(cuci_place *at, unsigned group, const void *entries, size_t count)
{
    if (!cuci_fine(at) || entries != NULL || count == 0) return;
    at->group     = group;
    at->keyed     = 0;
    at->field.len = 0;
    cuci_blame(at, CUC_E_REQUIRED);
}

static void cuci_check_references(cuci_place *at, const cuc_request *q)
{
    size_t total = 0, i;
    at->group    = CUCI_REFERENCE;
    cuci_check_keys(at, q->references, q->reference_count);
    cuci_check_unique(at, q->references, q->reference_count);
    for (i = 0; i < q->reference_count && cuci_fine(at); i++) {
        const cuc_str value = cuci_given(q->references[i].value);
        cuci_check_reference(at, &q->references[i]);
        total += value.len < SIZE_MAX - total ? value.len : 0;
    }
    if (!cuci_fine(at)) return;
    at->keyed     = 0;
    at->field.len = 0;
    if (total > CUCI_REFERENCE_VALUES_MAX)
        cuci_blame_limit(at, total, CUCI_REFERENCE_VALUES_MAX, 1);
}

/* The kinds stand in the order of their values: texts, the number, containers. */
static int cuci_lacks_value(const cuc_segment *item)
{
    return item->kind == CUC_SEGMENT_UNSET ||
           (item->kind < CUC_SEGMENT_INTEGER && !cuci_set(item->text)) ||
           (item->kind > CUC_SEGMENT_INTEGER && item->items == NULL);
}

static void cuci_check_segment(cuci_place *at, const cuc_segment *item)
{
    const unsigned kind = (unsigned)item->kind; /* may be anything */
    at->field           = cuc_s(cuci_word(cuci_kinds, kind <= CUC_SEGMENT_LIST ? kind : 0));
    if (kind > CUC_SEGMENT_LIST) cuci_blame(at, CUC_E_VALUE);
    else if (cuci_lacks_value(item)) cuci_blame(at, CUC_E_REQUIRED);
    else if (kind < CUC_SEGMENT_INTEGER) cuci_check_text(at, &item->text, 0, CUCI_SEGMENT_TEXT_MAX);
}

static void cuci_check_segments(cuci_place *at, const cuc_request *q)
{
    cuci_walk w;
    int       event;
    at->group = CUCI_SEGMENT;
    cuci_walk_begin(&w, q->segment_attributes, q->segment_attribute_count);
    cuci_check_keys(at, w.root, w.root_count);
    cuci_check_unique(at, w.root, w.root_count);
    while (cuci_fine(at) && (event = cuci_walk_next(&w)) != CUCI_WALK_END) {
        if (event == CUCI_WALK_CLOSE) continue;
        (void)cuci_walk_node(&w, event == CUCI_WALK_OPEN ? w.depth - 1 : w.depth, &at->key);
        cuci_check_segment(at, w.item);
        if (!cuci_fine(at)) return;
        at->field.len = 0;
        if (event == CUCI_WALK_TOO_DEEP) cuci_blame(at, CUC_E_DEPTH);
        if (!cuci_fine(at) || w.item->kind != CUC_SEGMENT_MAP) continue;
        cuci_check_keys(at, w.item->items, w.item->count);
        cuci_check_unique(at, w.item->items, w.item->count);
    }
}

/* A ready body: an object as far as its first character tells, and nothing beside it. */
static void cuci_check_body(cuci_place *at, const cuc_request *q, unsigned others)
{
    cuc_str body = q->body;
    at->field    = cuci_view("body", 4);
    if (cuci_lost(&q->body)) cuci_blame(at, CUC_E_REQUIRED);
    else cuci_check_text(at, &q->body, 0, 0);
    if (!cuci_fine(at)) return;
    cuci_trim(&body);
    if (others > 0 || cuci_at(body, 0) != 0x7Bu) cuci_blame(at, CUC_E_VALUE);
}

static void cuci_check_request(const cuc_request *q, cuc_result *result)
{
    cuci_place at;
    unsigned   set;
    if (result->status != CUC_OK) return; /* of the client */
    cuci_look(&at, result);
    (void)cuci_check_fields(&at, q, 0, CUCI_FIELD_BODY);
    set = cuci_check_fields(&at, q, CUCI_FIELD_BODY, CUCI_FIELD_REFERENCE);
    set += (unsigned)(q->references != NULL) + (unsigned)(q->segment_attributes != NULL);
    cuci_check_list(&at, CUCI_REFERENCE, q->references, q->reference_count);
    if (q->references != NULL && cuci_fine(&at)) cuci_check_references(&at, q);
    cuci_check_list(&at, CUCI_SEGMENT, q->segment_attributes, q->segment_attribute_count);
    if (q->segment_attributes != NULL && cuci_fine(&at)) cuci_check_segments(&at, q);
    if (cuci_fine(&at)) {
        cuci_look(&at, result);
        if (cuci_set(q->body) || q->body.len > 0) cuci_check_body(&at, q, set);
        else if (set == 0) cuci_blame(&at, CUC_E_NOTHING);
    }
    if (!cuci_fine(&at)) cuci_put_where(&at);
}

CUC_API cuc_status cuc_validate(const cuc_request *request, cuc_result *result)
{
    memset(result, 0, sizeof *result);
    cuci_check_request(request, result);
    return result->status;
}

static int cuci_listed(const char *words, cuc_str word)
{
    word = cuci_given(word);
    return cuci_index(words, &word, 0) > 0;
}

/* Lists with a name of their own are dropped by the linker when nobody asks. */
/* clang-format off */
static const char cuci_reference_types[] =
    CUC_REFERENCE_URL "\0" CUC_REFERENCE_ATTACHMENT "\0" CUC_REFERENCE_CONTACT_ANALYSIS "\0"
    CUC_REFERENCE_NUMBER "\0" CUC_REFERENCE_STRING "\0" CUC_REFERENCE_DATE "\0"
    CUC_REFERENCE_EMAIL "\0" CUC_REFERENCE_EMAIL_MESSAGE "\0"
    CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT "\0" CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT_REDACTED "\0"
    CUC_REFERENCE_EMAIL_MESSAGE_REDACTED "\0";
static const char cuci_reference_statuses[] =
    CUC_STATUS_AVAILABLE "\0" CUC_STATUS_DELETED "\0" CUC_STATUS_APPROVED "\0"
    CUC_STATUS_REJECTED "\0" CUC_STATUS_PROCESSING "\0" CUC_STATUS_FAILED "\0";
static const char cuci_endpoint_types[] =
    CUC_ENDPOINT_TELEPHONE_NUMBER "\0" CUC_ENDPOINT_VOIP "\0" CUC_ENDPOINT_CONTACT_FLOW "\0"
    CUC_ENDPOINT_CONNECT_PHONENUMBER_ARN "\0" CUC_ENDPOINT_EMAIL_ADDRESS "\0";
/* clang-format on */

CUC_API int cuc_known_reference_type(cuc_str type)
{
    return cuci_listed(cuci_reference_types, type);
}

CUC_API int cuc_known_reference_status(cuc_str status)
{
    return cuci_listed(cuci_reference_statuses, status);
}

CUC_API int cuc_known_endpoint_type(cuc_str type) { return cuci_listed(cuci_endpoint_types, type); }

/* arn:PARTITION:connect:REGION:ACCOUNT:instance/ID[/...]; n: 0 region, 1 id */
static cuc_str cuci_arn_part(cuc_str arn, int n)
{
    const cuc_str unset = CUC_ZERO;
    cuc_str       rest;
    size_t        at[6], id;
    unsigned      i;
    arn   = cuci_given(arn);
    at[0] = 0;
    for (i = 1; i < 6; i++) {
        at[i] = cuci_find(arn, at[i - 1], 0x3A) + 1; /* after each colon */
        if (at[i] > arn.len) return unset;
    }
    rest = cuci_part(arn, at[5], arn.len);
    id   = at[5] + cuci_begins(&rest, "instance/", 0);
    if (!cuci_begins(&arn, "arn:", 0) || id == at[5]) return unset;
    if (!cuci_equal(cuci_part(arn, at[2], at[3]), CUCI_TEXT("connect:"))) return unset;
    if (n == 0) return cuci_part(arn, at[3], at[4] - 1);
    arn = cuci_part(arn, id, cuci_find(arn, id, 0x2F));
    return arn.len > 0 ? arn : unset;
}

CUC_API cuc_str cuc_instance_id_from_arn(cuc_str arn) { return cuci_arn_part(arn, 1); }

CUC_API cuc_str cuc_region_from_arn(cuc_str arn)
{
    const cuc_str unset  = CUC_ZERO;
    const cuc_str region = cuci_arn_part(arn, 0);
    if (region.len > 0 && cuci_set(cuci_arn_part(arn, 1))) return region;
    return unset;
}

/* ---- 4 json >>json -----------------------------------------------------------------------------
 * in: a valid request     out: compact JSON. No error path: what can be wrong was refused above. */

typedef struct cuci_json {
    cuci_out *out;
    unsigned  owed; /* before the next name. 0: nothing; 1: a comma; 2: a quote and a comma */
} cuci_json;

/* what follows a name */
enum { CUCI_JSON_STRING, CUCI_JSON_OBJECT, CUCI_JSON_LIST, CUCI_JSON_NUMBER };

/* Control characters become escapes, everything else is verbatim UTF-8. Source: RFC 8259 section
 * 7.                                                                                             */
static void cuci_put_escape(cuci_out *o, unsigned c)
{
    static const char letters[] = "btn_fr"; /* for 8 to 13 */
    char              text[6];
    text[0] = 0x5C;
    if (c >= 0x20u || (c >= 8u && c <= 13u && c != 11u)) {
        text[1] = c >= 0x20u ? (char)c : letters[c - 8u];
        cuci_put_bytes(o, text, 2);
        return;
    }
    text[1] = 0x75;
    text[2] = 0x30;
    text[3] = 0x30;
    text[4] = cuci_hex_digit(c >> 4, 0x61);
    text[5] = cuci_hex_digit(c & 15u, 0x61);
    cuci_put_bytes(o, text, 6);
}

static void cuci_put_escaped(cuci_out *o, const cuc_str *s)
{
    size_t i = 0, end;
    for (;;) {
        end = cuci_run(s, i, &cuci_plain_json);
        cuci_put_part(o, *s, i, end);
        if (end >= s->len) return;
        cuci_put_escape(o, cuci_at(*s, end));
        i = end + 1;
    }
}

static void cuci_json_quote(cuci_json *j)
{
    static const char before[3][4] = { "\"", ",\"", "\",\"" };
    cuci_put_bytes(j->out, before[j->owed], j->owed + 1u);
}

static void cuci_json_colon(cuci_json *j, unsigned what)
{
    static const char after[4][4] = { "\":\"", "\":{", "\":[", "\":" };
    cuci_put_bytes(j->out, after[what], what == CUCI_JSON_NUMBER ? 2u : 3u);
    j->owed = 0;
}

/* A name of the model: nothing in it needs escaping. */
static void cuci_json_name(cuci_json *j, const char *name, unsigned what)
{
    cuci_json_quote(j);
    cuci_put_text(j->out, name);
    cuci_json_colon(j, what);
}

/* A key of the caller, and the object that is its value. */
static void cuci_json_key(cuci_json *j, const cuc_str *key)
{
    cuci_json_quote(j);
    cuci_put_escaped(j->out, key);
    cuci_json_colon(j, CUCI_JSON_OBJECT);
}

static void cuci_json_text(cuci_json *j, const cuc_str *text)
{
    cuci_put_escaped(j->out, text);
    j->owed = 2; /* the closing quote comes with what follows */
}

static void cuci_json_close(cuci_json *j)
{
    static const char end[] = "\"}";
    cuci_put_bytes(j->out, j->owed == 2 ? end : end + 1, j->owed == 2 ? 2u : 1u);
    j->owed = 1;
}

/* The fields from..to of base; those of a group other than the top level in an object of their
 * own.                                                                                           */
static void cuci_json_fields(cuci_json *j, const void *base, unsigned from, unsigned to)
{
    unsigned open = CUCI_TOP;
    for (; from < to; from++) {
        const cuci_field *f = &cuci_fields[from];
        const cuc_str    *s = cuci_get(base, f);
        if (!cuci_set(*s)) continue;
        if (cuci_group(f) != open && cuci_group(f) != CUCI_REFERENCE) {
            if (open != CUCI_TOP) cuci_json_close(j);
            open = cuci_group(f);
            cuci_json_name(j, cuci_word(cuci_groups, open), CUCI_JSON_OBJECT);
        }
        cuci_json_quote(j);
        cuci_put_bytes(j->out, f->text, f->name_len + 3u);
        cuci_json_text(j, s);
    }
    if (open != CUCI_TOP) cuci_json_close(j);
}

static void cuci_json_references(cuci_json *j, const cuc_request *q)
{
    size_t i;
    cuci_json_name(j, cuci_word(cuci_groups, CUCI_REFERENCE), CUCI_JSON_OBJECT);
    for (i = 0; i < q->reference_count; i++) {
        cuci_json_key(j, &q->references[i].key);
        cuci_json_fields(j, &q->references[i], CUCI_FIELD_REFERENCE, CUCI_FIELD_END);
        cuci_json_close(j);
    }
    cuci_json_close(j);
}

static void cuci_put_integer(cuci_out *o, int32_t n)
{
    if (n < 0) CUCI_PUT(o, "-");
    cuci_put_number(o, n < 0 ? 0u - (uint32_t)n : (uint32_t)n);
}

/* The one member of a value's object, or the beginning of it. */
static void cuci_json_value(cuci_json *j, const cuc_segment *item)
{
    const char *name = cuci_word(cuci_kinds, (unsigned)item->kind);
    if (item->kind == CUC_SEGMENT_MAP || item->kind == CUC_SEGMENT_LIST) {
        cuci_json_name(j, name, item->kind == CUC_SEGMENT_MAP ? CUCI_JSON_OBJECT : CUCI_JSON_LIST);
    } else if (item->kind == CUC_SEGMENT_INTEGER) {
        cuci_json_name(j, name, CUCI_JSON_NUMBER);
        cuci_put_integer(j->out, item->integer);
    } else {
        cuci_json_name(j, name, CUCI_JSON_STRING);
        cuci_json_text(j, &item->text);
    }
}

static void cuci_json_segments(cuci_json *j, const cuc_request *q)
{
    cuci_walk w;
    int       event;
    cuci_json_name(j, cuci_word(cuci_groups, CUCI_SEGMENT), CUCI_JSON_OBJECT);
    cuci_walk_begin(&w, q->segment_attributes, q->segment_attribute_count);
    while ((event = cuci_walk_next(&w)) != CUCI_WALK_END) {
        if (event == CUCI_WALK_CLOSE) {
            if (w.item->kind == CUC_SEGMENT_LIST) CUCI_PUT(j->out, "]");
            if (w.item->kind == CUC_SEGMENT_MAP) cuci_json_close(j);
        } else {
            if (w.in_list) cuci_put_bytes(j->out, j->owed > 0 ? ",{" : "{", j->owed > 0 ? 2u : 1u);
            if (w.in_list) j->owed = 0;
            else cuci_json_key(j, &w.item->key);
            cuci_json_value(j, w.item);
        }
        if (event != CUCI_WALK_OPEN) cuci_json_close(j);
    }
    cuci_json_close(j);
}

static void cuci_put_json(cuci_out *o, const cuc_request *q)
{
    cuci_json j;
    if (cuci_set(q->body)) {
        cuci_put(o, &q->body);
        return;
    }
    j.out  = o;
    j.owed = 0;
    CUCI_PUT(o, "{");
    cuci_json_fields(&j, q, CUCI_FIELD_BODY, CUCI_FIELD_REFERENCE);
    if (q->references != NULL) cuci_json_references(&j, q);
    if (q->segment_attributes != NULL) cuci_json_segments(&j, q);
    cuci_json_close(&j);
}

/* The end of a text that is handed out: terminated, or empty when it did not fit. Returns its
 * length.                                                                                        */
static size_t cuci_close(cuci_out *o)
{
    size_t len;
    cuci_put_end(o);
    len = o->len - 1;
    if (o->full && o->cap > 0) {
        cuci_out again = cuci_writer(o->buf, o->cap);
        cuci_put_end(&again);
    }
    return len;
}

static cuc_status cuci_close_text(cuci_out *o, cuc_result *result)
{
    result->need = cuci_close(o) + 1;
    if (o->full) cuci_blame_plain(result, CUC_E_SPACE, "");
    return result->status;
}

CUC_API cuc_status cuc_write_json(const cuc_request *request, char *buf, size_t cap,
                                  cuc_result *result)
{
    cuci_out o = cuci_writer(buf, cap);
    if (cuc_validate(request, result) != CUC_OK) return result->status;
    cuci_put_json(&o, request);
    return cuci_close_text(&o, result);
}

/* ---- 5 endpoint >>endpoint ---------------------------------------------------------------------
 * in: region and options, or a URL     out: scheme, host, port and base path, still as views
 * Source: the endpoint rules and partitions of the SDKs (botocore 1.43.67).                      */

typedef struct cuci_endpoint {
    const char   *prefix, *suffix; /* around the region: "connect-fips.", ".api.aws"; or empty    */
    cuc_str       host;            /* the region, or the host of a URL                            */
    cuc_str       base;            /* path before /contacts, without the slash at its end         */
    uint16_t      port;
    unsigned char tls, ipv6;
} cuci_endpoint;

/* Row 0 is the partition that takes what no other does. Of the others: what their regions begin
 * with, and the one region that is a name ("-": none). Then, from row 0 on, what follows the region
 * in a host, without and with dual-stack; GovCloud, the last one, has that of row 0.             */
/* clang-format off */
static const char cuci_prefixes[][9] = {
    "cn-", "eusc-de-", "us-iso-", "us-isob-", "eu-isoe-", "us-isof-", "us-gov-"
};
static const char cuci_region_names[] =
    "aws-cn-global\0" "-\0" "aws-iso-global\0" "aws-iso-b-global\0" "aws-iso-e-global\0"
    "aws-iso-f-global\0" "aws-us-gov-global\0";
static const char cuci_suffixes[] =
    ".amazonaws.com\0"    ".api.aws\0"
    ".amazonaws.com.cn\0" ".api.amazonwebservices.com.cn\0"
    ".amazonaws.eu\0"     ".api.amazonwebservices.eu\0"
    ".c2s.ic.gov\0"       ".api.aws.ic.gov\0"
    ".sc2s.sgov.gov\0"    ".api.aws.scloud\0"
    ".cloud.adc-e.uk\0"   ".api.cloud-aws.adc-e.uk\0"
    ".csp.hci.ic.gov\0"   ".api.aws.hci.ic.gov\0";
enum { CUCI_PARTITION_GOV = 7 };
/* clang-format on */

static int cuci_region_is_label(const cuc_str *region)
{
    return region->len >= 1 && region->len <= 63 && cuci_all(*region, CUCI_LABEL) &&
           cuci_at(*region, 0) != 0x2Du && cuci_at(*region, region->len - 1) != 0x2Du;
}

/* The partitions' patterns: ^PREFIX\w+-\d+$ */
static int cuci_region_matches(const cuc_str *region, const char *prefix)
{
    const size_t from = cuci_begins(region, prefix, 0);
    size_t       dash;
    if (from == 0) return 0;
    dash = cuci_find(*region, from, 0x2D);
    return dash > from && dash + 1 < region->len &&
           cuci_span(*region, dash + 1, CUCI_DIGIT) == region->len;
}

static unsigned cuci_partition_of(const cuc_str *region)
{
    unsigned row;
    if (cuci_begins(region, "aws-", 0)) return cuci_index(cuci_region_names, region, 0);
    for (row = CUCI_PARTITION_GOV; row > 0; row--)
        if (cuci_region_matches(region, cuci_prefixes[row - 1])) break;
    return row;
}

static void cuci_regional_endpoint(const cuc_client *client, cuci_endpoint *e)
{
    const unsigned row  = cuci_partition_of(&client->region);
    const int      dual = client->use_dualstack != 0;
    const int      fips = client->use_fips && (dual || row != CUCI_PARTITION_GOV);
    e->prefix           = fips ? "connect-fips." : "connect.";
    e->host             = client->region;
    e->suffix           = cuci_word(cuci_suffixes, row % CUCI_PARTITION_GOV * 2 + (unsigned)dual);
    e->tls              = 1;
    e->port             = 443;
}

/* Empty, or /SEGMENT...: visible ASCII without ? and #, escapes well-formed, no segment empty, .
 * or ..                                                                                          */
static int cuci_base_is_good(const cuc_str *base)
{
    size_t i, end;
    if (!cuci_all(*base, CUCI_BASE)) return 0;
    for (i = 0; i < base->len; i = end) {
        end = cuci_find(*base, i + 1, 0x2F);
        if (cuci_at(*base, i) != 0x2Fu || end == i + 1) return 0;
        if (cuci_is_dots(cuci_part(*base, i + 1, end))) return 0;
    }
    for (i = 0; (i = cuci_find(*base, i, 0x25)) < base->len; i++)
        if (cuci_span(*base, i + 1, CUCI_HEX) < i + 3) return 0;
    return 1;
}

/* SCHEME://HOST[:PORT][/BASE], where HOST may be an IPv6 literal in brackets. 0: it is none. What
 * is not listed (user info, query, fragment) ends the host or the base and so cannot match.      */
static int cuci_parse_url(const cuc_str *given, cuci_endpoint *e)
{
    cuc_str url = *given;
    size_t  at  = cuci_begins(&url, "https://", 1), end;
    int32_t port;
    e->tls = at > 0;
    if (at == 0) at = cuci_begins(&url, "http://", 1);
    if (at == 0) return 0;
    e->ipv6 = cuci_at(url, at) == 0x5Bu;
    if (e->ipv6) at++;
    end     = cuci_span(url, at, e->ipv6 ? CUCI_IPV6 : CUCI_HOST);
    e->host = cuci_part(url, at, end);
    if (end == at) return 0;
    if (e->ipv6 && (cuci_at(url, end++) != 0x5Du || cuci_find(e->host, 0, 0x3A) == e->host.len))
        return 0;
    port = e->tls ? 443 : 80;
    if (cuci_at(url, end) == 0x3Au) {
        at   = end + 1;
        end  = cuci_span(url, at, CUCI_DIGIT);
        port = cuci_number(cuci_part(url, at, end));
        if (port < 1 || port > 65535) return 0;
    }
    e->port = (uint16_t)port;
    if (cuci_at(url, url.len - 1) == 0x2Fu) url.len--; /* not before end: there is no slash */
    e->base = cuci_part(url, end, url.len);
    return cuci_base_is_good(&e->base);
}

/* A client of our own, in which unset strings are empty: the first members, up to the token. One
 * with a length and no pointer is a problem. */
static const char cuci_client_strings[] = "region\0"
                                          "endpoint_url\0"
                                          "access_key\0"
                                          "secret_key\0"
                                          "session_token\0";

static void cuci_tidy(cuc_client *c, cuc_result *result)
{
    const char *name = cuci_client_strings;
    size_t      at;
    for (at = 0; *name != 0; name = cuci_word(name, 1), at += sizeof(cuc_str)) {
        cuc_str *s = (cuc_str *)(void *)((char *)c + at);
        if (cuci_lost(s)) cuci_blame_plain(result, CUC_E_REQUIRED, name);
        if (s->ptr == NULL) s->len = 0;
    }
}

typedef char cuci_check_client[offsetof(cuc_client, session_token) == 4 * sizeof(cuc_str) ? 1 : -1];

static void cuci_find_endpoint(const cuc_client *client, cuci_endpoint *e, cuc_result *result)
{
    memset(e, 0, sizeof *e);
    e->prefix = e->suffix = "";
    if ((client->region.len > 0 || client->endpoint_url.len == 0) &&
        !cuci_region_is_label(&client->region)) {
        cuci_blame_plain(result, CUC_E_REGION, "region");
    } else if (client->endpoint_url.len > 0) {
        if (client->use_fips || client->use_dualstack || !cuci_parse_url(&client->endpoint_url, e))
            cuci_blame_plain(result, CUC_E_ENDPOINT, "endpoint_url");
    } else {
        cuci_regional_endpoint(client, e);
    }
}

/* A host of a URL has no case, and some transports send it in lower case: then that is what must be
 * signed. A region is sent as given.                                                             */
static void cuci_put_host(cuci_out *o, const cuci_endpoint *e)
{
    size_t i;
    cuci_put_text(o, e->prefix);
    if (*e->prefix != 0) cuci_put(o, &e->host);
    for (i = 0; *e->prefix == 0 && i < e->host.len; i++)
        cuci_put_byte(o, cuci_lower(cuci_at(e->host, i)));
    cuci_put_text(o, e->suffix);
}

static int cuci_default_port(const cuci_endpoint *e) { return e->port == (e->tls ? 443u : 80u); }

static void cuci_put_authority(cuci_out *o, const cuci_endpoint *e)
{
    if (e->ipv6) CUCI_PUT(o, "[");
    cuci_put_host(o, e);
    if (e->ipv6) CUCI_PUT(o, "]");
    if (cuci_default_port(e)) return;
    CUCI_PUT(o, ":");
    cuci_put_number(o, e->port);
}

/* Returns where the authority begins. */
static size_t cuci_put_origin(cuci_out *o, const cuci_endpoint *e)
{
    size_t from;
    cuci_put_text(o, e->tls ? "https://" : "http://");
    from = o->len;
    cuci_put_authority(o, e);
    return from;
}

CUC_API cuc_status cuc_resolve_endpoint(const cuc_client *client, char *buf, size_t cap,
                                        cuc_result *result)
{
    cuci_endpoint e;
    cuci_out      o    = cuci_writer(buf, cap);
    cuc_client    copy = *client;
    memset(result, 0, sizeof *result);
    cuci_tidy(&copy, result);
    if (result->status != CUC_OK) return result->status;
    cuci_find_endpoint(&copy, &e, result);
    if (result->status != CUC_OK) return result->status;
    (void)cuci_put_origin(&o, &e);
    cuci_put(&o, &e.base);
    return cuci_close_text(&o, result);
}

/* ---- 6 sigv4 >>sigv4 ---------------------------------------------------------------------------
 * in: canonical request     out: string to sign -> signing key -> signature -> Authorization
 * Source: AWS, "Signature Version 4 signing process". One sticky failure instead of a ladder of
 * ifs: after it no callback is called, while the counting of bytes goes on.                      */

typedef struct cuci_signer {
    const cuc_client    *client;
    cuci_out            *out;
    cuc_result          *result;
    const unsigned char *busy;     /* of the call, if it is one; 0: a callback has begun it anew */
    const char          *failed;   /* the callback that failed; its number is in the result       */
    cuc_str              steps[5]; /* date, region, service, "aws4_request", string to sign */
    cuci_time            time;
} cuci_signer;

/* All steps but the last are the scope. In the scratch room: two digests, then the block of 64
 * bytes of a made HMAC.                                                                          */
enum { CUCI_SCOPE = 4, CUCI_STEPS = 5, CUCI_AT_KEY = 32, CUCI_AT_BLOCK = 64 };

static void cuci_signer_begin(cuci_signer *s, const cuc_client *client, cuci_out *out,
                              cuc_result *result)
{
    memset(s, 0, sizeof *s);
    s->client   = client;
    s->out      = out;
    s->result   = result;
    s->steps[0] = cuci_view(s->time.text, 8);
    s->steps[1] = client->region;
    s->steps[2] = CUCI_TEXT("connect");
    s->steps[3] = CUCI_TEXT("aws4_request");
}

/* Nothing is asked of a callback while measuring, after an overflow, or after a failure. */
static int cuci_idle(const cuci_signer *s)
{
    return s->out->full || s->failed != NULL || s->result->status != CUC_OK ||
           (s->busy != NULL && !*s->busy);
}

static void cuci_answered(cuci_signer *s, int returned, const char *callback)
{
    if (returned == 0) return;
    s->result->callback = returned;
    s->failed           = callback;
}

/* The end of a signing: what went wrong, if anything did. Then nothing of what was written since
 * mark stays: it could be a right signature that only lacks its end.                             */
static void cuci_end_signing(cuci_signer *s, size_t mark)
{
    s->result->need = cuci_need(s->out);
    if (s->failed != NULL) cuci_blame_plain(s->result, CUC_E_CALLBACK, s->failed);
    if (s->out->full) cuci_blame_plain(s->result, CUC_E_SPACE, "");
    if (s->result->status != CUC_OK) cuci_forget(s->out, mark);
    cuci_wipe(cuci_scratch(s->result) + CUCI_AT_KEY, 32); /* a made HMAC wipes its own block */
    memset(cuci_scratch(s->result), 0, CUCI_AT_KEY);
}

static void cuci_hash(cuci_signer *s, const void *data, size_t len, unsigned char out[32])
{
    memset(out, 0, 32); /* a callback that writes less leaves zeroes, not our stack */
    if (cuci_idle(s)) return;
    cuci_answered(s, s->client->sha256(s->client->user, data, len, out), "sha256");
}

static void cuci_hash_written(cuci_signer *s, size_t mark, unsigned char out[32])
{
    const cuci_out *o = s->out; /* not cuci_written: a view costs a path that is deep enough */
    cuci_hash(s, o->full ? NULL : o->buf + mark, o->len - mark, out);
}

/* HMAC from the hash alone, in two halves: the hash of the key, flipped, with the text behind it,
 * and the hash of the key, flipped otherwise, with that. They are joined in lent memory. What the
 * first half leaves in out is put there before out is written again. Source: RFC 2104.           */
static void cuci_made_mac(cuci_signer *s, const cuc_str *key, const cuc_str *text,
                          unsigned char out[32])
{
    const size_t   mark  = s->out->len;
    unsigned char *block = cuci_scratch(s->result) + CUCI_AT_BLOCK;
    unsigned       half, i;
    memset(block, 0, 64);
    if (key->len > 64) cuci_hash(s, key->ptr, key->len, block);
    else if (key->ptr != NULL) memcpy(block, key->ptr, key->len); /* else measuring */
    for (half = 0; half < 2; half++) {
        for (i = 0; i < 64; i++)
            block[i] = (unsigned char)(block[i] ^ (half == 0 ? 0x36u : 0x36u ^ 0x5Cu));
        cuci_put_bytes(s->out, block, 64);
        if (half == 0) cuci_put(s->out, text);
        else cuci_put_bytes(s->out, out, 32);
        cuci_hash_written(s, mark, out);
        cuci_forget(s->out, mark);
    }
    cuci_wipe(block, 64);
}

static void cuci_mac(cuci_signer *s, const cuc_str *key, const cuc_str *text, unsigned char out[32])
{
    const cuc_client *c = s->client;
    memset(out, 0, 32);
    if (c->hmac_sha256 == NULL) cuci_made_mac(s, key, text, out);
    else if (!cuci_idle(s))
        cuci_answered(s, c->hmac_sha256(c->user, key->ptr, key->len, text->ptr, text->len, out),
                      "hmac_sha256");
}

/* Down the first so many steps, from a ready key or from the secret. Two buffers take turns, since
 * out must not overlap the key: four steps end in key, all five in signature. The caller wipes.  */
static void cuci_go_down(cuci_signer *s, unsigned steps, unsigned char signature[32],
                         unsigned char key[32])
{
    const cuc_signing_key *ready = s->client->signing_key;
    const size_t           mark  = s->out->len;
    unsigned               i     = ready != NULL ? CUCI_SCOPE : 0;
    cuc_str                from;
    if (ready != NULL) {
        from = cuci_view(ready->key, sizeof ready->key);
    } else {
        CUCI_PUT(s->out, "AWS4");
        cuci_put(s->out, &s->client->secret_key);
        from = cuci_written(s->out, mark);
    }
    for (; i < steps; i++) {
        unsigned char *to = i % 2 == 0 ? signature : key;
        cuci_mac(s, &from, &s->steps[i], to);
        cuci_forget(s->out, mark); /* the secret, after the first */
        from = cuci_view(to, 32);
    }
}

static void cuci_put_scope(cuci_signer *s)
{
    unsigned i;
    for (i = 0; i < CUCI_SCOPE; i++) {
        if (i > 0) CUCI_PUT(s->out, "/");
        cuci_put(s->out, &s->steps[i]);
    }
}

static void cuci_put_time(cuci_signer *s)
{
    cuci_put_bytes(s->out, s->time.text, sizeof s->time.text);
}

static const char cuci_signature_follows[] = ", Signature=";

static void cuci_put_string_to_sign(cuci_signer *s, const unsigned char canonical[32])
{
    CUCI_PUT(s->out, "AWS4-HMAC-SHA256\n");
    cuci_put_time(s);
    CUCI_PUT(s->out, "\n");
    cuci_put_scope(s);
    CUCI_PUT(s->out, "\n");
    cuci_put_hex(s->out, canonical);
}

/* The string to sign stands since mark. The key is wiped when all is written. */
static void cuci_put_signature(cuci_signer *s, size_t mark, unsigned char signature[32])
{
    s->steps[CUCI_SCOPE] = cuci_written(s->out, mark);
    cuci_go_down(s, CUCI_STEPS, signature, cuci_scratch(s->result) + CUCI_AT_KEY);
}

/* The Authorization up to the names of the signed headers. */
static void cuci_put_credential(cuci_signer *s)
{
    CUCI_PUT(s->out, "AWS4-HMAC-SHA256 Credential=");
    cuci_put(s->out, &s->client->access_key);
    CUCI_PUT(s->out, "/");
    cuci_put_scope(s);
    CUCI_PUT(s->out, ", SignedHeaders=");
}

static int cuci_visible(const cuc_str *s) { return cuci_run(s, 0, &cuci_plain_visible) == s->len; }

/* Every byte is looked at in the same way, so the time tells nothing but the verdict. */
static int cuci_secret_is_visible(cuc_str s)
{
    unsigned bad = 0;
    size_t   i;
    for (i = 0; i < s.len; i++) bad |= (0x7Eu - cuci_at(s, i)) | (cuci_at(s, i) - 0x21u);
    return bad >> 8 == 0;
}

static void cuci_check_credentials(const cuc_client *c, cuc_result *result)
{
    const cuc_str *key = &c->access_key;
    if (key->len == 0 || !cuci_visible(key) || cuci_find(*key, 0, 0x2F) < key->len)
        cuci_blame_plain(result, CUC_E_CREDENTIALS, "access_key");
    if (c->signing_key == NULL &&
        (c->secret_key.len == 0 || !cuci_secret_is_visible(c->secret_key)))
        cuci_blame_plain(result, CUC_E_CREDENTIALS, "secret_key");
    if (!cuci_visible(&c->session_token))
        cuci_blame_plain(result, CUC_E_CREDENTIALS, "session_token");
}

/* Everything that a signature needs, checked; a problem is in the result. */
static void cuci_begin_signing(cuci_signer *s, int64_t now_ms)
{
    const cuc_client *c = s->client;
    if (c->sha256 == NULL) cuci_blame_plain(s->result, CUC_E_REQUIRED, "sha256");
    if (!cuci_region_is_label(&c->region)) cuci_blame_plain(s->result, CUC_E_REGION, "region");
    if (s->out->full) return; /* measuring asks no clock */
    if (!cuci_split_time(now_ms, &s->time)) cuci_blame_plain(s->result, CUC_E_TIME, "now_ms");
    else if (c->signing_key != NULL && memcmp(c->signing_key->date, s->time.text, 8) != 0)
        cuci_blame_plain(s->result, CUC_E_KEY_DAY, "signing_key");
}

/* Another service than Connect, unless it is unset. */
static void cuci_sign_for(cuci_signer *s, cuc_str service)
{
    if (cuci_lost(&service)) cuci_blame_plain(s->result, CUC_E_REQUIRED, "service");
    if (service.len == 0 || s->result->status != CUC_OK) return;
    s->steps[2] = service;
    if (service.len > 63 || !cuci_visible(&service) || cuci_find(service, 0, 0x2F) < service.len)
        cuci_blame_plain(s->result, CUC_E_VALUE, "service");
}

CUC_API cuc_status cuc_derive_signing_key(const cuc_client *client, cuc_str service, int64_t now_ms,
                                          void *work, size_t cap, cuc_signing_key *key,
                                          cuc_result *result)
{
    cuci_out      o = cuci_writer(work, cap);
    cuci_signer   s;
    unsigned char other[32];
    cuc_client    from_secret = *client;
    from_secret.signing_key   = NULL;
    memset(key, 0, sizeof *key);
    memset(result, 0, sizeof *result);
    cuci_tidy(&from_secret, result);
    cuci_signer_begin(&s, &from_secret, &o, result);
    cuci_sign_for(&s, service);
    cuci_begin_signing(&s, now_ms);
    if (from_secret.secret_key.len == 0 || !cuci_secret_is_visible(from_secret.secret_key))
        cuci_blame_plain(result, CUC_E_CREDENTIALS, "secret_key");
    if (result->status != CUC_OK) return result->status;
    cuci_go_down(&s, CUCI_SCOPE, other, key->key);
    memcpy(key->date, s.time.text, 8);
    cuci_end_signing(&s, 0);
    if (result->status != CUC_OK) cuci_wipe(key, sizeof *key);
    cuci_wipe(other, sizeof other);
    return result->status;
}

/* The general signer: headers and query parameters come in any order and are written in theirs, by
 * looking for the next one each time. That is quadratic, and needs no memory.                    */

typedef struct cuci_general {
    cuci_signer           s;
    const cuc_sign_input *in;
    cuc_sign_header       added[3]; /* what the signer signs besides; unset values are not there */
} cuci_general;

static int cuci_compare(cuc_str a, cuc_str b, unsigned (*rank)(unsigned))
{
    size_t i;
    for (i = 0; i < a.len && i < b.len; i++) {
        const unsigned x = rank(cuci_at(a, i)), y = rank(cuci_at(b, i));
        if (x != y) return x < y ? -1 : 1;
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static const cuc_sign_header *cuci_header_at(const cuci_general *g, size_t i)
{
    return i < g->in->header_count ? &g->in->headers[i] : &g->added[i - g->in->header_count];
}

static size_t cuci_header_count(const cuci_general *g) { return g->in->header_count + 3; }

/* The next name in order; unset after the last. */
static cuc_str cuci_next_name(const cuci_general *g, cuc_str after)
{
    cuc_str best = CUC_ZERO;
    size_t  i;
    for (i = 0; i < cuci_header_count(g); i++) {
        const cuc_sign_header *h = cuci_header_at(g, i);
        if (!cuci_set(h->value)) continue;
        if (cuci_set(after) && cuci_compare(h->name, after, cuci_lower) <= 0) continue;
        if (!cuci_set(best) || cuci_compare(h->name, best, cuci_lower) < 0) best = h->name;
    }
    return best;
}

static void cuci_put_lower(cuci_out *o, cuc_str s)
{
    size_t i;
    for (i = 0; i < s.len; i++) cuci_put_byte(o, cuci_lower(cuci_at(s, i)));
}

/* Trimmed; a run of blanks, tabs and line ends inside becomes one blank. */
static void cuci_put_folded(cuci_out *o, cuc_str s)
{
    size_t i = 0, end;
    cuci_trim(&s);
    while (i < s.len) {
        end = cuci_run(&s, i, &cuci_plain_folded);
        if (cuci_at(s, end) == 0x7Fu) end++; /* a stranger, but no blank */
        cuci_put_part(o, s, i, end);
        if (end < s.len && cuci_at(s, end) <= 0x20u) {
            CUCI_PUT(o, " ");
            while (cuci_at(s, end) <= 0x20u) end++; /* the last one is no blank */
        }
        i = end;
    }
}

static void cuci_put_headers(const cuci_general *g)
{
    cuci_out *o    = g->s.out;
    cuc_str   none = CUC_ZERO, name;
    size_t    i;
    for (name = cuci_next_name(g, none); cuci_set(name); name = cuci_next_name(g, name)) {
        int first = 1;
        cuci_put_lower(o, name);
        for (i = 0; i < cuci_header_count(g); i++) {
            const cuc_sign_header *h = cuci_header_at(g, i);
            if (!cuci_set(h->value) || !cuci_same(h->name, name)) continue;
            cuci_put_text(o, first ? ":" : ",");
            cuci_put_folded(o, h->value);
            first = 0;
        }
        CUCI_PUT(o, "\n");
    }
}

static void cuci_put_names(const cuci_general *g)
{
    cuc_str none  = CUC_ZERO, name;
    int     first = 1;
    for (name = cuci_next_name(g, none); cuci_set(name); name = cuci_next_name(g, name)) {
        if (!first) CUCI_PUT(g->s.out, ";");
        cuci_put_lower(g->s.out, name);
        first = 0;
    }
}

/* A segment stays unless it is empty, a dot, two dots, or taken back by two dots further on. */
static int cuci_segment_stays(cuc_str path, size_t at, size_t end)
{
    size_t  inside  = 0;
    cuc_str segment = cuci_part(path, at, end);
    if (segment.len == 0 || cuci_is_dots(segment)) return 0;
    while (end < path.len) {
        at      = end + 1;
        end     = cuci_find(path, at, 0x2F);
        segment = cuci_part(path, at, end);
        if (segment.len == 2 && cuci_is_dots(segment)) {
            if (inside == 0) return 0;
            inside--;
        } else if (segment.len > 0 && !cuci_is_dots(segment)) {
            inside++;
        }
    }
    return 1;
}

static void cuci_put_path(cuci_out *o, cuc_str path, int raw)
{
    cuc_str segment;
    size_t  at, end;
    int     any = 0;
    if (raw && path.len > 0) {
        (void)cuci_put_encoded(o, &path, 1);
        return;
    }
    for (at = 0; at < path.len; at = end + 1) {
        end = cuci_find(path, at, 0x2F);
        if (!cuci_segment_stays(path, at, end)) continue;
        CUCI_PUT(o, "/");
        segment = cuci_part(path, at, end);
        (void)cuci_put_encoded(o, &segment, 0);
        any = 1;
    }
    if (!any || cuci_at(path, path.len - 1) == 0x2Fu) CUCI_PUT(o, "/");
}

typedef struct cuci_param {
    cuc_str name, value; /* raw */
    size_t  at;          /* where it stands in the query */
} cuci_param;

/* The parameter that begins at or after `from`; its name is unset when there is none. */
static cuci_param cuci_param_at(cuc_str query, size_t from)
{
    cuci_param p = CUC_ZERO;
    size_t     end, equals;
    while (cuci_at(query, from) == 0x26u) from++;
    if (from >= query.len) return p;
    end     = cuci_find(query, from, 0x26);
    equals  = cuci_find(cuci_part(query, 0, end), from, 0x3D);
    p.at    = from;
    p.name  = cuci_part(query, from, equals);
    p.value = cuci_part(query, equals < end ? equals + 1 : end, end);
    return p;
}

static unsigned cuci_hex_value(unsigned c)
{
    const unsigned letter = cuci_lower(c) - 0x61u;
    if (c - 0x30u < 10u) return c - 0x30u;
    return letter < 6u ? letter + 10u : 16u;
}

/* The byte at *i of a raw query, %XX decoded; moves *i past it. */
static unsigned cuci_decode(cuc_str s, size_t *i)
{
    const unsigned c    = cuci_at(s, *i);
    const unsigned high = cuci_hex_value(cuci_at(s, *i + 1)),
                   low  = cuci_hex_value(cuci_at(s, *i + 2));
    ++*i;
    if (c != 0x25u || high > 15u || low > 15u) return c;
    *i += 2;
    return high << 4 | low;
}

/* Encoded bytes begin with %, which stands before all unreserved characters. */
static int cuci_compare_decoded(cuc_str a, cuc_str b)
{
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        unsigned x = cuci_decode(a, &i), y = cuci_decode(b, &k);
        x += cuci_is(x, CUCI_UNRESERVED) ? 256u : 0u;
        y += cuci_is(y, CUCI_UNRESERVED) ? 256u : 0u;
        if (x != y) return x < y ? -1 : 1;
    }
    return i < a.len ? 1 : k < b.len ? -1 : 0;
}

static int cuci_compare_params(const cuci_param *a, const cuci_param *b)
{
    int order = cuci_compare_decoded(a->name, b->name);
    if (order == 0) order = cuci_compare_decoded(a->value, b->value);
    return order != 0 ? order : a->at < b->at ? -1 : a->at > b->at;
}

static void cuci_put_decoded(cuci_out *o, cuc_str s)
{
    size_t i = 0;
    while (i < s.len) {
        const char    c   = (char)cuci_decode(s, &i);
        const cuc_str one = cuci_view(&c, 1);
        (void)cuci_put_encoded(o, &one, 0);
    }
}

static void cuci_put_query(cuci_out *o, cuc_str query)
{
    cuci_param last = CUC_ZERO, best, p;
    for (;;) {
        memset(&best, 0, sizeof best);
        for (p = cuci_param_at(query, 0); cuci_set(p.name);
             p = cuci_param_at(query, cuci_find(query, p.at, 0x26))) {
            if (cuci_set(last.name) && cuci_compare_params(&p, &last) <= 0) continue;
            if (!cuci_set(best.name) || cuci_compare_params(&p, &best) < 0) best = p;
        }
        if (!cuci_set(best.name)) return;
        if (cuci_set(last.name)) CUCI_PUT(o, "&");
        cuci_put_decoded(o, best.name);
        CUCI_PUT(o, "=");
        cuci_put_decoded(o, best.value);
        last = best;
    }
}

/* Lengths and counts without a pointer. */
static int cuci_check_sign_input(const cuc_sign_input *in, cuc_result *result)
{
    if (cuci_lost(&in->method)) cuci_blame_plain(result, CUC_E_REQUIRED, "method");
    if (cuci_lost(&in->path)) cuci_blame_plain(result, CUC_E_REQUIRED, "path");
    if (cuci_lost(&in->query)) cuci_blame_plain(result, CUC_E_REQUIRED, "query");
    if (cuci_lost(&in->body)) cuci_blame_plain(result, CUC_E_REQUIRED, "body");
    if (in->headers == NULL && in->header_count > 0)
        cuci_blame_plain(result, CUC_E_REQUIRED, "headers");
    return result->status == CUC_OK;
}

static void cuci_check_headers(const cuci_general *g)
{
    int    host = 0;
    size_t i;
    for (i = 0; i < g->in->header_count; i++) {
        const cuc_sign_header *h    = &g->in->headers[i];
        const cuc_str          name = cuci_given(h->name);
        host |= cuci_same(name, CUCI_TEXT("host"));
        if (name.len == 0 || !cuci_visible(&h->name) || !cuci_set(h->value) ||
            cuci_find(h->name, 0, 0x3A) < h->name.len)
            cuci_blame_plain(g->s.result, CUC_E_VALUE, "headers");
    }
    if (!host) cuci_blame_plain(g->s.result, CUC_E_REQUIRED, "host");
    if (g->in->method.len == 0 || !cuci_visible(&g->in->method))
        cuci_blame_plain(g->s.result, CUC_E_VALUE, "method");
}

static void cuci_add_header(cuci_general *g, unsigned i, cuc_str name, cuc_str value)
{
    g->added[i].name  = name;
    g->added[i].value = value;
}

/* Terminates what was written since mark. */
static cuc_str cuci_finish(cuci_out *o, size_t mark)
{
    const cuc_str s = cuci_written(o, mark);
    cuci_put_end(o);
    return s;
}

static void cuci_sign_general(cuci_general *g, cuc_signed *out)
{
    const cuc_sign_input *in   = g->in;
    const cuc_str         body = cuci_view(in->body.ptr != NULL ? in->body.ptr : "", in->body.len);
    cuci_signer          *s    = &g->s;
    cuci_out             *o    = s->out;
    unsigned char         digest[32];
    size_t                mark = o->len;
    cuc_str               hex;

    cuci_put_time(s);
    out->amz_date = cuci_finish(o, mark);
    cuci_hash(s, body.ptr, body.len, digest);
    mark = o->len;
    cuci_put_hex(o, digest);
    hex = cuci_finish(o, mark);

    cuci_add_header(g, 0, CUCI_TEXT("x-amz-date"), cuci_view(s->time.text, sizeof s->time.text));
    if (s->client->session_token.len > 0 && !in->token_unsigned)
        cuci_add_header(g, 1, CUCI_TEXT("x-amz-security-token"), s->client->session_token);
    if (in->content_sha256) {
        cuci_add_header(g, 2, CUCI_TEXT("x-amz-content-sha256"), o->full ? cuci_view("", 0) : hex);
        out->content_sha256 = hex;
        if (o->full) cuci_put(o, &hex); /* counts what the empty stand-in leaves out */
    }

    mark = o->len;
    cuci_put(o, &in->method);
    CUCI_PUT(o, "\n");
    cuci_put_path(o, in->path, in->raw_path);
    CUCI_PUT(o, "\n");
    cuci_put_query(o, in->query);
    CUCI_PUT(o, "\n");
    cuci_put_headers(g);
    CUCI_PUT(o, "\n");
    cuci_put_names(g);
    CUCI_PUT(o, "\n");
    cuci_put(o, &hex);
    cuci_hash_written(s, mark, digest);
    out->canonical_request = cuci_finish(o, mark);

    mark = o->len;
    cuci_put_string_to_sign(s, digest);
    cuci_put_signature(s, mark, digest);
    out->string_to_sign = cuci_finish(o, mark);

    mark = o->len;
    cuci_put_credential(s);
    cuci_put_names(g);
    cuci_put_text(o, cuci_signature_follows);
    cuci_put_hex(o, digest);
    out->authorization = cuci_finish(o, mark);
}

CUC_API cuc_status cuc_sign(const cuc_client *client, const cuc_sign_input *input, int64_t now_ms,
                            void *work, size_t cap, cuc_signed *out, cuc_result *result)
{
    cuci_out     o    = cuci_writer(work, cap);
    cuc_client   copy = *client;
    cuci_general g;
    memset(&g, 0, sizeof g);
    memset(out, 0, sizeof *out);
    memset(result, 0, sizeof *result);
    cuci_tidy(&copy, result);
    g.in = input;
    cuci_signer_begin(&g.s, &copy, &o, result);
    cuci_sign_for(&g.s, input->service);
    cuci_begin_signing(&g.s, now_ms);
    cuci_check_credentials(&copy, result);
    if (cuci_check_sign_input(input, result)) cuci_check_headers(&g);
    if (result->status != CUC_OK) return result->status;
    cuci_sign_general(&g, out);
    cuci_end_signing(&g.s, 0);
    if (result->status != CUC_OK) memset(out, 0, sizeof *out);
    return result->status;
}

/* Known answers. Keys count up from 0, so that the first byte is the one that ends a C string; the
 * last row is RFC 4231 case 6. The others were made with Python's hmac and hashlib.              */
typedef struct cuci_answer {
    short         key_len;  /* -1: a hash, not a MAC */
    unsigned char key_step; /* key[i] = first + i * step */
    unsigned char key_first;
    char          text[60];
    unsigned char digest[32];
} cuci_answer;

/* clang-format off */
static const cuci_answer cuci_answers[] = {
    { -1, 1, 0x00, "",
      { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
        0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
        0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55 } },
    { -1, 1, 0x00, "abc",
      { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad } },
    { -1, 1, 0x00, "a message of more than 55 bytes, so that it takes two block",
      { 0xd5, 0xdb, 0x69, 0x91, 0x8b, 0x4f, 0x0e, 0xb1,
        0x0f, 0x21, 0x62, 0x33, 0x7f, 0xab, 0x90, 0x51,
        0xd4, 0x84, 0xd9, 0xdb, 0x42, 0xe7, 0xcd, 0xbf,
        0x49, 0x41, 0x3e, 0xc9, 0xf3, 0x06, 0x05, 0xe3 } },
    { 32, 1, 0x00, "",
      { 0xd3, 0x8b, 0x42, 0x09, 0x6d, 0x80, 0xf4, 0x5f,
        0x82, 0x6b, 0x44, 0xa9, 0xd5, 0x60, 0x7d, 0xe7,
        0x24, 0x96, 0xa4, 0x15, 0xd3, 0xf4, 0xa1, 0xa8,
        0xc8, 0x8e, 0x3b, 0xb9, 0xda, 0x8d, 0xc1, 0xcb } },
    { 32, 1, 0x00, "what do ya want for nothing?",
      { 0x09, 0x98, 0x05, 0xf4, 0xac, 0x31, 0x07, 0x86,
        0x96, 0x85, 0x65, 0xc0, 0x98, 0xdb, 0x51, 0x5c,
        0xc5, 0x08, 0x62, 0xb4, 0x20, 0xae, 0x31, 0xe2,
        0x02, 0x38, 0x31, 0x23, 0x44, 0xbe, 0xd3, 0x6a } },
    { 64, 7, 0x41, "20150830",
      { 0xbb, 0xb5, 0x08, 0xdb, 0xc6, 0xf6, 0x6e, 0x80,
        0x85, 0x9d, 0xb6, 0xa5, 0x35, 0xf5, 0x6e, 0x61,
        0x01, 0x8b, 0xbd, 0x3a, 0x34, 0x7b, 0x85, 0x9e,
        0xbe, 0x3e, 0xb0, 0x3e, 0x16, 0xb8, 0xaa, 0x8c } },
    { 131, 0, 0xaa, "Test Using Larger Than Block-Size Key - Hash Key First",
      { 0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f,
        0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f,
        0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14,
        0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54 } },
};
/* clang-format on */

static void cuci_try(cuci_signer *s, const cuci_answer *a)
{
    unsigned char key[131], digest[32];
    const cuc_str text = cuc_s(a->text), from = cuci_view(key, (size_t)a->key_len);
    unsigned      i;
    for (i = 0; (int)i < a->key_len; i++) key[i] = (unsigned char)(a->key_first + i * a->key_step);
    if (a->key_len < 0) cuci_hash(s, text.ptr, text.len, digest);
    else cuci_mac(s, &from, &text, digest);
    if (s->failed != NULL) cuci_blame_plain(s->result, CUC_E_CALLBACK, s->failed);
    if (memcmp(digest, a->digest, sizeof digest) != 0)
        cuci_blame_plain(s->result, CUC_E_CALLBACK, a->key_len < 0 ? "sha256" : "hmac_sha256");
}

CUC_API cuc_status cuc_selftest(const cuc_client *client, cuc_result *result)
{
    char        room[64 + 60]; /* for a made HMAC */
    cuci_out    o = cuci_writer(room, sizeof room);
    cuci_signer s;
    unsigned    i;
    memset(result, 0, sizeof *result);
    cuci_signer_begin(&s, client, &o, result);
    if (client->sha256 == NULL) cuci_blame_plain(result, CUC_E_REQUIRED, "sha256");
    for (i = 0; i < sizeof cuci_answers / sizeof cuci_answers[0]; i++)
        if (result->status == CUC_OK) cuci_try(&s, &cuci_answers[i]);
    return result->status;
}

/* ---- 7 http >>http -----------------------------------------------------------------------------
 * in: a call with body and URL in its buffer     out: the canonical request, the signed lines, the
 * raw head                                                                                       */

/* In the order of their lines. */
static const char cuci_line_names[] =
    "content-type\0x-amz-date\0authorization\0x-amz-security-token\0";
static const char cuci_value_follows[] = ": ";
enum { CUCI_LINE_TYPE, CUCI_LINE_DATE, CUCI_LINE_AUTHORIZATION, CUCI_LINE_TOKEN };

#define CUCI_SIGNED_NAMES "content-type;host;x-amz-date"

static void cuci_put_if(cuci_out *o, int really, const char *text)
{
    if (really) cuci_put_text(o, text);
}

/* The path is encoded once on the wire and once more here. While measuring there is none to read,
 * but it is known how much longer it gets.                                                       */
static void cuci_put_signed_path(cuci_out *o, const cuc_http *http, size_t extra)
{
    const cuc_str path = cuci_view(http->path, http->path_len);
    if (http->path != NULL && extra > 0) (void)cuci_put_encoded(o, &path, 1);
    else cuci_put_bytes(o, http->path, http->path_len + extra);
}

/* UpdateContact's own dozen lines; a test compares them with the general signer. */
static void cuci_put_canonical(cuci_out *o, const cuc_http *http, size_t path_extra,
                               const char date[16], cuc_str token,
                               const unsigned char body_hash[32])
{
    const int with_token = token.len > 0;
    CUCI_PUT(o, "POST\n");
    cuci_put_signed_path(o, http, path_extra);
    CUCI_PUT(o, "\n\ncontent-type:application/json\nhost:");
    cuci_put_bytes(o, http->authority, http->authority_len);
    CUCI_PUT(o, "\nx-amz-date:");
    cuci_put_bytes(o, date, 16);
    cuci_put_if(o, with_token, "\nx-amz-security-token:");
    cuci_put(o, &token);
    CUCI_PUT(o, "\n\n" CUCI_SIGNED_NAMES);
    cuci_put_if(o, with_token, ";x-amz-security-token");
    CUCI_PUT(o, "\n");
    cuci_put_hex(o, body_hash);
}

/* Terminates what was written since mark, and enters it. Returns where the next text begins. */
static size_t cuci_enter(cuci_out *o, size_t mark, const char **text, size_t *len)
{
    const cuc_str s = cuci_finish(o, mark);
    *text           = s.ptr;
    *len            = s.len;
    return o->len;
}

static void cuci_put_value(cuci_signer *s, size_t line, const unsigned char signature[32])
{
    const cuc_str *token = &s->client->session_token;
    if (line == CUCI_LINE_TYPE) {
        CUCI_PUT(s->out, "application/json");
    } else if (line == CUCI_LINE_DATE) {
        cuci_put_time(s);
    } else if (line == CUCI_LINE_TOKEN) {
        cuci_put(s->out, token);
    } else {
        cuci_put_credential(s);
        CUCI_PUT(s->out, CUCI_SIGNED_NAMES);
        cuci_put_if(s->out, token->len > 0, ";x-amz-security-token");
        cuci_put_bytes(s->out, cuci_signature_follows, sizeof cuci_signature_follows - 1);
        cuci_put_hex(s->out, signature);
    }
}

static void cuci_put_lines(cuci_signer *s, cuc_http *http, const unsigned char signature[32])
{
    const char *name = cuci_line_names;
    size_t      mark = s->out->len, n;
    http->line_count = s->client->session_token.len > 0 ? CUCI_LINE_TOKEN + 1 : CUCI_LINE_TOKEN;
    for (n = 0; n < http->line_count; n++) {
        http->names[n] = name;
        cuci_put_text(s->out, name);
        cuci_put_bytes(s->out, cuci_value_follows, sizeof cuci_value_follows - 1);
        http->values[n] = cuci_written(s->out, s->out->len).ptr;
        cuci_put_value(s, n, signature);
        mark = cuci_enter(s->out, mark, &http->lines[n], &http->line_len[n]);
        name = cuci_word(name, 1);
    }
}

/* Canonical request, string to sign and what the key is made from take turns in one place, where
 * the lines go in the end. Returns 32 bits of the signature: nobody can guess them, no two
 * attempts share them, so they serve as the random number of the wait.                           */
static uint32_t cuci_sign_http(cuci_signer *s, cuc_http *http, size_t path_extra)
{
    const size_t   mark   = s->out->len;
    unsigned char *digest = cuci_scratch(s->result);
    cuci_hash(s, http->body, http->body_len, digest);
    cuci_put_canonical(s->out, http, path_extra, s->time.text, s->client->session_token, digest);
    cuci_hash_written(s, mark, digest);
    cuci_rewind(s->out, mark);
    cuci_put_string_to_sign(s, digest);
    cuci_put_signature(s, mark, digest);
    cuci_rewind(s->out, mark);
    cuci_put_lines(s, http, digest);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 |
           digest[3];
}

CUC_API size_t cuc_http1_head(const cuc_http *http, char *buf, size_t cap)
{
    cuci_out o = cuci_writer(buf, cap);
    size_t   i;
    CUCI_PUT(&o, "POST ");
    cuci_put_bytes(&o, http->path, http->path_len);
    CUCI_PUT(&o, " HTTP/1.1\r\nhost: ");
    cuci_put_bytes(&o, http->authority, http->authority_len);
    CUCI_PUT(&o, "\r\ncontent-length: ");
    cuci_put_number(&o, http->body_len);
    CUCI_PUT(&o, "\r\n");
    for (i = 0; i < http->line_count; i++) {
        cuci_put_bytes(&o, http->lines[i], http->line_len[i]);
        CUCI_PUT(&o, "\r\n");
    }
    CUCI_PUT(&o, "\r\n");
    return cuci_close(&o);
}

static void cuci_write_body(cuc_call *call, const cuc_request *q)
{
    if (call->result.status != CUC_OK) return;
    cuci_put_json(&call->out, q);
    call->fixed = cuci_enter(&call->out, 0, &call->http.body, &call->http.body_len);
}

/* URL, port, authority and host, each terminated; the path is the end of the URL, and the authority
 * stands in the midst of it.                                                                     */
static void cuci_write_url(cuc_call *call, const cuc_request *q)
{
    cuci_endpoint e;
    cuci_out     *o = &call->out, none = cuci_writer(NULL, 0);
    cuc_http     *h    = &call->http;
    size_t        mark = o->len, from, path, encoded, ignored;
    cuc_str       url;
    cuci_find_endpoint(&call->client, &e, &call->result);
    if (call->result.status != CUC_OK) return;
    h->method = "POST";
    h->tls    = e.tls;
    from      = cuci_put_origin(o, &e) - mark;
    path      = o->len - mark;
    cuci_put(o, &e.base);
    CUCI_PUT(o, "/contacts/");
    encoded = cuci_put_encoded(&none, &e.base, 1); /* of an escape in it only the % changes */
    encoded += cuci_put_encoded(o, &q->instance_id, 0);
    CUCI_PUT(o, "/");
    encoded += cuci_put_encoded(o, &q->contact_id, 0);
    url  = cuci_written(o, mark);
    mark = cuci_enter(o, mark, &h->url, &h->url_len);
    if (h->url != NULL) h->path = h->url + path;
    h->path_len = h->url_len - path;
    cuci_put_number(o, e.port);
    mark = cuci_enter(o, mark, &h->port, &ignored);
    cuci_put_part(o, url, from, path);
    mark        = cuci_enter(o, mark, &h->authority, &h->authority_len);
    h->host     = h->authority;
    h->host_len = h->authority_len;
    if (e.ipv6 || !cuci_default_port(&e)) { /* else the two are the same */
        cuci_put_host(o, &e);
        mark = cuci_enter(o, mark, &h->host, &h->host_len);
    }
    call->path_extra = 2 * encoded;
    call->fixed      = mark;
}

/* ---- 8 response >>response ---------------------------------------------------------------------
 * in: lines and chunks, cut anywhere     out: status, code, message, reason, request id, hints
 * In constant memory: of the JSON only the number of open brackets and the place in the string are
 * known. What a string is good for is decided at its first character, what it was at its last.   */

/* clang-format off */
enum { CUCI_BEFORE, CUCI_INSIDE, CUCI_AFTER };                         /* cuci_reader.place */
enum { CUCI_SENDING = 1, CUCI_READY, CUCI_ENDED };                     /* cuc_call.state; 0: done */

/* What a string goes to: an array, and its size. */
enum {
    CUCI_SLOT_NONE, CUCI_SLOT_CODE, CUCI_SLOT_MESSAGE, CUCI_SLOT_REASON, CUCI_SLOT_ID, CUCI_SLOT_KEY
};
static const unsigned short cuci_slots[][2] = {
    { offsetof(cuc_call, reader.key),        8 }, /* nothing goes there */
    { offsetof(cuc_call, result.code),       CUC_CODE_SIZE },
    { offsetof(cuc_call, result.message),    CUC_MESSAGE_SIZE },
    { offsetof(cuc_call, result.reason),     CUC_REASON_SIZE },
    { offsetof(cuc_call, result.request_id), CUC_REQUEST_ID_SIZE },
    { offsetof(cuc_call, reader.key),        8 },
};
typedef char cuci_check_room[ /* cuci_reader counts them in a byte */
    CUC_CODE_SIZE < 256 && CUC_MESSAGE_SIZE < 256 && CUC_REASON_SIZE < 256 &&
    CUC_REQUEST_ID_SIZE < 256 ? 1 : -1];

/* Top-level members of an error body, and by them: the slot that the value goes to, and its rank.
 * The higher rank wins, of equal ranks the last. A header (rank 4) stands above them.            */
static const char cuci_members[] = "code\0" "Code\0" "__type\0" "message\0" "Message\0" "Reason\0";
static const unsigned char cuci_origins[][2] = {
    { CUCI_SLOT_NONE, 0 }, /* another one */
    { CUCI_SLOT_CODE, 3 }, { CUCI_SLOT_CODE, 2 }, { CUCI_SLOT_CODE, 1 },
    { CUCI_SLOT_MESSAGE, 2 }, { CUCI_SLOT_MESSAGE, 1 }, { CUCI_SLOT_REASON, 1 },
};
/* clang-format on */
enum { CUCI_MEMBER_REASON = 6, CUCI_RANK_HEADER = 4 };

static void cuci_slot_begin(cuc_call *call, unsigned slot, unsigned rank)
{
    cuci_reader *r = &call->reader;
    r->slot        = (unsigned char)slot;
    r->rank        = (unsigned char)rank;
    r->to          = (char *)call + cuci_slots[slot][0];
    r->room        = (unsigned char)cuci_slots[slot][1];
    r->filled      = 0;
    r->stopped     = 0;
    r->taken       = 0;
}

/* Terminates what was taken; from now on it counts. */
static void cuci_slot_close(cuci_reader *r)
{
    cuci_out o = cuci_writer(r->to, r->room);
    o.len      = r->filled;
    cuci_put_end(&o);
    r->ranks[r->slot] = r->rank;
    r->slot           = CUCI_SLOT_NONE;
}

static void cuci_slot_clear(cuc_call *call, unsigned slot)
{
    cuci_slot_begin(call, slot, 0);
    cuci_slot_close(&call->reader);
}

/* A character that does not fit as a whole ends the text: its first byte tells how many follow. Of
 * a code no part is ever kept, so there each byte is for itself.                                 */
static void cuci_slot_put(cuci_reader *r, unsigned c)
{
    cuci_out o = cuci_writer(r->to, r->room - 1u);
    unsigned n = 1;
    if (c >= 0xC0u && r->slot != CUCI_SLOT_CODE) n = c < 0xE0u ? 2 : c < 0xF0u ? 3 : 4;
    r->taken   = 1;
    r->stopped = r->filled + n > o.cap;
    if (r->stopped) return;
    o.len = r->filled++;
    cuci_put_byte(&o, c == 0 ? 0x3Fu : c); /* a NUL would end the array early */
}

/* Of a code only what stands before the first colon and after the last # counts. */
static void cuci_code_put(cuci_reader *r, unsigned c)
{
    if (r->stopped >= 2) return;
    if (c == 0x23u) {
        r->filled  = 0;
        r->stopped = 0;
    } else if (c == 0x3Au) {
        r->stopped = (unsigned char)(r->stopped + 2u);
    } else if (r->stopped == 0 && (c != 0x20u || r->filled > 0)) {
        cuci_slot_put(r, c);
    }
}

static void cuci_take(cuci_reader *r, unsigned c)
{
    if (r->slot == CUCI_SLOT_CODE) cuci_code_put(r, c);
    else if (r->slot != CUCI_SLOT_NONE && !r->stopped) cuci_slot_put(r, c);
}

/* A NUL would end the array early, and half a surrogate pair is no character: U+FFFD for both.
 * Source of the bytes: RFC 3629 section 3.                                                       */
static void cuci_take_character(cuci_reader *r, uint32_t c)
{
    unsigned more;
    if (c == 0 || (c >= 0xD800u && c <= 0xDFFFu)) c = 0xFFFDu;
    more = c < 0x80u ? 0 : c < 0x800u ? 1 : c < 0x10000u ? 2 : 3;
    cuci_take(r, more == 0 ? (unsigned)c : ((0xFF80u >> more) & 0xFFu) | (unsigned)(c >> 6 * more));
    while (more-- > 0) cuci_take(r, 0x80u | (unsigned)(c >> 6 * more & 0x3Fu));
}

/* The closing quote: now the text counts. A code that was too long is dropped, since what is left
 * of it could be the name of another one; an empty code is none, and leaves what there is.       */
static void cuci_slot_end(cuci_reader *r)
{
    if (r->slot == CUCI_SLOT_CODE) {
        if ((r->stopped & 1u) != 0) r->filled = 0;
        while (r->filled > 0 && r->to[r->filled - 1u] == 0x20) r->filled--;
        if (r->filled == 0) r->rank = 0;
    }
    if (r->slot != CUCI_SLOT_NONE && (r->rank > 0 || r->taken)) cuci_slot_close(r);
    r->slot = CUCI_SLOT_NONE;
}

/* A key was read: which member is it? A second one of the same name replaces the first, even if its
 * value turns out to be no string. One too long for r->key is none of them.                      */
static void cuci_key_end(cuc_call *call)
{
    cuci_reader         *r      = &call->reader;
    const cuc_str        key    = cuci_view(r->key, r->stopped ? 0 : r->filled);
    const unsigned       n      = cuci_index(cuci_members, &key, 0);
    const unsigned char *origin = cuci_origins[n];
    r->slot                     = CUCI_SLOT_NONE;
    r->member                   = (unsigned char)n;
    if (n > 0 && r->ranks[origin[0]] == origin[1]) cuci_slot_clear(call, origin[0]);
}

/* The opening quote: where does this string go? */
static void cuci_string_begin(cuc_call *call)
{
    cuci_reader         *r      = &call->reader;
    const unsigned char *origin = cuci_origins[r->member];
    const unsigned       level  = r->member == CUCI_MEMBER_REASON ? 2 : 1;
    unsigned             slot   = CUCI_SLOT_NONE;
    r->text                     = 1;
    r->high                     = 0;
    if (r->depth == 1 && !r->colon) slot = CUCI_SLOT_KEY;
    else if (r->depth == level && r->colon && r->ranks[origin[0]] <= origin[1]) slot = origin[0];
    cuci_slot_begin(call, slot, origin[1]);
}

/* A high surrogate whose other half did not come. */
static void cuci_flush_high(cuci_reader *r)
{
    if (r->high != 0) cuci_take_character(r, 0xFFFDu);
    r->high = 0;
}

static void cuci_unit(cuci_reader *r, uint32_t unit)
{
    if (r->high != 0 && unit >= 0xDC00u && unit <= 0xDFFFu) {
        unit    = 0x10000u + ((uint32_t)(r->high - 0xD800u) << 10) + (unit - 0xDC00u);
        r->high = 0;
    }
    cuci_flush_high(r);
    if (unit >= 0xD800u && unit <= 0xDBFFu) r->high = (uint16_t)unit;
    else cuci_take_character(r, unit);
}

static void cuci_string_plain(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    r->text        = c == 0x5Cu ? 2 : 1;
    if (c == 0x5Cu) return;
    cuci_flush_high(r);
    if (c != 0x22u) {
        cuci_take(r, c);
        return;
    }
    r->text = 0;
    if (r->slot == CUCI_SLOT_KEY) cuci_key_end(call);
    else cuci_slot_end(r);
}

static void cuci_string_escape(cuci_reader *r, unsigned c)
{
    static const char from[] = "bfnrt\"\\/", to[] = "\b\f\n\r\t\"\\/";
    const size_t      i = cuci_find(cuci_view(from, 8), 0, c);
    r->text             = c == 0x75u ? 3 : 1;
    r->unit             = 0;
    if (c == 0x75u) return;
    cuci_flush_high(r);
    cuci_take_character(r, i < 8 ? (uint32_t)(unsigned char)to[i] : 0xFFFDu);
    if (c > 0x7Fu) cuci_take(r, c); /* no escape, but the beginning of a character */
}

static void cuci_string_hex(cuc_call *call, unsigned c)
{
    cuci_reader   *r = &call->reader;
    const unsigned v = cuci_hex_value(c);
    if (v > 15u) { /* bad hex: one U+FFFD, and the byte is looked at as text */
        cuci_flush_high(r);
        cuci_take_character(r, 0xFFFDu);
        cuci_string_plain(call, c);
        return;
    }
    r->unit = (uint16_t)((unsigned)r->unit << 4 | v);
    if (r->text++ < 6) return;
    r->text = 1;
    cuci_unit(r, r->unit);
}

/* Brackets are told from each other by one bit: { and [, } and ]. */
static void cuci_structure(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    if (c == 0x22u) {
        cuci_string_begin(call);
    } else if (c == 0x3Au) {
        r->colon = 1;
    } else if (c == 0x2Cu) {
        r->colon = 0;
        if (r->depth == 1) r->member = 0;
    } else if ((c | 0x20u) == 0x7Bu) {
        r->colon = 0;
        if (r->depth < UINT32_MAX) r->depth++;
    } else if ((c | 0x20u) == 0x7Du) {
        r->colon = 0;
        if (--r->depth == 0) r->place = CUCI_AFTER;
    }
}

static void cuci_read_byte(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    if (r->place == CUCI_BEFORE) {
        if (c == 0x20u || c == 0x09u || c == 0x0Au || c == 0x0Du) return;
        r->place = c == 0x7Bu ? CUCI_INSIDE : CUCI_AFTER;
        r->depth = 1;
    } else if (r->text == 0) {
        cuci_structure(call, c);
    } else if (r->text == 1) {
        cuci_string_plain(call, c);
    } else if (r->text == 2) {
        cuci_string_escape(r, c);
    } else {
        cuci_string_hex(call, c);
    }
}

static int cuci_is_success(int http_status) { return http_status >= 200 && http_status <= 299; }

CUC_API void cuc_call_body(cuc_call *call, const void *data, size_t len)
{
    const cuc_str s = cuci_view(data, len);
    size_t        i;
    if (call->state != CUCI_SENDING || cuci_is_success(call->result.http_status)) return;
    for (i = 0; i < len && call->reader.place != CUCI_AFTER; i++)
        cuci_read_byte(call, cuci_at(s, i));
}

#define CUCI_TEXTS offsetof(cuc_result, code) /* from here on a result has texts of the answer */

/* A new answer: what an earlier one brought is forgotten. */
static void cuci_answer_begin(cuc_call *call, int http_status, int known)
{
    cuc_result *r = &call->result;
    memset(&call->reader, 0, sizeof call->reader);
    memset((char *)r + CUCI_TEXTS, 0, sizeof *r - CUCI_TEXTS);
    r->http_status       = http_status;
    call->answered       = (unsigned char)(known && (http_status < 100 || http_status > 199));
    call->date_ms        = -1;
    call->retry_after_ms = 0;
    call->hinted         = 0;
    call->headers        = 0;
}

CUC_API void cuc_call_status(cuc_call *call, int http_status)
{
    if (call->state == CUCI_SENDING) cuci_answer_begin(call, http_status, 1);
}

/* In the order of the words below; 0: another one. */
/* clang-format off */
enum {
    CUCI_HEADER_TYPE = 1, CUCI_HEADER_ID, CUCI_HEADER_DATE, CUCI_HEADER_AGE, CUCI_HEADER_WAIT_MS,
    CUCI_HEADER_WAIT_S
};
/* clang-format on */
static const char cuci_headers[] = "x-amzn-errortype\0x-amzn-requestid\0date\0age\0"
                                   "x-amz-retry-after\0retry-after\0";

/* Of a large number a day's seconds are enough: the policy bounds the wait much further. */
static void cuci_hint(cuc_call *call, const cuc_str *value, uint32_t unit_ms, unsigned rank)
{
    const int32_t n = cuci_number(*value);
    if (n < 0 || rank < call->hinted) return;
    call->hinted         = (unsigned char)rank;
    call->retry_after_ms = (n < 86400 ? (uint32_t)n : 86400u) * unit_ms;
}

/* What an unfinished string has left is no code and no message. */
static void cuci_answer_end(cuc_call *call)
{
    if (call->reader.slot != CUCI_SLOT_NONE) cuci_slot_clear(call, call->reader.slot);
}

/* A header's value. Should one come in the midst of a string of the body, the string is lost. */
static void cuci_take_all(cuc_call *call, unsigned slot, const cuc_str *value)
{
    size_t i;
    cuci_answer_end(call);
    cuci_slot_begin(call, slot, CUCI_RANK_HEADER);
    for (i = 0; i < value->len; i++) cuci_take(&call->reader, cuci_at(*value, i));
    cuci_slot_end(&call->reader);
}

static void cuci_read_header(cuc_call *call, unsigned which, const cuc_str *value)
{
    if (which == CUCI_HEADER_TYPE && !cuci_is_success(call->result.http_status)) {
        cuci_take_all(call, CUCI_SLOT_CODE, value);
    } else if (which == CUCI_HEADER_ID && cuci_visible(value)) {
        cuci_take_all(call, CUCI_SLOT_ID, value);
    } else if (which == CUCI_HEADER_DATE) {
        call->date_ms = cuci_http_date(value);
    } else if (which == CUCI_HEADER_WAIT_MS) {
        cuci_hint(call, value, 1, 2);
    } else if (which == CUCI_HEADER_WAIT_S) {
        cuci_hint(call, value, 1000, 1);
    }
}

/* "HTTP/1.1 200 OK", "HTTP/2 200": the word after the first blank. A status that is no number of
 * three digits is 0, which no rule takes for success.                                            */
static int cuci_status_of(cuc_str line)
{
    const size_t  at  = cuci_find(line, 0, 0x20) + 1;
    const size_t  end = cuci_find(line, at, 0x20);
    const int32_t n   = end - at == 3 ? cuci_number(cuci_part(line, at, end)) : 0;
    return n > 0 ? (int)n : 0;
}

CUC_API void cuc_call_header(cuc_call *call, const char *line, size_t len)
{
    cuc_str        s     = cuci_view(line, len), name;
    const unsigned first = cuci_at(s, 0);
    unsigned       which, bit;
    if (first == 0x20u || first == 0x09u) return; /* continues the line before: RFC 9112 5.2 */
    cuci_trim(&s);
    if (call->state != CUCI_SENDING || s.len == 0) return;
    if (cuci_begins(&s, "http/", 1) > 0) {
        cuci_answer_begin(call, cuci_status_of(s), 1);
        return;
    }
    name  = cuci_part(s, 0, cuci_find(s, 0, 0x3A));
    which = cuci_index(cuci_headers, &name, 1);
    if (which == 0 || name.len == s.len) return; /* no colon, no header */
    bit = 1u << which;
    s   = cuci_part(s, name.len + 1, s.len);
    cuci_trim(&s);
    if ((call->headers & bit) == 0) cuci_read_header(call, which, &s); /* of duplicates the first */
    call->headers = (unsigned char)(call->headers | bit);
}

/* Services write most codes with and without Exception at the end; our lists have them without. */
static cuc_str cuci_without_exception(const char *code)
{
    cuc_str s = cuc_s(code), end;
    if (s.len <= 9) return s;
    end = cuci_part(s, s.len - 9, s.len);
    if (cuci_begins(&end, "Exception", 0)) s.len -= 9;
    return s;
}

/* Sentences for people. Only programs that call these carry them. */

CUC_API const char *cuc_status_string(cuc_status status)
{
    switch (status) {
    case CUC_OK:
        return "done";
    case CUC_E_NOTHING:
        return "nothing to update: set at least one field";
    case CUC_E_REQUIRED:
        return "required, but not set";
    case CUC_E_LIMIT:
        return "too long or too short";
    case CUC_E_UTF8:
        return "not well-formed UTF-8";
    case CUC_E_DUPLICATE:
        return "this key stands twice in one map";
    case CUC_E_DEPTH:
        return "nested too deeply, at most 16 levels";
    case CUC_E_VALUE:
        return "not a value that the service takes";
    case CUC_E_REGION:
        return "not a region: 1 to 63 of A-Z a-z 0-9 and -, with no - at an end";
    case CUC_E_ENDPOINT:
        return "not an endpoint: http or https, host, port and base path only, and "
               "neither FIPS nor dual-stack with it";
    case CUC_E_CREDENTIALS:
        return "missing, or not visible ASCII throughout: look for a blank or a "
               "line end at its end";
    case CUC_E_KEY_DAY:
        return "made for another day (UTC): derive a new one";
    case CUC_E_TIME:
        return "the time is before 1970 or after 9999";
    case CUC_E_SPACE:
        return "the buffer is too small";
    case CUC_E_CALLBACK:
        return "a function of yours failed";
    case CUC_E_REENTRY:
        return "a callback called back into its own call";
    case CUC_E_ORDER:
        return "calls in the wrong order";
    case CUC_E_NO_STATUS:
        return "the transport delivered no HTTP status";
    case CUC_E_BAD_STATUS:
        return "the transport delivered an HTTP status outside 200 to 599";
    case CUC_E_EXHAUSTED:
        return "every attempt was lost on the way";
    case CUC_E_SERVICE:
        return "the service said no";
    }
    return "not a status of this library";
}

typedef struct cuci_say { /* writes what can be shown whole, and remembers how much that was */
    cuci_out out;
    size_t   shown;
} cuci_say;

static void cuci_say_part(cuci_say *say, cuc_str s)
{
    cuci_put(&say->out, &s);
    if (!say->out.full) say->shown = say->out.len;
}

#define CUCI_SAY(say, literal) cuci_say_part(say, CUCI_TEXT(literal))

static void cuci_say_number(cuci_say *say, cuci_wide n)
{
    cuci_put_number(&say->out, n);
    if (!say->out.full) say->shown = say->out.len;
}

/* The service's words, as they can be shown. A run at the end of an array that is full may have
 * been the beginning of a secret, and a word that is cut tells nothing anyway.                   */
static void cuci_say_foreign(cuci_say *say, cuc_str s, size_t size)
{
    const int cut = s.len + 4 >= size;
    size_t    i   = 0, end;
    while (i < s.len) {
        end = cuci_span(s, i, CUCI_BASE64); /* the alphabet of secrets and tokens */
        if (end - i > 32 || (cut && end > i && end == s.len)) {
            CUCI_SAY(say, "...");
        } else if (end > i) {
            cuci_say_part(say, cuci_part(s, i, end));
        } else {
            const unsigned c = cuci_at(s, i), n = cuci_utf8_step(&s, i);
            end = i + (n > 0 ? n : 1u);
            if (n == 0 || c < 0x20u || c == 0x7Fu || (c == 0xC2u && cuci_at(s, i + 1) < 0xA0u))
                CUCI_SAY(say, "?");
            else cuci_say_part(say, cuci_part(s, i, end));
        }
        i = end;
    }
    if (cut && !cuci_is(cuci_at(s, s.len - 1), CUCI_BASE64)) CUCI_SAY(say, "...");
}

/* Few secrets are: of 40 characters, one in 3,000. */
static int cuci_is_letters(cuc_str s)
{
    while (s.len > 0 && cuci_lower(cuci_at(s, s.len - 1)) - 0x61u < 26u) s.len--;
    return s.len == 0;
}

static void cuci_say_limit(cuci_say *say, const cuc_result *r)
{
    cuci_say_number(say, r->actual);
    cuci_say_part(say, r->bytes ? CUCI_TEXT(" bytes, ") : CUCI_TEXT(" characters, "));
    cuci_say_part(say, r->actual > r->allowed ? CUCI_TEXT("at most ") : CUCI_TEXT("at least "));
    cuci_say_number(say, r->allowed);
}

static void cuci_say_callback(cuci_say *say, const cuc_result *r)
{
    if (r->callback == 0) {
        CUCI_SAY(say, "gave a wrong answer");
        return;
    }
    CUCI_SAY(say, "failed, it returned ");
    if (r->callback < 0) CUCI_SAY(say, "-");
    cuci_say_number(say, r->callback < 0 ? 0u - (unsigned)r->callback : (unsigned)r->callback);
}

/* What to look at when the service does not believe who we are. Source: users' reports, gathered in
 * tests/PITFALLS.md groups A and B.                                                              */
static const char
    cuci_advices[] = /* codes, an empty one, then what to check; an empty code ends it */
    "InvalidSignature\0SignatureDoesNotMatch\0IncompleteSignature\0\0"
    "the secret (a blank or line end in it?), the clock (UTC?), the region; that ids are given "
    "raw, not percent-encoded; that no proxy or HTTP client changes the signed headers\0"
    "RequestTimeTooSkewed\0RequestExpired\0RequestInTheFuture\0\0"
    "the clock: now_ms is milliseconds since 1970 in UTC\0"
    "UnrecognizedClient\0InvalidClientTokenId\0\0"
    "the access key, and that the session token given belongs to it (temporary keys need one)\0"
    "ExpiredToken\0\0"
    "the session token: it has expired, get a new one\0"
    "MissingAuthenticationToken\0\0"
    "the URL, and whether a proxy drops the authorization header\0"
    "AccessDenied\0\0"
    "that the policy allows connect:UpdateContact for this contact\0";

static const char *cuci_advice_for(cuc_str code)
{
    const char *at = cuci_advices;
    while (*at != 0) {
        const int found = cuci_listed(at, code);
        while (*at != 0) at += cuc_s(at).len + 1;
        if (found) return at + 1;
        at += 1 + cuc_s(at + 1).len + 1;
    }
    return NULL;
}

static void cuci_say_service(cuci_say *say, const cuc_result *r)
{
    const cuc_str code = cuc_s(r->code), message = cuc_s(r->message);
    const char   *check = cuci_advice_for(cuci_without_exception(r->code));
    CUCI_SAY(say, "the service said no: ");
    cuci_say_number(say, (unsigned)r->http_status);
    if (code.len > 0) CUCI_SAY(say, " ");
    if (cuci_is_letters(code)) cuci_say_part(say, code); /* a name, however long */
    else cuci_say_foreign(say, code, (size_t)-1);
    if (message.len > 0) CUCI_SAY(say, ": ");
    cuci_say_foreign(say, message, sizeof r->message);
    if (r->reason[0] != 0) {
        CUCI_SAY(say, " (");
        cuci_say_foreign(say, cuc_s(r->reason), sizeof r->reason);
        CUCI_SAY(say, ")");
    }
    if (r->request_id[0] != 0) {
        CUCI_SAY(say, " [request ");
        cuci_say_foreign(say, cuc_s(r->request_id),
                         sizeof r->request_id + 3); /* ASCII: cut when full */
        CUCI_SAY(say, "]");
    }
    if (check == NULL) return;
    CUCI_SAY(say, ". Check: ");
    cuci_say_part(say, cuc_s(check));
}

CUC_API size_t cuc_result_text(const cuc_result *result, char *buf, size_t cap)
{
    cuci_say say = CUC_ZERO;
    say.out      = cuci_writer(buf, cap > 0 ? cap - 1 : 0);
    if (result->where[0] != 0) {
        cuci_say_part(&say, cuc_s(result->where));
        CUCI_SAY(&say, ": ");
    }
    if (result->status == CUC_E_LIMIT) {
        cuci_say_limit(&say, result);
    } else if (result->status == CUC_E_SERVICE) {
        cuci_say_service(&say, result);
    } else if (result->status == CUC_E_CALLBACK) {
        cuci_say_callback(&say, result);
    } else {
        cuci_say_part(&say, cuc_s(cuc_status_string(result->status)));
    }
    if (result->status == CUC_E_SPACE) {
        CUCI_SAY(&say, ": ");
        cuci_say_number(&say, result->need);
        CUCI_SAY(&say, " bytes are enough");
    }
    if (buf != NULL && cap > 0) {
        cuci_out end = cuci_writer(buf, cap);
        end.len      = say.shown;
        cuci_put_end(&end);
    }
    return say.out.len;
}

/* ---- 9 policy >>policy -------------------------------------------------------------------------
 * in: an answer and the time of receipt     out: again? after how long? is the clock off?
 * Source: the standard retry mode of the AWS SDKs, 2026 edition (base 50 ms, throttling 1 s, quota
 * of 500 with costs 14 and 5), and their shared clock-skew cases.                                */

#define CUCI_ATTEMPTS 3
#define CUCI_BACKOFF_CAP_MS 20000u
#define CUCI_HINT_ROOM_MS 5000u         /* a hint may lengthen a wait by this much      */
#define CUCI_SKEW_MATTERS_MS 240000     /* the service allows 5 minutes: 4 are too many */
#define CUCI_TRUSTED_EXCHANGE_MS 900000 /* a Date that took longer says nothing       */

enum { CUCI_FINAL, CUCI_LOST, CUCI_THROTTLED, CUCI_CLOCK, CUCI_EXPIRED };

typedef struct cuci_verdict {
    unsigned char  kind, cost;
    unsigned short base_ms;
    const char    *codes; /* each terminated, an empty one at the end */
} cuci_verdict;

/* The first row that names the code counts, then the status. */
/* clang-format off */
static const cuci_verdict cuci_verdicts[] = {
    /* botocore, handlers for clock skew; smithy, isClockSkewError */
    { CUCI_CLOCK, 0, 0,
      "RequestTimeTooSkewed\0RequestExpired\0RequestInTheFuture\0InvalidSignature\0"
      "SignatureDoesNotMatch\0AuthFailure\0" },
    { CUCI_EXPIRED, 0, 0, "ExpiredToken\0" },
    /* botocore, retries/standard.py, ThrottledRetryableChecker */
    { CUCI_THROTTLED, 5, 1000,
      "Throttling\0Throttled\0TooManyRequests\0ProvisionedThroughputExceeded\0"
      "TransactionInProgress\0RequestLimitExceeded\0BandwidthLimitExceeded\0LimitExceeded\0"
      "RequestThrottled\0SlowDown\0PriorRequestNotComplete\0EC2Throttled\0" },
    /* botocore, retries/standard.py, TransientRetryableChecker; also: no answer at all */
    { CUCI_LOST, 14, 50, "RequestTimeout\0" },
    { CUCI_FINAL, 0, 0, "" },
};
/* clang-format on */
enum { CUCI_ROW_THROTTLED = 2, CUCI_ROW_LOST = 3, CUCI_ROW_FINAL = 4 };

static const cuci_verdict *cuci_verdict_of(const cuc_call *call)
{
    const int     status = call->result.http_status;
    const cuc_str code   = cuci_without_exception(call->result.code);
    unsigned      row    = 0;
    if (!call->answered || cuci_is_success(status)) return &cuci_verdicts[CUCI_ROW_LOST];
    while (row < CUCI_ROW_FINAL && cuci_index(cuci_verdicts[row].codes, &code, 0) == 0) row++;
    if (row == CUCI_ROW_FINAL && status == 429) row = CUCI_ROW_THROTTLED;
    if (row == CUCI_ROW_FINAL && status >= 500 && status <= 504 && status != 501)
        row = CUCI_ROW_LOST;
    return &cuci_verdicts[row];
}

/* Sums and differences of times, of which each may be anything: a clock, a memory or a Date can be
 * wrong. So they wrap, and that is defined for unsigned numbers only.                            */
static int64_t cuci_plus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static int64_t cuci_minus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }

/* Learns from the answer's Date how far our clock is off. Returns by how much the time that was
 * signed was wrong; 0 when the answer does not tell.                                             */
static int64_t cuci_learn_skew(cuc_call *call, int64_t now_ms)
{
    cuc_result   *r    = &call->result;
    const int64_t took = cuci_minus(now_ms, call->sent_ms), used = r->skew_ms;
    if (call->date_ms < 0 || (call->headers & 1u << CUCI_HEADER_AGE) != 0) return 0;
    if ((uint64_t)took > CUCI_TRUSTED_EXCHANGE_MS) return 0;
    r->skew_ms = cuci_minus(cuci_minus(call->date_ms, call->sent_ms), took / 2);
    if (call->client.memory != NULL) call->client.memory->skew_ms = r->skew_ms;
    return r->skew_ms > used ? cuci_minus(r->skew_ms, used) : cuci_minus(used, r->skew_ms);
}

/* Takes from the quota what a retry costs; 0 when it has too little left. Without memory: no
 * quota.                                                                                         */
static int cuci_pay(cuc_call *call, unsigned char cost)
{
    cuc_memory *m = call->client.memory;
    if (cost > 0) call->paid = cost;
    if (m == NULL || cost == 0) return 1;
    if (m->spent > CUC_RETRY_QUOTA || cost > CUC_RETRY_QUOTA - m->spent) return 0;
    m->spent += cost;
    return 1;
}

/* A success gives back what its last retry cost, and 1 when there was none. */
static void cuci_refund(cuc_call *call)
{
    cuc_memory    *m    = call->client.memory;
    const uint32_t back = call->paid > 0 ? call->paid : 1u;
    if (m != NULL) m->spent -= back < m->spent ? back : m->spent;
}

/* random * min(20 s, base * 2^n), n = 0 before the second attempt; a hint within [t, t + 5 s]
 * wins.                                                                                          */
static uint32_t cuci_backoff(const cuc_call *call, uint32_t base)
{
    uint32_t bound = base, wait;
    int      n;
    for (n = 1; n < call->result.attempts && bound < CUCI_BACKOFF_CAP_MS; n++) bound *= 2;
    if (bound > CUCI_BACKOFF_CAP_MS) bound = CUCI_BACKOFF_CAP_MS;
    wait = (uint32_t)((uint64_t)call->random * (bound + 1u) >> 32);
    if (call->retry_after_ms > wait + CUCI_HINT_ROOM_MS) return wait + CUCI_HINT_ROOM_MS;
    return call->retry_after_ms > wait ? call->retry_after_ms : wait;
}

/* May there be another attempt, after the wait? A clock that stands still, or none: the waits
 * count.                                                                                         */
static int cuci_may_repeat(const cuc_call *call, int64_t now_ms)
{
    const cuc_client *c      = &call->client;
    const int         most   = c->max_attempts > 0 ? c->max_attempts : CUCI_ATTEMPTS;
    int64_t           passed = cuci_minus(now_ms, call->started_ms);
    if (call->result.attempts >= most) return 0;
    if (c->time_limit_ms == 0) return 1;
    if (passed < (int64_t)call->result.waited_ms) passed = call->result.waited_ms;
    return passed < (int64_t)c->time_limit_ms &&
           call->wait_ms < c->time_limit_ms - (uint32_t)passed;
}

/* What the end of an exchange means when nothing more is to be tried. */
static cuc_status cuci_outcome(const cuc_call *call)
{
    const int status = call->result.http_status;
    if (call->outcome != CUC_SENT && call->outcome != CUC_SEND_AGAIN) return CUC_E_CALLBACK;
    if (!call->answered) return call->outcome == CUC_SENT ? CUC_E_NO_STATUS : CUC_E_EXHAUSTED;
    if (status < 200 || status > 599) return CUC_E_BAD_STATUS;
    if (!cuci_is_success(status)) return CUC_E_SERVICE;
    return call->outcome == CUC_SENT ? CUC_OK : CUC_E_EXHAUSTED;
}

/* Would it help to send the same again? Asked only when the exchange has failed. */
static int cuci_can_help(cuc_call *call, const cuci_verdict *verdict, int64_t wrong)
{
    const cuc_client *c = &call->client;
    if (verdict->kind == CUCI_FINAL) return 0;
    if (verdict->kind == CUCI_EXPIRED) return c->credentials != NULL && !call->renewed++;
    if (verdict->kind == CUCI_CLOCK) {
        if (wrong < CUCI_SKEW_MATTERS_MS) return 0;
        call->result.retryable = c->memory != NULL; /* else the next call does not know the skew */
        return 1;
    }
    call->result.retryable = 1;
    return !call->one_call || c->sleep_ms != NULL;
}

/* The verdict on an exchange: CUC_NEXT_SEND at once, CUC_NEXT_WAIT first, or CUC_NEXT_DONE with the
 * result's status set.                                                                           */
static cuc_next cuci_judge(cuc_call *call, int64_t now_ms)
{
    const cuc_status    status  = cuci_outcome(call);
    const cuci_verdict *verdict = cuci_verdict_of(call);
    const int64_t       wrong   = cuci_learn_skew(call, now_ms);
    cuc_result         *r       = &call->result;

    if (!call->answered) r->http_status = 0; /* an interim answer alone is none */
    if (status == CUC_OK) cuci_refund(call);
    if ((status == CUC_E_SERVICE || status == CUC_E_EXHAUSTED) &&
        cuci_can_help(call, verdict, wrong)) {
        call->wait_ms = verdict->base_ms > 0 ? cuci_backoff(call, verdict->base_ms) : 0;
        if (cuci_may_repeat(call, now_ms) && cuci_pay(call, verdict->cost))
            return verdict->base_ms > 0 ? CUC_NEXT_WAIT : CUC_NEXT_SEND;
    }
    if (status == CUC_E_CALLBACK) r->callback = call->outcome;
    if (status != CUC_OK) cuci_blame_plain(r, status, status == CUC_E_CALLBACK ? "send" : "");
    return CUC_NEXT_DONE;
}

/* ---- 10 call >>call ----------------------------------------------------------------------------
 * in: client and request     out: SEND / WAIT / DONE, and on top of it the one call              */

static void cuci_begin_call(cuc_call *call, const cuc_client *client, void *work, size_t cap)
{
    memset(call, 0, sizeof *call);
    call->client = *client;
    call->out    = cuci_writer(work, cap);
    call->state  = CUCI_READY;
    cuci_tidy(&call->client, &call->result);
}

CUC_API void cuc_call_begin(cuc_call *call, const cuc_client *client, const cuc_request *request,
                            void *work, size_t cap)
{
    cuci_begin_call(call, client, work, cap);
    cuci_check_request(request, &call->result);
    cuci_write_body(call, request);
    cuci_write_url(call, request);
}

static void cuci_sign_attempt(cuc_call *call, int64_t now_ms)
{
    cuc_client  *c = &call->client;
    cuc_result  *r = &call->result;
    cuci_signer  s;
    int64_t      signed_ms;
    /* Copies: what a callback begins anew must not move under our feet. */
    const size_t mark = call->fixed;
    cuci_out     o    = call->out;
    o.len             = mark;
    if (c->memory != NULL) r->skew_ms = c->memory->skew_ms;
    signed_ms = cuci_plus(now_ms, r->skew_ms);
    if (!cuci_can_sign(signed_ms)) { /* a skew that leads nowhere */
        r->skew_ms = 0;
        signed_ms  = now_ms;
    }
    cuci_signer_begin(&s, c, &o, r);
    s.busy = &call->busy;
    cuci_begin_signing(&s, signed_ms);
    cuci_check_credentials(c, r);
    if (r->status != CUC_OK) return;
    call->random = cuci_sign_http(&s, &call->http, call->path_extra);
    cuci_end_signing(&s, mark);
    if (r->status != CUC_OK) call->http.line_count = 0; /* no view of what is not to be sent */
}

/* After a callback: it must not have begun the call anew, whatever came of that. */
static void cuci_back(cuc_call *call)
{
    if (!call->busy) call->result.status = CUC_OK;
    if (!call->busy) cuci_blame_plain(&call->result, CUC_E_REENTRY, "");
    call->busy = 0;
}

/* While callbacks run the call is busy; whoever calls in meanwhile is refused, and so is this
 * attempt (cuc_call_begin from inside leaves busy at 0).                                         */
static void cuci_prepare(cuc_call *call, int64_t now_ms)
{
    cuc_result *r = &call->result;
    call->busy    = 1;
    if (call->client.credentials != NULL) {
        const int n = call->client.credentials(call->client.user, &call->client);
        if (n != 0) r->callback = n;
        if (n != 0) cuci_blame_plain(r, CUC_E_CALLBACK, "credentials");
        cuci_tidy(&call->client, r);
    }
    if (r->status == CUC_OK && call->busy) cuci_sign_attempt(call, now_ms);
    cuci_back(call);
}

static cuc_next cuci_done(cuc_call *call)
{
    cuci_answer_end(call);
    call->state = 0;
    return CUC_NEXT_DONE;
}

static cuc_next cuci_refuse(cuc_call *call, cuc_status status)
{
    cuci_blame_plain(&call->result, status, "");
    return CUC_NEXT_DONE;
}

CUC_API cuc_next cuc_call_next(cuc_call *call, int64_t now_ms)
{
    if (call->busy) return cuci_refuse(call, CUC_E_REENTRY);
    if (call->state == CUCI_SENDING) (void)cuci_refuse(call, CUC_E_ORDER);
    if (call->result.status != CUC_OK || call->state == 0) return cuci_done(call);
    if (call->state == CUCI_ENDED) {
        const cuc_next next = cuci_judge(call, now_ms);
        if (next == CUC_NEXT_DONE) return cuci_done(call);
        call->state = CUCI_READY;
        if (next == CUC_NEXT_WAIT) {
            call->result.waited_ms += call->wait_ms;
            return CUC_NEXT_WAIT;
        }
    }
    if (call->result.attempts == 0) call->started_ms = now_ms;
    call->result.retryable = 0; /* that was said of the attempt before */
    cuci_prepare(call, now_ms);
    if (call->result.status != CUC_OK) return cuci_done(call);
    cuci_answer_begin(call, 0, 0);
    call->result.attempts++;
    call->sent_ms = now_ms;
    call->state   = CUCI_SENDING;
    return CUC_NEXT_SEND;
}

CUC_API void cuc_call_end(cuc_call *call, int outcome)
{
    if (call->busy) {
        (void)cuci_refuse(call, CUC_E_REENTRY);
    } else if (call->state == CUCI_SENDING) {
        cuci_answer_end(call);
        call->outcome = outcome;
        call->state   = CUCI_ENDED;
    } else if (call->state != 0) { /* after DONE it is only late */
        (void)cuci_refuse(call, CUC_E_ORDER);
    }
}

CUC_API const cuc_http *cuc_call_http(const cuc_call *call) { return &call->http; }

CUC_API uint32_t cuc_call_wait_ms(const cuc_call *call) { return call->wait_ms; }

CUC_API const cuc_result *cuc_call_result(const cuc_call *call) { return &call->result; }

CUC_API size_t cuc_call_canonical_request(const cuc_call *call, char *buf, size_t cap)
{
    const cuc_http *h     = &call->http;
    cuc_str         token = CUC_ZERO;
    cuci_out        o     = cuci_writer(buf, cap);
    cuc_result      ignored;
    cuci_signer     s;
    unsigned char   digest[32];
    if (call->state != CUCI_SENDING && call->state != CUCI_ENDED) return 0;
    memset(&ignored, 0, sizeof ignored);
    cuci_signer_begin(&s, &call->client, &o, &ignored);
    cuci_hash(&s, h->body, h->body_len, digest);
    if (s.failed != NULL || h->line_count == 0) return 0; /* the hash has begun the call anew */
    if (h->line_count > CUCI_LINE_TOKEN) token = cuc_s(h->values[CUCI_LINE_TOKEN]);
    cuci_put_canonical(&o, h, call->path_extra, h->values[CUCI_LINE_DATE], token, digest);
    return cuci_close(&o);
}

/* Not asked while measuring, or when there is nothing to sign any more. */
static int64_t cuci_clock(cuc_call *call)
{
    int64_t now;
    if (call->out.full || call->result.status != CUC_OK || call->client.now_ms == NULL) return 0;
    call->busy = 1;
    now        = call->client.now_ms(call->client.user);
    cuci_back(call);
    return now;
}

static void cuci_send(cuc_call *call)
{
    int outcome;
    call->busy = 1;
    outcome    = call->client.send(call->client.user, &call->http, call);
    cuci_back(call);
    cuc_call_end(call, outcome);
}

static void cuci_sleep(cuc_call *call)
{
    int n;
    call->busy = 1;
    n          = call->client.sleep_ms(call->client.user, call->wait_ms);
    cuci_back(call);
    if (n == 0) return;
    call->result.callback = n;
    cuci_blame_plain(&call->result, CUC_E_CALLBACK, "sleep_ms");
}

CUC_API cuc_status cuc_update_contact(const cuc_client *client, const cuc_request *request,
                                      void *work, size_t cap, cuc_result *result)
{
    cuc_call call;
    cuc_next next;
    cuci_begin_call(&call, client, work, cap); /* as cuc_call_begin does, but on less stack */
    cuci_check_request(request, &call.result);
    cuci_write_body(&call, request);
    cuci_write_url(&call, request);
    call.one_call = 1;
    if (client->send == NULL) cuci_blame_plain(&call.result, CUC_E_REQUIRED, "send");
    while ((next = cuc_call_next(&call, cuci_clock(&call))) != CUC_NEXT_DONE) {
        if (next == CUC_NEXT_SEND) cuci_send(&call);
        else cuci_sleep(&call);
    }
    *result = call.result;
    return result->status;
}

#undef CUCI_TEXT
#undef CUCI_SIGNED_NAMES
#undef CUCI_PUT
#undef CUCI_SAY
#undef CUCI_TEXTS
#undef CUCI_IN
#undef CUCI_Q
#undef CUCI_R
#undef CUCI_REPEAT
#undef CUCI_ILL_FORMED
#undef CUCI_DAY_MS
#undef CUCI_LAST_DAY
#undef CUCI_TIME_BOUND
#undef CUCI_REFERENCE_KEY_MAX
#undef CUCI_SEGMENT_KEY_MAX
#undef CUCI_SEGMENT_TEXT_MAX
#undef CUCI_REFERENCE_VALUES_MAX
#undef CUCI_ATTEMPTS
#undef CUCI_BACKOFF_CAP_MS
#undef CUCI_HINT_ROOM_MS
#undef CUCI_SKEW_MATTERS_MS
#undef CUCI_TRUSTED_EXCHANGE_MS

#ifdef __cplusplus
}
#endif
#endif /* CONNECT_UPDATE_CONTACT_IMPLEMENTED */
#endif /* CONNECT_UPDATE_CONTACT_IMPLEMENTATION */

/* ---- changes >>changes -------------------------------------------------------------------------
 * Newest first; what breaks a caller is marked API CHANGE.
 *   0.1.1   2026-11-28   Only CUC_SENT with a final 2xx status is success. CUC_SEND_AGAIN after a
 *                        2xx is a lost response, and is retried. A response line that begins with a
 *                        blank or a tab (a folded header, RFC 9112 section 5.2) is ignored. A count
 *                        or a length with a NULL pointer is refused (CUC_E_REQUIRED).
 *   0.1.0   2026-11-25   the first version
 *
 * ---- licence >>licence -------------------------------------------------------------------------
 * MIT No Attribution (MIT-0)
 *
 * Copyright 2026 the authors of connect_update_contact.h
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
 * associated documentation files (the "Software"), to deal in the Software without restriction,
 * including without limitation the rights to use, copy, modify, merge, publish, distribute,
 * sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
 * furnished to do so.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
 * NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
 * DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.        */
