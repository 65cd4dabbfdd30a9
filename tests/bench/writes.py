"""Recording incidents through REST and straight through gRPC, beside PostgreSQL taking the very same rows: one transaction an incident, as
many connections at once, same cluster, same durability. And the export once more without the gateway."""
import json
import statistics
import subprocess
import time

import feed
import rig
from rig import postgres

CALLERS = 16
# The mark that every write leaves goes with its change (ADR 3), so the peer writes one too.
MARK = "insert into incident.idempotency (actor, key, payload_hash, reply, answered_at) values ('bench', gen_random_uuid()::text, md5('{n}'), '\\x', now());"


def _bodies(stack, prefix, count):
    path = stack.folder / f"{prefix}.tsv"
    with open(path, "w") as file:
        for number in range(count):
            file.write("-\t" + json.dumps({
                "sourceSystem": "BENCH", "sourceRef": f"{prefix}-{number:07}", "occurredAt": "2026-11-02T10:15:00Z", "channel": "PHONE",
                "behaviours": ["ABUSE"], "serviceArea": "Housing", "team": "Repairs", "staff": [{"staffId": "E1001", "name": "A. Officer", "role": "AFFECTED"}],
                "lineManagerId": "E2001", "warning": {"given": True}, "contactEnded": True, "personUnknown": True, "narrative": "Shouted for several minutes."},
                separators=(",", ":")) + "\n")
    return path


def _transactions(stack, prefix):
    """Each incident's rows as one transaction of single-row INSERTs; the incidents dealt to as many scripts as there are callers."""
    rows = {}
    for table, mine in feed.TABLES:
        source = "feed_outbox" if table == "incident.outbox" else table
        own = {"incident.incident": "id", "incident.audit": "subject_id", "incident.outbox": "thing"}.get(table, "incident_id")
        columns = stack.sql("select string_agg(quote_ident(attname), ',' order by attnum) from pg_attribute where attrelid = "
                            f"'{table}'::regclass and attnum > 0 and not attisdropped and attidentity = ''").split(",")
        values = " || ', ' || ".join(f"quote_nullable({column}::text)" for column in columns)
        found = stack.sql(f"select {own} || '|insert into {table} ({', '.join(columns)}) values (' || {values} || ');' from {source} as t "
                          f"where {mine.format(prefix=prefix)}")
        for line in found.splitlines():
            incident, statement = line.split("|", 1)
            rows.setdefault(incident, []).append(statement)
    scripts = [stack.folder / f"{prefix}-{number}.sql" for number in range(CALLERS)]
    files = [open(script, "w") for script in scripts]
    for number, statements in enumerate(rows.values()):
        files[number % CALLERS].write("begin;\n" + "\n".join(statements) + "\n" + MARK.format(n=number) + "\ncommit;\n")
    for file in files:
        file.close()
    return scripts, len(rows)


def _by_psql(stack, scripts):
    words = [postgres.tool("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", stack.plan.cluster.connection(postgres.OWNER), "-f"]
    started = time.monotonic()
    running = [subprocess.Popen([*words, str(script)]) for script in scripts]
    if any(process.wait() for process in running):
        raise SystemExit("psql could not write the rows")
    return time.monotonic() - started


def writes(stack, chosen, say):
    seconds, rounds = (3, 2) if chosen.quick else (5, chosen.rounds or 3)
    crm, employee = stack.token, stack.tool("token", "--sub", "E1001", "--roles", "employee", "--service-areas", "Housing").split()[-1]
    portal = stack.tool("token", "--sub", "portal", "--roles", "portal", "--service-areas", "").split()[-1]
    stack.token = employee
    rows = []
    feed.kept_outbox(stack)
    stack.load(stack.port, _bodies(stack, "WKEPT", 200_000), seconds, path="/v1/incidents", connections=CALLERS)
    stack.sql("drop trigger feed_keep on incident.outbox")
    scripts, kept = _transactions(stack, "WKEPT")
    for number in range(rounds):
        feed.remove(stack, "WKEPT")
        feed.quiet(stack)
        row = {"psql": round(kept / _by_psql(stack, scripts))}
        feed.quiet(stack)
        row["rest"] = stack.load(stack.port, _bodies(stack, f"WR{time.time_ns()}", 200_000), seconds, path="/v1/incidents", connections=CALLERS)
        feed.quiet(stack)
        row["grpc"] = rig.run("bench-grpc", address=stack.address("incident"), token=employee, bodies=_bodies(stack, f"WG{time.time_ns()}", 200_000),
                              connections=CALLERS, seconds=seconds)
        if row["rest"]["errors"] or row["grpc"]["errors"]:
            raise SystemExit(f"refused under load: {row}")
        rows.append(row)
        say(f"round {number + 1} of {rounds}: incidents recorded a second: REST {row['rest']['per_second']:,.0f}, gRPC {row['grpc']['per_second']:,.0f}, "
            f"the same rows by psql {row['psql']:,.0f}")
    peak = statistics.median(row["rest"]["per_second"] for row in rows)
    half = stack.load(stack.port, _bodies(stack, f"WH{time.time_ns()}", 200_000), seconds, rate=peak / 2, path="/v1/incidents", connections=CALLERS)
    export = feed.export(stack.folder / "grpc.csv", 10_000, f"WI{time.time_ns()}")
    by_grpc = rig.run("bench-grpc", address=stack.address("incident"), token=portal, export=export)
    stack.token = crm
    result = {"rounds": rows, "rest_per_second": round(peak), "grpc_per_second": round(statistics.median(row["grpc"]["per_second"] for row in rows)),
              "ratio_rest": round(statistics.median(row["rest"]["per_second"] / row["psql"] for row in rows), 2),
              "ratio_grpc": round(statistics.median(row["grpc"]["per_second"] / row["psql"] for row in rows), 2),
              "half_of_peak": half, "import_by_grpc": by_grpc}
    say(f"incidents recorded: {result['ratio_rest']} (REST) and {result['ratio_grpc']} (gRPC) of what PostgreSQL takes of the same rows; "
        f"open loop at {peak / 2:,.0f}/s: p50 {half['p50_us'] / 1000:.1f} ms, p99 {half['p99_us'] / 1000:.1f} ms")
    say(f"import without the gateway: {by_grpc['per_second']:,.0f} records a second")
    return result
