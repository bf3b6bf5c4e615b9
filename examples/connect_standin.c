/* connect_standin.c - the service on your desk: Amazon Connect's UpdateContact on a loopback port.
 *
 * What it shows   whether a request would have been accepted: SigV4 is recomputed from the bytes
 *                 that arrived, and on a mismatch the log has the canonical request that was
 *                 expected, with the first differing line marked where the mistake is a known one.
 * How to run it   cc -std=c99 -O2 -o connect_standin examples/connect_standin.c
 *                 ./connect_standin                      prints: listening on 127.0.0.1:PORT
 *                 It ends, with status 0, on SIGTERM, SIGINT or when its stdin is closed.
 *
 *   POST /contacts/{InstanceId}/{ContactId}   UpdateContact, must be signed
 *   GET  /contacts/{InstanceId}/{ContactId}   read-back for tests, needs no signature:
 *                                             {"Contact":{"Id":...,"Name":...,...}}
 *
 *   where     --port N  --host 127.x.y.z  --base-path PATH  --region R
 *   who       --access-key K  --secret-key S  --session-token T  --rotate K2/S2[/T2]@N
 *   contacts  --instance I  --contact [I/]C  --external [I/]C  --contacts N
 *   when      --skew SECONDS  --now EPOCH
 *   faults    --fault SPEC, any number: status=503*2  throttle  drop-after*1  one-byte  mix=7 ...
 *   running   --log FILE  --max-requests N  --seconds N  --stay  --help
 *   --help has a line for each of them, for each fault, and says what is only a reading.
 *
 * It shares no line with connect_update_contact.h, on purpose: a mistake would have to be made
 * twice to hide. This file has the switches; what they switch is in standin/, one room a file, each
 * of which uses only those above it:
 *
 *   text.h  hash.h  settings.h  json.h     bytes, digests, what the switches say, a parser
 *   answer.h  model.h  contacts.h          what will be said, the rules of the fields, the store
 *   http.h                                 requests out of the bytes of a connection
 *   signature.h  explain.h  sigv4.h        what it should be, why it is not, whether it is
 *   faults.h  serve.h  connections.h       what goes wrong on purpose, the answer, the sockets   */

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
#include "standin/http.h"
#include "standin/signature.h"
#include "standin/explain.h"
#include "standin/sigv4.h"
#include "standin/faults.h"
#include "standin/serve.h"
#include "standin/connections.h"

/* ---- switches ------------------------------------------------------------------------------- */

enum option {
    O_PORT,
    O_HOST,
    O_BASE,
    O_REGION,
    O_ACCESS,
    O_SECRET,
    O_TOKEN,
    O_ROTATE,
    O_INSTANCE,
    O_CONTACT,
    O_EXTERNAL,
    O_CONTACTS,
    O_SKEW,
    O_NOW,
    O_FAULT,
    O_LOG,
    O_MAX,
    O_SECONDS,
    O_STAY,
    O_HELP
};

#define NEXT_LINE "\n                                 "
static const struct {
    enum option option;
    const char *word, *value, *help;
} options[] = {
    { O_PORT,     "--port",          "N",            "listen here; 0, the default, takes a free port"                    },
    { O_HOST,     "--host",          "A",            "another address of the loopback (127.0.0.1); no other is accepted" },
    { O_BASE,     "--base-path",     "P",            "what stands before /contacts (nothing)"                            },
    { O_REGION,   "--region",        "R",            "the region requests must be signed for (us-east-1); * is any"      },
    { O_ACCESS,   "--access-key",    "K",            "(AKIDEXAMPLE)"                                                     },
    { O_SECRET,   "--secret-key",    "S",            "(wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY)"                        },
    { O_TOKEN,    "--session-token", "T",            "makes the key a temporary one: T must come with it"                },
    { O_ROTATE,   "--rotate",        "K2/S2[/T2]@N",
     "after N signed requests the first key has expired and" NEXT_LINE
      "this one counts; what stands behind K2 separates:" NEXT_LINE
      "take a character that S2 lacks"                                                                                   },
    { O_INSTANCE, "--instance",      "I",            "of contacts named without one behind this switch"                  },
    { O_CONTACT,  "--contact",       "[I/]C",
     "there is such a contact, named as in the path (%2F is a" NEXT_LINE
      "slash); any number of times"                                                                                      },
    { O_EXTERNAL, "--external",      "[I/]C",
     "one with external audio: only it may get QueueInfo," NEXT_LINE
      "UserInfo, CustomerEndpoint, SystemEndpoint"                                                                       },
    { O_CONTACTS, "--contacts",      "N",            "contacts soak-0 to soak-(N-1)"                                     },
    { O_SKEW,     "--skew",          "SECONDS",      "the service's clock is so much ahead (or, negative, behind)"       },
    { O_NOW,      "--now",           "EPOCH",        "the service's clock stands still here"                             },
    { O_FAULT,    "--fault",         "SPEC",         "see below; any number of times"                                    },
    { O_LOG,      "--log",           "FILE",         "append the log to FILE instead of writing it to stderr"            },
    { O_MAX,      "--max-requests",  "N",            "stop after so many answers"                                        },
    { O_SECONDS,  "--seconds",       "N",            "stop after this time"                                              },
    { O_STAY,     "--stay",          NULL,           "go on when stdin is closed"                                        },
    { O_HELP,     "--help",          NULL,           "this text"                                                         },
};

static void help_faults(void)
{
    size_t i;
    printf("\nFaults: --fault NAME[=VALUE][+NAME[=VALUE]...][*COUNT]\n"
           "Those with a COUNT queue: in the order given, each for COUNT requests. Those without\n"
           "are always on, and add to the one whose turn it is. Only authentic POSTs meet faults:\n"
           "a wrong signature shows in spite of them, and read-back stays usable.\n");
    for (i = 0; i < COUNT(fault_names); i++) {
        char word[64];
        snprintf(word, sizeof word, "%s%s", fault_names[i].word, fault_names[i].value);
        printf("  %-20s %s\n", word, fault_names[i].help);
    }
    for (i = 0; i < COUNT(mix); i++)
        printf("%s%d%% %s", i % 4 == 0 ? "\n      " : "  ", mix[i].percent, mix[i].spec);
    printf("\n");
}

static void help(void)
{
    size_t i;
    printf("connect_standin - Amazon Connect's UpdateContact on a loopback port, for tests\n\n"
           "  POST /contacts/{InstanceId}/{ContactId}   UpdateContact; its signature is verified\n"
           "  GET  /contacts/{InstanceId}/{ContactId}   read-back, not signed\n\n");
    for (i = 0; i < COUNT(options); i++)
        printf("  %-16s %-13s %s\n", options[i].word, options[i].value ? options[i].value : "",
               options[i].help);
    printf("\nThere are always, in instance %s:\n  %s\n  %s   with external audio\n",
           default_instance, default_contact, default_external);
    help_faults();
    printf(
        "\nA reading of the public texts, never seen in the real service: that only what is\n"
        "sent changes, in References and SegmentAttributes entry by entry; that null is as\n"
        "good as absent and unknown members are ignored; that 4096 bytes count over the Values\n"
        "of one request; what the members of external audio get elsewhere; that an empty list of\n"
        "CcEmailAddresses clears it, on any contact, though the text speaks of outbound e-mail;\n"
        "SerializationException and 415; the order of checks (HTTP, signature, fault, contact,\n"
        "body); all texts but those of the signature errors. Read-back has UserInfo, which the\n"
        "real DescribeContact says in another form, and the real one must be signed.\n");
}

/* K2/S2[/T2]@N */
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
        if (fault_count == MAX_FAULTS) die("too many faults: ", value);
        faults[fault_count++] = read_fault(value);
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

int main(int argc, char **argv)
{
    int    i;
    size_t k;
    log_file = stderr;
    contact_add(default_contact, 0);
    contact_add(default_external, 1);
    for (i = 1; i < argc; i++) {
        for (k = 0; k < COUNT(options) && strcmp(options[k].word, argv[i]) != 0; k++) continue;
        if (k == COUNT(options)) die("no such switch: ", argv[i]);
        if (options[k].value != NULL && i + 1 == argc) die("a value is missing behind ", argv[i]);
        set_option(options[k].option, options[k].value != NULL ? argv[++i] : "");
    }
    setvbuf(log_file, NULL, _IOLBF, 0);
    contacts_ready();
    watch_signals();
    run(open_listener());
    note("%ld requests: %ld applied, %ld refused (%ld signatures wrong), %ld met a fault",
         seen.requests, seen.applied, seen.refused, seen.bad_signatures, seen.faults);
    return 0;
}
