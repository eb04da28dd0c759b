/* SPDX-License-Identifier: BSD-2-Clause */
/* programs: the ways in which ordinary programs come to a device and start others. */
#include "app.h"

#include <dirent.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>

#define DEV "/dev/tdrv"
#define RING "/dev/tdrv.ring"

extern char **environ;
static char self[4096];

static int works(int fd)
{
	return ioctl(fd, TDRV_ECHO, 99) == 99;
}

/* An ordinary file beside it still works. */
static void ordinary(void)
{
	char c = 0;
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);

	CHECK(null >= 0 && zero >= 0);
	CHECK(read(zero, &c, 1) == 1 && write(null, "x", 1) == 1);
	CHECK_ERRNO(ioctl(null, TDRV_ECHO, 1), ENOTTY);
	CHECK(close(null) == 0 && close(zero) == 0);
}

APP_PART("paths", part_paths)
{
	int fd, dir;

	ordinary();
	CHECK(chdir("/dev") == 0);
	CHECK((fd = open("tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK((fd = open("./../dev//tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK(chdir("/") == 0);
	CHECK((fd = open("dev/tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK((dir = open("/dev", O_RDONLY | O_DIRECTORY)) >= 0);
	CHECK((fd = openat(dir, "tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK((fd = openat(dir, "/dev/tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK((fd = openat(AT_FDCWD, "dev/tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	CHECK(fchdir(dir) == 0);
	CHECK((fd = open("tdrv", O_RDWR | O_CLOEXEC)) >= 0 && works(fd));
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHECK((fd = open64("/dev/tdrv", O_RDWR)) >= 0 && works(fd) && close(fd) == 0);
	struct stat st;
	CHECK(stat("tdrv", &st) == 0 && S_ISCHR(st.st_mode));
	CHECK(fstatat(dir, "tdrv", &st, 0) == 0 && S_ISCHR(st.st_mode));
}

APP_PART("stdio", part_stdio)
{
	FILE *f = fopen(RING, "r+"), *g;
	char line[64];

	CHECK(f != NULL);
	CHECK(works(fileno(f)));
	setvbuf(f, NULL, _IONBF, 0);
	CHECK(fprintf(f, "a line %d\n", 7) == 9);
	CHECK((g = fopen(RING, "r")) != NULL);
	CHECK(fgets(line, sizeof(line), g) != NULL && strcmp(line, "a line 7\n") == 0);
	CHECK(fclose(g) == 0);
	CHECK(freopen(RING, "w", stdout) == stdout);
	CHECK(puts("again") >= 0 && fflush(stdout) == 0);
	int fd = open_device(RING, O_RDONLY);
	CHECK((f = fdopen(fd, "r")) != NULL);
	CHECK(fgets(line, sizeof(line), f) != NULL && strcmp(line, "again\n") == 0);
	CHECK(fclose(f) == 0 && fclose(stdout) == 0);
}

APP_PART("dup", part_dup)
{
	int fd = open_device(DEV, O_RDWR), a, b;

	CHECK((a = dup(fd)) >= 0 && works(a));
	CHECK(dup2(fd, 200) == 200 && works(200));
	CHECK(dup3(fd, 201, O_CLOEXEC) == 201 && works(201) && fcntl(201, F_GETFD) == FD_CLOEXEC);
	CHECK((b = fcntl(fd, F_DUPFD, 300)) == 300 && works(b));
	CHECK((b = fcntl(fd, F_DUPFD_CLOEXEC, 300)) == 301 && works(b));
	CHECK(close(fd) == 0 && works(a));
	/* an ordinary file takes the number */
	CHECK(open("/dev/null", O_RDONLY) == fd);
	CHECK_ERRNO(ioctl(fd, TDRV_ECHO, 1), ENOTTY);
	CHECK(dup2(fd, 200) == 200);
	CHECK_ERRNO(ioctl(200, TDRV_ECHO, 1), ENOTTY);
	CHECK(dup2(a, fd) == fd && works(fd));
}

APP_PART("poll", part_poll)
{
	int fd = open_device(RING, O_RDWR), null = open("/dev/null", O_RDWR);
	fd_set in, out;
	struct timeval none = {0, 0};

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fd, &in);
	FD_SET(fd, &out);
	FD_SET(null, &out);
	CHECK(select(fd > null ? fd + 1 : null + 1, &in, &out, NULL, &none) == 2);
	CHECK(!FD_ISSET(fd, &in) && FD_ISSET(fd, &out) && FD_ISSET(null, &out));
	CHECK(write(fd, "x", 1) == 1);
	FD_ZERO(&in);
	FD_SET(fd, &in);
	CHECK(select(fd + 1, &in, NULL, NULL, NULL) == 1 && FD_ISSET(fd, &in));
}

APP_PART("epoll", part_epoll)
{
	int fd = open_device(RING, O_RDWR), ep = epoll_create1(0);
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = 7}, got;

	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0);
	CHECK(epoll_wait(ep, &got, 1, 0) == 0);
	CHECK(write(fd, "x", 1) == 1);
	CHECK(epoll_wait(ep, &got, 1, 2000) == 1 && got.data.u32 == 7 && got.events == EPOLLIN);
}

/* child FD: what a program started with the descriptor does with it. */
APP_PART("child", part_child)
{
	int fd = atoi(argv[0]);
	char *p = map_at(fd, 0, PAGE, PROT_READ | PROT_WRITE);

	CHECK(works(fd));
	p[10]++;
	CHECK(works(open_device(DEV, O_RDONLY)));
}

static char *const *child_argv(const char *fd)
{
	static char *argv[4];

	argv[0] = self;
	argv[1] = (char *)"child";
	argv[2] = (char *)fd;
	return argv;
}

APP_PART("start", part_start)
{
	int fd = open_device(DEV, O_RDWR), closed = open_device(DEV, O_RDWR | O_CLOEXEC);
	unsigned char *p = map_at(fd, 0, PAGE, PROT_READ | PROT_WRITE);
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;

	CHECK(works(closed));
	CHECK(dup2(fd, 100) == 100);
	p[10] = 0;
	if ((pid = fork()) == 0) {
		execv(self, child_argv("100"));
		_exit(9);
	}
	reap(pid);
	CHECK(p[10] == 1);
	if ((pid = vfork()) == 0) {
		if (dup2(fd, 101) != 101 || close(100) != 0)
			_exit(8);
		execv(self, child_argv("101"));
		_exit(9);
	}
	reap(pid);
	CHECK(p[10] == 2);
	CHECK(works(100) && works(fd)); /* the vfork child's close was its own */
	CHECK_ERRNO(ioctl(101, TDRV_ECHO, 1), EBADF);
	CHECK(posix_spawn_file_actions_init(&actions) == 0);
	CHECK(posix_spawn_file_actions_adddup2(&actions, fd, 102) == 0);
	CHECK(posix_spawn_file_actions_addclose(&actions, 100) == 0);
	CHECK(posix_spawn(&pid, self, &actions, NULL, child_argv("102"), environ) == 0);
	reap(pid);
	CHECK(p[10] == 3);
	CHECK(posix_spawnp(&pid, self, NULL, NULL, child_argv("100"), environ) == 0);
	reap(pid);
	CHECK(p[10] == 4);
	/* a close-on-exec descriptor is not there */
	char number[16];
	snprintf(number, sizeof(number), "%d", closed);
	if ((pid = fork()) == 0) {
		CHECK(close(2) == 0);
		execv(self, child_argv(number));
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CHECK(system("exec true") == 0);
	FILE *pipe = popen("cat /dev/tdrv.log", "r");
	char line[128];
	CHECK(pipe != NULL && fgets(line, sizeof(line), pipe) != NULL && pclose(pipe) != -1);
	CHECK(works(fd) && p[10] == 4);
	/* exec in the process itself: the last child's mapping was its own */
	execv(self, child_argv("100"));
	_exit(9);
}

/* A daemon closes all that it may have inherited, the library's own descriptors too. */
APP_PART("closeall", part_closeall)
{
	int before = open_device(DEV, O_RDWR), fd;

	CHECK(works(before));
	unsigned char *p = map_at(before, 0, PAGE, PROT_READ | PROT_WRITE);
	for (int i = 3; i < 1024; i++)
		close(i);
	p[3] = 33;
	CHECK_ERRNO(ioctl(before, TDRV_ECHO, 1), EBADF);
	CHECK((fd = open(DEV, O_RDWR)) >= 0 && works(fd));
	CHECK(ioctl(fd, TDRV_PEEK, 3) == 33);
	CHECK(close_range(3, ~0u, 0) == 0);
	CHECK((fd = open(DEV, O_RDWR)) >= 0 && works(fd));
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 1024; i++)
			close(i);
		if (open("/dev/null", O_RDWR) != 0 || open(DEV, O_RDWR) != 1 || !works(1))
			_exit(3);
		_exit(0);
	}
	reap(pid);
	CHECK(works(fd));
	p[3] = 34;
	CHECK(ioctl(fd, TDRV_PEEK, 3) == 34);
}

/* Fork children that outlive their parents, as shells' do. */
APP_PART("generations", part_generations)
{
	int fd = open_device(DEV ".clone", O_RDWR), end[2];
	char *p = map_at(fd, 0, PAGE, PROT_READ | PROT_WRITE), c;

	CHECK(pipe(end) == 0);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid != 0 && i == 0) {
			CHECK(close(end[1]) == 0);
			reap(pid);
			CHECK(read(end[0], &c, 1) == 0); /* all are gone */
			CHECK(p[0] == 10);
			return;
		}
		if (pid != 0)
			_exit(0);
		CHECK(works(fd));
		CHECK(__atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST) == i + 1);
	}
	_exit(0);
}

/* ---- handlers of pthread_atfork() ---- */

static int atfork_fd, atfork_runs;

static void atfork_handler(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED && munmap(p, PAGE) == 0);
	ordinary();
	CHECK(works(atfork_fd));
	atfork_runs++;
}

APP_PART("atfork", part_atfork)
{
	atfork_fd = open_device(DEV, O_RDWR);
	char *p = map_at(atfork_fd, 0, PAGE, PROT_READ | PROT_WRITE);

	CHECK(pthread_atfork(atfork_handler, atfork_handler, atfork_handler) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		p[5] = 55;
		_exit(atfork_runs == 2 && works(atfork_fd) ? 0 : 3);
	}
	reap(pid);
	CHECK(atfork_runs == 2 && p[5] == 55);
}

static pthread_mutex_t atfork_mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t atfork_begun;

static void atfork_prepare(void)
{
	CHECK(sem_post(&atfork_begun) == 0);
	CHECK(pthread_mutex_lock(&atfork_mutex) == 0);
}

static void atfork_done(void)
{
	CHECK(pthread_mutex_unlock(&atfork_mutex) == 0);
}

static void *atfork_forks(void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(works(atfork_fd) ? 0 : 3);
	reap(pid);
	return NULL;
}

/* A thread unmaps under a mutex that the forking thread's handler waits for. */
APP_PART("atfork-waits", part_atfork_waits)
{
	pthread_t thread;

	atfork_fd = open_device(DEV, O_RDWR);
	char *p = map_at(atfork_fd, 0, 2 * PAGE, PROT_READ | PROT_WRITE);
	CHECK(sem_init(&atfork_begun, 0, 0) == 0);
	CHECK(pthread_atfork(atfork_prepare, atfork_done, atfork_done) == 0);
	CHECK(pthread_mutex_lock(&atfork_mutex) == 0);
	CHECK(pthread_create(&thread, NULL, atfork_forks, NULL) == 0);
	CHECK(sem_wait(&atfork_begun) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(pthread_mutex_unlock(&atfork_mutex) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	p[0] = 1;
}

int main(int argc, char **argv)
{
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CHECK(n > 0);
	return part_main(argc, argv);
}
