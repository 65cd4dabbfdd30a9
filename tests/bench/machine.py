"""Names the machine: a figure without it says nothing."""
import os
import pathlib
import platform
import subprocess


def _model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _memory_gib():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            return round(int(line.split()[1]) / 2**20, 1)
    return 0


def _version(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[0] if done.returncode == 0 else "absent"


def describe():
    return {"cpu": _model(), "cores": len(os.sched_getaffinity(0)), "memory_gib": _memory_gib(), "kernel": platform.release(),
            "load_before": round(os.getloadavg()[0], 2), "node": _version("node", "--version"), "nginx": _version("nginx", "-v")}


def sentence(it):
    return (f"{it['cpu']}, {it['cores']} cores, {it['memory_gib']} GiB, Linux {it['kernel']}, load {it['load_before']} before; "
            f"node {it['node']}, {it['nginx']}. Load generator, services, database and peers share these cores.")
