/* help.h - --help, the man page, bash completion: three views of the table of options.
 * in: option_rows     out: text on stdout */
#ifndef TOOL_HELP_H
#define TOOL_HELP_H

#include "options.h"

static const char *const help_uses[] = {
    "update_contact --instance-id ID --contact-id ID FIELD...    one update",
    "update_contact --from FILE [FIELD...]                       many, one a line",
    "update_contact --why FILE                                   why a signature was refused",
};

static const char *const help_examples[] = {
    "update_contact --instance-id ID --contact-id ID --name 'Call back about order 1234'",
    "update_contact --instance-id ID --contact-id ID --reference Recording URL https://e.com/7",
    "update_contact --instance-id ID --from contacts.csv --dry-run     checks every line",
    "update_contact --instance-id ID --from contacts.csv",
};

/* Sections of text, for --help and the man page; a line that begins with a blank stays as it is. */
struct help_section {
    const char *title, *lines[12]; /* ends with NULL */
};

static const struct help_section help_sections[] = {
    { "A file of updates",
     { "Each line is one update. JSON lines: an object of the service's members.",
        "  {\"ContactId\":\"ID\",\"Name\":\"Order 7\",\"QueueInfo\":{\"Id\":\"ID\"}}",
        "CSV: the first line names the columns, each as a member (ContactId), as an option",
        "(contact-id), or by a path. An empty cell is not sent; \"\" is sent as an empty text.",
        "  ContactId,Name,References.Order.Type,References.Order.Value",
        "  ID,Order 7,URL,https://e.com/7",
        "Options such as --instance-id or --description hold for all lines that do not have that",
        "member themselves. Lines of one contact are sent one after another, in the file's order.",
        NULL }                                                                             },
    { "Interrupted runs",
     { "The journal is a file beside the input that says which lines are finished. After Ctrl-C, "
        "a",
        "kill, a full disk or a power loss the same command goes on: no line is lost, and at most",
        "those that were under way (--parallel) are sent twice, which changes nothing. A "
        "connection",
        "takes its next line only when the outcome of the last one is on the disk (fdatasync);",
        "--no-sync leaves out the waiting. Both files are readable by you only and hold no",
        "credentials; the failed lines hold what the input holds. A line that failed and is run",
        "later can overwrite what a newer line of the same contact has set. A run ends early when",
        "nothing gets through any more, when the credentials are refused, and when 20 lines in a",
        "row are denied (401, 403 or 407).", NULL }                                        },
    { "Region and credentials",
     { "The region: --region, the ARN of --instance-id, AWS_REGION, AWS_DEFAULT_REGION, the "
        "profile.",
        "Credentials: --credentials-from; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and",
        "AWS_SESSION_TOKEN, unless --profile is given; ~/.aws/credentials; credential_process and",
        "keys in ~/.aws/config; the role of a container or of an instance. --dry-run --verbose "
        "says",
        "which are found. For roles and SSO:",
        "  --credentials-from 'aws configure export-credentials --format process'", NULL } },
};

static const struct exit_row {
    int         code;
    const char *when;
} help_exits[] = {
    { 0,            "done; many updates: every line is done"                                },
    { 130,          "many updates: stopped by Ctrl-C; the same command again goes on"       },
    { EXIT_USAGE,
     "an option, a value, JSON or a file:// that is not right; many updates: invalid lines" },
    { EXIT_SETUP,   "no credentials, or no region"                                          },
    { EXIT_SERVICE, "the service said no; many updates: it refused at least one line"       },
    { EXIT_OTHER,   "everything else: profile, half of a key, network, TLS, time-out, disk" },
};

static void print_uses(FILE *to)
{
    size_t i;
    fputs("usage:\n", to);
    for (i = 0; i < COUNT(help_uses); i++) fprintf(to, "  %s\n", help_uses[i]);
    fputs("  update_contact --help                                       all options, examples\n",
          to);
}

static void print_help(void)
{
    size_t i, k;
    int    g;
    puts("update_contact - sets fields of an Amazon Connect contact, or of many\n");
    for (i = 0; i < COUNT(help_uses); i++) printf("  %s\n", help_uses[i]);
    for (g = 0; g < G_COUNT; g++) {
        printf("\n%s\n", group_titles[g]);
        for (i = 0; i < O_COUNT; i++) {
            const struct option_row *row = &option_rows[i];
            if ((int)row->group != g) continue;
            printf("  %s%s%s\n      %s\n", row->word, row->values != NULL ? " " : "",
                   row->values != NULL ? row->values : "", row->help);
        }
    }
    puts("\nA value may be file://PATH.");
    for (i = 0; i < COUNT(help_sections); i++) {
        printf("\n%s\n", help_sections[i].title);
        for (k = 0; help_sections[i].lines[k] != NULL; k++)
            printf("  %s\n", help_sections[i].lines[k]);
    }
    puts("\nExit codes, as those of the AWS command line");
    for (i = 0; i < COUNT(help_exits); i++)
        printf("  %-4d %s\n", help_exits[i].code, help_exits[i].when);
    puts("\nExamples");
    for (i = 0; i < COUNT(help_examples); i++) printf("  %s\n", help_examples[i]);
}

/* Text of a man page: a hyphen is typed \-, and a line must not begin with a dot or a quote. */
static void print_roff(const char *text)
{
    if (*text == '.' || *text == '\'') fputs("\\&", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '-') fputs("\\-", stdout);
        else if (*text == '\\') fputs("\\e", stdout);
        else putchar(*text);
    }
}

static void print_roff_line(const char *text)
{
    print_roff(text);
    putchar('\n');
}

static void print_man_option(const struct option_row *row)
{
    fputs(".TP\n\\fB", stdout);
    print_roff(row->word);
    fputs("\\fR \\fI", stdout);
    print_roff(row->values != NULL ? row->values : "");
    puts("\\fR");
    print_roff_line(row->help);
}

/* Without what it is for: that would not fit into the page. */
static void print_man_use(const char *use)
{
    const char *end  = strstr(use, "  ");
    char       *copy = copy_bytes(use, end != NULL ? (size_t)(end - use) : strlen(use));
    print_roff_line(copy);
    free(copy);
}

static void print_man_title(const char *title)
{
    fputs(".SH ", stdout);
    for (; *title != '\0'; title++)
        putchar(*title >= 'a' && *title <= 'z' ? *title - 'a' + 'A' : *title);
    putchar('\n');
}

/* Lines that begin with a blank are examples: as they are, without filling. */
static void print_man_section(const struct help_section *s)
{
    size_t k;
    int    example = 0;
    print_man_title(s->title);
    for (k = 0; s->lines[k] != NULL; k++) {
        const int is = s->lines[k][0] == ' ';
        if (is != example) puts(is ? ".PP\n.nf\n.RS 2" : ".RE\n.fi\n.PP");
        example = is;
        print_roff_line(s->lines[k] + 2 * is);
    }
    if (example) puts(".RE\n.fi");
}

static void print_man(void)
{
    size_t i;
    int    g;
    puts(".TH UPDATE_CONTACT 1 \"\" \"update_contact " CUC_VERSION
         "\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\nupdate_contact \\- sets fields of an Amazon "
         "Connect "
         "contact, or of many\n.SH SYNOPSIS\n.nf");
    for (i = 0; i < COUNT(help_uses); i++) print_man_use(help_uses[i]);
    puts(".fi\n.SH DESCRIPTION\nSends UpdateContact. Only what is given is sent; an empty text is "
         "sent as an empty text.\nMany updates come from a file: one line, one update. Lines of "
         "one contact go one after another,\nin the order of the file. A journal remembers what "
         "is done: after a stop of any kind the same\ncommand goes on where it was.");
    for (g = 0; g < G_COUNT; g++) {
        print_man_title(group_titles[g]);
        for (i = 0; i < O_COUNT; i++) {
            if ((int)option_rows[i].group == g) print_man_option(&option_rows[i]);
        }
    }
    for (i = 0; i < COUNT(help_sections); i++) print_man_section(&help_sections[i]);
    puts(".SH EXIT STATUS");
    for (i = 0; i < COUNT(help_exits); i++) {
        printf(".TP\n.B %d\n", help_exits[i].code);
        print_roff_line(help_exits[i].when);
    }
    puts(".SH EXAMPLES\n.nf");
    for (i = 0; i < COUNT(help_examples); i++) print_roff_line(help_examples[i]);
    puts(".fi\n.SH SEE ALSO\nThe API reference of Amazon Connect, UpdateContact.");
}

static void print_completion(void)
{
    int i;
    puts("_update_contact() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    case $before in\n"
         "    --from | --ca-bundle | --journal | --failed-lines | --why)\n"
         "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
         "    --output) COMPREPLY=(json); return ;;\n"
         "    --format) mapfile -t COMPREPLY < <(compgen -W 'jsonl csv' -- \"$word\"); return ;;\n"
         "    esac\n"
         "    mapfile -t COMPREPLY < <(compgen -W '");
    for (i = 0; i < O_COUNT; i++) printf("        %s\n", option_rows[i].word);
    puts("    ' -- \"$word\")\n}\ncomplete -F _update_contact update_contact");
}

#endif
