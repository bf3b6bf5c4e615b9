/* help.h - the options, and the manual that --help prints.
 * in: nothing     out: options[], help() */
#ifndef STANDIN_HELP_H
#define STANDIN_HELP_H

#include "contacts.h"
#include "faults.h"

enum option {
    O_PORT,
    O_HOST,
    O_ALLOW_HOST,
    O_CONTROL,
    O_CONNECTIONS,
    O_BASE,
    O_REGION,
    O_ACCESS,
    O_SECRET,
    O_TOKEN,
    O_ROTATE,
    O_STRICT,
    O_INSTANCE,
    O_CONTACT,
    O_EXTERNAL,
    O_CONTACTS,
    O_SKEW,
    O_NOW,
    O_FAULT,
    O_PATIENCE,
    O_LOG,
    O_MAX,
    O_SECONDS,
    O_STAY,
    O_HELP
};

#define NEXT_LINE "\n                                 "
static const struct {
    enum option option;
    const char *title; /* a heading before it, or NULL */
    const char *word, *value, *help;
} options[] = {
    { O_PORT,        "WHERE IT LISTENS", "--port",          "N",
     "listen on this port; 0, the default, takes a free one"                                                                         },
    { O_HOST,        NULL,               "--host",          "ADDR",         "another address of the loopback than 127.0.0.1"         },
    { O_ALLOW_HOST,  NULL,               "--allow-host",    "ADDR",
     "listen on ADDR, which may be any IPv4 address, such as" NEXT_LINE
      "0.0.0.0. There is no TLS, and reading needs no key"                                                                           },
    { O_CONTROL,     NULL,               "--control",       "PORT",
     "listen on a second port for commands, see CONTROL below;" NEXT_LINE "0 takes a free one"                                       },
    { O_CONNECTIONS, NULL,               "--connections",   "N",
     "serve so many connections at the same time (200);" NEXT_LINE "the next one gets a 503"                                         },
    { O_BASE,        NULL,               "--base-path",     "PATH",         "the path before /contacts (none)"                       },
    { O_REGION,      "WHO MAY UPDATE",   "--region",        "R",
     "the region of the credential scope (us-east-1); * is any"                                                                      },
    { O_ACCESS,      NULL,               "--access-key",    "K",            "the access key id (AKIDEXAMPLE)"                        },
    { O_SECRET,      NULL,               "--secret-key",    "S",
     "its secret (wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY)"                                                                         },
    { O_TOKEN,       NULL,               "--session-token", "T",
     "makes the key a temporary one that needs this token"                                                                           },
    { O_ROTATE,      NULL,               "--rotate",        "K2/S2[/T2]@N",
     "after N signed requests the first key has expired, and" NEXT_LINE
      "this one is valid. Any character that S2 does not have" NEXT_LINE
      "can separate in place of the slash"                                                                                           },
    { O_STRICT,      NULL,               "--strict",        NULL,
     "the sterner reading: content-type and" NEXT_LINE
      "x-amz-content-sha256 must be signed when they are sent;" NEXT_LINE
      "reading needs a signature"                                                                                                    },
    { O_INSTANCE,    "CONTACTS",         "--instance",      "I",
     "the instance of contacts named after this option"                                                                              },
    { O_CONTACT,     NULL,               "--contact",       "[I/]C",
     "adds a contact, named as in the path (%2F is a slash);" NEXT_LINE "any number of times"                                        },
    { O_EXTERNAL,    NULL,               "--external",      "[I/]C",
     "adds one with external audio: only it may have QueueInfo," NEXT_LINE
      "UserInfo, CustomerEndpoint, SystemEndpoint"                                                                                   },
    { O_CONTACTS,    NULL,               "--contacts",      "N",            "adds contacts soak-0 to soak-(N-1)"                     },
    { O_SKEW,        "CLOCK",            "--skew",          "SECONDS",
     "the service's clock is ahead by this much, or behind"                                                                          },
    { O_NOW,         NULL,               "--now",           "EPOCH",        "the service's clock stands still at this time"          },
    { O_FAULT,       "RUNNING",          "--fault",         "SPEC",         "see FAULTS below; any number of times"                  },
    { O_PATIENCE,    NULL,               "--patience",      "MS",
     "an incomplete request that pauses for this long is" NEXT_LINE "answered with 408 (5000)"                                       },
    { O_LOG,         NULL,               "--log",           "FILE",         "append the log to FILE instead of writing it to stderr" },
    { O_MAX,         NULL,               "--max-requests",  "N",            "end after so many responses"                            },
    { O_SECONDS,     NULL,               "--seconds",       "N",            "end after this time"                                    },
    { O_STAY,        NULL,               "--stay",          NULL,           "do not end when stdin is closed"                        },
    { O_HELP,        NULL,               "--help",          NULL,           "print this text"                                        },
};

static void help_options(void)
{
    size_t i;
    for (i = 0; i < COUNT(options); i++) {
        if (options[i].title != NULL) printf("\n%s\n", options[i].title);
        printf("  %-16s %-13s %s\n", options[i].word, options[i].value ? options[i].value : "",
               options[i].help);
    }
}

static void help_faults(void)
{
    size_t i;
    printf(
        "\nFAULTS\n"
        "  --fault NAME[=VALUE][+NAME[=VALUE]...][*COUNT]\n"
        "  Faults with a COUNT form a queue: each is valid for COUNT requests, in the order "
        "given.\n"
        "  Faults without one are always valid, in addition to the one from the queue. Only\n"
        "  authentic updates meet faults: a wrong signature is refused all the same, and reading\n"
        "  stays possible.\n");
    for (i = 0; i < COUNT(fault_names); i++) {
        char word[64];
        snprintf(word, sizeof word, "%s%s", fault_names[i].word, fault_names[i].value);
        printf("  %-20s %s\n", word, fault_names[i].help);
    }
    for (i = 0; i < COUNT(mix); i++)
        printf("%s%d%% %s", i % 4 == 0 ? "\n      " : "  ", mix[i].percent, mix[i].spec);
    printf("\n");
}

static void help_begin(void)
{
    printf(
        "NAME\n"
        "  connect_standin - a stand-in for Amazon Connect's UpdateContact, for tests\n"
        "\nSYNOPSIS\n"
        "  connect_standin [OPTION [VALUE]]...\n"
        "\nDESCRIPTION\n"
        "  It listens on a port of the loopback, verifies the signature (SigV4) of each update,\n"
        "  checks the fields by the rules of the service's model, stores them, and reads them "
        "back:\n"
        "    POST /contacts/{InstanceId}/{ContactId}            UpdateContact\n"
        "    GET  /contacts/{InstanceId}/{ContactId}            DescribeContact\n"
        "    GET  /contact/references/{InstanceId}/{ContactId}  ListContactReferences\n"
        "  An update must be signed. Reading need not be, but a signature that is there must be "
        "right.\n"
        "\n"
        "  At the start it prints the address and then the environment variables for a client, to\n"
        "  be pasted into a shell. In instance %s there are always\n"
        "    %s\n"
        "    %s   with external audio\n"
        "  It ends, with status 0, on SIGTERM, on SIGINT or when its stdin is closed.\n"
        "\nEXAMPLES\n"
        "  connect_standin --port 8080\n"
        "  connect_standin --session-token T --fault 'status=503*2' --fault delay=200\n"
        "  curl \"$AWS_ENDPOINT_URL_CONNECT/contacts/$INSTANCE/$CONTACT\"\n"
        "  aws connect update-contact --endpoint-url \"$AWS_ENDPOINT_URL_CONNECT\" \\\n"
        "      --instance-id $INSTANCE --contact-id $CONTACT --name 'Call back'\n",
        default_instance, default_contact, default_external);
}

static void help_end(void)
{
    printf(
        "\nCONTROL\n"
        "  With --control PORT, while it runs:\n"
        "    curl -d '' $CONTROL/reset                     contacts, faults and --rotate as at the "
        "start\n"
        "    curl --data-binary 'status=503*2' $CONTROL/faults\n"
        "                                                  replaces the faults; one SPEC on each "
        "line\n"
        "    curl $CONTROL/counts                          requests, applied, refused, ... so far\n"
        "  SIGUSR1 does the same as /reset.\n"
        "\nLOG\n"
        "  One line for each request, and indented lines that explain it:\n"
        "    TIME REQUEST-ID VERDICT STATUS MILLISECONDS METHOD PATH [FIELDS] [fault: ...]\n"
        "  VERDICT is applied, read, refused, dropped or done; [warning] marks an update that\n"
        "  --strict would refuse. The milliseconds are from the first byte of the request to the\n"
        "  verdict. For a wrong signature it says which known mistake or which proxy explains it,\n"
        "  and has the canonical request. No value of a field, secret or token is in the log.\n"
        "\nWHAT IS ONLY A READING\n"
        "  These follow the public texts and were never seen in the real service: that only the\n"
        "  fields that are sent change, and References and SegmentAttributes entry by entry; that "
        "an\n"
        "  empty list of CcEmailAddresses clears it, and that any contact has them; that null is "
        "the\n"
        "  same as absent, and unknown members are ignored; that 4096 bytes count over the Values "
        "of\n"
        "  one request; the error for fields of external audio on another contact;\n"
        "  SerializationException and 415; the order of the checks (HTTP, signature, fault, "
        "contact,\n"
        "  body); all error texts but those about signatures. DescribeContact shows the fields as\n"
        "  they were sent: the real one has other members and must be signed.\n");
}

static void help(void)
{
    help_begin();
    help_options();
    help_faults();
    help_end();
}

#endif
