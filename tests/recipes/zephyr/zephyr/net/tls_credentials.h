/* What zephyr.c uses of Zephyr's tls_credentials.h. */
typedef int sec_tag_t;
