/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/byteorder.h>: byte order. */
#ifndef _SYS_BYTEORDER_H
#define _SYS_BYTEORDER_H

#include <sys/types.h>

#define BSWAP_8(x) ((x) & 0xff)
#define BSWAP_16(x) __builtin_bswap16(x)
#define BSWAP_32(x) __builtin_bswap32(x)
#define BSWAP_64(x) __builtin_bswap64(x)
#define BE_8(x) ((uint8_t)(x))
#define BE_16(x) BSWAP_16(x)
#define BE_32(x) BSWAP_32(x)
#define BE_64(x) BSWAP_64(x)
#define LE_8(x) ((uint8_t)(x))
#define LE_16(x) ((uint16_t)(x))
#define LE_32(x) ((uint32_t)(x))
#define LE_64(x) ((uint64_t)(x))
#define htons(x) ((uint16_t)__builtin_bswap16(x))
#define ntohs(x) ((uint16_t)__builtin_bswap16(x))
#define htonl(x) ((uint32_t)__builtin_bswap32(x))
#define ntohl(x) ((uint32_t)__builtin_bswap32(x))
#define htonll(x) ((uint64_t)__builtin_bswap64(x))
#define ntohll(x) ((uint64_t)__builtin_bswap64(x))

#endif
