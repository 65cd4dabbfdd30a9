"""config and config check: every setting of every process, and what is wrong with them."""
import difflib
import json
import os
import re
import subprocess

from inspect_stack import plan_of
from places import SERVICES, Fault, binaries, gateway_binary, service_binary
from show import say, table

PROCESSES = (*SERVICES, "gateway")
# Of this tool, its tests and the samples; no process reads them.
NOT_SETTINGS = {"EVENHAND_SKIP_SETUP", "EVENHAND_DATA_DIR", "EVENHAND_TRANSPORT", "EVENHAND_TOKEN", "EVENHAND_URL", "EVENHAND_BUILD_PREVIOUS",
                "EVENHAND_TEST_SEED", "EVENHAND_SEED", "EVENHAND_LOAD_ROUNDS", "EVENHAND_UPDATE_DOCS", "EVENHAND_CORPUS"}
MADE_IN_DEV_MODE = {"evidence-keys", "webhook-keys"}
COLUMNS = ("setting", "environment", "readBy", "default", "unit", "why")


def known():
    """The table in the code, as the programs print it: setting → its row."""
    if not all(binary.exists() for binary in binaries()):
        raise Fault("nothing is built yet: run tools/evenhand build --services first")
    done = subprocess.run([str(service_binary("restriction")), "config-table"], capture_output=True, text=True)
    if done.returncode:
        raise Fault(f"restriction-service config-table: {done.stderr.strip()[-300:]}")
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in done.stdout.splitlines()[2:]]
    return {cells[0].strip("`"): dict(zip(COLUMNS, [cells[0].strip("`"), re.search(r"EVENHAND_\w+", cells[1])[0], *cells[2:]])) for cells in rows}


def unknown(rows):
    """Names in the environment that look like settings and are none: a misspelt one would be passed over in silence."""
    names = {row["environment"] for row in rows.values()} | {row["environment"] + "_FILE" for row in rows.values()}
    for name in sorted(os.environ):
        if name.startswith("EVENHAND_") and name not in names | NOT_SETTINGS:
            near = difflib.get_close_matches(name, names, 1)
            yield f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else "")


def not_there(values, rows):
    """Files that a value names and nobody can read."""
    for name, value in values.items():
        unit = rows.get(name, {}).get("unit", "")
        path = value.removeprefix("file:") if name == "jwks" and value.startswith("file:") else value if unit in ("file", "program", "folder") else ""
        if not path or (unit == "folder" and name != "letters-folder") or (name in MADE_IN_DEV_MODE and values.get("mode") == "dev"):
            continue
        if not os.access(path, os.X_OK if unit == "program" else os.R_OK):
            yield f"{name} can't be read: {path}"


def ask(plan, process, rows):
    """What a process makes of its settings: their values, and each fault."""
    env = plan.gateway().env if process == "gateway" else plan.service_env(process)
    binary = gateway_binary() if process == "gateway" else service_binary(process)
    done = subprocess.run([str(binary), "config"], env=env, cwd="/", capture_output=True, text=True)
    if done.returncode:
        text = (done.stderr or done.stdout).strip()
        return {"ok": False, "faults": [fault.strip() for fault in text.split("; ")], "settings": []}
    values = dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
    faults = list(not_there(values, rows))
    return {"ok": not faults, "faults": faults,
            "settings": [{"setting": name, "value": value, **{key: rows[name][key] for key in COLUMNS[1:]}} for name, value in values.items()]}


def command(options):
    wanted = PROCESSES if options.process == "all" else (options.process.removesuffix("-service"),)
    if wanted[0] not in PROCESSES:
        raise Fault(f"no process '{wanted[0]}'; there are {', '.join(PROCESSES)}", 2)
    plan, rows = plan_of(options.data), known()
    answers = {process: ask(plan, process, rows) for process in wanted}
    strangers = list(unknown(rows))
    if options.output == "json":
        print(json.dumps({**answers, "unknown": strangers}, indent=1))
    else:
        for process, answer in answers.items():
            tell(process, answer, options.action)
        for stranger in strangers:
            say(stranger)
    return 0 if not strangers and all(answer["ok"] for answer in answers.values()) else 1


def tell(process, answer, action):
    if action == "check":
        say(f"{process}: " + ("ok" if answer["ok"] else "\n  ".join(["", *answer["faults"]]).lstrip("\n")))
        return
    say(f"# {process}")
    if answer["settings"]:
        table(["setting", "value", "default", "unit", "why"],
              [[row[key] for key in ("setting", "value", "default", "unit", "why")] for row in answer["settings"]])
    for fault in answer["faults"]:
        say(fault)
    say()
