"""One supervised process: started with its log, watched, and started again when it ends by itself."""
import ctypes
import datetime
import os
import signal
import subprocess
import time

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
FIRST_BACKOFF_SECONDS = 0.05
LAST_BACKOFF_SECONDS = 2.0  # a killed process is back long before a caller's 15 s are over
STEADY_SECONDS = 10.0       # whoever lived so long starts afresh without back-off


def now_text():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Process:
    def __init__(self, name, words, env, log, *, user=None, port=None, metrics_port=None, address=None, stop_signal=signal.SIGTERM):
        self.name, self.words, self.env, self.log, self.user = name, words, env, log, user
        self.port, self.metrics_port, self.address, self.stop_signal = port, metrics_port, address, stop_signal
        self.child, self.since, self.state, self.restarts, self.last_exit = None, None, "stopped", 0, None
        self.backoff, self.started, self.start_at = FIRST_BACKOFF_SECONDS, 0.0, 0.0

    def start(self):
        from postgres import as_user  # the account's numbers are looked up only where root drops its rights

        with open(self.log, "ab", buffering=0) as log:
            self.child = subprocess.Popen(self.words, env=self.env, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          preexec_fn=self._before_exec, **as_user(self.user))
        self.started, self.since, self.state = time.monotonic(), now_text(), "running"

    def _before_exec(self):
        # Its own group, so that a terminal's Ctrl-C reaches the supervisor alone, which then stops everything in order;
        # and should the supervisor be killed, the kernel stops its children: nothing is left behind.
        os.setpgid(0, 0)
        _libc.prctl(_PR_SET_PDEATHSIG, int(self.stop_signal))
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def ended(self):
        """True once when the child has ended by itself; then due to start again at `start_at`."""
        if self.state != "running" or self.child.poll() is None:
            return False
        lived = time.monotonic() - self.started
        if lived > STEADY_SECONDS:
            self.backoff = FIRST_BACKOFF_SECONDS
        self.last_exit, self.state, self.since = self.child.returncode, "restarting", now_text()
        self.restarts += 1
        self.start_at = time.monotonic() + self.backoff
        self.backoff = min(self.backoff * 2, LAST_BACKOFF_SECONDS)
        return True

    def ask_to_stop(self):
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(self.stop_signal)
            self.state = "stopping"

    def stop(self, grace_seconds):
        if self.state != "stopping":
            self.ask_to_stop()
        if self.child is not None:
            try:
                self.child.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.state, self.since = "stopped", now_text()

    def row(self):
        row = {"name": self.name, "pid": self.child.pid if self.child and self.state != "stopped" else None, "state": self.state,
               "port": self.port, "since": self.since, "restarts": self.restarts}
        if self.metrics_port: row["metricsPort"] = self.metrics_port
        if self.address: row["address"] = self.address
        if self.last_exit is not None: row["lastExit"] = self.last_exit
        return row
