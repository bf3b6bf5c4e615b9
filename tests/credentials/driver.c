/* tests/credentials/driver.c - examples/credentials.h behind a pipe, for check.py.
 * needs: libcurl jansson -lpthread
 * Settings come from the environment, by creds_choose, and from arguments NAME=VALUE, the members
 * of `creds`. Then a line of stdin is a command, and one line of JSON its result:
 *   get NOW_MS REFUSED    what creds_get returns, and the set
 *   other NOW_MS REFUSED  the same with another set, as another thread would have
 *   callback NOW_MS REFUSED    the same through creds_callback
 *   sleep MS
 *   open                  number of open file descriptors, and whether a child is left
 *   threads               two threads share the creds, 200 calls each; how many succeeded
 *   set NAME=VALUE        changes a member; without a value it becomes NULL
 *   time TEXT             milliseconds of an expiration, or null
 *   split TEXT            the words of a command, or the number that creds_split returns
 *   local ADDRESS         whether container credentials may be asked there over http
 *   folder URL            the folder of certificates that libcurl trusts there, or "none"
 *   scan TEXT             how often TEXT is in the memory of `creds` and the set                 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>

/* What creds_callback uses of connect_update_contact.h 0.2. */
#ifndef CUC_RESPONSE_HEADERS
#define CUC_RESPONSE_HEADERS "date"
#include <string.h>
typedef struct cuc_str {
    const char *ptr;
    size_t      len;
} cuc_str;
typedef struct cuc_signing_key cuc_signing_key;
typedef struct cuc_credentials {
    cuc_str                access_key, secret_key, session_token;
    const cuc_signing_key *signing_key;
    int                    refused;
} cuc_credentials;
static cuc_str cuc_s(const char *text)
{
    cuc_str s;
    s.ptr = text;
    s.len = text == NULL ? 0 : strlen(text);
    return s;
}
#endif

#include "credentials.h"

#include <dirent.h>

static creds     shared;
static creds_set mine, others;

static void print(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(object);
}

static void get(int64_t now_ms, int refused, creds_set *set)
{
    const creds_status s = creds_get(&shared, now_ms, refused, set);
    print(json_pack("{sisssssssIsiss}", "status", (int)s, "key", set->access_key, "secret",
                    set->secret_key, "token", set->session_token, "end",
                    (json_int_t)set->expires_ms, "serial", (int)set->serial, "error", set->error));
}

static void callback(int64_t now_ms, int refused)
{
    cuc_credentials out = {
        { NULL, 0 },
        { NULL, 0 },
        { NULL, 0 },
        NULL, 0
    };
    int code        = 0;
    out.signing_key = (const cuc_signing_key *)(const void *)&code; /* must be cleared */
    out.refused     = refused;
    code            = creds_callback(&shared, &mine, now_ms, &out);
    print(json_pack("{siss%ss%ss%sb}", "status", code, "key",
                    out.access_key.ptr ? out.access_key.ptr : "", out.access_key.len, "secret",
                    out.secret_key.ptr ? out.secret_key.ptr : "", out.secret_key.len, "token",
                    out.session_token.ptr ? out.session_token.ptr : "", out.session_token.len,
                    "signing_key", out.signing_key != NULL));
}

static void count_open(void)
{
    DIR *d = opendir("/proc/self/fd");
    int  n = 0;
    while (d != NULL && readdir(d) != NULL) n++;
    if (d != NULL) closedir(d);
    print(json_pack("{sisb}", "open", n - 3, "child",
                    waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)); /* ".", "..", d itself */
}

/* libcurl has this only in its log: "  CApath: none" */
static int find_folder(CURL *curl, curl_infotype kind, char *text, size_t len, void *folder)
{
    static const char before[] = "CApath: ";
    char              line[256];
    const char       *at;
    (void)curl;
    snprintf(line, sizeof line, "%.*s", (int)len, text);
    if (kind != CURLINFO_TEXT || (at = strstr(line, before)) == NULL) return 0;
    sscanf(at + sizeof before - 1, "%255s", (char *)folder);
    return 0;
}

static void trusted_folder(const char *url)
{
    const creds_request q           = { "GET", url, NULL, 0, 0, 1 };
    creds_response      r           = { .c = &shared, .any_address = 1 };
    char                folder[256] = "", error[CURL_ERROR_SIZE];
    CURL               *curl        = curl_easy_init();
    creds_set_options(&shared, curl, &q, &r, NULL, error);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, find_folder);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, folder);
    curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    print(json_pack("{ss}", "folder", folder));
}

static void *one_thread(void *count)
{
    static const int64_t start = 1795867200000; /* 2026-11-28T12:00:00Z */
    creds_set           *set   = calloc(1, sizeof *set);
    int                  i;
    for (i = 0; set != NULL && i < 200; i++) {
        const int complete = creds_get(&shared, start + i * 10000, i % 10 == 9, set) == CREDS_OK &&
                             strcmp(set->access_key + 4, set->secret_key + 6) == 0;
        *(int *)count += complete; /* "ASIA" NUMBER, "secret" NUMBER: both of the same response */
    }
    if (set != NULL) creds_wipe(set);
    free(set);
    return NULL;
}

static void threads(void)
{
    pthread_t one, two;
    int       count[2] = { 0, 0 };
    pthread_create(&one, NULL, one_thread, &count[0]);
    pthread_create(&two, NULL, one_thread, &count[1]);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    print(json_pack("{sisi}", "succeeded", count[0] + count[1], "fetches", (int)shared.serial));
}

static void read_time(const char *text)
{
    int64_t ms;
    print(creds_time(text, &ms) ? json_pack("{sI}", "ms", (json_int_t)ms)
                                : json_pack("{sn}", "ms"));
}

static void split(char *text)
{
    char     *words[CREDS_ARGUMENTS];
    const int n    = creds_split(text, words);
    json_t   *list = json_array();
    int       i;
    for (i = 0; i < n; i++) json_array_append_new(list, json_string(words[i]));
    print(json_pack("{sisb so}", "count", n, "ended", n < 0 || words[n] == NULL, "words", list));
}

static void local(const char *text)
{
    struct sockaddr_storage where = { .ss_family = strchr(text, ':') ? AF_INET6 : AF_INET };
    struct sockaddr_in     *four  = (struct sockaddr_in *)&where;
    struct sockaddr_in6    *six   = (struct sockaddr_in6 *)&where;
    void *to = where.ss_family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr;
    if (inet_pton(where.ss_family, text, to) != 1) exit(2);
    print(json_pack("{sb}", "local", creds_is_local((struct sockaddr *)&where)));
}

static int occurrences(const void *memory, size_t size, const char *text)
{
    const char *at = memory, *end = at + size - strlen(text);
    int         n = 0;
    for (; at <= end; at++) n += memcmp(at, text, strlen(text)) == 0;
    return n;
}

static void scan(const char *text)
{
    print(json_pack("{si}", "found",
                    occurrences(&shared, sizeof shared, text) +
                        occurrences(&mine, sizeof mine, text)));
}

static void set_member(char *argument)
{
    const struct {
        const char  *name;
        const char **text;
    } row[] = {
        { "command",          &shared.command          },
        { "ca_file",          &shared.ca_file          },
        { "iot_endpoint",     &shared.iot_endpoint     },
        { "iot_role_alias",   &shared.iot_role_alias   },
        { "iot_thing",        &shared.iot_thing        },
        { "iot_certificate",  &shared.iot_certificate  },
        { "iot_private_key",  &shared.iot_private_key  },
        { "container_url",    &shared.container_url    },
        { "container_origin", &shared.container_origin }
    };
    char  *value = strchr(argument, '=');
    size_t i;
    if (value == NULL) exit(2);
    *value++ = '\0';
    if (strcmp(argument, "timeout_ms") == 0) shared.timeout_ms = atol(value);
    else if (strcmp(argument, "instance_token_s") == 0) shared.instance_token_s = atol(value);
    else if (strcmp(argument, "ignore_sigchld") == 0) signal(SIGCHLD, SIG_IGN);
    else {
        for (i = 0; i < sizeof row / sizeof row[0] && strcmp(row[i].name, argument) != 0; i++) {
        }
        if (i == sizeof row / sizeof row[0]) exit(2);
        *row[i].text = *value != '\0' ? value : NULL;
    }
}

/* The members keep pointers, so each value gets a place of its own. */
static void set(const char *argument)
{
    static char   places[65536];
    static size_t used;
    char         *place = places + used;
    used += strlen(argument) + 1;
    if (used > sizeof places) exit(2);
    set_member(strcpy(place, argument));
    print(json_pack("{}"));
}

/* Return 0: not one of these commands. */
static int text_command(const char *word, char *text)
{
    static const struct {
        const char *name;
        void (*run)(const char *);
    } row[] = {
        { "time",   read_time      },
        { "local",  local          },
        { "scan",   scan           },
        { "folder", trusted_folder },
        { "set",    set            }
    };
    size_t i;
    for (i = 0; i < sizeof row / sizeof row[0]; i++)
        if (strcmp(word, row[i].name) == 0) return row[i].run(text), 1;
    if (strcmp(word, "split") != 0) return 0;
    split(text);
    return 1;
}

static void number_command(const char *word, long long number, int refused)
{
    if (strcmp(word, "get") == 0) get(number, refused, &mine);
    else if (strcmp(word, "other") == 0) get(number, refused, &others);
    else if (strcmp(word, "callback") == 0) callback(number, refused);
    else if (strcmp(word, "open") == 0) count_open();
    else if (strcmp(word, "threads") == 0) threads();
    else if (strcmp(word, "sleep") == 0) {
        poll(NULL, 0, (int)number);
        print(json_pack("{}"));
    } else exit(2);
}

int main(int argc, char **argv)
{
    static char line[4096];
    int         i;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    creds_init(&shared);
    for (i = 1; i < argc; i++) set_member(argv[i]);
    i = (int)creds_choose(&shared);
    print(json_pack("{siss?}", "source", i, "origin", shared.instance_origin));
    while (fgets(line, sizeof line, stdin) != NULL) {
        char     *text            = line + strcspn(line, " \n");
        long long number          = 0;
        int       refused         = 0;
        line[strcspn(line, "\n")] = '\0';
        if (*text != '\0') *text++ = '\0';
        if (text_command(line, text)) continue;
        sscanf(text, "%lld %d", &number, &refused);
        number_command(line, number, refused);
    }
    creds_wipe(&mine);
    creds_wipe(&others);
    creds_free(&shared);
    curl_global_cleanup();
    return 0;
}
