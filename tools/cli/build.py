"""cmake and ninja: one build at a time in a clone, Release by default."""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time

from places import BUILD, CLONE, Fault, binaries

TARGETS = ["incident-service", "restriction-service", "appeal-service", "notification-service", "gateway"]


def jobs():
    """Two processes a core at most, and 1.5 GB of memory for each compiler: gRPC's headers are hungry."""
    with open("/proc/meminfo") as file:
        free = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
    return max(1, min(len(os.sched_getaffinity(0)), free // 1_500_000))


def run(words, quiet=False):
    # ccache finds what another clone compiled: paths relative to the clone, the working folder out of the hash.
    env = {"CCACHE_BASEDIR": str(CLONE), "CCACHE_NOHASHDIR": "1", **os.environ}
    # Its progress is for the eye: what a program reads on the standard output is the command's own.
    done = subprocess.run(words, cwd=CLONE, env=env, stdout=subprocess.PIPE if quiet else sys.stderr, stderr=subprocess.STDOUT if quiet else None, text=True)
    if done.returncode:
        raise Fault((done.stdout or "").strip()[-3000:] + f"\n{words[0]} failed")


def build(targets=(), quiet=False):
    """No target: everything, tests too."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / ".evenhand-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (BUILD / "build.ninja").exists():
            run(["cmake", "-G", "Ninja", "-S", ".", "-B", str(BUILD), "-DCMAKE_BUILD_TYPE=Release"], quiet=True)
        run(["ninja", "-C", str(BUILD), f"-j{jobs()}", *targets], quiet)


def missing():
    """What `up` needs and is not there yet, or is older than its sources. Tests run what was built before (EVENHAND_SKIP_SETUP)."""
    if not all(binary.exists() for binary in binaries()):
        print("Building Evenhand (the first time takes some minutes)…", file=sys.stderr, flush=True)
        build(TARGETS)
    elif not os.environ.get("EVENHAND_SKIP_SETUP") and shutil.which("ninja"):
        # Nothing to do takes ninja a fraction of a second; what takes longer is said.
        told = threading.Timer(1.5, lambda: print("The sources are newer than the programs: building what changed…", file=sys.stderr, flush=True))
        told.start()
        try:
            build(TARGETS, quiet=True)
        finally:
            told.cancel()


def command(options):
    begun = time.monotonic()
    build(TARGETS if options.services else (), quiet=options.output == "json")
    if options.output == "json":
        print(json.dumps({"programs": [str(binary) for binary in binaries()], "seconds": round(time.monotonic() - begun, 1)}))
    return 0
