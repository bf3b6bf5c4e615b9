/* examples/update_contact.c - a command line for UpdateContact: one update, or a file of them.
 * needs: libcurl openssl jansson -lpthread
 *
 *   update_contact --instance-id ID --contact-id ID --name 'Call back about order 1234'
 *   update_contact --instance-id ID --from contacts.jsonl          one update a line, with resume
 *   update_contact --help                                          all options, and the exit codes
 *
 * Options, environment, files and exit codes are those of `aws connect update-contact`, version 2.
 * This file has main; each section is a file of tool/, which uses only those above it:
 *
 *   text.h  options.h  help.h              bytes and giving up, the command line, three views of it
 *   ini.h  settings.h  credentials.h       ~/.aws and the environment
 *   shorthand.h  fields.h  input.h         options and JSON into a request
 *   transport.h  output.h  one.h  why.h    libcurl, what is printed, one update, a refused one
 *   lines.h  csv.h  journal.h  failed.h    a file of updates, what of it is finished, what failed
 *   pace.h  progress.h  bulk.h             how fast, what is said meanwhile, many updates        */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

#include "tool/text.h"
#include "tool/options.h"
#include "tool/help.h"
#include "tool/ini.h"
#include "tool/settings.h"
#include "tool/credentials.h"
#include "tool/shorthand.h"
#include "tool/fields.h"
#include "tool/input.h"
#include "tool/transport.h"
#include "tool/output.h"
#include "tool/one.h"
#include "tool/why.h"
#include "tool/lines.h"
#include "tool/csv.h"
#include "tool/journal.h"
#include "tool/failed.h"
#include "tool/pace.h"
#include "tool/progress.h"
#include "tool/bulk.h"

/* Without curl_version(), which sets up LDAP and SASL to name them: a fifth of the whole time. */
static void print_version(void)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    printf("update_contact %s, service model: %s\nlibcurl/%s %s, jansson %s\n", CUC_VERSION,
           CUC_MODEL_VERSION, curl->version, curl->ssl_version, JANSSON_VERSION);
}

static int only_prints(const struct options *o)
{
    static const struct {
        enum option option;
        void (*print)(void);
    } rows[] = {
        { O_HELP,       print_help       },
        { O_MAN,        print_man        },
        { O_COMPLETION, print_completion },
        { O_VERSION,    print_version    },
    };
    size_t i;
    for (i = 0; i < COUNT(rows); i++) {
        if (!given(o, rows[i].option)) continue;
        rows[i].print();
        return 1;
    }
    return 0;
}

static int run(const struct options *o)
{
    struct settings settings;
    int             code;
    if (given(o, O_OUTPUT) && strcmp(o->value[O_OUTPUT], "json") != 0)
        fail(EXIT_USAGE, "--output: only json is known");
    memset(&settings, 0, sizeof settings);
    read_settings(&settings, o);
    if (given(o, O_WHY)) code = run_why(o, &settings);
    else if (given(o, O_FROM)) code = run_bulk(o, &settings);
    else code = run_one(o, &settings);
    free_settings(&settings);
    return code;
}

/* A file that got the number of a closed stream would receive what is printed there. So these are
 * opened, for the other direction: using them stays an error.                                    */
static void fill_closed_streams(void)
{
    int fd;
    do fd = open("/dev/null", fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) close(fd);
}

int main(int argc, char **argv)
{
    struct options options;
    int            code = 0;
    fill_closed_streams();
    if (argc < 2) {
        print_uses(stderr);
        return EXIT_USAGE;
    }
    memset(&options, 0, sizeof options);
    signal(SIGPIPE, SIG_IGN); /* a connection or a reader that goes away is an error of write() */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow */
    read_options(&options, argc, argv);
    if (!only_prints(&options)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        code = run(&options);
        curl_global_cleanup();
    }
    free_options(&options);
    if (fflush(stdout) != 0 && code == 0) code = EXIT_OTHER;
    return code;
}
