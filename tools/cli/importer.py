"""`evenhand import FILE`: an export of the Health and Safety portal, streamed, with a progress bar."""
import collections
import csv
import http.client
import json
import pathlib

import stack
import tokens
from places import Fault
from rest import Client, CutOff
from show import Progress, say

OUTCOMES = ("CREATED", "AMENDED", "WITHDRAWN", "DUPLICATE", "REJECTED")


def count_rows(path):
    """Records, not lines: a quoted field may hold newlines. Latin-1 reads any bytes, and the count does not mind the letters."""
    with open(path, encoding="latin-1", newline="") as file:
        return max(0, sum(1 for row in csv.reader(file) if row) - 1)


def run(client, path, label="Importing"):
    """The counts by outcome, the server's summary, and the refused lines. Anything but every row of the file taken is a fault."""
    counts, refused, summary, rows = collections.Counter(), [], {}, count_rows(path)
    progress = Progress(label, rows)

    def on_line(line):
        if "outcome" not in line:
            summary.update(line)
            return
        counts[line["outcome"]] += 1
        if line["outcome"] == "REJECTED":
            refused.append(line)
        progress.at(sum(counts.values()))

    try:
        with open(path, "rb") as file:
            reply = client.stream("/v1/incidents:import", file, pathlib.Path(path).stat().st_size, "text/csv", on_line)
    except (OSError, http.client.HTTPException, ValueError, CutOff) as error:
        raise broken_off(counts, rows, str(error) or type(error).__name__) from None
    finally:
        progress.end()
    if reply.status != 200:
        raise Fault("the import was refused: " + reply.why())
    hold_against(counts, rows, summary)
    return counts, summary, refused


def broken_off(counts, rows, why):
    return Fault(f"the import broke off: {sum(counts.values())} of {rows} rows were answered ({why}). What was taken in stays; import the file "
                 "again, no row is taken twice")


def hold_against(counts, rows, summary):
    """What the server says that it took, against its lines and against the file."""
    told = summary.get("summary")
    if told is None:
        raise broken_off(counts, rows, summary.get("detail") or "the answer ended before its summary")
    if not told.get("reconciled") or told.get("rows") != sum(counts.values()):
        raise Fault(f"the counts don't add up: {sum(counts.values())} rows were answered, {told.get('rows')} read; look at incident-service's log")
    if told.get("cutOff"):
        raise Fault(f"the file ends in the middle of a row: it was cut before it came here. {told['rows']} rows were answered; import the whole file, "
                    "no row is taken twice")
    if rows > told["rows"]:
        raise Fault(f"the file has {rows} rows and {told['rows']} were read: a quotation mark that is never closed takes the rows after it for its text")


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
