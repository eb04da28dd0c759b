# SPDX-License-Identifier: BSD-2-Clause
"""Compiles sources against include/ddi as `sundog cc` does, and tells which of their lines are wrong."""
import functools
import re
import subprocess

from tables import DDI, ROOT

FLAGS = ROOT / "cmd" / "driver-flags"
TERSE = {"clang": ["-ferror-limit=0", "-fno-caret-diagnostics", "-fno-color-diagnostics"],
         "gcc": ["-fmax-errors=0", "-fno-diagnostics-show-caret", "-ftrack-macro-expansion=0"]}


@functools.cache
def command(cc):
    include = subprocess.run([cc, "-print-file-name=include"], check=True, capture_output=True, text=True)
    return [cc, f"@{FLAGS}", f"-I{DDI}", "-isystem", include.stdout.strip()]


def run(cc, text, *extra, language="c"):
    """extra comes after the flags of `sundog cc`, so that it can take their place."""
    return subprocess.run([*command(cc), *extra, "-x", language, "-"], input=text, text=True, capture_output=True)


def wrong_lines(cc, includes, lines, *extra):
    """{line number from 0: what the compiler says} of lines that stand behind these headers."""
    head = "".join(f"#include <{h}>\n" for h in includes)
    text = head + f'#line 1 "rows"\n' + "\n".join(lines) + "\n"
    terse = TERSE["clang" if "clang" in cc else "gcc"]
    result = run(cc, text, "-w", "-fsyntax-only", *terse, *extra)
    wrong = {}
    for line in result.stderr.splitlines():
        error = re.match(r"(.*?):(\d+):\d+: (?:fatal )?error: (.*)", line)
        if error and error[1] == "rows":
            wrong.setdefault(int(error[2]) - 1, error[3])
        elif error:
            wrong.setdefault(-1, line)
    return wrong


def included(cc, header):
    """The headers that this one brings along, itself among them."""
    result = run(cc, f"#include <{header}>\n", "-M")
    prefix = f"{DDI}/"
    return {word.removeprefix(prefix) for word in result.stdout.split() if word.startswith(prefix)}
