#!/usr/bin/env python3
"""`evenhand up` destroys nothing: each file of a data dir truncated, flipped, removed or made unreadable; the start heals, or says why within seconds.

One cluster is prepared and copied for each case. Most cases start its database alone, as `up` does; the last ones start everything.
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
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLI = ROOT / "tools" / "cli"
sys.path.insert(0, str(CLI))
import places  # noqa: E402

SECONDS = 20  # on a machine that does other things beside it; a refusal alone takes two or three
SMALL = 64 * 1024
# The part of a start that meets these files; in a process of its own, as `up` is.
START = f"""
import sys
sys.path.insert(0, {str(CLI)!r})
import postgres, tokens
from places import SERVICES, DataDir, Fault
from supervisor import Supervisor

class DatabaseAlone(Supervisor):
    def _start(self):
        plan = self._start_database()
        for role in [postgres.OWNER, *postgres.ROLES]:
            done = plan.cluster.psql("select 1", role=role, database=postgres.DATABASE)
            if done.returncode: raise Fault(role + ": " + done.stderr)
        kept = plan.cluster.psql("select string_agg(what, ',') from kept", role=postgres.OWNER, database=postgres.DATABASE, options=("-q", "-A", "-t"))
        if kept.returncode: raise Fault(kept.stderr)
        tokens.mint(self.data, "E1", ["employee"], [])
        print("kept:" + kept.stdout.strip())
    def _await_ready(self, until):
        self.stopping = True

try:
    DatabaseAlone(DataDir(sys.argv[1]), 21999).run(lambda: None)
except (Fault, OSError) as fault:
    sys.exit("said: " + str(fault))
"""
# What a start writes anew, or PostgreSQL keeps for a while only.
PASSING = re.compile(r"^(run|logs)/|^secrets/.*\.pgpass|^dev/jwks.json|/(pg_stat|pg_stat_tmp|pg_wal|pg_notify|pg_subtrans|pg_replslot|pg_dynshmem)/|pg_internal.init|"
                     r"postmaster\.(pid|opts)|pg_logical/")


def truncate(path): path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])
def empty(path): path.write_bytes(b"")
def remove(path): path.unlink()


def flip(path):
    content = bytearray(path.read_bytes() or b"?")
    content[len(content) // 2] ^= 0x15
    path.write_bytes(content)


def shut(path):
    path.chmod(0)


DAMAGES = (truncate, empty, flip, remove, shut)


def evenhand(*words):
    return subprocess.run([str(ROOT / "tools" / "evenhand"), *words], capture_output=True, text=True, env={**os.environ, "EVENHAND_SKIP_SETUP": "1"})


class Start(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not all(binary.exists() for binary in places.binaries()):
            raise unittest.SkipTest("not built")
        shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 30 else None
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-start-", dir=shared))
        cls.addClassCleanup(shutil.rmtree, cls.room, ignore_errors=True)
        cls.room.chmod(0o755)
        cls.whole = cls.room / "whole"
        cls.up(cls.whole)
        evenhand("sql", "create table public.kept (what text); insert into public.kept values ('all of it')", "--data-dir", str(cls.whole))
        evenhand("down", "--data-dir", str(cls.whole))

    @staticmethod
    def up(folder):
        done = evenhand("up", "--detach", "--output", "json", "--data-dir", str(folder))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def copy(self):
        folder = self.room / "case"
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        subprocess.run(["cp", "-a", str(self.whole), str(folder)], check=True)
        return folder

    def start(self, folder, what):
        """What the start printed: what is kept, or what it said."""
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-c", START, str(folder)], capture_output=True, text=True, timeout=120)
        took, text = time.monotonic() - begun, (done.stdout + done.stderr).strip()
        self.assertLess(took, SECONDS, f"{what}: {text}")
        self.assertTrue("kept:all of it" in text or "said: " in text, f"{what}: {text}")
        self.assertNotIn("Traceback", text, what)
        if "said: " in text:
            self.assertGreater(len(text.split("said: ", 1)[1].strip()), 20, f"{what}: it says why")
            self.assertNotIn("within 90 s", text, what)
        return text

    def files(self):
        for path in sorted(self.whole.rglob("*")):
            name = str(path.relative_to(self.whole))
            if not path.is_file() or name.startswith(("logs/", "postgres/base/", "state/")) or re.match(r"postgres/(global/\d|pg_wal/)", name):
                continue
            if path.stat().st_size <= SMALL:
                yield name
        # Of PostgreSQL's own, a sample: catalogs, a map, a version, the log.
        base = next((self.whole / "postgres/base").glob("[1-9]*"))
        for sample in ("global/1260", "global/1262", f"base/{base.name}/1259", f"base/{base.name}/pg_filenode.map", f"base/{base.name}/PG_VERSION"):
            yield f"postgres/{sample}"
        yield f"postgres/pg_wal/{sorted(path.name for path in (self.whole / 'postgres/pg_wal').glob('0*'))[0]}"

    def held(self, folder):
        """Files that must not go, by name; what was set aside counts under its old one."""
        return {re.sub(r"\.(unreadable|unfinished)-[\d-]+$", "", str(path.relative_to(folder))) for path in folder.rglob("*")
                if path.is_file() and not PASSING.search(str(path.relative_to(folder)))}

    def test_each_file_damaged_in_each_way_heals_or_says_why_and_nothing_goes(self):
        healed, said = [], []
        for name in self.files():
            for damage in DAMAGES:
                ours = not name.startswith("postgres/")
                if damage is shut and os.geteuid() == 0 and ours:
                    continue  # nothing is unreadable to root
                if damage is empty and not ours:
                    continue  # cut in the middle is the harder half of it
                with self.subTest(f"{damage.__name__} {name}"):
                    folder = self.copy()
                    damage(folder / name)
                    before = self.held(folder)
                    text = self.start(folder, f"{damage.__name__} {name}")
                    (healed if "kept:" in text else said).append(f"{damage.__name__} {name}")
                    self.assertEqual(before - self.held(folder), set(), "nothing goes")
        ours = [case for case in said if " postgres/" not in case]
        self.assertEqual(ours, [], "what is ours heals")
        for lost in ("truncate", "remove", "shut"):
            self.assertIn(f"{lost} postgres/pg_hba.conf", healed)
        self.assertIn("remove postgres/global/pg_control", said)

    def test_lost_folders_are_said_or_healed_and_nothing_is_made_in_their_place(self):
        for name, heals in (("secrets", True), ("dev", True), ("run", True), ("logs", True), ("postgres", False), ("postgres/global", False),
                            ("postgres/base", False), ("postgres/pg_wal", False)):
            with self.subTest(name):
                folder = self.copy()
                (folder / name).rename(self.room / "lost")
                text = self.start(folder, name)
                self.assertEqual("kept:" in text, heals, text)
                if not heals:  # put back, it is all there
                    if (folder / name).exists():
                        shutil.rmtree(folder / name)
                    (self.room / "lost").rename(folder / name)
                    self.assertIn("kept:all of it", self.start(folder, name + " put back"))
                else:
                    shutil.rmtree(self.room / "lost")

    def test_a_cluster_that_is_lost_with_its_mark_is_not_begun_anew_beside_what_the_services_left(self):
        folder = self.copy()
        (folder / "secrets/database.made").unlink()
        (folder / "postgres").rename(self.room / "lost-cluster")
        self.assertTrue(any(path.is_file() for path in (folder / "state").rglob("*")))
        self.assertIn("nothing is made in its place", self.start(folder, "the cluster and its mark"))
        self.assertFalse((folder / "postgres").exists())
        shutil.rmtree(self.room / "lost-cluster")

    def test_a_first_start_that_was_cut_short_is_begun_anew(self):
        folder = self.room / "cut"
        (folder / "postgres.new").mkdir(parents=True)
        (folder / "postgres.new/PG_VERSION").write_text("15\n")
        folder.chmod(0o755)
        done = subprocess.run([sys.executable, "-c", START, str(folder)], capture_output=True, text=True)
        self.assertIn("kept", done.stderr, "an empty database: there is no such table")
        self.assertTrue(list(folder.glob("postgres.new.unfinished-*/PG_VERSION")))

    def test_the_whole_stack_comes_up_on_what_was_mended_and_on_damaged_state(self):
        for damage in (truncate, flip, remove):
            with self.subTest(damage.__name__):
                folder = self.copy()
                state = [path for path in (folder / "state").rglob("*") if path.is_file()]
                spool = folder / "state/restriction/check-spool/left.spool"
                spool.write_bytes(bytes(range(256)) * 3)
                newest = folder / "state/restriction/newest-revision"
                newest.write_text("00000000-0000-0000-0000-000000000000.17\n")
                for path in [*state, spool, newest, folder / "dev/jwks.json"]:
                    if path.exists():
                        damage(path)
                shutil.rmtree(folder / "secrets")
                self.assertTrue(self.up(folder)["readyAt"])
                kept = evenhand("sql", "select what from public.kept", "--data-dir", str(folder))
                self.assertEqual(kept.stdout.strip(), "all of it")
                if damage is not remove:
                    self.assertTrue(any("left.spool" in path.name for path in spool.parent.iterdir()))
                evenhand("down", "--data-dir", str(folder))


if __name__ == "__main__":
    unittest.main()
