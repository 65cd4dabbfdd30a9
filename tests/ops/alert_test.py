#!/usr/bin/env python3
"""A real Prometheus scrapes a real stack; a frozen process fires an alert, Alertmanager delivers it, and it resolves when the process goes on.

Exit 77: skipped, because Prometheus or Alertmanager is not installed.
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from parts import ROOT, free_port, skip, until

TOOL = ROOT / "tools" / "evenhand"
got = []


class Pager(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        got.extend((alert["labels"]["alertname"], alert["labels"].get("service", ""), alert["status"]) for alert in body["alerts"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_): pass


def query(port, text):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query={urllib.request.quote(text)}", timeout=5) as reply:
        return json.load(reply)["data"]["result"]


UNTIL_IT_HAPPENS = {"evenhand_notifications_failed_total"}  # labelled by what failed: there from the first failure on


def missing(port):
    """What rules and dashboards ask for and no process offers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/label/__name__/values", timeout=5) as reply:
        offered = set(json.load(reply)["data"])
    asked = {name for path in [*(ROOT / "deploy/prometheus/rules").glob("*.yaml"), *(ROOT / "deploy/grafana").glob("*.json")]
             for name in re.findall(r"\bevenhand_[a-z_]+\b", path.read_text())}
    return sorted(asked - offered - UNTIL_IT_HAPPENS)


def write_config(folder, stack, prometheus, alertmanager, pager):
    targets = [f'      - {{ targets: ["127.0.0.1:{row["metricsPort"]}"], labels: {{ service: {row["name"]} }} }}' for row in stack["processes"] if "metricsPort" in row]
    # The shipped rules, with the waiting taken out of them: what is tried is that they fire and resolve, not how long a minute is.
    rules = re.sub(r"for: \w+", "for: 0s", (ROOT / "deploy/prometheus/rules/services.yaml").read_text())
    (folder / "rules.yaml").write_text(rules)
    (folder / "prometheus.yml").write_text(
        "global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }\n"
        f"rule_files: [{folder}/rules.yaml]\nalerting:\n  alertmanagers: [{{ static_configs: [{{ targets: ['127.0.0.1:{alertmanager}'] }}] }}]\n"
        "scrape_configs:\n  - job_name: evenhand\n    static_configs:\n" + "\n".join(targets) + "\n")
    config = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text()
    config = re.sub(r"http://[^\"]+", f"http://127.0.0.1:{pager}/", config).replace("group_wait: 10s", "group_wait: 0s").replace("group_interval: 5m", "group_interval: 1s")
    (folder / "alertmanager.yml").write_text(config)


def main():
    for program in ("prometheus", "prometheus-alertmanager"):
        if not shutil.which(program):
            skip(f"{program} is not installed (tools/setup ops)")
    pager = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pager)
    threading.Thread(target=pager.serve_forever, daemon=True).start()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-alerts-"))
    folder.chmod(0o755)
    data, children = folder / "data", []
    # A mailbox of returned mail that nobody serves: how it fares is measured only where one is set.
    env = {**os.environ, "EVENHAND_SKIP_SETUP": "1", "EVENHAND_BOUNCE_URL": f"imap://127.0.0.1:{free_port()}", "EVENHAND_BOUNCE_TLS": "off",
           "EVENHAND_BOUNCE_USER": "reports", "EVENHAND_BOUNCE_PASSWORD": "invented", "EVENHAND_BOUNCE_EVERY": "1s"}
    try:
        subprocess.run([TOOL, "up", "--detach", "--port", str(free_port()), "--data-dir", data], check=True, env=env, stdout=subprocess.DEVNULL)
        stack = json.loads(subprocess.run([TOOL, "status", "--output", "json", "--data-dir", data], env=env, capture_output=True, text=True).stdout)
        prometheus, alertmanager = free_port(), free_port()
        write_config(folder, stack, prometheus, alertmanager, pager.server_address[1])
        quiet = {"stdout": open(folder / "log", "ab"), "stderr": subprocess.STDOUT}
        children.append(subprocess.Popen(["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/am",
                                          f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address="], **quiet))
        children.append(subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
                                          f"--web.listen-address=127.0.0.1:{prometheus}"], **quiet))

        def scraped():
            try:
                return sum(float(row["value"][1]) for row in query(prometheus, 'up{job="evenhand"}')) == 5
            except OSError:
                return False

        until("all five processes are scraped", scraped, 30)
        until("the outbox is measured", lambda: len(query(prometheus, "evenhand_outbox_oldest_seconds")) >= 4, 20)
        subprocess.run([TOOL, "import", ROOT / "tools/samples/portal-export.csv", "--data-dir", data], check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("every metric that rules and dashboards ask for is there", lambda: not missing(prometheus), 40, lambda: missing(prometheus))
        victim = next(row["pid"] for row in stack["processes"] if row["name"] == "appeal-service")
        os.kill(victim, signal.SIGSTOP)
        until("the alert fires", lambda: ("EvenhandProcessDown", "appeal-service", "firing") in got, 30, lambda: f"the pager got {got}")
        os.kill(victim, signal.SIGCONT)
        until("the alert resolves", lambda: ("EvenhandProcessDown", "appeal-service", "resolved") in got, 30, lambda: f"the pager got {got}")
        print("ok: scraped five processes, an alert fired, was delivered and resolved")
        return 0
    finally:
        for child in children:
            child.terminate()
            child.wait()
        subprocess.run([TOOL, "down", "--data-dir", data], env=env, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
