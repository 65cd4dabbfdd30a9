"""Where things are: the clone, its build, and the folders of a stack's data dir."""
import hashlib
import os
import pathlib
import re
import stat
import time

CLONE = pathlib.Path(__file__).resolve().parents[2]
BUILD = CLONE / "build"
SERVICES = ("incident", "restriction", "appeal", "notification")
SHARED_FEED = CLONE.parent / "shared" / "feeds" / "portal-export.csv"
SAMPLE_FEED = CLONE / "tools" / "samples" / "portal-export.csv"
MAX_SOCKET_PATH = 100  # sockaddr_un holds 108 bytes


def version():
    """The version of the clone, from the one place that says it."""
    return re.search(r"^project\(evenhand VERSION ([\d.]+)", (CLONE / "CMakeLists.txt").read_text(), re.M)[1]


class Fault(Exception):
    """Something the user can act on: printed in one line, without a traceback."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def programs():
    """The tests of the protections run a second link of the programs (tests/protections/run)."""
    return pathlib.Path(os.environ.get("EVENHAND_PROGRAMS") or BUILD / "bin")


def service_binary(name):
    return programs() / f"{name}-service"


def gateway_binary():
    return programs() / "gateway"


def binaries():
    return [*(service_binary(name) for name in SERVICES), gateway_binary()]


class DataDir:
    """One stack's folder; several stacks side by side have one each."""

    def __init__(self, path):
        self.path = pathlib.Path(path or os.environ.get("EVENHAND_DATA_DIR") or CLONE / ".evenhand").absolute()

    def __str__(self):
        return str(self.path)

    @property
    def run(self): return self.path / "run"
    @property
    def logs(self): return self.path / "logs"
    @property
    def dev(self): return self.path / "dev"
    @property
    def secrets(self): return self.path / "secrets"
    @property
    def stack_file(self): return self.run / "stack.json"
    @property
    def lock_file(self): return self.run / "supervisor.lock"
    @property
    def key(self): return self.dev / "key.pem"
    @property
    def jwks(self): return self.dev / "jwks.json"

    @property
    def database_made(self): return self.secrets / "database.made"

    def was_used(self):
        """Whether there was a database in it: it has a mark of it, or services left files that belong to one."""
        return self.database_made.exists() or any(path.is_file() for path in (self.path / "state").rglob("*"))

    def state(self, service): return self.path / "state" / service
    def log(self, process): return self.logs / f"{process}.log"
    def passfile(self, role): return self.secrets / f"{role}.pgpass"

    def make(self):
        self.path.mkdir(parents=True, exist_ok=True)
        mine = self.path.stat()
        # PostgreSQL runs as another user when we are root, and must be able to walk to its folder.
        if mine.st_uid == os.geteuid() and not mine.st_mode & stat.S_IXOTH:
            self.path.chmod(mine.st_mode | stat.S_IXOTH | stat.S_IXGRP)
        self.run.mkdir(exist_ok=True)
        for folder in (self.logs, self.dev, self.secrets, self.path / "state"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    def socket_dir(self):
        """A short, private folder for UNIX sockets: a deep data dir would not fit into a socket's address."""
        if len(str(self.run / "notification.sock")) <= MAX_SOCKET_PATH:
            return self.run
        short = pathlib.Path(f"/tmp/evenhand-{os.geteuid()}-{hashlib.sha256(str(self.path).encode()).hexdigest()[:12]}")
        short.mkdir(mode=0o711, exist_ok=True)
        if short.stat().st_uid != os.geteuid() or short.is_symlink():
            raise Fault(f"{short} belongs to somebody else")
        return short


def replace_with(path, text, mode):
    """A file whole or not at all, with these rights from its first byte on; what stood there before may be anything."""
    if path.is_dir() and not path.is_symlink():
        set_aside(path, "unreadable")
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.chmod(mode)
    new.replace(path)


def set_aside(path, why):
    """Nothing that isn't understood is removed: it gets another name, and the user is told."""
    aside = path.with_name(f"{path.name}.{why}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    path.rename(aside)
    notes.append(f"{path} was {why}: it is now {aside.name}, and a new one was made")
    return aside


notes = []  # what a start mended, to be told
