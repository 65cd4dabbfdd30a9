"""Holds the completion and the man page to what `tools/evenhand --help` says, and the exit codes to the man page.

usage: command_line.py READY_DATA_DIR
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

CLONE = pathlib.Path(__file__).resolve().parents[2]
faults = []


def expect(holds, sentence):
    if not holds:
        faults.append(sentence)


def evenhand(*words):
    return subprocess.run([CLONE / "tools/evenhand", *words], capture_output=True, text=True, env={**os.environ, "EVENHAND_SKIP_SETUP": "1"})


def complete(line):
    """What bash would offer at the end of the line."""
    script = f"""source tools/completion.bash; COMP_WORDS=({line.rstrip()}); {'COMP_WORDS+=("")' if line.endswith(' ') else ':'}
                 COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _evenhand; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return set(subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=CLONE, check=True).stdout.split())


def options_of(help_text):
    return set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", help_text.split("\n\n", 1)[-1])) | {"--help"}


def check_words():
    manual = (CLONE / "tools/evenhand.1").read_text().replace("\\-", "-")
    commands = re.findall(r"^    ([a-z]+)  ", evenhand("--help").stdout, re.M)
    expect(len(commands) >= 12, f"--help lists the commands: {commands}")
    offered = complete("tools/evenhand ")
    for command in commands:
        expect(command in offered, f"completion offers {command}")
        expect(re.search(rf"^\.(BR|B) \"?{command}\b", manual, re.M), f"the man page describes {command}")
        words = [command, "import"] if command == "register" else [command]
        if command in ("sql", "bench"):  # a statement, and the benchmark's own words
            continue
        for option in options_of(evenhand(*words, "--help").stdout):
            expect(option in complete(f"tools/evenhand {' '.join(words)} --"), f"completion offers {option} of {command}")
            expect(option in manual, f"the man page names {option} of {command}")
    expect(complete("tools/evenhand up --det") == {"--detach"}, "a started option is completed")
    expect("restriction" in complete("tools/evenhand logs re"), "a service's name is completed")
    if subprocess.run(["which", "man"], capture_output=True).returncode == 0:
        page = subprocess.run(["man", "--warnings", "-l", CLONE / "tools/evenhand.1"], capture_output=True, text=True, env={**os.environ, "MANPAGER": "cat"})
        expect(page.returncode == 0 and not page.stderr.strip(), f"man reads the page without a warning: {page.stderr[:300]}")


def check_exit_codes(data_dir):
    nowhere = tempfile.mkdtemp(prefix="evenhand-none.")
    sample = str(CLONE / "tools/samples/old-register.csv")
    for wanted, words in ((0, ["--help"]), (0, ["help", "token"]), (0, ["status", "--data-dir", data_dir]), (0, ["config", "check", "--data-dir", data_dir]),
                          (2, ["nonsense"]), (2, ["up", "--port", "many"]), (2, ["token", "--roles", "crm"]), (2, ["register"]),
                          (2, ["import", "/nowhere.csv", "--data-dir", data_dir]), (2, ["register", "import", "/nowhere.csv"]),
                          (2, ["register", "import", str(CLONE / "README.md"), "--data-dir", data_dir]),
                          (2, ["register", "import", sample, "--accept", "UNDER_12", "--data-dir", data_dir]),
                          (1, ["register", "import", sample, "--data-dir", nowhere]), (1, ["token", "--sub", "E1", "--roles", "crm", "--data-dir", nowhere]),
                          (3, ["status", "--data-dir", nowhere])):
        done = evenhand(*words)
        expect(done.returncode == wanted, f"{' '.join(words)} exits with {wanted}, not {done.returncode}: {done.stderr[-200:]}")
        expect("Traceback" not in done.stderr, f"{' '.join(words)} shows no traceback")
        expect(wanted in (0, 3) or done.stderr.strip(), f"{' '.join(words)} says on stderr what is wrong")
    status = json.loads(evenhand("status", "--output", "json", "--data-dir", data_dir).stdout)
    expect({row["name"] for row in status["processes"]} >= {"gateway", "postgres", "incident-service"}, "status prints JSON")
    token = evenhand("token", "--sub", "E1", "--roles", "crm", "--output", "json", "--data-dir", data_dir)
    expect(json.loads(token.stdout)["token"].count(".") == 2, "token prints JSON")


check_words()
check_exit_codes(sys.argv[1])
print("\n".join(faults) or "command line: ok")
sys.exit(1 if faults else 0)
