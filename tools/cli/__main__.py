"""tools/evenhand: reads the command line and calls the command's module."""
import argparse
import json
import os
import sys

import stack
import tokens
from places import DataDir, Fault, version


def supervise(options):
    from supervisor import Supervisor
    Supervisor(options.data, options.port).run(lambda: None)
    return 0


def up(options): return stack.up(options)
def build(options): import build as module; return module.command(options)
def run_import(options): import importer; return importer.command(options)
def register(options): import register as module; return module.command(options)
def demo(options): import demo as module; return module.command(options)
def outbox(options): import inspect_stack; return inspect_stack.outbox(options)
def config(options): import settings; return settings.command(options)
def sql(options): import inspect_stack; return inspect_stack.sql(options)
def audit(options): import audit as module; return module.verify(options)
def backup(options): import backup as module; return module.backup(options)
def restore(options): import backup as module; return module.restore(options)


def token(options):
    made = tokens.mint(options.data, options.sub, tokens.split(options.roles), tokens.split(options.service_areas), options.name, options.act,
                       options.lifetime)
    print(json.dumps({"token": made}) if options.output == "json" else made)
    return 0


def parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data-dir", metavar="D", help="the stack's folder (default: .evenhand in the clone, or EVENHAND_DATA_DIR)")
    common.add_argument("--output", choices=["text", "json"], default="text")
    top = argparse.ArgumentParser(prog="tools/evenhand", description="Runs a council's Customer Contact Policy: fairly, provably, fast.",
                                  epilog="Exit codes: 0 done, 1 failed, 2 wrong use, 3 no stack runs.")
    top.add_argument("--version", action="version", version=f"evenhand {version()}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def add(name, run, about):
        command = commands.add_parser(name, parents=[common], help=about, description=about)
        command.set_defaults(run=run)
        return command

    add("build", build, "compile what is missing").add_argument("--services", action="store_true", help="without the tests")
    for name, run, about in (("up", up, "start a private PostgreSQL, the four services and the gateway; wait until ready"),):
        command = add(name, run, about)
        command.add_argument("--port", type=int, default=0, metavar="N", help="the gateway's port on 127.0.0.1 (default 8080, or a free one)")
        command.add_argument("--detach", action="store_true", help="return when ready; stop it with `down`")
    hidden = commands.add_parser("supervise", parents=[common])
    hidden.add_argument("--port", type=int, required=True)
    hidden.set_defaults(run=supervise)
    add("down", stack.down, "stop a stack in order; its data stays")
    add("status", stack.status, "what runs, since when, and what was started again")
    command = add("logs", stack.logs, "the processes' logs")
    command.add_argument("service", nargs="?", help="incident, restriction, appeal, notification, gateway, postgres or supervisor")
    command.add_argument("-f", "--follow", action="store_true")
    command.add_argument("-n", "--lines", type=int, default=20)
    command = add("demo", demo, "the main job from a portal export to a contact check, step by step")
    command.add_argument("--port", type=int, default=0, metavar="N")
    command.add_argument("--down", action="store_true", help="stop the stack at the end, when the demo started it")
    command = add("token", token, "a signed token for the API (dev mode)")
    command.add_argument("--sub", required=True, help="the staff number")
    command.add_argument("--roles", required=True, help="comma between: employee, team_leader, senior_manager, strategic_director, …")
    command.add_argument("--service-areas", default="", help="comma between; may be empty")
    command.add_argument("--name", help="how the person is called")
    command.add_argument("--act", help="the system that acts for this user: crm")
    command.add_argument("--lifetime", type=int, default=tokens.LIFETIME_SECONDS, metavar="SECONDS")
    add("import", run_import, "take a Health and Safety portal export in, exactly once").add_argument("file")
    about = "the register that a council keeps in a spreadsheet, brought over: a dry run with its doubts first"
    deeper = commands.add_parser("register", help=about, description=about).add_subparsers(metavar="import", required=True)
    command = deeper.add_parser("import", parents=[common], description=about)
    command.set_defaults(run=register)
    command.add_argument("file", help="CSV; its first line names the columns")
    command.add_argument("--apply", action="store_true", help="take the rows over; without it nothing is changed")
    command.add_argument("--service-area", default="", metavar="A", help="the area of rows that name none")
    command.add_argument("--accept", metavar="DOUBTS", help="take these doubts on, comma between: REVIEW_EXPIRED, NEVER_REVIEWED")
    command.add_argument("--report", metavar="FILE", help="where the report goes (default: beside the CSV, .report.csv)")
    command.add_argument("--url", metavar="URL", help="a gateway elsewhere, with a token in EVENHAND_TOKEN (default: the stack of --data-dir)")
    command = add("outbox", outbox, "events between services: what waits, what is parked; --resend tries parked ones again")
    command.add_argument("--resend", metavar="ID", nargs="?", const="all", help="one event, or all that are parked")
    command = add("config", config, "every setting: name, value, default, unit, why; `config check` says only what is wrong")
    command.add_argument("action", nargs="?", choices=["print", "check"], default="print")
    command.add_argument("--process", default="all", help="incident, restriction, appeal, notification or gateway")
    command = add("audit", audit, "whether the audit trail is whole: every version has its entry, and no entry can be changed")
    command.add_argument("action", choices=["verify"])
    add("backup", backup, "the whole of a running stack into one file: database, evidence, keys").add_argument("file")
    add("restore", restore, "a backup into an empty data dir, under a new epoch").add_argument("file")
    add("sql", sql, "one statement on the stack's database, as the schemas' owner (dev mode)").add_argument("statement")
    add("bench", None, "measure checks, records and imports against peers, and name the machine; `bench --help` says what it takes")
    return top


def main():
    words = sys.argv[1:] or ["--help"]
    if words[0] == "help":
        words = [*words[1:], "--help"]
    try:
        if words[0] == "bench":
            import inspect_stack
            return inspect_stack.bench(words[1:])
        options = parser().parse_args(words)
        options.data = DataDir(options.data_dir)
        return options.run(options)
    except Fault as fault:
        print(f"evenhand: {fault}", file=sys.stderr)
        return fault.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `evenhand logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a folder that is not there, a full disk: the user's to mend, and the system names it
        print(f"evenhand: {error}", file=sys.stderr)
        return 1


sys.exit(main())
