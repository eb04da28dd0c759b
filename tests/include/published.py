# SPDX-License-Identifier: BSD-2-Clause
"""Rows of the published interface as lines of C that compile only where include/ddi agrees."""
import re

import compiler
import ours
from tables import headers

LOCKS = {"kmutex_t": 8, "kcondvar_t": 2, "krwlock_t": 8, "ksema_t": 16}


def number(text):
    value = int(text, 0)
    if value == -2**63:
        return "(-9223372036854775807ll - 1)"
    return f"{value}ull" if value >= 2**63 else f"{value}ll"


def says(condition, what):
    return f'_Static_assert({condition}, "{what}");'


def same_type(one, other):
    return f"__builtin_types_compatible_p({one}, {other})"


def constant(row):
    name = row[1]
    pointer = f"__builtin_classify_type({name}) == 5"
    value = f"(__int128)__builtin_choose_expr({pointer}, (long)({name}), ({name}))"
    return says(f"{value} == (__int128){number(row[2])}", name)


def string(row):
    name, value = row[1:3]
    return says(f'__builtin_strcmp({name}, "{value}") == 0', name)


def typedef(row):
    """What it stands for; of a struct without a tag: its size."""
    _, name, real, size = row
    if real in ("struct", "union", "enum"):
        return says(f"sizeof({name}) == {size}", name)
    return says(same_type(name, f"__typeof__({real})"), name)


def function(row):
    _, name, result, arguments = row[:4]
    if arguments == "(variable)":
        array = re.fullmatch(r"(.*?) ?\[\]", result)
        if array:
            return says(same_type(f"__typeof__({name}[0])", f"__typeof__({array[1]})"), name)
        return says(same_type(f"__typeof__({name})", f"__typeof__({result})"), name)
    arguments = "" if arguments == "()" else arguments
    return says(same_type(f"__typeof__({name})", f"__typeof__(__typeof__({result}) ({arguments}))"), name)


def has_lock(struct, rows, seen=()):
    """Holds a lock, itself or in a struct inside it: then offsets and size are our own."""
    for row in rows.get(struct, []):
        kind = re.sub(r" ?\[.*", "", row[3])
        if kind in LOCKS or kind != struct and kind not in seen and has_lock(kind, rows, (*seen, struct)):
            return True
    return False


def structs_by_name(rows, types):
    found = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    for _, name, real, _ in types:
        if real in found:
            found.setdefault(name, found[real])
    return found


def field(row, own_offsets):
    """Type, and place if the struct has the published size."""
    _, struct, name, kind, offset, size = row
    member = ours.field(struct, name)
    good = "" if kind in ("struct", "union", "enum") else says(
        same_type(f"__typeof__({member})", f"__typeof__({kind})"), f"{struct}.{name}")
    if not own_offsets:
        place = f"__builtin_offsetof({struct}, {name.replace('[]', '[0]')}) == {offset}"
        good += says(f"{place} && sizeof({member}) == {size}", f"{struct}.{name}")
    return good


def layouts(rows, types):
    """[(row, line)]; a struct that begins with *opaque is the original's own: only the types of its fields count."""
    structs, lines, opaque = structs_by_name(rows, types), [], set()
    for row in rows:
        _, struct, name, _, offset, size = row
        own = has_lock(struct, structs)
        if name == "*opaque":
            opaque.add(struct)
        elif name == "*" and not own:
            lines.append((row, says(f"sizeof({struct}) == {size}", struct)))
        elif name != "*" and ":" not in offset:
            lines.append((row, field(row, own or struct in opaque)))
    return lines


def order(rows, types):
    """Fields of structs with locks inside come in the published order, wherever they are."""
    structs, lines, last = structs_by_name(rows, types), [], None
    for row in rows:
        _, struct, name, _, offset, _ = row
        if "." in name or name.startswith("*") or ":" in offset or not has_lock(struct, structs):
            continue
        if last and last[1] == struct and int(last[4]) < int(offset):
            lines.append((row, says(f"__builtin_offsetof({struct}, {last[2]}) < __builtin_offsetof({struct}, {name})",
                                    f"{struct}.{name}")))
        last = row
    return lines


def checks(tables):
    """{kind: [(row, line)]}"""
    one = {"constants": constant, "strings": string, "types": typedef, "functions": function}
    found = {kind: [(row, make(row)) for row in tables[kind]] for kind, make in one.items()}
    found["structs"] = layouts(tables["structs"], tables["types"]) + order(tables["structs"], tables["types"])
    return found


def nearest(pairs):
    """Of names that several headers have: those rows whose header we have."""
    mine = {(row[1], row[2]) if len(row) == 6 and row[1].startswith(("struct", "union")) else row[1]
            for row, _ in pairs if row[0] in headers()}
    return [(row, line) for row, line in pairs
            if row[0] in headers() or
            ((row[1], row[2]) if len(row) == 6 and row[1].startswith(("struct", "union")) else row[1]) not in mine]


def wrong(cc, tables, *extra):
    """[(kind, name, row, why)]: each row compiled behind its own header alone, or behind all where we lack it.

    One compiler (gcc) tells whether headers are complete; the other looks at all rows at once."""
    batches = {}
    for kind, pairs in checks(tables).items():
        for row, line in nearest(pairs):
            if kind == "constants" and "clang" in cc and row[1] in ours.pointers():
                continue
            alone = row[0] in headers() and "clang" not in cc
            where = (row[0],) if alone else tuple(headers())
            batches.setdefault(where, []).append((kind, row, line))
    found = []
    for where, batch in batches.items():
        errors = compiler.wrong_lines(cc, where, [line for _, _, line in batch], *extra)
        errors = still_wrong(cc, where, batch, errors, *extra)
        if -1 in errors:
            found.append(("header", where[0], [], errors.pop(-1)))
        found += [(batch[i][0], name_of(batch[i][1]), batch[i][1], why) for i, why in errors.items()]
    return found


def still_wrong(cc, where, batch, errors, *extra):
    """The name must be there behind its own header; names of types in its row may be other headers'."""
    retry = [i for i in errors if i >= 0 and batch[i][0] in ("functions", "structs")]
    if not retry:
        return errors
    there = compiler.wrong_lines(cc, where, [there_line(batch[i][0], i, batch[i][1]) for i in retry], *extra)
    right = compiler.wrong_lines(cc, headers(), [batch[i][2] for i in retry], *extra)
    fine = {i for n, i in enumerate(retry) if n not in there and n not in right}
    return {i: why for i, why in errors.items() if i not in fine}


def there_line(kind, i, row):
    if kind == "structs":
        return f"extern char there{i}[sizeof({row[1]})];"
    return f"extern __typeof__(&{row[1]}) there{i};"


def name_of(row):
    return f"{row[1]}.{row[2]}" if row[1].startswith(("struct ", "union ")) and not row[2].startswith("*") else row[1]


def missing_includes(cc, rows):
    """[(header, headers that it does not bring)]"""
    found = []
    for header, brought in rows:
        gap = set(brought.split()) & set(headers()) - compiler.included(cc, header)
        if gap:
            found.append((header, " ".join(sorted(gap))))
    return found


def wrong_macros(rows):
    """[(name, why)]: function-like macros with another number of arguments; a function in a macro's place will do."""
    have, found = ours.macros(), []
    for header, name, arguments, _ in rows:
        if name in have and have[name] is not None and have[name] != int(arguments):
            found.append((name, f"{have[name]} arguments, published: {arguments}"))
        elif name in have and have[name] is None:
            found.append((name, "a macro without arguments"))
    return found


def wrong_predefined(cc, rows):
    """[(name, why)] of macros that the compiler's flags or <sys/types.h> make."""
    text = compiler.run(cc, "#include <sys/types.h>\n", "-E", "-dM").stdout
    have = dict(re.match(r"#define (\w+) ?(.*)", line).groups() for line in text.splitlines()
                if re.match(r"#define \w+( |$)", line))
    return [(name, f"{have.get(name, 'not defined')!r}, published: {value!r}") for name, value, _ in rows
            if have.get(name) != ("" if value == "(empty)" else value)]
