/* fuzz.c - what the command line reads: config files, short syntax, JSON, CSV, the journal.
 * needs: libcurl openssl jansson -lpthread
 * sh tests/tool/fuzz.sh [SECONDS]. The first byte chooses the reader.                            */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

#include "tool/bulk.h"
#include "tool/help.h"
#include "tool/why.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_ini(const char *text, size_t n)
{
    struct ini ini;
    char      *section;
    memset(&ini, 0, sizeof ini);
    ini_read(&ini, text, n);
    section = profile_section(&ini, "a b");
    if (ini.problem == NULL && ini.line != 0) abort();
    free(section);
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

static void fuzz_shorthand(const char *text)
{
    const char *problem = NULL;
    size_t      place   = 0;
    json_t     *value   = read_shorthand(text, &problem, &place), *object;
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

static void fuzz_csv(const char *text, size_t n)
{
    static char  *names[] = { (char *)"ContactId", (char *)"name", (char *)"References",
                              (char *)"References.A.Type",
                              (char *)"SegmentAttributes.b.ValueInteger" };
    struct csv    csv;
    struct record record;
    struct text   problem = { NULL, 0, 0 };
    json_t       *object;
    memset(&csv, 0, sizeof csv);
    memcpy(csv.names, names, sizeof names);
    csv.count = COUNT(names);
    memset(&record, 0, sizeof record);
    text_add(&record.text, text, n);
    object = csv_object(&csv, &record, &problem);
    if (object != NULL) fuzz_object(object);
    else if (problem.len == 0) abort();
    json_decref(object);
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

static void fuzz_why(const char *text)
{
    char *found = quoted_canonical(text), *mine = copy_string("POST\n/a%253A\n\nhost:a\n\nhost\n");
    char *section = between(text, "--- canonical request ---\n", "\n--- string to sign ---");
    FILE *out     = stdout;
    stdout        = fopen("/dev/null", "w");
    if (found != NULL) compare_canonical(mine, found, 1);
    fclose(stdout);
    stdout = out;
    free(found);
    free(mine);
    free(section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;
    if (size == 0) return 0;
    text = copy_bytes((const char *)data + 1, size - 1);
    switch (data[0] % 6) {
    case 0:
        fuzz_ini(text, size - 1);
        break;
    case 1:
        fuzz_shorthand(text);
        break;
    case 2:
        fuzz_json(text, size - 1);
        break;
    case 3:
        fuzz_csv(text, size - 1);
        break;
    case 4:
        fuzz_journal(text, size - 1);
        break;
    case 5:
        fuzz_why(text);
        break;
    }
    free(text);
    return 0;
}
