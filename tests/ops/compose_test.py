#!/usr/bin/env python3
"""deploy/compose.yaml is brought up as its first lines say, by podman-compose with its two networks, and taken down: a council's single server.

    tests/ops/compose_test.py            with the binaries of build/bin
    tests/ops/compose_test.py --again    also down and up again, with the records that were there (half a minute more)

In a network of its own (ports 443 and 80 included), where a council's identity provider has an address beyond the containers' networks, and nothing
else is there. What differs from a council's server is named in HERE. Exit 77: skipped, with the reason.
"""
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

import yaml

import standins
from door import Door
from parts import ROOT, identity_provider, in_a_room_of_our_own, need, run, skip, until
from podman import Podman

import tokens
from places import SERVICES

OUTSIDE, KEYS_PORT = "192.0.2.10", 8088  # where the council's identity provider is
HELPERS = pathlib.Path("/usr/lib/podman")
NETWORKED = ["postgres", *SERVICES, "gateway", "nginx", "postgres-exporter", "prometheus", "alertmanager"]

# Third-party images: stand-ins by the file's own variables. Keys by http, since the images trust no authority of a test's. Where no journald runs,
# podman keeps the logs. DISABLE_HC_SYSTEMD: no systemd starts the health checks, the test asks for each.
HERE = {"EVENHAND_JWKS": f"http://login.council.example:{KEYS_PORT}/keys", "EVENHAND_ISSUER": tokens.ISSUER, "EVENHAND_AUDIENCE": tokens.AUDIENCE}


class Server:
    def __init__(self, podman, images):
        self.podman, self.room = podman, podman.room
        self.deploy, self.monitor = self.room / "deploy", None
        shutil.copytree(ROOT / "deploy", self.deploy, ignore=shutil.ignore_patterns("secrets", "evenhand.env"))
        self.room.chmod(0o755)
        # cp deploy/evenhand.env.example deploy/evenhand.env && $EDITOR deploy/evenhand.env
        text = (self.deploy / "evenhand.env.example").read_text()
        for setting, value in HERE.items():
            text, times = re.subn(rf"^{setting}=.*$", f"{setting}={value}", text, flags=re.M)
            assert times == 1, f"evenhand.env.example names {setting}"
        (self.deploy / "evenhand.env").write_text(text)
        self.file = self.deploy / "compose.yaml"
        if not pathlib.Path("/run/systemd/journal/socket").exists():
            self.file.write_text(self.file.read_text().replace("driver: journald", "driver: k8s-file"))
        self.services = yaml.safe_load(self.file.read_text())["services"]
        self.env = {**podman.env, **images, "DISABLE_HC_SYSTEMD": "true",
                    "PATH": f"{self.room}/bin:{os.environ['PATH']}"}
        # podman-compose finds a podman that keeps to the test's own storage.
        (self.room / "bin").mkdir()
        (self.room / "bin/podman").write_text("#!/bin/sh\nexec " + " ".join([shutil.which("podman"), *podman.where]) + ' "$@"\n')
        (self.room / "bin/podman").chmod(0o755)
        run(self.deploy / "make-secrets")
        self.data = identity_provider(self.room / "data")
        self.door = Door("127.0.0.1", self.deploy / "secrets/edge/tls.crt", self.data)

    def compose(self, *words):
        return run("podman-compose", "-p", "evenhand", "-f", self.file, *words, env=self.env)

    def call(self, *words, check=True):
        return run("podman", *words, check=check, env=self.env)

    def name(self, service):
        return f"evenhand_{service}_1"

    def log(self, *services):
        return "\n".join(f"{service}: {self.call('ps', '-a', '--filter', f'name={self.name(service)}$', '--format', '{{.Status}}', check=False).stdout}"
                         f"{self.call('logs', '--tail', '8', self.name(service), check=False).stdout}" for service in services)

    # ---- the council around it ----
    def surround(self):
        run("ip", "link", "set", "lo", "up")
        run("ip", "address", "add", f"{OUTSIDE}/32", "dev", "lo")
        (self.room / "hosts").write_text(f"127.0.0.1 localhost\n{OUTSIDE} login.council.example mail.council.example\n")
        (self.room / "resolv.conf").write_text(f"nameserver {OUTSIDE}\n")  # which refuses at once: nobody there knows other names
        for name in ("hosts", "resolv.conf"):
            run("mount", "--bind", self.room / name, f"/etc/{name}")
        threading.Thread(target=self.keep_bridges_addresses, daemon=True).start()
        keys, self.asked = self.data.jwks.read_bytes(), set()

        class Keys(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):  # noqa: N805
                self.asked.add(handler.client_address[0])
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(keys)))
                handler.end_headers()
                handler.wfile.write(keys)

            def log_message(handler, *_): pass  # noqa: N805

        threading.Thread(target=http.server.ThreadingHTTPServer((OUTSIDE, KEYS_PORT), Keys).serve_forever, daemon=True).start()

    def keep_bridges_addresses(self):
        """udev's part on a server (MACAddressPolicy=persistent). A bridge without an address of its own has its ports' lowest, another one with each container
        that comes or goes, and whoever knew the old one sends to nobody for half a minute. netavark gives it one from 1.9 on; Debian 12 has 1.4."""
        self.monitor = subprocess.Popen(["ip", "-o", "monitor", "link"], text=True, stdout=subprocess.PIPE)
        kept = set()
        for line in self.monitor.stdout:
            if (bridge := re.match(r"\d+: (podman\d+): .* link/ether (\S+)", line.replace("\\", " "))) and bridge[1] not in kept:
                kept.add(bridge[1])
                run("ip", "link", "set", bridge[1], "address", bridge[2], check=False)

    # ---- up, and what then holds ----
    def up(self):
        begun = time.monotonic()
        self.compose("up", "-d")
        until("nginx leads to a ready gateway", self.door.ready, 60, lambda: self.log(*NETWORKED, "incident-migrate"))
        return time.monotonic() - begun

    def check_health(self):
        for service in NETWORKED:
            if "healthcheck" in self.services[service]:
                until(f"{service} is healthy", lambda: self.call("healthcheck", "run", self.name(service), check=False).returncode == 0, 20, lambda: self.log(service))
        for service in SERVICES:
            state = self.call("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", self.name(f"{service}-migrate")).stdout.strip()
            assert state == "exited 0", f"{service}-migrate: {state}"

    def check_networks(self):
        """Only what the file publishes is open, and what is inside alone has no way out."""
        for path in ("/v1/appeals", "/v1/notifications"):  # the other two services verify a token too
            assert self.door.ask("GET", path, token=self.door.officer())[0].status in (200, 403), path
        assert len(self.asked) >= 5, f"five processes fetch the identity provider's keys, each for itself: {self.asked}"
        ports = {service: self.call("port", self.name(service), check=False).stdout.split("\n") for service in NETWORKED}
        published = {service: sorted(filter(None, lines)) for service, lines in ports.items() if any(lines)}
        assert published == {"nginx": ["8080/tcp -> 0.0.0.0:80", "8443/tcp -> 0.0.0.0:443"], "prometheus": ["9090/tcp -> 127.0.0.1:9091"]}, published
        way_out = lambda service: self.call("exec", self.name(service), "bash", "-c", f"exec 3<>/dev/tcp/{OUTSIDE}/{KEYS_PORT}", check=False).returncode == 0  # noqa: E731
        assert way_out("alertmanager") and not way_out("postgres"), "the database has no way out"

    def prometheus(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", 9091, timeout=5)
        connection.request("GET", "/api/v1/" + path)
        return json.load(connection.getresponse())["data"]

    def check_prometheus(self):
        def scraped():
            try:
                rows = self.prometheus("query?query=" + urllib.parse.quote("up"))["result"]
                return {row["metric"]["service"] for row in rows if row["value"][1] == "1"} >= {f"{name}-service" for name in SERVICES} | {"gateway", "postgres"}
            except (OSError, ValueError):
                return False
        until("Prometheus scrapes all five and PostgreSQL's exporter, and is reached from the server itself", scraped, 40, lambda: self.log("prometheus"))
        assert len(self.prometheus("rules")["groups"]) >= 3, "the shipped rules are loaded"
        until("it has found Alertmanager", lambda: len(self.prometheus("alertmanagers")["activeAlertmanagers"]) == 1, 20)

        # What rules and dashboards ask of PostgreSQL's exporter. Debian's is older than the image that is named, which tells a standby's lag too.
        asked = {name for path in [*(self.deploy / "prometheus/rules").glob("*.yaml"), *(self.deploy / "grafana").glob("*.json")]
                 for name in re.findall(r"\bpg_[a-z_]+\b", path.read_text())} - {"pg_replication_lag", "pg_replication_lag_seconds"}
        offered = set(self.prometheus("label/__name__/values"))
        assert len(asked) >= 10 and asked <= offered, f"the exporter has no {sorted(asked - offered)}"
        assert self.prometheus("query?query=pg_up")["result"][0]["value"][1] == "1", "the exporter's role may look"

    def check_a_crash(self):
        pid = lambda: int(self.call("inspect", "--format", "{{.State.Pid}}", self.name("restriction")).stdout)  # noqa: E731
        first = pid()
        os.kill(first, 9)
        until("a killed process is started again", lambda: pid() not in (0, first), 20)
        until("checks are answered again", lambda: self.door.check_contact()[0].status == 200, 20, lambda: self.log("gateway", "restriction"))

    def check_replaced(self):
        """An upgrade: a new container has another address. nginx is told to look again, the processes find each other by themselves."""
        for service in ("restriction", "gateway"):
            self.call("rm", "-f", "-t", "30", self.name(service))
        self.compose("up", "-d", "restriction", "gateway")
        self.compose("restart", "nginx")
        until("checks are answered by the new ones", lambda: self.door.ready() and self.door.check_contact()[0].status == 200, 30, lambda: self.log("nginx", "gateway", "restriction"))

    def down(self, *words):
        self.compose("down", "-t", "30", *words)
        left = self.call("ps", "-aq").stdout.split()
        assert not left, f"down leaves nothing running: {self.call('ps', '-a').stdout}"

    def end(self):
        if self.monitor:
            self.monitor.kill()
        self.call("rm", "-f", "-a", "-t", "0", check=False)
        self.call("network", "rm", "-f", "evenhand_inside", "evenhand_outside", check=False)
        self.call("volume", "rm", "-f", *[f"evenhand_{name}" for name in yaml.safe_load(self.file.read_text())["volumes"]], check=False)


def need_networks():
    for helper in ("netavark", "aardvark-dns"):
        if not (HELPERS / helper).exists():
            skip(f"{helper} is not installed (tools/setup ops)")
    room = ["unshare", "--net", "sh", "-c", "ip link add name bridge0 type bridge && ip link add left type veth peer name right && iptables -t nat -L -n"]
    if (tried := run(*room, check=False)).returncode:
        skip(f"this machine makes no network for containers: {tried.stdout.strip().splitlines()[-1:]}")


def main():
    need("podman", "podman-compose", "nginx", "prometheus", "prometheus-alertmanager", "prometheus-postgres-exporter", "openssl", "ip", "iptables", "psql")
    if not (ROOT / "build/bin/gateway").exists():
        skip("not built")
    if os.environ.get("EVENHAND_ROOM_STAGE") != "run":
        in_a_room_of_our_own("--mount")
        need_networks()
        podman = Podman()
        podman.can_run()
        podman.build_ours()
        os.environ["EVENHAND_STANDINS"] = json.dumps(standins.build(podman))
        shutil.rmtree(podman.room, ignore_errors=True)
        os.environ["EVENHAND_ROOM_STAGE"] = "run"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    podman = Podman(networks=True)
    server = Server(podman, json.loads(os.environ["EVENHAND_STANDINS"]))
    try:
        server.end()  # what a run that was killed left
        server.surround()
        first = server.up()
        server.check_health()
        made = server.door.check()
        server.check_networks()
        server.check_prometheus()
        server.check_a_crash()
        server.check_replaced()
        if "--again" in sys.argv:
            server.down()
            print(f"up again in {server.up():.0f} s")
        reply, kept = server.door.ask("GET", f"/v1/incidents/{made['id']}", token=server.door.officer())
        assert reply.status == 200 and kept["reference"] == made["reference"], kept
        server.down("-v")
        print(f"ok: up in {first:.0f} s, asked through nginx with TLS, scraped, a crash and an upgrade survived with the records, down")
        return 0
    finally:
        server.end()
        shutil.rmtree(podman.room, ignore_errors=True)


sys.exit(main())
