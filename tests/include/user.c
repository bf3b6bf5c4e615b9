/* A user's file: declarations, size macros, an initializer, a call. */
#include "connect_update_contact.h"
size_t user(void);
size_t user(void)
{
    static char          work[CUC_WORK_SIZE(64, 32)];
    static char          head[CUC_HEAD_SIZE(32)];
    static const cuc_str name   = CUC_STR("name");
    cuc_client           client = CUC_ZERO;
    client.region               = cuc_s("us-west-2");
    return sizeof work + sizeof head + name.len + client.region.len;
}
