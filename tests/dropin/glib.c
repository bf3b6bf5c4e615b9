/* GLib: its headers first; its GChecksum and GHmac. */
#include <glib.h>
#include <gio/gio.h>
#include "sign.h"

static int hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize      size     = 32;
    (void)user;
    g_checksum_update(checksum, data, (gssize)len);
    g_checksum_get_digest(checksum, out, &size);
    g_checksum_free(checksum);
    return size == 32 ? 0 : 1;
}

static int hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                unsigned char out[32])
{
    GHmac *h    = g_hmac_new(G_CHECKSUM_SHA256, key, key_len);
    gsize  size = 32;
    (void)user;
    g_hmac_update(h, data, (gssize)len);
    g_hmac_get_digest(h, out, &size);
    g_hmac_unref(h);
    return size == 32 ? 0 : 1;
}

int main(void) { return dropin_sign(hash, NULL) != 0 ? 1 : dropin_sign(hash, hmac); }
