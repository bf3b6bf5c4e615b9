/* PostgreSQL 15, as a file of an extension or tool: postgres.h first, then the headers that define
 * DAY, HOUR, send and the like; its SHA-256 from libpgcommon.                                    */
#include "postgres.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "sign.h"

#if !defined(DAY) || !defined(HOUR) || !defined(CENTURY)
#error "datetime.h defines no units here, so this shows nothing"
#endif

static int hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
    int                failed  = context == NULL || pg_cryptohash_init(context) < 0 ||
                 pg_cryptohash_update(context, (const uint8 *)data, len) < 0 ||
                 pg_cryptohash_final(context, out, PG_SHA256_DIGEST_LENGTH) < 0;
    (void)user;
    pg_cryptohash_free(context);
    return failed;
}

int main(void) { return dropin_sign(hash, NULL); }
