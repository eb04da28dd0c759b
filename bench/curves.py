# SPDX-License-Identifier: BSD-2-Clause
"""How the time of something grows with the number of it: the table of curves, and what their exponents are.

The exponent is the slope of log(time) over log(n), by least squares, over the largest two decades of n: constant
costs hide it below.  It is compared with that of what the curve may grow like, over the same n.  Some curves have
a peer, a hand-written program that touches as much memory, or meets in a lock as often: what grows no faster than that is
the machine's, not ours.
"""

import math
from dataclasses import dataclass

NOISE = 0.15  # of an exponent, on a machine that does other things too
DECADES = 100


def total(n):
    return n * math.log2(n + 1)


def lookup(n):
    return math.log2(n + 1)


def flat(n):
    return 1


@dataclass(frozen=True)
class Curve:
    name: str    # of bench-curve
    what: str
    points: tuple
    like: object  # function of n: what it may grow like
    law: str
    cpus: int = 1  # 1: everything on CPU 0: how it grows, not who runs where
    program: str = "bench-curve"  # another one runs without a server, and gets the words of the name
    peer: str = ""


CURVES = [
    Curve("mappings", "mappings of a process: map, touch, unmap all", (10, 100, 1000, 5000, 20000), total, "n log n"),
    Curve("scattered", "the same, none beside another, in any order", (10, 100, 1000, 5000, 20000), total, "n log n"),
    Curve("handles", "handles behind a mapping: map, touch one, unmap", (10, 100, 1000, 10000, 100000), total, "n log n"),
    Curve("lookup", "a fault among so many handles", (10, 100, 1000, 10000, 100000), lookup, "log n"),
    Curve("sharers", "processes with one cookie: start, map, touch, end", (1, 10, 50, 200, 500), total, "n log n"),
    Curve("threads", "a fault, while so many threads fault", (1, 2, 4, 8, 16, 32), flat, "constant", 2),
    Curve("locks", "a page locked and unlocked by the server, while so many threads do so", (1, 2, 4, 8), flat, "constant", 2),
    Curve("charge threads", "1,000 charges of locked memory, by so many threads in one project", (1, 2, 4, 8), flat,
          "constant", 2, "bench-locked", "counters in arrays under one lock"),
    Curve("charge projects", "the same, by 2 threads in so many projects", (1, 10, 100, 1000, 10000),
          lookup, "log n", 2, "bench-locked", "counters in arrays under one lock"),
    Curve("lock threads", "1,000 ddi_umem_lock and _unlock, by so many threads in one project", (1, 2, 4, 8), flat,
          "constant", 2, "bench-locked", "mlock, munlock"),
    Curve("lock projects", "the same, by 2 threads in so many projects", (1, 10, 100, 1000, 10000), lookup, "log n", 2,
          "bench-locked", "changes of as many objects"),
    Curve("lock live", "the same, by a process with so many locks", (10, 100, 1000, 10000), lookup, "log n", 1,
          "bench-locked"),
    Curve("lock find", "1,000 times: is a page locked, among so many locks", (10, 100, 1000, 10000), lookup, "log n", 1,
          "bench-locked"),
    Curve("project create", "so many projects are made", (10, 100, 1000, 10000), total, "n log n", 1, "bench-locked"),
    Curve("lock exit", "the death of a process with so many locks", (10, 100, 1000, 10000), total, "n log n", 1,
          "bench-locked"),
    Curve("processes", "a fault, while so many processes fault", (1, 2, 4, 8), flat, "constant", 2),
]


def slope(points):
    """Of log(y) over log(x)."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def judge(curve, points):
    """points: [n, ns] or [n, ns, ns of the peer] in ascending order.  The entry of curves.json."""
    ours, peer = [p[:2] for p in points], [[p[0], p[2]] for p in points if curve.peer]
    law = [[n, curve.like(n)] for n, _ in ours]
    limit = max(slope(upper(points)) for points in (law, peer) if points)
    exponent = slope(upper(ours))
    return {"curve": curve.name, "what": curve.what, "points": ours, "exponent": round(exponent, 3),
            "law": curve.law, "peer": curve.peer, "peer_points": peer, "limit": round(limit, 3),
            "met": exponent <= limit + NOISE}


def upper(points):
    return [p for p in points if p[0] >= points[-1][0] / DECADES]


def shown(points):
    return "  ".join(f"{n}: {ns / 1000:.0f}" for n, ns in points)


HEAD = ["curve", "n: us", "exponent", "may be", "", "peer"]


def row(entry):
    law = entry["law"] + (", or its peer's" if entry["peer"] else "")
    return [entry["what"], shown(entry["points"]), f"{entry['exponent']:.2f}", f"{entry['limit']:.2f} ({law})",
            "fine" if entry["met"] else "GROWS FASTER",
            f"{entry['peer']}: {shown(entry['peer_points'])}" if entry["peer"] else ""]
