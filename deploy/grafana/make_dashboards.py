#!/usr/bin/env python3
"""Writes the dashboards beside it: panels are named here once, the JSON that Grafana wants is filled in around them."""
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${source}"}


def of_the_council(query):
    """A namespace is a council; where there is only one, the label is absent and `.*` matches that."""
    return re.sub(r"\b(evenhand[_:][a-z0-9_:]+|up|(?:cn)?pg_[a-z_]+)\b(?:\{([^}]*)\})?",
                  lambda found: found[1] + '{namespace=~"$namespace"' + (f",{found[2]}" if found[2] else "") + "}", query)


def panel(number, kind, title, about, queries, unit="short", width=8, thresholds=None):
    column = (number * width) % 24
    steps = [{"color": "green", "value": None}] + [{"color": color, "value": value} for value, color in (thresholds or [])]
    return {"id": number + 1, "type": kind, "title": title, "description": about, "datasource": SOURCE,
            "gridPos": {"h": 8, "w": width, "x": column, "y": (number * width) // 24 * 8},
            "fieldConfig": {"defaults": {"unit": unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}, "overrides": []},
            "options": {"legend": {"displayMode": "list", "placement": "bottom"}} if kind == "timeseries" else {"reduceOptions": {"calcs": ["lastNotNull"]}},
            "targets": [{"refId": chr(65 + i), "expr": of_the_council(query), "legendFormat": legend, "datasource": SOURCE} for i, (query, legend) in enumerate(queries)]}


def dashboard(uid, title, panels):
    made = [panel(number, *words, **more) for number, (words, more) in enumerate(panels)]
    return {"uid": uid, "title": title, "tags": ["evenhand"], "timezone": "Europe/London", "refresh": "30s", "schemaVersion": 39,
            "time": {"from": "now-6h", "to": "now"}, "editable": False,
            "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"},
                                    {"name": "namespace", "type": "query", "label": "Council", "datasource": SOURCE, "query": 'label_values(up{job="evenhand"}, namespace)',
                                     "includeAll": True, "allValue": ".*", "multi": False, "refresh": 2, "current": {"text": "All", "value": "$__all"}}]}, "panels": made}


def graph(title, about, *queries, **more): return ("timeseries", title, about, queries), more
def number(title, about, query, **more): return ("stat", title, about, [(query, "")]), {"width": 6, **more}


SERVICES = [
    graph("REST requests", "By status class, at the gateway.", ('sum by (status) (rate(evenhand_http_requests_total[5m]))', "{{status}}"), unit="reqps"),
    graph("REST errors", "Share of 5xx; the objective is 0.1 %.", ('evenhand:requests:errors5m', "5 min"), ('evenhand:requests:errors1h', "1 h"), unit="percentunit", thresholds=[(0.001, "red")]),
    graph("REST time", "Half, 99 of 100 and 999 of 1,000 requests are faster.", *[(f'histogram_quantile({q}, sum by (le) (rate(evenhand_http_seconds_bucket[5m])))', f"p{q}") for q in (0.5, 0.99, 0.999)], unit="s"),
    graph("Calls by service", "", ('sum by (service) (rate(evenhand_rpc_total[5m]))', "{{service}}"), unit="reqps"),
    graph("Failed calls", "Not the caller's fault.", ('sum by (service, code) (rate(evenhand_rpc_total{code=~"INTERNAL|UNKNOWN|UNAVAILABLE|DATA_LOSS|DEADLINE_EXCEEDED"}[5m]))', "{{service}} {{code}}"), unit="reqps"),
    graph("Slowest calls", "p99 by method.", ('topk(8, histogram_quantile(0.99, sum by (le, method) (rate(evenhand_rpc_seconds_bucket[5m]))))', "{{method}}"), unit="s"),
    graph("Outbox: waiting", "Events on their way to another service.", ('evenhand_outbox_waiting', "{{service}}")),
    graph("Outbox: oldest", "Somebody is not being told for so long.", ('evenhand_outbox_oldest_seconds', "{{service}}"), unit="s", thresholds=[(300, "red")]),
    graph("Outbox: parked", "Failed too often; a person looks.", ('evenhand_outbox_parked', "{{service}}"), thresholds=[(1, "red")]),
    graph("Database connections on loan", "Of the pool of each service.", ('evenhand_pool_in_use', "{{service}}")),
    graph("Open connections", "At the gateway.", ('evenhand_http_connections', "connections")),
    graph("Processes up", "", ('up{job="evenhand"}', "{{service}}")),
]
CHECKS = [
    graph("Checks", "", ('sum by (status) (rate(evenhand_http_requests_total{route="/v1/contacts:check"}[1m]))', "{{status}}"), unit="reqps"),
    graph("Time of a check at the gateway", "The objective: 99 % within 10 ms.", *[(f'histogram_quantile({q}, sum by (le) (rate(evenhand_http_seconds_bucket{{route="/v1/contacts:check"}}[1m])))', f"p{q}") for q in (0.5, 0.99, 0.999)], unit="s"),
    graph("Age of the index", "Above 2 s every check answers UNKNOWN, take care.", ('evenhand_check_index_age_seconds', "{{instance}}"), unit="s", thresholds=[(2, "red")]),
    graph("Revision", "All replicas must be at the same number.", ('evenhand_check_index_revision', "{{instance}}")),
    graph("Handles in memory", "", ('evenhand_check_index_handles', "{{instance}}")),
    graph("Audit spool", "Checks' audit on its way to the database; a full spool refuses checks.", ('evenhand_check_spool_bytes', "{{instance}}"), unit="bytes"),
]
POLICY = [
    number("Restrictions in force", "", "max(evenhand_restrictions_in_force)"),
    number("Reviews overdue (7.4)", "They still hold until somebody decides.", "max(evenhand_reviews_overdue)", thresholds=[(1, "red")]),
    number("Register entries to review", "12 months unless said otherwise.", "max(evenhand_markers_overdue)", thresholds=[(1, "orange")]),
    number("Incidents open", "", "max(evenhand_incidents_open)"),
    number("Follow-ups open (10.1-10.5)", "Support, discussions, decisions.", "max(evenhand_follow_ups_open)"),
    number("Follow-ups overdue", "", "max(evenhand_follow_ups_overdue)", thresholds=[(1, "orange"), (10, "red")]),
    number("Appeals open", "", "max(evenhand_appeals_open)"),
    number("Appeals overdue", "Acknowledge in 3, decide in 20 working days.", "max(evenhand_appeals_overdue)", thresholds=[(1, "red")]),
    number("Shares not acknowledged (12.5)", "", "max(evenhand_shares_unacknowledged)", thresholds=[(1, "orange")]),
    number("Shares escalated", "Reached nobody.", "max(evenhand_shares_escalated)", thresholds=[(1, "red")]),
    number("Portal rows to mend (4.3)", "Incidents that nobody sees yet.", "max(evenhand_import_rejections_open)", thresholds=[(100, "red")]),
    number("Incident to the register's decision (12.2)", "Half of them sooner; the last 90 days.", "max(evenhand_register_seconds)", unit="s"),
    number("Incident to a confirmed entry (12.2)", "Half of them sooner; the last 90 days.", "max(evenhand_register_entry_seconds)", unit="s"),
    number("Evidence that no scanner saw (12.3)", "", "max(evenhand_evidence_unscanned)", thresholds=[(1, "orange")]),
    number("Evidence in quarantine or infected", "", "max(evenhand_evidence_quarantined) + max(evenhand_evidence_infected)", thresholds=[(1, "red")]),
    number("Messages that failed for good, a week", "", "sum(increase(evenhand_notifications_failed_total[7d]))", thresholds=[(1, "orange")]),
    number("Appeal deadlines missed, a month", "", "sum(increase(evenhand_appeal_deadlines_missed_total[30d]))", thresholds=[(1, "red")]),
    graph("Portal rows", "By outcome.", ('sum by (outcome) (increase(evenhand_import_rows_total[1h]))', "{{outcome}}"), width=12),
    graph("Overdue, over time", "", ("max(evenhand_reviews_overdue)", "reviews"), ("max(evenhand_appeals_overdue)", "appeals"), ("max(evenhand_follow_ups_overdue)", "follow-ups"), width=12),
]

# By whichever exporter tells it: postgres_exporter's names or CloudNativePG's.
POSTGRES = [
    number("Answers", "Each instance of PostgreSQL.", "min(pg_up or cnpg_collector_up)", thresholds=[]),
    number("Connections taken", "Of max_connections, the fullest instance.", 'max(sum by (namespace, pod) (pg_stat_activity_count) / on (namespace, pod) max by (namespace, pod) (pg_settings_max_connections) or sum by (namespace, pod) (cnpg_backends_total) / on (namespace, pod) max by (namespace, pod) (cnpg_pg_settings_setting{name="max_connections"}))', unit="percentunit", thresholds=[(0.8, "red")]),
    number("Longest transaction", "Holds back the cleaning of what the outboxes leave.", 'max(pg_stat_activity_max_tx_duration{datname="evenhand"} or cnpg_backends_max_tx_duration_seconds{datname="evenhand"})', unit="s", thresholds=[(600, "red")]),
    number("Size", "", 'max(pg_database_size_bytes{datname="evenhand"} or cnpg_pg_database_size_bytes{datname="evenhand"})', unit="bytes", thresholds=[(40e9, "red")]),
    graph("Connections", "By state.", ('sum by (state) (pg_stat_activity_count or cnpg_backends_total)', "{{state}}")),
    graph("Commits and rollbacks", "", ('sum(rate(pg_stat_database_xact_commit{datname="evenhand"}[5m]) or rate(cnpg_pg_stat_database_xact_commit{datname="evenhand"}[5m]))', "commits"), ('sum(rate(pg_stat_database_xact_rollback{datname="evenhand"}[5m]) or rate(cnpg_pg_stat_database_xact_rollback{datname="evenhand"}[5m]))', "rollbacks"), unit="ops"),
    graph("Read from memory", "Share of blocks that no disk was asked for.", ('sum(rate(pg_stat_database_blks_hit{datname="evenhand"}[5m])) / (sum(rate(pg_stat_database_blks_hit{datname="evenhand"}[5m])) + sum(rate(pg_stat_database_blks_read{datname="evenhand"}[5m]))) or sum(rate(cnpg_pg_stat_database_blks_hit{datname="evenhand"}[5m])) / (sum(rate(cnpg_pg_stat_database_blks_hit{datname="evenhand"}[5m])) + sum(rate(cnpg_pg_stat_database_blks_read{datname="evenhand"}[5m])))', "share"), unit="percentunit"),
    graph("Behind the primary", "Each standby.", ('pg_replication_lag or pg_replication_lag_seconds or cnpg_pg_replication_lag', "{{pod}}"), unit="s", thresholds=[(30, "red")]),
    graph("Deadlocks", "", ('sum(increase(pg_stat_database_deadlocks{datname="evenhand"}[1h]) or increase(cnpg_pg_stat_database_deadlocks{datname="evenhand"}[1h]))', "an hour")),
    graph("Changes that failed to be archived", "", ('increase(pg_stat_archiver_failed_count[1h]) or increase(cnpg_pg_stat_archiver_failed_count[1h])', "{{pod}}")),
]

for uid, title, panels in (("evenhand-services", "Evenhand: services", SERVICES), ("evenhand-checks", "Evenhand: contact checks", CHECKS),
                           ("evenhand-policy", "Evenhand: the policy", POLICY), ("evenhand-postgres", "Evenhand: PostgreSQL", POSTGRES)):
    (HERE / f"{uid}-dashboard.json").write_text(json.dumps(dashboard(uid, title, panels), indent=1) + "\n")
