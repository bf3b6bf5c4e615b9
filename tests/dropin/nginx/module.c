/* A module of nginx's core: signs while the configuration is read, so that `nginx -t` fails when
 * the signature is wrong. nginx has no SHA-256, so that of the examples is lent.                 */
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "sign.h"
#include "sha256.h"

static void *ngx_dropin_create(ngx_cycle_t *cycle)
{
    int status = dropin_sign(sha256, NULL);
    if (status != 0) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "dropin: status %d", status);
        return NULL;
    }
    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, "dropin: signed");
    return cycle;
}

static ngx_core_module_t ngx_dropin_context = { ngx_string("dropin"), ngx_dropin_create, NULL };

ngx_module_t ngx_dropin_module = {
    NGX_MODULE_V1, &ngx_dropin_context,  NULL, NGX_CORE_MODULE, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL,          NGX_MODULE_V1_PADDING
};
