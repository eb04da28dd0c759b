/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * descriptor.c: which of this process's descriptors are device opens.
 *
 * A table by number.  A number never seen before is looked at once: a SEQPACKET socket may be a device
 * descriptor that came by exec, SCM_RIGHTS or a fork inside libc, and the server tells.  A vfork child shares the
 * parent's memory but not its descriptors: it keeps its changes in an overlay that goes when the parent returns.
 */
#define _GNU_SOURCE
#include "client/core/core.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/core/quiet.h"

#define DESCRIPTORS (1 << 20)

enum {
	UNKNOWN,
	OTHER,
	DEVICE,
	PLACE, /* opened with O_PATH: names a device, and is none */
};
struct entry {
	uint32_t kind;
	struct device device;
};

static struct lock table_lock; /* protects writes to the table; readers of kind need none */
static struct entry *table;    /* DESCRIPTORS entries, untouched ones cost nothing */
static int table_end;          /* highest device number ever + 1 */

/* ---- the vfork child's overlay ---- */

#define OVERLAY_MAX 64
struct overlay {
	int count;
	struct {
		int fd;
		struct entry entry;
	} change[OVERLAY_MAX];
};
static _Thread_local struct overlay *overlay __attribute__((tls_model("initial-exec")));

static struct entry *overlay_find(int fd)
{
	for (int i = 0; overlay && i < overlay->count; i++)
		if (overlay->change[i].fd == fd)
			return &overlay->change[i].entry;
	return NULL;
}

static void overlay_set(int fd, const struct entry *e)
{
	struct entry *found = overlay_find(fd);

	if (!found && overlay && overlay->count < OVERLAY_MAX) {
		overlay->change[overlay->count].fd = fd;
		found = &overlay->change[overlay->count++].entry;
	}
	if (found)
		*found = *e;
}

void descriptor_vfork_enter(void)
{
	if (!client_active())
		return;
	overlay = REAL(mmap)(NULL, sizeof(*overlay), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (overlay == MAP_FAILED)
		overlay = NULL;
}

void descriptor_vfork_leave(void)
{
	if (overlay)
		(void)REAL(munmap)(overlay, sizeof(*overlay));
	overlay = NULL;
}

/* ---- the table ---- */

static bool table_ready(void)
{
	if (likely(__atomic_load_n(&table, __ATOMIC_ACQUIRE) != NULL))
		return true;
	lock_take(&table_lock);
	if (table == NULL) {
		void *p = REAL(mmap)(NULL, DESCRIPTORS * sizeof(struct entry), PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		__atomic_store_n(&table, p == MAP_FAILED ? NULL : p, __ATOMIC_RELEASE);
	}
	lock_release(&table_lock);
	return table != NULL;
}

static void table_set(int fd, uint32_t kind, const struct device *d)
{
	struct entry e = {.kind = kind};

	if (fd < 0 || fd >= DESCRIPTORS)
		return;
	if (d)
		e.device = *d;
	if (unlikely(in_vfork_child)) {
		overlay_set(fd, &e);
		return;
	}
	if (d == NULL) { /* a number that changes hands while others use it is the application's race */
		struct entry *t = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
		if (t != NULL && __atomic_load_n(&t[fd].kind, __ATOMIC_RELAXED) != kind)
			__atomic_store_n(&t[fd].kind, kind, __ATOMIC_RELEASE);
		return;
	}
	if (!table_ready())
		return;
	lock_take(&table_lock);
	table[fd].device = e.device;
	__atomic_store_n(&table[fd].kind, kind, __ATOMIC_RELEASE);
	if (fd >= table_end)
		table_end = fd + 1;
	lock_release(&table_lock);
}

/* ---- numbers never seen before ---- */

/* Could it be one of ours?  A SEQPACKET socket is, nearly always. */
static bool is_candidate(int fd)
{
	return quiet_socket_type(fd) == SOCK_SEQPACKET && !own_has(fd);
}

static int open_flags(uint64_t f)
{
	int flags = (f & 1 ? (f & 2 ? 2 : 0) : 1); /* SYS_FREAD, SYS_FWRITE -> O_ACCMODE */

	return flags | (f & 0x84 ? 04000 /* O_NONBLOCK */ : 0);
}

static bool ask_server(int fd, struct device *d)
{
	struct call *c = call_begin();
	struct wire_message m = {.op = WIRE_PROVE, .nfds = 1};

	if (c == NULL)
		return false;
	int error = call_run(c, &m, &fd);
	call_end(c);
	if (error)
		return false;
	*d = (struct device){.id = m.a, .dev = m.b, .flags = open_flags(m.c)};
	return true;
}

static bool look(int fd, struct device *d)
{
	int saved = errno;
	bool is = is_candidate(fd) && ask_server(fd, d);

	errno = saved;
	if (table_ready())
		table_set(fd, is ? DEVICE : OTHER, is ? d : NULL);
	return is;
}

static bool get_in_vfork_child(int fd, struct device *d)
{
	struct entry *e = overlay_find(fd);

	if (e && e->kind != UNKNOWN) {
		*d = e->device;
		return e->kind == DEVICE;
	}
	/* Ask again even if the parent knows: the child is another process to the server. */
	return look(fd, d);
}

bool descriptor_get(int fd, struct device *d)
{
	if (likely(!client_active()) || fd < 0 || fd >= DESCRIPTORS)
		return false;
	if (unlikely(in_vfork_child))
		return get_in_vfork_child(fd, d);
	if (unlikely(!table_ready()))
		return false;
	uint32_t kind = __atomic_load_n(&table[fd].kind, __ATOMIC_ACQUIRE);
	if (likely(kind == OTHER || kind == PLACE))
		return false;
	if (kind == DEVICE && unlikely(connection_is_parents())) {
		fork_child_found();
		kind = UNKNOWN;
	}
	if (kind == UNKNOWN)
		return look(fd, d);
	*d = table[fd].device;
	return true;
}

/* Is it a device as far as is known, without asking anybody? */
static bool known(int fd, struct device *d)
{
	if (!client_active() || fd < 0 || fd >= DESCRIPTORS)
		return false;
	struct entry *e = in_vfork_child ? overlay_find(fd) : NULL;
	if (!e && __atomic_load_n(&table, __ATOMIC_ACQUIRE))
		e = &table[fd];
	if (!e || e->kind != DEVICE)
		return false;
	*d = e->device;
	return true;
}

/* The entry of an O_PATH descriptor, or NULL. */
static const struct entry *place(int fd)
{
	if (likely(!client_active()) || fd < 0 || fd >= DESCRIPTORS)
		return NULL;
	const struct entry *e = in_vfork_child ? overlay_find(fd) : NULL, *t = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
	if (!e && t)
		e = &t[fd];
	return e && e->kind == PLACE ? e : NULL;
}

bool descriptor_place(int fd, uint64_t *dev)
{
	const struct entry *e = place(fd);

	if (e)
		*dev = e->device.dev;
	return e != NULL;
}

/* ---- changes ---- */

bool descriptor_add(int fd, const struct device *d)
{
	table_set(fd, DEVICE, d);
	return in_vfork_child || __atomic_load_n(&table, __ATOMIC_ACQUIRE) != NULL;
}

bool descriptor_add_place(int fd, uint64_t dev)
{
	table_set(fd, PLACE, &(struct device){.dev = dev});
	return in_vfork_child || __atomic_load_n(&table, __ATOMIC_ACQUIRE) != NULL;
}

void descriptor_forget(int fd)
{
	if (client_active())
		table_set(fd, UNKNOWN, NULL);
}

static bool id_is_open(uint64_t id)
{
	for (int fd = 0; fd < table_end; fd++)
		if (table[fd].kind == DEVICE && table[fd].device.id == id)
			return true;
	return false;
}

uint64_t descriptor_closing(int fd)
{
	struct device d;

	if (place(fd))
		table_set(fd, UNKNOWN, NULL);
	if (!client_active() || !known(fd, &d))
		return 0;
	table_set(fd, UNKNOWN, NULL);
	return d.id;
}

void descriptor_closed(uint64_t id)
{
	struct wire_message m = {.op = WIRE_CLOSED, .a = id};
	int saved = errno;

	if (id == 0 || in_vfork_child || id_is_open(id))
		return;
	(void)call_simple(&m);
	errno = saved;
}

void descriptor_is_other(int fd)
{
	if (client_active())
		table_set(fd, OTHER, NULL);
}

void descriptor_dup(int oldfd, int newfd)
{
	struct device d;

	if (!client_active())
		return;
	if (known(oldfd, &d))
		table_set(newfd, DEVICE, &d);
	else if (place(oldfd))
		table_set(newfd, PLACE, &place(oldfd)->device);
	else
		table_set(newfd, UNKNOWN, NULL);
}

void descriptor_setflags(int fd, int flags)
{
	struct device d;

	/* Copies share the open and with it the flags. */
	if (!known(fd, &d))
		return;
	for (int i = 0; i < table_end && !in_vfork_child; i++)
		if (table[i].kind == DEVICE && table[i].device.id == d.id)
			table[i].device.flags = flags;
}

int descriptor_end(void)
{
	return table_end;
}

bool descriptor_any(void)
{
	for (int fd = 0; fd < table_end; fd++)
		if (table[fd].kind == DEVICE)
			return true;
	return false;
}

void descriptor_fork_lock(void)
{
	lock_take(&table_lock);
}

void descriptor_fork_unlock(void)
{
	lock_release(&table_lock);
}

/* Proven opens are inherited by a fork that the server knows of; otherwise they are asked for again. */
void descriptor_fork_child(struct fork_child *child)
{
	table_lock.state = 0;
	for (int fd = 0; child->token == 0 && fd < table_end; fd++)
		if (table[fd].kind == DEVICE)
			table[fd].kind = UNKNOWN;
}
