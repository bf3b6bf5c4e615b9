/* connect_standin.c - a stand-in for Amazon Connect's UpdateContact on a loopback port.
 *
 * What it shows   whether the service would accept a request: SigV4 is recomputed from the bytes
 *                 that arrived. If it does not match, the log says why, if the mistake is a known
 *                 one, and has the canonical request with the first differing line marked.
 * How to run it   cc -std=c99 -O2 -o connect_standin examples/connect_standin.c
 *                 ./connect_standin
 *                 It prints `listening on 127.0.0.1:PORT`, then the environment variables for a
 *                 client, to be pasted into a shell. --help is the manual.
 *                 It ends, with status 0, on SIGTERM, on SIGINT or when its stdin is closed.
 *
 *   POST /contacts/{InstanceId}/{ContactId}            UpdateContact, must be signed
 *   GET  /contacts/{InstanceId}/{ContactId}            DescribeContact, to read back
 *   GET  /contact/references/{InstanceId}/{ContactId}  ListContactReferences, to read back
 *
 * It shares no line with connect_update_contact.h, on purpose: a mistake would have to be made
 * twice to stay hidden. This file has the options and the start; the rest is in standin/, one
 * section in each file, which uses only the sections above it:
 *
 *   text.h  hash.h  settings.h  json.h     bytes, digests, options and counters, a JSON parser
 *   answer.h  model.h  contacts.h          the response, the rules of the fields, the contacts
 *   references.h                           ListContactReferences
 *   http.h                                 requests out of the bytes of a connection
 *   signature.h  proxies.h  explain.h      the right signature, why another one was sent
 *   sigv4.h  faults.h                      is it authentic, what shall go wrong
 *   route.h  serve.h  control.h  log.h     which call, its response, the control port, the log
 *   connections.h  help.h                  the sockets, the manual                               */

#define _POSIX_C_SOURCE 200809L
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standin/text.h"
#include "standin/hash.h"
#include "standin/settings.h"
#include "standin/json.h"
#include "standin/answer.h"
#include "standin/model.h"
#include "standin/contacts.h"
#include "standin/references.h"
#include "standin/http.h"
#include "standin/signature.h"
#include "standin/proxies.h"
#include "standin/explain.h"
#include "standin/sigv4.h"
#include "standin/faults.h"
#include "standin/route.h"
#include "standin/serve.h"
#include "standin/control.h"
#include "standin/log.h"
#include "standin/connections.h"
#include "standin/help.h"

/* ---- options -------------------------------------------------------------------------------- */

/* K2/S2[/T2]@N: the character after K2 separates, so that a secret may hold any other. */
static void set_rotation(const char *value)
{
    char *copy = copy_bytes(value, strlen(value)), *at = strrchr(copy, '@'), *secret = copy;
    char  sep[2] = "";
    while (letter_or_digit(*secret)) secret++;
    if (at == NULL || secret >= at || secret == copy) die("not K2/S2@N: ", value);
    *at               = '\0';
    set.rotate_at     = number("not a count: ", at + 1, 0, 1000000000);
    sep[0]            = *secret;
    *secret++         = '\0';
    set.second.access = copy;
    set.second.secret = secret;
    if ((at = strstr(secret, sep)) == NULL) return;
    *at              = '\0';
    set.second.token = at + 1;
}

static void generate_contacts(long n)
{
    char id[32];
    long i;
    for (i = 0; i < n; i++) {
        snprintf(id, sizeof id, "soak-%ld", i);
        contact_add(id, 0);
    }
}

static void set_fault_option(const char *spec)
{
    const char *problem = add_spec(spec);
    if (problem != NULL) die(problem, spec);
}

static void set_option(enum option option, const char *value)
{
    const long most = 1000000000;
    switch (option) {
    case O_PORT:
        set.port = (int)number("not a port: ", value, 0, 65535);
        break;
    case O_HOST:
        set.host = value;
        break;
    case O_ALLOW_HOST:
        set.host     = value;
        set.any_host = 1;
        break;
    case O_CONTROL:
        set.control = (int)number("not a port: ", value, 0, 65535);
        break;
    case O_BASE:
        set.base_path = value;
        break;
    case O_REGION:
        set.region = value;
        break;
    case O_ACCESS:
        set.first.access = value;
        break;
    case O_SECRET:
        set.first.secret = value;
        break;
    case O_TOKEN:
        set.first.token = value[0] != '\0' ? value : NULL;
        break;
    case O_ROTATE:
        set_rotation(value);
        break;
    case O_INSTANCE:
        set.instance = value;
        break;
    case O_CONTACT:
        contact_add(value, 0);
        break;
    case O_EXTERNAL:
        contact_add(value, 1);
        break;
    case O_CONTACTS:
        generate_contacts(number("not a count: ", value, 0, 1000000));
        break;
    case O_SKEW:
        set.skew = number("not seconds: ", value, -2 * most, 2 * most);
        break;
    case O_NOW:
        set.now = number("not a time: ", value, 0, LONG_MAX);
        break;
    case O_FAULT:
        set_fault_option(value);
        break;
    case O_STRICT:
        set.strict = 1;
        break;
    case O_CONNECTIONS:
        set.connections = (int)number("not a count: ", value, 1, 10000);
        break;
    case O_PATIENCE:
        set.patience_ms = number("not milliseconds: ", value, 1, most);
        break;
    case O_LOG:
        if ((log_file = fopen(value, "a")) == NULL) die("cannot write ", value);
        break;
    case O_MAX:
        set.max_requests = number("not a count: ", value, 0, most);
        break;
    case O_SECONDS:
        set.seconds = number("not seconds: ", value, 0, most);
        break;
    case O_STAY:
        set.stay = 1;
        break;
    case O_HELP:
        help();
        exit(0);
    }
}

/* ---- start ---------------------------------------------------------------------------------- */

/* A value as a shell reads it back. */
static void print_quoted(const char *value)
{
    const char *p;
    if (value[0] != '\0' && strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789+,-./:=@_%") == strlen(value)) {
        printf("%s\n", value);
        return;
    }
    printf("'");
    for (p = value; *p != '\0'; p++)
        if (*p == '\'') printf("'\\''");
        else putchar(*p);
    printf("'\n");
}

static void print_variable(const char *name, const char *value)
{
    printf("%s=", name);
    print_quoted(value);
}

/* The first line is for programs that look for the port; all below it is for a shell. */
static void print_start(void)
{
    const char *host   = strcmp(set.host, "0.0.0.0") == 0 ? "127.0.0.1" : set.host;
    const char *region = set.region[0] == '*' ? "us-east-1" : set.region;
    printf("listening on %s:%d\n", set.host, set.port);
    printf("# for a client, to paste into a shell:\n");
    printf("export AWS_ENDPOINT_URL_CONNECT=http://%s:%d%s\n", host, set.port, set.base_path);
    print_variable("export AWS_REGION", region);
    print_variable("export AWS_DEFAULT_REGION", region);
    print_variable("export AWS_ACCESS_KEY_ID", set.first.access);
    print_variable("export AWS_SECRET_ACCESS_KEY", set.first.secret);
    if (set.first.token != NULL) print_variable("export AWS_SESSION_TOKEN", set.first.token);
    else printf("unset AWS_SESSION_TOKEN\n");
    print_variable("INSTANCE", default_instance);
    print_variable("CONTACT", default_contact);
    if (set.control >= 0) printf("CONTROL=http://%s:%d\n", host, set.control);
    fflush(stdout);
}

static void read_options(int argc, char **argv)
{
    int    i;
    size_t k;
    for (i = 1; i < argc; i++) {
        for (k = 0; k < COUNT(options) && strcmp(options[k].word, argv[i]) != 0; k++) continue;
        if (k == COUNT(options)) die("no such option: ", argv[i]);
        if (options[k].value != NULL && i + 1 == argc) die("a value is missing after ", argv[i]);
        set_option(options[k].option, options[k].value != NULL ? argv[++i] : "");
    }
}

int main(int argc, char **argv)
{
    int listener, control = -1;
    log_file = stderr;
    contact_add(default_contact, 0);
    contact_add(default_external, 1);
    read_options(argc, argv);
    setvbuf(log_file, NULL, _IOLBF, 0);
    contacts_ready();
    faults_ready();
    watch_signals();
    listener = open_listener(&set.port);
    if (set.control >= 0) control = open_listener(&set.control);
    print_start();
    if (set.any_host)
        note("--allow-host: whoever reaches %s:%d can read the contacts", set.host, set.port);
    run(listener, control);
    note("%ld requests: %ld applied, %ld refused (%ld signatures wrong), %ld met a fault",
         seen.requests, seen.applied, seen.refused, seen.bad_signatures, seen.faults);
    return 0;
}
