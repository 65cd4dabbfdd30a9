"""The words of the record, in one place: events (from the contract), the audit's actions (words.txt and the events), histories (from the contract)."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/policy/words.md"
WORDS = pathlib.Path(__file__).with_name("words.txt")
EVENT = re.compile(r'((?:^// .*\n)+)^message (\w+) \{\n  option \(event\) = \{type: "([\w.]+)" audience: (\w+)\}', re.M)
HISTORIES = {"HistoryAction": "a restriction's history", "What": "an appeal's timeline"}
KINDS = r"appeal|audience|audit|contact|evidence|follow_up|holiday|import|incident|letter|marker|notification|person|restriction|retention|serviceArea|share|shares|statement|statistics|task|webhook|work"
LITERAL = re.compile(rf'"((?:{KINDS})\.[a-z_]+)"')
# The same shape, and no word of the audit: fields of a request, an example, an occasion.
NO_ACTION = {"person.phone", "person.email", "person.uprn", "restriction.impose", "share.escalated"}


def events():
    found = []
    for path in sorted((ROOT / "proto/evenhand/events/v1").glob("*_events.proto")):
        for comment, _, name, audience in EVENT.findall(path.read_text()):
            found.append((name, " ".join(comment.replace("// ", "").split()), audience))
    return found


def audit():
    rows = [line.split("|") for line in WORDS.read_text().splitlines() if line and not line.startswith("#")]
    return [tuple(part.strip() for part in row) for row in rows]


def histories():
    for path in sorted((ROOT / "proto/evenhand").glob("*/v1/*.proto")):
        text = path.read_text()
        for name, of in HISTORIES.items():
            for block in re.findall(rf"message {name} \{{\n(?:.*\n)*?\s*enum Value \{{\n((?:.*\n)*?)\s*\}}\n", text):
                for comment, value in re.findall(r"^\s*// (.*)\n\s*(\w+) = [1-9]\d*;", block, re.M):
                    yield of, value, comment


def faults(sources):
    said, listed, told = {}, {word for word, *_ in audit()}, {name for name, *_ in events()}
    for path in sources:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for word in LITERAL.findall(line):
                said.setdefault(word, f"{path.relative_to(ROOT)}:{number}")
    for word in sorted(set(said) - listed - told - NO_ACTION):
        yield f"{said[word]}: the audit's word {word} is not listed in tools/policy/words.txt"
    for word in sorted(listed - set(said)):
        yield f"tools/policy/words.txt: nobody says {word}"
    for word in sorted(listed & told):
        yield f"tools/policy/words.txt: {word} is an event's name already"


def page():
    lines = ["# The words of the record", "", "Printed from the contract and `tools/policy/words.txt` by `tools/policy`; checked by `tools/test`.", "",
             "## Events", "What the services tell each other, and by webhook where it says so; each change is audited under the same name.", "", "| event | what happened | heard by |", "|---|---|---|"]
    lines += [f"| `{name}` | {what} | {'services, webhooks' if audience == 'WEBHOOK' else 'services'} |" for name, what, audience in events()]
    lines += ["", "## The audit's other actions", "With `.refused`, `.tried` (a dry run) or `.replayed` behind it: what was asked for and not done, or shown again.", "", "| action | clause | what was done |", "|---|---|---|"]
    lines += [f"| `{word}` | {clause} | {what} |" for word, clause, what in audit()]
    lines += ["", "## Histories", "", "| word | of | what it says |", "|---|---|---|"]
    lines += [f"| `{value}` | {of} | {comment} |" for of, value, comment in histories()]
    return "\n".join(lines) + "\n"
