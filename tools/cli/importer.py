"""`evenhand import FILE`: an export of the Health and Safety portal, streamed, with a progress bar."""
import collections
import csv
import json
import pathlib

import stack
import tokens
from places import Fault
from rest import Client
from show import Progress, say

OUTCOMES = ("CREATED", "AMENDED", "WITHDRAWN", "DUPLICATE", "REJECTED")


def count_rows(path):
    """Records, not lines: a quoted field may hold newlines. Latin-1 reads any bytes, and the count does not mind the letters."""
    with open(path, encoding="latin-1", newline="") as file:
        return max(0, sum(1 for row in csv.reader(file) if row) - 1)


def run(client, path, label="Importing"):
    """The counts by outcome, the server's summary, and the refused lines."""
    counts, refused, summary = collections.Counter(), [], {}
    progress = Progress(label, count_rows(path))

    def on_line(line):
        if "outcome" not in line:
            summary.update(line)
            return
        counts[line["outcome"]] += 1
        if line["outcome"] == "REJECTED":
            refused.append(line)
        progress.at(sum(counts.values()))

    with open(path, "rb") as file:
        reply = client.stream("/v1/incidents:import", file, pathlib.Path(path).stat().st_size, "text/csv", on_line)
    progress.end()
    if reply.status != 200:
        raise Fault("the import was refused: " + reply.why())
    return counts, summary, refused


def client_of(data, roles, areas="", sub=None, act=None):
    state = stack.read_state(data)
    if not state.get("readyAt"):
        raise Fault(f"no stack is ready in {data}: run tools/evenhand up first")
    return Client(state["port"], tokens.mint(data, sub or f"u-{roles}", tokens.split(roles), tokens.split(areas), act=act))


def command(options):
    if not pathlib.Path(options.file).is_file():
        raise Fault(f"no such file: {options.file}", 2)
    counts, summary, refused = run(client_of(options.data, "portal"), options.file)
    if options.output == "json":
        print(json.dumps({"rows": sum(counts.values()), **{name.lower(): counts[name] for name in OUTCOMES}, "summary": summary,
                          "rejections": refused}))
        return 0
    say("  ".join(f"{name.lower()} {counts[name]}" for name in OUTCOMES))
    for line in refused[:10]:
        say(f"  line {line.get('line')}, {line.get('recordNo') or 'no record number'}: {reason(line)}")
    if len(refused) > 10:
        say(f"  … and {len(refused) - 10} more: GET /v1/importRejections")
    return 0


def reason(line):
    for name in ("reason", "message", "detail"):
        if line.get(name):
            return line[name]
    return json.dumps({key: value for key, value in line.items() if key not in ("line", "recordNo", "outcome")})
