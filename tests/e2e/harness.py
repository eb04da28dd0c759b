# SPDX-License-Identifier: BSD-2-Clause
"""What the end-to-end tests share: building, running with time limits, and looking for what was left behind."""

import contextlib
import ctypes
import errno
import glob
import os
import re
import shutil
import signal
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.realpath(os.environ.get("SUNDOG_BUILD") or os.path.join(TOP, "build"))
SUNDOG = os.path.realpath(os.environ.get("SUNDOG") or os.path.join(BUILD, "sundog"))
FLAVOUR = os.environ.get("SUNDOG_FLAVOUR") or "plain"
if FLAVOUR == "tsan":
    # Else each server sleeps for a second at its end, in case a thread races with that.
    os.environ["TSAN_OPTIONS"] = "atexit_sleep_ms=50:" + os.environ.get("TSAN_OPTIONS", "")
LONG = os.environ.get("SUNDOG_LONG") == "1"
SANITIZE = {"plain": [], "asan": ["-fsanitize=address,undefined"], "tsan": ["-fsanitize=thread"]}[FLAVOUR]
SLOW = {"plain": 1, "asan": 4, "tsan": 8}[FLAVOUR] * float(os.environ.get("SUNDOG_SLOW") or 1)
TIMEOUT = 30 * SLOW  # seconds for one command, unless said otherwise
MARK = "SUNDOG_E2E_MARK"

MODELS = {"64": [], "32": ["-m32"], "32lfs": ["-m32", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"]}
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]


def have_m32():
    return shutil.which("gcc") and os.path.exists(
        subprocess.run(["gcc", "-m32", "-print-file-name=crt1.o"], capture_output=True, text=True).stdout.strip())


# ---- processes that carry a mark in their environment ----

def processes(mark):
    """Pids of live processes whose environment at exec had the mark; zombies are not live."""
    wanted, found = f"{MARK}={mark}".encode(), []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if wanted not in f.read().split(b"\0"):
                    continue
            if state(int(pid)) not in "ZX":
                found.append(int(pid))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "X"


def comm(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return "?"


def cmdline(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "?"


def until(condition, what, seconds=None):
    """Waits for a condition of the system, failing with what() or what after a generous while."""
    end = time.monotonic() + (seconds or TIMEOUT)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(what() if callable(what) else what)
        time.sleep(0.005)


def stacks(mark):
    """Where everything with the mark is, for the report of a hang."""
    text = []
    for pid in processes(mark):
        text.append(f"--- {pid} {state(pid)} {cmdline(pid)}")
        for task in sorted(os.listdir(f"/proc/{pid}/task")) if os.path.exists(f"/proc/{pid}/task") else []:
            for name in ("wchan", "syscall"):
                try:
                    with open(f"/proc/{pid}/task/{task}/{name}", encoding="utf-8") as f:
                        text.append(f"    task {task} {comm_of_task(pid, task)} {name}: {f.read().strip()}")
                except OSError:
                    pass
        if shutil.which("gdb"):
            try:
                out = subprocess.run(["gdb", "-nx", "-batch", "-p", str(pid), "-ex", "thread apply all bt 12"],
                                     capture_output=True, text=True, timeout=40, errors="replace")
                text += [line for line in out.stdout.splitlines() if re.match(r"#|Thread", line)]
            except subprocess.TimeoutExpired:
                text.append("    gdb did not answer")
    return "\n".join(text)


def comm_of_task(pid, task):
    try:
        with open(f"/proc/{pid}/task/{task}/comm", encoding="utf-8", errors="replace") as f:
            return f.read().strip()
    except OSError:
        return "?"


def kill_all(mark):
    """Ends what carries the mark, by pid."""
    for _ in range(50):
        left = processes(mark)
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError as e:
                if e.errno != errno.ESRCH:
                    raise
        time.sleep(0.02)


def uffd_forbidden():
    """Why this machine lets nobody make a userfaultfd; None: it does."""
    libc = ctypes.CDLL(None, use_errno=True)
    for make in (lambda: os.open("/dev/userfaultfd", os.O_RDWR | os.O_CLOEXEC),
                 lambda: libc.syscall(323, 1 | os.O_CLOEXEC)):  # UFFD_USER_MODE_ONLY
        try:
            fd = make()
        except OSError:
            continue
        if fd >= 0:
            os.close(fd)
            return None
    return "userfaultfd: " + os.strerror(ctypes.get_errno())


# ---- one test's surroundings ----

VERBOSE = (r"^sundog: (process \d+: fault engine: .*|\S*sundog-server\S* is process \d+, with \d+ drivers?"
           r"|\w+: DMA of \d+ bytes discarded: .*|\w+ is /pseudo/\S+|waiting for processes that hold a device: \d+"
           r"|process \d+: promotion stops writers by .*|/dev/\S+ is /devices/\S+"
           r"|process \d+: munmap or mprotect waits until \d+ bytes at \w+ are unlocked, locked by \S+)\n")


class Result:
    def __init__(self, argv, status, out, err):
        self.argv, self.status, self.out, self.err = argv, status, out, err

    def __str__(self):
        return (f"{' '.join(map(str, self.argv))}\nstatus {self.status}\n--- stdout\n{self.out}\n"
                f"--- stderr\n{self.err}")

    def ok(self, status=0):
        """Ended so, and nobody's sanitizer complained."""
        assert "Sanitizer" not in self.err and "runtime error:" not in self.err, str(self)
        assert self.status == status, str(self)
        return self

    def quiet(self, status=0):
        self.ok(status)
        assert self.err == "", str(self)
        return self


class World:
    """Runs a test's processes, all of them marked, with a TMPDIR of their own."""

    def __init__(self, tmp, built, mark):
        self.tmp, self.built, self.mark = tmp, built, mark
        self.tmpdir = os.path.join(tmp, "tmp")
        os.mkdir(self.tmpdir)
        os.chmod(self.tmpdir, 0o1777)
        os.chmod(tmp, 0o755)
        self.before = shared_files()
        self.children = []
        self.engine = None  # the only one that servers of this test may use; see the fixture of that name
        self.engines = set()

    def env(self, extra=None):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("SUNDOG", "LD_PRELOAD"))}
        env.update({MARK: self.mark, "TMPDIR": self.tmpdir, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"})
        env.update(extra or {})
        return env

    def popen(self, argv, **kw):
        """A process whose end the test looks after; it is killed at the latest at the end of the test."""
        kw.setdefault("cwd", self.tmp)
        child = subprocess.Popen([str(a) for a in argv], env=self.env(kw.pop("env", None)), start_new_session=True,
                                 **kw)
        self.children.append(child)
        return child

    def run(self, argv, *, input=None, timeout=None, **kw):
        child = self.popen(argv, stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
        try:
            out, err = child.communicate(input.encode() if isinstance(input, str) else input, timeout or TIMEOUT)
        except subprocess.TimeoutExpired:
            where = stacks(self.mark)
            kill_all(self.mark)
            out, err = child.communicate()
            raise AssertionError(f"{' '.join(map(str, argv))}: still running after {timeout or TIMEOUT} s\n"
                                 f"--- stdout\n{out.decode(errors='replace')}\n"
                                 f"--- stderr\n{err.decode(errors='replace')}\n{where}") from None
        return Result(argv, child.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def sundog(self, *argv, **kw):
        return self.run([SUNDOG, *argv], **kw)

    def sundog_run(self, driver, *command, wrap=(), options=(), **kw):
        """sundog run -d DRIVER -- COMMAND; the driver by its test name or its path."""
        r = self.run([*wrap, SUNDOG, "run", *options, *self.engine_options(), "-d", self.driver(driver), "--",
                      *command], **kw)
        r.err = self.engine_check(r.err, "-v" in options)
        return r

    def engine_options(self):
        return ["-v", f"--fault-engine={self.engine}"] if self.engine else []

    def engine_check(self, text, verbose=False):
        """Stderr without what the engine's options have added to it; fails if a process had another engine."""
        if not self.engine:
            return text
        used = set(re.findall(r"^sundog: process \d+: fault engine: (\w+)", text, re.M))
        assert used <= {self.engine}, f"fault engine {self.engine} was asked for, used: {used}\n{text}"
        self.engines |= used
        return text if verbose else re.sub(VERBOSE, "", text, flags=re.M)

    def driver(self, name):
        return name if "/" in str(name) else self.built.driver(name)

    def app(self, name, model="64"):
        return self.built.app(name, model)

    def server(self, *drivers, **kw):
        return Server(self, [self.driver(d) for d in drivers], **kw)

    def server_pid(self):
        """Of the one sundog-server that this test has started."""
        return until(lambda: [p for p in processes(self.mark) if comm(p).startswith("sundog-server")],
                     "no sundog-server is running")[0]

    def close(self):
        """What must hold after every test: nobody is left, nothing was left."""
        for child in self.children:
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream and not stream.closed:
                    stream.close()
        end = time.monotonic() + 10 * SLOW
        while processes(self.mark) and time.monotonic() < end:
            time.sleep(0.01)
        left = [f"{pid} {state(pid)} {cmdline(pid)}" for pid in processes(self.mark)]
        where = stacks(self.mark) if left else ""
        kill_all(self.mark)
        for child in self.children:
            child.wait()
        files = os.listdir(self.tmpdir) + sorted(shared_files() - self.before)
        assert not left, "processes left: " + "; ".join(left) + "\n" + where
        assert not files, f"files left: {files}"


def shared_files():
    """Files where something of ours might be forgotten."""
    return {f"{d}/{name}" for d in ("/dev/shm", "/tmp") for name in os.listdir(d) if "sundog" in name.lower()
            and not name.startswith(("sundog-e2e", "sundog-cc."))  # other people compile, too
            and not re.fullmatch(r"sundog-\d+", name)}  # a user's servers, another test's among them: test_sockets.py


# ---- a server of its own, for several commands ----

class Server:
    """`sundog server`, with what it takes to notice that it lost something."""

    def __init__(self, world, drivers, options=(), wrap=()):
        self.world = world
        self.name = "e2e-" + world.mark
        argv = [*wrap, SUNDOG, "server", "-n", self.name, *options, *world.engine_options()]
        self.verbose = "-v" in options
        for d in drivers:
            argv += ["-d", d]
        self.errors = open(os.path.join(world.tmp, "server.err"), "w+", encoding="utf-8", errors="replace")
        self.command = world.popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)
        line = self.command.stdout.readline().decode().strip()
        assert line == "ready", "no server: " + self.stderr()
        self.pid = world.server_pid()

    def exec_argv(self, *command, wrap=()):
        return [*wrap, SUNDOG, "exec", "-n", self.name, "--", *command]

    def exec(self, *command, wrap=(), **kw):
        return self.world.run(self.exec_argv(*command, wrap=wrap), **kw)

    def popen(self, *command, wrap=(), **kw):
        return self.world.popen(self.exec_argv(*command, wrap=wrap), **kw)

    def use(self):
        """Descriptors, threads, lines of the memory map."""
        with open(f"/proc/{self.pid}/maps", encoding="utf-8", errors="replace") as f:
            # A sanitizer's allocator maps memory as it likes: there only page objects and channels count.
            maps = sum(1 for line in f if FLAVOUR == "plain" or "/memfd:sundog" in line)
        return (len(os.listdir(f"/proc/{self.pid}/fd")), len(os.listdir(f"/proc/{self.pid}/task")), maps)

    def settle(self, before, maps_more=64):
        """Waits until the server holds no more than before; thread stacks that libc keeps are allowed as map lines."""
        def now():
            fds, threads, maps = self.use()
            return fds <= before[0] and threads <= before[1] and maps <= before[2] + maps_more

        until(now, lambda: f"the server held {before} (descriptors, threads, maps) and now holds {self.use()}:\n"
              + self.descriptors())

    def descriptors(self):
        lines = []
        for fd in sorted(os.listdir(f"/proc/{self.pid}/fd"), key=int):
            try:
                lines.append(fd + " " + os.readlink(f"/proc/{self.pid}/fd/{fd}"))
            except OSError:
                pass
        return "\n".join(lines[:200])

    def stderr(self):
        with open(self.errors.name, encoding="utf-8", errors="replace") as f:
            return self.world.engine_check(f.read(), self.verbose)

    def alive(self):
        return self.command.poll() is None and state(self.pid) not in "ZX"

    def stop(self, status=0):
        """SIGTERM: detaches the drivers.  Its stderr."""
        assert self.alive(), "the server has died: " + self.stderr()
        self.command.send_signal(signal.SIGTERM)
        try:
            code = self.command.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            raise AssertionError("the server does not stop\n" + stacks(self.world.mark)) from None
        text = self.stderr()
        assert code == status, f"server: status {code}\n{text}"
        assert "Sanitizer" not in text and "runtime error:" not in text, text
        return text


# ---- drivers and applications, compiled once ----

DRIVERS = {  # name: source, flags; the file is named after the source, as its device is
    "tdrv": ("tdrv.c", []),
    "segdrv": ("segdrv.c", []),
    "oldmap": ("oldmap.c", []),
    "oddmap": ("oddmap.c", []),
    "biglock": ("biglock.c", []),
    "fail-init": ("failing.c", ["-DFAIL_INIT"]),
    "fail-attach": ("failing.c", ["-DFAIL_ATTACH"]),
    "fail-missing": ("failing.c", ["-DFAIL_MISSING"]),
    "leak-cookie": ("leaky.c", ["-DLEAK_COOKIE"]),
    "leak-state": ("leaky.c", ["-DLEAK_STATE"]),
    "leak-kmem": ("leaky.c", ["-DLEAK_KMEM"]),
    "leak-attach": ("leaky.c", ["-DLEAK_KMEM", "-DLEAK_ATTACH"]),
    "leak-node": ("leaky.c", ["-DLEAK_NODE"]),
    "frames-mmap": ("frames.c", []),
    "frames-mmap-dma": ("frames.c", ["-DFRAMES_DMA"]),
    "frames-cookie": ("frames.c", ["-DFRAMES_COOKIE"]),
    "frames-cookie-dma": ("frames.c", ["-DFRAMES_COOKIE", "-DFRAMES_DMA"]),
    "ends": ("ends.c", []),
    "gate": ("gate.c", []),
    "rlock": ("rlock.c", []),
    "stress": ("stress.c", []),
    "waits": ("waits.c", []),
    "stuck": ("stuck.c", []),
    "registry": ("registry.c", []),
    "registry-twin": ("registry.c", []),
    "guest-a": ("guest.c", ['-DGUEST="guest-a"']),
    "guest-b": ("guest.c", ['-DGUEST="guest-b"', "-DGUEST_ALONE"]),
    "circle-a": ("guest.c", ['-DGUEST="a"', "-DGUEST_DEFINES=circle_a", "-DGUEST_CIRCLE=circle_b"]),
    "circle-b": ("guest.c", ['-DGUEST="b"', "-DGUEST_DEFINES=circle_b", "-DGUEST_CIRCLE=circle_a"]),
    "lockdrv": ("lockdrv.c", []),
    "crash": ("crash.c", []),
    "shm": ("../../../drivers/shm", []),
    "ctx": ("../../../drivers/ctx", []),
    "pin": ("../../../drivers/pin", []),
    "disk": ("../../../drivers/disk", []),
    "disk-pio": ("../../../drivers/disk", ["-DDISK_PIO"]),
    "rec": ("../../../drivers/rec", []),
    "cardfb": ("../../../drivers/cardfb", []),
    "cardmon": ("../../../drivers/cardmon", []),
}


class Built:
    def __init__(self, directory):
        self.directory, self.done = directory, {}

    def driver(self, name):
        if name not in self.done:
            source, flags = DRIVERS[name]
            path = os.path.join(HERE, "drivers", source)
            sources = [path] if path.endswith(".c") else [os.path.join(path, f) for f in sorted(os.listdir(path))
                                                          if f.endswith(".c")]
            where = os.path.join(self.directory, name)
            out = os.path.join(where, (name if source == "guest.c" else os.path.basename(source).removesuffix(".c")) + ".so")
            if not os.path.exists(out):
                os.mkdir(where)
                for conf in glob.glob(os.path.join(path, "*.conf")):
                    shutil.copy(conf, where)
                self.build([SUNDOG, "cc", "-g", "-O1", "-Wall", "-Werror", *SANITIZE, *flags, "-o", out, *sources])
            self.done[name] = out
        return self.done[name]

    def app(self, name, model="64"):
        key = f"{name}-{model}"
        if key not in self.done:
            out = os.path.join(self.directory, key)
            sources = sorted(glob.glob(os.path.join(HERE, "apps", name, "*.c"))) or [os.path.join(HERE, "apps", name + ".c")]
            flags = list(MODELS[model])
            if name == "hostile":
                sources += glob.glob(os.path.join(TOP, "wire", "*.c"))
            if not os.path.exists(out):
                self.build(["gcc", "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
                            *flags, "-I", os.path.join(HERE, "apps"), "-I", os.path.join(HERE, "drivers"),
                            "-I", os.path.join(TOP, "drivers", "rec"), "-I", TOP, "-o", out, *sources, "-pthread"])
            self.done[key] = out
        return self.done[key]

    def everything(self):
        """For machines that compile slowly.  Some programs are for one data model."""
        for name in DRIVERS:
            self.driver(name)
        for entry in sorted(os.listdir(os.path.join(HERE, "apps"))):
            if entry.endswith(".h"):
                continue
            self.app(entry.removesuffix(".c"), "64")
            for model in ("32", "32lfs") if have_m32() else ():
                with contextlib.suppress(AssertionError):
                    self.app(entry.removesuffix(".c"), model)

    @staticmethod
    def build(argv):
        env = dict(os.environ)
        if env.get("SUNDOG_CC"):
            env["CC"] = env["SUNDOG_CC"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, env=env)
        assert done.returncode == 0, " ".join(argv) + "\n" + done.stdout + done.stderr
