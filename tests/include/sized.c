/* A program whose result has an array of CUC_MESSAGE_SIZE bytes; links when all files agree. */
#include "connect_update_contact.h"
int main(void)
{
    cuc_request request = CUC_ZERO;
    cuc_result  result;
    return cuc_validate(&request, &result) == CUC_E_REQUIRED &&
                   sizeof result.message == CUC_MESSAGE_SIZE
               ? 0
               : 1;
}
