#!/usr/bin/env python3
"""The image is built and a council's single server runs from it, as deploy/compose.yaml says: migrations, four services, the gateway behind nginx
with TLS, PostgreSQL with TLS, Prometheus. Nobody in it is root, may write its image, or needs a shell.

    tests/ops/container_test.py          with the binaries of build/bin (the stage that compiles is left out)
    tests/ops/container_test.py --whole  compiles inside, as a release does (many minutes)

podman runs each container with the command, settings, secrets, volumes and health check that the compose file gives it. What differs is named in
HERE: all share one network of the test's own, so each has an address of its own on the loopback. Exit 77: skipped, with the reason.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse

from parts import ROOT, identity_provider, in_a_room_of_our_own, need, run, skip, until
from door import Door
from podman import HOST, Podman

import postgres
import tokens
from places import SERVICES, version

ADDRESSES = {name: f"127.0.7.{number}" for number, name in enumerate(["postgres", *SERVICES, "gateway", "nginx", "prometheus", "alertmanager"], 1)}
OUTSIDE_PORT = 443


def here(name):
    """What the test's one network demands of a service."""
    port = 8443 if name == "gateway" else 9090
    return {"EVENHAND_LISTEN": f"{ADDRESSES[name]}:{port}", "EVENHAND_METRICS_LISTEN": f"{ADDRESSES[name]}:9464"}


class Server:
    def __init__(self, podman):
        import yaml
        self.podman, self.room = podman, podman.room
        self.compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
        self.containers, self.children, self.said = [], [], None
        for part in ("make-secrets", "evenhand.env.example", "postgres", "nginx", "prometheus", "alertmanager"):
            source = ROOT / "deploy" / part
            shutil.copytree(source, self.room / part) if source.is_dir() else shutil.copy(source, self.room / part)
        self.room.chmod(0o755)
        self.data = identity_provider(self.room / "data")
        shutil.copy(self.data.jwks, self.room / "jwks.json")
        (self.room / "jwks.json").chmod(0o644)
        # The example's settings with what a council fills in.
        text = (self.room / "evenhand.env.example").read_text()
        for setting, value in (("JWKS", "file:/jwks.json"), ("ISSUER", tokens.ISSUER), ("AUDIENCE", tokens.AUDIENCE)):
            text, times = re.subn(rf"^EVENHAND_{setting}=.*$", f"EVENHAND_{setting}={value}", text, flags=re.M)
            assert times == 1, f"evenhand.env.example names {setting}"
        (self.room / "evenhand.env").write_text(text)
        run(self.room / "make-secrets")
        self.secrets = {name: self.room / row["file"] for name, row in self.compose["secrets"].items()}
        hosts = "127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in ADDRESSES.items())
        (self.room / "hosts").write_text(hosts)
        run("mount", "--bind", self.room / "hosts", "/etc/hosts")
        run("ip", "link", "set", "lo", "up")

    # ---- PostgreSQL, as the image of that name starts: TLS, the roles by roles.sh on an empty volume ----
    def start_postgres(self):
        service, folder = self.compose["services"]["postgres"], self.room / "postgres-data"
        assert service["command"][0] == "postgres" and "ssl=on" in service["command"]
        user = postgres.as_user(postgres.system_user())
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        secrets = self.room / "postgres-secrets"
        secrets.mkdir()
        for secret in service["secrets"]:
            shutil.copy(self.secrets[secret], secrets / secret)
            shutil.chown(secrets / secret, "postgres", "postgres")
            (secrets / secret).chmod(0o600)
        pathlib.Path("/run/secrets").mkdir(exist_ok=True)
        run("mount", "--bind", secrets, "/run/secrets")
        run(postgres.tool("initdb"), "-D", folder, "-U", "evenhand_admin", "--pwfile=/run/secrets/postgres_admin", "--auth=scram-sha-256",
            "--auth-local=trust", "--locale=C.UTF-8", "--encoding=UTF8", cwd="/", **user)
        run("sh", "-c", f"echo 'hostssl all all all scram-sha-256' >{folder}/pg_hba.conf; echo 'local all all trust' >>{folder}/pg_hba.conf", **user)
        words = [postgres.tool("postgres"), "-D", folder, *service["command"][1:], "-c", f"listen_addresses={ADDRESSES['postgres']}", "-c", f"unix_socket_directories={folder}"]
        self.start("postgres", words, cwd="/", **user)
        ready = lambda: run(postgres.tool("pg_isready"), "-h", folder, check=False).returncode == 0  # noqa: E731
        until("PostgreSQL answers", ready, 20)
        client = {"PGHOST": str(folder), "POSTGRES_USER": "evenhand_admin", "PATH": os.environ["PATH"]}
        run("psql", "-U", "evenhand_admin", "-d", "postgres", "-c", "create database evenhand", env=client)
        run("bash", self.room / "postgres/roles.sh", env=client)

    def start(self, name, words, **more):
        log = open(self.room / f"{name}.log", "ab")
        self.children.append(subprocess.Popen([str(word) for word in words], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **more))

    # ---- the containers ----
    def words(self, name, image):
        service = self.compose["services"][name]
        env = {**service.get("environment", {}), **here(name.removesuffix("-migrate"))}
        words = [*HOST, "--name", name, "--user", service["user"], "--env-file", self.room / "evenhand.env", "-v", f"{self.room}/jwks.json:/jwks.json:ro"]
        words += [f"--cap-drop={right}" for right in service["cap_drop"]] + [f"--security-opt={rule.replace(':true', '')}" for rule in service["security_opt"]]
        words += ["--read-only", "--read-only-tmpfs=false"] if service["read_only"] else []
        words += [word for mount in service["tmpfs"] for word in ("--tmpfs", mount)]
        words += [word for key, value in env.items() for word in ("-e", f"{key}={value}")]
        words += ["-v", f"{self.room}/hosts:/etc/hosts:ro"]
        for secret in service["secrets"]:
            source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
            words += ["-v", f"{self.secrets[source]}:/run/secrets/{target}:ro"]
        words += [word for volume in service.get("volumes", []) for word in ("-v", f"evenhand-{self.room.name}-{volume}")]
        # No shell is needed: there is none.
        for shell in ("dash", "bash"):
            words += ["-v", f"{self.room}/nothing:/usr/bin/{shell}:ro"]
        if "healthcheck" in service:
            check = service["healthcheck"]["test"]
            assert check[0] == "CMD", f"{name}'s health check starts a shell"
            words += ["--health-cmd", json.dumps(check[1:]), "--health-interval=disable"]
        return [*words, "--entrypoint", json.dumps(service["entrypoint"]), image]

    def run_all(self, image, letters):
        (self.room / "nothing").touch()
        of = lambda name: letters if "letters" in self.compose["services"][name]["image"] else image  # noqa: E731
        early, *others = SERVICES
        self.start_container(early, of)
        until(f"{early} is up", lambda: '"serving"' in self.podman("logs", early).stdout, 20, lambda: self.log(early))
        assert not any(self.healthy(early) for _ in range(6)), f"{early} is not ready before its schema is there"
        for service in SERVICES:
            self.podman("run", "--rm", *self.words(f"{service}-migrate", of(f"{service}-migrate")))
        for name in (*others, "gateway"):
            self.start_container(name, of)
        for name in self.containers:
            until(f"{name} is healthy", lambda: self.healthy(name), 30, lambda: self.log(name))

    def start_container(self, name, of):
        self.containers.append(name)
        self.podman("run", "-d", *self.words(name, of(name)), check=True)

    def healthy(self, name):
        self.said = self.podman("healthcheck", "run", name, check=False)
        return self.said.returncode == 0

    def log(self, name):
        return self.podman("logs", "--tail", "12", name, check=False).stdout + self.said.stdout + \
            self.podman("exec", name, *self.compose["services"][name]["healthcheck"]["test"][1:], check=False).stdout

    def pid(self, name):
        return int(self.podman("inspect", "--format", "{{.State.Pid}}", name).stdout)

    def check_rights(self):
        for name in self.containers:
            label = self.podman("inspect", "--format", '{{index .Config.Labels "org.opencontainers.image.version"}}', name).stdout.strip()
            assert label == version(), f"{name}'s image says it is {label}"
            proc = pathlib.Path(f"/proc/{self.pid(name)}")
            status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
            assert set(status["Uid"].split()) == {"10001"} and set(status["Gid"].split()) == {"10001"}, f"{name} runs as {status['Uid']}"
            assert int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0, f"{name} has capabilities"
            assert status["NoNewPrivs"] == "1", f"{name} may gain privileges"
            root = next(line for line in (proc / "mountinfo").read_text().splitlines() if line.split()[4] == "/")
            assert root.split()[5].startswith("ro"), f"{name}'s root may be written: {root}"

    # ---- the outside ----
    def start_nginx(self):
        edge = self.room / "secrets/edge"
        site = (self.room / "nginx/evenhand.conf").read_text()
        site = site.replace("/etc/nginx/tls/", f"{edge}/").replace("/etc/nginx/inside-ca.crt", str(self.secrets["ca"]))
        ports = {inside: outside for outside, inside in (pair.split(":") for pair in self.compose["services"]["nginx"]["ports"])}
        site, times = re.subn(r"listen (\d+)", lambda found: f"listen {ADDRESSES['nginx']}:{ports[found[1]]}", site)
        assert times == 2 and str(OUTSIDE_PORT) in ports.values()
        (self.room / "nginx.conf").write_text(f"pid {self.room}/nginx.pid; error_log {self.room}/nginx.log; daemon off; worker_processes 1;\n"
                                              "events {}\nhttp {\n" + "".join(f"{kind}_temp_path {self.room}/nginx-{kind};\n" for kind in
                                              ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) + site + "}\n")
        run("nginx", "-t", "-c", self.room / "nginx.conf")
        self.start("nginx", ["nginx", "-c", self.room / "nginx.conf"])
        self.door = Door(ADDRESSES["nginx"], edge / "tls.crt", self.data)

    def check_outside(self):
        until("nginx leads to a ready gateway", self.door.ready, 20, lambda: self.log("gateway"))
        self.door.check()

    def check_prometheus(self):
        run("mount", "--bind", self.room / "prometheus", "/etc/prometheus")
        words = [word.replace("=/prometheus", f"={self.room}/tsdb") for word in self.compose["services"]["prometheus"]["command"]]
        self.start("prometheus", ["prometheus", *words, f"--web.listen-address={ADDRESSES['prometheus']}:9090"])

        def scraped():
            try:
                connection = http.client.HTTPConnection(ADDRESSES["prometheus"], 9090, timeout=5)
                connection.request("GET", "/api/v1/query?query=" + urllib.parse.quote('sum(up{job="evenhand"})'))
                rows = json.load(connection.getresponse())["data"]["result"]
                return bool(rows) and rows[0]["value"][1] == "5"
            except (OSError, ValueError):  # it is still starting
                return False
        until("Prometheus scrapes all five by the shipped configuration", scraped, 40)

    def check_stop(self):
        for name in reversed(self.containers):
            begun = time.monotonic()
            self.podman("stop", "--time", "30", name)
            code = self.podman("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip()
            assert code == "0" and time.monotonic() - begun < 25, f"{name} ended with {code} after {time.monotonic() - begun:.1f} s: {self.log(name)}"

    def end(self):
        for name in self.containers:
            self.podman("rm", "-f", "-v", name, check=False)
        for volume in self.podman("volume", "ls", "-q", check=False).stdout.split():
            if volume.startswith(f"evenhand-{self.room.name}-"):
                self.podman("volume", "rm", "-f", volume, check=False)
        for child in reversed(self.children):
            child.send_signal(signal.SIGINT)
            child.wait(20)


def main():
    need("nginx", "prometheus", "openssl", "ip", "psql")
    if not (ROOT / "build/bin/gateway").exists() and "--whole" not in sys.argv:
        skip("not built")
    stage = os.environ.get("EVENHAND_ROOM_STAGE")
    if not stage:
        in_a_room_of_our_own("--mount")
        podman = Podman()
        podman.can_run()
        podman.build_ours("--whole" in sys.argv)
        shutil.rmtree(podman.room, ignore_errors=True)
        # From here on without the outside: what needs the internet to run is found out.
        os.environ["EVENHAND_ROOM_STAGE"] = "run"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    podman = Podman()
    server = Server(podman)
    try:
        server.start_postgres()
        server.run_all("evenhand", "evenhand-letters")
        server.check_rights()
        server.start_nginx()
        server.check_outside()
        server.check_prometheus()
        server.check_stop()
        print("ok: built, run as nobody on a read-only root without a shell or the internet, healthy, asked through nginx with TLS, scraped, stopped with 0")
        return 0
    finally:
        server.end()
        shutil.rmtree(podman.room, ignore_errors=True)


sys.exit(main())
