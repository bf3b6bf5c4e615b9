/* examples/windows/crypto_bcrypt.c - SHA-256 and HMAC from Windows' own BCrypt (CNG), tested.
 * x86_64-w64-mingw32-gcc -I. examples/windows/crypto_bcrypt.c -o crypto_bcrypt.exe -lbcrypt
 * The functions to copy are in bcrypt_hash.h. Run under wine 8 (`make windows`), not on Windows. */
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "bcrypt_hash.h"
#include "connect_update_contact.h"

int main(void)
{
    cuc_client  client = CUC_ZERO;
    cuc_result  result;
    char        text[CUC_TEXT_SIZE];
    bcrypt_hash hash;
    if (!bcrypt_hash_open(&hash)) return fputs("crypto_bcrypt: no SHA256 provider\n", stderr), 1;
    client.user        = &hash;
    client.sha256      = bcrypt_sha256;
    client.hmac_sha256 = bcrypt_hmac;
    cuc_selftest(&client, &result);
    bcrypt_hash_close(&hash);
    if (result.status == CUC_OK) return puts("crypto_bcrypt: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_bcrypt: %s\n", text);
    return 1;
}
