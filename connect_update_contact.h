/* connect_update_contact.h - v0.2.1 - one signed Amazon Connect UpdateContact call, for C and C++.
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
 *   client.sha256       = my_sha256;               You provide a hash, a function that sends,
 *   client.send         = my_send;                 a clock and a buffer. The library uses
 *   client.now_ms       = my_clock;                nothing else.
 *   client.region       = cuc_s("us-west-2");
 *   client.access_key   = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
 *   client.secret_key   = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
 *   request.instance_id = cuc_s("11111111-2222-3333-4444-555555555555");
 *   request.contact_id  = cuc_s("66666666-7777-8888-9999-000000000000");
 *   request.name        = cuc_s("Call back about order 1234");
 *   if (cuc_update_contact(&client, &request, work, sizeof work, &result) != CUC_OK)
 *       ... cuc_result_text(&result, text, sizeof text) says in one sentence what is wrong ...
 *
 *   No malloc, no sockets, no TLS, no crypto, no globals. Of libc: memcpy, memmove, memset, memcmp.
 *   A complete program that needs only a compiler: examples/quickstart.c
 *
 *   Contents (search for the tag)
 *     public      >>strings  >>status  >>request  >>callbacks  >>client  >>result  >>calls  >>parts
 *                 >>inside
 *     core        >>text  >>model  >>validate  >>json  >>endpoint  >>sigv4  >>http  >>response
 *                 >>retry  >>call               what cuc_update_contact uses, in the order of use
 *     optional    >>signer  >>sentences  >>selftest  >>helpers        what it does not use
 *     end         >>changes  >>licence
 *
 *   Options: macros to define before the include
 *     CONNECT_UPDATE_CONTACT_IMPLEMENTATION   Compile the code, too. Define it in one file.
 *     CUC_STATIC         All functions are static, and every file that includes this header gets
 *                        the code. Define it before the first include. Default: off.
 *     CUC_API            Put before each public function, for instance a visibility attribute.
 *                        Default: extern. Not together with CUC_STATIC.
 *     CUC_MESSAGE_SIZE   Bytes of cuc_result.message, a plain decimal number from 128 to 4096.
 *                        Default: 640, or 160 where size_t has 16 bits. All files of a program
 *                        need the same value; without CUC_STATIC others do not link.
 *
 *   The library has not been run against the real service. `make live` does that with your
 *   credentials. Licence: MIT-0 (the text is at the end).                                        */

/* clang-format off */
#if defined(CUC_STATIC) && defined(CONNECT_UPDATE_CONTACT_H) && !defined(CUCI_STATIC)
#error "connect_update_contact.h: define CUC_STATIC before the first include, or for all files"
#endif

#ifndef CONNECT_UPDATE_CONTACT_H
#define CONNECT_UPDATE_CONTACT_H

#include <stddef.h>
#include <stdint.h>

#define CUC_VERSION "0.2.1"

/* The service model that this header implements: botocore's, and AdditionalRecipients from the API
 * reference of November 2026.                                                                    */
#define CUC_MODEL_VERSION "connect 2017-08-08, botocore 1.43.67 and AdditionalRecipients"

#ifdef CUC_STATIC
#ifdef CUC_API
#error "connect_update_contact.h: define CUC_STATIC or CUC_API, not both"
#endif
#define CUCI_STATIC
#define CUC_API static inline
#ifndef CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#endif
#elif !defined(CUC_API)
#define CUC_API extern
#endif

#ifdef __cplusplus
#define CUC_ZERO {}
extern "C" {
#else
#define CUC_ZERO { 0 }
#endif

/* ---- strings >>strings -------------------------------------------------------------------------
 * Initialize every struct that you fill in with CUC_ZERO. A member that stays zero is unset or has
 * its default. Members marked "required" must be set.                                     */

/* A view of UTF-8 bytes that the caller owns. It may contain NUL and needs no terminator.
 *   ptr == NULL, len == 0   unset: left out of the JSON
 *   ptr != NULL, len == 0   empty: sent as ""
 *   ptr == NULL, len != 0   refused with CUC_E_REQUIRED: a failed allocation or a missing pointer
 * For the strings of a client (region, access_key, ...) empty means unset.                       */
typedef struct cuc_str {
    const char *ptr;
    size_t      len; /* bytes */
} cuc_str;

/* cuc_s - a view of a terminated string. NULL gives an unset view. Nothing is copied.
 * (-Waggregate-return warns where your own code calls it; fill in ptr and len there.)            */
CUC_API cuc_str cuc_s(const char *text);

/* The same as an initializer, for tables: static const cuc_str x = CUC_STR("literal"); */
#define CUC_STR(literal) { "" literal, sizeof(literal) - 1 } /* "" lets only a literal compile */

/* ---- status >>status ---------------------------------------------------------------------------
 * How a call ended. CUC_OK (0) is success. cuc_status_string has a sentence for each.            */
typedef enum cuc_status {
    CUC_OK = 0,
    CUC_E_NOTHING,     /* no field to update is set: the service requires at least one            */
    CUC_E_REQUIRED,    /* the field named by result.where is unset, or has no ptr but a len       */
    CUC_E_LIMIT,       /* too long, too short, or too many: see result.actual and result.allowed  */
    CUC_E_UTF8,        /* a string is not well-formed UTF-8                                       */
    CUC_E_DUPLICATE,   /* a key appears twice in one map                                          */
    CUC_E_DEPTH,       /* segment attributes are nested deeper than CUC_MAX_DEPTH                 */
    CUC_E_VALUE,       /* a value that is not allowed: result.where names the field               */
    CUC_E_REGION,      /* the region is missing or malformed                                      */
    CUC_E_ENDPOINT,    /* endpoint_url is malformed, or use_fips or use_dualstack is set, too     */
    CUC_E_CREDENTIALS, /* a credential is missing or malformed: result.where names it             */
    CUC_E_KEY_DAY,     /* signing_key was derived for another day (UTC)                           */
    CUC_E_TIME,        /* the time is before 1970 or after 9999                                   */
    CUC_E_SPACE,       /* the buffer is too small: exactly result.required bytes are enough       */
    CUC_E_CALLBACK,    /* the callback named by result.where failed: result.callback is what it
                          returned (0: it gave cuc_selftest a wrong digest)                       */
    CUC_E_REENTRY,     /* a callback used the call that it was called from                        */
    CUC_E_ORDER,       /* cuc_call_next or cuc_call_end was called in the wrong state             */
    CUC_E_NO_STATUS,   /* the transport reported a response but no HTTP status                    */
    CUC_E_BAD_STATUS,  /* the HTTP status is outside 200..599                                     */
    CUC_E_EXHAUSTED,   /* the last attempt brought no final status, or a 2xx cut short            */
    CUC_E_SERVICE,     /* an error response: see result.http_status, code and message             */
    CUC_E_UNFINISHED   /* the call has not ended: cuc_call_next has not returned CUC_NEXT_DONE    */
} cuc_status;

/* cuc_status_string - one sentence for a status. A literal, never NULL. */
CUC_API const char *cuc_status_string(cuc_status status);

/* ---- request >>request -------------------------------------------------------------------------
 * What to update. Limits come from the service model (CUC_MODEL_VERSION) and count Unicode
 * characters unless they say bytes. The library reads a request only until cuc_call_begin or
 * cuc_update_contact returns.                                                                    */

#define CUC_MAX_DEPTH 16 /* levels of nested segment attributes; a limit of this library          */

/* Values that the service knows today. Other strings are sent, too: it may know more. */
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

/* One entry of References: what agents see with the contact. Keys are unique in one request. The
 * Values of all references together have at most 4096 bytes (API reference, UpdateContact).      */
typedef struct cuc_reference {
    cuc_str key;           /* required, 1..4096 characters                                        */
    cuc_str type;          /* required: CUC_REFERENCE_...                                         */
    cuc_str value;         /* 0..4096 characters; a URL is sent unchanged                         */
    cuc_str status;        /* CUC_STATUS_...                                                      */
    cuc_str arn;           /* 20..256 characters; begins with one of - : / A-Z a-z 0-9            */
    cuc_str status_reason; /* 0..100 characters                                                   */
} cuc_reference;

/* Which member of a cuc_segment has the value. */
typedef enum cuc_segment_kind {
    CUC_SEGMENT_UNSET = 0,
    CUC_SEGMENT_STRING,  /* text, 0..1024 characters                                              */
    CUC_SEGMENT_ARN,     /* text, 0..1024 characters                                              */
    CUC_SEGMENT_INTEGER, /* integer                                                               */
    CUC_SEGMENT_MAP,     /* items and count                                                       */
    CUC_SEGMENT_LIST     /* items and count; the items' keys are ignored                          */
} cuc_segment_kind;

/* One entry of SegmentAttributes, or of a map or list inside it. Keys are unique in one map. They
 * may contain colons: "connect:ContactExpiry" is a MAP with the INTEGER "ExpiryDuration", in
 * minutes.                                                                                       */
typedef struct cuc_segment cuc_segment;
struct cuc_segment {
    cuc_str            key; /* required in a map, 1..128 characters                               */
    cuc_segment_kind   kind;
    int32_t            integer;
    cuc_str            text;
    const cuc_segment *items; /* not NULL for MAP and LIST, even when count is 0                  */
    size_t             count;
};

typedef struct cuc_endpoint {
    cuc_str type;    /* CUC_ENDPOINT_...                                                          */
    cuc_str address; /* 0..256 characters                                                         */
} cuc_endpoint;

/* One CC recipient of an outbound e-mail contact. */
typedef struct cuc_email_address {
    cuc_str email_address; /* required, 1..255 characters, like a@b.c; sensitive                  */
    cuc_str display_name;  /* 0..256 characters; sensitive                                        */
} cuc_email_address;

/* The whole request: two ids and at least one other field. The service leaves unset fields
 * alone. Queue, user and endpoints are for external-audio contacts only (API reference).
 * For each list: NULL with count 0 is unset; not NULL with count 0 is sent as an empty list or map;
 * NULL with another count is refused with CUC_E_REQUIRED.                                        */
typedef struct cuc_request {
    cuc_str              instance_id; /* required, 1..100 characters; do not percent-encode it    */
    cuc_str              contact_id;  /* required, 1..256 characters; do not percent-encode it    */
    cuc_str              name;        /* 0..1024 characters; sensitive                            */
    cuc_str              description; /* 0..4096 characters; sensitive                            */
    const cuc_reference *references;
    size_t               reference_count;
    const cuc_segment   *segment_attributes;
    size_t               segment_attribute_count;
    cuc_str              queue_id; /* QueueInfo.Id, any length                                    */
    cuc_str              user_id;  /* UserInfo.UserId, 1..256 characters                          */
    cuc_endpoint         customer_endpoint;
    cuc_endpoint         system_endpoint;
    const cuc_email_address *cc_email_addresses; /* AdditionalRecipients.CcEmailAddresses: 0..50
                                                    entries. 0 entries remove the CC recipients   */
    size_t               cc_email_address_count;
    cuc_str              body; /* a whole JSON object, for members that this header does not know.
                                  With it, set only the ids. Checked: UTF-8, and begins with '{' */
} cuc_request;

/* cuc_known_... - 1 if the string is one of the values listed above, else 0. For callers who want
 * to refuse other values.                                                                        */
CUC_API int cuc_known_reference_type(cuc_str type);
CUC_API int cuc_known_reference_status(cuc_str status);
CUC_API int cuc_known_endpoint_type(cuc_str type);

/* cuc_instance_id_from_arn, cuc_region_from_arn - parts of the ARN of an instance or of anything
 * in it: "arn:aws:connect:us-west-2:123456789012:instance/11111111-...". The view points into arn.
 * It is unset when arn is not an ARN of Amazon Connect with an instance in it.                   */
CUC_API cuc_str cuc_instance_id_from_arn(cuc_str arn);
CUC_API cuc_str cuc_region_from_arn(cuc_str arn);

/* ---- callbacks >>callbacks ---------------------------------------------------------------------
 * Functions that you provide. Each gets client.user as its first argument. For all but now_ms, 0
 * means success. Any other value (from send: except CUC_SEND_AGAIN) ends the call with
 * CUC_E_CALLBACK, and result.callback holds it.
 * A callback must not use the call that runs it (CUC_E_REENTRY), except that send passes on the
 * response. A callback may use other calls, and may leave by longjmp. Client and buffer can then be
 * used again, but the buffer, the call and the result may still hold a key. The result of a call is
 * CUC_E_UNFINISHED then; that of a part is not valid.                                            */

typedef struct cuc_client       cuc_client;
typedef struct cuc_http_request cuc_http_request;
typedef struct cuc_call         cuc_call;

/* SHA-256 of data. Each attempt calls it twice; 12 times when hmac_sha256 is NULL (13 when the
 * secret has more than 60 bytes), 4 times when hmac_sha256 is NULL and there is a signing_key.
 *   data   len bytes, never NULL; len may be 0
 *   out    receives 32 raw bytes, not hex; zeroed before; does not overlap data
 * The function must not keep the pointer data, and must not change the client's strings.         */
typedef int cuc_sha256_fn(void *user, const void *data, size_t len, unsigned char out[32]);

/* HMAC-SHA-256. Rules as above. Each attempt calls it 5 times, or once if there is a signing_key.
 *   key    key_len bytes, 1 or more; not a C string: it may contain zero bytes                   */
typedef int cuc_hmac_fn(void *user, const void *key, size_t key_len, const void *data, size_t len,
                        unsigned char out[32]);

/* Sends one request and passes on the response while it arrives: cuc_call_header (or
 * cuc_call_header_pair) for each line of the head, cuc_call_body for each piece of the body,
 * without chunk sizes. Used by cuc_update_contact only.
 *   http   valid until this returns
 *   return CUC_SENT        a complete response arrived
 *          CUC_SEND_AGAIN  no connection, time-out or an incomplete response: retrying can help.
 *                          Return it for an incomplete 2xx, too: that may be a proxy's. Return
 *                          it also when writing failed, whatever was read: an error status (an
 *                          early 413) counts all the same, a success does not.
 *                          UpdateContact sets fields, so a request that arrives twice does no harm.
 *                          But a request that you gave up on can arrive after a later update of
 *                          the same contact: choose long time-outs.
 *          else            a number of your own: final, kept in result.callback
 * Only CUC_SENT with a final 2xx status is success. The function needs time-outs of its own;
 * time_limit_ms does not interrupt it. It must not follow redirects (they would carry the signature
 * to another host). It must not change or duplicate a header of http->lines.                   */
typedef int cuc_send_fn(void *user, const cuc_http_request *http, cuc_call *call);
#define CUC_SENT 0
#define CUC_SEND_AGAIN (-19283) /* a number that no library is known to return */

/* Milliseconds since 1970-01-01 UTC (not local time). Used by cuc_update_contact only: before the
 * first attempt and after each attempt and wait. A device without a clock may return the time since
 * it started: the first response corrects it. (Its TLS library must then not check certificate
 * dates against that clock.)                                                                     */
typedef int64_t cuc_now_fn(void *user);

/* Waits ms milliseconds. Used by cuc_update_contact only, between attempts. Any value but 0
 * ends the call with CUC_E_CALLBACK.                                                             */
typedef int cuc_sleep_fn(void *user, uint32_t ms);

/* A signing key: derived from the secret for one day, region and service. It signs requests of that
 * day only. Bulk senders derive it once a day (15 instead of 31 SHA-256 blocks per request); a
 * gateway can give it to devices instead of the secret. Made by cuc_derive_signing_key. Do not
 * overwrite it before the calls that use it have ended.                                          */
typedef struct cuc_signing_key {
    unsigned char key[32];
    char          date[12]; /* "20261125", UTC */
} cuc_signing_key;

/* What an attempt signs with. The strings must live until the attempt has ended. */
typedef struct cuc_credentials {
    cuc_str access_key, secret_key, session_token;
    const cuc_signing_key *signing_key;
    int refused; /* 1: the service has just refused the last ones as expired. Get new ones, even if
                    they look valid                                                               */
} cuc_credentials;

/* Called before each attempt, and when the buffer is measured. *credentials is filled in from the
 * client each time and may be changed.
 *   now_ms   time in ms since 1970 UTC, corrected by the clock offset; 0: not known. Renew
 *            credentials five minutes before they expire.                                        */
typedef int cuc_credentials_fn(void *user, int64_t now_ms, cuc_credentials *credentials);

/* ---- client >>client ---------------------------------------------------------------------------
 * Where requests go, what signs them, and your callbacks.                                        */

#define CUC_RETRY_BUDGET 500u /* what retries may spend: see cuc_shared.spent */

/* State that calls can share: the retry budget and the clock offset. It holds no secrets. Any
 * number of calls may use one, interleaved, on one thread.                                       */
typedef struct cuc_shared {
    int64_t  clock_offset_ms; /* the service's clock minus yours; 0: equal or not known           */
    uint32_t spent;           /* of CUC_RETRY_BUDGET. A retry costs 14, throttled 5, clock 0      */
} cuc_shared;

/* The library copies the client and never writes to it. Copy it per thread, each with a cuc_shared
 * of its own.                                                                                    */
struct cuc_client {
    cuc_str region;       /* required, "us-west-2": 1..63 of A-Z a-z 0-9 -, no - at either end    */
    cuc_str endpoint_url; /* http[s]://HOST[:PORT][/BASE]; unset: made from the region            */
    cuc_str access_key;   /* required: visible ASCII without / and without quotes around it       */
    cuc_str secret_key;   /* visible ASCII; not needed with signing_key                           */
    cuc_str session_token; /* visible ASCII, any length; more than 1 KiB is common                */
    const cuc_signing_key *signing_key; /* used instead of secret_key; NULL: derived from it      */
    void                  *user;        /* first argument of every callback                       */
    cuc_sha256_fn         *sha256;      /* required                                               */
    cuc_hmac_fn           *hmac_sha256; /* NULL: made from sha256                                 */
    cuc_send_fn           *send;        /* required by cuc_update_contact                         */
    cuc_now_fn            *now_ms;      /* NULL: time 0, corrected by the first response          */
    cuc_sleep_fn          *sleep_ms;    /* NULL: only retries that need no wait                   */
    cuc_credentials_fn    *credentials; /* NULL: always those of the client                       */
    cuc_shared            *shared;      /* NULL: no retry budget; the offset lasts one call       */
    uint32_t               time_limit_ms; /* all retries start within this; 0: no limit           */
    int                    max_attempts;  /* 0: three. 1: no retries                              */
    int                    use_fips, use_dualstack; /* 1: that kind of endpoint                   */
};

/* A size of the work buffer that is enough, as a constant for arrays.
 *   body    bytes of the largest JSON body (6 times the text, if every byte is escaped)
 *   token   bytes of the longest session token
 * Holds for ids of up to 128 unreserved bytes together (the service's are UUIDs: 72), and for
 * endpoint_url, access key and secret of up to 128 bytes each. Beyond that CUC_E_SPACE gives the
 * required size. The worst case, with terminators, is: body + 1, URL 268, host and authority 122
 * each, port 6, lines 490 + token. The canonical request is built where the lines go. It can be
 * longer than they are if many bytes of the base path are encoded; but then the host is short, and
 * the sum stays below the worst case.                                                            */
#define CUC_WORK_SIZE(body, token) (sizeof(char[1024]) + (body) + (token))

/* The request as the transport sends it. All strings are terminated; valid until cuc_call_end. */
struct cuc_http_request {
    const char *method;    /* "POST"                                                              */
    const char *url;       /* "https://connect.us-west-2.amazonaws.com/contacts/..."              */
    const char *host;      /* to connect to, without port or brackets                             */
    const char *port;      /* to connect to, decimal: "443"                                       */
    const char *authority; /* the value of Host, as signed; with a port that is not the default   */
    const char *path;      /* base path and "/contacts/INSTANCE/CONTACT", percent-encoded once    */
    const char *body;
    size_t      url_len, host_len, authority_len, path_len, body_len; /* bytes                    */
    const char *lines[4]; /* "name: value" with lower-case names. Send them unchanged, and add Host
                             and Content-Length                                                   */
    const char *names[4], *values[4]; /* the same as pairs                                        */
    size_t      line_len[4];          /* bytes                                                    */
    size_t      line_count;           /* 3, or 4 with a session token, which is the last line     */
    int         tls;                  /* 1: https                                                 */
};

/* The response headers that the library reads, for transports that must name them in advance:
 * static const char *const names[] = { CUC_RESPONSE_HEADERS };                                   */
#define CUC_RESPONSE_HEADERS "x-amzn-errortype", "x-amzn-requestid", "date", "age", \
                             "x-amz-retry-after", "retry-after"

/* ---- result >>result ---------------------------------------------------------------------------
 * What came of a call. It contains no pointers: copy and keep it as you like. Until the call has
 * ended, do not read, print or copy `message` and `where`: the library uses them as scratch space.
 * `message` can hold a key while a callback runs (and after a callback has left by longjmp).     */

#if SIZE_MAX > 65535
#define CUCI_MESSAGE_SIZE 640
#else
#define CUCI_MESSAGE_SIZE 160
#endif
#ifndef CUC_MESSAGE_SIZE
#define CUC_MESSAGE_SIZE CUCI_MESSAGE_SIZE
#endif
#if CUC_MESSAGE_SIZE < 128 || CUC_MESSAGE_SIZE > 4096
#error "connect_update_contact.h: CUC_MESSAGE_SIZE must be a number from 128 to 4096"
#endif

typedef struct cuc_result {
    int64_t    clock_offset_ms; /* the service's clock minus yours, in ms; 0: equal or not known  */
    size_t     actual, allowed; /* CUC_E_LIMIT: what was found, and the limit (the minimum if
                                   actual is smaller): characters, bytes if `bytes` is 1, entries of
                                   the list of CC recipients                                      */
    size_t     required;        /* CUC_E_SPACE: bytes of buffer that are enough, exactly          */
    size_t     message_cut;     /* bytes of the service's message that did not fit into `message` */
    uint32_t   waited_ms;       /* sum of the waits between attempts                              */
    int32_t    detail;          /* the exact cause, for cuc_result_text. CUC_E_KEY_DAY: the day that
                                   was needed, 20261126                                           */
    cuc_status status;
    int        http_status; /* of the last response; 0: none                                      */
    int        attempts;    /* requests that were signed and given to the transport               */
    int        callback;    /* CUC_E_CALLBACK: what the callback returned                         */
    int        retryable;   /* 1: trying again later can help                                     */
    int        bytes;       /* 1: actual and allowed count bytes                                  */
    char       where[72];   /* path of the field at fault: References["recording"].Value          */
    char       code[40];    /* the service's error code: "ThrottlingException"; empty: none       */
    char       message[CUC_MESSAGE_SIZE]; /* the service's text, cut at a whole character         */
    char       reason[32];                /* the Reason of an InvalidRequestException             */
    char       request_id[48];            /* x-amzn-requestid; AWS support asks for it            */
} cuc_result;

/* The size becomes part of these names, so that files with different sizes of cuc_result do not
 * link.                                                                                          */
#if CUC_MESSAGE_SIZE != CUCI_MESSAGE_SIZE
#define CUCI_JOIN(name, size) name##_##size
#define CUCI_SIZED(name, size) CUCI_JOIN(name, size)
#define cuc_result_text CUCI_SIZED(cuc_result_text, CUC_MESSAGE_SIZE)
#define cuc_update_contact CUCI_SIZED(cuc_update_contact, CUC_MESSAGE_SIZE)
#define cuc_call_begin CUCI_SIZED(cuc_call_begin, CUC_MESSAGE_SIZE)
#define cuc_validate CUCI_SIZED(cuc_validate, CUC_MESSAGE_SIZE)
#define cuc_write_json CUCI_SIZED(cuc_write_json, CUC_MESSAGE_SIZE)
#define cuc_resolve_endpoint CUCI_SIZED(cuc_resolve_endpoint, CUC_MESSAGE_SIZE)
#define cuc_derive_signing_key CUCI_SIZED(cuc_derive_signing_key, CUC_MESSAGE_SIZE)
#define cuc_sign CUCI_SIZED(cuc_sign, CUC_MESSAGE_SIZE)
#define cuc_selftest CUCI_SIZED(cuc_selftest, CUC_MESSAGE_SIZE)
#endif

/* cuc_result_text - the result as one sentence for people: printable, and terminated if cap > 0.
 *   out    buf   cap bytes; NULL with cap 0 measures. CUC_TEXT_SIZE is always enough
 * Returns the bytes of the whole sentence without terminator. A sentence that does not fit is cut
 * after a clause, or between two characters of the service's text. The library's own words contain
 * no secret, no token and no value of a field; of a map key they show the first 32 bytes. The
 * service's text can repeat what you sent. In it, control and bidi characters are shown as ?, and
 * runs of more than 32 base64 characters as ..., except in an ARN or in a code that consists of
 * letters.                                                                                       */
CUC_API size_t cuc_result_text(const cuc_result *result, char *buf, size_t cap);
#define CUC_TEXT_SIZE (CUC_MESSAGE_SIZE + 640)

/* ---- calls >>calls -----------------------------------------------------------------------------
 * One blocking call, or a state machine that never blocks.                                       */

/* cuc_update_contact - validates, signs, sends, reads the response, and retries where that helps.
 *   in   client   needs region, access_key, secret_key or signing_key, sha256, send
 *        request  read only until this returns
 *        work     cap bytes, yours again afterwards; must not overlap anything else that is passed.
 *                 NULL with cap 0 measures: returns CUC_E_SPACE and sets result->required. That
 *                 calls no callback but `credentials`
 *   out  result   always set, also on success
 * Returns result->status. CUC_OK: the service has accepted the update. Otherwise, if
 * result->attempts is 0, nothing was sent. If it is over 0, requests were given to send, and after
 * a lost response the update may have been applied. The secret and derived keys are wiped from
 * work; the session token stays there.                                                           */
CUC_API cuc_status cuc_update_contact(const cuc_client *client, const cuc_request *request,
                                      void *work, size_t cap, cuc_result *result);

/* The state machine: call cuc_call_begin once, then cuc_call_next until it returns DONE.
 *   SEND  Send cuc_call_http_request. Pass on the response with cuc_call_header and cuc_call_body,
 *         then call cuc_call_end, then cuc_call_next.
 *   WAIT  Wait cuc_call_wait_ms milliseconds, then call cuc_call_next.
 *   DONE  *result is complete. cuc_call_next keeps returning DONE.
 * You can drop a call at any time; it owns nothing. Events of a connection that belong to an
 * earlier attempt must not reach the call: the library cannot tell them apart.                   */
typedef enum cuc_next { CUC_NEXT_DONE = 0, CUC_NEXT_SEND, CUC_NEXT_WAIT } cuc_next;

/* cuc_call_begin - validates the request and writes URL and body into work.
 *   out  call     needs no initialization; must not be moved or copied
 *        result   set to CUC_E_UNFINISHED; only DONE replaces that
 * If begin finds a problem, the next cuc_call_next returns DONE. After begin the request may be
 * freed. Until DONE keep work, result, and the client's strings, signing_key and cuc_shared. work
 * must not overlap anything else that is passed.                                                 */
CUC_API void cuc_call_begin(cuc_call *call, const cuc_client *client, const cuc_request *request,
                            void *work, size_t cap, cuc_result *result);

/* cuc_call_next - what to do now. On a zeroed call: DONE.
 *   now_ms   your clock: milliseconds since 1970 UTC, uncorrected. The request is signed with
 *            now_ms plus the known clock offset. In the first call after cuc_call_end, now_ms is
 *            taken as the time at which the response arrived.
 * Calls the crypto callbacks and `credentials`; never send, now_ms or sleep_ms.                  */
CUC_API cuc_next cuc_call_next(cuc_call *call, int64_t now_ms);

/* cuc_call_http_request - what to send; from SEND until cuc_call_end.
 * cuc_call_wait_ms - how long to wait; after WAIT.                                               */
CUC_API const cuc_http_request *cuc_call_http_request(const cuc_call *call);
CUC_API uint32_t                cuc_call_wait_ms(const cuc_call *call);

/* cuc_call_header - one raw line of the response head: a status line ("HTTP/1.1 200 OK") or a
 * header ("name: value", also ":status: 200"), with or without CR LF. Any number of lines of any
 * length. Of duplicate headers the first counts. Ignored: lines that begin with a blank or tab
 * (they continue the line before, RFC 9112 section 5.2), :status after the status of a failure, and
 * everything outside an exchange. Headers before the first status are kept. A second status line
 * discards what came before it (1xx responses).                                                  */
CUC_API void cuc_call_header(cuc_call *call, const char *line, size_t len);

/* cuc_call_header_pair - the same for transports that deliver name and value. */
CUC_API void cuc_call_header_pair(cuc_call *call, const char *name, size_t name_len,
                                  const char *value, size_t value_len);

/* cuc_call_status - the status as a number, for transports without status lines. Repeating the same
 * number changes nothing. A different number begins a new response.                              */
CUC_API void cuc_call_status(cuc_call *call, int http_status);

/* cuc_call_body - the next piece of the response body; cut anywhere, any length. */
CUC_API void cuc_call_body(cuc_call *call, const void *data, size_t len);

/* cuc_call_end - the exchange is over. outcome: CUC_SENT, CUC_SEND_AGAIN or a number of your own,
 * as in cuc_send_fn.                                                                             */
CUC_API void cuc_call_end(cuc_call *call, int outcome);

/* cuc_call_canonical_request - the exact canonical request of the attempt, to compare after a 403.
 * From SEND until the following cuc_call_next, so also after the response. Calls sha256.
 *   out    buf   cap bytes, terminated if all of it fits; NULL with cap 0 measures
 * Returns its length without terminator; 0: there is none, or sha256 failed. It contains the
 * session token: mask that before you print it.                                                  */
CUC_API size_t cuc_call_canonical_request(const cuc_call *call, char *buf, size_t cap);

/* cuc_http1_head - the head of the request as bytes, for sockets without an HTTP library.
 *   in   http  from cuc_call_http_request or send
 *   out  buf   cap bytes, terminated if all of it fits; NULL with cap 0 measures
 * Returns the length of the head without terminator, even if it did not fit. It did fit if that is
 * less than cap. The body follows as http->body, http->body_len. Adds Host and Content-Length only.
 * It contains the session token: do not log it. Source: RFC 9112 sections 2.1, 3 and 5.          */
CUC_API size_t cuc_http1_head(const cuc_http_request *http, char *buf, size_t cap);
#define CUC_HEAD_SIZE(token) (sizeof(char[1024]) + (token)) /* with the limits of CUC_WORK_SIZE */

/* ---- parts >>parts -----------------------------------------------------------------------------
 * Parts of a call, for programs that build their own. All but cuc_version set *result and return
 * its status. Those with a buffer also set result->required on success: the bytes of buffer that
 * are needed, terminators included.                                                              */

/* cuc_validate - checks a request and reports its first problem. */
CUC_API cuc_status cuc_validate(const cuc_request *request, cuc_result *result);

/* cuc_write_json - validates, then writes the body as terminated JSON. */
CUC_API cuc_status cuc_write_json(const cuc_request *request, char *buf, size_t cap,
                                  cuc_result *result);

/* cuc_resolve_endpoint - scheme, authority and base path:
 * "https://connect.us-west-2.amazonaws.com". Reads region, endpoint_url, use_fips and
 * use_dualstack. With endpoint_url no region is needed.                                          */
CUC_API cuc_status cuc_resolve_endpoint(const cuc_client *client, char *buf, size_t cap,
                                        cuc_result *result);

/* cuc_derive_signing_key - the key for the client's region and secret and the UTC day of now_ms.
 *   in   service  unset: "connect"; else up to 63 visible characters without /
 *        work     4 bytes and those of the secret; 128 more when hmac_sha256 is NULL; wiped after
 *   out  key      zeroes unless the status is CUC_OK                                             */
CUC_API cuc_status cuc_derive_signing_key(const cuc_client *client, cuc_str service, int64_t now_ms,
                                          void *work, size_t cap, cuc_signing_key *key,
                                          cuc_result *result);

/* cuc_sign - Signature Version 4 of a request to any AWS service that encodes the path twice (all
 * but S3), in header form. UpdateContact does not use it. It sorts without a buffer, so its time is
 * quadratic in the number of headers and of parameters: use it for dozens. Source: AWS General
 * Reference, "Signature Version 4 signing process"; checked against its test suite.              */
typedef struct cuc_sign_header {
    cuc_str name;  /* any case                                                                    */
    cuc_str value; /* as sent; cuc_sign normalizes its white space, as SigV4 requires            */
} cuc_sign_header;

typedef struct cuc_sign_input {
    cuc_str                method;  /* "GET"                                                      */
    cuc_str                path;    /* as on the request line, without query; encoded once more   */
    cuc_str                query;   /* as on the request line, without the ?                      */
    const cuc_sign_header *headers; /* all of them are signed; "host" must be one. Omit the date,
                                       the token and x-amz-content-sha256: cuc_sign adds them     */
    size_t                 header_count;
    cuc_str                body;
    cuc_str                service;        /* unset: "connect"                                    */
    int                    raw_path;       /* 1: keep . and .. and empty segments                 */
    int                    content_sha256; /* 1: add and sign x-amz-content-sha256                */
    int                    token_unsigned; /* 1: do not sign the token                            */
} cuc_sign_input;

/* Views into work, valid until it is freed or used again. canonical_request and string_to_sign help
 * to find a mismatch; the former contains the token.                                             */
typedef struct cuc_signed {
    cuc_str authorization, amz_date, content_sha256, canonical_request, string_to_sign;
} cuc_signed;

CUC_API cuc_status cuc_sign(const cuc_client *client, const cuc_sign_input *input, int64_t now_ms,
                            void *work, size_t cap, cuc_signed *out, cuc_result *result);

/* cuc_selftest - checks sha256 and hmac_sha256 against known answers. It detects callbacks that
 * read keys or data as C strings, write hex, return 1 for success, write too little or swap
 * arguments. Call it once at start-up in debug builds. Returns CUC_OK, CUC_E_REQUIRED if sha256 is
 * NULL, or CUC_E_CALLBACK with the name of the callback in result->where.                        */
CUC_API cuc_status cuc_selftest(const cuc_client *client, cuc_result *result);

/* cuc_version - CUC_VERSION of the code that is linked. */
CUC_API const char *cuc_version(void);

/* ---- inside >>inside ---------------------------------------------------------------------------
 * What a cuc_call consists of: only so that you can declare one. All of it is private.           */

/* The writer: appends to a buffer, or only counts. */
typedef struct cuci_out {
    char  *buf;  /* NULL with cap 0: only counts                                                  */
    size_t cap;  /* bytes at buf                                                                  */
    size_t len;  /* bytes appended, also beyond cap                                               */
    size_t peak; /* the largest len before a rewind                                               */
    int    full; /* sticky: something did not fit, and nothing is copied any more                 */
} cuci_out;

/* The reader of an error body: a JSON parser in constant memory. */
typedef struct cuci_reader {
    unsigned char place;    /* before, inside or after the object: cuci_place                     */
    unsigned char string;   /* where in a string: cuci_string_state                               */
    unsigned char slot;     /* what the current string is stored as: cuci_slot                    */
    unsigned char rank;     /* of the current string's origin                                     */
    unsigned char member;   /* top-level member whose value is read; 0: another or none           */
    unsigned char colon;    /* a colon was read, so a string is a value and not a key             */
    unsigned char stopped;  /* why the slot takes no more: cuci_stop                              */
    unsigned char ranks[6]; /* rank of what each slot holds now: by cuci_slot                     */
    uint16_t      size;     /* bytes at `to`                                                      */
    uint16_t      filled;   /* of them                                                            */
    uint16_t      unit;     /* \uXXXX as far as it was read                                       */
    uint16_t      high;     /* a high surrogate that waits for the low one; 0: none               */
    uint32_t      depth;    /* open brackets                                                      */
    char         *to;       /* where the current string is stored                                 */
} cuci_reader;

struct cuc_call {
    unsigned char    state;         /* cuci_state                                                 */
    unsigned char    busy;          /* a callback is running                                      */
    unsigned char    one_call;      /* made by cuc_update_contact                                 */
    unsigned char    status_seen;   /* of this response                                           */
    unsigned char    answered;      /* a final status (not 1xx) has arrived                       */
    unsigned char    headers;       /* bits of the headers that have arrived                      */
    unsigned char    has_hint_ms;   /* retry_after_ms came from x-amz-retry-after                 */
    unsigned char    renewed;       /* 1: ask for new credentials (refused); 2: asked             */
    unsigned char    clock_retries; /* retries because of the clock                               */
    unsigned char    paid;          /* what the last retry cost of the budget                     */
    unsigned char    odd_id;        /* an id looks wrong: its row in the fields, from 1; 0: none  */
    unsigned char    problem;       /* cuc_status found outside cuc_call_next, which reports it   */
    cuc_result      *result;        /* the caller's                                               */
    cuci_reader      reader;
    uint32_t         wait_ms, random, retry_after_ms;
    int              outcome;       /* what send returned                                         */
    int              last_status;   /* HTTP status of the last attempt that had one               */
    size_t           fixed;         /* bytes of out that stay: body, URL, port, hosts             */
    size_t           path_escapes;  /* bytes of the sent path that are encoded again when signed  */
    cuci_out         out;
    int64_t          started_ms, sent_ms, signed_ms, date_ms;
    cuc_http_request http;
    cuc_client       client;
};

#ifdef __cplusplus
}
#endif
#endif /* CONNECT_UPDATE_CONTACT_H */
/* clang-format on */

#ifdef CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#ifndef CONNECT_UPDATE_CONTACT_IMPLEMENTED
#define CONNECT_UPDATE_CONTACT_IMPLEMENTED

/* The implementation, in the order in which data flows: each section uses only those above it. All
 * private names begin with cuci_ or CUCI_.                                                       */

#include <string.h>

#ifdef __GNUC__ /* warnings that some code bases turn on, and that this code causes */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Waggregate-return"
#ifdef __cplusplus
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wzero-as-null-pointer-constant"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuseless-cast"
#endif
#endif
#endif

/* Stands before functions whose unsigned arithmetic is meant to wrap around. */
#ifdef __clang__
#define CUCI_WRAPS __attribute__((no_sanitize("unsigned-integer-overflow")))
#else
#define CUCI_WRAPS
#endif

/* Keeps a function from being inlined: its locals would stay on the stack while its caller calls
 * other functions, or compilers for small devices would make more code of it.                    */
#ifdef __GNUC__
#define CUCI_APART __attribute__((noinline))
#else
#define CUCI_APART
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1 text >>text ---------------------------------------------------------------------------
 * in:  strings, numbers, times
 * out: bytes in one buffer, or only their number                                                 */

/* volatile keeps compilers from turning the loop into a call of strlen. */
static size_t cuci_length(const char *text)
{
    const volatile char *end = text;
    while (*end != 0) end++;
    return (size_t)(end - text);
}

static cuc_str cuci_view(const void *ptr, size_t len)
{
    cuc_str s;
    s.ptr = (const char *)ptr;
    s.len = len;
    return s;
}

CUC_API cuc_str cuc_s(const char *text)
{
    return cuci_view(text, text != NULL ? cuci_length(text) : 0);
}

#define CUCI_TEXT(literal) cuci_view("" literal, sizeof(literal) - 1)

static int cuci_is_set(cuc_str s) { return s.ptr != NULL; }

/* A length without a pointer: a failed allocation, or a pointer that was forgotten. */
static int cuci_lost(const cuc_str *s) { return s->ptr == NULL && s->len > 0; }

/* Turns a lost view into an unset one. */
static cuc_str cuci_present(cuc_str s) { return cuci_view(s.ptr, s.ptr != NULL ? s.len : 0); }

static unsigned cuci_at(cuc_str s, size_t i) { return i < s.len ? (unsigned char)s.ptr[i] : 0u; }

static int cuci_equal(const cuc_str *a, const cuc_str *b)
{
    size_t i = 0;
    if (a->len != b->len) return 0;
    while (i < a->len && a->ptr[i] == b->ptr[i]) i++;
    return i == a->len;
}

/* The only function that writes output: appends bytes from..to of ptr. After the first piece that
 * does not fit, it counts but does not copy: a text with a hole must never look complete. If ptr is
 * NULL it only counts: while measuring there is no text to read back. memmove, because a callback
 * may have restarted the call and moved what ptr points to.
 * inline saves 900 instructions per request.                                                     */
static inline void cuci_put_part(cuci_out *o, const char *ptr, size_t from, size_t to)
{
    const size_t n = to - from, at = o->len;
    if (o->full || n > o->cap - at) {
        o->full = 1;
        o->len  = n > SIZE_MAX - at ? SIZE_MAX : at + n; /* a sum that would wrap stays huge */
        return;
    }
    o->len = at + n;
    if (n > 0 && ptr != NULL) memmove(o->buf + at, ptr + from, n);
}

static inline void cuci_put_bytes(cuci_out *o, const void *bytes, size_t n)
{
    cuci_put_part(o, (const char *)bytes, 0, n);
}

static inline void cuci_put(cuci_out *o, const cuc_str *s) { cuci_put_bytes(o, s->ptr, s->len); }

static inline void cuci_put_byte(cuci_out *o, unsigned c)
{
    const char one = (char)c;
    cuci_put_bytes(o, &one, 1);
}

#define CUCI_PUT(out, literal) cuci_put_bytes(out, "" literal, sizeof(literal) - 1)

static inline void cuci_put_text(cuci_out *o, const char *text)
{
    cuci_put_bytes(o, text, cuci_length(text));
}

static void cuci_put_end(cuci_out *o) { CUCI_PUT(o, "\0"); }

static cuci_out cuci_writer(void *buf, size_t cap)
{
    cuci_out o = CUC_ZERO;
    o.buf      = (char *)buf;
    o.cap      = buf == NULL ? 0 : cap;
    return o;
}

static size_t cuci_required(const cuci_out *o) { return o->len > o->peak ? o->len : o->peak; }

static void cuci_rewind(cuci_out *o, size_t mark)
{
    o->peak = cuci_required(o);
    o->len  = mark;
}

/* What was written since mark: a view, with a NULL pointer if it was only counted. */
static cuc_str cuci_written(const cuci_out *o, size_t mark)
{
    return cuci_view(o->full ? NULL : o->buf + mark, o->len - mark);
}

/* volatile: otherwise compilers drop stores to memory that nobody reads again. */
static void cuci_wipe(void *p, size_t n)
{
    volatile unsigned char *v = (volatile unsigned char *)p;
    for (; n > 0; n--) v[n - 1] = 0;
}

/* Wipes what was written since mark, and rewinds. After an overflow the whole rest of the buffer is
 * wiped, since the secret may be what did fit.                                                   */
static void cuci_wipe_written(cuci_out *o, size_t mark)
{
    if (mark < o->cap) cuci_wipe(o->buf + mark, (o->full ? o->cap : o->len) - mark);
    cuci_rewind(o, mark);
}

/* Describes the bytes that cuci_run skips ("plain"): (byte ^ flip) >= low and byte != but. Each
 * member repeats its byte through the whole word. For JSON, flip 0x02 swaps the blank and the
 * quote, so that one comparison with 0x21 finds quotes and control characters.                   */
typedef struct cuci_plain {
    size_t flip, low, but;
    int    high; /* 1: bytes over 0x7F are plain, too */
} cuci_plain;

#define CUCI_REPEAT(byte) (SIZE_MAX / 255u * (byte))

static const cuci_plain cuci_plain_visible = { 0, CUCI_REPEAT(0x21), CUCI_REPEAT(0x7F), 0 };
static const cuci_plain cuci_plain_json = { CUCI_REPEAT(0x02), CUCI_REPEAT(0x21), CUCI_REPEAT('\\'),
                                            1 };

/* Tests the size_t at `at`: 0 only if all of its bytes are plain. A byte that is not plain
 * always sets its top bit, in the word itself or in one of the two differences. Bytes over 0x7F,
 * and neighbours of one that is not plain, can set theirs without being at fault.                */
CUCI_WRAPS static size_t cuci_suspect(const char *at, const cuci_plain *p)
{
    size_t w;
    memcpy(&w, at, sizeof w);
    w = w | ((w ^ p->flip) - p->low) | ((w ^ p->but) - CUCI_REPEAT(1));
    return w & CUCI_REPEAT(0x80);
}

static int cuci_is_plain(unsigned c, const cuci_plain *p)
{
    if (c > 0x7F) return p->high;
    return (c ^ (p->flip & 0xFF)) >= (p->low & 0xFF) && c != (p->but & 0xFF);
}

/* The end of the run of plain bytes that begins at i. Same result as:
 *     while (i < s->len && cuci_is_plain((unsigned char)s->ptr[i], p)) i++;
 *     return i;
 * It tests a whole size_t at a time, which is 8 times faster for a 1 KiB token. The last word
 * overlaps the one before it. Only words that cuci_suspect reports are read byte by byte. */
static inline size_t cuci_run(const cuc_str *s, size_t i, const cuci_plain *p)
{
    const size_t word = sizeof(size_t), last = s->len >= word ? s->len - word : 0;
    while (i < s->len) {
        size_t end = s->len;
        if (s->len >= word) {
            while (i <= last && cuci_suspect(s->ptr + i, p) == 0) i += word;
            if (i <= last) end = i + word;
            else if (cuci_suspect(s->ptr + last, p) == 0) return end;
        }
        for (; i < end; i++)
            if (!cuci_is_plain((unsigned char)s->ptr[i], p)) return i;
    }
    return i;
}

static int cuci_is_visible(const cuc_str *s)
{
    return cuci_run(s, 0, &cuci_plain_visible) == s->len;
}

/* Bytes of the UTF-8 character at i < len; 0 if it is ill-formed: cut short, longer than necessary,
 * a surrogate, or beyond U+10FFFF. Source: RFC 3629 section 4.                                   */
static unsigned cuci_utf8_step(const cuc_str *s, size_t i)
{
    const unsigned char *at = (const unsigned char *)s->ptr + i;
    const size_t         n  = s->len - i;
    const unsigned       c  = at[0];
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4 || n < 2 || (at[1] & 0xC0) != 0x80) return 0;
    if (c < 0xE0) return 2;
    if (n < 3 || (at[2] & 0xC0) != 0x80) return 0;
    if (c < 0xF0) {
        const unsigned v = (c & 0x0F) << 6 | (at[1] & 0x3F); /* without the last 6 bits */
        return v >= 0x20 && (v & 0x3E0) != 0x360 ? 3 : 0;
    }
    if (n < 4 || (at[3] & 0xC0) != 0x80) return 0;
    return (c > 0xF0 || at[1] >= 0x90) && (c < 0xF4 || at[1] < 0x90) ? 4 : 0;
}

/* The end of the run of ASCII that begins at i. Same result as:
 *     while (i < s->len && (unsigned char)s->ptr[i] < 0x80) i++;
 *     return i;                                                                                  */
static inline size_t cuci_ascii_run(const cuc_str *s, size_t i)
{
    size_t w;
    for (; s->len - i >= sizeof w; i += sizeof w) {
        memcpy(&w, s->ptr + i, sizeof w);
        if ((w & CUCI_REPEAT(0x80)) != 0) break;
    }
    while (i < s->len && (unsigned char)s->ptr[i] < 0x80) i++;
    return i;
}

/* The number of characters in s; CUCI_ILL_FORMED if it is not well-formed UTF-8. */
#define CUCI_ILL_FORMED SIZE_MAX

static size_t cuci_characters(const cuc_str *s)
{
    size_t i = cuci_ascii_run(s, 0), n = i;
    while (i < s->len) {
        const unsigned step = cuci_utf8_step(s, i);
        if (step == 0) return CUCI_ILL_FORMED;
        i += step;
        n++;
        if (i < s->len && (unsigned char)s->ptr[i] < 0x80) {
            const size_t end = cuci_ascii_run(s, i);
            n += end - i;
            i = end;
        }
    }
    return n;
}

/* Classes of characters, one bit each. The table has 16 columns; its rows begin with blank, 0, @,
 * P, ` and p. tests/test_text.c has the same in words.                                           */
enum {
    CUCI_UNRESERVED = 1, /* A-Z a-z 0-9 - . _ ~ : RFC 3986 section 2.3     */
    CUCI_LABEL      = 2, /* A-Z a-z 0-9 -       : RFC 1123 section 2.1     */
    CUCI_HOST       = 4, /* a label, . or _                                */
    CUCI_IPV6       = 8, /* 0-9 A-F a-f : .                                */
    CUCI_HEX        = 16,
    CUCI_DIGIT      = 32,
    CUCI_BASE       = 64, /* visible, but not ? or #                       */
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

CUCI_WRAPS static inline int cuci_is(unsigned c, unsigned classes)
{
    return c - ' ' < 96u && (cuci_classes[c - ' '] & classes) != 0; /* below ' ' it wraps */
}

/* The end of the run of characters of these classes that begins at i. */
static inline size_t cuci_span(cuc_str s, size_t i, unsigned classes)
{
    while (i < s.len && cuci_is((unsigned char)s.ptr[i], classes)) i++;
    return i;
}

static int cuci_all(cuc_str s, unsigned classes) { return cuci_span(s, 0, classes) == s.len; }

/* ASCII only, whatever the locale. */
static unsigned cuci_lower(unsigned c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }

/* The length of `with` if s begins with it, else 0. any_case: `with` is in lower case. */
static size_t cuci_begins(const cuc_str *s, const char *with, int any_case)
{
    size_t i;
    for (i = 0; with[i] != 0; i++) {
        const unsigned c = cuci_at(*s, i);
        if ((any_case ? cuci_lower(c) : c) != (unsigned char)with[i]) return 0;
    }
    return i;
}

/* A word list is one literal of terminated words with an empty word at the end: "a\0b\0". It needs
 * no pointers, so nothing is relocated. cuci_word gives the n-th word, from 0.                   */
static const char *cuci_word(const char *words, unsigned n)
{
    for (; n > 0; n--) words += cuci_length(words) + 1;
    return words;
}

/* The position of a word in a list, from 1; 0: not in it. */
static unsigned cuci_index(const char *words, const cuc_str *word)
{
    unsigned i;
    for (i = 1; *words != 0; i++) {
        if (word->len > 0 && cuci_begins(word, words, 0) == word->len) return i;
        words = cuci_word(words, 1);
    }
    return 0;
}

/* Bytes from..to of s. The caller knows that s is long enough. */
static cuc_str cuci_part(cuc_str s, size_t from, size_t to)
{
    return cuci_view(s.ptr + from, to - from);
}

static void cuci_trim(cuc_str *s)
{
    while (s->len > 0 && cuci_at(*s, s->len - 1) <= ' ') s->len--;
    for (; s->len > 0 && cuci_at(*s, 0) <= ' '; s->len--) s->ptr++;
}

/* The position of the first c at or after `from`; else the length, or `from` if that is larger. */
static size_t cuci_find(cuc_str s, size_t from, unsigned c)
{
    while (from < s.len && (unsigned char)s.ptr[from] != c) from++;
    return from;
}

/* "." or "..": a path segment that would make a URL name another resource. */
static int cuci_is_dots(cuc_str s)
{
    return s.len >= 1 && s.len <= 2 && cuci_at(s, 0) == '.' && cuci_at(s, s.len - 1) == '.';
}

/* A hex digit by arithmetic: a table look-up could leak the digit through the cache. `ten` is the
 * digit for 10: 'a' or 'A'. (9 - v) >> 8 has bits set only when v is over 9.                     */
CUCI_WRAPS static char cuci_hex_digit(unsigned v, unsigned ten)
{
    return (char)(v + '0' + (((9u - v) >> 8) & (ten - '0' - 10u)));
}

static void cuci_put_hex(cuci_out *o, const unsigned char digest[32])
{
    char     text[64];
    unsigned i;
    for (i = 0; i < 32; i++) {
        text[2 * i]     = cuci_hex_digit(digest[i] >> 4, 'a');
        text[2 * i + 1] = cuci_hex_digit(digest[i] & 15u, 'a');
    }
    cuci_put_bytes(o, text, sizeof text);
}

#if SIZE_MAX > UINT32_MAX
typedef size_t cuci_wide; /* holds a size_t or a uint32_t; small devices do no 64-bit division */
#else
typedef uint32_t cuci_wide;
#endif

static void cuci_put_number(cuci_out *o, cuci_wide n)
{
    char     text[20]; /* 2^64 has 20 digits */
    unsigned i = sizeof text;
    do {
        text[--i] = (char)('0' + n % 10u);
        n /= 10u;
    } while (n > 0);
    cuci_put_part(o, text, i, sizeof text);
}

static void cuci_put_percent(cuci_out *o, unsigned c)
{
    char text[3];
    text[0] = '%';
    text[1] = cuci_hex_digit(c >> 4, 'A');
    text[2] = cuci_hex_digit(c & 15u, 'A');
    cuci_put_bytes(o, text, 3);
}

/* Percent-encodes every byte except unreserved characters and, if keep_slashes is 1, slashes.
 * Returns the number of encoded bytes. Source: SigV4, "create a canonical request".              */
static size_t cuci_put_encoded(cuci_out *o, const cuc_str *s, int keep_slashes)
{
    size_t i, done = 0, encoded = 0;
    for (i = 0; (i = cuci_span(*s, i, CUCI_UNRESERVED)) < s->len; i++) {
        const unsigned c = cuci_at(*s, i);
        if (keep_slashes && c == '/') continue;
        cuci_put_part(o, s->ptr, done, i);
        cuci_put_percent(o, c);
        done = i + 1;
        encoded++;
    }
    cuci_put_part(o, s->ptr, done, s->len);
    return encoded;
}

/* Calendar arithmetic in 32 bits. cuci_split_time divides the milliseconds once, in two steps as in
 * long division, because a 64-bit division costs a small device 700 bytes. Source: the proleptic
 * Gregorian calendar, as in RFC 3339.                                                            */
typedef struct cuci_time {
    char text[16]; /* "20261125T120000Z", not terminated; the first 8 are the date */
} cuci_time;

#define CUCI_DAY_MS 86400000
#define CUCI_LAST_DAY 2932896u /* 9999-12-31 */
#define CUCI_TIME_BOUND ((uint64_t)CUCI_DAY_MS * (CUCI_LAST_DAY + 1))

static int cuci_is_time(int64_t ms) { return (uint64_t)ms < CUCI_TIME_BOUND; }

/* Days from 1970-01-01 to the first day of the month that is `months` after 1970-01. Years begin in
 * March here, so that the leap day is the last day of its year.                                  */
static uint32_t cuci_days_before(uint32_t months)
{
    const uint32_t since = months + 1970u * 12u - 2u, y = since / 12u, m = since % 12u;
    return 365u * y + y / 4u - y / 100u + y / 400u + (153u * m + 2u) / 5u - 719468u;
}

static void cuci_two_digits(char *at, uint32_t n)
{
    at[0] = (char)('0' + n / 10u);
    at[1] = (char)('0' + n % 10u);
}

static int cuci_split_time(int64_t ms, cuci_time *out)
{
    const uint32_t unit = 84375; /* 1024 of them are the milliseconds of a day */
    uint32_t       high, rest, day, second, months, year;
    if (!cuci_is_time(ms)) return 0;
    high   = (uint32_t)(ms >> 25); /* ms / 1024 = high * 2^15 + 15 bits */
    rest   = high % unit << 15 | ((uint32_t)(ms >> 10) & 0x7FFFu);
    day    = (high / unit << 15) + rest / unit;
    second = (rest % unit << 10 | ((uint32_t)ms & 0x3FFu)) / 1000u;
    months = day * 48u / 1461u; /* never too late, and at most a few too early */
    while (cuci_days_before(months + 1u) <= day) months++;
    year = 1970u + months / 12u;
    cuci_two_digits(out->text, year / 100u);
    cuci_two_digits(out->text + 2, year % 100u);
    cuci_two_digits(out->text + 4, months % 12u + 1u);
    cuci_two_digits(out->text + 6, day - cuci_days_before(months) + 1u);
    cuci_two_digits(out->text + 9, second / 3600u);
    cuci_two_digits(out->text + 11, second / 60u % 60u);
    cuci_two_digits(out->text + 13, second % 60u);
    out->text[8]  = 'T';
    out->text[15] = 'Z';
    return 1;
}

/* The value of 1 to 9 decimal digits; -1 for anything else. */
CUCI_WRAPS static int32_t cuci_number(cuc_str s)
{
    int32_t n = 0;
    size_t  i;
    if (s.len == 0 || s.len > 9) return -1;
    for (i = 0; i < s.len; i++) {
        const unsigned digit = cuci_at(s, i) - '0';
        if (digit > 9) return -1;
        n = n * 10 + (int32_t)digit;
    }
    return n;
}

/* Milliseconds from 1970 to the beginning of a day; month from 0, day from 1. */
static int64_t cuci_day_start(uint32_t year, uint32_t month, uint32_t day)
{
    return (int64_t)(cuci_days_before((year - 1970u) * 12u + month) + day - 1u) * CUCI_DAY_MS;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" as milliseconds; -1 if it is malformed. Does not check the name
 * of the day or the length of the month. Source: RFC 9110 section 5.6.7.                         */
static int64_t cuci_http_date(const cuc_str *s)
{
    enum { CUCI_DAY, CUCI_CENTURY, CUCI_YEAR, CUCI_HOUR, CUCI_MINUTE, CUCI_SECOND, CUCI_PARTS };
    static const unsigned char at[CUCI_PARTS]  = { 5, 12, 14, 17, 20, 23 };
    static const unsigned char max[CUCI_PARTS] = { 31, 99, 99, 23, 59, 60 };
    static const char          months[]        = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint32_t                   n[CUCI_PARTS], year, month = 0;
    unsigned                   i;
    if (s->len != 29 || memcmp(s->ptr + 25, " GMT", 4) != 0) return -1;
    for (i = 0; i < CUCI_PARTS; i++) {
        n[i] = (uint32_t)cuci_number(cuci_view(s->ptr + at[i], 2));
        if (n[i] > max[i]) return -1; /* includes -1: not a number */
    }
    while (month < 12 && memcmp(months + 3 * month, s->ptr + 8, 3) != 0) month++;
    year = n[CUCI_CENTURY] * 100u + n[CUCI_YEAR];
    if (month == 12 || n[CUCI_DAY] == 0 || year < 1970u) return -1;
    return cuci_day_start(year, month, n[CUCI_DAY]) +
           (int32_t)((n[CUCI_HOUR] * 60u + n[CUCI_MINUTE]) * 60u + n[CUCI_SECOND]) * 1000;
}

/* ---- scratch ------------------------------------------------------------------------------------
 * Parts of the result serve as scratch memory, which saves stack. Signing uses the first 128 bytes
 * of result.message: two digests, then the 64-byte block of an HMAC that is made from SHA-256. It
 * leaves zeroes. (The message of an earlier attempt is lost.) While a response arrives, the reader
 * keeps keys and codes in result.where.                                                          */
enum { CUCI_SCRATCH_KEY = 32, CUCI_SCRATCH_BLOCK = 64 };

static unsigned char *cuci_scratch(cuc_result *result) { return (unsigned char *)result->message; }

/* ---- problems -----------------------------------------------------------------------------------
 * The first problem of a call or a part stays in the result.                                     */

/* Values of cuc_result.detail. They select a sentence of cuc_result_text. */
enum {
    CUCI_DETAIL_NONE,
    /* CUC_E_LIMIT */
    CUCI_DETAIL_ENTRIES,
    /* CUC_E_REGION, CUC_E_CREDENTIALS */
    CUCI_DETAIL_MISSING,
    CUCI_DETAIL_FIPS, /* a region like fips-us-east-1 */
    CUCI_DETAIL_ZONE, /* a region like us-east-1a */
    CUCI_DETAIL_SLASH,
    CUCI_DETAIL_QUOTE,
    /* CUC_E_ORDER */
    CUCI_DETAIL_NEXT_BEFORE_END,
    CUCI_DETAIL_END_BEFORE_SEND,
    CUCI_DETAIL_END_TWICE,
    /* CUC_E_EXHAUSTED, CUC_E_SERVICE: why there was no further retry */
    CUCI_DETAIL_NO_SLEEP,
    CUCI_DETAIL_NO_BUDGET,
    CUCI_DETAIL_NO_TIME
};

/* Is there no problem so far? The result of a call is CUC_E_UNFINISHED until it ends. */
static int cuci_is_fine(const cuc_result *r)
{
    return r->status == CUC_OK || r->status == CUC_E_UNFINISHED;
}

static void cuci_fail_as(cuc_result *r, cuc_status status, const char *where, int32_t detail)
{
    cuci_out o = cuci_writer(r->where, sizeof r->where);
    if (!cuci_is_fine(r)) return;
    r->status = status;
    r->detail = detail;
    cuci_put_text(&o, where);
    cuci_put_end(&o);
}

static void cuci_fail(cuc_result *r, cuc_status status, const char *where)
{
    cuci_fail_as(r, status, where, CUCI_DETAIL_NONE);
}

/* ---- 2 model >>model ---------------------------------------------------------------------------
 * in:  nothing
 * out: the tables that validation and JSON both walk, so that no field is checked in one way and
 *      written in another. Source: the shapes of the service model with the names of the members.
 * To add a string: a member of the struct in >>request and a row here; tests/README.md has all
 * steps.                                                                                         */

/* The group of a field. Its name is the word of cuci_groups with that number. */
enum {
    CUCI_IN_PATH, /* an id: part of the URL, not of the body */
    CUCI_IN_TOP,
    CUCI_IN_REFERENCES,
    CUCI_IN_SEGMENTS,
    CUCI_IN_CC,
    CUCI_IN_QUEUE,
    CUCI_IN_USER,
    CUCI_IN_CUSTOMER,
    CUCI_IN_SYSTEM
};

/* clang-format off */
static const char cuci_groups[] =
    "\0" "\0" "References\0" "SegmentAttributes\0" "AdditionalRecipients.CcEmailAddresses\0"
    "QueueInfo\0" "UserInfo\0" "CustomerEndpoint\0" "SystemEndpoint\0";

/* What is checked in addition to the length and UTF-8. */
enum { CUCI_ANY, CUCI_ID, CUCI_ARN, CUCI_EMAIL };

typedef struct cuci_field {
    unsigned char  group;
    unsigned char  required;
    unsigned char  check;    /* CUCI_ANY ...                                                      */
    unsigned char  offset;   /* of the cuc_str in the struct                                      */
    unsigned char  name_len;
    unsigned char  min;      /* characters, not bytes                                             */
    unsigned short max;      /* 0: no limit                                                       */
    char           text[16]; /* the name (at most 12 bytes) and `":"`. An array, so that the table
                                needs no relocation                                               */
} cuci_field;

#define CUCI_FIELD(type, group, required, check, name, member, min, max)                           \
    { group, required, check, (unsigned char)offsetof(type, member), sizeof(name) - 1, min, max,   \
      name "\":\"" }
/* Rows for cuc_request, cuc_reference and cuc_email_address. */
#define CUCI_Q(group, required, check, name, member, min, max)                                     \
    CUCI_FIELD(cuc_request, group, required, check, name, member, min, max)
#define CUCI_R(required, check, name, member, min, max)                                            \
    CUCI_FIELD(cuc_reference, CUCI_IN_REFERENCES, required, check, name, member, min, max)
#define CUCI_E(required, check, name, member, min, max)                                            \
    CUCI_FIELD(cuc_email_address, CUCI_IN_CC, required, check, name, member, min, max)

/* Keep the rows of a group together, and those of the top level before QueueInfo: cuci_json_fields
 * opens an object at the first row of a group. The ids stay the first two rows: cuc_call.odd_id. */
static const cuci_field cuci_request_fields[] = {
    /*     group        required  check     name           member                      min   max */
    CUCI_Q(CUCI_IN_PATH,     1, CUCI_ID,  "InstanceId",  instance_id,                1,  100),
    CUCI_Q(CUCI_IN_PATH,     1, CUCI_ID,  "ContactId",   contact_id,                 1,  256),
    CUCI_Q(CUCI_IN_TOP,      0, CUCI_ANY, "Name",        name,                       0, 1024),
    CUCI_Q(CUCI_IN_TOP,      0, CUCI_ANY, "Description", description,                0, 4096),
    CUCI_Q(CUCI_IN_QUEUE,    0, CUCI_ANY, "Id",          queue_id,                   0,    0),
    CUCI_Q(CUCI_IN_USER,     0, CUCI_ANY, "UserId",      user_id,                    1,  256),
    CUCI_Q(CUCI_IN_CUSTOMER, 0, CUCI_ANY, "Type",        customer_endpoint.type,     0,    0),
    CUCI_Q(CUCI_IN_CUSTOMER, 0, CUCI_ANY, "Address",     customer_endpoint.address,  0,  256),
    CUCI_Q(CUCI_IN_SYSTEM,   0, CUCI_ANY, "Type",        system_endpoint.type,       0,    0),
    CUCI_Q(CUCI_IN_SYSTEM,   0, CUCI_ANY, "Address",     system_endpoint.address,    0,  256),
};
static const cuci_field cuci_reference_fields[] = {
    /* required  check      name             member                                    min   max */
    CUCI_R(1, CUCI_ANY,   "Type",         type,                                       0,    0),
    CUCI_R(0, CUCI_ANY,   "Value",        value,                                      0, 4096),
    CUCI_R(0, CUCI_ANY,   "Status",       status,                                     0,    0),
    CUCI_R(0, CUCI_ARN,   "Arn",          arn,                                       20,  256),
    CUCI_R(0, CUCI_ANY,   "StatusReason", status_reason,                              0,  100),
};
static const cuci_field cuci_email_fields[] = {
    CUCI_E(1, CUCI_EMAIL, "EmailAddress", email_address,                              1,  255),
    CUCI_E(0, CUCI_ANY,   "DisplayName",  display_name,                               0,  256),
};

static const char cuci_kinds[] = /* by cuc_segment_kind */
    "\0" "ValueString\0" "ValueArn\0" "ValueInteger\0" "ValueMap\0" "ValueList\0";
/* clang-format on */

/* A table and its end, for the functions that walk one. */
#define CUCI_ROWS(table) table, table + sizeof table / sizeof table[0]

#define CUCI_REFERENCE_KEY_MAX 4096u
#define CUCI_REFERENCE_VALUES_MAX 4096u /* bytes of all Values; API reference, UpdateContact */
#define CUCI_SEGMENT_KEY_MAX 128u
#define CUCI_SEGMENT_TEXT_MAX 1024u
#define CUCI_CC_MAX 50u

/* cuci_field.offset is one byte. (C99 has no static assertion, but an array of negative size does
 * not compile.)                                                                                  */
typedef char cuci_assert_offsets[sizeof(cuc_request) <= 255u ? 1 : -1];

static cuc_str cuci_field_name(const cuci_field *f) { return cuci_view(f->text, f->name_len); }

static const cuc_str *cuci_field_of(const void *base, const cuci_field *field)
{
    return (const cuc_str *)(const void *)((const char *)base + field->offset);
}

/* Walks a tree of segment attributes without recursion. It stores one index per level, and finds
 * each node from the root. The last index is for an empty container at the deepest level.        */
typedef struct cuci_walk {
    const cuc_segment *root, *item; /* item: what the last event is about */
    size_t             root_count;
    unsigned           index[CUC_MAX_DEPTH + 1];
    unsigned           depth;   /* open levels; 1: the entries of the request */
    int                in_list; /* item is in a list                 */
    int                moved;   /* the index already is at the next item */
} cuci_walk;

typedef enum cuci_event {
    CUCI_WALK_END,
    CUCI_WALK_LEAF,
    CUCI_WALK_OPEN,
    CUCI_WALK_CLOSE,
    CUCI_WALK_TOO_DEEP
} cuci_event;

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

/* The container `levels` levels down the path. *key receives the innermost key on the way to it. */
CUCI_APART static const cuc_segment *cuci_walk_node(const cuci_walk *w, unsigned levels,
                                                    cuc_str *key)
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

static cuci_event cuci_walk_next(cuci_walk *w)
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
 * in:  a request
 * out: its first problem, with the path of the field at fault; never a value                     */

/* The field that is being checked: group["key"].field or group[index].field. After the first
 * problem nothing else is checked, so this still names the field at fault when the path is written
 * at the end.                                                                                    */
typedef struct cuci_path {
    cuc_result *result;
    cuc_str     key, field;
    size_t      index;    /* shown if the entry has no key */
    unsigned    group;    /* CUCI_IN_... */
    int         in_entry; /* of a map or list */
} cuci_path;

static void cuci_path_begin(cuci_path *at, cuc_result *result)
{
    memset(at, 0, sizeof *at);
    at->result = result;
}

static int cuci_no_problem(const cuci_path *at) { return cuci_is_fine(at->result); }

static void cuci_fail_at(const cuci_path *at, cuc_status status) { at->result->status = status; }

static void cuci_fail_limit(const cuci_path *at, size_t actual, size_t allowed, int bytes)
{
    at->result->actual  = actual;
    at->result->allowed = allowed;
    at->result->bytes   = bytes;
    cuci_fail_at(at, CUC_E_LIMIT);
}

/* At most 32 bytes of the key; what is not printable ASCII is shown as ?. */
static void cuci_put_entry(cuci_out *o, const cuci_path *at)
{
    size_t i;
    if (!cuci_is_set(at->key)) {
        CUCI_PUT(o, "[");
        cuci_put_number(o, at->index);
        CUCI_PUT(o, "]");
        return;
    }
    CUCI_PUT(o, "[\"");
    for (i = 0; i < at->key.len && i < 32; i++) {
        const unsigned c = cuci_at(at->key, i);
        cuci_put_byte(o, c >= ' ' && c < 0x7F ? c : '?');
    }
    CUCI_PUT(o, "\"]");
}

CUCI_APART static void cuci_put_path(const cuci_path *at)
{
    cuci_out o = cuci_writer(at->result->where, sizeof at->result->where);
    cuci_put_text(&o, cuci_word(cuci_groups, at->group));
    if (at->in_entry) cuci_put_entry(&o, at);
    if (at->field.len > 0 && o.len > 0) CUCI_PUT(&o, ".");
    cuci_put(&o, &at->field);
    cuci_put_end(&o);
}

/* A character has at most 4 bytes. A length over 4 * max is therefore too long, and is refused
 * before a byte is read: such a length may be garbage. max 0: no limit.                          */
static inline void cuci_check_text(const cuci_path *at, const cuc_str *s, size_t min, size_t max)
{
    size_t n;
    if (max > 0 && s->len > 4 * max) {
        cuci_fail_limit(at, s->len, 4 * max, 1);
        return;
    }
    n = cuci_characters(s);
    if (n == CUCI_ILL_FORMED) cuci_fail_at(at, CUC_E_UTF8);
    else if (n < min || (max > 0 && n > max)) cuci_fail_limit(at, n, n < min ? min : max, 0);
}

/* Neither white space nor @: the [^\s@] of the model's pattern. */
static int cuci_is_email_char(unsigned c) { return c != '@' && c != ' ' && (c < 9 || c > 13); }

/* [^\s@]+@[^\s@]+\.[^\s@]+ anywhere in s, since the pattern has no anchors. Source: shape
 * EmailAddress.                                                                                  */
static int cuci_is_email(cuc_str s)
{
    size_t i, end;
    for (i = 1; i < s.len; i++) {
        if (cuci_at(s, i) != '@' || !cuci_is_email_char(cuci_at(s, i - 1))) continue;
        for (end = i + 2; end + 1 < s.len && cuci_is_email_char(cuci_at(s, end - 1)); end++)
            if (cuci_at(s, end) == '.' && cuci_is_email_char(cuci_at(s, end + 1))) return 1;
    }
    return 0;
}

/* The pattern of an ARN has no end anchor, so it restricts the first character only. Source: shape
 * ReferenceArn.                                                                                  */
static int cuci_is_arn_start(unsigned c) { return cuci_is(c, CUCI_LABEL) || c == ':' || c == '/'; }

static int cuci_is_allowed(const cuc_str *s, unsigned check)
{
    switch (check) {
    case CUCI_ID:
        return !cuci_is_dots(*s);
    case CUCI_ARN:
        return cuci_is_arn_start(cuci_at(*s, 0));
    case CUCI_EMAIL:
        return cuci_is_email(*s);
    default:
        return 1;
    }
}

static void cuci_check_field(cuci_path *at, const cuci_field *f, const cuc_str *s)
{
    if (!cuci_is_set(*s)) {
        if (f->required || s->len > 0) cuci_fail_at(at, CUC_E_REQUIRED);
    } else {
        cuci_check_text(at, s, f->min, f->max);
        if (cuci_no_problem(at) && !cuci_is_allowed(s, f->check)) cuci_fail_at(at, CUC_E_VALUE);
    }
}

/* Returns how many fields of the body are set. */
static inline unsigned cuci_check_fields(cuci_path *at, const void *base, const cuci_field *f,
                                         const cuci_field *end)
{
    unsigned set = 0;
    for (; f < end && cuci_no_problem(at); f++) {
        const cuc_str *s = cuci_field_of(base, f);
        cuci_check_field(at, f, s);
        set += f->group != CUCI_IN_PATH && cuci_is_set(*s);
        if (cuci_no_problem(at)) continue;
        at->field = cuci_field_name(f);
        at->group = f->group;
    }
    return set;
}

/* Points `at` to a list. Returns 1 if the list is set. A count without a pointer is a problem. */
static int cuci_check_list(cuci_path *at, unsigned group, const void *entries, size_t count)
{
    if (!cuci_no_problem(at)) return 0;
    at->group     = group;
    at->in_entry  = 0;
    at->field.len = 0;
    if (entries == NULL && count > 0) cuci_fail_at(at, CUC_E_REQUIRED);
    return entries != NULL;
}

/* The key of an entry is the first member of its struct. */
static const cuc_str *cuci_key_at(const void *entries, size_t stride, size_t i)
{
    return (const cuc_str *)(const void *)((const char *)entries + i * stride);
}

static int cuci_is_duplicate(const void *entries, size_t stride, size_t i)
{
    size_t k;
    for (k = 0; k < i; k++)
        if (cuci_equal(cuci_key_at(entries, stride, i), cuci_key_at(entries, stride, k))) return 1;
    return 0;
}

/* The keys of one map: set, within their limits, well-formed, unique. Comparing each key with all
 * earlier ones is quadratic: fine for dozens; 500 references take 2 ms.                          */
static void cuci_check_keys(cuci_path *at, const void *entries, size_t count, size_t stride)
{
    const size_t max =
        at->group == CUCI_IN_REFERENCES ? CUCI_REFERENCE_KEY_MAX : CUCI_SEGMENT_KEY_MAX;
    size_t i;
    at->in_entry = 1;
    for (i = 0; i < count && cuci_no_problem(at); i++) {
        at->index = i;
        at->field = CUCI_TEXT("key");
        at->key   = cuci_present(*cuci_key_at(entries, stride, i));
        if (!cuci_is_set(at->key)) cuci_fail_at(at, CUC_E_REQUIRED);
        else cuci_check_text(at, &at->key, 1, max);
    }
    for (i = 1; i < count && cuci_no_problem(at); i++) {
        if (!cuci_is_duplicate(entries, stride, i)) continue;
        at->key       = *cuci_key_at(entries, stride, i);
        at->field.len = 0;
        cuci_fail_at(at, CUC_E_DUPLICATE);
    }
}

static void cuci_check_references(cuci_path *at, const cuc_request *q)
{
    size_t total = 0, i;
    if (!cuci_check_list(at, CUCI_IN_REFERENCES, q->references, q->reference_count)) return;
    cuci_check_keys(at, q->references, q->reference_count, sizeof(cuc_reference));
    for (i = 0; i < q->reference_count && cuci_no_problem(at); i++) {
        const cuc_reference *r = &q->references[i];
        at->key                = r->key;
        (void)cuci_check_fields(at, r, CUCI_ROWS(cuci_reference_fields));
        total = r->value.len < SIZE_MAX - total ? total + r->value.len : SIZE_MAX;
    }
    if (!cuci_check_list(at, CUCI_IN_REFERENCES, q->references, 0)) return; /* the list again */
    if (total > CUCI_REFERENCE_VALUES_MAX) cuci_fail_limit(at, total, CUCI_REFERENCE_VALUES_MAX, 1);
}

static void cuci_check_recipients(cuci_path *at, const cuc_request *q)
{
    const cuc_str no_key = CUC_ZERO;
    const size_t  count  = q->cc_email_address_count;
    size_t        i;
    if (!cuci_check_list(at, CUCI_IN_CC, q->cc_email_addresses, count)) return;
    if (count > CUCI_CC_MAX) {
        cuci_fail_limit(at, count, CUCI_CC_MAX, 0);
        at->result->detail = CUCI_DETAIL_ENTRIES;
    }
    at->in_entry = count <= CUCI_CC_MAX;
    at->key      = no_key;
    for (i = 0; i < count && cuci_no_problem(at); i++) {
        at->index = i;
        (void)cuci_check_fields(at, &q->cc_email_addresses[i], CUCI_ROWS(cuci_email_fields));
    }
}

/* The kinds are in the order: unset, texts, the integer, containers. */
static int cuci_lacks_value(const cuc_segment *item)
{
    return item->kind == CUC_SEGMENT_UNSET ||
           (item->kind < CUC_SEGMENT_INTEGER && !cuci_is_set(item->text)) ||
           (item->kind > CUC_SEGMENT_INTEGER && item->items == NULL);
}

static void cuci_check_segment(cuci_path *at, const cuc_segment *item)
{
    const unsigned kind = (unsigned)item->kind; /* the caller may have put any number there */
    at->field           = cuc_s(cuci_word(cuci_kinds, kind <= CUC_SEGMENT_LIST ? kind : 0));
    if (kind > CUC_SEGMENT_LIST) cuci_fail_at(at, CUC_E_VALUE);
    else if (cuci_lacks_value(item)) cuci_fail_at(at, CUC_E_REQUIRED);
    else if (kind < CUC_SEGMENT_INTEGER) cuci_check_text(at, &item->text, 0, CUCI_SEGMENT_TEXT_MAX);
}

static void cuci_check_segments(cuci_path *at, const cuc_request *q)
{
    cuci_walk  w;
    cuci_event event;
    cuci_walk_begin(&w, q->segment_attributes, q->segment_attribute_count);
    if (!cuci_check_list(at, CUCI_IN_SEGMENTS, w.root, w.root_count)) return;
    cuci_check_keys(at, w.root, w.root_count, sizeof(cuc_segment));
    while (cuci_no_problem(at) && (event = cuci_walk_next(&w)) != CUCI_WALK_END) {
        if (event == CUCI_WALK_CLOSE) continue;
        (void)cuci_walk_node(&w, event == CUCI_WALK_OPEN ? w.depth - 1 : w.depth, &at->key);
        cuci_check_segment(at, w.item);
        if (!cuci_no_problem(at)) return;
        at->field.len = 0;
        if (event == CUCI_WALK_TOO_DEEP) cuci_fail_at(at, CUC_E_DEPTH);
        else if (w.item->kind == CUC_SEGMENT_MAP)
            cuci_check_keys(at, w.item->items, w.item->count, sizeof(cuc_segment));
    }
}

/* Checks a ready body: UTF-8, begins with '{', and no other field of the body is set. */
static void cuci_check_body(cuci_path *at, const cuc_request *q, unsigned others)
{
    cuc_str body = q->body;
    cuci_path_begin(at, at->result);
    at->field = CUCI_TEXT("body");
    if (!cuci_is_set(body)) {
        cuci_fail_at(at, CUC_E_REQUIRED);
        return;
    }
    cuci_check_text(at, &body, 0, 0);
    cuci_trim(&body);
    if (cuci_no_problem(at) && (others > 0 || cuci_at(body, 0) != '{'))
        cuci_fail_at(at, CUC_E_VALUE);
}

static void cuci_check_request(const cuc_request *q, cuc_result *result)
{
    cuci_path at;
    unsigned  set;
    if (!cuci_is_fine(result)) return; /* the client already has a problem */
    cuci_path_begin(&at, result);
    set = cuci_check_fields(&at, q, CUCI_ROWS(cuci_request_fields));
    set += (unsigned)(q->references != NULL) + (unsigned)(q->segment_attributes != NULL) +
           (unsigned)(q->cc_email_addresses != NULL);
    cuci_check_references(&at, q);
    cuci_check_segments(&at, q);
    cuci_check_recipients(&at, q);
    if (cuci_no_problem(&at) && (cuci_is_set(q->body) || cuci_lost(&q->body))) {
        cuci_check_body(&at, q, set);
    } else if (cuci_no_problem(&at) && set == 0) {
        cuci_path_begin(&at, result);
        cuci_fail_at(&at, CUC_E_NOTHING);
    }
    if (!cuci_no_problem(&at)) cuci_put_path(&at);
}

CUC_API cuc_status cuc_validate(const cuc_request *request, cuc_result *result)
{
    memset(result, 0, sizeof *result);
    cuci_check_request(request, result);
    return result->status;
}

/* ---- 4 json >>json -----------------------------------------------------------------------------
 * in:  a valid request
 * out: compact JSON. There is no error path: validation has refused what could go wrong.         */

typedef struct cuci_json {
    cuci_out *out;
    int       comma; /* 1: something stands before the next member or element */
} cuci_json;

/* Writes c as an escape: U+0000 to U+001F, " and \. No other character needs one. Source: RFC 8259
 * section 7.                                                                                     */
static void cuci_put_escape(cuci_out *o, unsigned c)
{
    static const char letters[] = "btn_fr"; /* for 8 to 13; 11 has none */
    char              text[6];
    text[0] = '\\';
    if (c >= ' ' || (c >= 8 && c <= 13 && c != 11)) {
        text[1] = c >= ' ' ? (char)c : letters[c - 8];
        cuci_put_bytes(o, text, 2);
        return;
    }
    text[1] = 'u';
    text[2] = '0';
    text[3] = '0';
    text[4] = cuci_hex_digit(c >> 4, 'a');
    text[5] = cuci_hex_digit(c & 15u, 'a');
    cuci_put_bytes(o, text, 6);
}

static inline void cuci_put_escaped(cuci_out *o, const cuc_str *s)
{
    size_t i = 0, end;
    for (;;) {
        end = cuci_run(s, i, &cuci_plain_json);
        cuci_put_part(o, s->ptr, i, end);
        if (end >= s->len) return;
        cuci_put_escape(o, cuci_at(*s, end));
        i = end + 1;
    }
}

static void cuci_json_comma(cuci_json *j)
{
    if (j->comma) CUCI_PUT(j->out, ",");
    j->comma = 1;
}

static void cuci_json_open(cuci_json *j, unsigned bracket)
{
    cuci_put_byte(j->out, bracket);
    j->comma = 0;
}

static void cuci_json_close(cuci_json *j, unsigned bracket)
{
    cuci_put_byte(j->out, bracket);
    j->comma = 1;
}

/* Writes a comma if one is needed, and the quote before a name. Same result as cuci_json_comma and
 * putting a quote, in one piece.                                                                 */
static void cuci_json_quote(cuci_json *j)
{
    if (j->comma) CUCI_PUT(j->out, ",\"");
    else CUCI_PUT(j->out, "\"");
    j->comma = 1;
}

/* A member's name and the colon. Names of the model need no escaping. */
static void cuci_json_name(cuci_json *j, const char *name)
{
    cuci_json_quote(j);
    cuci_put_text(j->out, name);
    CUCI_PUT(j->out, "\":");
}

static void cuci_json_key(cuci_json *j, const cuc_str *key)
{
    cuci_json_quote(j);
    cuci_put_escaped(j->out, key);
    CUCI_PUT(j->out, "\":");
}

static void cuci_json_text(cuci_json *j, const cuc_str *text)
{
    cuci_put_escaped(j->out, text);
    cuci_put_byte(j->out, '"');
}

/* The fields that are set. QueueInfo, UserInfo and each endpoint are objects of their own. */
static inline void cuci_json_fields(cuci_json *j, const void *base, const cuci_field *f,
                                    const cuci_field *end)
{
    unsigned open = 0; /* group of the object that is open; 0: none */
    for (; f < end; f++) {
        const cuc_str *s = cuci_field_of(base, f);
        if (!cuci_is_set(*s) || f->group == CUCI_IN_PATH) continue;
        if (f->group >= CUCI_IN_QUEUE && f->group != open) {
            if (open != 0) cuci_json_close(j, '}');
            open = f->group;
            cuci_json_name(j, cuci_word(cuci_groups, open));
            cuci_json_open(j, '{');
        }
        cuci_json_quote(j);
        cuci_put_bytes(j->out, f->text, f->name_len + 3u); /* name":" */
        cuci_json_text(j, s);
    }
    if (open != 0) cuci_json_close(j, '}');
}

static void cuci_json_references(cuci_json *j, const cuc_request *q)
{
    size_t i;
    cuci_json_name(j, cuci_word(cuci_groups, CUCI_IN_REFERENCES));
    cuci_json_open(j, '{');
    for (i = 0; i < q->reference_count; i++) {
        cuci_json_key(j, &q->references[i].key);
        cuci_json_open(j, '{');
        cuci_json_fields(j, &q->references[i], CUCI_ROWS(cuci_reference_fields));
        cuci_json_close(j, '}');
    }
    cuci_json_close(j, '}');
}

static void cuci_json_recipients(cuci_json *j, const cuc_request *q)
{
    size_t i;
    cuci_json_quote(j);
    CUCI_PUT(j->out, "AdditionalRecipients\":{\"CcEmailAddresses\":[");
    j->comma = 0;
    for (i = 0; i < q->cc_email_address_count; i++) {
        cuci_json_comma(j);
        cuci_json_open(j, '{');
        cuci_json_fields(j, &q->cc_email_addresses[i], CUCI_ROWS(cuci_email_fields));
        cuci_json_close(j, '}');
    }
    CUCI_PUT(j->out, "]}");
    j->comma = 1;
}

static void cuci_put_integer(cuci_out *o, int32_t n)
{
    if (n < 0) CUCI_PUT(o, "-");
    cuci_put_number(o, n < 0 ? (uint32_t)-(n + 1) + 1u : (uint32_t)n);
}

/* Writes "ValueString": and the like, and the value; of a map or list only its opening bracket. */
static void cuci_json_value(cuci_json *j, const cuc_segment *item)
{
    cuci_json_name(j, cuci_word(cuci_kinds, (unsigned)item->kind));
    if (item->kind == CUC_SEGMENT_MAP) {
        cuci_json_open(j, '{');
    } else if (item->kind == CUC_SEGMENT_LIST) {
        cuci_json_open(j, '[');
    } else if (item->kind == CUC_SEGMENT_INTEGER) {
        cuci_put_integer(j->out, item->integer);
    } else {
        cuci_put_byte(j->out, '"');
        cuci_json_text(j, &item->text);
    }
}

static void cuci_json_segments(cuci_json *j, const cuc_request *q)
{
    cuci_walk  w;
    cuci_event event;
    cuci_json_name(j, cuci_word(cuci_groups, CUCI_IN_SEGMENTS));
    cuci_json_open(j, '{');
    cuci_walk_begin(&w, q->segment_attributes, q->segment_attribute_count);
    while ((event = cuci_walk_next(&w)) != CUCI_WALK_END) {
        if (event == CUCI_WALK_CLOSE) {
            cuci_json_close(j, w.item->kind == CUC_SEGMENT_LIST ? ']' : '}');
        } else {
            if (w.in_list) cuci_json_comma(j);
            else cuci_json_key(j, &w.item->key);
            cuci_json_open(j, '{');
            cuci_json_value(j, w.item);
        }
        if (event != CUCI_WALK_OPEN) cuci_json_close(j, '}');
    }
    cuci_json_close(j, '}');
}

static void cuci_put_json(cuci_out *o, const cuc_request *q)
{
    cuci_json j;
    if (cuci_is_set(q->body)) {
        cuci_put(o, &q->body);
        return;
    }
    j.out = o;
    cuci_json_open(&j, '{');
    cuci_json_fields(&j, q, CUCI_ROWS(cuci_request_fields));
    if (q->references != NULL) cuci_json_references(&j, q);
    if (q->segment_attributes != NULL) cuci_json_segments(&j, q);
    if (q->cc_email_addresses != NULL) cuci_json_recipients(&j, q);
    cuci_json_close(&j, '}');
}

/* Terminates a text that goes to the caller; one that does not fit is made empty instead. Returns
 * its length.                                                                                    */
static size_t cuci_finish_text(cuci_out *o)
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

static cuc_status cuci_finish_part(cuci_out *o, cuc_result *result)
{
    result->required = cuci_finish_text(o) + 1;
    if (o->full) cuci_fail(result, CUC_E_SPACE, "");
    return result->status;
}

CUC_API cuc_status cuc_write_json(const cuc_request *request, char *buf, size_t cap,
                                  cuc_result *result)
{
    cuci_out o = cuci_writer(buf, cap);
    if (cuc_validate(request, result) != CUC_OK) return result->status;
    cuci_put_json(&o, request);
    return cuci_finish_part(&o, result);
}

/* ---- 5 endpoint >>endpoint ---------------------------------------------------------------------
 * in:  region and options, or a URL
 * out: scheme, host, port and base path, as views
 * Source: the endpoint rules and partitions of the SDKs (botocore 1.43.67).                      */

typedef struct cuci_endpoint {
    const char   *suffix; /* what follows the region: ".api.aws"; NULL with a URL          */
    cuc_str       host;   /* the region, or the host of a URL                              */
    cuc_str       base;   /* path before /contacts, without a slash at the end             */
    uint16_t      port;
    unsigned char tls, ipv6, fips;
} cuci_endpoint;

/* To add a partition: one row. The first row is for the regions that no other row matches.
 *   prefix  its regions match ^PREFIX\w+-\d+$
 *   name    its pseudo-region, which has no number
 *   fips    1: use_fips puts "-fips" after "connect"; together with dual-stack it always does
 *   suffix  what follows the region in a host; dual: the same with dual-stack                    */
typedef struct cuci_partition {
    unsigned char fips;
    char          prefix[9], name[18], suffix[18], dual[30];
} cuci_partition;

/* clang-format off */
static const cuci_partition cuci_partitions[] = {
    { 1, "",         "",                  ".amazonaws.com",    ".api.aws" },
    { 1, "cn-",      "aws-cn-global",     ".amazonaws.com.cn", ".api.amazonwebservices.com.cn" },
    { 1, "eusc-de-", "",                  ".amazonaws.eu",     ".api.amazonwebservices.eu" },
    { 1, "us-iso-",  "aws-iso-global",    ".c2s.ic.gov",       ".api.aws.ic.gov" },
    { 1, "us-isob-", "aws-iso-b-global",  ".sc2s.sgov.gov",    ".api.aws.scloud" },
    { 1, "eu-isoe-", "aws-iso-e-global",  ".cloud.adc-e.uk",   ".api.cloud-aws.adc-e.uk" },
    { 1, "us-isof-", "aws-iso-f-global",  ".csp.hci.ic.gov",   ".api.aws.hci.ic.gov" },
    { 0, "us-gov-",  "aws-us-gov-global", ".amazonaws.com",    ".api.aws" },
};
/* clang-format on */

/* For a region that is not empty. */
static int cuci_is_label(const cuc_str *region)
{
    return region->len <= 63 && cuci_all(*region, CUCI_LABEL) && cuci_at(*region, 0) != '-' &&
           cuci_at(*region, region->len - 1) != '-';
}

static void cuci_check_label(const cuc_str *region, cuc_result *result)
{
    if (region->len == 0) cuci_fail_as(result, CUC_E_REGION, "region", CUCI_DETAIL_MISSING);
    else if (!cuci_is_label(region)) cuci_fail(result, CUC_E_REGION, "region");
}

/* Refuses fips-us-east-1 and us-east-1a: they look like regions, but have no hosts. */
static void cuci_check_region(const cuc_str *region, cuc_result *result)
{
    cuc_str end = *region;
    cuci_check_label(region, result);
    if (!cuci_is_fine(result)) return;
    if (end.len > 5) end = cuci_part(*region, end.len - 5, end.len);
    if (cuci_begins(region, "fips-", 0) || cuci_begins(&end, "-fips", 0))
        cuci_fail_as(result, CUC_E_REGION, "region", CUCI_DETAIL_FIPS);
    else if (end.len > 1 && cuci_is(cuci_at(end, end.len - 2), CUCI_DIGIT) &&
             !cuci_is(cuci_at(end, end.len - 1), CUCI_DIGIT))
        cuci_fail_as(result, CUC_E_REGION, "region", CUCI_DETAIL_ZONE);
}

static int cuci_region_matches(const cuc_str *region, const cuci_partition *p)
{
    const size_t from = cuci_begins(region, p->prefix, 0);
    size_t       dash;
    if (cuci_begins(region, p->name, 0) == region->len) return 1;
    if (from == 0) return 0;
    dash = cuci_find(*region, from, '-');
    return dash > from && dash + 1 < region->len &&
           cuci_span(*region, dash + 1, CUCI_DIGIT) == region->len;
}

static void cuci_regional_endpoint(const cuc_client *client, cuci_endpoint *e)
{
    const cuci_partition *p = cuci_partitions + sizeof cuci_partitions / sizeof cuci_partitions[0];
    while (--p > cuci_partitions)
        if (cuci_region_matches(&client->region, p)) break;
    e->fips   = (unsigned char)(client->use_fips && (client->use_dualstack || p->fips));
    e->host   = client->region;
    e->suffix = client->use_dualstack ? p->dual : p->suffix;
    e->tls    = 1;
    e->port   = 443;
}

/* Empty, or /SEGMENT...: visible ASCII without ? and #, well-formed escapes, no segment that is
 * empty, . or ..                                                                                 */
static int cuci_is_base(const cuc_str *base)
{
    size_t i, end;
    if (!cuci_all(*base, CUCI_BASE)) return 0;
    for (i = 0; i < base->len; i = end) {
        end = cuci_find(*base, i + 1, '/');
        if (cuci_at(*base, i) != '/' || end == i + 1) return 0;
        if (cuci_is_dots(cuci_part(*base, i + 1, end))) return 0;
    }
    for (i = 0; (i = cuci_find(*base, i, '%')) < base->len; i++)
        if (cuci_span(*base, i + 1, CUCI_HEX) < i + 3) return 0;
    return 1;
}

/* SCHEME://HOST[:PORT][/BASE], where HOST may be an IPv6 literal in brackets. Returns 0 for
 * anything else. User info is refused because a host cannot contain @, a query or a fragment
 * because a base path cannot contain ? or #.                                                     */
static int cuci_parse_url(const cuc_str *given, cuci_endpoint *e)
{
    cuc_str url = *given;
    size_t  at  = cuci_begins(&url, "https://", 1), end;
    int32_t port;
    e->tls = at > 0;
    if (at == 0) at = cuci_begins(&url, "http://", 1);
    if (at == 0) return 0;
    e->ipv6 = cuci_at(url, at) == '[';
    if (e->ipv6) at++;
    end     = cuci_span(url, at, e->ipv6 ? CUCI_IPV6 : CUCI_HOST);
    e->host = cuci_part(url, at, end);
    if (end == at) return 0;
    if (e->ipv6 && (cuci_at(url, end++) != ']' || cuci_find(e->host, 0, ':') == e->host.len))
        return 0;
    port = e->tls ? 443 : 80;
    if (cuci_at(url, end) == ':') {
        at   = end + 1;
        end  = cuci_span(url, at, CUCI_DIGIT);
        port = cuci_number(cuci_part(url, at, end));
        if (port < 1 || port > 65535) return 0;
    }
    e->port = (uint16_t)port;
    if (cuci_at(url, url.len - 1) == '/') url.len--; /* at `end` or later: a host has no slash */
    e->base = cuci_part(url, end, url.len);
    return cuci_is_base(&e->base);
}

/* The first members of a client are its strings. Without a pointer the length becomes 0, so that
 * the code below never reads a NULL pointer; if the length was not 0, that is a problem.         */
static const char cuci_client_strings[] =
    "region\0endpoint_url\0access_key\0secret_key\0session_token\0";
typedef char
    cuci_assert_client[offsetof(cuc_client, session_token) == 4 * sizeof(cuc_str) ? 1 : -1];

static void cuci_check_strings(cuc_str *s, unsigned count, const char *names, cuc_result *result)
{
    unsigned i;
    for (i = 0; i < count; i++) {
        if (cuci_lost(&s[i])) cuci_fail(result, CUC_E_REQUIRED, cuci_word(names, i));
        if (s[i].ptr == NULL) s[i].len = 0;
    }
}

static void cuci_copy_client(cuc_client *copy, const cuc_client *client, cuc_result *result)
{
    *copy = *client;
    cuci_check_strings(&copy->region, 5, cuci_client_strings, result);
}

static void cuci_find_endpoint(const cuc_client *client, cuci_endpoint *e, cuc_result *result)
{
    memset(e, 0, sizeof *e);
    if (client->endpoint_url.len == 0) {
        cuci_check_region(&client->region, result);
        if (cuci_is_fine(result)) cuci_regional_endpoint(client, e);
        return;
    }
    if (client->region.len > 0) cuci_check_label(&client->region, result);
    if (client->use_fips || client->use_dualstack || !cuci_parse_url(&client->endpoint_url, e))
        cuci_fail(result, CUC_E_ENDPOINT, "endpoint_url");
}

/* Writes the host. That of a URL is put in lower case: host names have no case, and some transports
 * send them in lower case, so that is what must be signed. A region is written as given.         */
static void cuci_put_host(cuci_out *o, const cuci_endpoint *e)
{
    size_t i;
    if (e->suffix == NULL) {
        for (i = 0; i < e->host.len; i++) cuci_put_byte(o, cuci_lower(cuci_at(e->host, i)));
        return;
    }
    cuci_put_text(o, e->fips ? "connect-fips." : "connect.");
    cuci_put(o, &e->host);
    cuci_put_text(o, e->suffix);
}

static int cuci_is_default_port(const cuci_endpoint *e) { return e->port == (e->tls ? 443 : 80); }

/* Scheme and authority. Returns where the authority begins. */
static size_t cuci_put_origin(cuci_out *o, const cuci_endpoint *e)
{
    size_t from;
    cuci_put_text(o, e->tls ? "https://" : "http://");
    from = o->len;
    if (e->ipv6) CUCI_PUT(o, "[");
    cuci_put_host(o, e);
    if (e->ipv6) CUCI_PUT(o, "]");
    if (!cuci_is_default_port(e)) {
        CUCI_PUT(o, ":");
        cuci_put_number(o, e->port);
    }
    return from;
}

CUC_API cuc_status cuc_resolve_endpoint(const cuc_client *client, char *buf, size_t cap,
                                        cuc_result *result)
{
    cuci_endpoint e;
    cuci_out      o = cuci_writer(buf, cap);
    cuc_client    copy;
    memset(result, 0, sizeof *result);
    cuci_copy_client(&copy, client, result);
    cuci_find_endpoint(&copy, &e, result);
    if (!cuci_is_fine(result)) return result->status;
    (void)cuci_put_origin(&o, &e);
    cuci_put(&o, &e.base);
    return cuci_finish_part(&o, result);
}

/* ---- 6 sigv4 >>sigv4 ---------------------------------------------------------------------------
 * in:  hash of the canonical request, credentials, time
 * out: string to sign -> signing key -> signature -> Authorization
 * Source: AWS, "Signature Version 4 signing process". Failures are sticky: after the first one no
 * callback is called, but bytes are still counted. So one check at the end is enough.            */

typedef struct cuci_signer {
    const cuc_client    *client; /* its callbacks and region */
    cuci_out            *out;
    cuc_result          *result;
    const unsigned char *busy; /* &call->busy or NULL; *busy 0: a callback has restarted the call */
    const char     *failed;    /* the callback that failed; result->callback is what it returned */
    cuc_str         service, string_to_sign;
    cuci_time       time;
    cuc_credentials credentials;
} cuci_signer;

/* Each input is the text of one HMAC, whose key is the result of the one before. The first 4 inputs
 * are the credential scope; result 4 is the signing key, result 5 the signature.                 */
enum { CUCI_SCOPE = 4, CUCI_ALL_INPUTS = 5 };

static void cuci_signer_begin(cuci_signer *s, const cuc_client *client, cuci_out *out,
                              cuc_result *result)
{
    memset(s, 0, sizeof *s);
    s->client                    = client;
    s->out                       = out;
    s->result                    = result;
    s->service                   = CUCI_TEXT("connect");
    s->credentials.access_key    = client->access_key;
    s->credentials.secret_key    = client->secret_key;
    s->credentials.session_token = client->session_token;
    s->credentials.signing_key   = client->signing_key;
}

static cuc_str cuci_input(const cuci_signer *s, unsigned i)
{
    if (i == 0) return cuci_view(s->time.text, 8);
    if (i == 1) return s->client->region;
    if (i == 2) return s->service;
    return i == 3 ? CUCI_TEXT("aws4_request") : s->string_to_sign;
}

/* No callback is called while measuring, after an overflow, or after a failure. */
static int cuci_may_call(const cuci_signer *s)
{
    return !s->out->full && s->failed == NULL && cuci_is_fine(s->result);
}

/* After a callback. If it has restarted the call (cuc_call_begin), the views of the call may point
 * anywhere in the buffer, so nothing more is copied.                                             */
static void cuci_called(cuci_signer *s, int returned, const char *callback)
{
    if (s->busy != NULL && !*s->busy) s->out->full = 1;
    if (returned == 0) return;
    s->result->callback = returned;
    s->failed           = callback;
}

/* After a failure nothing stays of what was written since mark, since it could be a valid
 * signature. The key scratch was used only if a key was derived.                                 */
static void cuci_end_signing(cuci_signer *s, size_t mark)
{
    unsigned char *scratch = cuci_scratch(s->result);
    s->result->required    = cuci_required(s->out);
    if (s->failed != NULL) cuci_fail(s->result, CUC_E_CALLBACK, s->failed);
    if (s->out->full) cuci_fail(s->result, CUC_E_SPACE, "");
    if (!cuci_is_fine(s->result)) cuci_wipe_written(s->out, mark);
    if (s->credentials.signing_key == NULL) cuci_wipe(scratch + CUCI_SCRATCH_KEY, 32);
    memset(scratch, 0, 32);
}

/* Zeroes `out` first: if a callback writes too little, the rest is zeroes and not our stack. */
static void cuci_hash(cuci_signer *s, const void *data, size_t len, unsigned char out[32])
{
    memset(out, 0, 32);
    if (cuci_may_call(s))
        cuci_called(s, (s->client->sha256)(s->client->user, data, len, out), "sha256");
}

static void cuci_hash_written(cuci_signer *s, size_t mark, unsigned char out[32])
{
    const cuci_out *o = s->out; /* not cuci_written: a view would cost stack on the deepest path */
    cuci_hash(s, o->full ? NULL : o->buf + mark, o->len - mark, out);
}

/* HMAC (RFC 2104): inner = H((key ^ ipad) text), outer = H((key ^ opad) inner). A key of over 64
 * bytes is replaced by its hash. Both messages are built in the work buffer.                    */
static void cuci_hmac_from_sha256(cuci_signer *s, const cuc_str *key, const cuc_str *text,
                                  unsigned char out[32])
{
    enum { CUCI_IPAD = 0x36, CUCI_OPAD = 0x5C };
    const size_t   mark  = s->out->len;
    unsigned char *block = cuci_scratch(s->result) + CUCI_SCRATCH_BLOCK;
    unsigned       outer, i;
    memset(block, 0, 64);
    if (key->len > 64) cuci_hash(s, key->ptr, key->len, block);
    else if (key->ptr != NULL) memcpy(block, key->ptr, key->len); /* NULL while measuring */
    for (outer = 0; outer < 2; outer++) {
        const unsigned flip = outer ? CUCI_IPAD ^ CUCI_OPAD : CUCI_IPAD;
        for (i = 0; i < 64; i++) block[i] = (unsigned char)(block[i] ^ flip);
        cuci_put_bytes(s->out, block, 64);
        if (outer) cuci_put_bytes(s->out, out, 32);
        else cuci_put(s->out, text);
        cuci_hash_written(s, mark, out);
        cuci_wipe_written(s->out, mark);
    }
    cuci_wipe(block, 64);
}

static void cuci_hmac(cuci_signer *s, const cuc_str *key, const cuc_str *text,
                      unsigned char out[32])
{
    const cuc_client *c = s->client;
    memset(out, 0, 32);
    if (c->hmac_sha256 == NULL) cuci_hmac_from_sha256(s, key, text, out);
    else if (cuci_may_call(s))
        cuci_called(s, (c->hmac_sha256)(c->user, key->ptr, key->len, text->ptr, text->len, out),
                    "hmac_sha256");
}

/* The chain of HMACs over the first `count` inputs, from the secret or from a ready signing key.
 * Two buffers take turns, since an HMAC's output must not overlap its key: the signing key ends in
 * `key`, the signature in `signature`. The caller wipes what it does not return.                 */
static void cuci_derive(cuci_signer *s, unsigned count, unsigned char signature[32],
                        unsigned char key[32])
{
    const cuc_signing_key *ready = s->credentials.signing_key;
    const size_t           mark  = s->out->len;
    unsigned               i     = 0;
    cuc_str                from;
    if (ready != NULL) {
        from = cuci_view(ready->key, sizeof ready->key);
        i    = CUCI_SCOPE;
    } else {
        CUCI_PUT(s->out, "AWS4");
        cuci_put(s->out, &s->credentials.secret_key);
        from = cuci_written(s->out, mark);
    }
    for (; i < count; i++) {
        unsigned char *to   = i % 2 == 0 ? signature : key;
        const cuc_str  text = cuci_input(s, i);
        cuci_hmac(s, &from, &text, to);
        if (i == 0) cuci_wipe_written(s->out, mark); /* the secret */
        from = cuci_view(to, 32);
    }
}

static void cuci_put_scope(cuci_signer *s)
{
    cuci_put_bytes(s->out, s->time.text, 8);
    CUCI_PUT(s->out, "/");
    cuci_put(s->out, &s->client->region);
    CUCI_PUT(s->out, "/");
    cuci_put(s->out, &s->service);
    CUCI_PUT(s->out, "/aws4_request");
}

static void cuci_put_time(cuci_signer *s)
{
    cuci_put_bytes(s->out, s->time.text, sizeof s->time.text);
}

static void cuci_put_string_to_sign(cuci_signer *s, const unsigned char canonical_hash[32])
{
    CUCI_PUT(s->out, "AWS4-HMAC-SHA256\n");
    cuci_put_time(s);
    CUCI_PUT(s->out, "\n");
    cuci_put_scope(s);
    CUCI_PUT(s->out, "\n");
    cuci_put_hex(s->out, canonical_hash);
}

/* The signature of the string to sign that was written since mark. */
static void cuci_make_signature(cuci_signer *s, size_t mark, unsigned char signature[32])
{
    s->string_to_sign = cuci_written(s->out, mark);
    cuci_derive(s, CUCI_ALL_INPUTS, signature, cuci_scratch(s->result) + CUCI_SCRATCH_KEY);
}

/* The value of Authorization up to the names of the signed headers. */
static void cuci_put_credential(cuci_signer *s)
{
    CUCI_PUT(s->out, "AWS4-HMAC-SHA256 Credential=");
    cuci_put(s->out, &s->credentials.access_key);
    CUCI_PUT(s->out, "/");
    cuci_put_scope(s);
    CUCI_PUT(s->out, ", SignedHeaders=");
}

/* Treats every byte alike, so that the time it takes depends on the length only. */
CUCI_WRAPS static int cuci_is_visible_secret(const cuc_str *s)
{
    unsigned bad = 0;
    size_t   i;
    for (i = 0; i < s->len; i++) bad |= (0x7Eu - cuci_at(*s, i)) | (cuci_at(*s, i) - 0x21u);
    return bad >> 8 == 0;
}

/* For an empty key, len - 1 wraps, and cuci_at returns 0 for both ends. */
CUCI_WRAPS static void cuci_check_access_key(const cuc_str *key, cuc_result *result)
{
    const unsigned first = cuci_at(*key, 0), last = cuci_at(*key, key->len - 1);
    int32_t        detail = CUCI_DETAIL_NONE;
    if (key->len == 0) detail = CUCI_DETAIL_MISSING;
    else if (first == '"' || first == '\'' || last == '"' || last == '\'')
        detail = CUCI_DETAIL_QUOTE;
    else if (cuci_find(*key, 0, '/') < key->len) detail = CUCI_DETAIL_SLASH;
    else if (cuci_is_visible(key)) return;
    cuci_fail_as(result, CUC_E_CREDENTIALS, "access_key", detail);
}

static void cuci_check_secret(const cuc_str *secret, cuc_result *result)
{
    if (secret->len == 0)
        cuci_fail_as(result, CUC_E_CREDENTIALS, "secret_key", CUCI_DETAIL_MISSING);
    else if (!cuci_is_visible_secret(secret)) cuci_fail(result, CUC_E_CREDENTIALS, "secret_key");
}

static void cuci_check_credentials(const cuc_credentials *c, cuc_result *result)
{
    cuci_check_access_key(&c->access_key, result);
    if (c->signing_key == NULL) cuci_check_secret(&c->secret_key, result);
    if (!cuci_is_visible(&c->session_token)) cuci_fail(result, CUC_E_CREDENTIALS, "session_token");
}

static int cuci_is_day_of(const cuc_signing_key *key, int64_t ms)
{
    cuci_time t;
    return cuci_split_time(ms, &t) && memcmp(key->date, t.text, 8) == 0;
}

/* Checks what a signature needs, except the credentials. While measuring there is no time. With a
 * signing key but no known time, the request is signed for 00:00 UTC of the key's day, so that the
 * response can tell the time. Such a signature is valid for a few minutes around that midnight
 * only.                                                                                          */
static void cuci_begin_signing(cuci_signer *s, int64_t ms, int knows_time)
{
    const cuc_signing_key *key = s->credentials.signing_key;
    int                    is_time;
    if (s->client->sha256 == NULL) cuci_fail(s->result, CUC_E_REQUIRED, "sha256");
    if (s->client->region.len == 0) cuci_check_label(&s->client->region, s->result);
    if (s->out->full) return;
    is_time = cuci_split_time(ms, &s->time);
    if (is_time && (key == NULL || memcmp(key->date, s->time.text, 8) == 0)) return;
    if (key != NULL && !knows_time && cuci_all(cuci_view(key->date, 8), CUCI_DIGIT)) {
        memcpy(s->time.text, key->date, 8);
        memcpy(s->time.text + 8, "T000000Z", 8);
    } else if (!is_time) {
        cuci_fail(s->result, CUC_E_TIME, "now_ms");
    } else {
        cuci_fail_as(s->result, CUC_E_KEY_DAY, "signing_key",
                     cuci_number(cuci_view(s->time.text, 8)));
    }
}

/* ---- 7 http >>http -----------------------------------------------------------------------------
 * in:  a valid request and the endpoint
 * out: body and URL, the canonical request, the signed lines, the raw head                       */

/* The names of the lines, in the order of cuc_http_request.lines. */
typedef struct cuci_line_name {
    unsigned char len;
    char          text[21];
} cuci_line_name;

#define CUCI_LINE(name) { sizeof(name) - 1, name }
static const cuci_line_name cuci_line_names[] = { CUCI_LINE("content-type"),
                                                  CUCI_LINE("x-amz-date"),
                                                  CUCI_LINE("authorization"),
                                                  CUCI_LINE("x-amz-security-token") };
enum { CUCI_LINE_TYPE, CUCI_LINE_DATE, CUCI_LINE_AUTHORIZATION, CUCI_LINE_TOKEN };

static void cuci_put_signed_names(cuci_out *o, int with_token)
{
    CUCI_PUT(o, "content-type;host;x-amz-date");
    if (with_token) CUCI_PUT(o, ";x-amz-security-token");
}

/* The signed path is the sent path, percent-encoded once more. This adds 2 bytes for each of the
 * `escapes` bytes that it encodes. While measuring there is no path to read, so these bytes are
 * only counted.                                                                                  */
static void cuci_put_signed_path(cuci_out *o, const cuc_http_request *http, size_t escapes)
{
    const cuc_str path = cuci_view(http->path, http->path_len);
    if (http->path != NULL && escapes > 0) {
        (void)cuci_put_encoded(o, &path, 1);
        return;
    }
    cuci_put(o, &path);
    cuci_put_bytes(o, NULL, 2 * escapes);
}

/* For UpdateContact only. Compared with the general signer it saves 1.3 KB of code and 4,400
 * instructions. A test compares the two on 10,000 requests.                                      */
static void cuci_put_canonical(cuci_out *o, const cuc_http_request *http, size_t path_escapes,
                               const char date[16], const cuc_str *token,
                               const unsigned char body_hash[32])
{
    CUCI_PUT(o, "POST\n");
    cuci_put_signed_path(o, http, path_escapes);
    CUCI_PUT(o, "\n\ncontent-type:application/json\nhost:");
    cuci_put_bytes(o, http->authority, http->authority_len);
    CUCI_PUT(o, "\nx-amz-date:");
    cuci_put_bytes(o, date, 16);
    if (token->len > 0) CUCI_PUT(o, "\nx-amz-security-token:");
    cuci_put(o, token);
    CUCI_PUT(o, "\n\n");
    cuci_put_signed_names(o, token->len > 0);
    CUCI_PUT(o, "\n");
    cuci_put_hex(o, body_hash);
}

/* Terminates what was written since mark and stores it as a view. Returns where the next text
 * begins.                                                                                        */
static size_t cuci_store(cuci_out *o, size_t mark, const char **text, size_t *len)
{
    const cuc_str s = cuci_written(o, mark);
    cuci_put_end(o);
    *text = s.ptr;
    *len  = s.len;
    return o->len;
}

static void cuci_put_authorization(cuci_signer *s, const unsigned char signature[32])
{
    cuci_put_credential(s);
    cuci_put_signed_names(s->out, s->credentials.session_token.len > 0);
    CUCI_PUT(s->out, ", Signature=");
    cuci_put_hex(s->out, signature);
}

static void cuci_put_value(cuci_signer *s, size_t line, const unsigned char signature[32])
{
    if (line == CUCI_LINE_TYPE) CUCI_PUT(s->out, "application/json");
    else if (line == CUCI_LINE_DATE) cuci_put_time(s);
    else if (line == CUCI_LINE_AUTHORIZATION) cuci_put_authorization(s, signature);
    else cuci_put(s->out, &s->credentials.session_token); /* CUCI_LINE_TOKEN */
}

static void cuci_put_lines(cuci_signer *s, cuc_http_request *http,
                           const unsigned char signature[32])
{
    size_t mark      = s->out->len, n;
    http->line_count = s->credentials.session_token.len > 0 ? 4 : 3;
    for (n = 0; n < http->line_count; n++) {
        http->names[n] = cuci_line_names[n].text;
        cuci_put_bytes(s->out, http->names[n], cuci_line_names[n].len);
        CUCI_PUT(s->out, ": ");
        http->values[n] = s->out->full ? NULL : s->out->buf + s->out->len;
        cuci_put_value(s, n, signature);
        mark = cuci_store(s->out, mark, &http->lines[n], &http->line_len[n]);
    }
}

/* Builds the canonical request, then in its place the string to sign and behind that "AWS4" +
 * secret, all where the lines will be. Leaves the signature in the scratch.                      */
static unsigned char *cuci_sign_http(cuci_signer *s, cuc_http_request *http, size_t path_escapes)
{
    const size_t   mark   = s->out->len;
    unsigned char *digest = cuci_scratch(s->result);
    cuci_hash(s, http->body, http->body_len, digest);
    cuci_put_canonical(s->out, http, path_escapes, s->time.text, &s->credentials.session_token,
                       digest);
    cuci_hash_written(s, mark, digest);
    cuci_rewind(s->out, mark);
    cuci_put_string_to_sign(s, digest);
    cuci_make_signature(s, mark, digest);
    cuci_rewind(s->out, mark);
    cuci_put_lines(s, http, digest);
    return digest;
}

CUC_API size_t cuc_http1_head(const cuc_http_request *http, char *buf, size_t cap)
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
    return cuci_finish_text(&o);
}

static void cuci_write_body(cuc_call *call, const cuc_request *q)
{
    if (!cuci_is_fine(call->result)) return;
    cuci_put_json(&call->out, q);
    call->fixed = cuci_store(&call->out, 0, &call->http.body, &call->http.body_len);
}

/* URL, port, authority and host, each terminated. The path is the end of the URL. The authority is
 * a copy of a part of it.                                                                        */
CUCI_APART static void cuci_write_url(cuc_call *call, const cuc_request *q)
{
    cuci_endpoint     e;
    cuci_out         *o = &call->out, count = cuci_writer(NULL, 0);
    cuc_http_request *h    = &call->http;
    size_t            mark = o->len, from, path, encoded, ignored;
    cuc_str           url;
    cuci_find_endpoint(&call->client, &e, call->result);
    if (!cuci_is_fine(call->result)) return;
    h->method = "POST";
    h->tls    = e.tls;
    from      = cuci_put_origin(o, &e) - mark;
    path      = o->len - mark;
    cuci_put(o, &e.base);
    CUCI_PUT(o, "/contacts/");
    encoded = cuci_put_encoded(&count, &e.base, 1); /* in a given %XX only the % is encoded again */
    encoded += cuci_put_encoded(o, &q->instance_id, 0);
    CUCI_PUT(o, "/");
    encoded += cuci_put_encoded(o, &q->contact_id, 0);
    url  = cuci_written(o, mark);
    mark = cuci_store(o, mark, &h->url, &h->url_len);
    if (h->url != NULL) h->path = h->url + path;
    h->path_len = h->url_len - path;
    cuci_put_number(o, e.port);
    mark = cuci_store(o, mark, &h->port, &ignored);
    cuci_put_part(o, url.ptr, from, path);
    mark        = cuci_store(o, mark, &h->authority, &h->authority_len);
    h->host     = h->authority;
    h->host_len = h->authority_len;
    if (e.ipv6 || !cuci_is_default_port(&e)) { /* otherwise the two are the same */
        cuci_put_host(o, &e);
        mark = cuci_store(o, mark, &h->host, &h->host_len);
    }
    call->path_escapes = encoded;
    call->fixed        = mark;
}

/* ---- 8 response >>response ---------------------------------------------------------------------
 * in:  lines and pieces of the response, cut anywhere
 * out: status, code, message, reason, request id, wait hints, Date
 * Works in constant memory: of the JSON it knows only the number of open brackets, the place in a
 * string, the member and whether a colon was read. The opening quote decides where a string is
 * stored, the closing quote makes it valid.                                                      */

typedef enum cuci_state { CUCI_DONE, CUCI_SENDING, CUCI_READY, CUCI_ENDED } cuci_state;

typedef enum cuci_place { CUCI_BEFORE, CUCI_INSIDE, CUCI_AFTER } cuci_place; /* the JSON object */

/* Outside a string, in it, after a backslash, and after \u: 4 to go, 3, 2, 1. */
typedef enum cuci_string_state {
    CUCI_OUTSIDE,
    CUCI_IN_STRING,
    CUCI_IN_ESCAPE,
    CUCI_IN_HEX,
    CUCI_IN_LAST_HEX = CUCI_IN_HEX + 3
} cuci_string_state;

/* Why a slot takes no more bytes. Two bits: it is full; a code has ended at a colon. */
typedef enum cuci_stop {
    CUCI_GOES_ON,
    CUCI_FULL,
    CUCI_CODE_ENDED, /* at a colon */
    CUCI_CODE_ENDED_FULL
} cuci_stop;

/* What a string is stored as. */
typedef enum cuci_slot {
    CUCI_SLOT_NONE,
    CUCI_SLOT_KEY,
    CUCI_SLOT_CODE,
    CUCI_SLOT_MESSAGE,
    CUCI_SLOT_REASON
} cuci_slot;

/* Top-level members of an error body, and what the value of each is stored as. The higher rank
 * wins; of equal ranks the last. The x-amzn-errortype header (rank 4) wins over all of them.     */
typedef struct cuci_origin {
    char          name[8];
    unsigned char slot, rank, depth; /* depth of the value: Reason's is inside an object */
} cuci_origin;

/* clang-format off */
static const cuci_origin cuci_origins[] = {
    { "",        CUCI_SLOT_NONE,    0, 1 }, /* any other member */
    { "code",    CUCI_SLOT_CODE,    3, 1 },
    { "Code",    CUCI_SLOT_CODE,    2, 1 },
    { "__type",  CUCI_SLOT_CODE,    1, 1 },
    { "message", CUCI_SLOT_MESSAGE, 2, 1 },
    { "Message", CUCI_SLOT_MESSAGE, 1, 1 },
    { "Reason",  CUCI_SLOT_REASON,  1, 2 },
};
/* clang-format on */
enum { CUCI_ORIGINS = sizeof cuci_origins / sizeof cuci_origins[0], CUCI_RANK_HEADER = 4 };

CUCI_APART static void cuci_slot_begin(cuc_call *call, unsigned slot, unsigned rank)
{
    cuci_reader *r = &call->reader;
    cuc_result  *q = call->result;
    r->slot        = (unsigned char)slot;
    r->rank        = (unsigned char)rank;
    r->to          = q->where; /* scratch: a key, a code until it is complete, or nothing */
    r->size        = sizeof q->code;
    if (slot == CUCI_SLOT_MESSAGE) {
        r->to          = q->message;
        r->size        = sizeof q->message;
        q->message_cut = 0;
    } else if (slot == CUCI_SLOT_REASON) {
        r->to   = q->reason;
        r->size = sizeof q->reason;
    }
    r->filled  = 0;
    r->stopped = CUCI_GOES_ON;
}

/* Ends the current string: terminates it and records its rank. */
static void cuci_slot_close(cuc_call *call)
{
    cuci_reader *r = &call->reader;
    cuci_out     o = cuci_writer(r->to, r->size);
    o.len          = r->filled;
    cuci_put_end(&o);
    if (r->slot == CUCI_SLOT_CODE) {
        o = cuci_writer(call->result->code, sizeof call->result->code);
        cuci_put_bytes(&o, r->to, r->filled + 1u);
    }
    r->ranks[r->slot] = r->rank;
    r->slot           = CUCI_SLOT_NONE;
}

static void cuci_slot_clear(cuc_call *call, unsigned slot)
{
    cuci_slot_begin(call, slot, 0);
    cuci_slot_close(call);
}

/* A character that does not fit as a whole ends the text: its first byte tells how many follow. A
 * code is kept whole or dropped, so its bytes are stored one by one.
 * inline, here and twice below, saves 1,300 instructions for a 404.                              */
static inline void cuci_slot_put(cuci_reader *r, unsigned c)
{
    cuci_out o;
    unsigned n = 1;
    if (c >= 0xC0 && r->slot != CUCI_SLOT_CODE) n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    r->stopped = r->filled + n >= r->size; /* one byte is for the terminator */
    if (r->stopped) return;
    o     = cuci_writer(r->to, r->size);
    o.len = r->filled++;
    cuci_put_byte(&o, c == 0 ? '?' : c); /* a NUL would end the array early */
}

/* A code ends at the first colon, and begins after the last # before that. */
static void cuci_code_put(cuci_reader *r, unsigned c)
{
    if (r->stopped >= CUCI_CODE_ENDED) return;
    if (c == '#') {
        r->filled  = 0;
        r->stopped = CUCI_GOES_ON;
    } else if (c == ':') {
        r->stopped = (unsigned char)(r->stopped + CUCI_CODE_ENDED);
    } else if (r->stopped == CUCI_GOES_ON && (c != ' ' || r->filled > 0)) {
        cuci_slot_put(r, c);
    }
}

static inline void cuci_take(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    if (r->slot == CUCI_SLOT_NONE) return;
    if (r->slot == CUCI_SLOT_CODE) cuci_code_put(r, c);
    else if (!r->stopped) cuci_slot_put(r, c);
    if (r->slot == CUCI_SLOT_MESSAGE && r->stopped) call->result->message_cut++;
}

/* A NUL would end the array early, and half a surrogate pair is no character: both become U+FFFD.
 * Source of the bytes: RFC 3629 section 3.                                                       */
static void cuci_take_character(cuc_call *call, uint32_t c)
{
    unsigned more;
    if (c == 0 || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
    more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    cuci_take(call,
              more == 0 ? (unsigned)c : ((0xFF80u >> more) & 0xFF) | (unsigned)(c >> 6 * more));
    for (; more > 0; more--) cuci_take(call, 0x80 | (unsigned)(c >> 6 * (more - 1) & 0x3F));
}

/* At the closing quote the text counts. A code that is too long is dropped, since its beginning
 * could be the name of another one. An empty code is none, and changes nothing.                  */
static void cuci_slot_end(cuc_call *call)
{
    cuci_reader *r = &call->reader;
    if (r->slot == CUCI_SLOT_CODE) {
        while (r->filled > 0 && r->to[r->filled - 1u] == ' ') r->filled--;
        if (r->filled > 0 && (r->stopped & CUCI_FULL) == 0) cuci_slot_close(call);
    } else if (r->slot != CUCI_SLOT_NONE) {
        cuci_slot_close(call);
    }
    r->slot = CUCI_SLOT_NONE;
}

/* A key has ended: which member is it? A second one of the same name replaces the first, even if
 * its value turns out not to be a string. A key that is too long is no member.                */
static void cuci_key_end(cuc_call *call)
{
    cuci_reader       *r   = &call->reader;
    const cuc_str      key = cuci_view(r->to, r->stopped ? 0 : r->filled);
    const cuci_origin *origin;
    unsigned           n = CUCI_ORIGINS;
    while (--n > 0)
        if (key.len > 0 && cuci_begins(&key, cuci_origins[n].name, 0) == key.len) break;
    origin    = &cuci_origins[n];
    r->slot   = CUCI_SLOT_NONE;
    r->member = (unsigned char)n;
    if (n > 0 && r->ranks[origin->slot] == origin->rank) cuci_slot_clear(call, origin->slot);
}

/* The opening quote: what is this string stored as? */
static void cuci_string_begin(cuc_call *call)
{
    cuci_reader       *r      = &call->reader;
    const cuci_origin *origin = &cuci_origins[r->member];
    unsigned           slot   = CUCI_SLOT_NONE;
    r->string                 = CUCI_IN_STRING;
    r->high                   = 0;
    if (r->depth == 1 && !r->colon) slot = CUCI_SLOT_KEY;
    else if (r->depth == origin->depth && r->colon && r->ranks[origin->slot] <= origin->rank)
        slot = origin->slot;
    cuci_slot_begin(call, slot, origin->rank);
}

/* A high surrogate without its low one. */
static void cuci_flush_high(cuc_call *call)
{
    if (call->reader.high != 0) cuci_take_character(call, 0xFFFD);
    call->reader.high = 0;
}

/* A UTF-16 unit from \uXXXX. */
static void cuci_take_unit(cuc_call *call, uint32_t unit)
{
    cuci_reader *r = &call->reader;
    if (r->high != 0 && unit >= 0xDC00 && unit <= 0xDFFF) {
        unit    = 0x10000u + ((uint32_t)(r->high - 0xD800u) << 10) + (unit - 0xDC00);
        r->high = 0;
    }
    cuci_flush_high(call);
    if (unit >= 0xD800 && unit <= 0xDBFF) r->high = (uint16_t)unit;
    else cuci_take_character(call, unit);
}

static inline void cuci_string_plain(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    r->string      = c == '\\' ? CUCI_IN_ESCAPE : CUCI_IN_STRING;
    if (c == '\\') return;
    cuci_flush_high(call);
    if (c != '"') {
        cuci_take(call, c);
        return;
    }
    r->string = CUCI_OUTSIDE;
    if (r->slot == CUCI_SLOT_KEY) cuci_key_end(call);
    else cuci_slot_end(call);
}

static void cuci_string_escape(cuc_call *call, unsigned c)
{
    static const char from[] = "bfnrt\"\\/", to[] = "\b\f\n\r\t\"\\/";
    const size_t      i = cuci_find(cuci_view(from, 8), 0, c);
    cuci_reader      *r = &call->reader;
    r->string           = c == 'u' ? CUCI_IN_HEX : CUCI_IN_STRING;
    r->unit             = 0;
    if (c == 'u') return;
    cuci_flush_high(call);
    cuci_take_character(call, i < 8 ? (uint32_t)(unsigned char)to[i] : 0xFFFD);
    if (c > 0x7F) cuci_take(call, c); /* not an escape, but the beginning of a character */
}

/* 16 for anything but a hex digit. */
static unsigned cuci_hex_value(unsigned c)
{
    if (!cuci_is(c, CUCI_HEX)) return 16;
    return c <= '9' ? c - '0' : cuci_lower(c) - 'a' + 10;
}

static void cuci_string_hex(cuc_call *call, unsigned c)
{
    cuci_reader   *r = &call->reader;
    const unsigned v = cuci_hex_value(c);
    if (v > 15) { /* bad hex: one U+FFFD, and the byte is read as text */
        cuci_flush_high(call);
        cuci_take_character(call, 0xFFFD);
        cuci_string_plain(call, c);
        return;
    }
    r->unit = (uint16_t)((unsigned)r->unit << 4 | v);
    if (r->string++ < CUCI_IN_LAST_HEX) return;
    r->string = CUCI_IN_STRING;
    cuci_take_unit(call, r->unit);
}

/* One bit tells { from [ and } from ]; the reader treats them alike. */
static void cuci_structure(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    if (c == '"') {
        cuci_string_begin(call);
    } else if (c == ':') {
        r->colon = 1;
    } else if (c == ',') {
        r->colon = 0;
        if (r->depth == 1) r->member = 0;
    } else if ((c | 0x20) == '{') {
        r->colon = 0;
        if (r->depth < UINT32_MAX) r->depth++;
    } else if ((c | 0x20) == '}') {
        r->colon = 0;
        if (--r->depth == 0) r->place = CUCI_AFTER;
    }
}

static void cuci_read_byte(cuc_call *call, unsigned c)
{
    cuci_reader *r = &call->reader;
    if (r->place == CUCI_BEFORE) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return;
        r->place = c == '{' ? CUCI_INSIDE : CUCI_AFTER;
        r->depth = 1;
    } else if (r->string == CUCI_OUTSIDE) {
        cuci_structure(call, c);
    } else if (r->string == CUCI_IN_STRING) {
        cuci_string_plain(call, c);
    } else if (r->string == CUCI_IN_ESCAPE) {
        cuci_string_escape(call, c);
    } else {
        cuci_string_hex(call, c);
    }
}

static int cuci_is_success(int http_status) { return http_status >= 200 && http_status <= 299; }

CUC_API void cuc_call_body(cuc_call *call, const void *data, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)data;
    size_t               i;
    if (call->state != CUCI_SENDING || cuci_is_success(call->result->http_status)) return;
    for (i = 0; i < len && call->reader.place != CUCI_AFTER; i++) cuci_read_byte(call, bytes[i]);
}

/* Forgets what a response has brought so far. */
static void cuci_response_begin(cuc_call *call)
{
    cuc_result *r = call->result;
    memset(&call->reader, 0, sizeof call->reader);
    memset(r->code, 0, sizeof r->code);
    memset(r->reason, 0, sizeof *r - offsetof(cuc_result, reason)); /* and the request id */
    if (r->message[0] != 0) memset(r->message, 0, sizeof r->message);
    r->message_cut       = 0;
    r->http_status       = 0;
    call->status_seen    = 0;
    call->answered       = 0;
    call->date_ms        = -1;
    call->retry_after_ms = 0;
    call->has_hint_ms    = 0;
    call->headers        = 0;
}

/* A status. Headers and body that came before the first one are kept, but a success has no code and
 * no message. A later status begins a new response: 1xx responses come before the final one.     */
static void cuci_response_status(cuc_call *call, int http_status)
{
    if (call->status_seen) cuci_response_begin(call);
    call->status_seen         = 1;
    call->answered            = http_status < 100 || http_status > 199;
    call->result->http_status = http_status;
    if (!cuci_is_success(http_status)) return;
    memset(&call->reader, 0, sizeof call->reader);
    memset(call->result->code, 0, offsetof(cuc_result, request_id) - offsetof(cuc_result, code));
    call->result->message_cut = 0;
}

CUC_API void cuc_call_status(cuc_call *call, int http_status)
{
    if (call->state != CUCI_SENDING) return;
    if (call->status_seen && call->result->http_status == http_status) return;
    cuci_response_status(call, http_status);
}

/* The headers that are read: CUC_RESPONSE_HEADERS in that order, then :status of HTTP/2. */
enum {
    CUCI_HEADER_TYPE,
    CUCI_HEADER_ID,
    CUCI_HEADER_DATE,
    CUCI_HEADER_AGE,
    CUCI_HEADER_WAIT_MS,
    CUCI_HEADER_WAIT_S,
    CUCI_HEADER_STATUS, /* HTTP/2 */
    CUCI_HEADERS
};
static const char cuci_headers[CUCI_HEADERS][18] = { CUC_RESPONSE_HEADERS, ":status" };

/* CUCI_HEADERS if it is none of them. Most names differ in length, so that is compared first. */
static unsigned cuci_header_of(const cuc_str *name)
{
    unsigned i = 0;
    if (name->len == 0 || name->len >= sizeof cuci_headers[0]) return CUCI_HEADERS;
    for (; i < CUCI_HEADERS; i++)
        if (cuci_headers[i][name->len] == 0 && cuci_headers[i][name->len - 1] != 0 &&
            cuci_begins(name, cuci_headers[i], 1))
            break;
    return i;
}

/* x-amz-retry-after is in milliseconds and wins over retry-after, which is in seconds. Numbers of
 * over 86,400 (up to 9 digits) are cut to that: CUCI_HINT_MAX_MS is far smaller anyway.          */
static void cuci_take_hint(cuc_call *call, unsigned which, const cuc_str *value)
{
    const int      in_ms = which == CUCI_HEADER_WAIT_MS;
    const int32_t  n     = cuci_number(*value);
    const uint32_t most  = n < 86400 ? (uint32_t)n : 86400u;
    if (n < 0 || (!in_ms && call->has_hint_ms)) return;
    call->has_hint_ms    = (unsigned char)in_ms;
    call->retry_after_ms = in_ms ? most : most * 1000u;
}

/* Drops a string of the body that has not ended. A code that was complete before it stays. */
static void cuci_drop_unfinished(cuc_call *call)
{
    const unsigned slot = call->reader.slot;
    if (slot == CUCI_SLOT_MESSAGE || slot == CUCI_SLOT_REASON) cuci_slot_clear(call, slot);
    call->reader.slot = CUCI_SLOT_NONE;
    if (call->state == CUCI_SENDING) call->result->where[0] = 0; /* it was scratch */
}

static void cuci_take_code(cuc_call *call, const cuc_str *value)
{
    size_t i;
    cuci_drop_unfinished(call);
    cuci_slot_begin(call, CUCI_SLOT_CODE, CUCI_RANK_HEADER);
    for (i = 0; i < value->len; i++) cuci_take(call, cuci_at(*value, i));
    cuci_slot_end(call);
}

static void cuci_take_request_id(cuc_call *call, const cuc_str *value)
{
    const size_t max = sizeof call->result->request_id - 1;
    cuci_out     o   = cuci_writer(call->result->request_id, sizeof call->result->request_id);
    if (!cuci_is_visible(value)) return;
    cuci_put_bytes(&o, value->ptr, value->len < max ? value->len : max);
    cuci_put_end(&o);
}

/* A status that is not a number of three digits becomes 0, which no rule takes for success. */
static int cuci_status_number(cuc_str s)
{
    const int32_t n = s.len == 3 ? cuci_number(s) : 0;
    return n > 0 ? (int)n : 0;
}

static void cuci_read_header(cuc_call *call, unsigned which, const cuc_str *value)
{
    if (which == CUCI_HEADER_TYPE && !cuci_is_success(call->result->http_status))
        cuci_take_code(call, value);
    else if (which == CUCI_HEADER_ID) cuci_take_request_id(call, value);
    else if (which == CUCI_HEADER_DATE) call->date_ms = cuci_http_date(value);
    else if (which >= CUCI_HEADER_WAIT_MS) cuci_take_hint(call, which, value);
    /* of Age only its bit counts: cuci_has_date */
}

/* Of duplicate headers the first counts. */
static void cuci_take_header(cuc_call *call, const cuc_str *name, cuc_str value)
{
    const unsigned which = cuci_header_of(name), bit = 1u << which;
    if (which == CUCI_HEADERS) return;
    cuci_trim(&value);
    if (which == CUCI_HEADER_STATUS) { /* in HTTP/1.1 it must not make a success of a failure */
        if (!call->answered || cuci_is_success(call->result->http_status))
            cuc_call_status(call, cuci_status_number(value));
        return;
    }
    if ((call->headers & bit) == 0) cuci_read_header(call, which, &value);
    call->headers = (unsigned char)(call->headers | bit);
}

CUC_API void cuc_call_header_pair(cuc_call *call, const char *name, size_t name_len,
                                  const char *value, size_t value_len)
{
    cuc_str n = cuci_view(name, name_len);
    cuci_trim(&n);
    if (call->state == CUCI_SENDING) cuci_take_header(call, &n, cuci_view(value, value_len));
}

/* "HTTP/1.1 200 OK", "HTTP/2 200": the word after the first blank. */
static int cuci_status_of_line(cuc_str line)
{
    const size_t at = cuci_find(line, 0, ' ') + 1, end = cuci_find(line, at, ' ');
    return at < end ? cuci_status_number(cuci_part(line, at, end)) : 0;
}

CUC_API void cuc_call_header(cuc_call *call, const char *line, size_t len)
{
    cuc_str  s = cuci_view(line, len), name;
    unsigned first;
    if (call->state != CUCI_SENDING || len == 0) return;
    first = cuci_at(s, 0);
    if (first == ' ' || first == '\t') return; /* continues the line before */
    cuci_trim(&s);
    /* a status line; in a header the colon would come first */
    if (cuci_begins(&s, "http/", 1) > 0 && cuci_find(s, 0, ' ') <= cuci_find(s, 0, ':')) {
        cuci_response_status(call, cuci_status_of_line(s));
        return;
    }
    name = cuci_part(s, 0, cuci_find(s, first == ':', ':')); /* not the first colon of :status */
    if (name.len < s.len) cuci_take_header(call, &name, cuci_part(s, name.len + 1, s.len));
}

/* Services write most codes with and without "Exception" at the end. The tables leave it out. */
static cuc_str cuci_without_exception(const char *code)
{
    cuc_str s = cuc_s(code), end;
    if (s.len <= 9) return s;
    end = cuci_part(s, s.len - 9, s.len);
    if (cuci_begins(&end, "Exception", 0)) s.len -= 9;
    return s;
}

/* ---- 9 retry >>retry ---------------------------------------------------------------------------
 * in:  a response, or none, and the time at which it arrived
 * out: retry or not, the wait before it, and what the response tells about our clock
 * Source: the standard retry mode of the AWS SDKs, 2026 edition (base 50 ms, throttling 1 s, budget
 * of 500 with costs 14 and 5), and their shared clock-skew cases.                                */

#define CUCI_ATTEMPTS 3
#define CUCI_BACKOFF_MAX_MS 20000u /* the longest backoff                                  */
#define CUCI_HINT_MAX_MS 5000u     /* how much a wait hint can add to the backoff          */
#define CUCI_CLOCK_ERROR_MS 240000 /* the service allows 5 minutes; 4 count as an error    */
#define CUCI_CLOCK_RETRIES 2
#define CUCI_TRUSTED_EXCHANGE_MS 900000  /* the Date of a longer exchange says nothing           */
#define CUCI_KNOWN_TIME_MS 1420070400000 /* 2015-01-01: a clock below this was never set         */

typedef enum cuci_kind {
    CUCI_FINAL,
    CUCI_LOST,
    CUCI_THROTTLED,
    CUCI_CLOCK,
    CUCI_EXPIRED
} cuci_kind;

typedef struct cuci_rule {
    unsigned char  kind, cost; /* cost: of the retry budget */
    unsigned short base_ms;    /* of the backoff; 0: retry at once */
    const char    *codes;      /* a word list */
} cuci_rule;

/* The first row that names the code applies; if there is none, the status decides. To add a code,
 * add a word without "Exception" at its end. CUCI_RULE_... below are the numbers of the rows.    */
/* clang-format off */
static const cuci_rule cuci_rules[] = {
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
    /* botocore, retries/standard.py, TransientRetryableChecker; also a lost response */
    { CUCI_LOST, 14, 50, "RequestTimeout\0" },
    { CUCI_FINAL, 0, 0, "" },
};
/* clang-format on */
enum { CUCI_RULE_THROTTLED = 2, CUCI_RULE_LOST = 3, CUCI_RULE_FINAL = 4 };

/* Has a final status arrived that is no success? 0: one that was cut off or is no number. */
static int cuci_is_refused(const cuc_call *call)
{
    const int status = call->result->http_status;
    return call->answered && status != 0 && !cuci_is_success(status);
}

/* The rule for an exchange that was not successful. */
CUCI_APART static const cuci_rule *cuci_rule_of(const cuc_call *call)
{
    const int     status = call->result->http_status;
    const cuc_str code   = cuci_without_exception(call->result->code);
    unsigned      row    = 0;
    if (!cuci_is_refused(call)) return &cuci_rules[CUCI_RULE_LOST];
    while (row < CUCI_RULE_FINAL && cuci_index(cuci_rules[row].codes, &code) == 0) row++;
    if (row == CUCI_RULE_FINAL && status == 429) row = CUCI_RULE_THROTTLED;
    if (row == CUCI_RULE_FINAL && status >= 500 && status <= 504 && status != 501)
        row = CUCI_RULE_LOST;
    return &cuci_rules[row];
}

/* Clock, offset and Date can have any value. Sums and differences therefore wrap, which C defines
 * for unsigned numbers only.                                                                     */
CUCI_WRAPS static int64_t cuci_plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

CUCI_WRAPS static int64_t cuci_minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t cuci_distance(int64_t a, int64_t b)
{
    return a > b ? cuci_minus(a, b) : cuci_minus(b, a);
}

/* An error without a code and a request id may be that of a proxy. */
static int cuci_is_unidentified(const cuc_result *r)
{
    return !cuci_is_success(r->http_status) && r->code[0] == 0 && r->request_id[0] == 0;
}

/* Did the response bring a Date of the service that a cache cannot have made old? The clock of a
 * proxy may be wrong, and a signing key for another day would never be sent to learn better.     */
static int cuci_has_date(const cuc_call *call)
{
    return call->date_ms >= 0 && (call->headers & 1u << CUCI_HEADER_AGE) == 0 &&
           !cuci_is_unidentified(call->result);
}

/* The distance between Date and the signed time; 0 without a usable Date. The service compares the
 * same two times, so neither the length of the exchange nor a change of our clock matters.       */
static int64_t cuci_clock_error(const cuc_call *call)
{
    return cuci_has_date(call) ? cuci_distance(call->date_ms, call->signed_ms) : 0;
}

/* Learns the clock offset from Date. An offset that lies between Date - received and Date - sent is
 * left alone (Date has whole seconds, hence + 1 s), so a right clock stays right however long the
 * exchange took. If `took` is negative, our clock was set back; as an unsigned number it is above
 * the limit.                                                                               */
static void cuci_learn_clock_offset(cuc_call *call, int64_t now_ms)
{
    cuc_shared   *shared = call->client.shared;
    cuc_result   *r      = call->result;
    const int64_t took   = cuci_minus(now_ms, call->sent_ms);
    const int64_t known  = shared != NULL ? shared->clock_offset_ms : r->clock_offset_ms;
    if (!cuci_has_date(call) || (uint64_t)took > CUCI_TRUSTED_EXCHANGE_MS) return;
    r->clock_offset_ms = known;
    if (known < cuci_minus(call->date_ms, now_ms) ||
        known > cuci_minus(cuci_plus(call->date_ms, 1000), call->sent_ms))
        r->clock_offset_ms = cuci_minus(cuci_minus(call->date_ms, call->sent_ms), took / 2);
    if (shared != NULL) shared->clock_offset_ms = r->clock_offset_ms;
}

/* Takes the cost of a retry from the budget. Returns 0 if too little is left. */
static int cuci_pay_for_retry(cuc_call *call, unsigned char cost)
{
    cuc_shared *shared = call->client.shared;
    if (cost > 0) call->paid = cost;
    if (shared == NULL || cost == 0) return 1;
    if (shared->spent > CUC_RETRY_BUDGET || cost > CUC_RETRY_BUDGET - shared->spent) return 0;
    shared->spent += cost;
    return 1;
}

/* A success gives back what its last retry cost, or 1 if there was none. */
static void cuci_refund(cuc_call *call)
{
    cuc_shared    *shared = call->client.shared;
    const uint32_t back   = call->paid > 0 ? call->paid : 1u;
    if (shared != NULL) shared->spent -= back < shared->spent ? back : shared->spent;
}

/* random * min(CUCI_BACKOFF_MAX_MS, base * 2^n), with n = 0 before the second attempt. A hint of
 * the service can lengthen it by up to CUCI_HINT_MAX_MS.                                         */
static uint32_t cuci_backoff(const cuc_call *call, uint32_t base)
{
    uint32_t bound = base, wait;
    int      n;
    for (n = 1; n < call->result->attempts && bound < CUCI_BACKOFF_MAX_MS; n++) bound *= 2;
    if (bound > CUCI_BACKOFF_MAX_MS) bound = CUCI_BACKOFF_MAX_MS;
    wait = (uint32_t)((uint64_t)call->random * (bound + 1u) >> 32);
    if (call->retry_after_ms > wait + CUCI_HINT_MAX_MS) return wait + CUCI_HINT_MAX_MS;
    return call->retry_after_ms > wait ? call->retry_after_ms : wait;
}

/* Would another attempt start within the time limit? Without a clock that runs, the sum of the
 * waits counts.                                                                                  */
static int cuci_is_in_time(const cuc_call *call, int64_t now_ms)
{
    const uint32_t limit  = call->client.time_limit_ms;
    int64_t        passed = cuci_minus(now_ms, call->started_ms);
    if (limit == 0) return 1;
    if (passed < (int64_t)call->result->waited_ms) passed = call->result->waited_ms;
    return passed < (int64_t)limit && call->wait_ms < limit - (uint32_t)passed;
}

/* The status of the call if there is no further attempt. */
static cuc_status cuci_final_status(const cuc_call *call)
{
    const int status = call->result->http_status;
    if (call->outcome != CUC_SENT && call->outcome != CUC_SEND_AGAIN) return CUC_E_CALLBACK;
    if (call->outcome == CUC_SEND_AGAIN && !cuci_is_refused(call)) return CUC_E_EXHAUSTED;
    if (!call->answered) return CUC_E_NO_STATUS;
    if (status < 200 || status > 599) return CUC_E_BAD_STATUS;
    return cuci_is_success(status) ? CUC_OK : CUC_E_SERVICE;
}

/* Can a retry help, and may there be one? Sets retryable, and detail to why not. */
static int cuci_may_retry(cuc_call *call, const cuci_rule *rule, int64_t now_ms)
{
    const cuc_client *c    = &call->client;
    cuc_result       *r    = call->result;
    const int         most = c->max_attempts > 0 ? c->max_attempts : CUCI_ATTEMPTS;
    if (rule->kind == CUCI_FINAL) return 0;
    if (rule->kind == CUCI_EXPIRED) {
        if (c->credentials == NULL || call->renewed) return 0;
    } else if (rule->kind == CUCI_CLOCK) {
        if (cuci_clock_error(call) < CUCI_CLOCK_ERROR_MS) return 0;
        r->retryable = c->shared != NULL; /* otherwise the next call does not know the offset */
        if (call->clock_retries >= CUCI_CLOCK_RETRIES) return 0;
    } else {
        r->retryable = 1;
    }
    if (r->attempts >= most) return 0;
    r->detail = CUCI_DETAIL_NO_SLEEP;
    if (rule->base_ms > 0 && call->one_call && c->sleep_ms == NULL) return 0;
    r->detail = CUCI_DETAIL_NO_TIME;
    if (!cuci_is_in_time(call, now_ms)) return 0;
    r->detail = CUCI_DETAIL_NO_BUDGET;
    if (!cuci_pay_for_retry(call, rule->cost)) return 0;
    r->detail           = CUCI_DETAIL_NONE;
    call->renewed       = (unsigned char)(call->renewed | (rule->kind == CUCI_EXPIRED));
    call->clock_retries = (unsigned char)(call->clock_retries + (rule->kind == CUCI_CLOCK));
    return 1;
}

/* After an exchange: CUC_NEXT_SEND (retry at once), CUC_NEXT_WAIT (wait first), or CUC_NEXT_DONE
 * with the result complete.                                                                      */
static cuc_next cuci_decide(cuc_call *call, int64_t now_ms)
{
    const cuc_status status = cuci_final_status(call);
    cuc_result      *r      = call->result;

    if (call->answered) call->last_status = r->http_status;
    cuci_learn_clock_offset(call, now_ms);
    if (status == CUC_OK) {
        cuci_refund(call);
        r->status = CUC_OK;
        return CUC_NEXT_DONE;
    }
    if (status == CUC_E_SERVICE || status == CUC_E_EXHAUSTED) {
        const cuci_rule *rule = cuci_rule_of(call);
        call->wait_ms         = rule->base_ms > 0 ? cuci_backoff(call, rule->base_ms) : 0;
        if (cuci_may_retry(call, rule, now_ms))
            return rule->base_ms > 0 ? CUC_NEXT_WAIT : CUC_NEXT_SEND;
    }
    r->http_status = call->last_status;
    if (status == CUC_E_CALLBACK) r->callback = call->outcome;
    cuci_fail_as(r, status, status == CUC_E_CALLBACK ? "send" : "", r->detail);
    return CUC_NEXT_DONE;
}

/* ---- 10 call >>call ----------------------------------------------------------------------------
 * in:  client and request
 * out: SEND, WAIT or DONE; cuc_update_contact runs these in a loop                               */

/* Ids are sent as given. One that begins with "arn:" or a quote is most likely a mistake: if the
 * service refuses it, the result names the id.                                                   */
static int cuci_is_odd_id(const cuc_str *id)
{
    const unsigned first = cuci_at(*id, 0);
    return first == '"' || first == '\'' || cuci_begins(id, "arn:", 0) > 0;
}

static void cuci_begin_call(cuc_call *call, const cuc_client *client, const cuc_request *request,
                            void *work, size_t cap, cuc_result *result)
{
    memset(call, 0, sizeof *call);
    memset(result, 0, sizeof *result);
    result->status = CUC_E_UNFINISHED;
    call->result   = result;
    call->out      = cuci_writer(work, cap);
    call->state    = CUCI_READY;
    cuci_copy_client(&call->client, client, result);
    cuci_check_request(request, result);
    cuci_write_body(call, request);
    cuci_write_url(call, request);
    if (!cuci_is_fine(result)) return;
    if (cuci_is_odd_id(&request->contact_id)) call->odd_id = 2;
    if (cuci_is_odd_id(&request->instance_id)) call->odd_id = 1;
}

/* Until DONE the result stays unfinished. A problem is kept in the call. */
static void cuci_keep_problem(cuc_call *call)
{
    if (cuci_is_fine(call->result)) return;
    call->problem        = (unsigned char)call->result->status;
    call->result->status = CUC_E_UNFINISHED;
}

CUC_API void cuc_call_begin(cuc_call *call, const cuc_client *client, const cuc_request *request,
                            void *work, size_t cap, cuc_result *result)
{
    cuci_begin_call(call, client, request, work, cap, result);
    cuci_keep_problem(call);
}

/* now_ms plus the clock offset, unless that leads out of 1970..9999. */
static int64_t cuci_corrected(const cuc_call *call, int64_t now_ms)
{
    const int64_t ms = cuci_plus(now_ms, call->result->clock_offset_ms);
    return cuci_is_time(ms) ? ms : now_ms;
}

static int cuci_knows_time(const cuc_call *call, int64_t now_ms)
{
    return call->result->clock_offset_ms != 0 || now_ms >= CUCI_KNOWN_TIME_MS;
}

/* The time to sign with. A signing key is valid for one day of the service's clock. Around midnight
 * the service also accepts the uncorrected time if the clock is off by less than 4 minutes.      */
static int64_t cuci_time_to_sign(const cuc_call *call, const cuc_signing_key *key, int64_t now_ms)
{
    const int64_t offset = call->result->clock_offset_ms;
    int64_t       ms     = cuci_corrected(call, now_ms);
    if (key == NULL || cuci_is_day_of(key, ms)) return ms;
    if (offset > -CUCI_CLOCK_ERROR_MS && offset < CUCI_CLOCK_ERROR_MS &&
        cuci_is_day_of(key, now_ms))
        ms = now_ms;
    return ms;
}

/* Asks the credentials callback; while measuring it gets no time. */
static void cuci_get_credentials(cuc_call *call, cuci_signer *s, int64_t now_ms)
{
    cuc_credentials  *c = &s->credentials;
    const cuc_client *k = &call->client;
    int               returned;
    if (k->credentials == NULL) return;
    c->refused = call->renewed == 1;
    if (c->refused) call->renewed = 2; /* tell it once */
    now_ms = cuci_knows_time(call, now_ms) ? cuci_corrected(call, now_ms) : 0;
    if (call->out.full || !cuci_is_time(now_ms)) now_ms = 0;
    returned = (k->credentials)(k->user, now_ms, c);
    if (returned != 0) {
        s->result->callback = returned;
        cuci_fail(s->result, CUC_E_CALLBACK, "credentials");
    }
    cuci_check_strings(&c->access_key, 3, cuci_word(cuci_client_strings, 2), s->result);
}
typedef char cuci_assert_credentials[offsetof(cuc_credentials, session_token) == 2 * sizeof(cuc_str)
                                         ? 1
                                         : -1];

static void cuci_sign_attempt(cuc_call *call, int64_t now_ms)
{
    const cuc_client    *c = &call->client;
    cuc_result          *r = call->result;
    cuci_signer          s;
    /* Copies, because a callback may restart the call. */
    const size_t         mark = call->fixed;
    cuci_out             o    = call->out;
    const unsigned char *random;
    o.len = mark;
    if (c->shared != NULL) r->clock_offset_ms = c->shared->clock_offset_ms;
    cuci_signer_begin(&s, c, &o, r);
    s.busy = &call->busy;
    cuci_get_credentials(call, &s, now_ms);
    if (!call->busy || !cuci_is_fine(r)) return;
    call->signed_ms = cuci_time_to_sign(call, s.credentials.signing_key, now_ms);
    cuci_begin_signing(&s, call->signed_ms, cuci_knows_time(call, now_ms));
    cuci_check_credentials(&s.credentials, r);
    if (!cuci_is_fine(r)) return;
    /* The jitter comes from the signature, which cannot be predicted. Each attempt uses other bytes
     * of it, since two attempts within one second have the same signature.                       */
    random = cuci_sign_http(&s, &call->http, call->path_escapes);
    random += 4 * (((unsigned)r->attempts + 1u) % 8u);
    call->random = (uint32_t)random[0] << 24 | (uint32_t)random[1] << 16 |
                   (uint32_t)random[2] << 8 | random[3];
    cuci_end_signing(&s, mark);
    if (!cuci_is_fine(r)) call->http.line_count = 0; /* hides lines that must not be sent */
}

/* After a callback. If it has restarted the call, with whatever result, that ends this call. */
static void cuci_end_callback(cuc_call *call, cuc_result *result)
{
    if (!call->busy) {
        call->problem  = CUC_OK;
        call->result   = result;
        result->status = CUC_E_UNFINISHED;
        cuci_fail(result, CUC_E_REENTRY, "");
    }
    call->busy = 0;
}

static cuc_next cuci_done(cuc_call *call)
{
    cuc_result *r = call->result;
    cuci_drop_unfinished(call);
    if (cuci_is_fine(r) && call->problem != CUC_OK) r->status = (cuc_status)call->problem;
    if (call->odd_id > 0 && r->status == CUC_E_SERVICE &&
        (r->http_status == 403 || r->http_status == 404)) {
        const cuci_field *id = &cuci_request_fields[call->odd_id - 1u];
        cuci_out          o  = cuci_writer(r->where, sizeof r->where);
        cuci_put_bytes(&o, id->text, id->name_len);
        cuci_put_end(&o);
    }
    call->state = CUCI_DONE;
    return CUC_NEXT_DONE;
}

/* cuc_call_next or cuc_call_end in the wrong state, or from inside a callback. */
static void cuci_misuse(cuc_call *call, int32_t detail)
{
    if (call->problem != CUC_OK) return; /* the first problem stays */
    cuci_fail_as(call->result, call->busy ? CUC_E_REENTRY : CUC_E_ORDER, "", detail);
    if (!call->busy) cuci_keep_problem(call);
}

CUC_API cuc_next cuc_call_next(cuc_call *call, int64_t now_ms)
{
    cuc_result *r = call->result;
    if (call->busy || call->state == CUCI_SENDING) cuci_misuse(call, CUCI_DETAIL_NEXT_BEFORE_END);
    if (call->busy || call->state == CUCI_DONE) return CUC_NEXT_DONE;
    cuci_keep_problem(call); /* a callback of cuc_update_contact may have left one */
    if (call->problem != CUC_OK) return cuci_done(call);
    if (call->state == CUCI_ENDED) {
        const cuc_next next = cuci_decide(call, now_ms);
        if (next == CUC_NEXT_DONE) return cuci_done(call);
        call->state = CUCI_READY;
        if (next == CUC_NEXT_WAIT) {
            r->waited_ms += call->wait_ms;
            return CUC_NEXT_WAIT;
        }
    }
    if (r->attempts == 0) call->started_ms = now_ms;
    r->retryable = 0; /* it described the attempt before */
    call->busy   = 1;
    cuci_sign_attempt(call, now_ms);
    cuci_end_callback(call, r);
    if (!cuci_is_fine(r)) return cuci_done(call);
    cuci_response_begin(call);
    r->attempts++;
    call->sent_ms = now_ms;
    call->state   = CUCI_SENDING;
    return CUC_NEXT_SEND;
}

CUC_API void cuc_call_end(cuc_call *call, int outcome)
{
    if (!call->busy && call->state == CUCI_SENDING) {
        cuci_drop_unfinished(call);
        call->outcome = outcome;
        call->state   = CUCI_ENDED;
    } else if (call->busy || call->state != CUCI_DONE) { /* after DONE it is late, and ignored */
        cuci_misuse(call, call->state == CUCI_ENDED ? CUCI_DETAIL_END_TWICE
                                                    : CUCI_DETAIL_END_BEFORE_SEND);
    }
}

CUC_API const cuc_http_request *cuc_call_http_request(const cuc_call *call) { return &call->http; }

CUC_API uint32_t cuc_call_wait_ms(const cuc_call *call) { return call->wait_ms; }

CUC_API size_t cuc_call_canonical_request(const cuc_call *call, char *buf, size_t cap)
{
    const cuc_http_request *h     = &call->http;
    cuc_str                 token = CUC_ZERO;
    cuci_out                o     = cuci_writer(buf, cap);
    unsigned char           digest[32];
    memset(digest, 0, sizeof digest);
    if (call->state != CUCI_SENDING && call->state != CUCI_ENDED) return 0;
    if ((call->client.sha256)(call->client.user, h->body, h->body_len, digest) != 0) return 0;
    if (h->line_count == 0) return 0; /* sha256 has restarted the call */
    if (h->line_count > CUCI_LINE_TOKEN) token = cuc_s(h->values[CUCI_LINE_TOKEN]);
    cuci_put_canonical(&o, h, call->path_escapes, h->values[CUCI_LINE_DATE], &token, digest);
    return cuci_finish_text(&o);
}

/* The caller's clock; 0 without asking it while measuring, after a problem, or if there is none. */
static int64_t cuci_call_now(cuc_call *call)
{
    cuc_result *r = call->result;
    int64_t     ms;
    if (call->out.full || call->client.now_ms == NULL) return 0;
    if (call->problem != CUC_OK) return 0;
    call->busy = 1;
    ms         = (call->client.now_ms)(call->client.user);
    cuci_end_callback(call, r);
    return ms;
}

static void cuci_call_send(cuc_call *call)
{
    cuc_result *r = call->result;
    int         outcome;
    call->busy = 1;
    outcome    = (call->client.send)(call->client.user, &call->http, call);
    cuci_end_callback(call, r);
    if (cuci_is_fine(r)) cuc_call_end(call, outcome);
}

static void cuci_call_sleep(cuc_call *call)
{
    cuc_result *r = call->result;
    int         returned;
    call->busy = 1;
    returned   = (call->client.sleep_ms)(call->client.user, call->wait_ms);
    cuci_end_callback(call, r);
    if (returned == 0) return;
    r->callback = returned;
    cuci_fail(r, CUC_E_CALLBACK, "sleep_ms");
}

CUC_API cuc_status cuc_update_contact(const cuc_client *client, const cuc_request *request,
                                      void *work, size_t cap, cuc_result *result)
{
    cuc_call call;
    cuc_next next;
    cuci_begin_call(&call, client, request, work, cap, result);
    call.one_call = 1;
    if (client->send == NULL) cuci_fail(result, CUC_E_REQUIRED, "send");
    cuci_keep_problem(&call);
    while ((next = cuc_call_next(&call, cuci_call_now(&call))) != CUC_NEXT_DONE) {
        if (next == CUC_NEXT_SEND) cuci_call_send(&call);
        else cuci_call_sleep(&call);
        cuci_keep_problem(&call);
    }
    return result->status;
}

/* ---- 11 signer >>signer ------------------------------------------------------------------------
 * in:  a request to any AWS service but S3
 * out: Authorization, or a signing key. cuc_update_contact does not use it.
 * Headers and query parameters come in any order. They are written in the order of their names by
 * searching for the next one each time, which needs no memory.                                   */

/* Sets the service to sign for; unset: Connect. */
static void cuci_sign_for(cuci_signer *s, cuc_str service)
{
    if (cuci_lost(&service)) cuci_fail(s->result, CUC_E_REQUIRED, "service");
    if (service.len == 0 || !cuci_is_fine(s->result)) return;
    s->service = service;
    if (service.len > 63 || !cuci_is_visible(&service) || cuci_find(service, 0, '/') < service.len)
        cuci_fail(s->result, CUC_E_VALUE, "service");
}

CUC_API cuc_status cuc_derive_signing_key(const cuc_client *client, cuc_str service, int64_t now_ms,
                                          void *work, size_t cap, cuc_signing_key *key,
                                          cuc_result *result)
{
    cuci_out      o = cuci_writer(work, cap);
    cuci_signer   s;
    unsigned char other[32];
    cuc_client    copy;
    memset(key, 0, sizeof *key);
    memset(result, 0, sizeof *result);
    cuci_copy_client(&copy, client, result);
    cuci_signer_begin(&s, &copy, &o, result);
    s.credentials.signing_key = NULL; /* the client may still hold yesterday's */
    cuci_sign_for(&s, service);
    cuci_begin_signing(&s, now_ms, 1);
    cuci_check_label(&copy.region, result);
    cuci_check_secret(&copy.secret_key, result);
    if (!cuci_is_fine(result)) return result->status;
    cuci_derive(&s, CUCI_SCOPE, other, key->key);
    memcpy(key->date, s.time.text, 8);
    cuci_end_signing(&s, 0);
    if (!cuci_is_fine(result)) cuci_wipe(key, sizeof *key);
    cuci_wipe(other, sizeof other);
    return result->status;
}

typedef struct cuci_general {
    cuci_signer           s;
    const cuc_sign_input *in;
    cuc_sign_header       added[3]; /* what cuc_sign adds; one with an unset value is skipped */
} cuci_general;

static int cuci_compare(cuc_str a, cuc_str b)
{
    size_t i;
    for (i = 0; i < a.len && i < b.len; i++) {
        const unsigned x = cuci_lower(cuci_at(a, i)), y = cuci_lower(cuci_at(b, i));
        if (x != y) return x < y ? -1 : 1;
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static const cuc_sign_header *cuci_header_at(const cuci_general *g, size_t i)
{
    return i < g->in->header_count ? &g->in->headers[i] : &g->added[i - g->in->header_count];
}

static size_t cuci_header_count(const cuci_general *g) { return g->in->header_count + 3; }

/* The name that follows `after` in sorted order; the first one if `after` is unset; unset at the
 * end.                                                                                           */
static cuc_str cuci_next_name(const cuci_general *g, cuc_str after)
{
    cuc_str best = CUC_ZERO;
    size_t  i;
    for (i = 0; i < cuci_header_count(g); i++) {
        const cuc_sign_header *h = cuci_header_at(g, i);
        if (!cuci_is_set(h->value)) continue;
        if (cuci_is_set(after) && cuci_compare(h->name, after) <= 0) continue;
        if (!cuci_is_set(best) || cuci_compare(h->name, best) < 0) best = h->name;
    }
    return best;
}

static void cuci_put_lower(cuci_out *o, cuc_str s)
{
    size_t i;
    for (i = 0; i < s.len; i++) cuci_put_byte(o, cuci_lower(cuci_at(s, i)));
}

/* Trims, and replaces each run of bytes up to 0x20 by one blank. Proxies may change white space in
 * header values, so SigV4 signs them like this ("Trimall" in "create a canonical request").      */
static void cuci_put_folded(cuci_out *o, cuc_str s)
{
    size_t i;
    cuci_trim(&s);
    for (i = 0; i < s.len; i++) {
        const unsigned c = cuci_at(s, i);
        if (c > ' ') cuci_put_byte(o, c);
        else if (cuci_at(s, i + 1) > ' ') CUCI_PUT(o, " "); /* the last of its run */
    }
}

static void cuci_put_headers(const cuci_general *g)
{
    cuci_out *o    = g->s.out;
    cuc_str   none = CUC_ZERO, name;
    size_t    i;
    for (name = cuci_next_name(g, none); cuci_is_set(name); name = cuci_next_name(g, name)) {
        int first = 1;
        cuci_put_lower(o, name);
        for (i = 0; i < cuci_header_count(g); i++) {
            const cuc_sign_header *h = cuci_header_at(g, i);
            if (!cuci_is_set(h->value) || cuci_compare(h->name, name) != 0) continue;
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
    for (name = cuci_next_name(g, none); cuci_is_set(name); name = cuci_next_name(g, name)) {
        if (!first) CUCI_PUT(g->s.out, ";");
        cuci_put_lower(g->s.out, name);
        first = 0;
    }
}

/* A segment is kept unless it is empty, ".", "..", or cancelled by a later "..". */
static int cuci_keeps_segment(cuc_str path, size_t at, size_t end)
{
    size_t  inside  = 0; /* later segments that a ".." cancels first */
    cuc_str segment = cuci_part(path, at, end);
    if (segment.len == 0 || cuci_is_dots(segment)) return 0;
    while (end < path.len) {
        at      = end + 1;
        end     = cuci_find(path, at, '/');
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

static void cuci_put_sign_path(cuci_out *o, cuc_str path, int raw)
{
    cuc_str segment;
    size_t  at, end;
    int     any = 0;
    if (raw && path.len > 0) {
        (void)cuci_put_encoded(o, &path, 1);
        return;
    }
    for (at = 0; at < path.len; at = end + 1) {
        end = cuci_find(path, at, '/');
        if (!cuci_keeps_segment(path, at, end)) continue;
        CUCI_PUT(o, "/");
        segment = cuci_part(path, at, end);
        (void)cuci_put_encoded(o, &segment, 0);
        any = 1;
    }
    if (!any || cuci_at(path, path.len - 1) == '/') CUCI_PUT(o, "/");
}

typedef struct cuci_param {
    cuc_str name, value; /* raw */
    size_t  at;          /* where it begins in the query */
} cuci_param;

/* The parameter that begins at or after `from`; its name is unset if there is none. */
static cuci_param cuci_param_at(cuc_str query, size_t from)
{
    cuci_param p = CUC_ZERO;
    size_t     end, equals;
    while (cuci_at(query, from) == '&') from++;
    if (from >= query.len) return p;
    end     = cuci_find(query, from, '&');
    equals  = cuci_find(cuci_part(query, 0, end), from, '=');
    p.at    = from;
    p.name  = cuci_part(query, from, equals);
    p.value = cuci_part(query, equals < end ? equals + 1 : end, end);
    return p;
}

/* The byte at *i of a raw query, %XX decoded. Moves *i past it. */
static unsigned cuci_decode(cuc_str s, size_t *i)
{
    const unsigned c    = cuci_at(s, *i);
    const unsigned high = cuci_hex_value(cuci_at(s, *i + 1)),
                   low  = cuci_hex_value(cuci_at(s, *i + 2));
    ++*i;
    if (c != '%' || high > 15 || low > 15) return c;
    *i += 2;
    return high << 4 | low;
}

/* Compares as if percent-encoded. An encoded byte begins with %, which is below all unreserved
 * characters.                                                                                    */
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
        for (p = cuci_param_at(query, 0); cuci_is_set(p.name);
             p = cuci_param_at(query, cuci_find(query, p.at, '&'))) {
            if (cuci_is_set(last.name) && cuci_compare_params(&p, &last) <= 0) continue;
            if (!cuci_is_set(best.name) || cuci_compare_params(&p, &best) < 0) best = p;
        }
        if (!cuci_is_set(best.name)) return;
        if (cuci_is_set(last.name)) CUCI_PUT(o, "&");
        cuci_put_decoded(o, best.name);
        CUCI_PUT(o, "=");
        cuci_put_decoded(o, best.value);
        last = best;
    }
}

static void cuci_check_header(const cuc_sign_header *h, cuc_result *result)
{
    const cuc_str name = cuci_present(h->name);
    if (cuci_lost(&h->value)) cuci_fail(result, CUC_E_REQUIRED, "headers");
    if (name.len == 0 || !cuci_is_visible(&name) || cuci_find(name, 0, ':') < name.len ||
        !cuci_is_set(h->value))
        cuci_fail(result, CUC_E_VALUE, "headers");
}

static void cuci_check_sign_input(const cuc_sign_input *in, cuc_result *result)
{
    static const char names[] = "method\0path\0query\0";
    cuc_sign_input    copy    = *in;
    int               host    = 0;
    size_t            i;
    cuci_check_strings(&copy.method, 3, names, result);
    if (cuci_lost(&in->body)) cuci_fail(result, CUC_E_REQUIRED, "body");
    if (in->headers == NULL && in->header_count > 0) cuci_fail(result, CUC_E_REQUIRED, "headers");
    for (i = 0; i < in->header_count && cuci_is_fine(result); i++) {
        cuci_check_header(&in->headers[i], result);
        host |= cuci_compare(cuci_present(in->headers[i].name), CUCI_TEXT("host")) == 0;
    }
    if (!host) cuci_fail(result, CUC_E_REQUIRED, "host");
    if (copy.method.len == 0 || !cuci_is_visible(&copy.method))
        cuci_fail(result, CUC_E_VALUE, "method");
}
typedef char cuci_assert_input[offsetof(cuc_sign_input, query) == 2 * sizeof(cuc_str) ? 1 : -1];

/* Terminates what was written since mark. */
static cuc_str cuci_finish_view(cuci_out *o, size_t mark)
{
    const cuc_str s = cuci_written(o, mark);
    cuci_put_end(o);
    return s;
}

static void cuci_add_header(cuci_general *g, unsigned i, cuc_str name, cuc_str value)
{
    g->added[i].name  = name;
    g->added[i].value = value;
}

/* The headers that cuc_sign adds. While measuring the hash cannot be read back: the header is
 * empty, and its length is counted.                                                              */
static void cuci_add_headers(cuci_general *g, cuc_str body_hash)
{
    const cuc_credentials *c = &g->s.credentials;
    cuci_add_header(g, 0, CUCI_TEXT("x-amz-date"),
                    cuci_view(g->s.time.text, sizeof g->s.time.text));
    if (c->session_token.len > 0 && !g->in->token_unsigned)
        cuci_add_header(g, 1, CUCI_TEXT("x-amz-security-token"), c->session_token);
    if (!g->in->content_sha256) return;
    cuci_add_header(g, 2, CUCI_TEXT("x-amz-content-sha256"),
                    g->s.out->full ? cuci_view("", 0) : body_hash);
    if (g->s.out->full) cuci_put(g->s.out, &body_hash);
}

static void cuci_put_general_canonical(const cuci_general *g, const cuc_str *body_hash)
{
    cuci_out *o = g->s.out;
    cuci_put(o, &g->in->method);
    CUCI_PUT(o, "\n");
    cuci_put_sign_path(o, g->in->path, g->in->raw_path);
    CUCI_PUT(o, "\n");
    cuci_put_query(o, g->in->query);
    CUCI_PUT(o, "\n");
    cuci_put_headers(g);
    CUCI_PUT(o, "\n");
    cuci_put_names(g);
    CUCI_PUT(o, "\n");
    cuci_put(o, body_hash);
}

static void cuci_sign_general(cuci_general *g, cuc_signed *out)
{
    const cuc_str body = g->in->body;
    cuci_signer  *s    = &g->s;
    cuci_out     *o    = s->out;
    unsigned char digest[32];
    size_t        mark = o->len;
    cuc_str       body_hash;

    cuci_put_time(s);
    out->amz_date = cuci_finish_view(o, mark);
    cuci_hash(s, body.ptr != NULL ? body.ptr : "", body.len, digest);
    mark = o->len;
    cuci_put_hex(o, digest);
    body_hash = cuci_finish_view(o, mark);
    if (g->in->content_sha256) out->content_sha256 = body_hash;
    cuci_add_headers(g, body_hash);

    mark = o->len;
    cuci_put_general_canonical(g, &body_hash);
    cuci_hash_written(s, mark, digest);
    out->canonical_request = cuci_finish_view(o, mark);

    mark = o->len;
    cuci_put_string_to_sign(s, digest);
    cuci_make_signature(s, mark, digest);
    out->string_to_sign = cuci_finish_view(o, mark);

    mark = o->len;
    cuci_put_credential(s);
    cuci_put_names(g);
    CUCI_PUT(o, ", Signature=");
    cuci_put_hex(o, digest);
    out->authorization = cuci_finish_view(o, mark);
}

CUC_API cuc_status cuc_sign(const cuc_client *client, const cuc_sign_input *input, int64_t now_ms,
                            void *work, size_t cap, cuc_signed *out, cuc_result *result)
{
    cuci_out     o = cuci_writer(work, cap);
    cuc_client   copy;
    cuci_general g;
    memset(&g, 0, sizeof g);
    memset(out, 0, sizeof *out);
    memset(result, 0, sizeof *result);
    cuci_copy_client(&copy, client, result);
    g.in = input;
    cuci_signer_begin(&g.s, &copy, &o, result);
    cuci_sign_for(&g.s, input->service);
    cuci_begin_signing(&g.s, now_ms, 1);
    cuci_check_label(&copy.region, result);
    cuci_check_credentials(&g.s.credentials, result);
    cuci_check_sign_input(input, result);
    if (!cuci_is_fine(result)) return result->status;
    cuci_sign_general(&g, out);
    cuci_end_signing(&g.s, 0);
    if (!cuci_is_fine(result)) memset(out, 0, sizeof *out);
    return result->status;
}

/* ---- 12 sentences >>sentences ------------------------------------------------------------------
 * in:  a status or a result
 * out: one sentence for people. The linker can leave these texts out of programs without them.   */

/* clang-format off */
static const char cuci_sentences[] = /* by cuc_status */
    "done\0"
    "nothing to update: set at least one field\0"
    "required, but not set\0"
    "too long, too short or too many\0"
    "not well-formed UTF-8\0"
    "this key appears twice in one map\0"
    "nested too deeply, at most 16 levels\0"
    "not a value that the service accepts\0"
    "not a region: 1 to 63 of A-Z a-z 0-9 and -, with no - at an end\0"
    "not http[s]://HOST[:PORT][/BASE], or given together with use_fips or use_dualstack\0"
    "contains a byte that is not visible ASCII: look for a blank or a line end at its end\0"
    "derived for another day: derive a new one\0"
    "the time is before 1970 or after 9999: is now_ms in milliseconds?\0"
    "the buffer is too small\0"
    "a callback failed\0"
    "a callback used the call that it was called from\0"
    "cuc_call_next or cuc_call_end was called in the wrong state\0"
    "the transport delivered no HTTP status\0"
    "the transport delivered an HTTP status outside 200 to 599\0"
    "no complete response\0"
    "the service said no\0"
    "not finished: cuc_call_next has not returned CUC_NEXT_DONE\0";

/* By CUCI_DETAIL_... They replace the sentence of the status; those about retries follow it. */
static const char cuci_details[] =
    "\0"
    "\0"
    "missing; usually found in the environment variable \0"
    "not a region: leave out fips and set use_fips\0"
    "an availability zone and not a region: leave out the last letter\0"
    "an access key id has no '/': is this the secret key?\0"
    "begins or ends with a quote: pass the key without quotes\0"
    "cuc_call_next was called while a request was being sent: call cuc_call_end first\0"
    "cuc_call_end was called, but no request was being sent: call cuc_call_next first\0"
    "cuc_call_end was called twice for one request\0"
    "no retry, because sleep_ms is not set\0"
    "no further retry, because the retry budget is spent\0"
    "no further retry, because of time_limit_ms\0";

/* Pairs: a member that can be missing, and the variable that usually holds its value. */
static const char cuci_variables[] =
    "region\0" "AWS_REGION\0" "access_key\0" "AWS_ACCESS_KEY_ID\0"
    "secret_key\0" "AWS_SECRET_ACCESS_KEY\0";

/* Groups of: error codes, an empty word, what to check. An empty word ends the table. The sources
 * are in tests/PITFALLS.md.                                                                      */
static const char cuci_advices[] =
    "InvalidSignature\0" "SignatureDoesNotMatch\0" "IncompleteSignature\0" "\0"
    "the secret (a blank, a quote or a line end in it?), the clock (UTC?), the region; that ids "
    "are given raw, not percent-encoded; that no proxy or HTTP client changes the signed headers\0"
    "RequestTimeTooSkewed\0" "RequestExpired\0" "RequestInTheFuture\0" "\0"
    "the clock: now_ms is milliseconds since 1970 in UTC\0"
    "UnrecognizedClient\0" "InvalidClientTokenId\0" "\0"
    "the access key, and that the session token belongs to it (temporary keys need one)\0"
    "ExpiredToken\0" "\0"
    "the session token: it has expired, get a new one\0"
    "MissingAuthenticationToken\0" "\0"
    "the URL, and whether a proxy drops the authorization header\0"
    "AccessDenied\0" "\0"
    "that the policy allows connect:UpdateContact for this contact\0";

/* What to check for these HTTP statuses, if the error code has no advice. */
static const struct {
    short low, high;
    char  advice[76];
} cuci_status_advices[] = {
    { 300, 399, "endpoint_url and the region; redirects are not followed, on purpose" },
    { 404, 404, "the ids (raw, without quotes or a line end around them) and the region" },
    { 407, 407, "the proxy: it requires credentials" },
};
/* clang-format on */

CUC_API const char *cuc_status_string(cuc_status status)
{
    if ((unsigned)status > CUC_E_UNFINISHED) return "not a status of this library";
    return cuci_word(cuci_sentences, (unsigned)status);
}

/* The sentence so far. `shown` is the last length at which it may be cut. */
typedef struct cuci_sentence {
    cuci_out out;
    size_t   shown;
} cuci_sentence;

static void cuci_end_clause(cuci_sentence *t)
{
    if (!t->out.full) t->shown = t->out.len;
}

static void cuci_say(cuci_sentence *t, const char *text) { cuci_put_text(&t->out, text); }

static void cuci_say_clause(cuci_sentence *t, const char *text)
{
    cuci_say(t, text);
    cuci_end_clause(t);
}

/* Control characters: C0, DEL, C1 (C2 80..9F), and those that change the direction of text: U+061C,
 * U+200E, U+200F, U+202A..202E, U+2066..2069.                                                    */
static int cuci_is_control(cuc_str s, size_t i)
{
    const unsigned a = cuci_at(s, i), b = cuci_at(s, i + 1), c = cuci_at(s, i + 2);
    if (a < ' ' || a == 0x7F || (a == 0xC2 && b < 0xA0) || (a == 0xD8 && b == 0x9C)) return 1;
    if (a != 0xE2 || (b != 0x80 && b != 0x81)) return 0;
    return b == 0x80 ? c == 0x8E || c == 0x8F || (c >= 0xAA && c <= 0xAE) : c >= 0xA6 && c <= 0xA9;
}

/* One character of the service's text. Returns where the next one begins. */
static size_t cuci_say_character(cuci_sentence *t, cuc_str s, size_t i)
{
    const unsigned n = cuci_utf8_step(&s, i);
    if (n == 0 || cuci_is_control(s, i)) CUCI_PUT(&t->out, "?");
    else cuci_put_part(&t->out, s.ptr, i, i + n);
    cuci_end_clause(t);
    return i + (n > 0 ? n : 1);
}

/* The end of the ARN that begins at i: the next blank, control character or quote. i if there is no
 * ARN.                                                                                           */
static size_t cuci_arn_end(cuc_str s, size_t i)
{
    const cuc_str rest = cuci_part(s, i, s.len);
    if (!cuci_begins(&rest, "arn:", 0)) return i;
    while (i < s.len && cuci_at(s, i) > ' ' && cuci_at(s, i) != '"' && cuci_at(s, i) != '\'') i++;
    return i;
}

/* Text of the service. Runs of more than 32 characters of the base64 alphabet are shown as ...,
 * because some services repeat credentials. If the text was cut, its last run may be the beginning
 * of one.                                                                                        */
static void cuci_say_foreign(cuci_sentence *t, cuc_str s, int cut)
{
    size_t i = 0, end;
    while (i < s.len) {
        const size_t arn = cuci_arn_end(s, i);
        end              = cuci_span(s, i, CUCI_BASE64);
        if (arn > i) {
            while (i < arn) i = cuci_say_character(t, s, i);
        } else if (end - i > 32 || (cut && end > i && end == s.len)) {
            if (end < s.len || !cut) cuci_say_clause(t, "..."); /* else it follows below */
            i = end;
        } else if (end > i) {
            cuci_put_part(&t->out, s.ptr, i, end);
            cuci_end_clause(t);
            i = end;
        } else {
            i = cuci_say_character(t, s, i);
        }
    }
    if (cut) cuci_say_clause(t, "...");
}

static void cuci_say_number(cuci_sentence *t, long n)
{
    if (n < 0) cuci_say(t, "-");
    cuci_put_number(&t->out, n < 0 ? (cuci_wide) - (n + 1) + 1u : (cuci_wide)n);
    cuci_end_clause(t);
}

static void cuci_say_limit(cuci_sentence *t, const cuc_result *r)
{
    cuci_put_number(&t->out, r->actual);
    cuci_say(t, r->detail == CUCI_DETAIL_ENTRIES ? " entries, "
                : r->bytes                       ? " bytes, "
                                                 : " characters, ");
    cuci_say(t, r->actual > r->allowed ? "at most " : "at least ");
    cuci_put_number(&t->out, r->allowed);
    cuci_end_clause(t);
}

static void cuci_say_missing(cuci_sentence *t, const cuc_result *r)
{
    const cuc_str where = cuc_s(r->where);
    cuci_say(t, cuci_word(cuci_details, CUCI_DETAIL_MISSING));
    cuci_say_clause(t, cuci_word(cuci_variables, cuci_index(cuci_variables, &where)));
}

static void cuci_say_retries(cuci_sentence *t, const cuc_result *r)
{
    if (r->detail < CUCI_DETAIL_NO_SLEEP || r->detail > CUCI_DETAIL_NO_TIME) return;
    cuci_say(t, "; ");
    cuci_say_clause(t, cuci_word(cuci_details, (unsigned)r->detail));
}

static void cuci_say_exhausted(cuci_sentence *t, const cuc_result *r)
{
    const int failed_before = r->http_status != 0 && !cuci_is_success(r->http_status);
    cuci_say(t,
             failed_before ? "no complete response in the last of " : "no complete response in ");
    cuci_say_number(t, r->attempts);
    cuci_say_clause(t, r->attempts == 1 ? " attempt" : " attempts");
    if (cuci_is_success(r->http_status)) {
        cuci_say_clause(t, "; the update may have been applied");
    } else if (failed_before) {
        cuci_say(t, "; the HTTP status before was ");
        cuci_say_number(t, r->http_status);
    }
    cuci_say_retries(t, r);
    if (r->http_status == 0)
        cuci_say_clause(t, ". Check: the network, a proxy, endpoint_url and your time-outs");
}

/* Codes of letters only are shown whole. Of random base64 texts of 39 characters, 1 in 3,300 has
 * letters only.                                                                                  */
static int cuci_is_letters(cuc_str s)
{
    while (s.len > 0 && cuci_is(cuci_at(s, s.len - 1), CUCI_LABEL) &&
           cuci_lower(cuci_at(s, s.len - 1)) >= 'a')
        s.len--;
    return s.len == 0;
}

static const char *cuci_advice_for_code(const cuc_str *code)
{
    const char *at = cuci_advices;
    while (*at != 0) {
        const int found = cuci_index(at, code) > 0;
        while (*at != 0) at = cuci_word(at, 1);
        if (found) return at + 1;
        at = cuci_word(at + 1, 1);
    }
    return NULL;
}

static const char *cuci_advice(const cuc_result *r)
{
    const cuc_str code   = cuci_without_exception(r->code);
    const char   *advice = cuci_advice_for_code(&code);
    size_t        i;
    if (r->where[0] != 0) /* set by cuci_done for an odd id */
        return "this id: an ARN and quotes are sent as given; pass the bare id "
               "(cuc_instance_id_from_arn cuts it out of an ARN)";
    for (i = 0; advice == NULL && i < sizeof cuci_status_advices / sizeof cuci_status_advices[0];
         i++)
        if (r->http_status >= cuci_status_advices[i].low &&
            r->http_status <= cuci_status_advices[i].high)
            advice = cuci_status_advices[i].advice;
    return advice;
}

static void cuci_say_code_and_message(cuci_sentence *t, const cuc_result *r)
{
    const cuc_str code = cuc_s(r->code);
    if (code.len > 0) cuci_say(t, " ");
    if (cuci_is_letters(code)) cuci_say_clause(t, r->code);
    else cuci_say_foreign(t, code, 0);
    if (r->message[0] != 0) cuci_say(t, ": ");
    cuci_say_foreign(t, cuc_s(r->message), r->message_cut > 0);
    if (r->reason[0] != 0) {
        cuci_say(t, " ("); /* it may have been cut before a character of 4 bytes */
        cuci_say_foreign(t, cuc_s(r->reason), cuci_length(r->reason) + 4 >= sizeof r->reason);
        cuci_say_clause(t, ")");
    }
    if (r->request_id[0] != 0) {
        cuci_say(t, " [request ");
        cuci_say_foreign(t, cuc_s(r->request_id),
                         cuci_length(r->request_id) + 1 >= sizeof r->request_id);
        cuci_say_clause(t, "]");
    }
}

static void cuci_say_service(cuci_sentence *t, const cuc_result *r)
{
    const char *advice = cuci_advice(r);
    if (cuci_is_unidentified(r)) {
        cuci_say(t, "HTTP status ");
        cuci_say_number(t, r->http_status);
        cuci_say_clause(t, " without an error code or a request id: something between you and the "
                           "service may have answered");
        if (r->message[0] != 0) cuci_say(t, ": ");
        cuci_say_foreign(t, cuc_s(r->message), r->message_cut > 0);
    } else {
        cuci_say(t, "the service said no: ");
        cuci_say_number(t, r->http_status);
        cuci_say_code_and_message(t, r);
    }
    cuci_say_retries(t, r);
    if (advice == NULL) return;
    cuci_say(t, ". Check: ");
    cuci_say_clause(t, advice);
}

static void cuci_say_key_day(cuci_sentence *t, const cuc_result *r)
{
    cuci_say_clause(t, cuc_status_string(CUC_E_KEY_DAY));
    if (r->detail == 0) return;
    cuci_say(t, " for ");
    cuci_say_number(t, r->detail);
    cuci_say_clause(t, " (UTC)");
}

/* What cuc_selftest tried, by the result's detail. */
static const char cuci_cases[] = "\0"
                                 "no data\0"
                                 "three bytes\0"
                                 "data with a zero byte\0"
                                 "more than 55 bytes\0"
                                 "no data and a key that begins with a zero byte\0"
                                 "a key that begins with a zero byte\0"
                                 "a key of 64 bytes\0"
                                 "a key of 131 bytes\0";

static void cuci_say_callback(cuci_sentence *t, const cuc_result *r)
{
    if (r->callback != 0) {
        cuci_say(t, "failed, it returned ");
        cuci_say_number(t, r->callback);
        return;
    }
    cuci_say_clause(t, "gave a wrong digest");
    if (r->detail == 0) return;
    cuci_say(t, " for ");
    cuci_say_clause(t, cuci_word(cuci_cases, (unsigned)r->detail));
}

static void cuci_say_status(cuci_sentence *t, const cuc_result *r)
{
    const char *detail = cuci_word(
        cuci_details, r->detail > 0 && r->detail <= CUCI_DETAIL_NO_TIME ? (unsigned)r->detail : 0);
    cuci_say_clause(t, *detail != 0 ? detail : cuc_status_string(r->status));
    if (r->status != CUC_E_SPACE) return;
    cuci_say(t, ": ");
    cuci_put_number(&t->out, r->required);
    cuci_say_clause(t, " bytes are enough");
}

CUC_API size_t cuc_result_text(const cuc_result *result, char *buf, size_t cap)
{
    cuci_sentence t = CUC_ZERO;
    t.out           = cuci_writer(buf, cap > 0 ? cap - 1 : 0);
    if (result->where[0] != 0 && result->status != CUC_E_UNFINISHED) { /* then it is scratch */
        cuci_say(&t, result->where);
        cuci_say_clause(&t, ": ");
    }
    if (result->status == CUC_E_LIMIT) cuci_say_limit(&t, result);
    else if (result->status == CUC_E_SERVICE) cuci_say_service(&t, result);
    else if (result->status == CUC_E_CALLBACK) cuci_say_callback(&t, result);
    else if (result->status == CUC_E_EXHAUSTED) cuci_say_exhausted(&t, result);
    else if (result->status == CUC_E_KEY_DAY) cuci_say_key_day(&t, result);
    else if (result->detail == CUCI_DETAIL_MISSING) cuci_say_missing(&t, result);
    else cuci_say_status(&t, result);
    if (buf != NULL && cap > 0) {
        cuci_out end = cuci_writer(buf, cap);
        end.len      = t.shown;
        cuci_put_end(&end);
    }
    return t.out.len;
}

/* ---- 13 selftest >>selftest --------------------------------------------------------------------
 * in:  the client's sha256 and hmac_sha256
 * out: the first wrong digest                                                                    */

/* Known answers, made with Python's hashlib and hmac; the last row is RFC 4231 case 6. Byte i of
 * the key is key_first + i * key_step. Some keys begin with a zero byte, which ends a C string.
 * cuci_cases describes the rows.                                                                 */
typedef struct cuci_answer {
    short         key_len; /* -1: a hash, not an HMAC */
    unsigned char key_step, key_first, text_len;
    char          text[60];
    unsigned char digest[32];
} cuci_answer;

/* clang-format off */
#define CUCI_DATA(literal) sizeof(literal) - 1, literal
static const cuci_answer cuci_answers[] = {
    { -1, 1, 0x00, CUCI_DATA(""),
      { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
        0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
        0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55 } },
    { -1, 1, 0x00, CUCI_DATA("abc"),
      { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad } },
    { -1, 1, 0x00, CUCI_DATA("ab\0cd"),
      { 0x1b, 0xd9, 0x5c, 0xf6, 0x37, 0x9b, 0x94, 0xfd,
        0x3b, 0x6c, 0xeb, 0x13, 0x90, 0xb7, 0x0b, 0x82,
        0x2c, 0x76, 0x44, 0x2c, 0x4b, 0xfb, 0x82, 0x73,
        0xb9, 0x41, 0xe0, 0x9d, 0x8d, 0xfd, 0x9b, 0x56 } },
    { -1, 1, 0x00, CUCI_DATA("a message of more than 55 bytes, so that it takes two block"),
      { 0xd5, 0xdb, 0x69, 0x91, 0x8b, 0x4f, 0x0e, 0xb1,
        0x0f, 0x21, 0x62, 0x33, 0x7f, 0xab, 0x90, 0x51,
        0xd4, 0x84, 0xd9, 0xdb, 0x42, 0xe7, 0xcd, 0xbf,
        0x49, 0x41, 0x3e, 0xc9, 0xf3, 0x06, 0x05, 0xe3 } },
    { 32, 1, 0x00, CUCI_DATA(""),
      { 0xd3, 0x8b, 0x42, 0x09, 0x6d, 0x80, 0xf4, 0x5f,
        0x82, 0x6b, 0x44, 0xa9, 0xd5, 0x60, 0x7d, 0xe7,
        0x24, 0x96, 0xa4, 0x15, 0xd3, 0xf4, 0xa1, 0xa8,
        0xc8, 0x8e, 0x3b, 0xb9, 0xda, 0x8d, 0xc1, 0xcb } },
    { 32, 1, 0x00, CUCI_DATA("what do ya want for nothing?"),
      { 0x09, 0x98, 0x05, 0xf4, 0xac, 0x31, 0x07, 0x86,
        0x96, 0x85, 0x65, 0xc0, 0x98, 0xdb, 0x51, 0x5c,
        0xc5, 0x08, 0x62, 0xb4, 0x20, 0xae, 0x31, 0xe2,
        0x02, 0x38, 0x31, 0x23, 0x44, 0xbe, 0xd3, 0x6a } },
    { 64, 7, 0x41, CUCI_DATA("20150830"),
      { 0xbb, 0xb5, 0x08, 0xdb, 0xc6, 0xf6, 0x6e, 0x80,
        0x85, 0x9d, 0xb6, 0xa5, 0x35, 0xf5, 0x6e, 0x61,
        0x01, 0x8b, 0xbd, 0x3a, 0x34, 0x7b, 0x85, 0x9e,
        0xbe, 0x3e, 0xb0, 0x3e, 0x16, 0xb8, 0xaa, 0x8c } },
    { 131, 0, 0xaa, CUCI_DATA("Test Using Larger Than Block-Size Key - Hash Key First"),
      { 0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f,
        0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f,
        0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14,
        0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54 } },
};
/* clang-format on */

/* The digest has room for 64 hex digits and a terminator, which is what a wrong callback writes. */
static void cuci_try_answer(cuci_signer *s, const cuci_answer *a, int32_t number)
{
    unsigned char key[131], digest[72];
    const cuc_str text = cuci_view(a->text, a->text_len), from = cuci_view(key, (size_t)a->key_len);
    unsigned      i;
    const char *tried = a->key_len < 0 || s->client->hmac_sha256 == NULL ? "sha256" : "hmac_sha256";
    for (i = 0; (int)i < a->key_len; i++) key[i] = (unsigned char)(a->key_first + i * a->key_step);
    if (a->key_len < 0) cuci_hash(s, text.ptr, text.len, digest);
    else cuci_hmac(s, &from, &text, digest);
    if (s->failed != NULL) cuci_fail(s->result, CUC_E_CALLBACK, s->failed);
    if (memcmp(digest, a->digest, sizeof a->digest) != 0)
        cuci_fail_as(s->result, CUC_E_CALLBACK, tried, number);
}

CUC_API cuc_status cuc_selftest(const cuc_client *client, cuc_result *result)
{
    char        joined[64 + 60]; /* the messages of an HMAC that is made from SHA-256 */
    cuci_out    o = cuci_writer(joined, sizeof joined);
    cuci_signer s;
    int32_t     i;
    memset(result, 0, sizeof *result);
    cuci_signer_begin(&s, client, &o, result);
    if (client->sha256 == NULL) cuci_fail(result, CUC_E_REQUIRED, "sha256");
    for (i = 0; i < (int32_t)(sizeof cuci_answers / sizeof cuci_answers[0]); i++)
        if (cuci_is_fine(result)) cuci_try_answer(&s, &cuci_answers[i], i + 1);
    return result->status;
}

/* ---- 14 helpers >>helpers ----------------------------------------------------------------------
 * in:  strings of the caller
 * out: known or not; parts of an ARN; the version                                                */

CUC_API const char *cuc_version(void) { return CUC_VERSION; }

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

static int cuci_is_known(const char *words, cuc_str word)
{
    word = cuci_present(word);
    return cuci_index(words, &word) > 0;
}

CUC_API int cuc_known_reference_type(cuc_str type)
{
    return cuci_is_known(cuci_reference_types, type);
}

CUC_API int cuc_known_reference_status(cuc_str status)
{
    return cuci_is_known(cuci_reference_statuses, status);
}

CUC_API int cuc_known_endpoint_type(cuc_str type)
{
    return cuci_is_known(cuci_endpoint_types, type);
}

/* arn:PARTITION:connect:REGION:ACCOUNT:instance/ID[/...] as region and id; both stay unset if it is
 * anything else.                                                                                 */
static void cuci_split_arn(cuc_str arn, cuc_str *region, cuc_str *id)
{
    size_t   at[6], from, end;
    unsigned i;
    arn   = cuci_present(arn);
    at[0] = 0;
    for (i = 1; i < 6; i++) {
        at[i] = cuci_find(arn, at[i - 1], ':') + 1; /* after each colon */
        if (at[i] > arn.len) return;
    }
    {
        const cuc_str service = cuci_part(arn, at[2], arn.len),
                      rest    = cuci_part(arn, at[5], arn.len);
        from                  = at[5] + cuci_begins(&rest, "instance/", 0);
        end                   = cuci_find(arn, from, '/');
        if (!cuci_begins(&arn, "arn:", 0) || !cuci_begins(&service, "connect:", 0)) return;
        if (from == at[5] || end == from) return;
    }
    *region = cuci_part(arn, at[3], at[4] - 1);
    *id     = cuci_part(arn, from, end);
}

CUC_API cuc_str cuc_instance_id_from_arn(cuc_str arn)
{
    cuc_str region = CUC_ZERO, id = CUC_ZERO;
    cuci_split_arn(arn, &region, &id);
    return id;
}

CUC_API cuc_str cuc_region_from_arn(cuc_str arn)
{
    const cuc_str unset  = CUC_ZERO;
    cuc_str       region = CUC_ZERO, id = CUC_ZERO;
    cuci_split_arn(arn, &region, &id);
    return region.len > 0 ? region : unset;
}

#ifdef __cplusplus
}
#endif
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
#endif /* CONNECT_UPDATE_CONTACT_IMPLEMENTED */
#endif /* CONNECT_UPDATE_CONTACT_IMPLEMENTATION */

/* ---- changes >>changes -------------------------------------------------------------------------
 * Newest first. API CHANGE marks what breaks callers.
 *
 *   0.2.1   2026-11-29
 *     Responses   A header that begins with "http/" is no status line. :status after the status of
 *                 a failure is ignored. A response that is cut in its status line is a lost one.
 *     Clock       The Date of an error without code and request id may be a proxy's: ignored.
 *     Results     The first problem keeps its field and its sentence, whatever is called after it.
 *   0.2.0   2026-11-28
 *     API CHANGE  cuc_call_begin takes a sixth argument, the result. cuc_call_result is gone: read
 *                 that result after DONE. Until then result.status is CUC_E_UNFINISHED.
 *     API CHANGE  The credentials callback is called with the time and a cuc_credentials.
 *     API CHANGE  Names:  old                    new
 *                         cuc_http               cuc_http_request
 *                         cuc_call_http          cuc_call_http_request
 *                         cuc_memory             cuc_shared
 *                         client.memory          client.shared
 *                         memory.skew_ms         shared.clock_offset_ms
 *                         result.skew_ms         result.clock_offset_ms
 *                         result.need            result.required
 *                         CUC_RETRY_QUOTA        CUC_RETRY_BUDGET
 *                         CUC_WHERE_SIZE, CUC_CODE_SIZE, CUC_REASON_SIZE, CUC_REQUEST_ID_SIZE,
 *                         CUC_MAX_LINES          gone: use sizeof
 *     API CHANGE  Refused: regions like us-east-1a, fips-us-east-1 and us-east-1-fips without
 *                 endpoint_url; access keys that begin or end with a quote.
 *     Members     The request has cc_email_addresses (AdditionalRecipients). The result has
 *                 message_cut and detail. result.message has 640 bytes, result.request_id 48.
 *     Functions   cuc_call_header_pair, cuc_version. Macros: CUC_RESPONSE_HEADERS, CUC_TEXT_SIZE;
 *                 CUC_API and CUC_MESSAGE_SIZE can be defined by the user.
 *     Responses   Headers before the first status are kept. Every status line after the first
 *                 begins a new response. A code that is too long does not replace a good one.
 *     Clock       The clock error is the Date minus the time that was signed. A correct
 *                 clock is left alone. At most two retries because of the clock. A signing key
 *                 works around midnight and without a clock.
 *   0.1.1   2026-11-28
 *     Only CUC_SENT with a final 2xx status is success. CUC_SEND_AGAIN after a 2xx is a lost
 *     response and is retried. Folded header lines are ignored. A count or a length with a NULL
 *     pointer is refused with CUC_E_REQUIRED.
 *   0.1.0   2026-11-25
 *     The first version.
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
