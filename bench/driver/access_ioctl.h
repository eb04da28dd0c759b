/* SPDX-License-Identifier: BSD-2-Clause */
/* access_ioctl.h: what access.c and its applications agree on. */
#ifndef ACCESS_IOCTL_H
#define ACCESS_IOCTL_H

#define ACCESS_UNLOAD (('A' << 8) | 0) /* every mapping of this node loses its translations */
#define ACCESS_BYTES (64 << 20) /* of memory, mapped from offset 0 */

/* Minor nodes, by what devmap_access does. */
#define ACCESS_PAGE "access_page"     /* loads the page that is asked for */
#define ACCESS_WHOLE "access_whole"   /* loads the whole handle */
#define ACCESS_SWITCH "access_switch" /* unloads the mapping that was loaded before, loads this one */
#define ACCESS_SPLIT "access_split"   /* as ACCESS_PAGE, and each page of a mapping is a handle; of any length */

#endif
