/* bulk.h - a file of updates: one line, one update, with pacing and resume.
 * in: options, settings, --from     out: every line applied, or named as failed; an exit code
 *
 * Records between the first unfinished one and the last one read are the window. It is bounded in
 * number and in bytes, so memory does not depend on the file. Each worker has one record in flight;
 * a record waits while another one of the same contact is in flight, so those of one contact are
 * sent one after another in the order of the file. A worker takes its next record only when the
 * last one's outcome is in the journal: no more than one record a worker can be sent twice.      */
#ifndef TOOL_BULK_H
#define TOOL_BULK_H

#include <signal.h>

#include "csv.h"
#include "failed.h"
#include "one.h"
#include "pace.h"
#include "progress.h"

enum {
    WINDOW       = 1024,            /* records */
    WINDOW_BYTES = 8 * 1024 * 1024, /* of records that wait */
    MAX_PARALLEL = 128,
    MAX_DENIED   = 20, /* lines in a row */
    TICK_MS      = 200
};

enum record_state { UNREAD, WAITING, IN_FLIGHT, FINISHED };

struct entry { /* of the window */
    enum record_state state;
    uint64_t          line, hash, contact;
    struct text       text; /* while WAITING or IN_FLIGHT */
    char label[LABEL_SIZE]; /* of a FINISHED one that the journal knows, until it is read */
};

/* PAUSED is between two attempts, RESTING between two rounds of them. */
enum worker_state { IDLE, READY, PAUSED, RESTING, SENDING, OVER };

struct worker {
    enum worker_state state;
    struct exchange   exchange;
    struct fields     fields;
    json_t           *object;
    cuc_request       request;
    uint64_t          number, contact;
    int64_t           wake_ms; /* PAUSED, RESTING: until then */
    int               rounds;
    uint64_t          answered_before; /* when the first round began */
    struct bulk      *bulk;
    cuc_client        client; /* the bulk's, with this worker as its user */
    creds_set         mine;   /* what the attempt signs with, when it can be renewed */
};

struct bulk {
    const struct options *options;
    struct settings      *settings;
    struct credentials    credentials;
    cuc_shared            shared;
    cuc_client            client;
    cuc_signing_key       key;
    int                   key_ready;
    unsigned              key_serial; /* of the credentials it was derived from */

    json_t *template;
    struct csv     csv;
    struct record  header; /* of CSV */
    struct lines   lines;
    struct record  record; /* the last one read */
    struct fields  fields; /* to look at it */
    struct journal journal;
    char          *journal_path;
    uint64_t       known; /* finished records that the journal had at the start */

    struct failed_lines failed;

    struct entry    window[WINDOW];
    uint64_t        low, next;       /* the first unfinished record; the first one not read */
    uint64_t        waiting[WINDOW]; /* numbers, in order */
    size_t          waiting_count, waiting_bytes;
    struct worker  *workers;
    int             parallel, rounds;
    CURLM          *multi;
    struct pace     pace;
    struct progress progress;

    int         starved;  /* the input has nothing to read right now */
    int         stopping; /* no new records are begun */
    int         code;     /* why, as an exit code; 0: no reason */
    struct text reason;
    int         invalid, refused; /* records failed so */
    int         denied;           /* records in a row */
    uint64_t    answered;         /* records that the service has decided about, in this run */
};

static volatile sig_atomic_t bulk_signal;

static void on_signal(int number)
{
    bulk_signal = number;
    signal(number, SIG_DFL); /* the second one ends the program at once, which is safe, too */
}

static struct entry *entry_of(struct bulk *b, uint64_t number)
{
    return &b->window[number % WINDOW];
}

PRINTF_LIKE(3, 4) static void stop(struct bulk *b, int code, const char *format, ...)
{
    va_list values;
    if (b->stopping) return; /* the first reason counts */
    b->stopping = 1;
    b->code     = code;
    va_start(values, format);
    text_vformat(&b->reason, format, values);
    va_end(values);
}

/* ---- the signing key: derived once a day ----------------------------------------------------- */

/* The key for the UTC day of now_ms; NULL: use the secret. */
static const cuc_signing_key *key_of_the_day(struct bulk *b, unsigned serial, cuc_str secret,
                                             int64_t now_ms)
{
    const cuc_str none    = CUC_ZERO;
    const time_t  seconds = (time_t)(now_ms / 1000);
    cuc_client    client  = b->client;
    char          work[1024], day[12];
    struct tm     utc;
    cuc_result    result;
    if (gmtime_r(&seconds, &utc) == NULL || strftime(day, sizeof day, "%Y%m%d", &utc) == 0)
        return NULL;
    if (b->key_ready && b->key_serial == serial && strcmp(b->key.date, day) == 0) return &b->key;
    client.secret_key = secret;
    b->key_serial     = serial;
    b->key_ready      = cuc_derive_signing_key(&client, none, now_ms, work, sizeof work, &b->key,
                                               &result) == CUC_OK;
    return b->key_ready ? &b->key : NULL;
}

static int bulk_credentials(void *user, int64_t now_ms, cuc_credentials *credentials)
{
    struct worker *w  = user;
    const int problem = renew_credentials(&w->bulk->credentials, &w->mine, now_ms, credentials);
    if (problem != 0) return problem;
    if (now_ms == 0) now_ms = clock_ms(CLOCK_REALTIME);
    credentials->signing_key =
        key_of_the_day(w->bulk, w->mine.serial, credentials->secret_key, now_ms);
    return 0;
}

/* ---- records --------------------------------------------------------------------------------- */

/* The template with the record's members over it. NULL with the problem. */
static json_t *record_object(struct bulk *b, const struct text *text, struct text *problem)
{
    json_error_t  e;
    json_t       *line, *object, *value;
    const char   *key;
    struct record record;
    memset(&record, 0, sizeof record);
    record.text = *text;
    if (b->lines.csv) line = csv_object(&b->csv, &record, problem);
    else {
        line = json_loadb(text->ptr, text->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
        if (line == NULL) {
            text_put(problem, "not JSON: ");
            json_problem(problem, &e);
        } else if (!json_is_object(line)) {
            text_put(problem, "a JSON object is expected");
            json_decref(line);
            line = NULL;
        }
    }
    if (line == NULL) return NULL;
    object = json_copy(b->template);
    json_object_foreach(line, key, value) if (!json_is_null(value))
        json_object_set(object, key, value);
    json_decref(line);
    return object;
}

/* Makes the request of a record. Returns its object, which the request points into; NULL with
 * f->problem.                                                                                    */
static json_t *record_request(struct bulk *b, const struct text *text, struct fields *f,
                              cuc_request *request)
{
    struct text problem = { NULL, 0, 0 };
    cuc_str     region  = CUC_ZERO;
    cuc_result  result;
    json_t     *object;
    text_clear(&f->problem);
    object = record_object(b, text, &problem);
    if (object == NULL) text_put(&f->problem, problem.ptr);
    else if (read_fields(f, object, request, &region)) {
        if (region.ptr != NULL && (region.len != strlen(b->settings->region) ||
                                   memcmp(region.ptr, b->settings->region, region.len) != 0))
            fields_bad(f, "InstanceId", "is the ARN of another region than this run's");
        else if (cuc_validate(request, &result) != CUC_OK) put_sentence(&f->problem, &result);
    }
    text_free(&problem);
    if (f->problem.len == 0) return object;
    json_decref(object);
    return NULL;
}

static uint64_t contact_hash(const cuc_request *r)
{
    uint64_t hash = key_hash(FNV_START, r->instance_id.ptr, r->instance_id.len);
    hash          = key_hash(hash, "", 1);
    return key_hash(hash, r->contact_id.ptr, r->contact_id.len);
}

/* ---- what is finished ------------------------------------------------------------------------ */

static void cannot_write_failed(struct bulk *b)
{
    stop(b, EXIT_OTHER, "cannot write %s: %s", b->failed.path, strerror(errno));
}

/* Outcomes are one word, whatever the service calls its error. */
static void put_label(char to[LABEL_SIZE], const char *code)
{
    size_t i;
    for (i = 0; i < LABEL_SIZE - 1 && code[i] != '\0'; i++)
        to[i] = code[i] > ' ' && code[i] < 0x7F ? code[i] : '?';
    to[i] = '\0';
}

static void leave_window(struct bulk *b)
{
    while (b->low < b->next && entry_of(b, b->low)->state == FINISHED) {
        text_free(&entry_of(b, b->low)->text);
        entry_of(b, b->low++)->state = UNREAD;
    }
}

/* ok is 1, or the record failed for the reason that the label and the message say. */
static void finish_record(struct bulk *b, uint64_t number, int ok, const char *label,
                          const char *message)
{
    struct entry   *e = entry_of(b, number);
    struct finished done;
    done.number = number;
    done.hash   = e->hash;
    put_label(done.label, ok ? "ok" : strcmp(label, "ok") == 0 ? "not-ok" : label);
    if (ok) b->progress.done++;
    else {
        progress_failed(&b->progress, done.label, e->line, message);
        if (!keep_failed_line(&b->failed, &e->text)) cannot_write_failed(b);
    }
    journal_add(&b->journal, &done);
    text_free(&e->text); /* it may have to wait in the window for a long time */
    e->state = FINISHED;
}

static void invalid_record(struct bulk *b, uint64_t number, const char *problem)
{
    if (given(b->options, O_STRICT)) {
        stop(b, EXIT_USAGE, "line %" PRIu64 ": %s", entry_of(b, number)->line, problem);
        return;
    }
    b->invalid = 1;
    finish_record(b, number, 0, "invalid", problem);
}

/* ---- the start: what the journal knows ------------------------------------------------------- */

/* Ends the program; the failed lines of the run before stay. */
PRINTF_LIKE(2, 3) static void cannot_go_on(struct bulk *b, const char *format, ...)
{
    struct text why = { NULL, 0, 0 };
    va_list     values;
    va_start(values, format);
    text_vformat(&why, format, values);
    va_end(values);
    close_failed_lines(&b->failed);
    fail(EXIT_USAGE, "%s; --restart begins anew, with the first line", why.ptr);
}

static void input_changed(struct bulk *b, const struct entry *e)
{
    const int failed = strcmp(e->label, "ok") != 0 && b->failed.path != NULL;
    cannot_go_on(b,
                 "the input has changed: line %" PRIu64
                 " was finished by an earlier run and is another one now%s%s%s",
                 b->record.line, failed ? "; it had failed: mend it in " : "",
                 failed ? b->failed.path : "", failed ? ", and run that" : "");
}

/* A record that is finished already goes by. */
static void pass_finished(struct bulk *b, struct entry *e)
{
    if (e->hash != b->record.hash) input_changed(b, e);
    b->progress.before++;
    if (strcmp(e->label, "ok") == 0) b->progress.done++;
    else {
        progress_failed(&b->progress, e->label, b->record.line, "");
        if (!keep_failed_line(&b->failed, &b->record.text)) cannot_write_failed(b);
        if (strcmp(e->label, "invalid") == 0) b->invalid = 1;
        else b->refused = 1;
    }
}

/* When all of them have gone by, the new file of failed lines is complete. */
static void look_for_last_known(struct bulk *b)
{
    if (b->progress.before == b->known && !place_failed_lines(&b->failed)) cannot_write_failed(b);
}

/* Reads records as far as the journal has them without a gap, so that its window stays small. */
static void pass_records(struct bulk *b)
{
    struct entry *e;
    for (; (e = entry_of(b, b->low))->state == FINISHED; e->state = UNREAD, b->low++) {
        if (await_record(&b->lines, &b->record) != RECORD)
            cannot_go_on(b,
                         "the input has changed: it ends before line %" PRIu64
                         ", which an earlier run has finished",
                         b->lines.next_line);
        pass_finished(b, e);
        b->next = b->low + 1;
    }
}

static void replay_journal(struct bulk *b)
{
    struct finished done;
    struct entry   *e;
    while (journal_reads(&b->journal, &done)) {
        e = entry_of(b, done.number);
        if (done.number < b->low || done.number >= b->low + WINDOW || e->state == FINISHED)
            cannot_go_on(b, "the journal %s is damaged", b->journal.path);
        b->known++;
        e->state = FINISHED;
        e->hash  = done.hash;
        memcpy(e->label, done.label, sizeof e->label);
        pass_records(b);
    }
    if (b->journal.dropped > 0)
        fprintf(stderr,
                "the journal %s is damaged behind %" PRIu64
                " lines: the next %lu of it do not count, and are sent again\n",
                b->journal.path, b->known, b->journal.dropped);
    look_for_last_known(b);
}

static const char too_long[] = "longer than 1 MiB; it is not kept among the failed lines";

/* ---- reading ahead --------------------------------------------------------------------------- */

static void take_record(struct bulk *b)
{
    struct entry *e = entry_of(b, b->next);
    cuc_request   request;
    json_t       *object;
    if (e->state == FINISHED) { /* beyond a gap: the journal has it */
        pass_finished(b, e);
        look_for_last_known(b);
        b->next++;
        leave_window(b);
        return;
    }
    e->line = b->record.line;
    e->hash = b->record.hash;
    text_clear(&e->text);
    text_add(&e->text, text_string(&b->record.text), b->record.text.len);
    b->next++;
    object = b->record.too_long ? NULL : record_request(b, &e->text, &b->fields, &request);
    if (object == NULL) {
        invalid_record(b, b->next - 1, b->record.too_long ? too_long : b->fields.problem.ptr);
        return;
    }
    e->contact                     = contact_hash(&request);
    e->state                       = WAITING;
    b->waiting[b->waiting_count++] = b->next - 1;
    b->waiting_bytes += e->text.len;
    json_decref(object);
}

static int is_full(const struct bulk *b)
{
    return b->next - b->low >= WINDOW || b->waiting_bytes >= WINDOW_BYTES;
}

/* 1: a record was read. */
static int read_ahead(struct bulk *b)
{
    if (b->stopping || b->starved || is_full(b)) return 0;
    switch (next_record(&b->lines, &b->record)) {
    case RECORD:
        take_record(b);
        return 1;
    case NOT_YET:
        b->starved = 1;
        return 0;
    case NO_MORE:
        break;
    }
    if (b->lines.problem != NULL)
        stop(b, EXIT_OTHER, "the input cannot be read: %s", b->lines.problem);
    else if (b->progress.before < b->known)
        stop(
            b, EXIT_USAGE,
            "the input has changed: it ends before the last line that an earlier run has finished; "
            "--restart begins anew, with the first line");
    return 0;
}

/* ---- workers --------------------------------------------------------------------------------- */

static int is_busy(const struct bulk *b, uint64_t contact)
{
    int i;
    for (i = 0; i < b->parallel; i++)
        if (b->workers[i].state != IDLE && b->workers[i].contact == contact) return 1;
    return 0;
}

/* The first waiting record whose contact is not in flight; 0: none. */
static uint64_t take_waiting(struct bulk *b)
{
    uint64_t number;
    size_t   i;
    for (i = 0; i < b->waiting_count; i++)
        if (!is_busy(b, entry_of(b, b->waiting[i])->contact)) break;
    if (i == b->waiting_count) return 0;
    number = b->waiting[i];
    b->waiting_count--;
    memmove(&b->waiting[i], &b->waiting[i + 1], (b->waiting_count - i) * sizeof b->waiting[0]);
    b->waiting_bytes -= entry_of(b, number)->text.len;
    return number;
}

static void begin_round(struct worker *w)
{
    w->rounds++;
    w->state = READY;
    exchange_begin(&w->exchange, &w->client, &w->request);
}

static void begin_record(struct bulk *b, struct worker *w, uint64_t number)
{
    struct entry *e    = entry_of(b, number);
    e->state           = IN_FLIGHT;
    w->number          = number;
    w->contact         = e->contact;
    w->rounds          = 0;
    w->answered_before = b->answered;
    w->object          = checked(record_request(b, &e->text, &w->fields, &w->request));
    begin_round(w);
}

static void end_record(struct worker *w)
{
    json_decref(w->object);
    w->object = NULL;
    w->state  = OVER;
}

/* Gives idle workers something to do. */
static void begin_records(struct bulk *b)
{
    int i;
    for (i = 0; i < b->parallel && !b->stopping; i++) {
        uint64_t number = 0;
        if (b->workers[i].state != IDLE) continue;
        while ((number = take_waiting(b)) == 0 && read_ahead(b)) continue;
        if (number == 0) return;
        begin_record(b, &b->workers[i], number);
    }
}

/* The next request would get the same response, whatever the record. */
static int concerns_all(const cuc_result *r)
{
    static const char *const codes[] = {
        "ExpiredTokenException",        "InvalidSignatureException",
        "SignatureDoesNotMatch",        "UnrecognizedClientException",
        "IncompleteSignatureException", "MissingAuthenticationTokenException"
    };
    size_t i;
    if (r->status == CUC_E_CALLBACK || r->status == CUC_E_REGION || r->status == CUC_E_ENDPOINT ||
        r->status == CUC_E_CREDENTIALS)
        return 1;
    for (i = 0; i < COUNT(codes); i++)
        if (strcmp(r->code, codes[i]) == 0) return 1;
    return 0;
}

static void put_outcome(struct bulk *b, const struct exchange *x, struct text *label,
                        struct text *masked)
{
    const cuc_result *r    = exchange_result(x);
    struct text       code = { NULL, 0, 0 }, message = { NULL, 0, 0 };
    if (r->status == CUC_E_SERVICE) {
        put_code(&code, r);
        put_masked(label, code.ptr, &b->credentials);
        text_format(&message, "%s: ", code.ptr);
        put_message(&message, x, r);
        if (r->reason[0] != '\0') text_put(&message, ", ");
        put_reason(&message, x, r);
        if (r->request_id[0] != '\0') text_format(&message, " [request %s]", r->request_id);
    } else {
        text_put(label, r->status == CUC_E_EXHAUSTED ? "no-response" : "not-sent");
        put_failure(&message, x, r, &b->credentials);
    }
    put_masked(masked, message.ptr, &b->credentials);
    text_free(&code);
    text_free(&message);
}

/* Before another round of a record that may still succeed: 1 s, 5 s, 25 s, then 60 s. */
static int64_t rest_ms(int rounds)
{
    int64_t ms = 1000;
    while (--rounds > 0 && ms < 60000) ms *= 5;
    return ms < 60000 ? ms : 60000;
}

/* One line can be denied because of its contact; many in a row are denied because of the policy, or
 * by a proxy, and so would be all that follow.                                                   */
static void count_denied(struct bulk *b, const cuc_result *r, const char *message)
{
    const int status = r->http_status, denied = status == 401 || status == 403 || status == 407;
    b->denied = denied ? b->denied + 1 : 0;
    if (b->denied < MAX_DENIED) return;
    stop(b, EXIT_SERVICE, "the last %d lines were all denied; the others wait: %s", MAX_DENIED,
         message);
}

/* All rounds have failed: a matter of this record, or of all? If nothing at all was done meanwhile
 * the service is not there, and the records are kept for the next run.                           */
static void give_up(struct bulk *b, struct worker *w)
{
    const cuc_result *r     = exchange_result(&w->exchange);
    struct text       label = { NULL, 0, 0 }, message = { NULL, 0, 0 };
    put_outcome(b, &w->exchange, &label, &message);
    if (concerns_all(r)) stop(b, exit_code_of(r), "%s", message.ptr);
    else if (r->retryable && b->answered == w->answered_before)
        stop(b, exit_code_of(r), "nothing gets through any more: %s", message.ptr);
    else {
        b->refused = 1;
        finish_record(b, w->number, 0, label.ptr, message.ptr);
        count_denied(b, r, message.ptr);
    }
    text_free(&label);
    text_free(&message);
    end_record(w);
}

static int may_still_succeed(const cuc_result *r)
{
    return r->retryable || r->status == CUC_E_KEY_DAY; /* midnight came between key and request */
}

static void end_round(struct bulk *b, struct worker *w)
{
    const cuc_result *r = exchange_result(&w->exchange);
    if (r->status == CUC_OK || (r->status == CUC_E_SERVICE && !r->retryable)) b->answered++;
    if (r->status == CUC_OK) {
        b->denied = 0;
        finish_record(b, w->number, 1, "", "");
        end_record(w);
    } else if (!may_still_succeed(r)) give_up(b, w);
    else if (b->stopping) end_record(w); /* it is for the next run */
    else if (w->rounds >= b->rounds) give_up(b, w);
    else {
        w->state   = RESTING;
        w->wake_ms = clock_ms(CLOCK_MONOTONIC) + rest_ms(w->rounds);
    }
}

/* One step of a worker that is not waiting for the network. */
static void step_worker(struct bulk *b, struct worker *w)
{
    switch (exchange_next(&w->exchange, clock_ms(CLOCK_REALTIME))) {
    case CUC_NEXT_SEND:
        pace_sent(&b->pace);
        exchange_prepare(&w->exchange);
        if (curl_multi_add_handle(b->multi, w->exchange.easy) != CURLM_OK) checked(NULL);
        w->state = SENDING;
        break;
    case CUC_NEXT_WAIT:
        w->state   = PAUSED;
        w->wake_ms = clock_ms(CLOCK_MONOTONIC) + cuc_call_wait_ms(&w->exchange.call);
        break;
    case CUC_NEXT_DONE:
        end_round(b, w);
        break;
    }
}

/* Wakes those whose pause is over. */
static void wake_workers(struct bulk *b)
{
    const int64_t now = clock_ms(CLOCK_MONOTONIC);
    int           i;
    for (i = 0; i < b->parallel; i++) {
        struct worker *w     = &b->workers[i];
        const int      rests = w->state == PAUSED || w->state == RESTING;
        if (b->stopping && (rests || w->state == READY)) end_record(w); /* for the next run */
        else if (rests && w->wake_ms <= now) {
            if (w->state == RESTING) begin_round(w);
            w->state = READY;
        }
    }
}

/* The one with the oldest record, so that none waits while others send one after another. */
static struct worker *first_ready(struct bulk *b)
{
    struct worker *first = NULL;
    int            i;
    for (i = 0; i < b->parallel; i++) {
        struct worker *w = &b->workers[i];
        if (w->state == READY && (first == NULL || w->number < first->number)) first = w;
    }
    return first;
}

/* Sends as the pace allows. */
static void step_workers(struct bulk *b)
{
    struct worker *w;
    wake_workers(b);
    while ((w = first_ready(b)) != NULL && pace_wait_ms(&b->pace, clock_ms(CLOCK_MONOTONIC)) == 0)
        step_worker(b, w);
}

static void take_responses(struct bulk *b)
{
    CURLMsg *m;
    int      left;
    while ((m = curl_multi_info_read(b->multi, &left)) != NULL) {
        const CURLcode code  = m->data.result;
        CURL          *easy  = m->easy_handle;
        void          *found = NULL;
        struct worker *w;
        if (m->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
        w = (struct worker *)((char *)found - offsetof(struct worker, exchange));
        curl_multi_remove_handle(b->multi, easy);
        exchange_end(&w->exchange, code);
        if (w->exchange.throttled) pace_throttled(&b->pace, clock_ms(CLOCK_MONOTONIC));
        step_worker(b, w);
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* What is finished is on the disk before anything else is begun. */
static void settle(struct bulk *b)
{
    int i;
    journal_flush(&b->journal);
    if (b->journal.problem != NULL)
        stop(b, EXIT_OTHER, "cannot write the journal %s: %s", b->journal.path, b->journal.problem);
    for (i = 0; i < b->parallel; i++)
        if (b->workers[i].state == OVER) b->workers[i].state = IDLE;
    leave_window(b);
}

static int is_working(const struct bulk *b)
{
    int i;
    for (i = 0; i < b->parallel; i++)
        if (b->workers[i].state != IDLE) return 1;
    return 0;
}

static int is_finished(struct bulk *b)
{
    if (is_working(b)) return 0;
    if (b->stopping) return 1;
    return b->waiting_count == 0 && b->lines.at_end && b->lines.from >= b->lines.buffer.len;
}

/* Could an idle worker begin a record right now? */
static int can_begin(struct bulk *b)
{
    size_t i;
    int    k = 0;
    while (k < b->parallel && b->workers[k].state != IDLE) k++;
    if (k == b->parallel || b->stopping) return 0;
    for (i = 0; i < b->waiting_count; i++)
        if (!is_busy(b, entry_of(b, b->waiting[i])->contact)) return 1;
    return !b->starved && !is_full(b) && !(b->lines.at_end && b->lines.from >= b->lines.buffer.len);
}

/* For how long there is nothing to do but to wait for the network. */
static int loop_wait_ms(struct bulk *b)
{
    const int64_t now  = clock_ms(CLOCK_MONOTONIC);
    int64_t       wait = can_begin(b) ? 0 : TICK_MS, left;
    int           i;
    for (i = 0; i < b->parallel; i++) {
        const struct worker *w = &b->workers[i];
        left                   = TICK_MS;
        if (w->state == PAUSED || w->state == RESTING) left = w->wake_ms - now;
        if (w->state == READY) left = pace_wait_ms(&b->pace, now);
        if (w->state == OVER) left = 0;
        if (left < wait) wait = left < 0 ? 0 : left;
    }
    return (int)wait;
}

/* Of the input's bytes; those of records that are only read do not count. */
static double share_done(struct bulk *b)
{
    double bytes = (double)b->lines.consumed - (double)b->waiting_bytes;
    int    i;
    for (i = 0; i < b->parallel; i++)
        if (b->workers[i].state != IDLE && b->workers[i].state != OVER)
            bytes -= (double)entry_of(b, b->workers[i].number)->text.len;
    return b->lines.size > 0 ? bytes / (double)b->lines.size : -1;
}

static void wait_for_events(struct bulk *b)
{
    struct curl_waitfd input;
    const unsigned     count = (unsigned)b->starved;
    memset(&input, 0, sizeof input);
    input.fd     = b->lines.fd;
    input.events = CURL_WAIT_POLLIN;
    b->starved   = 0;
#if LIBCURL_VERSION_NUM >= 0x074200 /* 7.66.0 */
    curl_multi_poll(b->multi, &input, count, loop_wait_ms(b), NULL);
#else
    curl_multi_wait(b->multi, &input, count, loop_wait_ms(b), NULL);
#endif
}

static void heed_signal(struct bulk *b)
{
    if (bulk_signal == 0 || b->stopping) return;
    stop(b, 130, "stopped by a signal; the same command again goes on");
    clear_bar(&b->progress);
    fputs("stopping after the requests under way; press Ctrl-C again to stop at once\n", stderr);
}

static void loop(struct bulk *b)
{
    int running;
    for (;;) {
        heed_signal(b);
        begin_records(b);
        settle(b);
        if (is_finished(b)) return;
        step_workers(b);
        curl_multi_perform(b->multi, &running);
        take_responses(b);
        settle(b);
        show_progress(&b->progress, share_done(b), clock_ms(CLOCK_MONOTONIC));
        wait_for_events(b);
    }
}

/* ---- from the options to the exit code ------------------------------------------------------- */

static char *path_with(const char *path, const char *tail)
{
    struct text t = { NULL, 0, 0 };
    text_format(&t, "%s%s", path, tail);
    return t.ptr;
}

/* Beside the input; without a name of the input only if they are given. */
static char *side_path(const struct options *o, enum option option, const char *tail)
{
    const char *from = o->value[O_FROM];
    if (given(o, option)) return copy_string(o->value[option]);
    return strcmp(from, "-") == 0 ? NULL : path_with(from, tail);
}

/* By the name, when --format does not say it: x.csv, and the failed lines of it, x.csv.failed. */
static int is_csv_name(const char *name)
{
    static const char tail[] = ".failed";
    size_t            n      = strlen(name);
    while (n > sizeof tail && strncmp(name + n - (sizeof tail - 1), tail, sizeof tail - 1) == 0)
        n -= sizeof tail - 1;
    return n > 4 && name[n - 4] == '.' && lower(name[n - 3]) == 'c' && lower(name[n - 2]) == 's' &&
           lower(name[n - 1]) == 'v';
}

static int is_csv(const struct options *o)
{
    const char *format = o->value[O_FORMAT];
    if (format == NULL) return is_csv_name(o->value[O_FROM]);
    if (strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
        fail(EXIT_USAGE, "--format: jsonl or csv");
    return strcmp(format, "csv") == 0;
}

/* What decides, besides the input, what is sent and where. */
static uint64_t command_hash(const struct bulk *b)
{
    char       *dump     = checked(json_dumps(b->template, JSON_COMPACT | JSON_SORT_KEYS));
    const char *endpoint = b->settings->endpoint_url != NULL ? b->settings->endpoint_url : "";
    uint64_t    hash     = key_hash(FNV_START, dump, strlen(dump) + 1);
    hash                 = key_hash(hash, b->settings->region, strlen(b->settings->region) + 1);
    hash                 = key_hash(hash, endpoint, strlen(endpoint) + 1);
    hash                 = key_hash(hash, b->lines.csv ? "c" : "j", 1);
    free(dump);
    return hash;
}

/* What no line can have is said once, and not for each line. */
static void need_column(const struct bulk *b, const char *member, const char *hint)
{
    if (!has_column(&b->csv, member) && json_object_get(b->template, member) == NULL)
        fail(EXIT_USAGE, "the header line: no column is named %s%s", member, hint);
}

static void open_input(struct bulk *b)
{
    open_lines(&b->lines, b->options->value[O_FROM], is_csv(b->options));
    b->low = b->next = 1;
    if (!b->lines.csv) return;
    if (await_record(&b->lines, &b->header) != RECORD || b->header.too_long)
        fail(EXIT_USAGE, "--from: CSV needs a header line with the names of the columns");
    csv_header(&b->csv, &b->header);
    need_column(b, "InstanceId", "; add it, or use --instance-id");
    need_column(b, "ContactId", "");
    b->lines.number = 0;
}

/* Of the template's ARN, when nothing else says one. */
static char *template_region(struct bulk *b)
{
    const char *id   = json_string_value(json_object_get(b->template, "InstanceId"));
    cuc_str     part = cuc_region_from_arn(cuc_s(id));
    char       *copy;
    if (part.ptr == NULL || given(b->options, O_REGION)) return NULL;
    copy                = copy_bytes(part.ptr, part.len);
    b->settings->region = copy;
    return copy;
}

static void read_journal(struct bulk *b)
{
    struct stat about;
    int         changed = 0;
    memset(&about, 0, sizeof about);
    fstat(b->lines.fd, &about);
    if (!S_ISREG(about.st_mode)) about.st_size = 0, about.st_mtime = 0;
    open_journal(&b->journal, b->journal_path, given(b->options, O_RESTART),
                 !given(b->options, O_NO_SYNC), command_hash(b), &about, &changed);
    open_failed_lines(&b->failed, b->lines.csv ? b->header.text.ptr : NULL);
    replay_journal(b);
    if (b->known > 0 && !b->progress.quiet)
        fprintf(stderr, "going on behind %" PRIu64 " finished lines (%s)\n", b->known,
                b->journal_path);
    if (changed && b->known > 0)
        fprintf(stderr, "the input has another size or time than before; its finished lines are "
                        "the same\n");
}

static void start_workers(struct bulk *b)
{
    const int64_t now   = clock_ms(CLOCK_MONOTONIC);
    const long    rate  = option_number(b->options, O_RATE, 0, 100000, 10);
    const long    burst = option_number(b->options, O_BURST, 1, 100000, 15);
    int           i;
    b->rounds   = (int)option_number(b->options, O_ROUNDS, 1, 1000, 4);
    b->parallel = (int)option_number(b->options, O_PARALLEL, 1, MAX_PARALLEL, 8);
    b->workers  = checked(calloc((size_t)b->parallel, sizeof *b->workers));
    for (i = 0; i < b->parallel; i++) {
        struct worker *w      = &b->workers[i];
        w->bulk               = b;
        w->client             = b->client;
        w->client.user        = w;
        w->client.credentials = bulk_credentials;
        exchange_open(&w->exchange, b->settings);
    }
    b->multi = checked(curl_multi_init());
    curl_multi_setopt(b->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)b->parallel);
    curl_multi_setopt(b->multi, CURLMOPT_MAXCONNECTS, (long)b->parallel);
    pace_start(&b->pace, (double)rate, (double)burst, now);
}

static void free_bulk(struct bulk *b)
{
    int i;
    for (i = 0; i < b->parallel; i++) {
        if (b->workers[i].state == SENDING)
            curl_multi_remove_handle(b->multi, b->workers[i].exchange.easy);
        exchange_close(&b->workers[i].exchange);
        free_fields(&b->workers[i].fields);
        json_decref(b->workers[i].object);
        creds_wipe(&b->workers[i].mine);
    }
    curl_multi_cleanup(b->multi);
    for (i = 0; i < WINDOW; i++) text_free(&b->window[i].text);
    free(b->workers);
    free_fields(&b->fields);
    free_csv(&b->csv);
    close_lines(&b->lines);
    close_journal(&b->journal);
    text_free(&b->header.text);
    text_free(&b->record.text);
    text_free(&b->reason);
    free_progress(&b->progress);
    free_credentials(&b->credentials);
    json_decref(b->template);
    free(b->journal_path);
    free(b->failed.path);
    free(b->failed.new_path);
    free(b);
}

static int bulk_code(struct bulk *b)
{
    if (!close_failed_lines(&b->failed)) cannot_write_failed(b);
    if (b->code != 0) return b->code;
    return b->refused ? EXIT_SERVICE : b->invalid ? EXIT_USAGE : 0;
}

/* All lines are looked at, and nothing is sent or written. */
static void check_only(struct bulk *b)
{
    cuc_request request;
    json_t     *object;
    while (!b->stopping && await_record(&b->lines, &b->record) == RECORD) {
        object =
            b->record.too_long ? NULL : record_request(b, &b->record.text, &b->fields, &request);
        if (object != NULL) b->progress.done++;
        else {
            b->invalid = 1;
            progress_failed(&b->progress, "invalid", b->record.line,
                            b->record.too_long ? too_long : b->fields.problem.ptr);
            b->stopping = given(b->options, O_STRICT);
        }
        json_decref(object);
    }
}

/* Not one that nohup, or a shell that starts us in the background, has switched off. */
static void catch_signal(int number)
{
    struct sigaction old;
    if (sigaction(number, NULL, &old) != 0 || old.sa_handler != SIG_IGN) signal(number, on_signal);
}

static int is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (a == NULL || b == NULL) return 0;
    if (strcmp(a, b) == 0) return 1;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* The journal and the failed lines are written anew: none may be another one, or the input. */
static void refuse_same_files(const struct bulk *b)
{
    const char *from = b->options->value[O_FROM], *journal = b->journal_path;
    const char *input    = strcmp(from, "-") == 0 ? "/dev/stdin" : from;
    const char *failed[] = { b->failed.path, b->failed.new_path };
    size_t      i;
    for (i = 0; i < COUNT(failed); i++) {
        if (is_same_file(failed[i], input) || is_same_file(journal, input))
            fail(EXIT_USAGE, "--journal and --failed-lines cannot be the input itself");
        if (is_same_file(journal, failed[i]))
            fail(EXIT_USAGE, "--journal and --failed-lines cannot be the same file");
    }
}

static void run_lines(struct bulk *b)
{
    b->journal_path = side_path(b->options, O_JOURNAL, ".journal");
    b->failed.path  = side_path(b->options, O_FAILED, ".failed");
    if (b->failed.path != NULL) b->failed.new_path = path_with(b->failed.path, ".new");
    if (b->journal_path == NULL)
        fputs("standard input without --journal: an interrupted run cannot go on\n", stderr);
    refuse_same_files(b);
    start_workers(b);
    read_journal(b);
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    catch_signal(SIGHUP);
    loop(b);
}

static int run_bulk(const struct options *o, struct settings *s)
{
    struct bulk *b = checked(calloc(1, sizeof *b));
    char        *region;
    int          code;
    b->options    = o;
    b->settings   = s;
    b->journal.fd = -1;
    b->template   = read_input(o);
    region        = template_region(b);
    need_region(s);
    read_credentials(s, o, &b->credentials);
    make_client(&b->client, s, &b->credentials, &b->shared);
    start_progress(&b->progress, given(o, O_QUIET), clock_ms(CLOCK_MONOTONIC));
    open_input(b);
    if (given(o, O_VERBOSE)) say_where(stderr, s, &b->credentials);
    if (given(o, O_DRY_RUN)) check_only(b);
    else run_lines(b);
    if (lines_changed(&b->lines))
        stop(b, EXIT_OTHER,
             "the input has changed while it was read: a line may have been read in parts, or not "
             "at all; when nothing writes to it any more, run the same command again");
    code = bulk_code(b);
    print_summary(&b->progress, b->failed.placed ? b->failed.path : NULL,
                  clock_ms(CLOCK_MONOTONIC));
    if (given(o, O_DRY_RUN)) fputs("dry run: done means valid, and nothing was sent\n", stderr);
    if (b->reason.len > 0) {
        fputs("update_contact: ", stderr);
        print_safely(stderr, b->reason.ptr);
        putc('\n', stderr);
    }
    if (given(o, O_OUTPUT))
        print_json_summary(&b->progress, b->failed.placed ? b->failed.path : NULL, code);
    free_bulk(b);
    free(region);
    return code;
}

#endif
