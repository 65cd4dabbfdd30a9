#!/usr/bin/env python3
"""The Debian package on a Debian 12 that systemd has really booted (systemd-nspawn, without an outside): installed, its units started and held to
their hardening, the main questions asked over HTTPS, a killed process back, an upgrade that keeps settings, removed, purged, nothing left.

    tests/ops/package_test.py        packs the binaries of build/; exit 77: skipped, with the reason
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from parts import ROOT, WORK, debian, identity_provider, in_a_room_of_our_own, need, run, skip, until

import tokens
from places import SERVICES, version

UNITS = [f"evenhand-{name}.service" for name in (*SERVICES, "gateway")]
STATE = pathlib.Path("var/lib/evenhand")


def pack(folder):
    run("cpack", "--config", ROOT / "build/CPackConfig.cmake", "-B", folder, cwd=folder)
    return next(folder.glob("*.deb"))


def root_with_dependencies(package, folder):
    """A Debian with what the package depends on, but not the package. Kept for the next run while the dependencies are the same."""
    fields = {name: run("dpkg-deb", "-f", package, name).stdout.strip() for name in ("Depends", "Recommends")}
    wanted = [re.split(r"[ (|]", part.strip())[0] for part in fields["Depends"].split(",")]
    assert "weasyprint" in wanted and any(name.startswith("libgrpc++") for name in wanted), fields["Depends"]
    kept, mark = WORK / "package-root.tar", WORK / "package-root.wanted"
    root = folder / "root"
    root.mkdir()
    if kept.exists() and mark.read_text() == fields["Depends"]:
        run("tar", "-C", root, "-xf", kept)
        return root
    run("tar", "-C", root, "-xf", debian())
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    env = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    run("chroot", root, "apt-get", "update", "-qq", env=env)
    run("chroot", root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "systemd", "systemd-sysv", "dbus", "postgresql", "curl", *wanted, env=env)
    run("chroot", root, "apt-get", "clean", env=env)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    run("tar", "-C", root, "-cf", kept.with_suffix(".new"), ".")
    kept.with_suffix(".new").rename(kept)
    mark.write_text(fields["Depends"])
    return root


class Machine:
    def __init__(self, root, folder):
        self.root, self.log = root, folder / "console"
        words = ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "--private-network", "--console=pipe", "-D", root, "--boot"]
        self.nspawn = subprocess.Popen([str(word) for word in words], stdout=open(self.log, "wb"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.leader = until("systemd is process 1 in there", self.find_leader, 15, self.console)
        state = lambda: self("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")  # noqa: E731
        until("the machine is booted", state, 40, self.console)

    def console(self):
        return self.log.read_text(errors="replace")[-800:]

    def find_leader(self):
        if self.nspawn.poll() is not None:
            skip(f"systemd-nspawn boots nothing on this machine: {self.console().strip()[-200:]}")
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return next((int(pid) for pid in children if (pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "systemd")), None)

    def __call__(self, *words, **more):
        return run("nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive",
                   "LANG=C.UTF-8", *words, **more)

    def active(self, unit):
        return self("systemctl", "is-active", unit, check=False).stdout.strip() == "active"

    def main_pid(self, unit):
        return self("systemctl", "show", "-p", "MainPID", "--value", unit).stdout.strip()

    def journal(self, unit, lines=15):
        """What the processes themselves said; systemd's own words about the unit are left out."""
        said = self("journalctl", "-u", unit, "-o", "cat", "-n", "200", "--no-pager", check=False).stdout.splitlines()
        return "\n".join([line for line in said if not re.match(r"(Start|Stopp|Failed|Reload|evenhand-)", line)][-lines:])

    def end(self):
        self.nspawn.terminate()
        try:
            self.nspawn.wait(15)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()


def files_of(machine):
    """Every path outside of what any machine writes by itself."""
    skipped = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/log", "/var/cache", "/var/lib/dpkg", "/var/lib/systemd", "/var/lib/postgresql", "/root", "/var/lib/apt")
    found = machine("find", "/", "-xdev", *[word for path in skipped for word in ("-path", path, "-prune", "-o")], "-print").stdout.splitlines()
    return {path for path in found if not re.match(r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|/etc/.pwd.lock$", path)}


def set_up(machine, root, data):
    """What an administrator does after the installation."""
    machine("/usr/share/evenhand/make-database")
    shared = (root / "etc/evenhand/evenhand.env").read_text()
    for setting, value in (("JWKS", "file:/etc/evenhand/jwks.json"), ("ISSUER", tokens.ISSUER), ("AUDIENCE", tokens.AUDIENCE)):
        shared, times = re.subn(rf"^EVENHAND_{setting}=.*$", f"EVENHAND_{setting}={value}", shared, flags=re.M)
        assert times == 1, setting
    (root / "etc/evenhand/evenhand.env").write_text(shared)
    shutil.copy(data.jwks, root / "etc/evenhand/jwks.json")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost", "-keyout", root / "etc/evenhand/edge.key", "-out", root / "etc/evenhand/edge.crt")
    machine("chown", "root:evenhand", "/etc/evenhand/jwks.json", "/etc/evenhand/edge.key", "/etc/evenhand/edge.crt")
    machine("chmod", "0640", "/etc/evenhand/jwks.json", "/etc/evenhand/edge.key", "/etc/evenhand/edge.crt")


def ask(machine, path, token=None, body=None, *more):
    words = ["curl", "-sS", "--cacert", "/etc/evenhand/edge.crt", "-m", "10", "-w", "\n%{http_code}", f"https://localhost:8080{path}", *more]
    words += ["-H", f"Authorization: Bearer {token}"] if token else []
    words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
    text, _, status = machine(*words, check=False).stdout.rpartition("\n")
    return status, (json.loads(text) if text.startswith("{") else text)


def all_ready(machine):
    status, told = ask(machine, "/readyz")
    return status == "200" and set(told["services"].values()) == {"SERVING"}


def start_and_ask(machine, root, data):
    machine("systemctl", "start", "evenhand.target")
    for unit in UNITS:
        until(f"{unit} is active", lambda: machine.active(unit), 30, lambda: machine.journal(unit))
    until("all are ready", lambda: all_ready(machine), 30, lambda: machine.journal("evenhand-gateway") + machine.journal("evenhand-incident"))
    status, answer = ask(machine, "/v1/contacts:check", tokens.mint(data, "crm", ["crm"], []), {"channel": "PHONE", "phone": "07700 900123"})
    assert status == "200" and answer["outcome"] == "CLEAR", (status, answer, machine.journal("evenhand-gateway"), machine.journal("evenhand-restriction"))
    for unit in UNITS:
        status = pathlib.Path(f"/proc/{host_pid(machine, unit)}/status").read_text()
        uid = machine("id", "-u", "evenhand").stdout.strip()
        assert re.search(rf"^Uid:\t{uid}\t{uid}\t", status, re.M), f"{unit} runs as evenhand"
        assert re.search(r"^CapBnd:\t0+$", status, re.M) and re.search(r"^Seccomp:\t2$", status, re.M), f"{unit}: no capabilities, system calls filtered"
        for line in machine.journal(unit, 5).splitlines():
            assert not line.startswith("{") or json.loads(line)["process"], line


def host_pid(machine, unit):
    """The unit's main process by its number out here."""
    inside = machine.main_pid(unit)
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        found = re.search(r"^NSpid:\t(.*)$", text, re.M)
        if found and found[1].split()[-1] == inside and len(found[1].split()) > 1 and re.search(r"^Name:\t(gateway|\w+-s)", text, re.M):
            return status.parent.name
    sys.exit(f"{unit} has no process {inside}")


def letters_and_levels(machine, root):
    """WeasyPrint runs within the unit's fences; the log level changes while a process runs."""
    unit = (ROOT / "deploy/systemd/evenhand-notification.service").read_text().split("[Service]\n")[1].split("\n\n")[0]
    fences = [word for line in unit.splitlines() if not re.match(r"#|Exec|Type=|Restart|Environment=|TimeoutStop|RuntimeDirectoryPreserve", line) for word in ("-p", line)]
    machine("systemd-run", "--wait", "--pipe", "-q", *fences, "/usr/bin/python3", "-c",
            "import weasyprint; weasyprint.HTML(string='<p>Dear resident').write_pdf('/var/lib/evenhand/notification/try.pdf')")
    assert (root / STATE / "notification/try.pdf").read_bytes().startswith(b"%PDF")
    (root / STATE / "notification/try.pdf").unlink()
    for unit in UNITS:
        pid = machine.main_pid(unit)
        name = unit.removeprefix("evenhand-").removesuffix(".service")
        (root / STATE / name / "log-level").write_text("debug\n")
        (root / STATE / name / "log-level").chmod(0o644)
        machine("systemctl", "reload", unit)
        until(f"{unit} tells its new level", lambda: '"level":"debug"' in machine.journal(unit, 40), 10, lambda: machine.journal(unit))
        assert machine.main_pid(unit) == pid, f"{unit} went on running"
        (root / STATE / name / "log-level").unlink()


def comes_back(machine):
    before = machine.main_pid("evenhand-appeal")
    machine("kill", "-9", before)
    until("a killed service is back", lambda: machine.active("evenhand-appeal") and machine.main_pid("evenhand-appeal") not in ("0", before), 10)


def refuses_nobody(machine):
    """systemd holds the door open: whoever calls while the gateway restarts waits a moment."""
    asked = "for i in $(seq 40); do curl -s -o /dev/null -m 20 --cacert /etc/evenhand/edge.crt https://localhost:8080/healthz || echo refused $?; done"
    words = ["nsenter", "-t", str(machine.leader), "-m", "-u", "-i", "-n", "-p", "--", "sh", "-c", asked]
    callers = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    machine("systemctl", "restart", "evenhand-gateway.service")
    for caller in callers:
        said = caller.communicate(timeout=120)[0]
        assert not said.strip(), f"while the gateway restarted: {said}"


def main():
    need("systemd-nspawn", "debootstrap", "cpack", "dpkg-deb", "dpkg-shlibdeps", "nsenter", "openssl", "unshare")
    if not (ROOT / "build/bin/gateway").exists():
        skip("not built")
    in_a_room_of_our_own("--mount")
    if pathlib.Path("/sys/fs/cgroup/unified").is_dir():  # systemd starts with one kind of cgroups or the other; the mount is ours alone
        run("umount", "/sys/fs/cgroup/unified", check=False)
    folder, machine, begun = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-package-")), None, time.monotonic()
    folder.chmod(0o755)
    steps = []

    def step(name):
        steps.append(f"{name} {time.monotonic() - begun:.0f} s")
    try:
        package = pack(folder)
        assert run("dpkg-deb", "-f", package, "Version").stdout.strip() == version(), "the package is of this version"
        step("packed")
        root = root_with_dependencies(package, folder)
        data = identity_provider(folder / "data")
        step("root")
        machine = Machine(root, folder)
        machine("sh", "-c", "pg_lsclusters -h | grep -q . || pg_createcluster --start $(ls /usr/lib/postgresql | tail -1) main")
        before = files_of(machine)
        step("booted")
        shutil.copy(package, root / "root/evenhand.deb")
        said = machine("dpkg", "-i", "/root/evenhand.deb").stdout
        assert "make-database" in said, f"the installation says what comes next: {said}"
        assert not machine.active("evenhand-gateway"), "nothing starts before it is configured"
        assert machine("systemctl", "is-enabled", *UNITS, "evenhand.target", "evenhand-gateway.socket").stdout.split() == ["enabled"] * 7
        step("installed")
        set_up(machine, root, data)
        start_and_ask(machine, root, data)
        step("asked")
        letters_and_levels(machine, root)
        comes_back(machine)
        refuses_nobody(machine)
        # An upgrade: settings and keys stay as they are, the processes are new ones.
        mine = (root / "etc/evenhand/evenhand.env").read_text()
        keys, pids = (root / STATE / "incident/evidence-keys").read_text(), {machine.main_pid(unit) for unit in UNITS}
        machine("dpkg", "-i", "/root/evenhand.deb")
        until("ready after an upgrade", lambda: all_ready(machine), 30)
        assert (root / "etc/evenhand/evenhand.env").read_text() == mine and (root / STATE / "incident/evidence-keys").read_text() == keys
        assert not pids & {machine.main_pid(unit) for unit in UNITS}, "an upgrade restarts what runs"
        step("upgraded")
        (root / STATE / "incident/evidence").mkdir(exist_ok=True)
        (root / STATE / "incident/evidence/kept").write_text("x")
        machine("dpkg", "-r", "evenhand")
        assert machine("pgrep", "-u", "evenhand", check=False).returncode == 1, "no process is left"
        assert (root / "etc/evenhand/evenhand.env").exists() and not (root / "usr/lib/evenhand").exists()
        said = machine("dpkg", "-P", "evenhand").stdout
        assert "evidence is kept" in said and (root / STATE / "incident/evidence/kept").exists(), said
        (root / STATE / "incident/evidence/kept").unlink()
        machine("dpkg", "-i", "/root/evenhand.deb")
        machine("dpkg", "-P", "evenhand")
        left = sorted(files_of(machine) - before)
        assert not left, f"left behind: {left[:20]}"
        assert machine("getent", "passwd", "evenhand", check=False).returncode == 2
        step("purged")
        print("ok: " + ", ".join(steps))
        return 0
    finally:
        if machine:
            machine.end()
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
