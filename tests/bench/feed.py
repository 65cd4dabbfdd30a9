"""The import of an export beside PostgreSQL taking the very same database rows by single-row INSERTs in transactions of 500, and its memory.

The rows of one import (incidents, their versions and texts, follow-ups, audit, outbox) are kept, deleted, and given to psql as the statements
that make them: same cluster, same tables with their indexes and constraints, same durability. The import is measured as a caller sees it,
with the relay and the other services at work on its events beside it; psql has the machine to itself.
"""
import http.client
import pathlib
import random
import statistics
import subprocess
import threading
import time

from rig import postgres

HEADER = ("RecordNo,Version,Status,IncidentDate,IncidentTime,ReportedDateTime,Service,Team,Location,UPRN,ContactMethod,EmployeeNo,EmployeeName,"
          "JobTitle,LineManagerNo,PersonName,PersonPhone,PersonEmail,PersonRef,Categories,ThreatTarget,WarningGiven,ContactEnded,"
          "PoliceReported,PoliceRef,WebLink,Witnesses,Injury,Description,ImmediateAction")
SERVICES = ("Housing", "Education", "Social Work", "Customer Services", "Environment")
CATEGORIES = ("Violence", "Physical threat", "Abuse", "Abuse", "Abuse;Harassment", "Harassment", "Excessive demand", "Refusal to co-operate")
METHODS = ("Phone", "Phone", "Face to face", "Email", "Letter", "Online form")
MINE = "(select id from incident.incident where source_ref like '{prefix}-%')"
# Each table with the rows that one import made; the outbox is emptied as its events arrive, so a trigger keeps a copy of them.
TABLES = (("incident.incident", "id in " + MINE), ("incident.incident_version", "incident_id in " + MINE), ("incident.incident_text", "incident_id in " + MINE),
          ("incident.follow_up", "incident_id in " + MINE), ("incident.audit", "subject_id in (select id::text from " + MINE + " as mine)"),
          ("incident.outbox", "thing in (select id::text from " + MINE + " as mine)"))
PER_TRANSACTION = 500
MOST_GROWN_MIB = 32  # what an allocator keeps; a record kept would be hundreds of MiB


def export(path, rows, prefix):
    """An invented export: every record once, with the categories, people and texts of a council's year."""
    dice = random.Random(rows)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\ufeff" + HEADER + "\r\n")
        for n in range(rows):
            category, day = dice.choice(CATEGORIES), f"{dice.randint(1, 28):02}/{dice.randint(1, 9):02}/2026"
            threat = "Physical threat" in category
            file.write(f'{prefix}-{n:07},1,Submitted,{day},{dice.randint(8, 17):02}:{dice.randint(0, 59):02},{day} 18:00,{dice.choice(SERVICES)},Team,'
                       f'Kilncraigs,118{n % 1000000:06},{dice.choice(METHODS)},E{1000 + dice.randint(0, 400)},A. Officer,Adviser,'
                       f'E{2000 + dice.randint(0, 80)},Pat Example {n},07700 900{n % 1000:03},pat{n}@example.org,CRM-{n},{category},'
                       f'{"Employee" if threat else ""},{dice.choice(("Yes", "No", "Unsafe"))},{dice.choice(("Yes", "No"))},'
                       f'{"Undecided" if threat else ""},,,{dice.choice(("", "", "E1120", "E1121;E1122"))},No,'
                       f'"Shouted and swore for several minutes, then said ""you will see"".",Ended the call after a warning.\r\n')
    return path


def send(stack, path):
    """Streams the file while it takes the answer in; the seconds until the last line, and that line."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=1200)
    started = time.monotonic()
    connection.putrequest("POST", "/v1/incidents:import", skip_accept_encoding=True)
    for name, value in (("Content-Type", "text/csv"), ("Content-Length", str(path.stat().st_size)), ("Authorization", "Bearer " + stack.portal)):
        connection.putheader(name, value)
    connection.endheaders()
    file = open(path, "rb")
    writer = threading.Thread(target=connection.sock.sendfile, args=(file,), daemon=True)
    writer.start()
    reply, tail = connection.getresponse(), b""
    while piece := reply.read(1 << 18):
        tail = (tail + piece)[-4096:]
    took = time.monotonic() - started
    writer.join()
    connection.close()
    last = tail.decode().strip().splitlines()[-1] if tail else ""
    if reply.status != 200 or '"reconciled":true' not in last:
        raise SystemExit(f"the import ended with {reply.status}: {last[:300]}")
    return took


def statements(stack, prefix, path):
    """The rows of one import as INSERTs, one a line, in transactions of 500; how many."""
    count = 0
    with open(path, "w") as out:
        out.write("begin;\n")
        for table, mine in TABLES:
            source = "feed_outbox" if table == "incident.outbox" else table
            columns = stack.sql("select string_agg(quote_ident(attname), ',' order by attnum) from pg_attribute where attrelid = "
                                f"'{table}'::regclass and attnum > 0 and not attisdropped and attidentity = ''").split(",")
            values = " || ', ' || ".join(f"quote_nullable({column}::text)" for column in columns)
            rows = stack.sql(f"select 'insert into {table} ({', '.join(columns)}) values (' || {values} || ');' from {source} as t "
                             f"where {mine.format(prefix=prefix)}")
            for row in rows.splitlines():
                out.write(row + "\n")
                count += 1
                if count % PER_TRANSACTION == 0:
                    out.write("commit;\nbegin;\n")
        out.write("commit;\n")
    return count


def remove(stack, prefix):
    for table, mine in reversed(TABLES):
        # What only grows has triggers that say so to its owner as well.
        stack.sql(f"alter table {table} disable trigger user; delete from {table} where {mine.format(prefix=prefix)}; alter table {table} enable trigger user")
    stack.sql("\n".join(f"vacuum analyze {table};" for table, _ in TABLES))


def by_psql(stack, path):
    words = [postgres.tool("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", str(path), stack.plan.cluster.connection(postgres.OWNER)]
    started = time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"psql: {done.stderr.strip()[-300:]}")
    return time.monotonic() - started


def kept_outbox(stack):
    """A copy of every event that the next import writes."""
    stack.sql("create table if not exists feed_outbox (like incident.outbox); truncate feed_outbox;"
              "create or replace function feed_keep() returns trigger language plpgsql security definer as "
              "$$ begin insert into public.feed_outbox select new.*; return null; end $$;"
              "create or replace trigger feed_keep after insert on incident.outbox for each row execute function public.feed_keep()")


def quiet(stack):
    """Nothing left of what came before: the events are not what is measured next."""
    stack.sql("truncate incident.outbox")
    time.sleep(2)


def peaks(stack, path):
    """Peak resident memory (MiB) of the two processes that the file passes through, from the kernel's own high-water mark."""
    pids = {row["name"]: row["pid"] for row in stack.processes() if row["name"] in ("gateway", "incident-service")}
    for pid in pids.values():
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    took = send(stack, path)
    marks = {}
    for name, pid in pids.items():
        line = next(one for one in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM"))
        marks[name] = round(int(line.split()[1]) / 1024, 1)
    return {"seconds": round(took, 1), "peak_mib": marks}


def feed(stack, chosen, say):
    """The import's rate beside PostgreSQL's, and its memory from ten thousand rows to a million."""
    rows, rounds, largest = (3_000, 2, 50_000) if chosen.quick else (10_000, chosen.rounds or 3, 1_000_000)
    stack.portal = stack.tool("token", "--sub", "portal", "--roles", "portal", "--service-areas", "").split()[-1]
    send(stack, export(stack.folder / "warm.csv", 1_000, "WARM"))
    kept_outbox(stack)
    send(stack, export(stack.folder / "kept.csv", rows, "KEPT"))
    stack.sql("drop trigger feed_keep on incident.outbox")
    script = stack.folder / "kept.sql"
    made = statements(stack, "KEPT", script)
    rates = []
    for number in range(rounds):
        remove(stack, "KEPT")
        quiet(stack)
        by_rows = by_psql(stack, script)
        quiet(stack)
        by_import = send(stack, export(stack.folder / "round.csv", rows, f"R{time.time_ns()}"))
        rates.append({"import_seconds": round(by_import, 2), "psql_seconds": round(by_rows, 2), "ratio": round(by_rows / by_import, 2)})
        say(f"round {number + 1} of {rounds}: {rows:,} records are {made:,} database rows; the import takes {by_import:.2f} s, psql {by_rows:.2f} s")
    memory = {}
    for size in (10_000, largest):
        quiet(stack)
        memory[size] = peaks(stack, export(stack.folder / "memory.csv", size, f"M{time.time_ns()}"))
        say(f"{size:,} records in {memory[size]['seconds']} s: at most " +
            ", ".join(f"{name} {mib} MiB" for name, mib in memory[size]["peak_mib"].items()))
    result = {"records": rows, "database_rows": made, "rounds": rates, "ratio": statistics.median(row["ratio"] for row in rates), "memory": memory,
              "records_per_second": round(rows / statistics.median(row["import_seconds"] for row in rates))}
    say(f"import: {result['records_per_second']:,} records a second, {result['ratio']} times as fast as single-row INSERTs of the same rows")
    return result


def bars(report):
    if "feed" not in report:
        return []
    part = report["feed"]
    small, large = (part["memory"][size]["peak_mib"] for size in sorted(part["memory"]))
    grown = max(large[name] - small[name] for name in small)
    return [{"bar": "import at least half as fast as single-row INSERTs of the same rows", "holds": part["ratio"] >= 0.5, "figure": part["ratio"]},
            {"bar": "the import's memory stays below 32 MiB of growth", "holds": grown < MOST_GROWN_MIB,
             "figure": f"{grown:.0f} MiB more for {max(part['memory']):,} records than for {min(part['memory']):,}"}]
