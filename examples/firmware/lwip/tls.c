/* tls.c - one HTTPS exchange over lwIP's altcp_tls with Mbed TLS, no operating system.
 * Takes the place of http.c: `make firmware-tls` runs it in QEMU. To copy, with examples/http1.h.
 * Certificate and name are verified before a byte of the request is sent. lwIP 2.1 itself connects
 * to anybody (MBEDTLS_SSL_VERIFY_OPTIONAL), so this sees to the verdict on each certificate.
 * While time_ms() is 0 the dates of certificates count for nothing; chain and name always count. The
 * first response tells the time, and the next connection checks dates, too.                      */
#include <string.h>
#include <time.h>

#include "../../http1.h"
#include "../board.h"
#include "config.h" /* CA_PEM, DNS_SERVER */
#include "connect_update_contact.h"
#include "lan9118.h"
#include "lwip/altcp_tls.h"
#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/init.h"
#include "lwip/stats.h"
#include "lwip/timeouts.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/ssl.h"
#include "netif/ethernet.h"

enum { TLS_REFUSED = 2 }; /* what exchange returns then: final */
enum { PATIENCE_MS = 15000, HEAD_SIZE = CUC_HEAD_SIZE(1536) };

int exchange(cuc_call *call);

static struct {
    struct altcp_pcb       *pcb;
    const cuc_http_request *http;
    http1                   response;
    unsigned                attempt;  /* tells late events of an earlier attempt apart */
    uint32_t                problems; /* of the certificates: MBEDTLS_X509_BADCERT_... */
    int                     sent, over;
} conn;

static struct netif             netif;
static struct altcp_tls_config *config;
static const char               ca_pem[] = CA_PEM;

/* ---- time: lwIP counts from reset, Mbed TLS wants the time of day ---------------------------- */

uint32_t sys_now(void) { return board_ms(); }

time_t time_of_day(time_t *out)
{
    const time_t now = (time_t)(time_ms() / 1000);
    if (out != NULL) *out = now;
    return now;
}

struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *t, struct tm *out)
{
    return gmtime_r(t, out);
}

/* ---- the network ----------------------------------------------------------------------------- */

static void network_poll(void)
{
    lan9118_poll(&netif);
    sys_check_timeouts();
}

/* 1: there is an address. */
static int network_up(void)
{
    const uint32_t  since = board_ms();
    const ip_addr_t dns   = DNS_SERVER;
    if (config == NULL) {
        lwip_init();
        netif_add(&netif, NULL, NULL, NULL, NULL, lan9118_open, ethernet_input);
        netif_set_default(&netif);
        netif_set_up(&netif);
        dns_setserver(0, &dns);
        dhcp_start(&netif);
        config = altcp_tls_create_config_client((const u8_t *)ca_pem, sizeof ca_pem);
    }
    while (!dhcp_supplied_address(&netif) && board_ms() - since < PATIENCE_MS) network_poll();
    return config != NULL && dhcp_supplied_address(&netif);
}

/* ---- events of a connection ------------------------------------------------------------------ */

/* For each certificate of the chain. */
static int on_certificate(void *user, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    const uint32_t dates = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
    (void)user;
    (void)certificate;
    (void)depth;
    if (time_ms() == 0) *flags &= ~dates;
    conn.problems |= *flags;
    return 0;
}

static int put_request(struct altcp_pcb *pcb)
{
    static char  head[HEAD_SIZE];
    const size_t n = cuc_http1_head(conn.http, head, sizeof head);
    return n < sizeof head && altcp_write(pcb, head, (u16_t)n, TCP_WRITE_FLAG_COPY) == ERR_OK &&
           altcp_write(pcb, conn.http->body, (u16_t)conn.http->body_len, TCP_WRITE_FLAG_COPY) ==
               ERR_OK &&
           altcp_output(pcb) == ERR_OK;
}

static err_t on_connected(void *arg, struct altcp_pcb *pcb, err_t error) /* after the handshake */
{
    (void)arg;
    conn.sent = error == ERR_OK && conn.problems == 0 && put_request(pcb);
    conn.over = !conn.sent;
    return ERR_OK;
}

static err_t on_received(void *arg, struct altcp_pcb *pcb, struct pbuf *p, err_t error)
{
    struct pbuf *q;
    (void)arg;
    (void)error;
    if (p == NULL) { /* closed. lwIP does not tell whether TLS was ended first: it may be cut off */
        if (!conn.over) conn.sent = 0;
        conn.over = 1;
        return ERR_OK;
    }
    for (q = p; q != NULL; q = q->next)
        if (http1_push(&conn.response, q->payload, q->len) != HTTP1_MORE) conn.over = 1;
    altcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static void on_error(void *arg, err_t error) /* lwIP frees the connection itself */
{
    (void)arg;
    (void)error;
    conn.pcb  = NULL;
    conn.sent = 0;
    conn.over = 1;
}

static void on_address(const char *name, const ip_addr_t *address, void *attempt)
{
    (void)name;
    if ((unsigned)(uintptr_t)attempt != conn.attempt || conn.pcb == NULL) return; /* late */
    if (address == NULL || altcp_connect(conn.pcb, address, 443, on_connected) != ERR_OK)
        conn.over = 1;
}

/* ---- one exchange ---------------------------------------------------------------------------- */

static int start(const char *host)
{
    void     *attempt = (void *)(uintptr_t)conn.attempt;
    ip_addr_t address;
    err_t     found;
    conn.pcb = altcp_tls_new(config, IPADDR_TYPE_ANY);
    if (conn.pcb == NULL) return 0;
    altcp_recv(conn.pcb, on_received);
    altcp_err(conn.pcb, on_error);
    mbedtls_ssl_set_verify(altcp_tls_context(conn.pcb), on_certificate, NULL);
    if (mbedtls_ssl_set_hostname(altcp_tls_context(conn.pcb), host) != 0) return 0;
    found = dns_gethostbyname(host, &address, on_address, attempt);
    if (found == ERR_OK) on_address(host, &address, attempt);
    return found == ERR_OK || found == ERR_INPROGRESS;
}

static void finish(void) /* from here on no event of this attempt changes anything */
{
    conn.attempt++;
    if (conn.pcb == NULL) return;
    altcp_recv(conn.pcb, NULL);
    altcp_err(conn.pcb, NULL);
    if (altcp_close(conn.pcb) != ERR_OK) altcp_abort(conn.pcb);
    conn.pcb = NULL;
}

/* What `send` would return. */
int exchange(cuc_call *call)
{
    const uint32_t since = board_ms();
    memset(&conn.response, 0, sizeof conn.response);
    conn.response.call = call;
    conn.http          = cuc_call_http_request(call);
    conn.problems      = 0;
    conn.sent = conn.over = 0;
    if (network_up() && start(conn.http->host))
        while (!conn.over && board_ms() - since < PATIENCE_MS) network_poll();
    finish();
    say_number("heap: ", lwip_stats.mem.max);
    if (conn.problems != 0) {
        say_number("refused: ", conn.problems);
        return TLS_REFUSED;
    }
    return conn.sent && conn.over ? http1_end(&conn.response) : CUC_SEND_AGAIN;
}
