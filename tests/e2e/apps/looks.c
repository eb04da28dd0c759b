/* SPDX-License-Identifier: BSD-2-Clause */
/* looks.c: what calls say that look at a device as at a file, a socket or a name; as Linux says it of /dev/null. */
#include "app.h"

#include <limits.h>
#include <sys/syscall.h>

#include "gate.h"

#define FAILS(call, error) CHECK((call) < 0 && errno == (error))
#define NODE "/dev/tdrv.ring"

static int opened(void)
{
	int fd = open(NODE, O_RDWR);

	CHECK(fd >= 0);
	return fd;
}

APP_PART("file", part_file)
{
	int fd = opened();

	CHECK(lseek(fd, 0, SEEK_END) == 0);
	CHECK(lseek(fd, 7, SEEK_END) == 7 && lseek(fd, 0, SEEK_CUR) == 7);
	CHECK(lseek64(fd, -8, SEEK_END) < 0 && errno == EINVAL && lseek64(fd, 0, SEEK_CUR) == 7);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
	FAILS(ftruncate(fd, 0), EINVAL);
	FAILS(truncate(NODE, 0), EINVAL);
	FAILS(truncate64(NODE "/", 0), ENOTDIR);
	FAILS(fallocate(fd, 0, 0, 4096), ENODEV);
	CHECK(posix_fallocate(fd, 0, 4096) == ENODEV);
	CHECK(close(fd) == 0);
	FAILS(fsync(fd), EBADF);
}

APP_PART("flags", part_flags)
{
	int fd = opened();
	char byte = 'x';
	struct iovec one = {&byte, 1};

	FAILS(preadv2(fd, &one, 1, 0, 0x4000), EOPNOTSUPP);
	FAILS(pwritev2(fd, &one, 1, -1, 0x4000), EOPNOTSUPP);
	FAILS(preadv64v2(fd, &one, 1, 0, RWF_NOWAIT), EOPNOTSUPP);
	CHECK(pwritev64v2(fd, &one, 1, -1, RWF_SYNC) == 1);
	byte = 0;
	CHECK(preadv2(fd, &one, 1, -1, RWF_HIPRI) == 1 && byte == 'x');
}

APP_PART("socket", part_socket)
{
	int fd = opened(), copy = dup(fd), type, ends[2];
	struct sockaddr_storage address;
	socklen_t length = sizeof(address), size = sizeof(type);
	struct iovec iov = {&type, sizeof(type)};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	struct mmsghdr many = {.msg_hdr = mh};

	for (int i = 0; i < 2; i++, fd = copy) {
		FAILS(getpeername(fd, (struct sockaddr *)&address, &length), ENOTSOCK);
		FAILS(getsockname(fd, (struct sockaddr *)&address, &length), ENOTSOCK);
		FAILS(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), ENOTSOCK);
		FAILS(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &type, size), ENOTSOCK);
		FAILS(recv(fd, &type, 1, MSG_DONTWAIT), ENOTSOCK);
		FAILS(recvfrom(fd, &type, 1, MSG_DONTWAIT, NULL, NULL), ENOTSOCK);
		FAILS(recvmsg(fd, &mh, MSG_DONTWAIT), ENOTSOCK);
		FAILS(recvmmsg(fd, &many, 1, MSG_DONTWAIT, NULL), ENOTSOCK);
		FAILS(send(fd, &type, 1, 0), ENOTSOCK);
		FAILS(sendto(fd, &type, 1, 0, NULL, 0), ENOTSOCK);
		FAILS(sendmsg(fd, &mh, 0), ENOTSOCK);
		FAILS(sendmmsg(fd, &many, 1, 0), ENOTSOCK);
		FAILS(shutdown(fd, SHUT_RDWR), ENOTSOCK);
		FAILS(listen(fd, 1), ENOTSOCK);
		FAILS(accept(fd, NULL, NULL), ENOTSOCK);
		FAILS(accept4(fd, NULL, NULL, 0), ENOTSOCK);
		FAILS(bind(fd, (struct sockaddr *)&address, sizeof(address.ss_family)), ENOTSOCK);
		FAILS(connect(fd, (struct sockaddr *)&address, sizeof(address.ss_family)), ENOTSOCK);
	}
	/* And a socket is one. */
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	CHECK(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET);
	CHECK(send(ends[0], "ab", 2, 0) == 2 && recv(ends[1], &type, sizeof(type), 0) == 2);
	CHECK(shutdown(ends[0], SHUT_RDWR) == 0);
	CHECK(write(copy, "ab", 2) == 2); /* the device is as before */
}
static void is_node(int dirfd, const char *path, int flags)
{
	struct stat st, node;

	CHECK(stat(NODE, &node) == 0 && fstatat(dirfd, path, &st, flags) == 0);
	CHECK(S_ISCHR(st.st_mode) && st.st_rdev == node.st_rdev && st.st_mode == node.st_mode);
}

/* O_PATH: a name that stays, and no open. */
APP_PART("place", part_place)
{
	char byte;

	FAILS(open(NODE, O_PATH | O_DIRECTORY), ENOTDIR);
	FAILS(openat(AT_FDCWD, NODE "/", O_PATH), ENOTDIR);
	int fd = open(NODE, O_PATH | O_CLOEXEC), copy;
	CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK((copy = dup(fd)) >= 0);
	for (int i = 0; i < 2; i++, fd = copy) {
		char path[64];
		is_node(fd, "", AT_EMPTY_PATH);
		FAILS(read(fd, &byte, 1), EBADF);
		FAILS(ioctl(fd, 0, 0), EBADF);
		FAILS(openat(fd, "x", O_RDONLY), ENOTDIR);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		int again = open(path, O_RDWR);
		CHECK(again >= 0 && write(again, "a", 1) == 1 && close(again) == 0);
	}
	CHECK(close(copy) == 0 && (fd = open("/dev/null", O_RDONLY)) == copy);
	CHECK(read(fd, &byte, 1) == 0);
}

APP_PART("names", part_names)
{
	char link[64], text[PATH_MAX] = "";
	int fd = opened();

	FAILS(readlink(NODE, text, sizeof(text)), EINVAL);
	FAILS(readlinkat(AT_FDCWD, NODE "/", text, sizeof(text)), ENOTDIR);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	CHECK(readlink(link, text, sizeof(text)) == (ssize_t)strlen(NODE) && strcmp(text, NODE) == 0);
	CHECK(readlink(link, text, 4) == 4);
	CHECK(realpath(NODE, text) == text && strcmp(text, NODE) == 0);
	CHECK(realpath("/dev/./tdrv.ring", text) == text && strcmp(text, NODE) == 0);
	CHECK(realpath(link, text) == text && strcmp(text, NODE) == 0);
	char *made = realpath(NODE, NULL), *other = canonicalize_file_name("/dev//tdrv.ring");
	CHECK(made && other && strcmp(made, NODE) == 0 && strcmp(other, NODE) == 0);
	free(made);
	free(other);
	CHECK(realpath(NODE "/", text) == NULL && errno == ENOTDIR);
}

APP_PART("syscall", part_syscall)
{
	struct statx x;
	char byte = 0;

	CHECK(syscall(SYS_statx, AT_FDCWD, NODE, 0, STATX_BASIC_STATS, &x) == 0 && S_ISCHR(x.stx_mode));
	int fd = (int)syscall(SYS_openat, AT_FDCWD, NODE, O_RDWR, 0);
	CHECK(fd >= 0);
	CHECK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x) == 0 && S_ISCHR(x.stx_mode));
	CHECK(syscall(SYS_write, fd, "q", 1) == 1 && syscall(SYS_read, fd, &byte, 1) == 1 && byte == 'q');
	CHECK(syscall(SYS_access, NODE, R_OK) == 0 && syscall(SYS_faccessat, AT_FDCWD, NODE, W_OK) == 0);
	int copy = (int)syscall(SYS_dup, fd);
	CHECK(syscall(SYS_close, fd) == 0 && write(copy, "r", 1) == 1 && read(copy, &byte, 1) == 1);
	FAILS(syscall(SYS_close, -1), EBADF);
	CHECK(syscall(SYS_getpid) == getpid());
}

/* The names behind the names. */
extern __typeof__(fcntl) __fcntl;
extern __typeof__(poll) __poll;
extern __typeof__(dup2) __dup2;
extern __typeof__(send) __send;

APP_PART("aliases", part_aliases)
{
	int fd = opened();
	struct pollfd p = {fd, POLLOUT, 0};

	CHECK((__fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
	CHECK(__poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	CHECK(__dup2(fd, 77) == 77 && write(77, "a", 1) == 1);
	FAILS(__send(77, "a", 1, 0), ENOTSOCK);
}

/* The driver is asked again after it has taken a page away, whatever call has changed the protection. */
APP_PART("keys", part_keys)
{
	int fd = open("/dev/gate", O_RDWR);
	char *m = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && m != MAP_FAILED);
	m[0] = 'k';
	CHECK(ioctl(fd, GATE_COUNT) == 1);
	CHECK(pkey_mprotect(m, PAGE, PROT_READ | PROT_WRITE, -1) == 0);
	CHECK(ioctl(fd, GATE_UNLOAD) >= 0 && m[0] == 'k' && ioctl(fd, GATE_COUNT) == 2);
	CHECK(syscall(SYS_pkey_mprotect, m, PAGE, PROT_READ, -1) == 0 && m[0] == 'k');
	FAILS(pkey_mprotect(m, PAGE, PROT_READ, 0), EINVAL);
	FAILS(remap_file_pages(m, PAGE, 0, 1, 0), EINVAL);
}

/* Large buffers go past the stream's own, directly to and from pages that are not loaded. */
APP_PART("stdio", part_stdio)
{
	int fd = open("/dev/gate", O_RDWR);
	char *m = mmap(NULL, GATE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	FILE *file = tmpfile(), *words = fopen("/proc/self/maps", "r");
	static char back[PAGE];

	CHECK(fd >= 0 && m != MAP_FAILED && file && words);
	CHECK(fwrite(m, 1, PAGE, file) == PAGE);
	CHECK(ioctl(fd, GATE_UNLOAD) >= 0 && fread(m, 1, 64, words) == 64 && memchr(m, '-', 64));
	rewind(file);
	CHECK(ioctl(fd, GATE_UNLOAD) >= 0 && fread_unlocked(m, PAGE, 1, file) == 1 && m[0] == 0);
	m[1] = 'w';
	rewind(file);
	CHECK(ioctl(fd, GATE_UNLOAD) >= 0 && fwrite_unlocked(m, PAGE, 1, file) == 1 && fflush(file) == 0);
	rewind(file);
	CHECK(fread(back, PAGE, 1, file) == 1 && back[1] == 'w');
	CHECK(ioctl(fd, GATE_SET_ERROR, EIO) == 0);
	CHECK(fwrite(m + GATE_ERROR * PAGE, PAGE, 1, file) == 0 && errno == EFAULT);
}

int main(int argc, char **argv)
{
	return part_main(argc, argv);
}
