/* SPDX-License-Identifier: BSD-2-Clause */
/* A shared object as `sundog cc` makes them, in parts that the loader's test takes or leaves. */
#define LINK(name) __asm__("sundog_" #name) __attribute__((visibility("default")))

struct modinfo;

#ifdef WITH_NOTE
__attribute__((section(".sundog"), used)) static const char note[] =
	"compiler=clang\nversion=14.0.6\nsanitize=thread,undefined\nheaders=0.1.0\n";
#endif

#ifdef WITH_INTERFACE
#define TEXT(number) #number
#define INTERFACE(number) "compiler=gcc\ninterface=" TEXT(number) "\n"
__attribute__((section(".sundog"), used)) static const char note[] = INTERFACE(WITH_INTERFACE);
#endif

#ifdef WITH_MISSING
int no_such_function(int) LINK(no_such_function);
int another_one(int) LINK(another_one);
int printf(const char *, ...);
int weak_one(int) LINK(weak_one) __attribute__((weak));
#endif

#ifndef WITHOUT_INIT
int init(void) LINK(_init);
int init(void)
{
#ifdef WITH_MISSING
	return no_such_function(1) + another_one(2) + printf("x") + (weak_one ? weak_one(1) : 0);
#else
	return 42;
#endif
}
#endif

int info(struct modinfo *) LINK(_info);
int info(struct modinfo *m)
{
	return m == 0;
}

#ifndef WITHOUT_FINI
int fini(void) LINK(_fini);
int fini(void)
{
	return 7;
}
#endif
