/* soak.c - many calls against the stand-in while it draws faults, and what must stay true.
 *
 *   build/soak/soak STANDIN LOGFILE CALLS SECONDS [PROXY]   ends after CALLS or SECONDS, what comes
 *                                                           first. needs: jansson -pthread
 *
 * Four threads, each with its own copy of one client, its own cuc_shared, connections, contacts and
 * clock: right; in 1970; an hour ahead; right, but impatient (it takes a time-out for lost what the
 * stand-in delays by 15 ms). After 500 requests the key expires, and a callback has the next one.
 *
 * One call in 20 is one of two that run interleaved on one thread. One in 20 asks for what has to
 * be refused. Each thread keeps what its contacts must look like, reads the contact back after each
 * call and compares all of it. The texts say which thread and call made them: a mixture shows.
 *
 * PROXY is tests/soak/liar.py: all updates go through it, read-backs do not. It cuts and lies, so
 * fewer things are promised; but no success that it did not report may be reported, and every
 * success must be there. All threads are patient then, and no key expires.
 *
 * Sleeps are real, but HURRY times shorter than the header asks for. Under --tsan: P76           */

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "loopback.h"

#include <dirent.h>
#include <jansson.h>
#include <pthread.h>

#define PROXY_LOG "build/soak/proxy.log"
#define INSTANCE "11111111-2222-3333-4444-555555555555"

enum {
    THREADS      = 4,
    CONTACTS     = 16, /* of each thread                                                          */
    HURRY        = 20,
    PATIENCE_MS  = 5000,
    IMPATIENT_MS = 12,
    LEAST_CALLS  = 1000, /* with fewer, a fault of 1 % could stay away by chance                  */
    SHOWN        = 3,    /* failures that a thread prints                                         */
    WORK         = CUC_WORK_SIZE(60000, 64),
    ROOM_KIB     = 512 /* by which a process may grow between the marks                         */
};

/* ---- what must be true ----------------------------------------------------------------------- */

/* clang-format off */
enum check {
    A_SUCCESS_IS_THERE, NOTHING_IS_TORN, A_REFUSAL_CHANGED_NOTHING, OUTCOMES_ARE_POSSIBLE,
    THE_END_IS_RIGHT, ALL_REQUESTS_ARRIVED, APPLIED_ADDS_UP, SIGNATURES_ARE_RIGHT, FAULTS_WERE_MET,
    ENOUGH_CALLS, OUR_FDS, OUR_MEMORY, ITS_FDS, ITS_MEMORY, IT_ENDED, CHECKS
};

static const char *const sentences[CHECKS] = {
    "every update reported as a success is there on read-back",
    "every contact is as before an update or as after it, never in between, never another's",
    "a refusal without an unanswered attempt before it has changed nothing",
    "every outcome is one that the faults can bring",
    "at the end every contact is as its last update left it",
    "as many requests arrived as were sent, and results tell of as many attempts",
    "what was applied is each success once, and of the unanswered at most each once",
    "no signature was wrong",
    "every fault was met, and every way for a call to end",
    "enough calls were made to say so",
    "our file descriptors are as many as at the start",
    "our memory is flat",
    "the stand-in's file descriptors are as many as at the start",
    "the stand-in's memory is flat",
    "the stand-in ended by itself, with status 0",
};
/* clang-format on */

static int through_proxy; /* set before there are threads */

/* Behind a proxy that answers in the stand-in's place a refusal says nothing about the contact. */
static int is_promised(int check)
{
    return !through_proxy ||
           (check != A_REFUSAL_CHANGED_NOTHING && check != OUTCOMES_ARE_POSSIBLE &&
            check != ALL_REQUESTS_ARRIVED && check != APPLIED_ADDS_UP);
}

/* ---- a thread's world ------------------------------------------------------------------------ */

typedef struct contact {
    char    id[24];
    json_t *state; /* what read-back must say                                                     */
} contact;

enum kind { ORDINARY, NEEDS_EXTERNAL_AUDIO, NO_SUCH_CONTACT, TOO_LONG };

typedef struct update {
    enum kind     kind;
    contact      *contact;
    char          name[8192], description[4096], value[3][1024], word[1024];
    cuc_reference references[3];
    cuc_segment   segments[2];
    cuc_request   request;
    json_t       *after; /* the state once it is applied                                          */
} update;

typedef struct tally {
    long calls, ok, tries, sent, unanswered, gets; /* tries: the sum of result.attempts */
    long status[CUC_E_SERVICE + 1], http[600], attempts[8];
    long failed[CHECKS];
} tally;

typedef struct worker {
    int        number, settled, second_key, last_status, most_attempts, shown;
    long       todo;
    int64_t    deadline, clock_off_ms;
    uint64_t   random;
    cuc_client client;
    cuc_shared shared;
    contact    contacts[CONTACTS];
    line       lines[2], back; /* back: for read-backs                                            */
    update     updates[2];
    char      *work[2];
    text       text;
    tally      tally;
} worker;

static uint32_t draw(worker *w, uint32_t below)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (uint32_t)(w->random >> 33) % below;
}

static void print_some(const char *title, const char *bytes)
{
    int i;
    printf("  %s ", title);
    for (i = 0; i < 300 && bytes[i] != '\0'; i++)
        putchar(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '?');
    putchar('\n');
}

static void fail(worker *w, enum check c, const update *u, const cuc_result *r)
{
    char *want;
    if (!is_promised(c)) return;
    w->tally.failed[c]++;
    if (++w->shown > SHOWN) return;
    want = json_dumps(u->after, JSON_COMPACT);
    printf("NOT TRUE: %s\n  thread %d, call %ld, contact %s, kind %d: status %d, HTTP %d, "
           "%d attempts\n",
           sentences[c], w->number, w->tally.calls, u->contact->id, u->kind, r->status,
           r->http_status, r->attempts);
    print_some("read back", w->text.bytes);
    print_some("if applied", want != NULL ? want : "?");
    free(want);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static int64_t on_now(void *user)
{
    const worker *w = user;
    return milliseconds(CLOCK_REALTIME) + w->clock_off_ms;
}

static int on_sleep(void *user, uint32_t ms)
{
    (void)user;
    nap(ms / HURRY);
    return 0;
}

static int on_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    worker   *w       = user;
    const int outcome = line_exchange(&w->lines[0], http, call);
    w->last_status    = w->lines[0].status;
    return outcome;
}

/* Once the clock is known to be right, a 403 can only be the key's. */
static int on_credentials(void *user, int64_t now_ms, cuc_credentials *copy)
{
    worker *w = user;
    (void)now_ms;
    if (through_proxy) return 0;
    if (w->last_status == 403 && w->settled) w->second_key = 1;
    if (!w->second_key) return 0;
    copy->access_key    = cuc_s("AKIDSECOND");
    copy->secret_key    = cuc_s("second+secret/2");
    copy->session_token = cuc_s("second-token");
    return 0;
}

/* ---- an update, and the state that it leads to ----------------------------------------------- */

/* Begins with who made it; all that JSON has to escape occurs, and characters of 1 to 4 bytes. */
static cuc_str random_text(worker *w, char *buf, size_t cap)
{
    /* clang-format off */
    static const char *const pieces[] = { "a", "Z", "7", " ", "/", "\"", "\\", "\b", "\f", "\n",
                                          "\r", "\t", "\x01", "\x1f", "\x7f", "\xC3\xA9",
                                          "\xE2\x82\xAC", "\xE2\x80\xA8", "\xF0\x9F\x98\x80" };
    /* clang-format on */
    const size_t most = draw(w, 16) == 0 ? cap - 8 : draw(w, 120);
    int          tag  = snprintf(buf, cap, "thread %d, call %ld ", w->number, w->tally.calls);
    size_t       n    = (size_t)tag;
    while (n < most) {
        const char  *piece = pieces[draw(w, ROWS(pieces))];
        const size_t len   = strlen(piece);
        memcpy(buf + n, piece, len + 1);
        n += len;
    }
    return cuc_s(buf);
}

static json_t *json_text(cuc_str s) { return json_stringn(s.ptr, s.len); }

/* state[map][key] = value; takes value over. */
static void put_in(json_t *state, const char *map, const char *key, json_t *value)
{
    json_t *inner = json_object_get(state, map);
    if (inner == NULL) {
        inner = json_object();
        json_object_set_new(state, map, inner);
    }
    json_object_set_new(inner, key, value);
}

static void add_references(worker *w, update *u)
{
    static const char *const keys[] = { "first", "second: \xC3\xA9", "third \"one\"" };
    size_t                   i;
    for (i = 0; i < ROWS(keys); i++) {
        cuc_reference *r = &u->references[u->request.reference_count];
        if (draw(w, 2) == 0) continue;
        memset(r, 0, sizeof *r);
        r->key   = cuc_s(keys[i]);
        r->type  = cuc_s(CUC_REFERENCE_STRING);
        r->value = random_text(w, u->value[i], sizeof u->value[i]);
        put_in(u->after, "References", keys[i],
               json_pack("{s:s, s:o}", "Type", "STRING", "Value", json_text(r->value)));
        u->request.reference_count++;
        u->request.references = u->references;
    }
}

static void add_segments(worker *w, update *u)
{
    cuc_segment *s = u->segments;
    memset(u->segments, 0, sizeof u->segments);
    s[0].key                           = cuc_s("connect:number");
    s[0].kind                          = CUC_SEGMENT_INTEGER;
    s[0].integer                       = (int32_t)draw(w, 0x7fffffff) * (draw(w, 2) ? 1 : -1);
    s[1].key                           = cuc_s("word");
    s[1].kind                          = CUC_SEGMENT_STRING;
    s[1].text                          = random_text(w, u->word, sizeof u->word);
    u->request.segment_attributes      = s;
    u->request.segment_attribute_count = 2;
    put_in(u->after, "SegmentAttributes", "connect:number",
           json_pack("{s:i}", "ValueInteger", s[0].integer));
    put_in(u->after, "SegmentAttributes", "word",
           json_pack("{s:o}", "ValueString", json_text(s[1].text)));
}

static void add_description(worker *w, update *u)
{
    u->request.description = random_text(w, u->description, sizeof u->description);
    json_object_set_new(u->after, "Description", json_text(u->request.description));
}

static void spoil(update *u)
{
    if (u->kind == NEEDS_EXTERNAL_AUDIO) u->request.queue_id = cuc_s("a-queue");
    if (u->kind == NO_SUCH_CONTACT) u->request.contact_id = cuc_s("soak-of-nobody");
    if (u->kind == TOO_LONG) {
        memset(u->name, 'x', 1025);
        u->request.name.len = 1025;
    }
    if (u->kind == ORDINARY) return;
    json_decref(u->after);
    u->after = json_incref(u->contact->state);
}

static void make_update(worker *w, update *u, contact *c)
{
    const uint32_t roll = draw(w, 60);
    memset(&u->request, 0, sizeof u->request);
    u->kind                = roll < 3 ? (enum kind)(roll + 1) : ORDINARY;
    u->contact             = c;
    u->after               = json_deep_copy(c->state);
    u->request.instance_id = cuc_s(INSTANCE);
    u->request.contact_id  = cuc_s(c->id);
    u->request.name        = random_text(w, u->name, 1024);
    json_object_set_new(u->after, "Name", json_text(u->request.name));
    if (draw(w, 2)) add_description(w, u);
    if (draw(w, 2)) add_references(w, u);
    if (draw(w, 2)) add_segments(w, u);
    spoil(u);
}

/* ---- after a call ---------------------------------------------------------------------------- */

/* The contact as the stand-in has it, a new reference; NULL: no answer that could be read. */
static json_t *read_back(worker *w, const contact *c)
{
    char    path[128];
    json_t *all, *one;
    snprintf(path, sizeof path, "/contacts/" INSTANCE "/%s", c->id);
    w->tally.gets++;
    if (line_get(&w->back, path, &w->text) != 200) return NULL;
    all = json_loadb(w->text.bytes, w->text.len, JSON_REJECT_DUPLICATES, NULL);
    one = json_incref(json_object_get(all, "Contact"));
    json_decref(all);
    return one;
}

/* Nothing else can come of it: the mix has 429, 500, 503, losses; 403 is the clock or the key. */
static int is_possible(const worker *w, const update *u, const cuc_result *r)
{
    const int http = r->http_status;
    if (r->attempts > w->most_attempts) return 0;
    if (u->kind == TOO_LONG) return r->status == CUC_E_LIMIT && r->attempts == 0;
    if (r->status == CUC_OK) return u->kind == ORDINARY && http == 200;
    if (r->status == CUC_E_EXHAUSTED) return r->attempts > 0;
    if (r->status != CUC_E_SERVICE) return 0;
    if (u->kind == NEEDS_EXTERNAL_AUDIO && http == 400) return 1;
    if (u->kind == NO_SUCH_CONTACT && http == 404) return 1;
    return http == 429 || http == 500 || http == 503 || http == 403;
}

static void count(worker *w, const cuc_result *r)
{
    tally *t = &w->tally;
    t->calls++;
    t->ok += r->status == CUC_OK;
    t->tries += r->attempts;
    t->status[r->status]++;
    t->http[r->http_status]++;
    t->attempts[r->attempts < 7 ? r->attempts : 7]++;
    if (r->status == CUC_OK) w->settled = 1;
}

/* What was given up may still lie unread in the stand-in, to be applied behind a read-back or even
 * behind the next update. It takes new connections in the order in which they come, and serves all
 * that has come before it sends an answer: behind the first answer on a new one nothing is left. */
static void let_lost_ones_arrive(worker *w, const contact *c)
{
    line_close(&w->back);
    json_decref(read_back(w, c));
}

/* lost: attempts of the call that got no answer. The contact's state becomes what was read back. */
static void judge(worker *w, update *u, const cuc_result *r, long lost)
{
    json_t *got;
    int     before, after;
    if (lost > 0) let_lost_ones_arrive(w, u->contact);
    got    = read_back(w, u->contact);
    before = json_equal(got, u->contact->state);
    after  = json_equal(got, u->after);
    if (r->status == CUC_OK && !after) fail(w, A_SUCCESS_IS_THERE, u, r);
    if (!before && !after) fail(w, NOTHING_IS_TORN, u, r);
    if (r->status != CUC_OK && lost == 0 && !before) fail(w, A_REFUSAL_CHANGED_NOTHING, u, r);
    if (!is_possible(w, u, r)) fail(w, OUTCOMES_ARE_POSSIBLE, u, r);
    json_decref(u->after);
    if (got != NULL) {
        json_decref(u->contact->state);
        u->contact->state = got;
    }
    count(w, r);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static cuc_client client_for(worker *w)
{
    static const int attempts[] = { 0, 0, 0, 0, 0, 0, 0, 1, 2, 5 };
    cuc_client       c          = w->client;
    c.max_attempts              = attempts[draw(w, ROWS(attempts))];
    w->most_attempts            = c.max_attempts > 0 ? c.max_attempts : 3;
    return c;
}

static void single(worker *w)
{
    const cuc_client client = client_for(w);
    const long       lost   = w->lines[0].unanswered;
    cuc_result       result;
    make_update(w, &w->updates[0], &w->contacts[draw(w, CONTACTS)]);
    (void)cuc_update_contact(&client, &w->updates[0].request, w->work[0], WORK, &result);
    judge(w, &w->updates[0], &result, w->lines[0].unanswered - lost);
}

/* One step of both calls: both are asked, sent, answered. Returns 0 when both are done. */
static int step(worker *w, cuc_call calls[2], cuc_next next[2])
{
    int i, sent[2] = { 0, 0 };
    for (i = 0; i < 2; i++)
        if (next[i] != CUC_NEXT_DONE) next[i] = cuc_call_next(&calls[i], on_now(w));
    for (i = 0; i < 2; i++)
        if (next[i] == CUC_NEXT_SEND)
            sent[i] = line_send(&w->lines[i], cuc_call_http_request(&calls[i]));
    for (i = 0; i < 2; i++) {
        if (next[i] == CUC_NEXT_WAIT) nap(cuc_call_wait_ms(&calls[i]) / HURRY);
        if (next[i] != CUC_NEXT_SEND) continue;
        cuc_call_end(&calls[i], sent[i] ? line_answer(&w->lines[i], &calls[i]) : CUC_SEND_AGAIN);
        if (w->last_status != 403) w->last_status = w->lines[i].status;
    }
    return next[0] != CUC_NEXT_DONE || next[1] != CUC_NEXT_DONE;
}

static void pair(worker *w)
{
    const cuc_client client  = client_for(w);
    const long       lost[2] = { w->lines[0].unanswered, w->lines[1].unanswered };
    const uint32_t   one = draw(w, CONTACTS), other = (one + 1 + draw(w, CONTACTS - 1)) % CONTACTS;
    cuc_call         calls[2];
    cuc_result       results[2];
    cuc_next         next[2] = { CUC_NEXT_WAIT, CUC_NEXT_WAIT };
    int              i;
    w->last_status = 0;
    make_update(w, &w->updates[0], &w->contacts[one]);
    make_update(w, &w->updates[1], &w->contacts[other]);
    for (i = 0; i < 2; i++)
        cuc_call_begin(&calls[i], &client, &w->updates[i].request, w->work[i], WORK, &results[i]);
    while (step(w, calls, next)) continue;
    w->last_status = 0;
    for (i = 0; i < 2; i++) judge(w, &w->updates[i], &results[i], w->lines[i].unanswered - lost[i]);
}

static void *run_worker(void *user)
{
    worker    *w   = user;
    const long end = w->tally.calls + w->todo;
    while (w->tally.calls < end && tick() < w->deadline) {
        if (draw(w, 40) == 0 && end - w->tally.calls >= 2) pair(w);
        else single(w);
    }
    line_close(&w->lines[0]);
    line_close(&w->lines[1]);
    line_close(&w->back);
    return NULL;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static worker workers[THREADS];

static void set_up(worker *w, int number, int port, int proxy, const cuc_client *client)
{
    static const int64_t clock_off[THREADS] = { 0, -1, 3600 * 1000, 0 };
    int                  i;
    for (i = 0; i < 2; i++) /* blocks of their own, so that ASan sees the first byte too many */
        if ((w->work[i] = malloc(WORK)) == NULL) give_up("malloc");
    w->number        = number;
    w->random        = (uint64_t)number + 1;
    w->clock_off_ms  = clock_off[number] != -1 ? clock_off[number] : -milliseconds(CLOCK_REALTIME);
    w->client        = *client;
    w->client.user   = w;
    w->client.shared = &w->shared;
    w->back          = line_to("127.0.0.1", port, ANSWER_MS);
    w->lines[0]      = line_to("127.0.0.1", proxy != 0 ? proxy : port,
                          number == 3 && proxy == 0 ? IMPATIENT_MS : PATIENCE_MS);
    w->lines[1]      = w->lines[0];
    for (i = 0; i < CONTACTS; i++) {
        snprintf(w->contacts[i].id, sizeof w->contacts[i].id, "soak-%d", number + THREADS * i);
        w->contacts[i].state = json_pack("{s:s}", "Id", w->contacts[i].id);
    }
}

/* A phase: all threads, for their share of calls; afterwards no connection is open. */
static void run_phase(long calls, int64_t deadline)
{
    pthread_t threads[THREADS];
    int       i;
    for (i = 0; i < THREADS; i++) {
        workers[i].todo     = calls / THREADS + (i < calls % THREADS);
        workers[i].deadline = deadline;
        if (pthread_create(&threads[i], NULL, run_worker, &workers[i]) != 0) give_up("a thread");
    }
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

static tally sum;

static void add_up(void)
{
    const long  *from;
    long        *to = (long *)&sum;
    const size_t n  = sizeof sum / sizeof *to; /* a tally is nothing but longs */
    size_t       i;
    int          k;
    for (k = 0; k < THREADS; k++) {
        worker *w           = &workers[k];
        w->tally.sent       = w->lines[0].sent + w->lines[1].sent;
        w->tally.unanswered = w->lines[0].unanswered + w->lines[1].unanswered;
        from                = (const long *)&w->tally;
        for (i = 0; i < n; i++) to[i] += from[i];
    }
}

static void check_the_end(void)
{
    int i, k;
    for (k = 0; k < THREADS; k++) {
        worker *w = &workers[k];
        for (i = 0; i < CONTACTS; i++) {
            json_t *got = read_back(w, &w->contacts[i]);
            if (!json_equal(got, w->contacts[i].state)) {
                w->tally.failed[THE_END_IS_RIGHT]++;
                print_some("NOT TRUE: at the end", w->text.bytes);
            }
            json_decref(got);
            json_decref(w->contacts[i].state);
        }
        line_close(&w->back);
        free(w->work[0]);
        free(w->work[1]);
    }
}

/* ---- marks: what the two processes hold while nothing is going on ---------------------------- */

typedef struct mark {
    long fds, its_fds, kib, its_kib;
} mark;

static long open_files(pid_t pid)
{
    char path[64];
    long n = pid == getpid() ? -3 : -2; /* without . and .. and what lists them */
    DIR *dir;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    if ((dir = opendir(path)) == NULL) give_up(path);
    while (readdir(dir) != NULL) n++;
    closedir(dir);
    return n;
}

static long resident_kib(pid_t pid)
{
    char  path[64], entry[256];
    long  kib = -1;
    FILE *f;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    if ((f = fopen(path, "r")) == NULL) give_up(path);
    while (fgets(entry, sizeof entry, f) != NULL && sscanf(entry, "VmRSS: %ld", &kib) != 1)
        continue;
    fclose(f);
    return kib;
}

/* The stand-in needs a moment to see that connections were closed: up to the second that it gives
 * to a client whose answer was the last one.                                                     */
static mark take_mark(pid_t its_pid, long its_fds)
{
    const int64_t end = tick() + 3000;
    mark          m;
    while ((m.its_fds = open_files(its_pid)) > its_fds && tick() < end) nap(20);
    m.fds     = open_files(getpid());
    m.kib     = resident_kib(getpid());
    m.its_kib = resident_kib(its_pid);
    return m;
}

/* A sanitizer's own memory grows; leaks it finds better. */
static int is_not_judged(int check)
{
#if defined(__SANITIZE_ADDRESS__)
    return check == OUR_MEMORY || check == ITS_MEMORY; /* run.sh builds both with it */
#elif defined(__SANITIZE_THREAD__)
    return check == OUR_MEMORY;
#else
    (void)check;
    return 0;
#endif
}

/* ---- the log --------------------------------------------------------------------------------- */

static const char *const faults[] = { "error",    "drop-before", "drop-after", "html-503",
                                      "junk-200", "delay",       "one-byte",   "truncate",
                                      "chunked",  "continue",    "close" };
static long              met[ROWS(faults)];

/* "#12 POST /contacts/... 200 - [fault: delay chunked]" */
static void count_faults(const char *log)
{
    char   entry[4096];
    FILE  *f = fopen(log, "r");
    size_t i;
    if (f == NULL) give_up(log);
    while (fgets(entry, sizeof entry, f) != NULL) {
        const char *list = strstr(entry, "[fault:");
        for (i = 0; list != NULL && i < ROWS(faults); i++) {
            const char *at = strstr(list, faults[i]);
            met[i] += at != NULL && at[-1] == ' ' && strchr(" ]", at[strlen(faults[i])]) != NULL;
        }
    }
    fclose(f);
}

/* ---- the report ------------------------------------------------------------------------------ */

static void check_counts(const standin *s)
{
    size_t i;
    int    all = sum.status[CUC_OK] && sum.status[CUC_E_EXHAUSTED] && sum.status[CUC_E_SERVICE] &&
              sum.status[CUC_E_LIMIT] && sum.http[400] && sum.http[404] && sum.attempts[2] &&
              sum.attempts[3] && sum.unanswered;
    for (i = 0; i < ROWS(faults) && !through_proxy; i++) all = all && met[i] > 0;
    for (i = 0; i < THREADS && !through_proxy; i++) all = all && workers[i].second_key;
    sum.failed[FAULTS_WERE_MET] += !all;
    sum.failed[OUTCOMES_ARE_POSSIBLE] += sum.http[403] > 4 * THREADS; /* two at once, twice */
    sum.failed[ALL_REQUESTS_ARRIVED] += s->requests != sum.sent + sum.gets || sum.sent != sum.tries;
    sum.failed[APPLIED_ADDS_UP] += s->applied < sum.ok || s->applied > sum.ok + sum.unanswered;
    sum.failed[SIGNATURES_ARE_RIGHT] += s->wrong_signatures != 0;
    sum.failed[ENOUGH_CALLS] += sum.calls < LEAST_CALLS;
}

static void check_marks(const mark *idle, const mark *warm, const mark *last)
{
    sum.failed[OUR_FDS] += last->fds != idle->fds;
    sum.failed[ITS_FDS] += last->its_fds != idle->its_fds;
    sum.failed[OUR_MEMORY] += last->kib > warm->kib + ROOM_KIB;
    sum.failed[ITS_MEMORY] += last->its_kib > warm->its_kib + ROOM_KIB;
}

static void print_numbers(const standin *s, int64_t took_ms)
{
    size_t i;
    printf("calls     %ld in %.1f s, %.0f calls/s; %ld attempts, %ld unanswered, %ld read-backs\n",
           sum.calls, (double)took_ms / 1000, (double)sum.calls * 1000 / (double)took_ms, sum.sent,
           sum.unanswered, sum.gets);
    printf("stand-in  %ld requests, %ld applied, %ld refused, %ld wrong signatures, %ld faults\n",
           s->requests, s->applied, s->refused, s->wrong_signatures, s->faults);
    for (i = 0; i < ROWS(sum.status); i++)
        if (sum.status[i] > 0)
            printf("%-9s %7ld  %s\n", i == 0 ? "outcome" : "", sum.status[i],
                   cuc_status_string((cuc_status)i));
    printf("last HTTP");
    for (i = 0; i < ROWS(sum.http); i++)
        if (sum.http[i] > 0) printf("  %d: %ld", (int)i, sum.http[i]);
    printf("\nattempts ");
    for (i = 0; i < ROWS(sum.attempts); i++)
        if (sum.attempts[i] > 0) printf("  %d: %ld", (int)i, sum.attempts[i]);
    printf("\nfaults   ");
    for (i = 0; i < ROWS(faults); i++) printf("  %s: %ld", faults[i], met[i]);
    printf("\n");
}

static void print_marks(const mark *idle, const mark *warm, const mark *last)
{
    printf("           start    warm     end\n");
    printf("fds      %7ld %7ld %7ld\n", idle->fds, warm->fds, last->fds);
    printf("  its    %7ld %7ld %7ld\n", idle->its_fds, warm->its_fds, last->its_fds);
    printf("RSS KiB  %7ld %7ld %7ld\n", idle->kib, warm->kib, last->kib);
    printf("  its    %7ld %7ld %7ld\n", idle->its_kib, warm->its_kib, last->its_kib);
}

static int print_verdicts(void)
{
    int c, bad = 0, skipped = 0, promised = CHECKS;
    for (c = 0; c < CHECKS; c++) {
        if (!is_promised(c)) {
            promised--;
        } else if (is_not_judged(c)) {
            printf("skipped under a sanitizer: %s\n", sentences[c]);
            skipped++;
        } else if (sum.failed[c] > 0) {
            printf("FAIL (%ld times): %s\n", sum.failed[c], sentences[c]);
            bad++;
        }
    }
    printf("%d passed, %d failed", promised - bad - skipped, bad);
    if (skipped > 0) printf(", %d skipped", skipped);
    printf("\n");
    return bad != 0;
}

static standin start(const char *program, const char *log, long seconds)
{
    char        limit[24], rotation[64];
    const char *switches[] = { "--contacts",      "64",          "--fault",   "mix=1",
                               "--session-token", "first-token", "--seconds", limit,
                               "--rotate",        rotation,      NULL };
    snprintf(limit, sizeof limit, "%ld", seconds + 120); /* should we be gone and it not notice */
    snprintf(rotation, sizeof rotation, "AKIDSECOND|second+secret/2|second-token@%d",
             LEAST_CALLS / 2);
    if (through_proxy) switches[8] = NULL;
    return standin_start(program, log, switches);
}

/* The log's last line has how often the rarest lie was told, its other lines have all of them. */
static standin start_proxy(const char *program, int port)
{
    char        upstream[16];
    const char *switches[] = { upstream, NULL };
    snprintf(upstream, sizeof upstream, "%d", port);
    return standin_start(program, PROXY_LOG, switches);
}

static void end_proxy(standin *proxy)
{
    sum.failed[IT_ENDED] += !standin_stop(proxy);
    sum.failed[FAULTS_WERE_MET] += proxy->faults == 0;
    printf("proxy     %ld requests; the rarest lie was told %ld times (" PROXY_LOG ")\n",
           proxy->requests, proxy->faults);
}

static cuc_client common_client(const char *url)
{
    cuc_client c    = CUC_ZERO;
    c.region        = cuc_s("us-east-1");
    c.endpoint_url  = cuc_s(url);
    c.access_key    = cuc_s("AKIDEXAMPLE");
    c.secret_key    = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.session_token = cuc_s("first-token");
    c.sha256        = sha256;
    c.send          = on_send;
    c.now_ms        = on_now;
    c.sleep_ms      = on_sleep;
    c.credentials   = on_credentials;
    return c;
}

int main(int argc, char **argv)
{
    const long    calls   = argc >= 5 ? strtol(argv[3], NULL, 10) : 0;
    const long    seconds = argc >= 5 ? strtol(argv[4], NULL, 10) : 0;
    const int64_t began   = tick();
    char          url[64];
    standin       s, proxy;
    cuc_client    client;
    mark          idle, warm, last;
    int           i, share;
    if (calls <= 0 || seconds <= 0) give_up("soak STANDIN LOGFILE CALLS SECONDS [PROXY]");
    memset(&proxy, 0, sizeof proxy);
    through_proxy = argc == 6;
    share         = through_proxy ? 3 : 10; /* fewer calls take longer to reach all of the code */
    json_object_seed(1);                    /* before there are threads, as its manual asks for */
    s = start(argv[1], argv[2], seconds);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", s.port);
    client = common_client(url);
    if (through_proxy) proxy = start_proxy(argv[5], s.port);
    for (i = 0; i < THREADS; i++) set_up(&workers[i], i, s.port, proxy.port, &client);
    idle = take_mark(s.pid, 1000);
    run_phase(calls / share, began + seconds * 1000 / share);
    warm = take_mark(s.pid, idle.its_fds);
    run_phase(calls - calls / share, began + seconds * 1000);
    last = take_mark(s.pid, idle.its_fds);
    check_the_end();
    add_up();
    if (through_proxy) end_proxy(&proxy);
    sum.failed[IT_ENDED] += !standin_stop(&s);
    count_faults(s.log);
    check_counts(&s);
    check_marks(&idle, &warm, &last);
    print_numbers(&s, tick() - began);
    print_marks(&idle, &warm, &last);
    return print_verdicts();
}
