# SPDX-License-Identifier: BSD-2-Clause
"""One line that names the thing and the reason; 125, or 126 and 127 for the command; nothing left behind."""

import os
import shutil
import subprocess

import pytest

from harness import FLAVOUR, SUNDOG


def refused(result, status, *words):
    lines = result.err.splitlines()
    assert result.status == status, str(result)
    assert len(lines) == 1 and lines[0].startswith("sundog: "), str(result)
    for word in words:
        assert word in lines[0], str(result)
    assert result.out == "", str(result)


def test_a_shared_library_that_is_not_a_driver(world):
    source = os.path.join(world.tmp, "plain.c")
    with open(source, "w", encoding="ascii") as f:
        f.write("int nothing(void) { return 0; }\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", os.path.join(world.tmp, "plain.so"), source], check=True)
    refused(world.sundog_run("./plain.so", "true"), 125, "plain.so")


@pytest.mark.parametrize("content", [b"", b"this is not ELF\n", b"\x7fELF", b"\x7fELF" + bytes(200)])
def test_a_file_that_is_not_a_library(world, content):
    with open(os.path.join(world.tmp, "text.so"), "wb") as f:
        f.write(content)
    refused(world.sundog_run("./text.so", "true"), 125, "text.so")


def test_a_truncated_driver(world):
    with open(world.driver("tdrv"), "rb") as f:
        half = f.read()
    with open(os.path.join(world.tmp, "half.so"), "wb") as f:
        f.write(half[:len(half) // 2])
    refused(world.sundog_run("./half.so", "true"), 125, "half.so")


def test_a_missing_file(world):
    refused(world.sundog_run("./none.so", "true"), 125, "none.so", "No such file")


def test_a_directory(world):
    refused(world.sundog_run("./tmp", "true"), 125, "tmp")


def test_a_driver_whose_init_fails(world):
    refused(world.sundog_run("fail-init", "true"), 125, "failing", "_init")


def test_a_driver_whose_attach_fails(world):
    refused(world.sundog_run("fail-attach", "true"), 125, "failing", "attach")


def test_a_driver_that_calls_what_is_not_there(world):
    refused(world.sundog_run("fail-missing", "true"), 125, "failing", "scsi_no_such_function", "usb_nothing_provided",
            "ddi_never_heard_of")


def test_the_second_driver_fails(world):
    """The first one is detached again."""
    r = world.sundog("run", "-d", world.driver("tdrv"), "-d", world.driver("fail-attach"), "--", "true")
    refused(r, 125, "failing", "attach")


@pytest.mark.parametrize("text, line", [
    ('name="tdrv" parent="pseudo"\n', 1),
    ('# fine\nname="tdrv" parent="pseudo" instance=0;\nname="tdrv parent="pseudo";\n', 3),
    ('name="tdrv" parent="pseudo" size=;\n', 1),
    ('= 3;\n', 1),
])
def test_a_conf_with_a_syntax_error(world, text, line):
    conf = os.path.join(world.tmp, "bad.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(text)
    r = world.sundog("run", "-d", world.driver("tdrv") + ":" + conf, "--", "true")
    refused(r, 125, "bad.conf")
    # a missing semicolon is noticed where the next line, or the end, comes
    assert any(f"{n}" in r.err.split("bad.conf", 1)[1] for n in (line, line + 1)), str(r)


def test_a_conf_beside_the_driver(world):
    shutil.copy(world.driver("tdrv"), world.tmp)
    with open(os.path.join(world.tmp, "tdrv.conf"), "w", encoding="ascii") as f:
        f.write('name="tdrv" parent="pseudo" instance=0;\nname= ;\n')
    refused(world.sundog_run("./tdrv.so", "true"), 125, "tdrv.conf", "2")


def test_a_conf_of_another_driver(world):
    """A name that is misspelt would lose every property without a word."""
    with open(os.path.join(world.tmp, "x.conf"), "w", encoding="ascii") as f:
        f.write('name="tdvr" parent="pseudo" instance=0;\n')
    r = world.sundog("run", "-d", world.driver("tdrv") + ":x.conf", "--", "true").ok()
    assert r.err == "sundog: x.conf: has nodes of other drivers only: tdrv gets one instance without its properties\n"


def test_a_conf_that_does_not_exist(world):
    r = world.sundog("run", "-d", world.driver("tdrv") + ":/nowhere/x.conf", "--", "true")
    refused(r, 125, "/nowhere/x.conf", "No such file")


@pytest.mark.parametrize("argv", [["--no-such-option"], ["run", "--no-such-option", "--", "true"], ["run", "-Z"],
                                  ["nosuchcommand"], [], ["run"], ["run", "--"], ["run", "-d"], ["server", "-x"],
                                  ["exec", "-Q", "--", "true"], ["server", "-n", "e2e-driverless"]])
def test_a_wrong_command_line(world, argv):
    word = next((a for a in argv if a.startswith("-") and len(a) > 2), "")
    refused(world.sundog(*argv), 125, word)


def test_a_command_that_does_not_exist(world):
    refused(world.sundog_run("tdrv", "no-such-command-here"), 127, "no-such-command-here")
    refused(world.sundog_run("tdrv", "/no/such/path"), 127, "/no/such/path")


def test_a_command_that_cannot_be_run(world):
    refused(world.sundog_run("tdrv", "/etc/passwd"), 126, "/etc/passwd")
    refused(world.sundog_run("tdrv", "/tmp"), 126, "/tmp")


def test_exec_without_a_server(world):
    refused(world.sundog("exec", "-n", "nobody-is-here", "--", "true"), 125, "nobody-is-here")


def test_two_servers_of_one_name(world):
    server = world.server("tdrv")
    r = world.sundog("server", "-n", server.name, "-d", world.driver("tdrv"))
    refused(r, 125, server.name, "another server of this name is running already")
    server.exec(world.app("tapp"), "basic").quiet()
    assert server.stop() == ""


def test_the_same_driver_twice(world):
    r = world.sundog("run", "-d", world.driver("tdrv"), "-d", world.driver("tdrv"), "--", "true")
    refused(r, 125, "tdrv", "another driver of this name is loaded already")


def test_too_few_descriptors(world):
    """A limit is named with its value."""
    refused(world.sundog_run("tdrv", "true", wrap=["prlimit", "--nofile=12"]), 125, "RLIMIT_NOFILE is 12")


def test_cc_of_nothing_and_of_nonsense(world):
    refused(world.sundog("cc"), 125)
    with open(os.path.join(world.tmp, "bad.c"), "w", encoding="ascii") as f:
        f.write("this is not C\n")
    r = world.sundog("cc", "-o", "bad.so", "bad.c")
    assert r.status != 0 and "bad.c:1" in r.err, str(r)
    assert not os.path.exists(os.path.join(world.tmp, "bad.so"))


@pytest.mark.parametrize("command", [[], ["run"], ["server"], ["exec"], ["cc"], ["prctl"], ["newtask"], ["kstat"]])
def test_help_fits_a_screen(world, command):
    lines = world.sundog(*command, "--help").quiet().out.splitlines()
    assert lines[0].startswith("usage: sundog") and len(lines) <= 24, lines
    assert all(len(line) <= 80 for line in lines), lines


def test_help_lists_every_command_and_option(world):
    text = world.sundog("--help").quiet().out
    for word in ("cc", "run", "server", "exec", "prctl", "newtask", "kstat", "-v", "-d", "-x", "-p", "--projects",
                 "--strict-lock", "--fault-engine", "--kill-after", "-n"):
        assert f"\n  {word} " in text, word


def test_version(world):
    assert world.sundog("--version").quiet().out.startswith("sundog ")


def test_closed_standard_descriptors(world):
    r = world.run(["sh", "-c", f"exec {SUNDOG} run -d {world.driver('tdrv')} -- {world.app('tapp')} basic <&- >&-"])
    assert r.status == 0, str(r)


@pytest.mark.skipif(FLAVOUR != "plain", reason="sanitizers say it in their own words")
def test_driver_that_crashes_is_named(world):
    """The application gets an error, and a line says where it was."""
    r = world.sundog_run("crash", "cat", "/dev/crash")
    assert r.status == 125, str(r)
    assert "sundog: Segmentation fault in crash_read, address 0x0\n" in r.err
    assert "the server died of signal 11" in r.err
