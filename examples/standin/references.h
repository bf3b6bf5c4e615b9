/* references.h - ListContactReferences: the references of a contact, in the form of the SDKs.
 * in: a contact, a query     out: {"ReferenceSummaryList":[{"Url":{"Name":...,"Value":...}},...]}
 *
 * An SDK drops References from the response to DescribeContact, because its model does not have
 * them there. This is the call that reads them back. All fit on one page: there is no NextToken. */
#ifndef STANDIN_REFERENCES_H
#define STANDIN_REFERENCES_H

#include "contacts.h"

/* Source: service model of Connect, ReferenceSummary and the shapes below it. It has no member for
 * CONTACT_ANALYSIS: such a reference is not listed. */
static const struct {
    const char *type, *member;
    const char *keys[4]; /* of the stored reference, up to NULL */
} summaries[] = {
    { "URL",                               "Url",                           { "Value" }                  },
    { "ATTACHMENT",                        "Attachment",                    { "Value", "Status", "Arn" } },
    { "CONTACT_ANALYSIS",                  NULL,                            { NULL }                     },
    { "NUMBER",                            "Number",                        { "Value" }                  },
    { "STRING",                            "String",                        { "Value" }                  },
    { "DATE",                              "Date",                          { "Value" }                  },
    { "EMAIL",                             "Email",                         { "Value" }                  },
    { "EMAIL_MESSAGE",                     "EmailMessage",                  { "Arn" }                    },
    { "EMAIL_MESSAGE_PLAIN_TEXT",          "EmailMessagePlainText",         { "Arn" }                    },
    { "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED", "EmailMessagePlainTextRedacted", { "Arn" }                    },
    { "EMAIL_MESSAGE_REDACTED",            "EmailMessageRedacted",          { "Arn" }                    },
};

/* Reads referenceTypes=A&referenceTypes=B into wanted[], one flag for each row of the table. */
static int read_types(struct answer *a, struct view query, int wanted[COUNT(summaries)])
{
    size_t i, count = 0;
    while (query.at != NULL) {
        struct view value = cut(&query, '&'), name = cut(&value, '=');
        if (!is(name, "referenceTypes")) continue;
        for (i = 0; i < COUNT(summaries) && !is(value, summaries[i].type); i++) continue;
        if (i == COUNT(summaries))
            return refuse(a, 400, "InvalidParameterException",
                          "referenceTypes: not one of the known values");
        wanted[i] = 1;
        count++;
    }
    if (count > 0 && count <= 6) return 1;
    return refuse(a, 400, "InvalidParameterException", "referenceTypes: %lu values, must be 1 to 6",
                  (unsigned long)count);
}

static void add_summary(struct text *out, const struct node *reference, size_t row)
{
    const struct node *n;
    size_t             i;
    addf(out, "{\"%s\":{\"Name\":", summaries[row].member);
    add_view(out, reference->raw_key);
    for (i = 0; i < COUNT(summaries[row].keys) && summaries[row].keys[i] != NULL; i++) {
        n = json_find(reference, view_of(summaries[row].keys[i]));
        if (n == NULL || n->kind == JSON_NULL) continue;
        addf(out, ",\"%s\":", summaries[row].keys[i]);
        add_view(out, n->raw);
    }
    add(out, "}}");
}

static void contact_references(struct answer *a, const struct contact *c, struct view query)
{
    static const char  begin[]                  = "{\"ReferenceSummaryList\":[";
    int                wanted[COUNT(summaries)] = { 0 };
    const struct text *stored                   = &c->member[REFERENCES];
    struct json        j;
    const struct node *map, *n;
    size_t             i;
    if (!read_types(a, query, wanted)) return;
    a->status = 200;
    add(&a->body, begin);
    map = json_parse(&j, stored->len > 0 ? view_text(stored) : view_of("{}"));
    for (n = map->child; n != NULL; n = n->next)
        for (i = 0; i < COUNT(summaries); i++) {
            if (!is(json_find(n, view_of("Type"))->string, summaries[i].type)) continue;
            if (!wanted[i] || summaries[i].member == NULL) continue;
            add(&a->body, a->body.len > sizeof begin - 1 ? "," : "");
            add_summary(&a->body, n, i);
        }
    add(&a->body, "]}");
    json_free(&j);
}

#endif
