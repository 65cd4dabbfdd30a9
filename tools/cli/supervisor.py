"""`evenhand up`: brings a stack up, keeps it up, takes it down in order. One thread, woken by the kernel's signals."""
import fcntl
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time

import tokens
from places import SERVICES, Fault, notes, service_binary
from plan import Plan
from process import now_text

START_SECONDS = 90          # a loaded machine's first start; a usual one takes two or three
# Above the processes' own shutdown-grace of 20 s: what is in flight is finished first, and whoever hangs is then killed.
GRACE_SECONDS = 25
TROUBLE_SECONDS = 3         # what stays so long is no passing state of a start
LAST_ONE_LEAVES = ("pre-existing shared memory block", "lock file \"postmaster.pid\" already exists")
_WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class Supervisor:
    def __init__(self, data, port):
        self.data, self.port = data, port
        self.processes, self.stopping, self.ready_at = [], False, None
        self.began = False  # the database answered: what runs from then on gets its time to finish

    def run(self, on_ready):
        """Until SIGTERM or SIGINT; on_ready is called once. The lock says to everybody else that we live."""
        self.data.make()
        with open(self.data.lock_file, "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Fault(f"a stack is running in {self.data} already") from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
            begun = time.monotonic()
            try:
                self._start()
                self._await_ready(begun + START_SECONDS)
                if not self.stopping:
                    self.ready_at = now_text()
                    self._write(startSeconds=round(time.monotonic() - begun, 2))
                    on_ready()
                while not self.stopping:
                    self._wait(1.0)
            finally:
                self._stop()

    # ---- start ----
    def _start(self):
        plan = self._start_database()
        for process in [*plan.services(), plan.gateway()]:
            self.processes.append(process)
            self._begin(process)

    def _start_database(self):
        plan = Plan(self.data, self.port)
        tokens.make_key(self.data)
        plan.cluster.prepare()
        self.processes = [plan.postgres()]
        log_before = self.data.log("postgres").stat().st_size if self.data.log("postgres").exists() else 0
        self._begin(self.processes[0])
        self._until(plan.cluster.answers, "PostgreSQL does not answer", "postgres", trouble=lambda: plan.cluster.trouble or self._fatal(log_before))
        self.began = True
        plan.cluster.make_database()
        self._migrate(plan)
        return plan

    def _begin(self, process):
        process.start()
        self._write()

    def _migrate(self, plan):
        running = {}
        for service in SERVICES:
            with open(self.data.log(f"{service}-service"), "ab") as log:
                running[service] = subprocess.Popen([str(service_binary(service)), "migrate"], env=plan.migrate_env(service), cwd="/",
                                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        failed = [service for service, child in running.items() if child.wait() != 0]
        if failed:
            raise Fault(f"the schema of {failed[0]} could not be brought up to date:\n" + self._tail(f"{failed[0]}-service"))

    def _await_ready(self, until):
        def ready():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            try:
                connection.request("GET", "/readyz")
                reply = connection.getresponse()
                # The gateway is ready without most of the services; a stack is up when all of them are.
                return reply.status == 200 and set(json.load(reply)["services"].values()) == {"SERVING"}
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                return False
            finally:
                connection.close()

        self._until(ready, "the stack does not become ready", "gateway", until)

    def _until(self, done, complaint, process, until=None, trouble=lambda: ""):
        until, troubled = until or time.monotonic() + START_SECONDS, None
        while not self.stopping and not done():
            worst = max(self.processes, key=lambda p: p.restarts)
            # A process that cannot start says why at once; PostgreSQL may have to wait a while until the last one is gone.
            if worst.restarts >= 4 and not (worst.restarts < 20 and any(sign in self._tail(worst.name) for sign in LAST_ONE_LEAVES)):
                raise Fault(f"{worst.name} does not start:\n{self._tail(worst.name)}")
            troubled = (troubled or time.monotonic()) if trouble() else None
            if troubled and time.monotonic() - troubled > TROUBLE_SECONDS:
                raise Fault(f"{complaint}: {trouble()}\n{self._tail(process)}")
            if time.monotonic() > until:
                raise Fault(f"{complaint} within {START_SECONDS} s:\n{self._tail(process)}")
            self._wait(0.02)

    def _fatal(self, since):
        """What PostgreSQL said since then that ends a process of its own: it starts that again for ever by itself."""
        with open(self.data.log("postgres"), "rb") as log:
            log.seek(since)
            said = log.read().decode(errors="replace").splitlines()
        return next((line for line in reversed(said) if re.search("(FATAL|PANIC): ", line) and "the database system is" not in line), "")

    def _tail(self, process, lines=8):
        try:
            return "\n".join(self.data.log(process).read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    # ---- watch ----
    def _wait(self, seconds):
        """Sleeps until a signal, a restart that is due, or the time is over; then acts on it."""
        due = [p.start_at - time.monotonic() for p in self.processes if p.state == "restarting"]
        got = signal.sigtimedwait(_WATCHED, max(0.0, min([seconds, *due])))
        if got and got.si_signo in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.stopping = True
            return
        changed = False
        for process in self.processes:
            if process.ended():
                changed = True
                print(f"{now_text()} {process.name} ended with {process.last_exit}; starting it again", file=sys.stderr, flush=True)
            if process.state == "restarting" and time.monotonic() >= process.start_at:
                process.start()
                changed = True
        if changed:
            self._write()

    # ---- stop ----
    def _stop(self):
        """In order: first the door, then the services (all at once: each finishes what it has), then the database."""
        self.stopping = True
        ranks = {"gateway": 0, "postgres": 2}
        for rank in (0, 1, 2):
            together = [process for process in self.processes if ranks.get(process.name, 1) == rank]
            for process in together:
                process.ask_to_stop()
            for process in together:
                process.stop(GRACE_SECONDS if self.began else TROUBLE_SECONDS)
            self._write()

    def _write(self, **more):
        """The stack's state for `status`, replaced as a whole: a reader never sees half a file."""
        known = getattr(self, "_more", {})
        self._more = {**known, **more}
        state = {"supervisor": os.getpid(), "address": f"http://127.0.0.1:{self.port}", "port": self.port, "dataDir": str(self.data),
                 "readyAt": self.ready_at, "notes": notes, "processes": [process.row() for process in self.processes], **self._more}
        new = self.data.stack_file.with_suffix(".new")
        new.write_text(json.dumps(state, indent=1) + "\n")
        new.replace(self.data.stack_file)
