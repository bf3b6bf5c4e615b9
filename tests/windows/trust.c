/* trust.c - puts a certificate (DER) among the roots that the user trusts:  trust.exe ca.der
 * For the throw-away Windows of tests/windows/run.py, not for yours.                             */
#include <windows.h>

#include <stdio.h>
#include <wincrypt.h>

int main(int argc, char **argv)
{
    static unsigned char der[8192];
    FILE                *file  = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t               n     = file != NULL ? fread(der, 1, sizeof der, file) : 0;
    HCERTSTORE           store = CertOpenSystemStoreW(0, L"Root");
    if (n == 0 || store == NULL) return 1;
    fclose(file);
    if (!CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, (DWORD)n,
                                          CERT_STORE_ADD_REPLACE_EXISTING, NULL))
        return 1;
    return CertCloseStore(store, 0) ? 0 : 1;
}
