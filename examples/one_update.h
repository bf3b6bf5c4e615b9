/* one_update.h - the program around a transport: arguments, environment, clock, exit code. To copy.
 *
 *   int main(int argc, char **argv) { ... return one_update(argc, argv, &client); }
 *
 * Give it a client with `sha256`, `send` and `user` set. The rest of the client comes from the
 * environment, under the names that the AWS command line uses:
 *   AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_MAX_ATTEMPTS
 *   AWS_ENDPOINT_URL_CONNECT    unset: the real service, in this region
 * Exit codes: 0 updated. 1 not updated, and trying again will not help. 2 wrong arguments.
 *             3 not updated, but trying again later can help.                                     */
#ifndef ONE_UPDATE_H
#define ONE_UPDATE_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "connect_update_contact.h"

enum { ONE_UPDATE_BODY_SIZE = 40960, ONE_UPDATE_TOKEN_SIZE = 4096 };

static int64_t one_update_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t one_update_now(void *user)
{
    (void)user;
    return one_update_clock(CLOCK_REALTIME);
}

/* A signal does not cut the wait short. */
static int one_update_sleep(void *user, uint32_t ms)
{
    const int64_t until = one_update_clock(CLOCK_MONOTONIC) + ms;
    int64_t       left  = ms;
    (void)user;
    for (; left > 0; left = until - one_update_clock(CLOCK_MONOTONIC))
        if (poll(NULL, 0, (int)left) < 0 && errno != EINTR) return 1;
    return 0;
}

static const char *one_update_setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

static void one_update_environment(cuc_client *client)
{
    client->now_ms        = one_update_now;
    client->sleep_ms      = one_update_sleep;
    client->region        = cuc_s(one_update_setting("AWS_REGION", "us-east-1"));
    client->endpoint_url  = cuc_s(one_update_setting("AWS_ENDPOINT_URL_CONNECT", NULL));
    client->access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client->secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client->session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    client->max_attempts  = atoi(one_update_setting("AWS_MAX_ATTEMPTS", "0"));
}

static int one_update(int argc, char **argv, cuc_client *client)
{
    static char work[CUC_WORK_SIZE(ONE_UPDATE_BODY_SIZE, ONE_UPDATE_TOKEN_SIZE)];
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    if (argc != 4) return fprintf(stderr, "usage: %s INSTANCE CONTACT NAME\n", argv[0]), 2;
    one_update_environment(client);
    request.instance_id = cuc_s(argv[1]);
    request.contact_id  = cuc_s(argv[2]);
    request.name        = cuc_s(argv[3]);
    cuc_update_contact(client, &request, work, sizeof work, &result);
    cuc_result_text(&result, text, sizeof text);
    printf("%s (attempts: %d)\n", text, result.attempts);
    if (result.status == CUC_OK) return 0;
    return result.retryable ? 3 : 1;
}

#endif
