# SPDX-License-Identifier: BSD-2-Clause
"""Charges of locked memory: to process, project and zone, through lives, deaths and changes of project."""

import random
import re
import subprocess

import pytest

from harness import LONG, NOBODY, SUNDOG, until
from limits import App, K, MEDIA, app, prctl, refused, server, settle, usage, values  # noqa: F401

# ---- charges of real locks ----

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
    refused(world.run([*argv, "-p", "idle", "-c", theirs.pid]), "project idle: does not admit uid 65534")
    assert theirs.go_on()[0] == "project: 100"
    mine = App(world, server, "wait", "project", wrap=NOBODY)
    world.run([*argv, "-p", "default", "-c", mine.pid]).quiet()
    assert mine.go_on()[0] == "project: 3"
