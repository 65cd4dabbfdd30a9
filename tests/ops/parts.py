"""What the tests of deploy/ share: a root of Debian by debootstrap, mounts and a network of their own, ports, and how to say that a machine can't."""
import fcntl
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "ops"  # what one run leaves for the next: the base image's tar, podman's layers
sys.path.insert(0, str(ROOT / "tools" / "cli"))


def skip(reason):
    """ctest's SKIP_RETURN_CODE."""
    print(f"skipped: {reason}", flush=True)
    sys.exit(77)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed (tools/setup ops)")
    if os.geteuid():
        skip("a root of Debian and its mounts are made by root only")


def run(*words, check=True, quiet=True, **more):
    done = subprocess.run([str(word) for word in words], text=True, stdout=subprocess.PIPE if quiet else None,
                          stderr=subprocess.STDOUT if quiet else None, **more)
    if check and done.returncode:
        sys.exit(f"{' '.join(str(word) for word in words)[:300]}\nended with {done.returncode}: {(done.stdout or '').strip()[-2500:]}")
    return done


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, done, seconds, detail=lambda: ""):
    end = time.monotonic() + seconds
    while True:
        if (got := done()):
            return got
        if time.monotonic() > end:
            sys.exit(f"not within {seconds} s: {what} {detail()}")
        time.sleep(0.1)


def mirror():
    """The Debian mirror that this machine uses; without one there is nothing to make a base from."""
    for path in (*pathlib.Path("/etc/apt/sources.list.d").glob("*"), pathlib.Path("/etc/apt/sources.list")):
        if path.is_file() and (found := re.search(r"^(?:URIs:|deb(?: \[[^]]*\])?)\s+(\S+://\S+/debian)/?\s", path.read_text(errors="replace"), re.M)):
            return found[1]
    skip("apt's sources name no mirror of Debian")


def debian():
    """A minimal Debian 12 as a tar, made once by debootstrap. Like the images of Debian it waits for no disk while it installs."""
    WORK.mkdir(parents=True, exist_ok=True)
    tar = WORK / "debian.tar"
    with open(WORK / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if tar.exists():
            return tar
        root = WORK / "debian"
        shutil.rmtree(root, ignore_errors=True)
        done = run("debootstrap", "--variant=minbase", "bookworm", root, mirror(), check=False)
        if done.returncode:
            skip(f"debootstrap made no base from {mirror()}: {done.stdout.strip().splitlines()[-1:]}")
        (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\npath-exclude /usr/share/doc/*\npath-exclude /usr/share/locale/*\n")
        run("tar", "-C", root, "--exclude=./var/cache/apt/archives/*.deb", "--exclude=./dev/*", "-cf", tar.with_suffix(".new"), ".")
        shutil.rmtree(root)
        tar.with_suffix(".new").rename(tar)
    return tar


def identity_provider(folder):
    """A council's: a key of its own. The development key is refused outside dev mode, by its name."""
    import tokens
    from places import DataDir
    data = DataDir(folder)
    data.make()
    tokens.make_key(data)
    data.jwks.write_text(data.jwks.read_text().replace('"evenhand-dev-', '"council-'))
    return data


def in_a_room_of_our_own(*unshared):
    """Runs this program again with mounts (and, asked for, a network) of its own: what it mounts is gone when it ends."""
    if os.environ.get("EVENHAND_ROOM") == "yes":
        return
    if run("unshare", *unshared, "true", check=False).returncode:
        skip(f"unshare {' '.join(unshared)} is forbidden on this machine")
    os.execvpe("unshare", ["unshare", *unshared, sys.executable, *sys.argv], {**os.environ, "EVENHAND_ROOM": "yes"})
