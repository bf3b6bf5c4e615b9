/* The same for a program that only knows the call. */
#include "connect_update_contact.h"
int main(void)
{
    static char work[64];
    cuc_client  client  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    return cuc_update_contact(&client, &request, work, sizeof work, &result) != CUC_OK ? 0 : 1;
}
