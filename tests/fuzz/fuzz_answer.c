/* An answer as it stands on the wire: lines up to an empty one, then the body. However it is cut,
 * the result is the same, and it is what a strict reader finds in it. The last four bytes of the
 * input say how to cut, and how the status comes. */
#include "fuzz.h"

static const int64_t sent_at = INT64_C(1795694400000);

/* ---- the call that gets the answer ----------------------------------------------------------- */

static cuc_client plain_client(void)
{
    cuc_client c    = CUC_ZERO;
    c.user          = (void *)(uintptr_t)hash_user;
    c.sha256        = stub_sha256;
    c.region        = cuc_s("us-west-2");
    c.access_key    = cuc_s("AKIDEXAMPLE");
    c.secret_key    = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.session_token = cuc_s("IQoJb3JpZ2luX2VjEXAMPLETOKENIQoJb3JpZ2luX2VjEXAMPLETOKEN0123456789");
    c.max_attempts  = 1;
    return c;
}

static void begin(cuc_call *call, char *work, size_t cap)
{
    const cuc_client c = plain_client();
    cuc_request      q = CUC_ZERO;
    q.instance_id      = cuc_s("i");
    q.contact_id       = cuc_s("c");
    q.name             = cuc_s("n");
    memset(call, 0x5A, sizeof *call);
    begin_call(call, &c, &q, work, cap);
    HOLDS("the call can be sent", cuc_call_next(call, sent_at) == CUC_NEXT_SEND);
}

/* ---- the answer ------------------------------------------------------------------------------ */

typedef struct answer {
    cuc_str  lines, body; /* lines: up to and without the empty one */
    uint32_t seed;
} answer;

enum { STATUS_KINDS = 4 }; /* seed % 4: from the lines, 400, 503, any */

UNTRACED static answer split(const uint8_t *data, size_t size)
{
    answer       a;
    const size_t tail = size < 4 ? size : 4, n = size - tail;
    size_t       i    = 0;
    uint32_t     seed = 0;
    for (i = 0; i < tail; i++) seed = seed << 8 | data[n + i];
    for (i = 0; i < n && data[i] != '\n'; i++) continue;
    for (i = 0; i < n; i++) {
        const size_t next = i + 1 < n && data[i + 1] == '\r' ? i + 2 : i + 1;
        if (data[i] == '\n' && next < n && data[next] == '\n') break;
    }
    a.seed  = seed;
    a.lines = copy_of(data, i < n ? i + 1 : n);
    while (i < n && data[++i] != '\n') continue; /* to the end of the empty line */
    a.body = i < n ? copy_of(data + i + 1, n - i - 1) : copy_of("", 0);
    return a;
}

static int status_before_lines(const answer *a)
{
    const unsigned how = a->seed % STATUS_KINDS;
    return how == 1 ? 400 : how == 2 ? 503 : (int)(a->seed >> 16) - 20000;
}

static void push_status(cuc_call *call, const answer *a)
{
    const unsigned how = a->seed % STATUS_KINDS;
    cuc_call_header(call, "", 0); /* nothing, in two ways */
    cuc_call_header(call, NULL, 0);
    cuc_call_body(call, NULL, 0);
    if (how > 0) cuc_call_status(call, status_before_lines(a));
}

/* The next line of a text, its \n included; its length. */
UNTRACED static size_t line_at(cuc_str s, size_t at)
{
    size_t end = at;
    while (end < s.len && s.ptr[end] != '\n') end++;
    return (end < s.len ? end + 1 : end) - at;
}

static void push_lines(cuc_call *call, const answer *a)
{
    size_t at, n;
    for (at = 0; at < a->lines.len; at += n) {
        n = line_at(a->lines, at);
        cuc_call_header(call, copy_of(a->lines.ptr + at, n).ptr, n);
    }
}

enum { WHOLE, BYTEWISE, AT_RANDOM, WAYS };

/* Cut anywhere, in blocks of exactly their size. P53 */
static void push_body(cuc_call *call, const answer *a, int way)
{
    uint32_t random = a->seed | 1;
    size_t   at     = 0, n;
    do {
        const size_t left = a->body.len - at;
        n                 = way == WHOLE ? left : way == BYTEWISE ? 1 : next_random(&random) % 17;
        n                 = n < left ? n : left;
        if (way == BYTEWISE) cuc_call_body(call, a->body.ptr + at, n);
        else /* an own block, so that reading past the piece is seen */
            cuc_call_body(call, copy_of(a->body.ptr + at, n).ptr, n);
        at += n;
    } while (at < a->body.len);
}

/* ---- what a strict reader finds -------------------------------------------------------------- */

enum { NAMES = 5 };
static const char *const names[NAMES] = { "code", "Code", "__type", "message", "Message" };

typedef struct found {
    text value[NAMES];
    int  strings[NAMES], times[NAMES]; /* how often as a string, how often at all */
    int  member;                       /* of names, whose value comes next; -1    */
    text reason;
    int  in_reason, reasons;
} found;

static void tell(json *j, char kind, cuc_str s)
{
    found *f = j->user;
    int    i;
    if (j->depth == 1 && kind == 'k') {
        f->member = -1;
        for (i = 0; i < NAMES; i++)
            if (same(s, cuc_s(names[i]))) f->member = i;
        if (f->member >= 0) f->times[f->member]++;
        f->in_reason = same(s, cuc_s("Reason"));
        f->reasons += f->in_reason;
    } else if (j->depth == 1 && kind == 's' && f->member >= 0) {
        f->value[f->member].len = 0;
        add_str(&f->value[f->member], s);
        f->strings[f->member]++;
    } else if (j->depth == 2 && kind == 's' && f->in_reason == 1) {
        f->reason.len = 0;
        add_str(&f->reason, s);
    } else if (f->in_reason == 1 && j->depth == 1 && kind != '{' && kind != '}') {
        f->in_reason = 2; /* not an object: what is inside does not count */
    }
}

static void free_found(found *f)
{
    int i;
    for (i = 0; i < NAMES; i++) free_text(&f->value[i]);
    free_text(&f->reason);
}

UNTRACED static cuc_str stripped(cuc_str s)
{
    while (s.len > 0 && (unsigned char)s.ptr[s.len - 1] <= 0x20) s.len--;
    while (s.len > 0 && (unsigned char)s.ptr[0] <= 0x20) s.ptr++, s.len--;
    return s;
}

/* Up to the first colon, after the last #, without blanks around, a NUL shown as ?; nothing when
 * it is too long. Where blanks alone make it so, either will do: *doubt. */
UNTRACED static cuc_str code_of(cuc_str s, int *doubt)
{
    size_t i, end = 0, from = 0;
    char  *shown;
    while (end < s.len && s.ptr[end] != ':') end++;
    for (i = 0; i < end; i++)
        if (s.ptr[i] == '#') from = i + 1;
    shown = block(end - from);
    for (i = from; i < end; i++) shown[i - from] = s.ptr[i] != 0 ? s.ptr[i] : '?';
    s = stripped(view(shown, end - from));
    if (s.len >= sizeof(((cuc_result *)0)->code)) return view("", 0);
    if (end - from >= sizeof(((cuc_result *)0)->code)) *doubt = 1;
    return s;
}

/* At most cap - 1 bytes, whole characters; s is well-formed. */
UNTRACED static cuc_str cut(cuc_str s, size_t cap)
{
    size_t   i = 0;
    uint32_t code;
    while (i < s.len && i + character(s, i, &code) < cap) i += character(s, i, &code);
    return view(s.ptr, i);
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

UNTRACED static int begins(cuc_str s, const char *with)
{
    size_t i;
    for (i = 0; with[i] != 0; i++)
        if (i >= s.len || lower((unsigned char)s.ptr[i]) != lower((unsigned char)with[i])) return 0;
    return 1;
}

/* A number of three digits; 0 when it is none. */
static int three_digits(cuc_str s)
{
    int i, n = 0;
    if (s.len != 3) return 0;
    for (i = 0; i < 3; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return 0;
        n = n * 10 + (s.ptr[i] - '0');
    }
    return n;
}

/* The word after the first blank. */
UNTRACED static int status_in(cuc_str line)
{
    size_t at = 0, end;
    while (at < line.len && line.ptr[at] != ' ') at++;
    if (at == line.len) return 0;
    for (end = ++at; end < line.len && line.ptr[end] != ' ';) end++;
    return three_digits(view(line.ptr + at, end - at));
}

/* The value of the first error-type header of the last response; unset without one. What comes
 * before the first status belongs to it; a line that begins with a blank continues another. */
UNTRACED static cuc_str type_header(const answer *a)
{
    static const char name[] = "x-amzn-errortype:";
    cuc_str           type   = CUC_ZERO, line;
    int               seen = a->seed % STATUS_KINDS != 0, status = status_before_lines(a);
    size_t            at, n;
    for (at = 0; at < a->lines.len; at += n) {
        const char first = a->lines.ptr[at];
        n                = line_at(a->lines, at);
        line             = stripped(view(a->lines.ptr + at, n));
        if (first == ' ' || first == '\t') continue;
        if (begins(line, "HTTP/") || (first == ':' && begins(line, ":status:"))) {
            const int pair = first == ':';
            const int next =
                pair ? three_digits(stripped(view(line.ptr + 8, line.len - 8))) : status_in(line);
            if (seen && !(pair && next == status)) type.ptr = NULL, type.len = 0;
            seen   = 1;
            status = next;
        } else if (type.ptr == NULL && begins(line, name)) {
            type = stripped(view(line.ptr + sizeof name - 1, line.len - (sizeof name - 1)));
        }
    }
    return type;
}

static int is_success(const cuc_result *r)
{
    return r->http_status >= 200 && r->http_status <= 299;
}

/* Only where the rules leave no doubt: members once each, strings, codes that are one. */
static void check_members(const answer *a, const cuc_result *r, const found *f)
{
    int     i, doubt = 0;
    cuc_str code = code_of(given(type_header(a)), &doubt), message = view("", 0);
    for (i = 0; i < NAMES; i++)
        if (f->times[i] > 1 || f->times[i] != f->strings[i]) doubt = 1;
    for (i = 0; i < 3; i++) {
        const cuc_str one = code_of(text_view(&f->value[i]), &doubt);
        if (one.len == 0 && f->value[i].len > 1) doubt = 1; /* written over another, and dropped */
        if (code.len == 0) code = one;
    }
    for (i = NAMES; i-- > 3;)
        if (f->strings[i] > 0) message = text_view(&f->value[i]);
    if (doubt) return;
    HOLDS("the code is the one that counts", same(stripped(cuc_s(r->code)), code));
    HOLDS("the message is the one that counts, cut at a whole character",
          same(cuc_s(r->message), cut(message, sizeof r->message)));
    HOLDS("what was cut of the message is counted",
          r->message_cut == message.len - cut(message, sizeof r->message).len);
    if (f->reasons == 1 && f->in_reason < 2)
        HOLDS("the reason is that of the union",
              same(cuc_s(r->reason), cut(text_view(&f->reason), sizeof r->reason)));
}

/* A code is never a part of a longer one. P56 */
static void check_code(const answer *a, const cuc_result *r, const found *f, int strict)
{
    int           i, doubt = 0, known;
    const cuc_str code = stripped(cuc_s(r->code)), header = code_of(given(type_header(a)), &doubt);
    known = code.len == 0 || same(code, header);
    for (i = 0; i < 3; i++)
        known |= f->strings[i] > 0 && same(code, code_of(text_view(&f->value[i]), &doubt));
    if (strict) HOLDS("a code is one of those that came", known);
    if (header.len > 0 && !doubt)
        HOLDS("the header's code stands above the body's", same(code, header));
}

static void check_found(const answer *a, const cuc_result *r)
{
    found f;
    int   strict;
    memset(&f, 0, sizeof f);
    f.member = -1;
    strict   = json_read(a->body, 2, tell, &f) && stripped(a->body).ptr[0] == '{';
    if (strict && !is_success(r)) check_members(a, r, &f);
    if (!is_success(r)) check_code(a, r, &f, strict);
    free_found(&f);
}

/* ---- the sentence ---------------------------------------------------------------------------- */

/* Of base64, without what an ARN at the beginning of a run has up to a blank or quote. P58 */
UNTRACED static size_t longest_run(cuc_str s)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=%";
    size_t i, run = 0, most = 0;
    for (i = 0; i < s.len; i++) {
        if (run == 0 && s.len - i >= 4 && memcmp(s.ptr + i, "arn:", 4) == 0)
            while (i < s.len && (unsigned char)s.ptr[i] > ' ' && s.ptr[i] != '"' &&
                   s.ptr[i] != '\'')
                i++;
        if (i == s.len) break;
        run  = s.ptr[i] != 0 && strchr(alphabet, s.ptr[i]) != NULL ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

static void check_sentence_in(const cuc_result *r, cuc_str whole, size_t cap)
{
    char   *buf = block(cap);
    cuc_str shown;
    HOLDS("the size is the same for every room",
          cuc_result_text(r, cap > 0 ? buf : NULL, cap) == whole.len);
    if (cap == 0) return;
    HOLDS("the sentence is terminated in its room", memchr(buf, 0, cap) != NULL);
    shown = cuc_s(buf);
    HOLDS("what is shown is the beginning of the sentence",
          shown.len <= whole.len && memcmp(shown.ptr, whole.ptr, shown.len) == 0);
    HOLDS("and ends with a whole character", printable(shown));
    HOLDS("all of it when there is room", cap <= whole.len || shown.len == whole.len);
}

static void check_sentence(const cuc_result *r, uint32_t seed)
{
    const size_t n   = cuc_result_text(r, NULL, 0);
    char        *buf = block(n + 1);
    cuc_str      whole;
    uint32_t     random = seed | 1;
    size_t       cap;
    HOLDS("the sentence is as long as measured",
          cuc_result_text(r, buf, n + 1) == n && strlen(buf) == n);
    whole = view(buf, n);
    HOLDS("the sentence is printable", printable(whole) && n > 0);
    HOLDS("no credential of the service's echo is shown",
          longest_run(cuc_s(r->code)) > 32 || longest_run(whole) <= 32);
    if (seed % 32 == 0)
        for (cap = 0; cap <= n + 1; cap++) check_sentence_in(r, whole, cap);
    for (cap = 0; cap < 3; cap++) check_sentence_in(r, whole, next_random(&random) % (n + 2));
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* P38, P41, P42 */
static void check_well_formed(const answer *a, const cuc_result *r)
{
    if (characters(a->body) >= 0) {
        HOLDS("a message ends with a whole character", characters(cuc_s(r->message)) >= 0);
        HOLDS("a reason ends with a whole character", characters(cuc_s(r->reason)) >= 0);
    }
    if (characters(a->body) >= 0 && characters(a->lines) >= 0)
        HOLDS("a code ends with a whole character", characters(cuc_s(r->code)) >= 0);
}

static void check_status(const cuc_result *r, int answered)
{
    if (is_success(r)) HOLDS("2xx is success", r->status == CUC_OK);
    if (r->status == CUC_OK) HOLDS("and nothing else is", is_success(r));
    if (r->http_status >= 300 && r->http_status <= 599)
        HOLDS("300 to 599 is the service's no", r->status == CUC_E_SERVICE);
    if (!answered) HOLDS("without a status there is none", r->status == CUC_E_NO_STATUS);
}

/* Whoever forgets the end gets no half of a text, and no sentence that cannot be shown. */
static void check_without_end(const answer *a, char *work, size_t cap)
{
    cuc_call *call = block(sizeof *call);
    begin(call, work, cap);
    push_status(call, a);
    push_lines(call, a);
    push_body(call, a, WHOLE);
    HOLDS("next before end ends the call", cuc_call_next(call, sent_at) == CUC_NEXT_DONE);
    HOLDS("as a wrong order", result_of(call)->status == CUC_E_ORDER);
    check_result(result_of(call));
    check_sentence(result_of(call), a->seed | 1);
    check_found(a, result_of(call));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const answer a    = split(data, size);
    char        *work = block(2048);
    cuc_call    *call = block(sizeof *call);
    cuc_result   first, r;
    int          way;
    memset(&first, 0, sizeof first);
    for (way = WHOLE; way < WAYS; way++) {
        begin(call, work, 2048);
        push_status(call, &a);
        push_lines(call, &a);
        if (way != AT_RANDOM || a.body.len < 3000) push_body(call, &a, way);
        else push_body(call, &a, WHOLE);
        cuc_call_end(call, CUC_SENT);
        HOLDS("one attempt is one attempt", cuc_call_next(call, sent_at) == CUC_NEXT_DONE);
        r = *result_of(call);
        if (way == WHOLE) memcpy(&first, &r, sizeof r);
        HOLDS("the cuts make no difference", memcmp(&first, &r, sizeof r) == 0);
    }
    check_result(&r);
    check_status(&r,
                 a.seed % STATUS_KINDS != 0 || r.http_status != 0 || r.status == CUC_E_BAD_STATUS);
    check_well_formed(&a, &r);
    check_found(&a, &r);
    check_sentence(&r, a.seed);
    if (a.seed >> 8 & 1) check_without_end(&a, work, 2048);
    free_blocks();
    return 0;
}
