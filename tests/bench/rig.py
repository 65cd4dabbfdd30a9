"""What is measured and what measures it: the bench's own stack, its peers, and the load generators."""
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
CLONE = HERE.parents[1]
BUILD = CLONE / "build"
BIN = BUILD / "bin"
TOOL = CLONE / "tools" / "evenhand"
CHECK = "/v1/contacts:check"
CONNECTIONS = 64
sys.path.insert(0, str(CLONE / "tools" / "cli"))
import inspect_stack  # noqa: E402
import postgres  # noqa: E402
from places import DataDir  # noqa: E402
from plan import free_ports  # noqa: E402

GENERATORS = ("bench-load", "bench-index", "bench-stream", "bench-grpc")


def build():
    if os.environ.get("EVENHAND_SKIP_SETUP") != "1":
        subprocess.run([CLONE / "tools" / "setup", "bench"], check=True, stdout=sys.stderr)
    if not all((BIN / name).exists() for name in GENERATORS):
        subprocess.run([TOOL, "build"], check=True, stdout=sys.stderr)
        subprocess.run(["cmake", "--build", str(BUILD), "--target", *GENERATORS], check=True, stdout=sys.stderr)


def free_port():
    return free_ports(1)[0]


def run(program, **options):
    words = [str(BIN / program)]
    for name, value in options.items():
        words += ["--" + name.replace("_", "-"), str(value)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Stack:
    """A stack of the bench's own, filled with invented people."""

    def __init__(self, folder):
        self.data, self.port, self.people = folder / "stack", free_port(), 0
        self.folder = folder

    def __enter__(self):
        self.data.mkdir(exist_ok=True)
        self.data.chmod(0o755)
        self.tool("up", "--detach", "--port", str(self.port))
        self.plan = inspect_stack.running_plan(DataDir(self.data))
        self.token = self.tool("token", "--sub", "crm", "--roles", "crm", "--service-areas", "").split()[-1]
        return self

    def __exit__(self, *_):
        subprocess.run([TOOL, "down", "--data-dir", str(self.data)], capture_output=True)

    def tool(self, *words):
        # What is measured is the check, not the limit of how many may be asked (12.4): the generators are nobody's browser.
        done = subprocess.run([TOOL, *words, "--data-dir", str(self.data)], capture_output=True, text=True,
                              env={**os.environ, "EVENHAND_HANDLE_LIMITS": "employee=0"})
        if done.returncode:
            raise SystemExit(f"evenhand {words[0]}: {(done.stdout + done.stderr).strip()[-400:]}")
        return done.stdout.strip()

    def sql(self, script):
        done = self.plan.cluster.psql(script, role=postgres.OWNER, database=postgres.DATABASE, options=("-q", "-A", "-t"))
        if done.returncode:
            raise SystemExit(done.stderr.strip())
        return done.stdout.strip()

    def address(self, service):
        return self.plan.address(service)

    def fill(self, people):
        """So many people with an e-mail address each, every twentieth with a restriction in force. Seconds until the index has them."""
        self.sql((HERE / "people.sql").read_text().replace(":people", str(people)))
        self.people = people
        started = time.monotonic()
        while time.monotonic() - started < 120:
            found = [line for line in self.log("restriction-service") if '"check index filled"' in line]
            if found and int(json.loads(found[-1])["handles"]) >= people:
                last = json.loads(found[-1])
                break
            time.sleep(0.05)
        else:
            raise SystemExit("the index was not filled within two minutes")
        return {"handles": int(last["handles"]), "ms": int(last["ms"])}

    def log(self, process):
        return (self.data / "logs" / f"{process}.log").read_text(errors="replace").splitlines()

    def bodies(self, guidance_share, count=20_000, known=True):
        """Requests with the outcome each must get: half of the clear ones by a phone number nobody has, half by a registered person's."""
        source, path = random.Random(7), self.folder / f"mix-{guidance_share}.tsv"
        with open(path, "w") as file:
            for _ in range(count):
                if source.random() < guidance_share:
                    outcome, body = "GUIDANCE", {"channel": "EMAIL", "email": f"person{20 * source.randint(1, self.people // 20)}@example.org"}
                elif source.random() < 0.5:
                    outcome, body = "CLEAR", {"channel": "PHONE", "phone": f"01632 960{source.randrange(1000):03d}"}
                else:
                    n = source.randint(1, self.people)
                    outcome, body = "CLEAR", {"channel": "EMAIL", "email": f"person{n - 1 if n % 20 == 0 else n}@example.org"}
                file.write(outcome + "\t" + json.dumps({**body, "serviceArea": "Housing"}, separators=(",", ":")) + "\n")
        return path

    def load(self, port, bodies, seconds, rate=0, path=CHECK, connections=CONNECTIONS):
        self.settle()
        return run("bench-load", port=port, path=path, token=self.token, bodies=bodies, connections=connections, seconds=seconds, rate=rate)

    def settle(self):
        """Waits until the audit of what was measured last is in the database, so that its copying is not measured with what comes next."""
        for _ in range(600):
            if not any((self.data / "state" / "restriction" / "check-spool").glob("*.spool")):
                return
            time.sleep(0.1)

    def processes(self):
        return json.loads(self.tool("status", "--output", "json"))["processes"]


class Peer:
    """A process measured beside the stack; runs while it is measured only."""

    def __init__(self, words, env=None, cwd=None):
        self.words, self.env, self.cwd, self.port = words, env or {}, cwd, free_port()

    def __enter__(self):
        self.process = subprocess.Popen([word.replace("PORT", str(self.port)) for word in self.words], cwd=self.cwd, start_new_session=True,
                                        env={**os.environ, **self.env, "PORT": str(self.port)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(200):
            if self.process.poll() is not None:
                raise SystemExit(f"{self.words[0]} ended: {self.process.stderr.read().decode()[-300:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                time.sleep(0.3)
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.words[0]} does not answer")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)


def nginx(stack):
    folder = stack.folder / "nginx"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    peer = Peer(["nginx", "-c", str(folder / "nginx.conf")])
    text = (HERE / "peers" / "nginx.conf").read_text().replace("FOLDER", str(folder)).replace("PORT", str(peer.port))
    (folder / "nginx.conf").write_text(text)
    return peer


def fastify(stack):
    folder = HERE / "peers" / "fastify"
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True, stdout=sys.stderr)
    service = stack.plan.service_env("restriction")
    parts = dict(part.split("=", 1) for part in service["EVENHAND_DATABASE"].split())
    env = {"PGHOST": parts["host"], "PGPORT": parts["port"], "PGDATABASE": parts["dbname"], "PGUSER": parts["user"], "PGPASSFILE": parts["passfile"],
           "JWKS": service["EVENHAND_JWKS"].removeprefix("file:"), "ISSUER": service["EVENHAND_ISSUER"], "AUDIENCE": service["EVENHAND_AUDIENCE"],
           "NODE_ENV": "production"}
    return Peer(["node", "server.js"], env=env, cwd=folder)


def pgbench(stack, seconds):
    cluster = stack.plan.cluster
    done = subprocess.run([postgres.tool("pgbench"), "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(int(seconds)), "-D", f"people={stack.people}",
                           "-f", str(HERE / "peers" / "check.sql"), cluster.connection(postgres.OWNER)], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("tps ="):
            return float(line.split()[2])
    raise SystemExit(f"pgbench: {done.stderr.strip()[-300:]}")


class Caller:
    """One keep-alive connection that asks check after check."""

    def __init__(self, stack):
        import http.client
        self.connection, self.token = http.client.HTTPConnection("127.0.0.1", stack.port), stack.token

    def check(self, body):
        self.connection.request("POST", CHECK, json.dumps(body), {"Content-Type": "application/json", "Authorization": "Bearer " + self.token})
        return json.loads(self.connection.getresponse().read()).get("outcome")


class Session:
    """One psql that stays open, so that a statement's end is known to the millisecond."""

    def __init__(self, stack):
        self.psql = subprocess.Popen([postgres.tool("psql"), "-X", "-q", "-A", "-t", stack.plan.cluster.connection(postgres.OWNER)], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def run(self, script):
        self.psql.stdin.write(script + ";\nselect 'done';\n")
        self.psql.stdin.flush()
        for line in self.psql.stdout:
            if line.strip() == "done":
                return

    def close(self):
        self.psql.stdin.close()
        self.psql.wait(5)
