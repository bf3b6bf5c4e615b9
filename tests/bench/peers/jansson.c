/* The request as a program writes it with jansson and signs it by hand (sign.h). needs: jansson */
#include "sign.h"
#include "worker.h"
#include <jansson.h>
#include <stdlib.h>

static int measured_jansson(void)
{
    const cuc_reference *r    = s.request.references;
    json_t              *call = json_pack("{s:s, s:s}", "Type", r->type.ptr, "Value", r->value.ptr);
    json_t *body = json_pack("{s:s, s:s, s:{s:o}}", "Name", s.request.name.ptr, "Description",
                             s.request.description.ptr, "References", r->key.ptr, call);
    free(s.body);
    s.body = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (s.body == NULL) return 0;
    sign();
    return 1;
}

once *prepare(const char *what)
{
    (void)what;
    prepare_signing();
    return measured_jansson;
}
