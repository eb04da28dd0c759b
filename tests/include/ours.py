# SPDX-License-Identifier: BSD-2-Clause
"""What include/ddi defines: asked of the compiler, with all headers included together."""
import functools
import re

import compiler
from tables import DDI, headers

CC = "gcc"


@functools.cache
def preprocessed():
    """Text and macro definitions of our own headers; not what the compiler brought."""
    text = "".join(f"#include <{h}>\n" for h in headers())
    lines, inside = [], False
    for line in compiler.run(CC, text, "-E", "-dD").stdout.splitlines():
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            inside = marker[1].startswith(f"{DDI}/")
        elif inside:
            lines.append(line)
    return lines


@functools.cache
def macros():
    """{name: number of arguments, None for a macro that takes none}"""
    found = {}
    for line in preprocessed():
        define = re.match(r"#define (\w+)(\(([^)]*)\))?", line)
        if define:
            args = define[3]
            found[define[1]] = None if define[2] is None else len([a for a in args.split(",") if a.strip()])
    return found


@functools.cache
def tokens():
    return {word for line in preprocessed() if not line.startswith("#") for word in re.findall(r"\b[A-Za-z_]\w*", line)}


def existing(lines):
    """Of {key: declaration that compiles only if there is such a thing}: the keys of those that do."""
    keys = list(lines)
    wrong = compiler.wrong_lines(CC, headers(), [lines[k] for k in keys])
    if -1 in wrong:
        raise SystemExit(f"include/ddi does not compile together: {wrong[-1]}")
    return {k for i, k in enumerate(keys) if i not in wrong}


def field(struct, name):
    return f"((__typeof__({struct}) *)0)->{name.replace('[]', '[0]')}"


def names(tables):
    """{table: the rows of it whose name we have}"""
    have = {"includes": [r for r in tables["includes"] if r[0] in headers()], "predefined": tables["predefined"]}
    known = tokens() | set(macros())
    constants = {r[1]: f"__typeof__({r[1]}) *p{i};" for i, r in enumerate(tables["constants"]) if r[1] in known}
    there = existing(constants) | set(macros())
    have["constants"] = [r for r in tables["constants"] if r[1] in there]
    have["strings"] = [r for r in tables["strings"] if r[1] in macros()]
    have["macros"] = [r for r in tables["macros"] if r[1] in known]
    types = existing({r[1]: f"{r[1]} *p{i};" for i, r in enumerate(tables["types"]) if r[1] in known})
    have["types"] = [r for r in tables["types"] if r[1] in types]
    functions = {r[1]: f"__typeof__(&{r[1]}) p{i};" for i, r in enumerate(tables["functions"]) if r[1] in tokens()}
    there = existing(functions)
    have["functions"] = [r for r in tables["functions"] if r[1] in there]
    have["structs"] = struct_rows(tables["structs"])
    return have


def struct_rows(rows):
    """Rows of whole structs that we define, and of the fields that those have."""
    lines = {}
    for i, (_, struct, name, _, offset, _) in enumerate(rows):
        if struct.split()[-1] not in tokens():
            continue
        if name.startswith("*"):
            lines[struct, name] = f"extern char p{i}[sizeof({struct})];"
        elif ":" in offset:
            lines[struct, name] = f"int p{i}({struct} *p) {{ return p->{name}; }}"
        else:
            lines[struct, name] = f"__typeof__({field(struct, name)}) *p{i};"
    there = existing(lines)
    return [r for r in rows if (r[1], r[2]) in there]


@functools.cache
def pointers():
    """Constants that are pointers: only gcc lets an assertion look at them."""
    plain = [n for n, arguments in macros().items() if arguments is None]
    return existing({n: f'_Static_assert(__builtin_classify_type({n}) == 5, "");' for n in plain})


def unpublished(rows):
    """Functions and constants of ours that no row has.  The system's own numbers (errno and the like) are the host's."""
    known = {row[1] for table in ("constants", "macros", "functions") for row in rows[table]}
    known |= {row[0] for row in rows["predefined"]}
    linked = {m for line in preprocessed() for m in re.findall(r'"sundog_" "(\w+)"', line)}
    own = re.compile(r"_\w+_H$|sundog_|SUNDOG_|sim_|E[A-Z0-9]+$|SIG[A-Z0-9]+$|POLL|O_[A-Z]+$|_(init|fini|info)$")
    unknown = [n for n, arguments in macros().items() if arguments is None and n not in known and not own.match(n)]
    constants = existing({n: f"_Static_assert(__builtin_classify_type({n}) == 1 && __builtin_constant_p({n}), \"\");"
                          for n in unknown})
    return sorted(constants | {n for n in linked - known if not own.match(n)})
