"""The stack's own PostgreSQL cluster: loopback and a UNIX socket only, never the machine's."""
import glob
import os
import pathlib
import pwd
import secrets
import subprocess
import tempfile

from places import SERVICES, Fault, replace_with, set_aside

DATABASE = "evenhand"
OWNER = "evenhand_owner"
ADMIN = "evenhand_admin"
ROLES = [f"evenhand_{service}" for service in SERVICES]
OUTSIDE = "/var/tmp"
# What a server says that is not up yet; anything else stays so.
PASSES = ("No such file or directory", "Connection refused", "the database system is", "server closed the connection", "timeout expired")


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
        self.sockets, self.trouble = self._sockets(), ""

    def _folder(self):
        pointer, inside = self.data.path / "postgres.location", self.data.path / "postgres"
        if pointer.exists():
            named = pathlib.Path(pointer.read_bytes().decode(errors="replace").strip().replace("\0", ""))
            if named.is_dir():
                return named
        for owner in pathlib.Path(OUTSIDE).glob("evenhand-postgres-*/data-dir"):  # the pointer was lost; the cluster knows whose it is
            if owner.read_text(errors="replace") == str(self.data.path) and (owner.parent / "data").is_dir():
                pointer.write_text(str(owner.parent / "data"))
                return owner.parent / "data"
        if pointer.exists():
            raise Fault(f"{pointer} names no folder: the cluster of this data dir is not where it was. Put the address of its data folder there")
        if inside.exists() or not self.user or self.data.was_used() or self._reachable():
            return inside
        # The way to the data dir is closed to the postgres user (a clone under /root): the cluster moves out and leaves its address.
        outside = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-postgres-", dir=OUTSIDE))
        (outside / "data-dir").write_text(str(self.data.path))
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

    def prepare(self, anew=False):
        """The cluster's files, made once; whatever is there stays as it is, and PostgreSQL says what is wrong with it. True when made now."""
        self.sockets.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.sockets, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        self.sockets.chmod(0o755)
        self._write_access()
        if self.folder.exists() and any(self.folder.iterdir()):
            return False
        if self.data.was_used() and not anew:
            raise Fault(f"{self.folder} is not there, though {self.data} was in use: nothing is made in its place. Put it back from where it went, "
                        "or a backup into a folder of its own (tools/evenhand restore), or start in another --data-dir")
        self._initdb()
        return True

    def _write_access(self):
        """Who comes in, made anew at each start, so that no lost or damaged file shuts us out: whoever runs this tool is the administrator by
        what the kernel says of them, the roles come by password."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        files = {"postgresql.conf": f"include_if_exists = '{str(self.folder / 'postgresql.conf').replace(chr(39), chr(39) * 2)}'\n",
                 "pg_ident.conf": f'evenhand "{me}" {ADMIN}\n',
                 "pg_hba.conf": f"local all {ADMIN} peer map=evenhand\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"}
        for name, text in files.items():
            replace_with(self.sockets / name, text, 0o644)

    def _initdb(self):
        """Aside, and named when it is whole: a folder by that name was never one that is half made."""
        new = self.folder.with_name(self.folder.name + ".new")
        if new.exists():
            set_aside(new, "unfinished")
        new.mkdir(parents=True)
        if self.user:
            os.chown(new, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        made = subprocess.run([tool("initdb"), "-D", str(new), "-U", ADMIN, "--auth-local=peer", "--auth-host=reject", "--data-checksums", "--encoding=UTF8",
                               "--locale=C.UTF-8"], cwd="/", capture_output=True, text=True, env=self._env(), **as_user(self.user))
        if made.returncode:
            raise Fault("initdb failed: " + (made.stderr or made.stdout).strip()[-400:])
        new.rename(self.folder)  # in the place of an empty folder, too

    def _env(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/"}

    def command(self):
        """What the supervisor runs. Error texts stay terse and without statements: they may hold personal data."""
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.sockets), "fsync": "on", "max_connections": "150",
                    "timezone": "UTC", "log_timezone": "UTC", "log_error_verbosity": "terse", "log_min_error_statement": "panic",
                    "password_encryption": "scram-sha-256", "shared_buffers": "128MB", "log_line_prefix": "%m [%p] %q%u "}
        settings |= {f"{name}_file": str(self.sockets / file) for name, file in
                     (("config", "postgresql.conf"), ("hba", "pg_hba.conf"), ("ident", "pg_ident.conf"))}
        words = [tool("postgres"), "-D", str(self.folder), "-p", str(self.port)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return words, self._env(), self.user

    def connection(self, role, database=DATABASE):
        secret = "" if role == ADMIN else f" passfile={self.data.passfile(role)}"
        return f"host={self.sockets} port={self.port} dbname={database} user={role}{secret}"

    def psql(self, script, role=ADMIN, database="postgres", options=("-q",)):
        return subprocess.run([tool("psql"), "-X", "-w", "-v", "ON_ERROR_STOP=1", *options, self.connection(role, database)], input=script,
                              capture_output=True, text=True, env={**self._env(), "PGCONNECT_TIMEOUT": "5"})

    def answers(self):
        """Whether it does; `trouble` says why not, where waiting will not mend it."""
        done = self.psql("select 1;")
        passes = any(sign in done.stderr for sign in PASSES)
        self.trouble = "" if done.returncode == 0 or passes else done.stderr.strip()
        return done.returncode == 0

    def make_database(self):
        """Roles, each with a new password and least rights, and the database; at every start, so that a lost password file heals."""
        there = self.psql(f"select 1 from pg_database where datname = '{DATABASE}'", options=("-q", "-A", "-t"))
        if there.returncode:
            raise Fault("PostgreSQL can't say which databases it has: " + there.stderr.strip()[-400:])
        if not there.stdout.strip() and self.made.exists():
            raise Fault(f"the database {DATABASE} is not in {self.folder}, though it was made: nothing is made in its place. Put the cluster back, or a "
                        "backup into a folder of its own (tools/evenhand restore)")
        script = []
        for role in [OWNER, *ROLES]:
            password = secrets.token_hex(24)
            replace_with(self.data.passfile(role), f"*:*:*:{role}:{password}\n", 0o600)
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
        self.made.touch()

    @property
    def made(self): return self.data.database_made
