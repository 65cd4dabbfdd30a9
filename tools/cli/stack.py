"""up, down, status and logs: how a person meets a stack."""
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import build
import plan
import tokens
from places import CLONE, Fault
from supervisor import START_SECONDS, Supervisor
from show import say, table


def running(data):
    """Whether a supervisor holds this data dir; its lock can't be stale, a pid could."""
    try:
        with open(data.lock_file) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except OSError:
        return True


def read_state(data):
    try:
        state = json.loads(data.stack_file.read_bytes())
        whole = all({"name", "pid", "state", "port", "since", "restarts"} <= row.keys() for row in state["processes"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        whole = False
    if not whole:
        return {"processes": [], "dataDir": str(data)}
    if not running(data):  # the machine or the supervisor went away without a goodbye
        for row in state["processes"]:
            row.update(state="stopped", pid=None)
        state["readyAt"] = None
    return state


def choose_port(data, wanted):
    if wanted:
        if not plan.port_is_free(wanted):
            raise Fault(f"port {wanted} is taken; choose another with --port")
        return wanted
    before = read_state(data).get("port")
    for port in (before, plan.DEFAULT_PORT):
        if port and plan.port_is_free(port):
            return port
    return plan.free_ports(1)[0]


def up(options):
    data = options.data
    if running(data):
        state = wait_ready(data, None)
        if options.port and options.port != state.get("port"):
            raise Fault(f"a stack is running in {data} on port {state.get('port')} already")
        return announce(options)
    build.missing()
    data.make()
    port = choose_port(data, options.port)
    if options.detach:
        detach(data, port)
        return announce(options)
    Supervisor(data, port).run(lambda: announce(options))
    return 0


def detach(data, port):
    data.stack_file.unlink(missing_ok=True)
    with open(data.log("supervisor"), "ab") as log:
        child = subprocess.Popen([sys.executable, str(CLONE / "tools" / "cli"), "supervise", "--port", str(port), "--data-dir", str(data)],
                                 cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_ready(data, child)
    except KeyboardInterrupt:
        child.send_signal(signal.SIGTERM)
        child.wait()
        raise


def wait_ready(data, child):
    until = time.monotonic() + START_SECONDS + 30
    while time.monotonic() < until:
        state = read_state(data)
        if state.get("readyAt"):
            return state
        if child is not None and child.poll() is not None:
            lines = data.log("supervisor").read_text(errors="replace").splitlines()
            raise Fault("\n".join(lines[-12:]) or "the supervisor ended")
        if child is None and not running(data):
            raise Fault("the stack was being stopped; try again")
        time.sleep(0.02)
    raise Fault("the stack did not become ready in time")


def announce(options):
    state = read_state(options.data)
    token = tokens.mint(options.data, "u-senior_manager", ["senior_manager"], ["Housing"])
    if options.output == "json":
        print(json.dumps({**state, "token": token}), flush=True)
        return 0
    say(f"Evenhand is up: {state['address']}  (started in {state.get('startSeconds')} s, data in {options.data})")
    for note in state.get("notes", []):
        say("Note: " + note)
    say(f"API: {state['address']}/docs   Next: tools/evenhand demo · status · logs · down")
    say("A token of a senior manager of Housing, for 8 hours (others: tools/evenhand token --help):")
    print(token, flush=True)
    return 0


def stop(data):
    """Whether there was anything to stop."""
    if not running(data):
        return False
    os.kill(int(data.lock_file.read_text()), signal.SIGTERM)  # whoever holds the lock has written there who it is
    until = time.monotonic() + 120
    while running(data):
        if time.monotonic() > until:
            raise Fault(f"the stack in {data} did not stop; its log is {data.log('supervisor')}")
        time.sleep(0.02)
    return True


def down(options):
    stopped = stop(options.data)
    if options.output == "json":
        print(json.dumps({"stopped": stopped, "dataDir": str(options.data)}))
    say(f"Stopped; the data stays in {options.data}" if stopped else "Nothing is running.", options)
    return 0


def status(options):
    state = read_state(options.data)
    if options.output == "json":
        print(json.dumps(state, indent=1))
    elif not state["processes"]:
        say(f"No stack was started in {options.data} yet: tools/evenhand up")
    else:
        say(f"{state.get('address')}  ({'ready since ' + state['readyAt'] if state.get('readyAt') else 'not ready'})  {options.data}")
        table(["process", "pid", "state", "port", "since", "restarts"],
              [[row["name"], row["pid"] or "", row["state"], row["port"], row["since"], row["restarts"]] for row in state["processes"]])
    return 0 if running(options.data) else 3  # a process that is being started again is a fact, not a failure of the question


def logs(options):
    names = [options.service] if options.service else sorted(path.stem for path in options.data.logs.glob("*.log"))
    files = []
    for name in names:
        for candidate in (name, f"{name}-service"):
            if options.data.log(candidate).exists():
                files.append(str(options.data.log(candidate)))
                break
        else:
            raise Fault(f"no log of '{name}' in {options.data.logs}", 2)
    if options.output == "json":
        return logs_as_json(options, files)
    words = ["tail", "-n", str(options.lines), *(["-F"] if options.follow else []), *(["-q"] if options.service else []), *files]
    return subprocess.run(words).returncode if files else 0


def logs_as_json(options, files):
    """One document: the lines of each process, those of PostgreSQL and the supervisor as text."""
    if options.follow:
        raise Fault("--follow has no end, and one JSON document has: leave one of them out", 2)
    shown = {}
    for file in files:
        text = subprocess.run(["tail", "-n", str(options.lines), file], capture_output=True, text=True, errors="replace").stdout
        shown[pathlib.Path(file).stem] = [as_object(line) for line in text.splitlines()]
    print(json.dumps({"logs": shown}, indent=1))
    return 0


def as_object(line):
    try:
        parsed = json.loads(line)
    except ValueError:
        return {"text": line}
    return parsed if isinstance(parsed, dict) else {"text": line}
