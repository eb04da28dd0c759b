# SPDX-License-Identifier: BSD-2-Clause
"""drivers/cardfb with its application, and drivers/cardmon, which opens it: what they draw is what a PNG file shows."""

import os
import struct
import zlib

import pytest

from harness import BUILD

WIDTH, HEIGHT = 256, 192
COLOURS = [0xff8000, 0x30c0ff, 0x60e060, 0xf060c0]
BACK = 0x101018


def app(model="64"):
    path = os.path.join(BUILD, "apps", "cardfb" if model == "64" else "cardfb32")
    if not os.path.exists(path):
        pytest.skip("no 32-bit libraries")
    return path


def png(path):
    """The rows of a PNG file of 8-bit RGB, each a list of numbers; its checksums are right."""
    data, at, parts = open(path, "rb").read(), 8, {}
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
        parts[kind] = body
        at += 12 + length
    assert struct.unpack(">IIBBBBB", parts[b"IHDR"]) == (WIDTH, HEIGHT, 8, 2, 0, 0, 0) and parts[b"IEND"] == b""
    raw, row = zlib.decompress(parts[b"IDAT"]), 1 + 3 * WIDTH
    assert len(raw) == row * HEIGHT and all(raw[y * row] == 0 for y in range(HEIGHT))
    return [[int.from_bytes(raw[y * row + 1 + 3 * x:y * row + 4 + 3 * x], "big") for x in range(WIDTH)] for y in range(HEIGHT)]


def expect_columns(rows, n):
    """Each drawer's column holds its own colours and nothing of another's; the frame is white."""
    width = WIDTH // n
    assert set(rows[0]) == set(rows[-1]) == {0xffffff}
    assert all(row[0] == row[-1] == 0xffffff for row in rows)
    for i in range(n):
        colour = COLOURS[i % 4]
        seen = {rows[y][x] for y in range(1, HEIGHT - 1) for x in range(max(1, i * width), min(WIDTH - 1, (i + 1) * width - 1))}
        assert seen == {colour, colour >> 2 & 0x3f3f3f, BACK}, f"column {i}: {[hex(c) for c in seen]}"
    return rows


@pytest.mark.parametrize("model", ["64", "32"])
@pytest.mark.parametrize("drawers", [1, 3, 8])
def test_processes_draw_at_once(world, tmp_path, drawers, model):
    tmp_path.chmod(0o777)
    picture = tmp_path / "picture.png"
    r = world.sundog_run("cardfb", "sh", "-c", f"{app(model)} draw {drawers} && {app()} shot {picture}",
                         options=["-d", world.driver("cardmon")]).ok()
    assert r.err == "" and r.out.startswith("256 by 192 pixels, registers changed hands "), str(r)
    assert r.out.endswith("screen on\n") and (drawers == 1) == ("hands once" in r.out), str(r)
    rows = expect_columns(png(picture), drawers)
    lines = sum(pixel == COLOURS[0] for pixel in rows[HEIGHT - 2])  # where the lines of a fan meet
    assert lines >= 1


def test_two_models_draw_at_once(world, tmp_path):
    tmp_path.chmod(0o777)
    picture = tmp_path / "picture.png"
    world.sundog_run("cardfb", "sh", "-c", f"{app('32')} draw 3 & {app()} draw 3; wait; {app()} shot {picture}",
                     options=["-d", world.driver("cardmon")]).ok()
    expect_columns(png(picture), 3)


def test_the_camera_alone(world):
    r = world.sundog_run("cardmon", app(), "shot", "/dev/null").ok(1)
    assert r.err == "cardfb: /dev/cardmon: No such device\n", str(r)


def test_the_retrace_page_moves_and_is_read_only(world):
    """It may not be written."""
    code = ("import mmap, os\nfd = os.open('/dev/cardfb0', os.O_RDWR)\n"
            "try:\n mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0x1000)\n"
            "except OSError as e:\n print(e.strerror)\n"
            "page = mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ, offset=0x1000)\n"
            "first = page[:4]\nwhile page[:4] == first:\n pass\nprint('moves')")
    r = world.sundog_run("cardfb", "python3", "-c", code).ok()
    assert r.out == "No such device or address\nmoves\n", str(r)


def test_screen_is_off_until_it_is_opened(world):
    r = world.sundog_run("cardfb", app(), "info").ok()
    assert r.out == "256 by 192 pixels, registers changed hands never, screen on\n", str(r)
