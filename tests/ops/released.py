"""What is released is compared with the last release, by a made-up tag; before the first one that is said."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTHING = "no release yet: nothing to compare with"
COMPARED = ["tools/last_release", "tools/lint_contract", "tests/ops/upgrade_test.py"]


class ComparedWithTheLastRelease(unittest.TestCase):
    def setUp(self):
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-release-"))
        self.addCleanup(shutil.rmtree, self.tree, ignore_errors=True)
        self.run_here("git", "clone", "-q", "--shared", "--no-tags", ROOT, ".")
        for path in COMPARED:
            shutil.copy2(ROOT / path, self.tree / path)
        (self.tree / "node_modules").symlink_to(ROOT / "node_modules")

    def run_here(self, *words):
        return subprocess.run([str(word) for word in words], cwd=self.tree, capture_output=True, text=True)

    def release(self):
        made = self.run_here("git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "tag", "-a", "-m", "made up", "v0.0.1")
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_contract(self):
        if not (ROOT / "node_modules/.bin/buf").exists():
            raise unittest.SkipTest("buf is not installed: tools/setup test")
        done = self.run_here("tools/lint_contract")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(NOTHING, done.stdout)
        self.release()
        done = self.run_here("tools/lint_contract")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn(NOTHING, done.stdout)
        gone = self.tree / "proto/evenhand/appeal/v1/calendar_service.proto"
        gone.unlink()
        done = self.run_here("tools/lint_contract")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("calendar_service.proto", done.stdout)
        self.assertIn("the contract breaks that of v0.0.1", done.stderr)

    def test_migrations(self):
        done = self.run_here("tests/ops/upgrade_test.py")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, NOTHING), done.stderr)
        self.release()
        changed = self.tree / "services/appeal/migrations/0001_appeals.sql"
        changed.write_text(changed.read_text() + "create table of_tomorrow (id int);\n")
        done = self.run_here("tests/ops/upgrade_test.py")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("0001_appeals of appeal differs from v0.0.1: what was released is never changed", done.stderr)

    def test_part_of_a_history_says_nothing(self):
        part = self.tree / "part"
        self.run_here("git", "clone", "-q", "--depth=1", "--no-tags", f"file://{ROOT}", part)
        shutil.copy2(ROOT / "tools/last_release", part / "tools/last_release")
        done = self.run_here(part / "tools/last_release")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
