# SPDX-License-Identifier: BSD-2-Clause
"""The tables of the published interface: rows of text, as ../shared/spec/interface/README.md describes them.

tests/include/published holds those rows whose name include/ddi has; tools/interface-rows copies them."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DDI = ROOT / "include" / "ddi"
COPIES = ROOT / "tests" / "include" / "published"
SOURCE = ROOT.parent / "shared" / "spec" / "interface"
NAMES = ["constants", "strings", "macros", "structs", "types", "functions", "includes", "predefined"]


def read(path):
    return [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]


def load(folder):
    return {name: read(folder / f"{name}.tsv") for name in NAMES}


def headers():
    """Of include/ddi that the published interface has too: those of our own are in sundog/, or begin so."""
    names = sorted(str(p.relative_to(DDI)) for p in DDI.rglob("*.h"))
    return [n for n in names if "sundog" not in n]


def in_force(constants):
    """Without the rows that only an older release had."""
    return [row for row in constants if row[3:] != ["removed"]]


def exceptions():
    """{(kind, name): reason}"""
    return {(kind, name): reason for kind, name, reason in read(COPIES.parent / "exceptions.tsv")}
