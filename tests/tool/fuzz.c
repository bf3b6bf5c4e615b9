/* fuzz.c - what the command line reads: the files of ~/.aws, short syntax, JSON, CSV, the journal.
 * needs: libcurl openssl jansson -lpthread
 * sh tests/tool/fuzz.sh [SECONDS]. READER in the environment chooses the row of the table below. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

#include "tool/bulk.h"
#include "tool/help.h"
#include "tool/why.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_ini(struct ini *ini, const char *text, size_t n)
{
    memset(ini, 0, sizeof *ini);
    ini_read(ini, text, n);
    if ((ini->problem == NULL) != (ini->line == 0)) abort();
}

/* ~/.aws/config: profiles with all kinds of names, nested values, continued lines. */
static void fuzz_config(const char *text, size_t n)
{
    static const char *const names[] = { "default", "a", "a b", "" };
    struct settings          s;
    size_t                   i;
    memset(&s, 0, sizeof s);
    read_ini(&s.config, text, n);
    for (i = 0; i < COUNT(names) && s.config.problem == NULL; i++) {
        char *url;
        s.profile        = names[i];
        s.config_section = profile_section(&s.config, names[i]);
        url              = services_endpoint(&s);
        if (url != NULL && profile_value(&s, "services") == NULL) abort();
        if (profile_value(&s, "region") != NULL && s.config_section == NULL) abort();
        free(url);
        free(s.config_section);
    }
    ini_free(&s.config);
}

/* A value has no blanks around it, and each of its lines is in the file as it is. */
static void check_value(const char *text, const char *value)
{
    const size_t n = strlen(value), line = strcspn(value, "\n");
    char        *first = copy_bytes(value, line);
    if (n > 0 && (is_blank(value[n - 1]) || (is_blank(value[0]) && value[0] != '\n'))) abort();
    if (strstr(text, first) == NULL) abort();
    free(first);
}

/* ~/.aws/credentials: a whole pair is taken as it stands in the file. */
static void fuzz_credentials(const char *text, size_t n)
{
    struct ini         ini;
    struct credentials c;
    const char        *access, *secret;
    memset(&c, 0, sizeof c);
    read_ini(&ini, text, n);
    access = ini_value(&ini, "default", "aws_access_key_id");
    secret = ini_value(&ini, "default", "aws_secret_access_key");
    if (ini.problem == NULL && (access == NULL || secret != NULL)) {
        const int found = from_section(&ini, "default", "a file", "credentials file", &c);
        if ((found == FOUND) != (access != NULL)) abort();
        if (found == FOUND) check_value(text, c.secret_key);
        free_credentials(&c);
    }
    ini_free(&ini);
}

/* A request that is read is valid for the library, or the library says why not. */
static void fuzz_object(json_t *object)
{
    struct fields fields;
    cuc_request   request;
    cuc_str       region = CUC_ZERO;
    cuc_result    result;
    memset(&fields, 0, sizeof fields);
    if (!read_fields(&fields, object, &request, &region)) {
        if (fields.problem.len == 0) abort();
    } else cuc_validate(&request, &result);
    free_fields(&fields);
}

static void fuzz_shorthand(const char *text, size_t n)
{
    const char *problem = NULL;
    size_t      place   = 0;
    json_t     *value   = read_shorthand(text, &problem, &place), *object;
    (void)n;
    if (value == NULL) {
        if (problem == NULL || place > strlen(text) + 1) abort();
        return;
    }
    object = json_object();
    json_object_set_new(object, "References", json_incref(value));
    fuzz_object(object);
    json_decref(object);
    object = json_object();
    json_object_set_new(object, "SegmentAttributes", value);
    fuzz_object(object);
    json_decref(object);
}

static void fuzz_json(const char *text, size_t n)
{
    json_error_t e;
    json_t      *value = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e), *masked;
    struct text  problem = { NULL, 0, 0 };
    if (value == NULL) json_problem(&problem, &e);
    else {
        fuzz_object(value);
        masked = masked_json(value);
        json_decref(masked);
        json_decref(value);
    }
    text_free(&problem);
}

/* Records as lines.h finds them: every byte belongs to one, or to a blank line. */
static void fuzz_csv(const char *text, size_t n)
{
    static char  *names[] = { (char *)"ContactId", (char *)"name", (char *)"References",
                              (char *)"References.A.Type",
                              (char *)"SegmentAttributes.b.ValueInteger" };
    struct csv    csv;
    struct lines  lines;
    struct record record;
    struct text   problem = { NULL, 0, 0 };
    memset(&csv, 0, sizeof csv);
    memcpy(csv.names, names, sizeof names);
    csv.count = COUNT(names);
    memset(&record, 0, sizeof record);
    memset(&lines, 0, sizeof lines);
    lines.csv = lines.at_end = 1;
    lines.next_line          = 1;
    lines.skipped_hash       = FNV_START;
    text_add(&lines.buffer, text, n);
    while (next_record(&lines, &record) == RECORD) {
        json_t *object = csv_object(&csv, &record, &problem);
        if (object != NULL) fuzz_object(object);
        else if (problem.len == 0) abort();
        json_decref(object);
        text_clear(&problem);
    }
    if (lines.consumed != n) abort();
    text_free(&lines.buffer);
    text_free(&record.text);
    text_free(&problem);
}

/* Whatever is on the disk: a line passes only if it is one that was written. */
static void fuzz_journal(const char *text, size_t n)
{
    struct text written = { NULL, 0, 0 };
    char       *line = copy_bytes(text, n), *copy = copy_string(line);
    if (is_checked_line(line)) {
        put_checked_line(&written, line);
        if (strcmp(written.ptr, copy) != 0) abort();
    }
    if (strchr(copy, '\n') == NULL) {
        text_clear(&written);
        put_checked_line(&written, copy);
        if (!is_checked_line(written.ptr)) abort();
    }
    text_free(&written);
    free(line);
    free(copy);
}

static void fuzz_why(const char *text, size_t n)
{
    char *found = quoted_canonical(text), *mine = copy_string("POST\n/a%253A\n\nhost:a\n\nhost\n");
    char *section = between(text, "--- canonical request ---\n", "\n--- string to sign ---");
    FILE *out     = stdout;
    (void)n;
    stdout = fopen("/dev/null", "w");
    if (found != NULL) compare_canonical(mine, found, 1);
    fclose(stdout);
    stdout = out;
    free(found);
    free(mine);
    free(section);
}

static const struct {
    const char *name;
    void (*fuzz)(const char *text, size_t n); /* text is terminated, too */
} readers[] = {
    { "config",      fuzz_config      },
    { "credentials", fuzz_credentials },
    { "shorthand",   fuzz_shorthand   },
    { "json",        fuzz_json        },
    { "csv",         fuzz_csv         },
    { "journal",     fuzz_journal     },
    { "why",         fuzz_why         },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *name = getenv("READER");
    char       *text = copy_bytes((const char *)data, size);
    size_t      i    = 0;
    while (i < COUNT(readers) && (name == NULL || strcmp(readers[i].name, name) != 0)) i++;
    if (i == COUNT(readers)) abort();
    readers[i].fuzz(text, size);
    free(text);
    return 0;
}
