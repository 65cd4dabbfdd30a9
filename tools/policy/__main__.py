"""Clause → the rule that enforces it, the tests that show it, or why it is outside software.

    python3 tools/policy           prints it
    python3 tools/policy --write   writes docs/policy/README.md
    python3 tools/policy --check   fails when the page is stale, a clause has no rule or no test, or is cited for what it doesn't say
"""
import pathlib
import re
import subprocess
import sys

import citations
import words
from clauses import CLAUSES

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/policy/README.md"
TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.M)
NAMED = re.compile(r"Clause(\d+(?:_\d+)?)")
# In a comment or a literal: "7.3" stands alone, neither a version nor a decimal of something else.
MENTION = r"(?<![\d.]){}(?![\d.]*\d)"
RANGE = re.compile(r"\b(\d+\.\d+)\s*[-–]\s*(\d+\.\d+)\b")


def sources():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "services", "gateway", "proto", "tests"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in sorted(names.stdout.split()) if name.endswith((".cc", ".h", ".proto")) and (ROOT / name).exists()]


def is_test(path):
    return path.name.endswith("test.cc")


def scan():
    """Two maps: clause → rule files, clause → tests ("file: Suite.Name")."""
    rules, tests = {}, {}
    for path in sources():
        text = path.read_text()
        if is_test(path):
            for suite, name in TEST.findall(text):
                for number in NAMED.findall(suite + "_" + name):
                    tests.setdefault(number.replace("_", "."), []).append((path, f"{suite}.{name}"))
            continue
        # A range "12.6-12.8" names what lies between as well.
        for start, end in RANGE.findall(text):
            if start.split(".")[0] == end.split(".")[0]:
                for n in range(int(start.split(".")[1]), int(end.split(".")[1]) + 1):
                    rules.setdefault(f"{start.split('.')[0]}.{n}", []).append(path)
        for number, *_ in CLAUSES:
            pattern = MENTION.format(re.escape(number)) if "." in number else rf'"{number}"|\(({number})\)|[Cc]lause {number}\b'
            if re.search(pattern, text):
                rules.setdefault(number, []).append(path)
    return rules, tests


def names(text, number):
    """A text names a clause, alone or within a range."""
    if re.search(MENTION.format(re.escape(number)), text):
        return True
    chapter, _, n = number.partition(".")
    return any(start.split(".")[0] == end.split(".")[0] == chapter and int(start.split(".")[1]) <= int(n or 0) <= int(end.split(".")[1])
               for start, end in RANGE.findall(text))


def rank(number):
    """The room that says in its first line that it is this clause's; then the rule before who calls it."""
    def key(path):
        parts = path.relative_to(ROOT).parts
        with path.open() as text:
            first = text.readline()
        return (not (first.startswith("//") and names(first, number)), "domain" not in parts, "authority" not in parts, "app" not in parts, str(path))
    return key


def link(path):
    name = path.relative_to(ROOT)
    return f"[{name}](../../{name})"


def page():
    rules, tests = scan()
    lines = ["# The policy, clause by clause", "", "Printed from the code and the tests by `tools/policy`; checked by `tools/test`. The words of events, audit and histories: [words.md](words.md). How: **enforced** (refused otherwise), "
             "**recorded**, **prompted** (a follow-up), **guided**, **measured**, **outside** (no software, and why).", "",
             "| clause | how | what it means here | rule | shown by |", "|---|---|---|---|---|"]
    missing = []
    for number, how, meaning, why in CLAUSES:
        if how == "outside":
            lines.append(f"| {number} | outside | {meaning} | {why} | |")
            continue
        where = sorted({p for p in rules.get(number, [])}, key=rank(number))[:3]
        shown = tests.get(number, [])
        if not where:
            missing.append(f"clause {number} ({meaning}): no rule names it")
        if not shown:
            missing.append(f"clause {number} ({meaning}): no test TEST(Clause{number.replace('.', '_')}, …) shows it")
        examples = "; ".join(f"{name} ({link(path)})" for path, name in shown[:3])
        more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
        lines.append(f"| {number} | {how} | {meaning} | {'<br>'.join(map(link, where))} | {examples}{more} |")
    return "\n".join(lines) + "\n", missing


def main():
    text, missing = page()
    missing += citations.faults([path for path in sources() if path.suffix in (".cc", ".h") and not is_test(path) and "testing" not in path.parts and "tests" not in path.parts],
                                [number for number, *_ in CLAUSES])
    missing += words.faults([path for path in sources() if path.suffix in (".cc", ".h") and not is_test(path) and "services" in path.parts
                             and not {"testing", "config"} & set(path.parts)])
    for line in missing:
        print(line, file=sys.stderr)
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text)
        words.PAGE.write_text(words.page())
        return 0
    if "--check" not in sys.argv:
        print(text, end="")
        return 0
    if not PAGE.exists() or PAGE.read_text() != text:
        print("docs/policy/README.md is stale: run python3 tools/policy --write", file=sys.stderr)
        return 1
    if not words.PAGE.exists() or words.PAGE.read_text() != words.page():
        print("docs/policy/words.md is stale: run python3 tools/policy --write", file=sys.stderr)
        return 1
    return 1 if missing else 0


sys.exit(main())
