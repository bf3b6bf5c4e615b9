/* A stand-in for Nettle 4 over an installed Nettle 3: the version and, in the other two files, the
 * prototypes that differ (NEWS of 4.0: digest functions have no length argument any more).       */
#ifndef NETTLE4_VERSION_H
#define NETTLE4_VERSION_H
#define NETTLE_VERSION_MAJOR 4
#define NETTLE_VERSION_MINOR 0
#endif
