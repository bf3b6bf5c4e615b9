/* A stand-in for Mbed TLS 3 over an installed 2.28: the version and, in sha256.h, the prototype
 * that differs (mbedtls_sha256 returns an error; mbedtls_sha256_ret is gone).                    */
#ifndef MBEDTLS3_VERSION_H
#define MBEDTLS3_VERSION_H
#define MBEDTLS_VERSION_MAJOR 3
#endif
