#!/usr/bin/env python3
"""Makes orleans-surface.txt of a listing of Orleans' public API.

usage: make_surface.py LISTING ALSO > orleans-surface.txt

LISTING  one line per type (" Namespace: [attributes] kind Name : bases") and per member ("  signature")
ALSO     a text in which the full names of further types occur

Only types that src/Runtime declares, or that ALSO names, are taken. Members are written as the metadata reader of the
surface test writes them: simple names, no attributes, no "readonly".
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parents[2] / "src" / "Runtime"
LIMITS = {
    "int.MinValue": "-2147483648", "int.MaxValue": "2147483647",
    "long.MinValue": "-9223372036854775808", "long.MaxValue": "9223372036854775807",
}
TARGETS = ["Assembly", "Module", "Class", "Struct", "Enum", "Constructor", "Method", "Property", "Field", "Event",
           "Interface", "Parameter", "Delegate", "ReturnValue", "GenericParameter"]
KEPT = ("GenerateSerializer", "Immutable", "Alias", "AttributeUsage", "SerializerTransparent")


def declared():
    """Full names of the types that src/Runtime declares in namespaces of Orleans and of the host."""
    names = set()
    for path in SOURCES.rglob("*.cs"):
        text = path.read_text(encoding="utf-8-sig")
        space = re.search(r"^namespace ([\w.]+);", text, re.M)
        if space and re.match(r"Orleans|Microsoft", space[1]):
            for kind in re.finditer(r"\b(?:class|struct|interface|enum|record|delegate [\w.<>?]+)\s+(\w+)", text):
                names.add(f"{space[1]}.{kind[1]}")
    return names


def split_attributes(text):
    """Leading [..] groups, and the rest."""
    groups = []
    while text.startswith("["):
        depth = 0
        for end, character in enumerate(text):
            depth += {"[": 1, "]": -1}.get(character, 0)
            if depth == 0:
                break
        groups.append(text[1:end])
        text = text[end + 1:].lstrip()
    return groups, text


def split_top(text, separator=","):
    parts, depth, quoted, start = [], 0, False, 0
    for i, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(character, 0)
            if character == separator and depth == 0:
                parts.append(text[start:i].strip())
                start = i + 1
    return parts + [text[start:].strip()]


def attributes(groups):
    for group in groups:
        for one in split_top(group):
            name = re.match(r"(?:\w+\.)*(\w+)", one)[1]
            if name not in KEPT:
                continue
            if name == "AttributeUsage":
                mask = sum(1 << TARGETS.index(target) for target in re.findall(r"AttributeTargets\.(\w+)", one) if target != "All")
                text = str(mask or 32767)
                if "AllowMultiple = true" in one:
                    text += ", AllowMultiple"
                if "Inherited = false" in one:
                    text += ", not Inherited"
                yield f"AttributeUsage({text})"
            elif name == "Alias":
                yield "Alias" + one[one.index("("):]
            else:
                yield name


def simple(text):
    for name, value in LIMITS.items():
        text = text.replace(name, value)
    parts = re.split(r'("[^"]*")', text)
    return "".join(part if part.startswith('"') else re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", part) for part in parts)


def member(text):
    _, text = split_attributes(text)
    text = re.sub(r"([(,] ?)\[[^\]]+\] ?(?=\w)", r"\1", text)
    text = re.sub(r"\) : (base|this)\(.*$", ")", text)
    text = re.sub(r"\b(readonly|unsafe|new|async|extern|partial) (?=\S)", "", text)
    text = text.replace("{ }", "").replace("init ;", "init;").replace("init  }", "init; }").replace("  ", " ")
    text = re.sub(r"get \}", "get; }", text)
    return simple(text).strip().rstrip(";")


def header(text):
    groups, text = split_attributes(text)
    text = text.replace("public delegate", "delegate").rstrip(";")
    if text.startswith("delegate "):
        signature = simple(text[len("delegate "):])
        name = re.search(r"(\w+)(<[^(]*>)?\(", signature)
        return "delegate", name[1], len(split_top(name[2][1:-1])) if name[2] else 0, [], list(attributes(groups)), [signature]
    text, *_ = re.split(r" where ", text)
    match = re.match(r"((?:(?:readonly|sealed|static|abstract|ref|unsafe|partial) )*)(class|struct|interface|enum|record struct|record) +([\w.]+)(<[^>]*>)?(?: : (.*))?$", text)
    modifiers = [one for one in match[1].split() if one in ("sealed", "static", "abstract", "ref")]
    arity = len(split_top(match[4][1:-1])) if match[4] else 0
    bases = [simple(base) for base in split_top(match[5])] if match[5] else []
    return " ".join(modifiers + [match[2]]), match[3], arity, bases, list(attributes(groups)), []


def main():
    wanted = declared()
    wanted |= set(re.findall(r"\b(?:Orleans|Microsoft)(?:\.\w+)+", pathlib.Path(sys.argv[2]).read_text()))
    print("# Orleans' public API, as far as src/Runtime follows it: from Orleans' public API listing, August 2026.")
    print("# Made by make_surface.py; names without namespaces, members as the surface test writes them.")
    assembly = taken = None
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("assembly "):
            assembly = line.split()[1]
        elif line.startswith("  "):
            if taken == "enum":
                for one in split_top(line.strip()):
                    print(f" member {one}")
            elif taken:
                print(f" member {member(line.strip())}")
        else:
            space, text = line.strip().split(": ", 1)
            kind, name, arity, bases, marks, members = header(text)
            full = f"{space}.{name}"
            taken = kind if full in wanted else None
            if not taken:
                continue
            print(f"type {full.replace('.' + name, '.' + name.replace('.', '+'))}{'`' + str(arity) if arity else ''} {kind} ({assembly})")
            for mark in sorted(set(marks)):
                print(f" attribute {mark}")
            for base in bases:
                print(f" base {base}")
            for one in members:
                print(f" member {one}")


if __name__ == "__main__":
    main()
