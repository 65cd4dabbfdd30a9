"""`evenhand demo`: the main job end to end over REST, shown as a person would want to see it."""
import json
import time

import importer
import stack
import story
from places import SAMPLE_FEED, SHARED_FEED, Fault
from show import say


class Demo:
    """Tells each step, and stops at the first that is not as the policy wants it."""

    def __init__(self, options):
        self.options, self.steps, self.number = options, [], 0

    def step(self, title):
        self.number += 1
        self.steps.append({"step": title, "facts": []})
        say(f"\n{self.number}. {title}", self.options)

    def tell(self, text):
        self.steps[-1]["facts"].append(text)
        say(f"   {text}", self.options)

    def expect(self, good, what, reply=None):
        if not good:
            raise Fault(f"the demo stopped at “{self.steps[-1]['step']}”: {what}" + (f" — {reply.why()}" if reply else ""))

    def client(self, roles, areas="Housing", sub=None):
        return importer.client_of(self.options.data, roles, areas, sub)


def command(options):
    was_running = stack.running(options.data)
    if not was_running:
        say("Starting five processes and a private PostgreSQL…", options)
        quiet_up(options)
    state = stack.read_state(options.data)
    demo = Demo(options)
    say(f"Evenhand at {state['address']}", options)
    begun = time.monotonic()
    story.import_twice(demo, feed())
    story.name_the_desk(demo)
    person, number = story.register(demo)
    incident = story.record_and_link(demo, person)
    restriction = story.propose_and_impose(demo, person, incident)
    story.check(demo, number, restriction)
    story.appeal_and_notify(demo, restriction)
    finish(demo, state, restriction, begun, was_running)
    return 0


def feed():
    return SHARED_FEED if SHARED_FEED.is_file() else SAMPLE_FEED


def quiet_up(options):
    import build
    build.missing()
    options.data.make()
    stack.detach(options.data, stack.choose_port(options.data, options.port))


def finish(demo, state, restriction, begun, was_running):
    options = demo.options
    if options.output == "json":
        print(json.dumps({"address": state["address"], "dataDir": str(options.data), "seconds": round(time.monotonic() - begun, 1),
                          "restriction": restriction.reference, "steps": demo.steps}, indent=1))
    where = "" if not options.data_dir else f" --data-dir {options.data}"
    say(f"""
What happened, in {time.monotonic() - begun:.0f} s: a whole portal export went in exactly once; an incident was recorded and tied to a person;
only the right manager could decide; whoever answers the phone now sees what to do and nothing more; the person's appeal is
in, and who must be told is on record. Every step is in the audit trail.

Running at {state['address']}   API: {state['address']}/docs   the decision: GET /v1/restrictions/{restriction.reference}
Try next:
  tools/evenhand status{where}
  TOKEN=$(tools/evenhand token --sub E2001 --roles senior_manager --service-areas Housing{where})
  curl -H "Authorization: Bearer $TOKEN" {state['address']}/v1/restrictions/{restriction.id}
  tools/evenhand import FILE{where}      another export of the portal
  tools/evenhand down{where}""", options)
    if options.down and not was_running and stack.stop(options.data):
        say("Stopped; the data stays in " + str(options.data), options)
