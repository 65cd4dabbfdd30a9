"""A rolling upgrade with real programs: those of an earlier commit on today's schema, then one process after another replaced by today's."""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "cli"))
import rest  # noqa: E402
import story  # noqa: E402
import tokens  # noqa: E402
from places import BUILD, SERVICES  # noqa: E402

PROGRAMS = [*(f"{service}-service" for service in SERVICES), "gateway"]


def programs_of(commit):
    """Its five programs: kept by an earlier `tools/test`, or, where CI or EVENHAND_BUILD_PREVIOUS asks for it, compiled (ccache knows most of them)."""
    sha = subprocess.run(["git", "rev-parse", commit], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    kept = BUILD / "previous" / sha
    if all((kept / program).exists() for program in PROGRAMS):
        keep_letters(sha, kept)
        return kept, "kept by an earlier run"
    if not (os.environ.get("EVENHAND_BUILD_PREVIOUS") or os.environ.get("CI")):
        return None, f"the programs of {sha[:9]} are not here (EVENHAND_BUILD_PREVIOUS=1 compiles them)"
    begun = time.monotonic()
    tree = tempfile.mkdtemp(prefix="evenhand-previous-")
    try:
        archive = subprocess.run(["git", "archive", sha], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", tree], input=archive, check=True)
        env = {**os.environ, "CCACHE_BASEDIR": tree, "CCACHE_NOHASHDIR": "1"}
        for words in (["cmake", "-G", "Ninja", "-B", "build", "-DCMAKE_BUILD_TYPE=Release"], ["ninja", "-C", "build", *PROGRAMS]):
            done = subprocess.run(words, cwd=tree, env=env, capture_output=True, text=True)
            if done.returncode:
                return None, f"{sha[:9]} does not build: {(done.stderr or done.stdout).strip()[-300:]}"
        kept.mkdir(parents=True, exist_ok=True)
        for program in PROGRAMS:
            shutil.copy2(pathlib.Path(tree) / "build/bin" / program, kept / program)
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    keep_letters(sha, kept)
    return kept, f"compiled in {time.monotonic() - begun:.0f} s"


def keep_letters(sha, kept):
    """The templates that its notification-service came with: another release's may be others."""
    archive = subprocess.run(["git", "archive", f"{sha}:services/notification/letters"], cwd=ROOT, capture_output=True, check=True).stdout
    shutil.rmtree(kept / "letters", ignore_errors=True)
    (kept / "letters").mkdir()
    subprocess.run(["tar", "-x", "-C", str(kept / "letters")], input=archive, check=True)


class Story:
    """What `evenhand demo` tells, kept to itself; its first fault ends the test."""

    def __init__(self, data, port):
        self.data, self.port, self.at = data, port, ""

    def step(self, name): self.at = name
    def tell(self, *_): pass

    def expect(self, holds, complaint, reply=None):
        if not holds:
            raise AssertionError(f"{self.at}: {complaint}" + (f": {reply.why()}" if reply is not None else ""))

    def client(self, roles, areas="Housing", sub=None):
        return rest.Client(self.port, tokens.mint(self.data, sub or f"u-{roles}", [roles], [areas] if areas else []))

    def main_job(self):
        person, number = story.register(self)
        incident = story.record_and_link(self, person)
        restriction = story.propose_and_impose(self, person, incident)
        story.check(self, number, restriction)
        story.appeal_and_notify(self, restriction)
        return number

    def still_answers(self, numbers):
        for number in numbers:
            reply = self.client("crm", "").post("/v1/contacts:check", {"channel": "PHONE", "phone": f"+447700900{number}", "serviceArea": "Housing"})
            self.expect(reply.json.get("outcome") == "GUIDANCE", f"07700 900{number} has its guidance", reply)


def ready(port, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            reply = connection.getresponse()
            if reply.status == 200 and set(json.load(reply)["services"].values()) == {"SERVING"}:
                return True
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    return False


def roll(plan, old):
    """The whole main job by the earlier programs on today's schema, and again after each process that is replaced. How many jobs were done."""
    processes = {process.name: process for process in [*plan.services(), plan.gateway()]}
    teller, numbers = Story(plan.data, plan.port), []
    today = {name: process.words for name, process in processes.items()}

    def job(when):
        if not ready(plan.port):
            raise AssertionError(f"not ready {when}")
        try:
            numbers.append(teller.main_job())
            teller.still_answers(numbers)
        except AssertionError as fault:
            raise AssertionError(f"{when}: {fault}") from None
    try:
        for name, process in processes.items():
            process.words = [str(old / name)]
            process.env["EVENHAND_LETTERS_FOLDER"] = str(old / "letters")
            process.start()
        job("all of the earlier release on today's schema")
        for name in PROGRAMS:
            processes[name].stop(25)
            processes[name].words = today[name]
            del processes[name].env["EVENHAND_LETTERS_FOLDER"]
            processes[name].start()
            job(f"after {name} was replaced")
        processes["gateway"].stop(25)
        processes["gateway"].words = [str(old / "gateway")]
        processes["gateway"].start()
        job("an earlier gateway before today's services, as when one is rolled back")
        return len(numbers)
    finally:
        for process in reversed(processes.values()):
            process.stop(25)
