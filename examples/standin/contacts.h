/* contacts.h - the contacts: made at the start, kept sorted, updated, read back.
 * in: ids, checked bodies     out: the response to DescribeContact */
#ifndef STANDIN_CONTACTS_H
#define STANDIN_CONTACTS_H

#include "model.h"
#include "settings.h"

struct contact {
    const char *instance, *id;
    int         external;
    struct text member[FIELDS]; /* JSON as it came; empty: never set */
};

static struct contact *contacts;
static size_t          contact_count;

/* name is CONTACT or INSTANCE/CONTACT, encoded as in the path where need be. */
static void contact_add(const char *name, int external)
{
    struct view     id = view_of(name), instance = cut(&id, '/');
    struct text     before = { NULL, 0, 0 }, behind = { NULL, 0, 0 };
    struct contact *c;
    if (contact_count % 1024 == 0)
        contacts = must(realloc(contacts, (contact_count + 1024) * sizeof *contacts));
    if (id.at == NULL) {
        id       = instance;
        instance = view_of(set.instance);
    }
    if (!percent_decode(instance, &before) || !percent_decode(id, &behind))
        die("not an id: ", name);
    c = &contacts[contact_count++];
    memset(c, 0, sizeof *c);
    c->instance = copy_bytes(view_text(&before).at, before.len);
    c->id       = copy_bytes(view_text(&behind).at, behind.len);
    c->external = external;
    clear(&before);
    clear(&behind);
}

static int by_id(const void *a, const void *b)
{
    const struct contact *x = a, *y = b;
    int                   order = strcmp(x->instance, y->instance);
    return order != 0 ? order : strcmp(x->id, y->id);
}

/* Sorts, and makes one of those that were named twice. */
static void contacts_ready(void)
{
    size_t i, kept = 0;
    qsort(contacts, contact_count, sizeof *contacts, by_id);
    for (i = 1; i < contact_count; i++) {
        struct contact *last = &contacts[kept], *c = &contacts[i];
        if (by_id(last, c) == 0) last->external |= c->external;
        else contacts[++kept] = *c;
    }
    contact_count = kept + 1;
}

static struct contact *contact_find(const char *instance, const char *id)
{
    struct contact wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.instance = instance;
    wanted.id       = id;
    return bsearch(&wanted, contacts, contact_count, sizeof *contacts, by_id);
}

static void add_entry(struct text *t, const struct node *n)
{
    add(t, t->len > 1 ? "," : "");
    add_view(t, n->raw_key);
    add(t, ":");
    add_view(t, n->raw);
}

/* References and SegmentAttributes: an entry replaces the one of its key, all others stay. */
static void merge_map(struct text *stored, const struct node *sent)
{
    struct json        j;
    struct node       *old    = json_parse(&j, stored->len > 0 ? view_text(stored) : view_of("{}"));
    struct text        merged = { NULL, 0, 0 };
    const struct node *n;
    add(&merged, "{");
    for (n = old->child; n != NULL; n = n->next)
        if (json_find(sent, n->key) == NULL) add_entry(&merged, n);
    for (n = sent->child; n != NULL; n = n->next) add_entry(&merged, n);
    add(&merged, "}");
    json_free(&j);
    clear(stored);
    *stored = merged;
}

/* The list that was sent replaces the one that was there; an empty list clears it. */
static void replace_recipients(struct text *stored, const struct node *sent)
{
    const struct node *list = json_find(sent, view_of("CcEmailAddresses"));
    if (list == NULL || list->kind == JSON_NULL) return;
    clear(stored);
    if (list->child != NULL) add_view(stored, sent->raw);
}

static void contact_apply(struct contact *c, const struct node *body, struct text *what)
{
    size_t i;
    for (i = 0; i < FIELDS; i++) {
        const struct node *n = json_find(body, view_of(fields[i].name));
        if (n == NULL || n->kind == JSON_NULL) continue;
        addf(what, " %s", fields[i].name);
        if (fields[i].shape->kind == MAP) {
            merge_map(&c->member[i], n);
        } else if (i == RECIPIENTS) {
            replace_recipients(&c->member[i], n);
        } else {
            clear(&c->member[i]);
            add_view(&c->member[i], n->raw);
        }
    }
    seen.applied++;
}

/* As they were at the start: no member is set. */
static void contacts_reset(void)
{
    size_t i, k;
    for (i = 0; i < contact_count; i++)
        for (k = 0; k < FIELDS; k++) clear(&contacts[i].member[k]);
}

static void contact_describe(const struct contact *c, struct answer *a)
{
    struct text *out = &a->body;
    size_t       i;
    a->status = 200;
    add(out, "{\"Contact\":{\"Id\":");
    add_json_string(out, view_of(c->id));
    for (i = 0; i < FIELDS; i++) {
        if (c->member[i].len == 0) continue;
        addf(out, ",\"%s\":", fields[i].name);
        add_view(out, view_text(&c->member[i]));
    }
    add(out, "}}");
}

static int check_body(struct answer *a, const struct contact *c, const struct node *body)
{
    const struct node *n;
    size_t             i, known = 0;
    if (body->kind != JSON_OBJECT) return wrong_kind(a, "the body", "an object", body);
    for (i = 0; i < FIELDS; i++) {
        n = json_find(body, view_of(fields[i].name));
        if (n == NULL || n->kind == JSON_NULL) continue;
        known++;
        if (!check(a, fields[i].name, fields[i].shape, n)) return 0;
        if (i == REFERENCES && !check_reference_total(a, n)) return 0;
        if (fields[i].external && !c->external)
            return refuse(a, 400, "InvalidRequestException",
                          "%s can be updated on an external audio contact only", fields[i].name);
    }
    if (known > 0) return 1;
    return refuse(a, 400, "InvalidRequestException",
                  "At least one field to be updated must be present in the request");
}

static void update(struct answer *a, struct contact *c, struct view body)
{
    struct json  j;
    struct node *root = json_parse(&j, body.len > 0 ? body : view_of("{}"));
    if (root == NULL) {
        refuse(a, 400, "SerializationException", "the body is not JSON at byte %lu: %s",
               (unsigned long)(j.at - j.begin), j.problem);
    } else if (check_body(a, c, root)) {
        contact_apply(c, root, &a->what);
        a->status = 200;
        add(&a->body, "{}");
    }
    json_free(&j);
}

#endif
