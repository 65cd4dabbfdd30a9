"""`evenhand register import FILE.csv`: brings the register that a council keeps in a spreadsheet over, row by row, and says what is doubtful."""
import collections
import csv
import datetime
import json
import os
import pathlib
import re
import tempfile
import zoneinfo

import stack
import tokens
from places import Fault
from register_apply import Door, Refused, Takeover
from register_doubts import DOUBTS, judge
from register_rows import read
from show import Progress, say

ACCEPTABLE = ("REVIEW_EXPIRED", "NEVER_REVIEWED")
COLUMNS = ("line", "entry", "verdict", "doubts", "clauses", "what to do", "person", "incident", "register entry")
# READY: would be, or was, proposed whole. WITHOUT_ENTRY: person and incident alone. LEFT: nothing. UNCHANGED: all of it stood already.
VERDICTS = ("PROPOSED", "WITHOUT_ENTRY", "LEFT", "UNCHANGED", "FAILED")


def door_of(options):
    token = os.environ.get("EVENHAND_TOKEN")
    if options.url:
        if not re.fullmatch(r"https?://[^/]+.*", options.url):
            raise Fault(f"--url takes http://… or https://…, not {options.url}", 2)
        if not token:
            raise Fault("--url needs a token of the council's identity provider in EVENHAND_TOKEN: a team leader's of the rows' service areas", 2)
        return Door(options.url, lambda area: token, not options.apply)
    state = stack.read_state(options.data)
    if not state.get("readyAt"):
        raise Fault(f"no stack is ready in {options.data}: run tools/evenhand up first, or name a gateway by --url")
    minted = {}

    def token_of(area):
        if area not in minted:
            minted[area] = token or tokens.mint(options.data, "register-import", ["team_leader"], [area])
        return minted[area]
    return Door(f"http://127.0.0.1:{state['port']}", token_of, not options.apply)


class Result:
    def __init__(self, verdict):
        self.verdict, self.outcome, self.changed, self.error = verdict, "", [], ""
        self.person = self.incident = self.marker = ""

    def line(self, accepted):
        codes = [(code, about) for code, about in self.verdict.doubts]
        todo = [self.error] if self.error else []
        todo += [DOUBTS[code][2] + (f" [{about}]" if about else "") for code, about in codes]
        return {"line": self.verdict.row.line, "entry": self.verdict.row.entry, "verdict": self.outcome,
                "doubts": " ".join(code + ("(accepted)" if code in accepted else "") for code, _ in codes),
                "clauses": " ".join(sorted({DOUBTS[code][1] for code, _ in codes})), "what to do": " ".join(todo),
                "person": self.person, "incident": self.incident, "register entry": self.marker}


def reference(thing):
    return thing.get("reference") or thing.get("id", "")


def take_person_and_incident(run, result):
    verdict = result.verdict
    first = verdict.first or verdict
    if id(first) in run.people:
        person, made = run.people[id(first)], False
    else:
        person, made = run.register(verdict)
        run.people[id(first)] = person
    result.person = person or ""
    incident, recorded = run.record(verdict, person)
    if incident is None:  # the row named a portal record that nobody has
        result.outcome = "LEFT"
        return
    result.incident = reference(incident)
    result.changed += ["person"] * made + ["incident"] * recorded
    if person:
        run.incidents.setdefault(id(first), []).append(incident["id"])


def take_entries(run, results):
    """After all incidents, so that one entry rests on all of a person's."""
    proposers = {}
    for result in results:
        verdict = result.verdict
        if not result.outcome and result.person and not verdict.stops("marker", run.accepted):
            proposers.setdefault(id(verdict.first or verdict), []).append(result)
    for first, group in proposers.items():
        try:
            marker, made = run.propose(group[0].verdict, group[0].person, run.incidents[first])
            for result in group:
                result.marker = reference(marker)
            group[0].changed += ["entry"] * made
        except Refused as refused:
            group[0].outcome, group[0].error = "FAILED", str(refused)


def process(run, verdicts, progress):
    results = [Result(verdict) for verdict in verdicts]
    for done, result in enumerate(results, 1):
        if result.verdict.stops("row"):
            result.outcome = "LEFT"
        else:
            try:
                take_person_and_incident(run, result)
            except Refused as refused:
                result.outcome, result.error = "FAILED", str(refused)
        progress.at(done)
    take_entries(run, results)
    for result in results:
        if not result.outcome:
            result.outcome = ("WITHOUT_ENTRY" if not result.marker else "PROPOSED") if result.changed or not (result.marker or result.incident) \
                else "UNCHANGED"
    return results


def report_of(options, register):
    """Where the report goes; that it can be written is known before anything is taken over."""
    path = pathlib.Path(options.report or register.with_name(register.stem + ".report.csv"))
    if path.exists() and path.samefile(register):
        raise Fault(f"the report would take the place of the register itself: {path}", 2)
    try:
        if path.exists():
            os.close(os.open(path, os.O_WRONLY))
        else:
            tempfile.TemporaryFile(dir=path.parent).close()  # leaves nothing behind, should the rest be refused
    except OSError as error:
        raise Fault(f"the report can't be written: {error.strerror}: {path}", 2) from None
    return path


def plain(cell):
    """What a spreadsheet would work out as a formula is shown to it as text: the report repeats what others wrote."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t")) else cell


def write_report(path, results, accepted):
    """Lines and references, no names: whoever holds the spreadsheet finds the row. Readable by its owner alone."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        path.chmod(0o600)
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: plain(cell) for name, cell in result.line(accepted).items()} for result in results)


def summary_of(results, unknown, options, report):
    outcomes = collections.Counter(result.outcome for result in results)
    made = collections.Counter(what for result in results for what in result.changed)
    doubts = collections.Counter(code for result in results for code in {code for code, _ in result.verdict.doubts})
    return {"dryRun": not options.apply, "rows": len(results), **{name.lower(): outcomes[name] for name in VERDICTS},
            "people": made["person"], "incidents": made["incident"], "entries": made["entry"], "doubts": dict(doubts.most_common()),
            "unknownColumns": unknown, "report": str(report)}


def command(options):
    path = pathlib.Path(options.file)
    if not path.is_file():
        raise Fault(f"no such file: {options.file}", 2)
    accepted = tokens.split(options.accept or "")
    if wrong := [code for code in accepted if code not in ACCEPTABLE]:
        raise Fault(f"{', '.join(wrong)} can't be accepted; --accept takes {', '.join(ACCEPTABLE)}", 2)
    report = report_of(options, path)
    try:
        rows, unknown = read(path)
    except OSError as error:
        raise Fault(f"{options.file} can't be read: {error.strerror}", 2) from None
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London")).date()
    verdicts, shared = judge(rows, options.service_area, today)
    run = Takeover(door_of(options), shared, accepted, verdicts)
    progress = Progress("Taking over" if options.apply else "Trying", len(rows))
    results = process(run, verdicts, progress)
    progress.end()
    write_report(report, results, accepted)
    summary = summary_of(results, unknown, options, report)
    if options.output == "json":
        print(json.dumps(summary))
    else:
        tell(summary)
    return 1 if summary["failed"] else 0


def tell(summary):
    would = "would be " if summary["dryRun"] else ""
    say(f"{summary['rows']} rows: {summary['proposed']} {would}proposed, {summary['without_entry']} {would}taken without an entry, "
        f"{summary['left']} left, {summary['unchanged']} unchanged, {summary['failed']} failed")
    say(f"{summary['people']} people, {summary['incidents']} incidents, {summary['entries']} provisional entries {would}made; a senior manager confirms each")
    for code, count in summary["doubts"].items():
        say(f"  {count:>5}  {code:<22} {DOUBTS[code][2]}")
    if summary["unknownColumns"]:
        say("Columns left behind: " + ", ".join(summary["unknownColumns"]))
    say(f"Row by row: {summary['report']}")
    if summary["dryRun"]:
        say("Nothing was changed. When the doubts are settled: the same command with --apply")
