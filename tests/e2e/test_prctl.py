# SPDX-License-Identifier: BSD-2-Clause
"""sundog prctl and kstat: limits and uses of a running server, shown and changed; requests that make no sense."""

import os
import re
import socket
import struct

import pytest

from harness import NOBODY, SUNDOG
from limits import K, MEDIA, app, database, prctl, preload, refused, server, usage, values  # noqa: F401

# ---- prctl ----

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
    (["-n", MEDIA, "-v", "128K", "-i", "project", "media"], ["that value exists already"]),
    (["-n", MEDIA, "-v", "1K", "-t", "basic", "-i", "project", "media"], ["takes no basic value"]),
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
    (["-n", "process.max-locked-memory", "-v", "1", "-i", "project", "media"], ["not a control of a project"]),
    (["-n", MEDIA, "-v", "1", "-i", "zone", "global"], ["not a control of a zone"]),
    (["-n", MEDIA, "-v", "1", "-i", "project", "nothere"], ["project nothere: there is no such project"]),
    (["-n", MEDIA, "-v", "1", "-i", "task", "1"], ["-i task: must be project, zone or process"]),
    (["-i", "zone", "7"], ["zone 7: there is no such zone"]),
    (["-i", "zone", "web"], ["zone web: there is no such zone"]),
    (["999999999"], ["process 999999999"]),
    (["-v", "1", "-i", "project", "media"], ["-n NAME is missing"]),
    (["-n", MEDIA, "-v", "1"], ["an ID is missing"]),
    (["-t", "privileged"], ["nothing is to be changed"]),
    (["-q"], ["-q: unknown option"]),
    (["-n"], ["-n: a value must follow"]),
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
    s.send(struct.pack("<IIIIQQQIIII", 0x53554e44, 2, 4, 64, 0, 0, 0, 0, 0, 0, 0))
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
