# SPDX-License-Identifier: BSD-2-Clause
"""Limits on locked memory: -x, -p, --projects, prctl, whose project, refusals and what is said of them."""

import os
import pwd
import random
import re
import signal
import socket
import struct
import subprocess

import pytest

from harness import LONG, NOBODY, SUNDOG, until

MEDIA = "project.max-locked-memory"
K = 1024


def refused(result, *words):
    lines = result.err.splitlines()
    assert result.status == 125, str(result)
    assert len(lines) == 1 and lines[0].startswith("sundog: "), str(result)
    for word in words:
        assert word in lines[0], str(result)


def database(world, text, name="project"):
    path = os.path.join(world.tmp, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def app(world, *words):
    return [world.app("rlock"), *words]


def prctl(world, server, *args, wrap=(), **kw):
    return world.run([*wrap, SUNDOG, "prctl", "--name", server.name, *args], **kw)


def values(text, label):
    """The lines of one target's table: {privilege: (value, action)}."""
    block = re.split(r"\n\n", text)
    block = [b for b in block if b.startswith(label)]
    assert len(block) == 1, text
    rows = {}
    for line in block[0].splitlines()[2:]:
        words = line.removeprefix(MEDIA).split(None, 2) if not line.startswith((" ", "zone.", "process.")) else line.split(None, 2)
        if words[0].endswith("max-locked-memory"):
            words = line.split(None, 3)[1:]
        rows.setdefault(words[0], []).append(tuple(words[1:]))
    return rows


# ---- options ----

@pytest.mark.parametrize("setting, words", [
    ("project.max-lwps=(privileged,1,deny)", ["project.max-lwps: no such resource control"]),
    ("project.max-locked-memory", ["project.max-locked-memory: a value must follow"]),
    ("project.max-locked-memory=128K", ["128K: a value has the form (PRIVILEGE,SIZE,ACTION)"]),
    ("project.max-locked-memory=(basic,128K,deny)", ["it takes no basic value"]),
    ("zone.max-locked-memory=(basic,128K,deny)", ["it takes no basic value"]),
    ("project.max-locked-memory=(privileged,128K,none)", ["every value must have the action deny"]),
    ("project.max-locked-memory=(privileged,128K,signal=TERM)", ["every value must have the action deny"]),
    ("process.max-locked-memory=(basic,128K,deny,signal=TERM)", ["it takes no signal"]),
    ("project.max-locked-memory=(system,128K,deny)", ["the system value is fixed"]),
    ("project.max-locked-memory=(privileged,128Q,deny)", ["128Q: not a size"]),
    ("project.max-locked-memory=(privileged,99999999999999999999,deny)", ["not a size in bytes up to 2^64 - 1"]),
    ("project.max-locked-memory=(privileged,1,deny),(privileged,1,deny)", ["there is such a value already"]),
])
def test_an_invalid_limit_is_named(world, setting, words):
    refused(world.sundog("run", "-x", setting, "--", "true"), "-x ", *words)


def test_options_without_their_values(world):
    refused(world.sundog("run", "-x"), "-x: a limit must follow")
    refused(world.sundog("run", "-p"), "-p: a project")
    refused(world.sundog("run", "--projects"), "--projects: a file")
    refused(world.sundog("exec", "-x", "a=b", "--", "true"), "-x", "unknown option")


def test_a_database_that_cannot_be_read(world):
    refused(world.sundog("run", "--projects", "nothere", "--", "true"), "--projects nothere: No such file")
    refused(world.sundog("run", "--projects", world.tmp, "--", "true"), "Is a directory")


def test_a_malformed_line_is_named_with_file_line_and_reason(world):
    path = database(world, "system:0::::\nmedia:x::::\n")
    refused(world.sundog("run", "--projects", path, "--", "true"), f"{path}:2: project media: 'x' is not a project number")


def test_an_unknown_project(world):
    path = database(world, "media:100::*::\n")
    refused(world.sundog("run", "--projects", path, "-p", "audio", "--", "true"), f"-p audio: no such project in {path}")
    refused(world.sundog("run", "-p", "audio", "--", "true"), "-p audio: no such project")
    refused(world.sundog("run", "--projects", path, "-p", "101", "--", "true"), "-p 101: no such project")


@pytest.mark.root
@pytest.mark.needs("setpriv")
def test_a_project_that_does_not_admit_the_user(world):
    path = database(world, "media:100::root::\n")
    refused(world.run([*NOBODY, SUNDOG, "run", "--projects", path, "-p", "media", "--", "true"]),
            f"{path}:1: the project does not admit uid 65534")
    refused(world.run([*NOBODY, SUNDOG, "run", "-p", "system", "--", "true"]), "-p system: the project does not admit uid 65534")
    world.run([*NOBODY, SUNDOG, "run", "-p", "default", "--", "true"]).quiet()


# ---- whose project ----

def test_the_command_runs_in_the_named_project(world):
    path = database(world, "media:100::*::\n")
    for name in "media", "100":
        r = world.sundog_run("rlock", *app(world, "project", "zone"), options=["--projects", path, "-p", name]).quiet()
        assert r.out == "project: 100\nzone: 0\n"


def test_without_a_database_everybody_is_in_project_default(world):
    if os.path.exists("/etc/project"):
        pytest.skip("this machine has /etc/project")
    assert world.sundog_run("rlock", *app(world, "project")).quiet().out == "project: 3\n"


def test_a_users_default_project(world):
    me = pwd.getpwuid(os.geteuid()).pw_name
    options = ["--projects", database(world, f"default:3::*::\nuser.{me}:77::::\n")]
    assert world.sundog_run("rlock", *app(world, "project"), options=options).quiet().out == "project: 77\n"
    options = ["--projects", database(world, f"default:3::*::\nuser.{me}:77::!{me}::\n")]
    assert world.sundog_run("rlock", *app(world, "project"), options=options).quiet().out == "project: 3\n"


@pytest.mark.root
@pytest.mark.needs("setpriv")
def test_each_user_is_in_his_own_project(world):
    path = database(world, "default:3::*::\nuser.root:1::::\nuser.nobody:50::::\n")
    server = world.server("rlock", options=["--projects", path])
    assert server.exec(*app(world, "project")).quiet().out == "project: 1\n"
    # ... and stays there with other credentials; who comes from nowhere begins with his own.
    other = world.run([*NOBODY, "env", f"SUNDOG_SOCKET=sundog.0.{server.name}", *preload(), *app(world, "project")])
    assert other.quiet().out == "project: 50\n"
    assert server.stop() == ""


def preload():
    """What `sundog exec` puts into the environment."""
    text = os.popen(f"{SUNDOG} run -- sh -c 'echo $LD_PRELOAD'").read().strip()
    return [f"LD_PRELOAD={text}"]


@pytest.mark.root
@pytest.mark.parametrize("way", ["fork", "spawn", "exec"])
def test_project_and_limits_are_inherited_whoever_the_user_is_then(world, way):
    path = database(world, "default:3::*::\nuser.root:1::::process.max-locked-memory=(basic,8K,deny)\n")
    r = world.sundog_run("rlock", *app(world, "project", "setuid:65534", way, "project", f"lock:{16 * K}"),
                         options=["--projects", path])
    assert r.quiet().out == f"project: 1\nsetuid 65534: 0\nproject: 1\nlock {16 * K}: ENOMEM\n"


def limited(world, *words, options=(), privileged=True):
    """Output of the application under limits, as an ordinary user where they bind nobody else."""
    wrap = [] if privileged or os.geteuid() != 0 else NOBODY
    return world.sundog_run("rlock", *app(world, *words), options=list(options), wrap=wrap)


# ---- refusals ----

def test_a_lock_beyond_the_projects_limit_is_refused(world):
    r = limited(world, f"lock:{256 * K}", options=["-x", f"{MEDIA}=(privileged,128K,deny)"])
    assert r.quiet().out == f"lock {256 * K}: ENOMEM\n"


def test_a_lock_beyond_the_zones_limit_is_refused(world):
    r = limited(world, f"lock:{256 * K}", options=["-x", "zone.max-locked-memory=(privileged,128K,deny)"])
    assert r.quiet().out == f"lock {256 * K}: ENOMEM\n"


@pytest.mark.root
@pytest.mark.needs("setpriv")
@pytest.mark.parametrize("way", ["-x", "database"])
def test_a_lock_beyond_the_processes_limit_is_refused(world, way):
    options = ["-x", "process.max-locked-memory=(basic,128K,deny)"]
    if way == "database":
        options = ["--projects", database(world, "media:9::*::process.max-locked-memory=(basic,128K,deny)\n"), "-p", "media"]
    r = limited(world, f"lock:{256 * K}", "fork", f"lock:{256 * K}", "exec", f"lock:{256 * K}", options=options,
                privileged=False)
    assert r.quiet().out == 3 * f"lock {256 * K}: ENOMEM\n"


def test_a_length_near_2_64_does_not_overflow(world):
    huge = 2 ** 64 - 4096
    r = limited(world, f"lock:{huge}", options=["-x", f"{MEDIA}=(privileged,128K,deny)"])
    assert r.quiet().out == f"lock {huge}: ENOMEM\n"


def test_a_refusal_says_why_at_v(world):
    r = limited(world, f"lock:{256 * K}", options=["-v", "-x", f"{MEDIA}=(privileged,128K,deny)"]).ok()
    line = [text for text in r.err.splitlines() if "locking memory refused" in text]
    assert len(line) == 1, r.err
    assert re.search(r"project\.max-locked-memory: process \d+ \(rlock-64\) requested 262144 bytes; project \S+ \(\d+\) has "
                     r"0 in use, limit 131072; nobody holds any", line[0])


def test_a_refusal_sends_the_signal_of_its_value(world):
    r = limited(world, f"catch:{signal.SIGUSR1.value}", f"lock:{256 * K}",
                options=["-x", f"{MEDIA}=(privileged,128K,deny,signal=USR1)"])
    assert r.quiet().out == f"lock {256 * K}: ENOMEM\ncaught: 1\n"


def test_x_counts_instead_of_the_database(world):
    path = database(world, f"media:100::*::{MEDIA}=(privileged,4K,deny)\n")
    server = world.server("rlock", options=["--projects", path, "-p", "media", "-x", f"{MEDIA}=(privileged,1M,deny)",
                                            "-x", f"{MEDIA}=(privileged,2M,deny)"])
    rows = values(prctl(world, server, "-i", "project", "media").quiet().out, "project: 100: media")
    assert rows["privileged"] == [("1M", "deny"), ("2M", "deny")]
    assert server.stop() == ""


# ---- charges of real locks ----

class App:
    """An application that has done its words up to `wait`."""

    def __init__(self, world, server, *words, wrap=()):
        self.child = server.popen(*wrap, *app(world, *words), stdin=-1, stdout=-1)
        self.pid = self.child.pid
        self.said = []
        while not self.said or self.said[-1] not in ("ready", ""):
            self.said.append(self.child.stdout.readline().decode().strip())

    def go_on(self):
        return self.child.communicate(b"\n", 30)[0].decode().split("\n")

    def kill(self):
        self.child.kill()
        self.child.communicate()


def usage(world, server, kind="project", id_="media"):
    for line in prctl(world, server, "-P", "-i", kind, id_).quiet().out.splitlines():
        if line.startswith(f"target\t{kind}\t"):
            return int(line.split("\t")[5])
    raise AssertionError(kind + id_)


def settle(world, server, wanted):
    """A death is noticed in its own time."""
    until(lambda: usage(world, server) == wanted, lambda: f"media: {usage(world, server)} in use, wanted {wanted}")


def test_locks_are_charged_to_process_project_and_zone(world, server):
    a = App(world, server, f"lock:{64 * K}", f"lock:{32 * K}", "wait", "unlock:0", f"lock:{128 * K}", f"lock:{96 * K}")
    assert a.said == [f"lock {64 * K}: 0", f"lock {32 * K}: 1", "ready"]
    assert usage(world, server) == usage(world, server, "zone", "global") == usage(world, server, "process", str(a.pid)) == 96 * K
    rows = values(prctl(world, server, "-i", "project", "media").quiet().out, "project: 100: media")
    assert rows["usage"] == [("96K",)] and rows["most"] == [("96K", f"process {a.pid} (rlock-64)")]
    assert a.go_on()[:3] == ["unlock 0: 0", f"lock {128 * K}: ENOMEM", f"lock {96 * K}: 0"]
    settle(world, server, 0)
    assert usage(world, server, "zone", "global") == 0


def test_processes_of_one_project_share_its_limit(world, server):
    a = App(world, server, f"lock:{96 * K}", "wait", "unlock:0")
    b = App(world, server, f"lock:{64 * K}", f"lock:{32 * K}", "wait", "unlock:1")
    assert b.said == [f"lock {64 * K}: ENOMEM", f"lock {32 * K}: 1", "ready"]
    line = prctl(world, server).quiet().out.splitlines()[-1]
    assert re.search(rf"process {b.pid} \(rlock-64\) +64K +96K +128K  process {a.pid} \(rlock-64\) +96K$", line), line
    a.go_on()
    b.go_on()
    settle(world, server, 0)


def test_the_charge_outlives_a_killed_process_as_long_as_the_driver_holds_the_lock(world, server):
    a = App(world, server, f"lock:{64 * K}", "wait")
    b = App(world, server, "wait", "unlock:0")  # the device stays open, so the driver does not unlock
    a.kill()
    until(lambda: "dead" in prctl(world, server, "-i", "project", "media").quiet().out, "the death was not noticed")
    assert usage(world, server) == 64 * K
    assert b.go_on()[0] == "unlock 0: 0"
    settle(world, server, 0)
    server.driver_bugs = [f"process {a.pid} "]


def test_kill_9_of_the_locker_brings_the_charge_to_zero(world, server):
    a = App(world, server, f"lock:{64 * K}", f"lock:{64 * K}", "wait")
    assert usage(world, server) == 128 * K
    a.kill()
    settle(world, server, 0)
    b = App(world, server, f"lock:{128 * K}", "wait")
    assert b.said[0].startswith(f"lock {128 * K}: ") and "ENOMEM" not in b.said[0]
    b.go_on()


def test_a_limit_below_the_use_revokes_nothing(world, server):
    a = App(world, server, f"lock:{64 * K}", f"lock:{64 * K}", "wait", f"lock:{4 * K}", "unlock:0", f"lock:{4 * K}")
    prctl(world, server, "-n", MEDIA, "-r", "-v", "100K", "-i", "project", "media").quiet()
    assert usage(world, server) == 128 * K
    assert a.go_on()[:3] == [f"lock {4 * K}: ENOMEM", "unlock 0: 0", f"lock {4 * K}: 0"]
    settle(world, server, 0)


def test_eight_threads_lock_in_one_project(world, server):
    """The project has room for three pages: what was refused is counted, what was locked never exceeds it."""
    prctl(world, server, "-n", MEDIA, "-r", "-v", "12K", "-i", "project", "media").quiet()
    out = server.exec(*app(world, "threads:8")).quiet().out
    locked, refusals, other = map(int, out.split()[1:])
    assert (locked + refusals, other) == (1600, 0) and locked >= 3, out
    settle(world, server, 0)
    rows = values(prctl(world, server, "-i", "project", "media").quiet().out, "project: 100: media")
    assert rows.get("refused", [("0", "times")]) == [(str(refusals), "times")]


def test_a_fork_child_is_not_charged_for_its_parents_locks(world, server):
    a = App(world, server, f"lock:{64 * K}", "fork", f"lock:{64 * K}", f"lock:{4 * K}", "wait", "unlock:1")
    server.driver_bugs = [f"process {a.pid} "]
    assert a.said == [f"lock {64 * K}: 0", f"lock {64 * K}: 1", f"lock {4 * K}: ENOMEM", "ready"]
    assert usage(world, server) == 128 * K
    assert usage(world, server, "process", str(a.pid)) == 64 * K
    a.go_on()
    settle(world, server, 0)


def test_after_random_lives_and_deaths_nothing_is_charged(world, server, seed):
    """Processes that lock, unlock, fork, exec, change their project, and are killed whenever it may be."""
    random.seed(seed)

    def words():
        some = [random.choice([f"lock:{4 * K}", f"lock:{8 * K}", f"lock:{64 * K}", "unlock:0", "unlock:1", "unlock:2"])
                for _ in range(random.randint(1, 12))]
        more = random.choice([[], ["fork"], ["exec"], ["spawn"], ["die"]])
        return some + more + some[:4]

    for _ in range(6 if not LONG else 100):
        batch = [world.popen([SUNDOG, "exec", "-n", server.name, "-p", random.choice(["media", "idle"]), "--", *app(world, *words())],
                             stdout=subprocess.DEVNULL) for _ in range(8)]
        world.sundog("newtask", "--name", server.name, "-p", random.choice(["media", "idle"]), "-c", str(random.choice(batch).pid))
        for child in random.sample(batch, 3):
            child.kill()
        for child in batch:
            child.wait(30)
        for id_ in "media", "idle":
            until(lambda: usage(world, server, "project", id_) == 0,
                  lambda: prctl(world, server).out + server.stderr())
        assert usage(world, server, "zone", "global") == 0
    server.driver_bugs = None  # it holds what others had locked: any number of messages


# ---- changing the project ----

def newtask(world, server, *args, **kw):
    return world.sundog("newtask", "--name", server.name, *args, **kw)


def test_exec_begins_in_the_named_project(world, server):
    argv = [SUNDOG, "exec", "-n", server.name, "-p", "idle", "--", *app(world, "project", "fork", "project", "exec", "project")]
    assert world.run(argv).quiet().out == 3 * "project: 200\n"
    assert server.exec(*app(world, "project")).quiet().out == "project: 100\n"
    argv = [SUNDOG, "exec", "-n", server.name, "-p", "idle", "--", "sh", "-c", " ".join(app(world, "project")) + "; true"]
    assert world.run(argv).quiet().out == "project: 200\n"
    refused(world.run([SUNDOG, "exec", "-n", server.name, "-p", "audio", "--", "true"]), "project audio: there is no such project")
    refused(world.run([SUNDOG, "exec", "-n", server.name, "-p", "a\tb", "--", "true"]), "there is no such project")


def test_charges_follow_a_process_that_changes_its_project(world, server):
    a = App(world, server, f"lock:{64 * K}", "wait", "project", "unlock:0", f"lock:{256 * K}")
    newtask(world, server, "-p", "idle", "-c", str(a.pid)).quiet()
    assert (usage(world, server), usage(world, server, "project", "idle")) == (0, 64 * K)
    assert usage(world, server, "zone", "global") == 64 * K
    assert a.go_on()[:3] == ["project: 200", "unlock 0: 0", f"lock {256 * K}: 0"]
    until(lambda: usage(world, server, "project", "idle") == 0, "the charge was not given back")


def test_a_project_that_refuses_the_charges_is_not_entered(world, server):
    a = App(world, server, "wait", "project")
    newtask(world, server, "-p", "idle", "-c", str(a.pid)).quiet()
    b = world.popen([SUNDOG, "exec", "-n", server.name, "-p", "idle", "--", *app(world, f"lock:{256 * K}", "wait", "unlock:0")],
                    stdin=-1, stdout=-1)
    assert b.stdout.readline() == f"lock {256 * K}: 0\n".encode()
    refused(newtask(world, server, "-p", "media", "-c", str(b.pid)),
            f"process {b.pid}: the limit of project media refuses what the process has locked")
    assert (usage(world, server), usage(world, server, "project", "idle")) == (0, 256 * K)
    newtask(world, server, "-p", "100", "-c", str(a.pid)).quiet()  # it has nothing locked
    assert a.go_on()[0] == "project: 100"
    b.communicate(b"\n", 30)


def test_the_zone_counts_all_of_its_projects(world, server):
    prctl(world, server, "-n", "zone.max-locked-memory", "-v", "96K", "-i", "zone", "global").quiet()
    a = App(world, server, f"lock:{64 * K}", "wait", "unlock:0")
    argv = [SUNDOG, "exec", "-n", server.name, "-p", "idle", "--", *app(world, f"lock:{64 * K}", f"lock:{32 * K}", "unlock:1")]
    assert world.run(argv).quiet().out == f"lock {64 * K}: ENOMEM\nlock {32 * K}: 1\nunlock 1: 0\n"
    line = prctl(world, server, "-n", "zone.max-locked-memory").quiet().out.splitlines()[-1]
    assert re.search(rf"zone.max-locked-memory  global \(0\) +process \d+ \(rlock-64\) +64K +64K +96K  process {a.pid} ", line), line
    a.go_on()


@pytest.mark.parametrize("args, words", [
    (["-p", "idle"], ["-p PROJECT and -c PID must be given"]),
    (["-c", "1"], ["-p PROJECT and -c PID must be given"]),
    (["-p", "idle", "-c", "999999999"], ["process 999999999"]),
    (["-p", "idle", "-c", "x"], ["process x"]),
    (["-p", "idle", "-c", "1", "more"], ["more: unexpected argument"]),
    (["-q"], ["-q: unknown option"]),
])
def test_newtask_says_in_one_line_what_is_wrong(world, server, args, words):
    refused(newtask(world, server, *args), *words)


@pytest.mark.root
@pytest.mark.needs("setpriv")
def test_others_move_only_their_own_processes_to_projects_that_admit_them(world, server):
    argv = [*NOBODY, SUNDOG, "newtask", "--socket", f"sundog.0.{server.name}"]
    theirs = App(world, server, "wait", "project")
    refused(world.run([*argv, "-p", "media", "-c", theirs.pid]), "uid 65534 may not move it")
    refused(world.run([*argv, "-p", "idle", "-c", theirs.pid]), "project idle: it does not admit uid 65534")
    assert theirs.go_on()[0] == "project: 100"
    mine = App(world, server, "wait", "project", wrap=NOBODY)
    world.run([*argv, "-p", "default", "-c", mine.pid]).quiet()
    assert mine.go_on()[0] == "project: 3"


# ---- prctl ----

@pytest.fixture
def server(world):
    path = database(world, f"default:3::*::\nmedia:100::*::{MEDIA}=(privileged,128K,deny)\nidle:200::::\n")
    s = world.server("rlock", options=["--projects", path, "-p", "media"])
    s.driver_bugs = []  # what is said of a driver that holds locks for too long
    yield s
    said = s.stop().splitlines()
    if s.driver_bugs is None:
        s.driver_bugs = [""] * len(said)
    assert len(said) == len(s.driver_bugs), said
    for line, bug in zip(said, s.driver_bugs):
        assert line.startswith("sundog: ") and "rlock+" in line and bug in line, said


def test_prctl_shows_what_has_a_use_or_a_limit(world, server):
    text = prctl(world, server).quiet().out
    assert values(text, "zone: 0: global")["usage"] == [("0",)]
    rows = values(text, "project: 100: media")
    assert rows == {"usage": [("0",)], "privileged": [("128K", "deny")], "system": [("max", "deny")]}
    assert "idle" not in text
    assert "idle" in prctl(world, server, "-P").quiet().out


def test_prctl_columns_are_aligned(world, server):
    lines = prctl(world, server, "-i", "project", "media").quiet().out.splitlines()
    assert lines == ["project: 100: media",
                     "NAME                       PRIVILEGE   VALUE  ACTION",
                     "project.max-locked-memory  usage           0",
                     "                           privileged   128K  deny",
                     "                           system        max  deny"]


def test_prctl_names_one_control(world, server):
    assert "zone:" not in prctl(world, server, "-n", MEDIA).quiet().out
    assert "project:" not in prctl(world, server, "-n", "zone.max-locked-memory").quiet().out


def test_prctl_sets_replaces_and_deletes(world, server):
    def media():
        return values(prctl(world, server, "-i", "project", "media").quiet().out, "project: 100: media")["privileged"]

    target = ["-n", MEDIA, "-i", "project", "media"]
    prctl(world, server, *target[:2], "-v", "64K", *target[2:]).quiet()
    assert media() == [("64K", "deny"), ("128K", "deny")]
    prctl(world, server, "-r", "-v", "1.5M", *target).quiet()
    assert media() == [("128K", "deny"), ("1536K", "deny")]
    prctl(world, server, "-e", "signal=TERM", *target).quiet()
    assert media() == [("128K", "deny,signal=TERM"), ("1536K", "deny")]
    prctl(world, server, "-d", "signal", *target).quiet()
    assert media() == [("128K", "deny"), ("1536K", "deny")]
    prctl(world, server, "-v", "1536K", "-e", "signal=15", *target).quiet()
    assert media() == [("128K", "deny"), ("1536K", "deny,signal=TERM")]
    prctl(world, server, "-v", "64K", "-e", "signal=HUP", *target).quiet()
    assert media()[0] == ("64K", "deny,signal=HUP")
    prctl(world, server, "-x", *target).quiet()
    prctl(world, server, "-x", "-v", "1536K", *target).quiet()
    assert media() == [("128K", "deny")]
    prctl(world, server, "-x", *target).quiet()
    rows = values(prctl(world, server, "-i", "project", "media").quiet().out, "project: 100: media")
    assert "privileged" not in rows


@pytest.mark.parametrize("args, words", [
    (["-n", MEDIA, "-v", "128K", "-i", "project", "media"], ["there is such a value already"]),
    (["-n", MEDIA, "-v", "1K", "-t", "basic", "-i", "project", "media"], ["it takes no basic value"]),
    (["-n", MEDIA, "-v", "1K", "-t", "system", "-i", "project", "media"], ["the system value is fixed"]),
    (["-n", MEDIA, "-v", "1K", "-t", "root", "-i", "project", "media"], ["root: no such privilege"]),
    (["-n", MEDIA, "-d", "deny", "-i", "project", "media"], ["every value must have the action deny"]),
    (["-n", MEDIA, "-d", "all", "-i", "project", "media"], ["every value must have the action deny"]),
    (["-n", MEDIA, "-e", "signal=NOPE", "-i", "project", "media"], ["signal=NOPE: no such action"]),
    (["-n", MEDIA, "-v", "1Q", "-i", "project", "media"], ["1Q: not a size"]),
    (["-n", MEDIA, "-r", "-i", "project", "media"], ["-r: -v VALUE is missing"]),
    (["-n", MEDIA, "-s", "-i", "project", "media"], ["-s: -v VALUE is missing"]),
    (["-n", MEDIA, "-s", "-r", "-v", "1", "-i", "project", "media"], ["only one of -s, -r and -x"]),
    (["-n", MEDIA, "-x", "-v", "77", "-i", "project", "media"], ["there is no such value"]),
    (["-n", "zone.max-locked-memory", "-r", "-v", "1", "-i", "zone", "global"], ["there is no such value"]),
    (["-n", "project.max-lwps", "-v", "1", "-i", "project", "media"], ["project.max-lwps: no such resource control"]),
    (["-n", "project.max-lwps"], ["project.max-lwps: no such resource control"]),
    (["-n", "process.max-locked-memory", "-v", "1", "-i", "project", "media"], ["it is not a control of a project"]),
    (["-n", MEDIA, "-v", "1", "-i", "zone", "global"], ["it is not a control of a zone"]),
    (["-n", MEDIA, "-v", "1", "-i", "project", "nothere"], ["project nothere: there is no such project"]),
    (["-n", MEDIA, "-v", "1", "-i", "task", "1"], ["-i task: it is project, zone or process"]),
    (["-i", "zone", "7"], ["zone 7: there is no such zone"]),
    (["-i", "zone", "web"], ["zone web: there is no such zone"]),
    (["999999999"], ["process 999999999"]),
    (["-v", "1", "-i", "project", "media"], ["-n NAME is missing"]),
    (["-n", MEDIA, "-v", "1"], ["an ID is missing"]),
    (["-t", "privileged"], ["nothing is to be changed"]),
    (["-q"], ["-q: unknown option"]),
    (["-n"], ["-n: its value is missing"]),
    (["-n", "a\tb"], ["a control character"]),
])
def test_prctl_says_in_one_line_what_is_wrong(world, server, args, words):
    before = prctl(world, server, "-P").quiet().out
    refused(prctl(world, server, *args), *words)
    assert prctl(world, server, "-P").quiet().out == before


def test_prctl_without_a_server(world):
    refused(world.sundog("prctl", "--name", "e2e-none-" + world.mark), "no server named e2e-none-")
    refused(world.sundog("prctl", "--socket", "e2e-none-" + world.mark), "no server with socket e2e-none-")


@pytest.mark.root
@pytest.mark.needs("unshare")
def test_prctl_finds_the_only_server_there_is(world):
    """Sockets have no name outside their network namespace: there are no other servers in this one."""
    inside = f"env -u SUNDOG_SOCKET -u LD_PRELOAD {SUNDOG} prctl -n {MEDIA}"
    run = [SUNDOG, "run", "-x", f"{MEDIA}=(privileged,128K,deny)", "--"]
    assert "128K" in world.run(["unshare", "-n", *run, "sh", "-c", inside]).quiet().out
    r = world.run(["unshare", "-n", SUNDOG, "prctl"])
    refused(r, "no server named default is running for uid 0, nor any other")
    r = world.run(["unshare", "-n", *run, "sh", "-c", inside + " --name none"])
    refused(r, "no server named none is running for uid 0; 1 other is: --socket sundog.0.")
    r = world.run(["unshare", "-n", *run, *run, "sh", "-c", inside])
    refused(r, "no server named default is running for uid 0; 2 others are, one of them: --socket sundog.0.")


def test_prctl_inside_run_finds_the_server_around_it(world):
    r = world.sundog("run", "-x", f"{MEDIA}=(privileged,128K,deny)", "--", SUNDOG, "prctl", "-n", MEDIA).quiet()
    assert "128K" in r.out


def test_prctl_shows_refusals_and_who_asked(world, server):
    pid = server.exec("sh", "-c", f"echo $$; exec {world.app('rlock')} lock:{256 * K}").quiet().out.split()[0]
    text = prctl(world, server).quiet().out
    assert values(text, "project: 100: media")["refused"] == [("1", "times")]
    head, line = text.split("last refusals, newest first\n")[1].splitlines()
    assert head.split() == "TIME CONTROL OF ASKED BY REQUESTED IN USE LIMIT MOST IS HELD BY HELD".split()
    assert re.search(rf"{MEDIA}  media \(100\)  process {pid} \(rlock-64\) +256K +0 +128K  nobody$", line), line


def test_a_limit_set_while_it_runs_counts_at_once(world, server):
    child = server.popen(*app(world, f"lock:{256 * K}", "wait", f"lock:{8 * K}"), stdin=-1, stdout=-1)
    assert child.stdout.readline() == f"lock {256 * K}: ENOMEM\n".encode()
    assert child.stdout.readline() == b"ready\n"
    prctl(world, server, "-n", MEDIA, "-r", "-v", "4K", "-i", "project", "media").quiet()
    rest, _ = child.communicate(b"\n", 30)
    assert rest == f"lock {8 * K}: ENOMEM\n".encode()


def test_prctl_of_a_process_shows_its_project_and_zone(world, server):
    child = server.popen(*app(world, "wait"), stdin=-1, stdout=-1)
    assert child.stdout.readline() == b"ready\n"
    text = prctl(world, server, str(child.pid)).quiet().out
    assert values(text, f"process: {child.pid}: rlock-64")["system"] == [("max", "deny")]
    assert values(text, "project: 100: media")["privileged"] == [("128K", "deny")]
    assert "zone: 0: global" in text
    # by the process, its project
    prctl(world, server, "-n", MEDIA, "-r", "-v", "12K", str(child.pid)).quiet()
    assert "12K" in prctl(world, server, "-i", "project", "media").quiet().out
    prctl(world, server, "-n", "process.max-locked-memory", "-v", "8K", str(child.pid)).quiet()
    assert values(prctl(world, server, str(child.pid)).quiet().out, f"process: {child.pid}")["basic"] == [("8K", "deny")]
    child.communicate(b"\n", 30)


@pytest.mark.root
@pytest.mark.needs("setpriv")
def test_only_the_servers_user_sets_limits(world, server):
    socket = f"sundog.0.{server.name}"
    argv = [*NOBODY, SUNDOG, "prctl", "--socket", socket]
    assert "128K" in world.run(argv).quiet().out
    refused(world.run([*argv, "-n", MEDIA, "-r", "-v", "1G", "-i", "project", "media"]), "uid 65534 may not change it")
    mine = world.popen([*NOBODY, "env", f"SUNDOG_SOCKET={socket}", *preload(), *app(world, "wait", f"lock:{16 * K}")],
                       stdin=-1, stdout=-1)
    assert mine.stdout.readline() == b"ready\n"
    limit = ["-n", "process.max-locked-memory"]
    refused(world.run([*argv, *limit, "-v", "8K", "-t", "privileged", mine.pid]), "privileged values need privilege")
    world.run([*argv, *limit, "-v", "8K", mine.pid]).quiet()
    rest, _ = mine.communicate(b"\n", 30)
    assert rest == f"lock {16 * K}: ENOMEM\n".encode()


@pytest.mark.root
@pytest.mark.needs("setpriv")
@pytest.mark.parametrize("options, action", [([], "none"), (["--strict-lock"], "deny")])
def test_linuxs_own_limit_is_shown_with_what_it_refused(world, options, action):
    wrap = ["prlimit", "--memlock=65536", *NOBODY]
    driver = "rlock" if options else "biglock"  # which would not attach
    r = world.sundog_run(driver, SUNDOG, "prctl", "-P", wrap=wrap, options=options).ok()
    lines = r.out.splitlines()
    at = [i for i, line in enumerate(lines) if line.startswith("target\tserver\t")]
    assert len(at) == 1, r.out
    kind, _, name, control, used, limit, refusals = lines[at[0]].split("\t")[1:]
    assert (kind, name, control, limit) == ("server", "sundog-server", "RLIMIT_MEMLOCK", "65536")
    assert int(used) <= 65536 and (int(refusals) > 0) == (driver == "biglock")
    assert lines[at[0] + 1] == f"value\tsystem\t65536\t{action}"
    if driver == "biglock":
        r = world.sundog_run(driver, SUNDOG, "prctl", wrap=wrap).ok()
        assert re.search(r"^RLIMIT_MEMLOCK +usage .*\n +system +64K  none\n +refused +\d+  times$", r.out, re.M), r.out


def test_use_is_published_as_kstats(world, server):
    def kstat(*patterns):
        return world.sundog("kstat", "--name", server.name, *patterns)

    assert kstat("caps:100:lockedmem_project_100").quiet().out == (
        "caps:100:lockedmem_project_100:zonename\tglobal\n"
        "caps:100:lockedmem_project_100:usage\t0\n"
        "caps:100:lockedmem_project_100:value\t131072\n")
    assert kstat("caps::lockedmem_zone_0:u*").quiet().out == "caps:0:lockedmem_zone_0:usage\t0\n"
    assert len(kstat().quiet().out.splitlines()) >= 15
    refused(kstat("nothing"), "kstat: no statistic matches")
    refused(kstat("-x"), "kstat: -x: unknown option")
    refused(world.sundog("kstat", "--name", "e2e-none-" + world.mark), "no server named")


def connect(server):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(30)
    s.connect(f"\0sundog.{os.geteuid()}.{server.name}")
    s.send(struct.pack("<IIIIQQQII", 0x53554e44, 1, 4, 64, 0, 0, 0, 0, 0))
    assert struct.unpack("<IIiIQ", s.recv(64))[2] == 0
    return s


@pytest.mark.parametrize("request_", [
    b"", b"\0", b"show", b"show\tall", b"show\tproject\t", b"show\tproject\tmedia\tx", b"show\tprocess\t-1",
    b"show\tzone\t99999999999999999999", b"change", b"change\tset", b"change\tburn" + 7 * b"\t",
    b"change\tset\tproject\tmedia\tproject.max-locked-memory\t\t\t\t", 20 * b"\t", 900 * b"x", b"\xff\xfe\n\n",
    b"change\tset\tproject\tmedia\t" + 500 * b"%n%s", b"change\taction\tproject\tmedia\t" + 4 * b"\t", b"kstatt",
])
def test_a_request_that_makes_no_sense(world, server, request_):
    before = prctl(world, server, "-P").quiet().out
    with connect(server) as s:
        s.send(request_)
        answer = s.recv(2000)
        assert answer == b"" or answer.startswith(b"failed\t"), answer
        assert b"\n" not in answer
    assert prctl(world, server, "-P").quiet().out == before


def test_requests_that_never_come_or_are_never_heard(world, server):
    silent = [connect(server) for _ in range(20)]
    deaf = [connect(server) for _ in range(20)]
    for s in deaf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        s.send(b"show\tall\t")
    assert "media" in prctl(world, server).quiet().out
    for s in silent:
        assert s.recv(100) == b""  # the server has lost its patience
    for s in silent + deaf:
        s.close()


def test_a_project_database_of_thousands_is_read(world):
    text = "".join(f"p{i}:{1000 + i}::*::{MEDIA}=(privileged,{i + 1}K,deny)\n" for i in range(3000))
    r = world.sundog("run", "--projects", database(world, text), "-p", "p2999", "--", SUNDOG, "prctl", "-i", "project", "p2999")
    assert "3000K" in r.quiet().out
