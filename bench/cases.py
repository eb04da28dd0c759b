# SPDX-License-Identifier: BSD-2-Clause
"""The table of cases.  A later case is one more row (and, where needed, a loop in ours.c and a peer)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str      # as it appears in the table and in results.json
    cpus: int      # 1: both sides on CPU 0; 2: the application on CPU 1, the other side on CPU 0
    ours: str      # case of bench-ours
    peer: str      # program of bench/peers, and its argument
    low: float     # the target: ratio of medians, ours / peer, from low (0: no lower bound) ...
    high: float    # ... to high
    inner: int     # operations in one sample
    samples: int   # samples in one batch
    driver: str = "bench"
    rounds: int = 15     # pairs of batches
    fresh: bool = False  # both programs anew for each round: where their pages lie decides a few percent

    @property
    def target(self):
        return f"{self.low:g} to {self.high:g}" if self.low else f"at most {self.high:g}"

    def met(self, ratio):
        return self.low <= ratio <= self.high


CASES = [
    #    name                            cpus  ours          peer             low   high  inner samples
    Case("write 64 MiB, touched",           1, "write",      "memfd_write",    0.98, 1.02,   1,   10, rounds=75, fresh=True),
    Case("map+touch+unmap 64 MiB",          1, "map_64m",    "memfd_map",      0,    0.35,   1,    5),
    Case("map+touch+unmap 4 KiB",           1, "map_4k",     "memfd_map_call", 0,    1.25,   1, 1000),
    Case("map+touch+unmap 4 KiB",           2, "map_4k",     "memfd_map_call", 0,    1.25,   1,  300),
    Case("open+close",                      1, "open",       "open_call",      0,    1.5,    1, 1000),
    Case("open+close",                      2, "open",       "open_call",      0,    1.5,    1,  300),
    Case("empty ioctl",                     1, "ioctl",      "pingpong",       0,    1.2,    1, 2000),
    Case("empty ioctl, closely following",  2, "ioctl",      "pingpong",       0,    0.3,   10,  200),
    Case("ioctl, 4 KiB in and out",         1, "ioctl_copy", "pingpong_copy",  0,    1.2,    1, 1000),
    Case("ioctl, 4 KiB in and out",         2, "ioctl_copy", "pingpong_copy",  0,    1.2,    1,  300),
    Case("fault, one page loaded",          1, "fault",      "uffd_fault",     0,    1.15,   1, 1000, "access"),
    Case("fault, one page loaded",          2, "fault",      "uffd_fault",     0,    1.15,   1,  300, "access"),
    Case("fault, 64 MiB loaded, touch",     1, "whole",      "uffd_whole",     0,    1.1,    1,    5, "access"),
    Case("context switch of a page",        1, "switch",     "uffd_switch",    0,    1.1,    1, 1000, "access"),
    Case("context switch of a page",        2, "switch",     "uffd_switch",    0,    0.8,    1,  300, "access"),
    Case("physio of 1 MiB, one buffer",     1, "physio",     "vm_write",       0,    1.1,    1,  100, "phys"),
    Case("physio of 1 MiB, one buffer",     2, "physio",     "vm_write",       0,    1.1,    1,  100, "phys"),
    Case("physio of 1 MiB, fresh memory",   1, "physio_fresh", "vm_write fresh", 0,  1.1,    1,  100, "phys"),
    Case("physio of 1 MiB, fresh memory",   2, "physio_fresh", "vm_write fresh", 0,  1.1,    1,  100, "phys"),
    Case("lock+mapin, fresh 4 KiB",         1, "mapin_4k",   "wp_promote 4096",     0, 1.5,  1,  300, "phys"),
    Case("lock+mapin, fresh 64 KiB",        1, "mapin_64k",  "wp_promote 65536",    0, 1.25, 1,  200, "phys"),
    Case("lock+mapin, fresh 1 MiB",         1, "mapin_1m",   "wp_promote 1048576",  0, 1.15, 1,   30, "phys"),
    Case("lock+mapin, fresh 16 MiB",        1, "mapin_16m",  "wp_promote 16777216", 0, 1.15, 1,    5, "phys"),
    Case("lock+unlock of 1 MiB",            1, "lock",       "mlock",          0,    0.5,    1,  300, "phys"),
    Case("lock+unlock of 1 MiB, following", 2, "lock",       "mlock",          0,    0.5,   10,   30, "phys"),
]
