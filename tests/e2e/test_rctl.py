# SPDX-License-Identifier: BSD-2-Clause
"""Limits on locked memory: -x, -p, --projects, whose project, refusals and what is said of them."""

import os
import pwd
import re
import signal

import pytest

from harness import NOBODY, SUNDOG
from limits import K, MEDIA, app, database, limited, prctl, preload, refused, server, values  # noqa: F401

# ---- options ----

@pytest.mark.parametrize("setting, words", [
    ("project.max-lwps=(privileged,1,deny)", ["project.max-lwps: no such resource control"]),
    ("project.max-locked-memory", ["project.max-locked-memory: a value must follow"]),
    ("project.max-locked-memory=128K", ["128K: a value has the form (PRIVILEGE,SIZE,ACTION)"]),
    ("project.max-locked-memory=(basic,128K,deny)", ["takes no basic value"]),
    ("zone.max-locked-memory=(basic,128K,deny)", ["takes no basic value"]),
    ("project.max-locked-memory=(privileged,128K,none)", ["every value must have the action deny"]),
    ("project.max-locked-memory=(privileged,128K,signal=TERM)", ["every value must have the action deny"]),
    ("process.max-locked-memory=(basic,128K,deny,signal=TERM)", ["takes no signal"]),
    ("project.max-locked-memory=(system,128K,deny)", ["the system value is fixed"]),
    ("project.max-locked-memory=(privileged,128Q,deny)", ["128Q: not a size"]),
    ("project.max-locked-memory=(privileged,99999999999999999999,deny)", ["not a size in bytes up to 2^64 - 1"]),
    ("project.max-locked-memory=(privileged,1,deny),(privileged,1,deny)", ["that value exists already"]),
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


@pytest.mark.root
@pytest.mark.parametrize("way", ["fork", "spawn", "exec"])
def test_project_and_limits_are_inherited_whoever_the_user_is_then(world, way):
    path = database(world, "default:3::*::\nuser.root:1::::process.max-locked-memory=(basic,8K,deny)\n")
    r = world.sundog_run("rlock", *app(world, "project", "setuid:65534", way, "project", f"lock:{16 * K}"),
                         options=["--projects", path])
    assert r.quiet().out == f"project: 1\nsetuid 65534: 0\nproject: 1\nlock {16 * K}: ENOMEM\n"


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
