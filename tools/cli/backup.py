"""`evenhand backup FILE` and `restore FILE`: the whole of a private stack, and back under a new epoch."""
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import time

import plan as plans
import postgres
import stack
import tokens
from inspect_stack import running_plan
from places import SERVICES, Fault
from show import say

FORMAT = 1
KEPT = ("state", "dev")  # evidence with the keys that open it, spools; logs and sockets are of the moment
SPOOL = "state/restriction/check-spool/"
PASSING = (".part", ".new", ".sock")  # uploads, files before they have their name
WHOLE_BYTES = 8 << 20


def backup(options):
    plan = running_plan(options.data)
    target = pathlib.Path(options.file).absolute()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".evenhand-backup-") as folder:
        folder = pathlib.Path(folder)
        # Records of checks on their way into the database: before it is read, or those that arrive meanwhile would be in neither.
        early = take_spool(options.data, folder / "spool")
        # The database first, the files after it: a record without its file would be a loss, a file without its record is none.
        run([postgres.tool("pg_dump"), "--format=custom", "--no-owner", "--file", str(folder / "database"),
             plan.cluster.connection(postgres.OWNER)])
        (folder / "about.json").write_text(json.dumps({"format": FORMAT, "services": SERVICES}))
        whole = folder / "whole"
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w:gz") as archive:
            for name in ("about.json", "database"):
                archive.add(folder / name, name)
            for name in KEPT:
                add_tree(archive, options.data.path, options.data.path / name)
            for path in early:
                archive.add(path, SPOOL + path.name)
        with open(whole, "rb") as file:
            os.fsync(file.fileno())
        whole.replace(target)
    if options.output == "json":
        print(json.dumps({"file": str(target), "bytes": target.stat().st_size}))
    say(f"Backed up to {target} ({target.stat().st_size // 1024} KiB). It holds personal data: keep it as such.", options)
    return 0


def take_spool(data, folder):
    folder.mkdir()
    taken = []
    for path in sorted((data.path / SPOOL).glob("*.spool")):
        try:
            taken.append(pathlib.Path(shutil.copy(path, folder / path.name)))
        except FileNotFoundError:
            pass  # it was copied to the database, which is read after this
    return taken


def add_tree(archive, root, path):
    """What a running stack has in its folders. Uploads under way and scratch are nobody's yet; what goes meanwhile has gone where it belongs."""
    if path.name.endswith(PASSING) or path.is_symlink():
        return
    try:
        if path.is_dir():
            archive.add(path, str(path.relative_to(root)), recursive=False)
            for child in sorted(path.iterdir()):
                add_tree(archive, root, child)
        elif path.is_file():
            with open(path, "rb") as file:
                entry = archive.gettarinfo(arcname=str(path.relative_to(root)), fileobj=file)
                file_as_it_is = file.read() if entry.size <= WHOLE_BYTES else None  # a small one may be growing, or be replaced
                if file_as_it_is is not None:
                    entry.size = len(file_as_it_is)
                archive.addfile(entry, file if file_as_it_is is None else io.BytesIO(file_as_it_is))
    except FileNotFoundError:
        pass


def restore(options):
    data = options.data
    if stack.running(data):
        raise Fault(f"a stack is running in {data}: tools/evenhand down first")
    if data.path.exists() and any(data.path.iterdir()):
        raise Fault(f"{data} is not empty: restore into a folder of its own", 2)
    with tempfile.TemporaryDirectory(prefix="evenhand-restore-") as folder:
        folder = pathlib.Path(folder)
        try:
            with tarfile.open(options.file) as archive:
                # Debian 12's tarfile has no filters yet: plain files and folders inside, nothing else.
                members = archive.getmembers()
                for member in members:
                    if not (member.isreg() or member.isdir()) or member.name.startswith("/") or ".." in pathlib.PurePath(member.name).parts:
                        raise ValueError(f"{member.name} does not belong into one")
                archive.extractall(folder, members)
            about = json.loads((folder / "about.json").read_text())
        except (OSError, tarfile.TarError, ValueError) as error:
            raise Fault(f"{options.file} is no backup of Evenhand: {error}", 2) from None
        if about.get("format") != FORMAT:
            raise Fault(f"this backup has format {about.get('format')}, this program reads {FORMAT}", 2)
        data.make()
        for name in KEPT:
            shutil.copytree(folder / name, data.path / name, dirs_exist_ok=True)
        data.key.chmod(0o600)
        bring_back(data, folder / "database")
    if options.output == "json":
        print(json.dumps({"dataDir": str(data)}))
    say(f"Restored into {data}: tools/evenhand up --data-dir {data}", options)
    return 0


def bring_back(data, dump):
    plan = plans.Plan(data, 0)
    tokens.make_key(data)
    plan.cluster.prepare(anew=True)
    process = plan.postgres()
    process.start()
    try:
        until = time.monotonic() + 60
        while not plan.cluster.answers():
            if time.monotonic() > until or process.child.poll() is not None:
                raise Fault("PostgreSQL did not start: " + str(data.log("postgres")))
            time.sleep(0.05)
        plan.cluster.make_database()
        run([postgres.tool("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", plan.cluster.connection(postgres.OWNER), str(dump)])
        # A new epoch: a consistency token from before the restore can't pass for a fresh one.
        done = plan.cluster.psql("update restriction.revision set epoch = gen_random_uuid();", role=postgres.OWNER, database=postgres.DATABASE)
        if done.returncode:
            raise Fault("the epoch could not be renewed: " + done.stderr.strip())
    finally:
        process.stop(30)


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise Fault(f"{pathlib.Path(words[0]).name}: " + done.stderr.strip()[-400:])
