/* options.h - what can be said on the command line, as one table.
 * in: argv     out: struct options; the table also makes --help, the man page and the completion */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include "text.h"

enum option {
    O_INSTANCE,
    O_CONTACT,
    O_NAME,
    O_DESCRIPTION,
    O_REFERENCES,
    O_SEGMENTS,
    O_QUEUE,
    O_USER,
    O_CUSTOMER,
    O_SYSTEM,
    O_RECIPIENTS,
    O_INPUT,
    O_REFERENCE,
    O_EXPIRES,
    O_CC,
    O_REGION,
    O_PROFILE,
    O_ENDPOINT,
    O_FIPS,
    O_DUALSTACK,
    O_CA_BUNDLE,
    O_CONNECT_TIMEOUT,
    O_READ_TIMEOUT,
    O_MAX_ATTEMPTS,
    O_NO_VERIFY,
    O_CREDENTIALS_FROM,
    O_FROM,
    O_FORMAT,
    O_RATE,
    O_BURST,
    O_PARALLEL,
    O_JOURNAL,
    O_FAILED,
    O_RESTART,
    O_STRICT,
    O_ROUNDS,
    O_NO_SYNC,
    O_DRY_RUN,
    O_EXPLAIN,
    O_PRINT_CURL,
    O_WHY,
    O_SHOW_VALUES,
    O_VERBOSE,
    O_OUTPUT,
    O_QUIET,
    O_HELP,
    O_MAN,
    O_COMPLETION,
    O_VERSION,
    O_COUNT
};

enum group { G_WHAT, G_SHORT, G_WHERE, G_BULK, G_LOOK, G_COUNT };

static const char *const group_titles[G_COUNT] = {
    "What to update", "Short forms of it", "Where, and as whom", "Many updates", "Looking closer",
};

/* values: what follows the option, blanks between; several: the option may be repeated. */
/* clang-format off */
static const struct option_row {
    const char *word, *values;
    enum group  group;
    int         several;
    const char *help;
} option_rows[O_COUNT] = {
    { "--instance-id", "ID", G_WHAT, 0, "the instance, or the ARN of it or of anything in it" },
    { "--contact-id", "ID", G_WHAT, 0, "the contact; as it is, never percent-encoded" },
    { "--name", "TEXT", G_WHAT, 0, "at most 1024 characters; \"\" is sent as \"\"" },
    { "--description", "TEXT", G_WHAT, 0, "at most 4096 characters" },
    { "--references", "MAP", G_WHAT, 0,
      "KEY={Type=URL,Value=https://...},KEY={...}, or JSON; {} is sent as {}" },
    { "--segment-attributes", "MAP", G_WHAT, 0, "KEY={ValueString=...},KEY={...}, or JSON" },
    { "--queue-info", "Id=ID", G_WHAT, 0, "external-audio contacts only" },
    { "--user-info", "UserId=ID", G_WHAT, 0, "external-audio contacts only" },
    { "--customer-endpoint", "Type=T,Address=A", G_WHAT, 0, "external-audio contacts only" },
    { "--system-endpoint", "Type=T,Address=A", G_WHAT, 0, "external-audio contacts only" },
    { "--additional-recipients", "CcEmailAddresses=[...]", G_WHAT, 0,
      "CC of an outbound e-mail contact; an empty list clears them" },
    { "--cli-input-json", "JSON", G_WHAT, 0,
      "all of these as one JSON object; options win over it" },
    { "--reference", "KEY TYPE VALUE", G_SHORT, 1,
      "one entry of --references; TYPE is URL, NUMBER, STRING, DATE or EMAIL" },
    { "--expires-in", "MINUTES", G_SHORT, 0, "segment attribute connect:ContactExpiry" },
    { "--cc", "ADDRESS", G_SHORT, 1, "one entry of --additional-recipients" },
    { "--region", "REGION", G_WHERE, 0,
      "else the ARN's, AWS_REGION, AWS_DEFAULT_REGION, the profile's" },
    { "--profile", "NAME", G_WHERE, 0,
      "of the config and credentials files; else AWS_PROFILE, default" },
    { "--endpoint-url", "URL", G_WHERE, 0,
      "else AWS_ENDPOINT_URL_CONNECT, AWS_ENDPOINT_URL, the profile's, the region's" },
    { "--use-fips", NULL, G_WHERE, 0, "the FIPS endpoint; else AWS_USE_FIPS_ENDPOINT=true" },
    { "--use-dualstack", NULL, G_WHERE, 0,
      "the dual-stack endpoint; else AWS_USE_DUALSTACK_ENDPOINT=true" },
    { "--ca-bundle", "FILE", G_WHERE, 0, "trust these root certificates; else AWS_CA_BUNDLE" },
    { "--cli-connect-timeout", "SECONDS", G_WHERE, 0, "to connect (60); 0: no limit" },
    { "--cli-read-timeout", "SECONDS", G_WHERE, 0,
      "without a byte of the response (60), and twice that for all of it; 0: no limit" },
    { "--max-attempts", "N", G_WHERE, 0, "of one update; else AWS_MAX_ATTEMPTS, the profile's, 3" },
    { "--no-verify-ssl", NULL, G_WHERE, 0, "refused; --ca-bundle does what is needed" },
    { "--credentials-from", "COMMAND", G_WHERE, 0,
      "a program that prints credentials as credential_process does; it is run without a shell" },
    { "--from", "FILE", G_BULK, 0,
      "one update a line, JSON lines or CSV, see below; - is standard input" },
    { "--format", "jsonl|csv", G_BULK, 0, "of the input; else by the file's name" },
    { "--rate", "N", G_BULK, 0,
      "requests a second (10); see your quota in Service Quotas; 0: as fast as possible" },
    { "--burst", "N", G_BULK, 0, "how many requests may be sent at once after a pause (15)" },
    { "--parallel", "N", G_BULK, 0, "connections, 1 to 128 (8)" },
    { "--journal", "FILE", G_BULK, 0, "remembers what is done (INPUT.journal)" },
    { "--failed-lines", "FILE", G_BULK, 0,
      "lines that failed, to be mended and run; each run writes it anew (INPUT.failed)" },
    { "--restart", NULL, G_BULK, 0, "forget the journal and begin with the first line" },
    { "--strict", NULL, G_BULK, 0, "stop at the first line that is not valid" },
    { "--rounds", "N", G_BULK, 0,
      "how often a line that may still succeed is tried, --max-attempts each time (4)" },
    { "--no-sync", NULL, G_BULK, 0,
      "do not wait for the disk: faster, and survives everything but a power loss" },
    { "--dry-run", NULL, G_LOOK, 0, "check everything and send nothing" },
    { "--explain", NULL, G_LOOK, 0,
      "print on stderr what is signed, and the response; keep it for --why: 2>FILE" },
    { "--print-curl", NULL, G_LOOK, 0,
      "print a signed curl command, which shows the body, instead of sending" },
    { "--why", "FILE", G_LOOK, 0,
      "in words, why the signature in the output of --explain was refused" },
    { "--show-values", NULL, G_LOOK, 0, "show the body, where it would be masked" },
    { "--verbose", NULL, G_LOOK, 0, "say what is done, on stderr" },
    { "--output", "json", G_LOOK, 0,
      "print the result as JSON: status, attempts, request id, clock" },
    { "--quiet", NULL, G_LOOK, 0, "many updates: no progress, only the summary" },
    { "--help", NULL, G_LOOK, 0, "this text" },
    { "--man", NULL, G_LOOK, 0, "the man page: update_contact --man | man -l -" },
    { "--completion", NULL, G_LOOK, 0, "for bash: eval \"$(update_contact --completion)\"" },
    { "--version", NULL, G_LOOK, 0, "the version of this, of the header, of the libraries" },
};
/* clang-format on */

/* An option that may be repeated: one after another, values_of() each. */
struct options {
    const char  *value[O_COUNT]; /* NULL: not given; the word itself when it takes no value */
    const char **reference;      /* three each */
    const char **cc;
    size_t       reference_count, cc_count;
};

static int given(const struct options *o, enum option option) { return o->value[option] != NULL; }

static int values_of(const struct option_row *row) /* how many arguments follow the option */
{
    int         n = row->values != NULL;
    const char *c;
    for (c = row->values; c != NULL && *c != '\0'; c++) n += *c == ' ';
    return n;
}

static enum option find_option(const char *word, size_t len)
{
    int i;
    for (i = 0; i < O_COUNT; i++)
        if (strlen(option_rows[i].word) == len && strncmp(option_rows[i].word, word, len) == 0)
            break;
    return (enum option)i;
}

/* Only a word that looks like an option is repeated: anything else may be half of a name that was
 * not quoted.                                                                                    */
static void refuse_argument(const char *word, size_t len, int position, const char *after)
{
    const char *best    = NULL;
    char       *typed   = copy_bytes(word, len);
    size_t      nearest = 4, distance;
    int         i;
    for (i = 0; i < O_COUNT; i++) {
        distance = word_distance(typed, option_rows[i].word);
        if (distance < nearest) nearest = distance, best = option_rows[i].word;
    }
    free(typed);
    if (!begins_with(word, "--"))
        fail(EXIT_USAGE, "argument %d%s%s is not an option; a value with blanks needs quotes",
             position, after != NULL ? ", behind " : "", after != NULL ? after : "");
    if (best != NULL)
        fail(EXIT_USAGE, "no such option: %.*s; did you mean %s?", (int)len, word, best);
    fail(EXIT_USAGE, "no such option: %.*s; --help lists them", (int)len, word);
}

static void take_values(struct options *o, enum option option, const char **values)
{
    const struct option_row *row = &option_rows[option];
    int                      i;
    if (option == O_REFERENCE) {
        for (i = 0; i < 3; i++) o->reference[3 * o->reference_count + (size_t)i] = values[i];
        o->reference_count++;
    }
    if (option == O_CC) o->cc[o->cc_count++] = values[0];
    if (o->value[option] != NULL && !row->several) fail(EXIT_USAGE, "%s is given twice", row->word);
    o->value[option] = row->values != NULL ? values[0] : row->word;
}

/* --word VALUE and --word=VALUE. A value may begin with dashes only in the second form. */
static void read_options(struct options *o, int argc, char **argv)
{
    const char *last = NULL, *values[3];
    int         i, k, n;
    o->reference = checked(calloc((size_t)argc + 1, sizeof *o->reference));
    o->cc        = checked(calloc((size_t)argc + 1, sizeof *o->cc));
    for (i = 1; i < argc; i++) {
        const size_t      len    = strcspn(argv[i], "=");
        const enum option option = find_option(argv[i], len);
        const int         joined = argv[i][len] == '=';
        if (option == O_COUNT) refuse_argument(argv[i], len, i, last);
        last = option_rows[option].word;
        n    = values_of(&option_rows[option]);
        if (joined && n != 1) fail(EXIT_USAGE, "%s takes no value with =", last);
        if (joined) values[0] = argv[i] + len + 1;
        for (k = 0; k < n && !joined; k++) {
            if (i + 1 == argc || begins_with(argv[i + 1], "--"))
                fail(EXIT_USAGE, "%s needs %s: %s", last, n > 1 ? "three values" : "a value",
                     option_rows[option].values);
            values[k] = argv[++i];
        }
        take_values(o, option, values);
    }
}

static void free_options(struct options *o)
{
    free(o->reference);
    free(o->cc);
}

/* A number that an option gives; `otherwise` when it does not. */
static long option_number(const struct options *o, enum option option, long least, long most,
                          long otherwise)
{
    long number = otherwise;
    if (given(o, option) && !read_number(o->value[option], least, most, &number))
        fail(EXIT_USAGE, "%s: a whole number from %ld to %ld is needed", option_rows[option].word,
             least, most);
    return number;
}

#endif
