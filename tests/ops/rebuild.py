"""`tools/evenhand up` never starts programs older than their sources: its own build step, with cmake and ninja, on five small programs of the same names."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("incident-service", "restriction-service", "appeal-service", "notification-service", "gateway")
# What `up` does before it starts anything, and nothing of what comes after.
STEP = "import sys; sys.path.insert(0, 'tools/cli'); import build; build.missing()"


@unittest.skipUnless(shutil.which("cmake") and shutil.which("ninja"), "cmake and ninja are not installed: tools/setup")
class ProgramsFollowTheirSources(unittest.TestCase):
    def setUp(self):
        self.clone = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-rebuild-"))
        self.addCleanup(shutil.rmtree, self.clone)
        shutil.copytree(ROOT / "tools/cli", self.clone / "tools/cli", ignore=shutil.ignore_patterns("__pycache__"))
        (self.clone / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(small LANGUAGES C)\n"
                                                   "set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)\n" +
                                                   "".join(f"add_executable({name} {name}.c)\n" for name in PROGRAMS))
        for name in PROGRAMS:
            self.write(name, "one")

    def write(self, name, word):
        (self.clone / f"{name}.c").write_text(f'#include <stdio.h>\nint main(void) {{ puts("{word}"); return 0; }}\n')

    def step(self, **env):
        env = {**{key: value for key, value in os.environ.items() if key != "EVENHAND_SKIP_SETUP"}, **env}
        return subprocess.run(["/usr/bin/python3", "-c", STEP], cwd=self.clone, env=env, capture_output=True, text=True)

    def says(self, name):
        return subprocess.run([self.clone / "build/bin" / name], capture_output=True, text=True).stdout.strip()

    def test_a_changed_source_is_compiled_before_anything_starts(self):
        self.assertEqual(self.step().returncode, 0)
        self.assertEqual([self.says(name) for name in PROGRAMS], ["one"] * 5)
        untouched = (self.clone / "build/bin/gateway").stat().st_mtime_ns
        self.write("appeal-service", "two")
        self.assertEqual(self.step().returncode, 0)
        self.assertEqual(self.says("appeal-service"), "two")
        self.assertEqual((self.clone / "build/bin/gateway").stat().st_mtime_ns, untouched, "and nothing else")

    def test_what_does_not_compile_is_said_and_the_older_program_is_not_started(self):
        self.assertEqual(self.step().returncode, 0)
        (self.clone / "gateway.c").write_text("int main(void) { return here; }\n")
        done = self.step()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("gateway.c:1", done.stdout + done.stderr)

    def test_whoever_built_before_is_not_held_up(self):
        """Tests run in one tree while somebody writes in it: they say so by EVENHAND_SKIP_SETUP."""
        self.assertEqual(self.step().returncode, 0)
        self.write("gateway", "two")
        self.assertEqual(self.step(EVENHAND_SKIP_SETUP="1").returncode, 0)
        self.assertEqual(self.says("gateway"), "one")


if __name__ == "__main__":
    unittest.main(verbosity=1)
