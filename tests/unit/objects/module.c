/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules that need each other: DEFINES is a function that others may call, CALLS one of others, DEPENDS their names. */
#define LINK(name) __asm__("sundog_" #name) __attribute__((visibility("default")))

struct modinfo;

#ifdef DEFINES
int DEFINES(void);
int __attribute__((visibility("default"))) DEFINES(void)
{
	return VALUE;
}
#endif

#ifdef DEPENDS
#ifdef STATIC
static char _depends_on[] __attribute__((used)) = DEPENDS;
#else
char _depends_on[] __attribute__((visibility("default"))) = DEPENDS;
#endif
#endif

#ifdef CALLS
int CALLS(void) __attribute__((visibility("default")));
#endif

int init(void) LINK(_init);
int init(void)
{
#ifdef CALLS
	return CALLS();
#else
	return 0;
#endif
}

int info(struct modinfo *) LINK(_info);
int info(struct modinfo *m)
{
	return m == 0;
}

int fini(void) LINK(_fini);
int fini(void)
{
	return 0;
}
