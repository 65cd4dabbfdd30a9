"""outbox, config, sql, bench: looks behind the curtain of a stack."""
import json
import os
import subprocess

import postgres
import stack
from places import CLONE, SERVICES, Fault, gateway_binary, service_binary
from plan import Plan
from show import say, table


def plan_of(data):
    """The running stack's plan again: its PostgreSQL's port is in the state, all else follows from the data dir."""
    data.make()
    plan = Plan(data, stack.read_state(data).get("port") or 0)
    for row in stack.read_state(data)["processes"]:
        if row["name"] == "postgres":
            plan.cluster.port = row["port"]
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


def config(options):
    plan, worst, all_of_it = plan_of(options.data), 0, {}
    wanted = [*SERVICES, "gateway"] if options.process == "all" else [options.process.removesuffix("-service")]
    for process in wanted:
        if process not in (*SERVICES, "gateway"):
            raise Fault(f"no process '{process}'", 2)
        env = plan.gateway().env if process == "gateway" else plan.service_env(process)
        binary = gateway_binary() if process == "gateway" else service_binary(process)
        done = subprocess.run([str(binary), "config"], env=env, cwd="/", capture_output=True, text=True)
        worst = max(worst, 1 if done.returncode else 0)
        all_of_it[process] = {"ok": done.returncode == 0, "text": (done.stdout + done.stderr).strip()}
        if options.output == "text":
            if options.action == "print":
                say(f"# {process}\n{all_of_it[process]['text']}\n")
            else:
                say(f"{process}: " + ("ok" if done.returncode == 0 else all_of_it[process]["text"]))
    if options.output == "json":
        print(json.dumps(all_of_it, indent=1))
    return worst


def sql(options):
    done = running_plan(options.data).cluster.psql(options.statement, role=postgres.OWNER, database=postgres.DATABASE,
                                                   options=("-q", "-A", "-t"))
    if done.returncode:
        raise Fault(done.stderr.strip())
    print(done.stdout, end="")
    return 0


def bench(options):
    program = CLONE / "tests" / "bench" / "run"
    if not program.exists():
        raise Fault("tests/bench/run is not there")
    os.execv(program, [str(program), *(["--data-dir", options.data_dir] if options.data_dir else []), "--output", options.output, *options.rest])
