"""audit verify: whether the audit trail is whole. It asks the database itself, as the schemas' owner."""
import json

import postgres
from inspect_stack import running_plan
from places import SERVICES, Fault
from show import say, table

# Whoever writes one of these versions writes its audit entry in the same transaction, at the same instant, in the same name.
VERSIONS = {"incident": [("incident_version", "incident_id", "by_whom")],
            "restriction": [("person_version", "person_id", "by"), ("restriction_version", "restriction_id", "by"), ("marker_version", "marker_id", "by")],
            "appeal": [("appeal_version", "appeal_id", "by")], "notification": []}


def checks(service):
    """Name, and SQL that counts what is wrong."""
    trail = f"{service}.audit"
    found = [("entries without an actor or an action", f"select count(*) from {trail} where '' in (actor, action)"),
             ("entries that the service itself could change or remove",
              f"select (has_table_privilege('evenhand_{service}', '{trail}', 'update') or has_table_privilege('evenhand_{service}', '{trail}', 'delete') or "
              f"has_table_privilege('evenhand_{service}', '{trail}', 'truncate'))::int * (select count(*) from {trail})"),
             # PostgreSQL's own count: whoever changes a row, the owner and a superuser too, adds to it. A crash or a restore begins it anew.
             ("entries changed or removed",
              f"select coalesce((select n_tup_upd + n_tup_del from pg_stat_user_tables where relid = '{trail}'::regclass), 0)"),
             ("rules or triggers that could rewrite entries",
              f"select (select count(*) from pg_trigger where tgrelid = '{trail}'::regclass and not tgisinternal) + "
              f"(select count(*) from pg_rewrite where ev_class = '{trail}'::regclass)")]
    for name, key, who in VERSIONS[service]:
        found.append((f"{name.replace('_', ' ')}s without their entry",
                      f"select count(*) from {service}.{name} v where not exists (select from {trail} a where a.subject_id = v.{key}::text and a.at = v.at "
                      f"and a.actor = v.{who})"))
    return found


def ask(plan, statement):
    done = plan.cluster.psql(statement + ";", role=postgres.OWNER, database=postgres.DATABASE, options=("-q", "-A", "-t"))
    if done.returncode:
        raise Fault(done.stderr.strip())
    return int(done.stdout.strip())


def verify(options):
    plan, report = running_plan(options.data), []
    for service in SERVICES:
        faults = {name: count for name, statement in checks(service) if (count := ask(plan, statement))}
        report.append({"service": service, "entries": ask(plan, f"select count(*) from {service}.audit"), "faults": faults})
    whole = not any(row["faults"] for row in report)
    if options.output == "json":
        print(json.dumps({"whole": whole, "trails": report}, indent=1))
    else:
        table(["trail", "entries", "faults"], [[row["service"], row["entries"], "; ".join(f"{count} {name}" for name, count in row["faults"].items()) or "none"]
                                               for row in report])
        say("The audit trail is whole." if whole else "The audit trail is NOT whole.")
    return 0 if whole else 1
