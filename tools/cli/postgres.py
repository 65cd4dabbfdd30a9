"""The stack's own PostgreSQL cluster: loopback and a UNIX socket only, never the machine's."""
import glob
import os
import pathlib
import pwd
import secrets
import subprocess
import tempfile

from places import SERVICES, Fault, write_private

DATABASE = "evenhand"
OWNER = "evenhand_owner"
ADMIN = "evenhand_admin"
ROLES = [f"evenhand_{service}" for service in SERVICES]


def tool(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: int(path.split("/")[4]))
    if not found:
        raise Fault(f"PostgreSQL's {name} is not there; run tools/setup")
    return found[-1]


def system_user():
    """initdb and postgres refuse root: then the package's own user runs them. None: we are nobody special and run them ourselves."""
    return "postgres" if os.geteuid() == 0 else None


def as_user(user):
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


class Cluster:
    def __init__(self, data, port):
        self.data, self.port, self.user = data, port, system_user()
        self.folder = self._folder()
        self.sockets = self._sockets()

    def _folder(self):
        pointer = self.data.path / "postgres.location"
        if pointer.exists():
            return pathlib.Path(pointer.read_text().strip())
        inside = self.data.path / "postgres"
        if inside.exists() or not self.user or self._reachable():
            return inside
        # The way to the data dir is closed to the postgres user (a clone under /root): the cluster moves out and leaves its address.
        outside = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-postgres-", dir="/var/tmp"))
        os.chown(outside, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        pointer.write_text(str(outside / "data"))
        return outside / "data"

    def _reachable(self):
        return subprocess.run(["/usr/bin/test", "-x", str(self.data.path)], cwd="/", **as_user(self.user)).returncode == 0

    def _sockets(self):
        """The socket's folder belongs to whoever runs postgres; beside the cluster, unless that path is too long."""
        folder = self.folder.parent / "pg" if self.folder.parent != self.data.path else self.data.socket_dir() / "pg"
        if len(str(folder)) > 80:
            folder = self.data.socket_dir() / "pg"
        return folder

    def prepare(self):
        """The cluster's files, made once. True when they were made now."""
        self.sockets.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.sockets, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        self.sockets.chmod(0o755)
        if (self.folder / "PG_VERSION").exists() and self.data.passfile(ADMIN).exists():
            return False
        if self.folder.exists():  # an initdb that was cut short
            subprocess.run(["rm", "-rf", str(self.folder)], check=True)
        self._initdb()
        return True

    def _initdb(self):
        password = secrets.token_hex(24)
        self.folder.mkdir(parents=True)
        with tempfile.NamedTemporaryFile("w", prefix="evenhand-", dir="/tmp") as first:
            first.write(password)
            first.flush()
            if self.user:
                os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
                os.chown(first.name, pwd.getpwnam(self.user).pw_uid, -1)
            made = subprocess.run([tool("initdb"), "-D", str(self.folder), "-U", ADMIN, "--pwfile", first.name, "--auth=scram-sha-256",
                                   "--encoding=UTF8", "--locale=C.UTF-8"], cwd="/", capture_output=True, text=True, env=self._env(),
                                  **as_user(self.user))
        if made.returncode:
            raise Fault("initdb failed: " + (made.stderr or made.stdout).strip()[-400:])
        write_private(self.data.passfile(ADMIN), f"*:*:*:{ADMIN}:{password}\n")

    def _env(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/"}

    def command(self):
        """What the supervisor runs. Error texts stay terse and without statements: they may hold personal data."""
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.sockets), "fsync": "on", "max_connections": "150",
                    "timezone": "UTC", "log_timezone": "UTC", "log_error_verbosity": "terse", "log_min_error_statement": "panic",
                    "password_encryption": "scram-sha-256", "shared_buffers": "128MB", "log_line_prefix": "%m [%p] %q%u "}
        words = [tool("postgres"), "-D", str(self.folder), "-p", str(self.port)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return words, self._env(), self.user

    def connection(self, role, database=DATABASE):
        return f"host={self.sockets} port={self.port} dbname={database} user={role} passfile={self.data.passfile(role)}"

    def psql(self, script, role=ADMIN, database="postgres", options=("-q",)):
        return subprocess.run([tool("psql"), "-X", "-v", "ON_ERROR_STOP=1", *options, self.connection(role, database)], input=script,
                              capture_output=True, text=True, env={**self._env(), "PGCONNECT_TIMEOUT": "5"})

    def answers(self):
        return self.psql("select 1;").returncode == 0

    def make_database(self):
        """Roles with passwords of their own, least rights each, and the database; safe to run again after a cut."""
        script = []
        for role in [OWNER, *ROLES]:
            password = secrets.token_hex(24)
            write_private(self.data.passfile(role), f"*:*:*:{role}:{password}\n")
            script.append(f"select 'create role {role} login' where not exists (select from pg_roles where rolname = '{role}') \\gexec")
            script.append(f"alter role {role} login password '{password}' nosuperuser nocreatedb nocreaterole;")
        script.append(f"select 'create database {DATABASE} owner {OWNER}' where not exists "
                      f"(select from pg_database where datname = '{DATABASE}') \\gexec")
        script.append(f"revoke all on database {DATABASE} from public;")
        for role, service in zip(ROLES, SERVICES):
            script.append(f"grant connect on database {DATABASE} to {role};")
            script.append(f"alter role {role} in database {DATABASE} set search_path = {service};")
        done = self.psql("\n".join(script))
        if done.returncode:
            raise Fault("could not set the database up: " + done.stderr.strip()[-400:])
        (self.data.secrets / "database.made").touch()

    def database_made(self):
        return (self.data.secrets / "database.made").exists()
