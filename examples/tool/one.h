/* one.h - one update, from the options to the exit code.
 * in: options, settings     out: at most one line on stdout per what was asked for; an exit code */
#ifndef TOOL_ONE_H
#define TOOL_ONE_H

#include "input.h"
#include "output.h"

/* What an update is sent with; the strings are the settings' and the credentials'. */
static void make_client(cuc_client *client, const struct settings *s, const struct credentials *c,
                        cuc_shared *shared)
{
    const cuc_client none = CUC_ZERO;
    *client               = none;
    client->region        = cuc_s(s->region);
    client->endpoint_url  = cuc_s(s->endpoint_url);
    client->access_key    = cuc_s(c->access_key);
    client->secret_key    = cuc_s(c->secret_key);
    client->session_token = cuc_s(c->session_token);
    client->sha256        = tool_sha256;
    client->hmac_sha256   = tool_hmac;
    client->shared        = shared;
    client->max_attempts  = (int)s->max_attempts;
    client->use_fips      = s->use_fips;
    client->use_dualstack = s->use_dualstack;
}

static void need_region(const struct settings *s)
{
    if (s->region == NULL)
        fail(EXIT_SETUP,
             "no region: give --region, AWS_REGION, AWS_DEFAULT_REGION, or region in "
             "profile %s of %s",
             s->profile, s->config_path);
}

/* Ends the program when the request can be seen to be wrong before anything is asked for. */
static void check_request(const cuc_request *request)
{
    cuc_result  result;
    struct text sentence = { NULL, 0, 0 };
    if (cuc_validate(request, &result) == CUC_OK) return;
    put_sentence(&sentence, &result);
    fail(exit_code_of(&result), "%s", sentence.ptr);
}

static void say_where(FILE *to, const struct settings *s, const struct credentials *c)
{
    const size_t n = strlen(c->access_key);
    fprintf(to, "region %s, profile %s, credentials: %s (key ...%s%s)\n", s->region, s->profile,
            c->source, n > 8 ? c->access_key + n - 4 : "",
            c->session_token != NULL ? ", with a session token" : "");
}

struct one {
    const struct options *options;
    struct settings      *settings;
    struct credentials    credentials;
    cuc_shared            shared;
    cuc_client            client;
    cuc_request           request;
    creds_set             mine;
    struct exchange       exchange;
};

static int one_credentials(void *user, int64_t now_ms, cuc_credentials *credentials)
{
    struct one *u = user;
    return renew_credentials(&u->credentials, &u->mine, now_ms, credentials);
}

/* --dry-run, --print-curl: the request is ready, and stays here. */
static int show_request(const struct one *u)
{
    const cuc_http_request *http = cuc_call_http_request(&u->exchange.call);
    struct text             body = { NULL, 0, 0 };
    if (given(u->options, O_PRINT_CURL)) {
        print_curl(http);
        return 0;
    }
    if (given(u->options, O_EXPLAIN)) explain_request(stderr, &u->exchange.call);
    put_body(&body, http, given(u->options, O_SHOW_VALUES));
    printf("%s %s\n%s\n", http->method, http->url, body.ptr);
    say_where(stdout, u->settings, &u->credentials);
    printf("dry run: valid, and not sent\n");
    text_free(&body);
    return 0;
}

static void attempt(struct one *u)
{
    struct exchange *x       = &u->exchange;
    const int        verbose = given(u->options, O_VERBOSE);
    const int64_t    start   = clock_ms(CLOCK_MONOTONIC);
    exchange_prepare(x);
    if (verbose) fprintf(stderr, "POST %s\n", cuc_call_http_request(&x->call)->url);
    if (given(u->options, O_EXPLAIN)) explain_request(stderr, &x->call);
    exchange_end(x, curl_easy_perform(x->easy));
    if (given(u->options, O_EXPLAIN)) explain_response(stderr, x, &u->credentials);
    if (!verbose) return;
    fprintf(stderr, "after %ld ms: ", (long)(clock_ms(CLOCK_MONOTONIC) - start));
    if (x->code == CURLE_OK) fprintf(stderr, "status %d\n", x->status);
    else fprintf(stderr, "%s\n", exchange_problem(x));
}

static int report(const struct one *u)
{
    const cuc_result *r    = exchange_result(&u->exchange);
    struct text       line = { NULL, 0, 0 };
    if (given(u->options, O_OUTPUT)) print_json_result(&u->exchange, r, &u->credentials);
    if (given(u->options, O_VERBOSE))
        fprintf(stderr, "attempts: %d, waited: %lu ms, clock offset: %ld ms\n", r->attempts,
                (unsigned long)r->waited_ms, (long)r->clock_offset_ms);
    if (r->status == CUC_E_SERVICE)
        print_service_error(&u->exchange, r, &u->credentials, u->settings->max_attempts);
    else if (r->status != CUC_OK) {
        put_failure(&line, &u->exchange, r, &u->credentials);
        fputs("update_contact: ", stderr);
        print_safely(stderr, line.ptr);
        putc('\n', stderr);
        text_free(&line);
    }
    return exit_code_of(r);
}

static int send_one(struct one *u)
{
    const int stays = given(u->options, O_DRY_RUN) || given(u->options, O_PRINT_CURL);
    exchange_begin(&u->exchange, &u->client, &u->request);
    for (;;) {
        switch (exchange_next(&u->exchange, clock_ms(CLOCK_REALTIME))) {
        case CUC_NEXT_SEND:
            if (stays) return show_request(u);
            attempt(u);
            break;
        case CUC_NEXT_WAIT:
            sleep_until(clock_ms(CLOCK_MONOTONIC) + cuc_call_wait_ms(&u->exchange.call));
            break;
        case CUC_NEXT_DONE:
            return report(u);
        }
    }
}

static int run_one(const struct options *o, struct settings *s)
{
    struct one    u;
    struct fields fields;
    cuc_str       arn_region = CUC_ZERO;
    char         *region     = NULL;
    json_t       *object     = read_input(o);
    int           code;
    memset(&u, 0, sizeof u);
    memset(&fields, 0, sizeof fields);
    u.options  = o;
    u.settings = s;
    if (!read_fields(&fields, object, &u.request, &arn_region))
        fail(EXIT_USAGE, "%s", fields.problem.ptr);
    if (arn_region.ptr != NULL && !given(o, O_REGION))
        s->region = region = copy_bytes(arn_region.ptr, arn_region.len);
    need_region(s);
    check_request(&u.request);
    read_credentials(s, o, &u.credentials);
    if (given(o, O_VERBOSE)) say_where(stderr, s, &u.credentials);
    make_client(&u.client, s, &u.credentials, &u.shared);
    u.client.user        = &u;
    u.client.credentials = one_credentials;
    exchange_open(&u.exchange, s);
    code = send_one(&u);
    exchange_close(&u.exchange);
    free_credentials(&u.credentials);
    creds_wipe(&u.mine);
    free_fields(&fields);
    json_decref(object);
    free(region);
    return code;
}

#endif
