"""Runs every shell block of docs/integrate.md, in order and in one shell, against a stack of its own. The page is true or this fails.

usage: run_integrate.py [FILE]
"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

CLONE = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    page = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else CLONE / "docs/integrate.md")
    blocks = [(page.read_text()[:found.start()].count("\n") + 2, found[1]) for found in re.finditer(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S)]
    script = ["set -euo pipefail", 'trap \'status=$?; [ $status -eq 0 ] || echo "integrate.md: the block at line $block failed" >&2; kill $(jobs -p) 2>/dev/null || true; exit $status\' EXIT']
    for line, block in blocks:
        script += [f"block={line}", block]
    text = "\n".join(script).replace("8080", str(free_port())).replace("8091", str(free_port()))
    with tempfile.TemporaryDirectory(prefix="evenhand-integrate.") as data:
        environment = {**os.environ, "EVENHAND_DATA_DIR": data, "EVENHAND_SKIP_SETUP": "1"}
        done = subprocess.run(["bash", "-c", text], cwd=CLONE, env=environment, timeout=240)
        if done.returncode:
            subprocess.run([CLONE / "tools/evenhand", "down"], env=environment, capture_output=True)
    print(f"{page.name}: {len(blocks)} blocks, {'ok' if done.returncode == 0 else 'FAILED'}")
    return done.returncode


sys.exit(main())
