/* lwIP: its sockets.h, netdb.h and api.h come first, with the socket functions as macros. Its
 * lwip_htonl and lwip_stricmp are linked; it has no SHA-256, so that of the examples is lent.     */
#include "lwip/opt.h"
#include "lwip/api.h"
#include "lwip/def.h"
#include "lwip/netdb.h"
#include "lwip/sockets.h"
#include "lwip/tcpip.h"
#include "sign.h"
#include "sha256.h"

#if !defined(send) || !defined(recv)
#error "lwIP's send and recv are no macros here, so this shows nothing"
#endif

int main(void)
{
    if (lwip_htonl(1) == 1 || lwip_stricmp("HOST", "host") != 0) return 99;
    return dropin_sign(sha256, NULL);
}
