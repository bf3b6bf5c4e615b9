/* lan9118.h - the Ethernet driver of the MPS2 board. */
#ifndef LAN9118_H
#define LAN9118_H

#include "lwip/netif.h"

err_t lan9118_open(struct netif *netif); /* for netif_add */
void  lan9118_poll(struct netif *netif); /* hands frames that have arrived to lwIP */

#endif
