# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the end-to-end tests; README.md says how they are run."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pytest  # noqa: E402

import harness  # noqa: E402


def pytest_configure(config):
    # Under nohup or in a shell's background these are ignored, and children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for signo in (signal.SIGQUIT, signal.SIGHUP):
        signal.signal(signo, signal.SIG_DFL)
    if not config.option.xmlpath:
        config.option.xmlpath = os.path.join(harness.BUILD, "junit", f"e2e-{harness.FLAVOUR}.xml")


def pytest_report_header(config):
    return f"sundog: {harness.SUNDOG}, {harness.FLAVOUR} drivers" + (", long" if harness.LONG else "")


def pytest_collection_modifyitems(items):
    """A test that hangs in Python itself still ends; commands have their own, shorter limits."""
    for item in items:
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(150 * harness.SLOW))


@pytest.fixture(scope="session")
def built():
    """Compiled drivers and applications, readable by every user."""
    kept = os.environ.get("SUNDOG_E2E_BUILT")
    if kept:
        yield harness.Built(kept)
        return
    directory = tempfile.mkdtemp(prefix="sundog-e2e-")
    os.chmod(directory, 0o755)
    yield harness.Built(directory)
    shutil.rmtree(directory)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call":
        item.failed = report.failed


@pytest.fixture
def world(request, built):
    """A place to run commands in, which must be empty again at the end."""
    directory = tempfile.mkdtemp(prefix="sundog-e2e-test-")
    w = harness.World(directory, built, f"{os.getpid()}-{random.getrandbits(48):x}")
    try:
        yield w
        if not getattr(request.node, "failed", False):  # what a failed test leaves is no news
            w.close()
    finally:
        harness.kill_all(w.mark)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sigsegv", "uffd"])
def engine(request, world):
    """Every server of the test intercepts in this way; the test fails if a process did not, or none was intercepted."""
    if request.param == "uffd" and harness.uffd_forbidden():
        pytest.skip(harness.uffd_forbidden())
    world.engine = request.param
    yield request.param
    assert world.engines == {request.param} or getattr(request.node, "failed", False), "nothing was intercepted"


@pytest.fixture
def seed():
    value = int(os.environ.get("SUNDOG_SEED") or int(time.time()) % 1000000 * 100)
    print(f"SUNDOG_SEED={value}")
    return value


@pytest.fixture(params=["64", "32", "32lfs"])
def model(request):
    if request.param != "64" and not harness.have_m32():
        pytest.skip("needs gcc-multilib")
    return request.param


@pytest.fixture
def m32():
    if not harness.have_m32():
        pytest.skip("needs gcc-multilib")
    return "32"


def pytest_runtest_setup(item):
    for marker in item.iter_markers():
        if marker.name == "root" and os.geteuid() != 0:
            pytest.skip("needs root")
        if marker.name == "needs" and not shutil.which(marker.args[0]):
            pytest.skip("needs " + marker.args[-1])
