/* lan9118.c - the Ethernet chip of the MPS2 board, LAN9118 or LAN9220, polled, for lwIP.
 * A frame goes in and out in words through two FIFOs. What is called up to lwIP's Ethernet layer
 * happens in lan9118_poll, never in an interrupt. Source: Microchip's data sheet, chapter 5.     */
#include "lan9118.h"

#include <string.h>

#include "lwip/etharp.h"
#include "netif/ethernet.h"

#define REG(offset) (*(volatile uint32_t *)(0x40200000u + (offset)))
#define RX_DATA REG(0x00)
#define TX_DATA REG(0x20)
#define RX_STATUS REG(0x40)
#define TX_STATUS REG(0x48)
#define TX_CFG REG(0x70)
#define HW_CFG REG(0x74)
#define RX_INF REG(0x7C)
#define TX_INF REG(0x80)
#define MAC_CMD REG(0xA4)
#define MAC_DATA REG(0xA8)

enum { FRAME_MAX = 1514, CRC_LEN = 4 };
enum { MAC_CR = 1, MAC_ADDRH = 2, MAC_ADDRL = 3, MAC_BUSY_READ = 2 };

static uint32_t frame[(FRAME_MAX + CRC_LEN + 3) / 4];

static uint32_t mac(unsigned command, unsigned index)
{
    MAC_CMD = (uint32_t)command << 30 | index;
    while (MAC_CMD >> 31) {
    }
    return MAC_DATA;
}

static uint32_t mac_read(unsigned index) { return mac(MAC_BUSY_READ + 1, index); }

static void mac_write(unsigned index, uint32_t value)
{
    MAC_DATA = value;
    mac(MAC_BUSY_READ, index);
}

/* In one buffer: command A has the FIRST and LAST bits and the length, command B the length. */
static err_t put(struct netif *netif, struct pbuf *p)
{
    const uint16_t len = pbuf_copy_partial(p, frame, FRAME_MAX, 0);
    uint16_t       i;
    (void)netif;
    if (p->tot_len > FRAME_MAX || (TX_INF & 0xFFFF) < (uint32_t)len + 16) return ERR_BUF;
    TX_DATA = 3u << 12 | len;
    TX_DATA = len;
    for (i = 0; i < (len + 3) / 4; i++) TX_DATA = frame[i];
    while (TX_INF >> 16 & 0xFF) (void)TX_STATUS; /* how the last ones went: TCP sees it */
    return ERR_OK;
}

/* The next frame into `frame`; its length without CRC, or 0 if it is damaged. */
static uint16_t get(void)
{
    const uint32_t status = RX_STATUS;
    const uint32_t len    = status >> 16 & 0x3FFF;
    uint32_t       i, word;
    for (i = 0; i < (len + 3) / 4; i++) {
        word = RX_DATA;
        if (i < sizeof frame / sizeof frame[0]) frame[i] = word;
    }
    return status & 0x8000 || len > sizeof frame || len < CRC_LEN ? 0 : (uint16_t)(len - CRC_LEN);
}

void lan9118_poll(struct netif *netif)
{
    while (RX_INF >> 16 & 0xFF) {
        const uint16_t len = get();
        struct pbuf   *p   = len > 0 ? pbuf_alloc(PBUF_RAW, len, PBUF_POOL) : NULL;
        if (p == NULL) continue; /* no memory: the other side sends it again */
        pbuf_take(p, frame, len);
        if (netif->input(p, netif) != ERR_OK) pbuf_free(p);
    }
}

err_t lan9118_open(struct netif *netif)
{
    const uint32_t low = mac_read(MAC_ADDRL), high = mac_read(MAC_ADDRH);
    HW_CFG = 1u << 20 | 5u << 16; /* must be one; 5 KiB of FIFO for sending, the rest to receive */
    TX_CFG = 1u << 1;
    mac_write(MAC_CR, 3u << 2); /* receiver and transmitter on */
    netif->name[0]    = 'e';
    netif->name[1]    = 'n';
    netif->hwaddr_len = 6;
    memcpy(netif->hwaddr, &low, 4);
    memcpy(netif->hwaddr + 4, &high, 2);
    netif->mtu        = 1500;
    netif->flags      = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    netif->output     = etharp_output;
    netif->linkoutput = put;
    return ERR_OK;
}
