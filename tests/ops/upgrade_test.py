#!/usr/bin/env python3
"""A rolling upgrade: the schema of the last release, with data in it, is brought up to date by today's programs, and that release could go on.

    tests/ops/upgrade_test.py [COMMIT]     an earlier commit instead of the last release's tag

Pods of the earlier release run beside the new ones for a while, on the new schema: nothing they read or write may be gone, renamed, retyped or newly
demanded of them. Where its programs are at hand they run on it and are replaced one by one (rolling.py).
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "cli"))
import plan as plans  # noqa: E402
import rolling  # noqa: E402
import postgres  # noqa: E402
import tokens  # noqa: E402
from places import SERVICES, DataDir, service_binary  # noqa: E402

PLATFORM = "services/platform/pg/migrations"


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)


def migrations_at(commit, folder):
    names = git("ls-tree", "--name-only", f"{commit}:{folder}").stdout.split()
    return [(int(name[:4]), name[5:-4], git("show", f"{commit}:{folder}/{name}").stdout) for name in sorted(names) if name.endswith(".sql")]


def migrations_now(folder):
    return {int(path.name[:4]): path.read_text() for path in (ROOT / folder).glob("*.sql")}


def apply_as_before(schema, steps):
    """What the earlier program's migrator did, in SQL."""
    script = [f"create schema if not exists {schema};",
              f"create table {schema}.schema_migration (owner text not null, number int not null, name text not null, checksum text not null, "
              "applied_at timestamptz not null default now(), primary key (owner, number));",
              f"create table {schema}.append_only_table (name text primary key);", f"grant usage on schema {schema} to evenhand_{schema};",
              f"set search_path = {schema};"]
    for owner, number, name, sql in steps:
        script += [sql, f"insert into schema_migration (owner, number, name, checksum) values ('{owner}', {number}, '{name}', "
                        f"'{hashlib.sha256(sql.encode()).hexdigest()}');"]
        script += [f"insert into append_only_table values ('{table}');" for table in re.findall(r"-- append-only\ncreate table (\w+)", sql)]
    script.append(f"grant select, insert, update, delete on all tables in schema {schema} to evenhand_{schema};")
    script.append(f"grant usage, select on all sequences in schema {schema} to evenhand_{schema};")
    return "\n".join(script)


def shape(cluster):
    """Each column: its type, and whether an insert must name it."""
    done = cluster.psql("select table_schema || '.' || table_name || '.' || column_name, data_type || ' ' || udt_name, "
                        "is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER' "
                        "from information_schema.columns where table_schema in ('incident', 'restriction', 'appeal', 'notification')",
                        database=postgres.DATABASE, options=("-q", "-A", "-t", "-F", "\t"))
    return {line.split("\t")[0]: tuple(line.split("\t")[1:]) for line in done.stdout.splitlines() if line}


def must(done, what):
    if done.returncode:
        sys.exit(f"{what}: {(done.stderr or done.stdout).strip()[-600:]}")


def main():
    base = sys.argv[1] if len(sys.argv) > 1 else subprocess.run([ROOT / "tools/last_release"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if not base:
        print("no release yet: nothing to compare with")
        return 0
    if git("rev-parse", "--verify", "-q", base + "^{commit}").returncode:
        sys.exit(f"there is no commit {base} here")
    before = {service: [("platform", *row) for row in migrations_at(base, PLATFORM)] +
              [(service, *row) for row in migrations_at(base, f"services/{service}/migrations")] for service in SERVICES}
    for service, steps in before.items():
        if len(steps) < 2:
            sys.exit(f"{base} had no schema of {service}")
        for owner, number, name, sql in steps:
            if migrations_now(PLATFORM if owner == "platform" else f"services/{service}/migrations").get(number) != sql:
                sys.exit(f"migration {number:04}_{name} of {owner} differs from {base}: what was released is never changed")
    data = DataDir(tempfile.mkdtemp(prefix="evenhand-upgrade-"))
    os.chmod(data.path, 0o755)
    process = None
    try:
        data.make()
        tokens.make_key(data)
        plan = plans.Plan(data, plans.free_ports(1)[0])
        plan.cluster.prepare()
        process = plan.postgres()
        process.start()
        while not plan.cluster.answers():
            time.sleep(0.05)
        plan.cluster.make_database()
        owner = {"role": postgres.OWNER, "database": postgres.DATABASE}
        for service, steps in before.items():
            must(plan.cluster.psql(apply_as_before(service, steps), **owner), f"the schema of {service} at {base}")
            must(plan.cluster.psql(f"insert into {service}.audit (at, actor, action, subject_kind, subject_id) values (now(), 'E1', 'test', 'x', 'kept');", **owner),
                 "a row of before")
        old = shape(plan.cluster)
        for service in SERVICES:
            for _ in range(2):  # a second time changes nothing
                must(subprocess.run([str(service_binary(service)), "migrate"], env=plan.migrate_env(service), capture_output=True, text=True),
                     f"today's {service}-service migrate on the schema of {base}")
            kept = plan.cluster.psql(f"select count(*) from {service}.audit where subject_id = 'kept';", **owner, options=("-q", "-A", "-t")).stdout.strip()
            if kept != "1":
                sys.exit(f"{service}: the row of before is gone")
        new = shape(plan.cluster)
        faults = [f"{column} is gone" for column in old if column not in new]
        faults += [f"{column} changed from {old[column]} to {new[column]}" for column in old if column in new and new[column] != old[column]]
        tables = {column.rsplit(".", 1)[0] for column in old}
        faults += [f"{column} is demanded of an earlier release that does not know it" for column in new
                   if column not in old and column.rsplit(".", 1)[0] in tables and new[column][1] == "t"]
        if faults:
            sys.exit("the earlier release could not go on:\n" + "\n".join(faults))
        said = f"ok: from {base}, {len(old)} columns kept, {len(new) - len(old)} new"
        programs, how = rolling.programs_of(base)
        if programs is None:
            print(f"{said}; its programs were not run: {how}")
            return 0
        try:
            jobs = rolling.roll(plan, programs)
        except AssertionError as fault:
            told = "".join(line for log in sorted(data.logs.glob("*.log")) for line in log.read_text().splitlines(True) if '"level":"error"' in line or not line.startswith("{") and "postgres" not in log.name)
            sys.exit(f"the rolling upgrade from {base}: {fault}\n{told[-1500:]}")
        print(f"{said}; its programs ({how}) did the main job on today's schema, and again as each process was replaced: {jobs} times in all")
        return 0
    finally:
        if process:
            process.stop(20)
        shutil.rmtree(data.path, ignore_errors=True)


sys.exit(main())
