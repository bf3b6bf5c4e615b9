/* Prints what the header knows of UpdateContact, for model.py: its tables say which strings there
 * are; the validator is asked for their names and limits, and the JSON writer for their types.
 * Reads strings in hex, one a line. Prints words separated by tabs; MAX is - when there is none:
 *     string   PATH MIN MAX   characters
 *     list     PATH MIN MAX   entries, also those of a map
 *     required PATH           a string that has to be set
 *     refuses  PATH HEX       a string of the input that is neither too short nor too long
 *     knows    ENUM HEX       a string of the input that cuc_known_... knows
 *     body     JSON           of a request in which everything is set; map keys begin with {  */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a request in which everything is set ---------------------------------------------------- */

#define TEXT "arn:someone@example.com" /* allowed as an id, as an ARN and as an e-mail address */
/* clang-format off */
#define KINDS(in_map, in_list, n)                                                                  \
    {                                                                                              \
        { CUC_STR("{1}"), CUC_SEGMENT_STRING,  0, CUC_STR(TEXT), NULL,    0 },                     \
        { CUC_STR("{2}"), CUC_SEGMENT_ARN,     0, CUC_STR(TEXT), NULL,    0 },                     \
        { CUC_STR("{3}"), CUC_SEGMENT_INTEGER, 1, { NULL, 0 },   NULL,    0 },                     \
        { CUC_STR("{4}"), CUC_SEGMENT_MAP,     0, { NULL, 0 },   in_map,  n },                     \
        { CUC_STR("{5}"), CUC_SEGMENT_LIST,    0, { NULL, 0 },   in_list, n },                     \
    }
/* clang-format on */

static cuc_segment       in_map[]     = KINDS(in_map, in_map, 0);
static cuc_segment       in_list[]    = KINDS(in_map, in_map, 0);
static cuc_segment       attributes[] = KINDS(in_map, in_list, 5);
static cuc_reference     reference;
static cuc_email_address recipient;
static cuc_request       request;

static const struct {
    void             *base;
    const cuci_field *first, *end;
} tables[] = {
    { &request,   CUCI_ROWS(cuci_request_fields)   },
    { &reference, CUCI_ROWS(cuci_reference_fields) },
    { &recipient, CUCI_ROWS(cuci_email_fields)     },
};
#define TABLES (sizeof tables / sizeof tables[0])

static cuc_str *string_of(void *base, const cuci_field *f)
{
    return (cuc_str *)(void *)((char *)base + f->offset);
}

static void set_everything(void)
{
    const cuci_field *f;
    size_t            t;
    for (t = 0; t < TABLES; t++)
        for (f = tables[t].first; f < tables[t].end; f++)
            *string_of(tables[t].base, f) = cuc_s(TEXT);
    reference.key                   = cuc_s("{1}");
    request.references              = &reference;
    request.reference_count         = 1;
    request.segment_attributes      = attributes;
    request.segment_attribute_count = 5;
    request.cc_email_addresses      = &recipient;
    request.cc_email_address_count  = 1;
}

/* ---- questions to the validator -------------------------------------------------------------- */

#define MANY 1000   /* entries: a list that takes so many has no limit */
#define LONG 100000 /* characters, likewise */

static cuc_result asked;

static cuc_status ask(void) { return cuc_validate(&request, &asked); }

static int fits(size_t *n, size_t value)
{
    *n = value;
    return ask() != CUC_E_LIMIT;
}

/* *n is the length or the count of something in the request that has up to `most`. */
static void print_range(size_t *n, size_t most)
{
    size_t min = 0, max, above = most;
    while (!fits(n, min)) min++;
    printf("\t%lu", (unsigned long)min);
    if (fits(n, most)) {
        printf("\t-\n");
        return;
    }
    for (max = min; above - max > 1;) {
        const size_t middle = max + (above - max) / 2;
        if (fits(n, middle)) max = middle;
        else above = middle;
    }
    printf("\t%lu\n", (unsigned long)max);
}

/* ---- strings --------------------------------------------------------------------------------- */

static char    input_bytes[20000][64];
static cuc_str input[20000];
static size_t  inputs;
static char    many_x[LONG];

static void read_input(void)
{
    char     line[130];
    unsigned byte;
    size_t   n;
    for (; inputs < 20000 && fgets(line, sizeof line, stdin) != NULL; inputs++) {
        for (n = 0; sscanf(line + 2 * n, "%2x", &byte) == 1; n++)
            input_bytes[inputs][n] = (char)byte;
        input[inputs].ptr = input_bytes[inputs];
        input[inputs].len = n;
    }
    if (fgets(line, sizeof line, stdin) != NULL) abort(); /* more input than there is room for */
}

static void print_hex(const char *what, const char *path, cuc_str s)
{
    size_t i;
    printf("%s\t%s\t", what, path);
    for (i = 0; i < s.len; i++) printf("%02x", (unsigned char)s.ptr[i]);
    printf("\n");
}

static cuc_status ask_with(cuc_str *s, const char *ptr, size_t len)
{
    s->ptr = ptr;
    s->len = len;
    return ask();
}

static void print_string(const char *path, cuc_str *s)
{
    const cuc_str kept = *s;
    size_t        i;
    printf("string\t%s", path);
    s->ptr = many_x;
    print_range(&s->len, LONG);
    for (i = 0; i < inputs; i++)
        if (ask_with(s, input[i].ptr, input[i].len) == CUC_E_VALUE)
            print_hex("refuses", path, input[i]);
    *s = kept;
}

/* The tables' strings. The validator names each when it is ill-formed UTF-8. */
static void print_fields(void)
{
    const cuci_field *f;
    char              path[sizeof asked.where];
    size_t            t;
    for (t = 0; t < TABLES; t++)
        for (f = tables[t].first; f < tables[t].end; f++) {
            cuc_str      *s    = string_of(tables[t].base, f);
            const cuc_str kept = *s;
            if (ask_with(s, "\xFF", 1) != CUC_E_UTF8) abort();
            memcpy(path, asked.where, sizeof path);
            if (ask_with(s, NULL, 0) == CUC_E_REQUIRED) printf("required\t%s\n", path);
            *s = kept;
            print_string(path, s);
        }
}

/* The strings that are in no table. */
static void print_others(void)
{
    print_string("References{key}", &reference.key);
    print_string("SegmentAttributes{key}", &attributes[0].key);
    print_string("SegmentAttributes{}.ValueString", &attributes[0].text);
    print_string("SegmentAttributes{}.ValueArn", &attributes[1].text);
    print_string("SegmentAttributes{}.ValueMap{key}", &in_map[0].key);
    print_string("SegmentAttributes{}.ValueMap{}.ValueString", &in_map[0].text);
    print_string("SegmentAttributes{}.ValueMap{}.ValueArn", &in_map[1].text);
    print_string("SegmentAttributes{}.ValueList[].ValueString", &in_list[0].text);
    print_string("SegmentAttributes{}.ValueList[].ValueArn", &in_list[1].text);
}

/* ---- lists and maps -------------------------------------------------------------------------- */

static char              keys[MANY][8];
static cuc_reference     many_references[MANY];
static cuc_segment       many_attributes[MANY];
static cuc_email_address many_recipients[MANY];

static void make_many(void)
{
    size_t i;
    for (i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "%lu", (unsigned long)i);
        many_references[i]           = reference;
        many_references[i].key       = cuc_s(keys[i]);
        many_references[i].value.len = 0; /* all Values together have a limit of their own */
        many_attributes[i]           = in_map[0];
        many_attributes[i].key       = cuc_s(keys[i]);
        many_recipients[i]           = recipient;
    }
}

/* *n is the count of a list of which there are MANY entries. */
static void print_list(const char *path, size_t *n)
{
    const size_t kept = *n;
    printf("list\t%s", path);
    print_range(n, MANY);
    *n = kept;
}

static void print_lists(void)
{
    make_many();
    request.references         = many_references;
    request.segment_attributes = many_attributes;
    request.cc_email_addresses = many_recipients;
    print_list("References", &request.reference_count);
    print_list("SegmentAttributes", &request.segment_attribute_count);
    print_list("AdditionalRecipients.CcEmailAddresses", &request.cc_email_address_count);
    set_everything();
    attributes[3].items = many_attributes;
    attributes[4].items = many_attributes;
    print_list("SegmentAttributes{}.ValueMap", &attributes[3].count);
    print_list("SegmentAttributes{}.ValueList", &attributes[4].count);
    attributes[3].items = in_map;
    attributes[4].items = in_list;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void print_known(void)
{
    size_t i;
    for (i = 0; i < inputs; i++) {
        if (cuc_known_reference_type(input[i])) print_hex("knows", "ReferenceType", input[i]);
        if (cuc_known_reference_status(input[i])) print_hex("knows", "ReferenceStatus", input[i]);
        if (cuc_known_endpoint_type(input[i])) print_hex("knows", "EndpointType", input[i]);
    }
}

static void print_body(void)
{
    static char body[10000];
    if (cuc_write_json(&request, body, sizeof body, &asked) != CUC_OK) abort();
    printf("body\t%s\n", body);
}

/* No list is required, which is why print_list does not ask. */
static void check_smallest(void)
{
    cuc_request smallest = CUC_ZERO;
    smallest.instance_id = smallest.contact_id = smallest.name = cuc_s(TEXT);
    if (cuc_validate(&smallest, &asked) != CUC_OK) abort();
}

int main(void)
{
    memset(many_x, 'x', sizeof many_x);
    read_input();
    set_everything();
    if (ask() != CUC_OK) abort();
    check_smallest();
    print_body();
    print_fields();
    print_others();
    print_lists();
    print_known();
    return 0;
}
