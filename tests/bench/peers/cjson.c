/* The request as a program writes it with cJSON and signs it by hand (sign.h). needs: libcjson */
#include "sign.h"
#include "worker.h"
#include <cjson/cJSON.h>
#include <stdlib.h>

static int measured_cjson(void)
{
    const cuc_reference *r    = s.request.references;
    cJSON               *body = cJSON_CreateObject();
    cJSON               *references, *reference;

    cJSON_AddStringToObject(body, "Name", s.request.name.ptr);
    cJSON_AddStringToObject(body, "Description", s.request.description.ptr);
    references = cJSON_AddObjectToObject(body, "References");
    reference  = cJSON_AddObjectToObject(references, r->key.ptr);
    cJSON_AddStringToObject(reference, "Type", r->type.ptr);
    cJSON_AddStringToObject(reference, "Value", r->value.ptr);
    free(s.body);
    s.body = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    if (s.body == NULL) return 0;
    sign();
    return 1;
}

once *prepare(const char *what)
{
    (void)what;
    prepare_signing();
    return measured_cjson;
}
