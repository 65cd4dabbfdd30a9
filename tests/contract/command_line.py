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
        for option in options_of(evenhand(*words, "--help").stdout):
            expect(option in complete(f"tools/evenhand {' '.join(words)} --"), f"completion offers {option} of {command}")
            expect(option in manual, f"the man page names {option} of {command}")
    expect(set(re.findall(r"parts, comma between: ([a-z, \n]+)", evenhand("bench", "--help").stdout)[0].replace(",", " ").split())
           == complete("tools/evenhand bench --only "), "the benchmark's parts are completed")
    for code in re.findall(r"(\d+) [a-z ]+[,.]", evenhand("--help").stdout.split("Exit codes:")[1]):
        expect(re.search(rf"^\.B {code}$", manual, re.M), f"the man page names exit code {code}")
    expect(complete("tools/evenhand up --det") == {"--detach"}, "a started option is completed")
    expect("restriction" in complete("tools/evenhand logs re"), "a service's name is completed")
    if subprocess.run(["which", "man"], capture_output=True).returncode == 0:
        page = subprocess.run(["man", "--warnings", "-l", CLONE / "tools/evenhand.1"], capture_output=True, text=True, env={**os.environ, "MANPAGER": "cat"})
        expect(page.returncode == 0 and not page.stderr.strip(), f"man reads the page without a warning: {page.stderr[:300]}")


def check_exit_codes(data_dir):
    nowhere = tempfile.mkdtemp(prefix="evenhand-none.")
    sample = str(CLONE / "tools/samples/old-register.csv")
    quote = pathlib.Path(nowhere, "quote.csv")
    quote.write_text('Name,Reason\n"Al Sample,Violence\nBo Sample,Abuse\n')
    workbook = pathlib.Path(nowhere, "register.xlsx")
    workbook.write_bytes(b"PK\x03\x04" + bytes(99))
    for wanted, words in ((0, ["--help"]), (0, ["help", "token"]), (0, ["status", "--data-dir", data_dir]), (0, ["config", "check", "--data-dir", data_dir]),
                          (0, ["help", "bench"]), (0, ["bench", "--help"]), (2, ["bench", "--nonsense"]), (2, ["--output", "json"]),
                          (2, ["config", "--process", "nonsense", "--data-dir", data_dir]), (2, ["logs", "nonsense", "--data-dir", data_dir]),
                          (2, ["logs", "-f", "--output", "json", "--data-dir", data_dir]), (1, ["backup", "/nowhere/file", "--data-dir", data_dir]),
                          (1, ["sql", "select nonsense", "--data-dir", data_dir]), (2, ["restore", "/nowhere.backup", "--data-dir", nowhere]),
                          (1, ["backup", "/tmp/none", "--data-dir", nowhere]), (1, ["outbox", "--data-dir", nowhere]),
                          (1, ["import", sample, "--data-dir", nowhere]), (0, ["down", "--data-dir", nowhere]),
                          (2, ["register", "import", sample, "--report", sample, "--data-dir", data_dir]),
                          (2, ["register", "import", sample, "--report", "/nowhere/report.csv", "--data-dir", data_dir]),
                          (2, ["register", "import", str(quote), "--data-dir", data_dir]), (2, ["register", "import", str(workbook), "--data-dir", data_dir]),
                          (2, ["register", "import", sample, "--url", "evenhand.example", "--data-dir", data_dir]),
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
    expect(not pathlib.Path(sample).with_suffix(".report.csv").exists(), "a takeover that is refused leaves no report beside the register")


def check_json(data_dir):
    """Each command that prints data prints one JSON document where it is asked to."""
    for words in (["status"], ["logs"], ["logs", "gateway", "-n", "3"], ["outbox"], ["outbox", "--resend"], ["config"], ["config", "check"], ["audit", "verify"],
                  ["sql", "select 1 as one, null as two"], ["token", "--sub", "E1", "--roles", "crm"], ["up", "--detach"],
                  ["down", "--data-dir", tempfile.mkdtemp(prefix="evenhand-none.")]):
        done = evenhand(*(words if "--data-dir" in words else [*words, "--data-dir", data_dir]), "--output", "json")
        try:
            expect(isinstance(json.loads(done.stdout), dict), f"{' '.join(words)} prints a JSON object")
        except ValueError:
            expect(False, f"{' '.join(words)} --output json prints JSON: {done.stdout[:100]!r} {done.stderr[-200:]}")
    status = json.loads(evenhand("status", "--output", "json", "--data-dir", data_dir).stdout)
    expect({row["name"] for row in status["processes"]} >= {"gateway", "postgres", "incident-service"}, "status prints JSON")
    token = evenhand("token", "--sub", "E1", "--roles", "crm", "--output", "json", "--data-dir", data_dir)
    expect(json.loads(token.stdout)["token"].count(".") == 2, "token prints JSON")



def check_config(data_dir):
    """What is wrong is named: a value that can't be, one that is missing, a file that is not there, a name that is no setting."""
    base = {**os.environ, "EVENHAND_SKIP_SETUP": "1"}
    for changed, sentences in (({"EVENHAND_POOL_SIZE": "many"}, ["pool-size is no positive number"]),
                               ({"EVENHAND_ISSUER": ""}, ["issuer is required"]),
                               ({"EVENHAND_JWKS": "file:/nowhere/jwks.json"}, ["jwks can't be read: /nowhere/jwks.json"]),
                               ({"EVENHAND_TLS_CA": "/nowhere/ca.crt"}, ["tls-ca can't be read"]),
                               ({"EVENHAND_LETTERS_PYTHON": "/nowhere/python3"}, ["letters-python can't be read"]),
                               ({"EVENHAND_SMTP_ULR": "smtp://mail.example"}, ["EVENHAND_SMTP_ULR is no setting; did you mean EVENHAND_SMTP_URL?"])):
        done = subprocess.run([CLONE / "tools/evenhand", "config", "check", "--data-dir", data_dir], capture_output=True, text=True, env={**base, **changed})
        expect(done.returncode == 1, f"config check fails for {changed}")
        for sentence in sentences:
            expect(sentence in done.stdout, f"config check says '{sentence}': {done.stdout}")
    shown = json.loads(evenhand("config", "--output", "json", "--data-dir", data_dir).stdout)["gateway"]["settings"]
    row = next(row for row in shown if row["setting"] == "request-timeout")
    expect(row["value"] == "30s" and row["default"] == "30s" and row["unit"] == "duration" and row["why"], f"config names value, default, unit and why: {row}")
    printed = evenhand("config", "--process", "gateway", "--data-dir", data_dir).stdout
    expect(row["why"] in printed, "the printed table says why as well")


check_words()
check_exit_codes(sys.argv[1])
check_json(sys.argv[1])
check_config(sys.argv[1])
print("\n".join(faults) or "command line: ok")
sys.exit(1 if faults else 0)
