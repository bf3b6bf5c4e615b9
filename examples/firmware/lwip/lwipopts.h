/* lwipopts.h - lwIP 2.1 or 2.2 for one TLS connection at a time, without an operating system.
 * What is not said here is lwIP's default. All memory is static: MEM_SIZE is the heap that Mbed TLS
 * takes its buffers from, too; the pools come on top.                                            */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_RAW 0
#define SYS_LIGHTWEIGHT_PROT 0

#define LWIP_DHCP 1
#define LWIP_DNS 1

#define LWIP_ALTCP 1
#define LWIP_ALTCP_TLS 1
#define LWIP_ALTCP_TLS_MBEDTLS 1
/* From lwIP 2.2 on. 2.1 does not read it and always asks for OPTIONAL: tls.c checks for itself. */
#define ALTCP_MBEDTLS_AUTHMODE MBEDTLS_SSL_VERIFY_REQUIRED

#define MEM_ALIGNMENT 8
#define MEM_SIZE 40000 /* `make firmware-tls` prints the peak */

/* A TLS record of 16 KiB has to fit into the window, or the connection stalls. */
#define TCP_MSS 1460
#define TCP_WND (12 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define MEMP_NUM_TCP_SEG 16
#define PBUF_POOL_SIZE 24
#define PBUF_POOL_BUFSIZE 592
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1 /* the pool may be smaller: Mbed TLS empties it at once */

#define LWIP_STATS 1 /* for the peak of the heap; else 0 */
#define LWIP_STATS_DISPLAY 0
#define MEM_STATS 1
#define MEMP_STATS 0
#define LINK_STATS 0
#define ETHARP_STATS 0
#define IP_STATS 0
#define UDP_STATS 0
#define TCP_STATS 0
#define ICMP_STATS 0
#define IPFRAG_STATS 0

#include "test_network.h" /* written by the test: where its name server is */

#endif
