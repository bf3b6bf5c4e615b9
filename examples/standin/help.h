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
      "x-amz-content-sha256, when sent, must be signed, and" NEXT_LINE
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
    printf("\n"
           "FAULTS\n"
           "    --fault NAME[=VALUE][+NAME[=VALUE]...][*COUNT]\n"
           "    Faults with a COUNT form a queue: in the order given, each is valid for COUNT\n"
           "    requests. Faults without one are always valid, in addition to the one from the\n"
           "    queue. Only authentic updates meet faults: a wrong signature is refused all\n"
           "    the same, and reading stays possible.\n");
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
    printf("NAME\n"
           "    connect_standin - a stand-in for Amazon Connect's UpdateContact, for tests\n"
           "\n"
           "SYNOPSIS\n"
           "    connect_standin [OPTION [VALUE]]...\n"
           "\n"
           "DESCRIPTION\n"
           "    It listens on a port of the loopback, verifies the signature (SigV4) of each\n"
           "    update, checks the fields by the rules of the service's model, stores them,\n"
           "    and reads them back:\n"
           "      POST /contacts/{InstanceId}/{ContactId}            UpdateContact\n"
           "      GET  /contacts/{InstanceId}/{ContactId}            DescribeContact\n"
           "      GET  /contact/references/{InstanceId}/{ContactId}  ListContactReferences\n"
           "    An update must be signed. Reading need not be, but a signature that is there\n"
           "    must be right.\n"
           "\n"
           "    At the start it prints the address and then the environment variables for a\n"
           "    client, to be pasted into a shell. It ends, with status 0, on SIGTERM, on\n"
           "    SIGINT or when its stdin is closed.\n"
           "    In instance %s there are always\n"
           "      %s\n"
           "      %s   with external audio\n"
           "\n"
           "EXAMPLES\n"
           "    connect_standin --port 8080\n"
           "    connect_standin --session-token T --fault 'status=503*2' --fault delay=200\n"
           "    curl \"$AWS_ENDPOINT_URL_CONNECT/contacts/$INSTANCE/$CONTACT\"\n"
           "    aws connect update-contact --endpoint-url \"$AWS_ENDPOINT_URL_CONNECT\" \\\n"
           "        --instance-id $INSTANCE --contact-id $CONTACT --name 'Call back'\n",
           default_instance, default_contact, default_external);
}

static void help_end(void)
{
    printf("\n"
           "CONTROL\n"
           "    With --control PORT, while it runs:\n"
           "      curl -d '' $CONTROL/reset    contacts, faults and --rotate are as at the start\n"
           "      curl $CONTROL/counts         requests, applied, refused, ... so far\n"
           "      curl --data-binary 'status=503*2' $CONTROL/faults\n"
           "                                   replaces the faults; each line is one SPEC\n"
           "    SIGUSR1 does the same as /reset.\n"
           "\n"
           "LOG\n"
           "    One line for each request, and indented lines that explain it:\n"
           "      TIME REQUEST-ID VERDICT STATUS MILLISECONDS METHOD PATH [FIELDS] [fault: ...]\n"
           "    VERDICT is applied, read, refused, dropped or done; [warning] marks a request\n"
           "    that --strict would refuse. The milliseconds are from the first byte of the\n"
           "    request to the verdict. For a wrong signature it says which known mistake or\n"
           "    which change by a proxy explains it, and has the canonical request. No value\n"
           "    of a field, secret or token is in the log.\n"
           "\n"
           "ASSUMPTIONS\n"
           "    These follow the public texts and were never seen in the real service: that\n"
           "    only the fields that are sent change, and References and SegmentAttributes\n"
           "    entry by entry; that an empty list of CcEmailAddresses clears it, and that any\n"
           "    contact has them; that null is the same as absent, and unknown members are\n"
           "    ignored; that 4096 bytes count over the Values of one request; the error for\n"
           "    fields of external audio on another contact; SerializationException and 415;\n"
           "    which headers need not be signed; the order of the checks (HTTP, signature,\n"
           "    fault, contact, body); all error texts but those about signatures.\n"
           "    DescribeContact shows the fields as they were sent: the real one has other\n"
           "    members and must be signed.\n");
}

static void help(void)
{
    help_begin();
    help_options();
    help_faults();
    help_end();
}

#endif
