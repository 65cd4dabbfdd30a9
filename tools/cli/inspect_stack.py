"""outbox, sql, bench: looks behind the curtain of a stack."""
import csv
import io
import json
import os
import subprocess

import postgres
import stack
from places import CLONE, SERVICES, Fault, service_binary
from plan import Plan
from show import say, table


def plan_of(data):
    """The running stack's plan again: its ports are in the state, all else follows from the data dir."""
    data.make()
    plan = Plan(data, stack.read_state(data).get("port") or 0)
    for row in stack.read_state(data)["processes"]:
        name = row["name"].removesuffix("-service")
        if name == "postgres":
            plan.cluster.port = row["port"]
        elif row.get("metricsPort"):
            plan.metrics[[*SERVICES, "gateway"].index(name)] = row["metricsPort"]
    return plan


def running_plan(data):
    if not stack.running(data):
        raise Fault(f"no stack is running in {data}: run tools/evenhand up first")
    return plan_of(data)


def outbox(options):
    plan, events, sent_again = running_plan(options.data), [], 0
    for service in SERVICES:
        words = [str(service_binary(service)), "outbox", *([options.resend] if options.resend else [])]
        done = subprocess.run(words, env=plan.service_env(service), cwd="/", capture_output=True, text=True)
        if done.returncode and not options.resend:
            raise Fault(f"{service}-service outbox: {(done.stderr or done.stdout).strip()[-400:]}")
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                events.append({"from": f"{service}-service", **json.loads(line)})
            elif line.endswith(" sent again"):
                sent_again += int(line.split()[0])
    if options.resend:
        print(json.dumps({"sentAgain": sent_again}) if options.output == "json" else f"{sent_again} sent again." if sent_again else "Nothing was parked.")
        return 0
    if options.output == "json":
        print(json.dumps({"events": events}, indent=1))
        return 0
    if not events:
        say("The outboxes are empty: every event has arrived.")
        return 0
    columns = list(dict.fromkeys(name for event in events for name in event))
    table(columns, [[event.get(name) for name in columns] for event in events])
    return 0


def sql(options):
    as_json = options.output == "json"
    done = running_plan(options.data).cluster.psql(options.statement, role=postgres.OWNER, database=postgres.DATABASE,
                                                   options=("-q", "--csv") if as_json else ("-q", "-A", "-t"))
    if done.returncode:
        raise Fault(done.stderr.strip())
    print(json.dumps({"rows": list(csv.DictReader(io.StringIO(done.stdout)))}, indent=1) + "\n" if as_json else done.stdout, end="")
    return 0


def bench(words):
    """Its own words, its own help: nothing of them is read here."""
    program = CLONE / "tests" / "bench" / "run"
    if not program.exists():
        raise Fault("tests/bench/run is not there")
    os.execv(program, [str(program), *words])
