"""The steps that `evenhand demo` tells, one function each."""
import datetime
import json
import random
import time
import uuid

import importer
from places import Fault

EXPLAIN = {"CREATED": "new records", "AMENDED": "newer text of a known record", "WITHDRAWN": "taken back by the portal",
           "DUPLICATE": "seen before, nothing changed", "REJECTED": "refused with a reason, kept for a second try"}

def now(**ago):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def unused_number(client):
    """A drama number nobody is known by here: two people on one number would rightly make the answer only possible."""
    for last in random.sample(range(1000), 200):
        reply = client.post("/v1/contacts:check", {"channel": "PHONE", "phone": f"07700 900{last:03}"})
        if reply.ok and reply.json.get("outcome") == "CLEAR":
            return f"{last:03}"
    raise Fault("all of the demo's telephone numbers are taken; start with a fresh --data-dir")


def import_twice(demo, feed):
    demo.step(f"The Health and Safety portal's export comes in: {feed.name}")
    portal = demo.client("portal", "")
    counts, _, _ = importer.run(portal, feed, "   Importing")
    truth = json.loads(feed.with_name("portal-export.expected.json").read_text())
    want = {"CREATED": truth["created"], "AMENDED": truth["amended"], "WITHDRAWN": truth["withdrawn"], "DUPLICATE": truth["duplicates"],
            "REJECTED": truth["rejected"]}
    demo.expect(sum(counts.values()) == truth["rows"], f"{truth['rows']} rows, but {sum(counts.values())} answers")
    if counts["CREATED"] == 0 and counts["DUPLICATE"]:
        demo.tell("This stack held the export already: nothing was taken in twice.")
    else:
        demo.expect(dict(counts) == want, f"counts {dict(counts)}, expected {want}")
    for outcome in importer.OUTCOMES:
        demo.tell(f"{counts[outcome]:>5}  {outcome.lower():<10} {EXPLAIN[outcome]}")
    again, _, _ = importer.run(portal, feed, "   Again    ")
    demo.expect(not (again["CREATED"] or again["AMENDED"] or again["WITHDRAWN"]), f"a second import changed something: {dict(again)}")
    demo.tell(f"The same file again: {again['DUPLICATE']} known, {again['REJECTED']} refused as before, 0 changed.")


def register(demo):
    demo.step("A team leader registers the person")
    number = unused_number(demo.client("crm", ""))
    reply = demo.client("team_leader").post("/v1/people", {
        "displayName": "Pat Example", "crmRefs": [unique("CRM")],
        "handles": [{"kind": "PHONE", "value": f"+447700900{number}"}, {"kind": "EMAIL", "value": f"pat.{number}@example.org"}]})
    demo.expect(reply.ok, "the person was not registered", reply)
    demo.tell(f"{reply.json.get('displayName')}, {reply.reference}, by telephone 07700 900{number}")
    return reply, number


def record_and_link(demo, person):
    demo.step("An employee records what happened; a team leader confirms whom it is about")
    reply = demo.client("employee", sub="E1001").post("/v1/incidents", {
        "sourceSystem": "CRM", "sourceRef": unique("DEMO"), "occurredAt": now(hours=3), "channel": "PHONE", "behaviours": ["ABUSE"],
        "serviceArea": "Housing", "team": "Repairs", "staff": [{"staffId": "E1001", "name": "A. Officer", "role": "AFFECTED"}],
        "lineManagerId": "E2001", "warning": {"given": True}, "contactEnded": True, "person": {"name": "Pat Example"},
        "narrative": "Shouted and swore for several minutes."})
    demo.expect(reply.ok, "the incident was not recorded", reply)
    demo.tell(f"{reply.reference}: abuse on the phone, warning given, call ended")
    linked = demo.client("team_leader").post(f"/v1/incidents/{reply.id}:linkPerson", {"personId": person.id}, reply.if_match())
    demo.expect(linked.ok, "the link was not confirmed", linked)
    demo.tell("The link to the person is confirmed: only now can it ground a decision.")
    return reply


def propose_and_impose(demo, person, incident):
    demo.step("The team leader proposes that the telephone is closed; who may decide?")
    review = (datetime.date.today() + datetime.timedelta(days=150)).isoformat()
    proposed = demo.client("team_leader").post("/v1/restrictions", {
        "personId": person.id, "serviceArea": "Housing", "measures": [{"kind": "BLOCK_CHANNEL", "channel": "PHONE"}],
        "grounds": [{"behaviour": "ABUSE", "incidentIds": [incident.id], "summary": "Abusive calls after two warnings"}],
        "necessity": "Staff harmed; warnings did not help", "proportionality": "Telephone only; e-mail and letters stay open",
        "alternativesConsidered": [{"alternative": "Named contact", "whyNotSufficient": "Abuse went on with two named contacts"}],
        "restorative": {"notAttempted": {"reason": "NOT_APPROPRIATE", "explanation": "Threatening language from the first call"}},
        "adjustmentsConsidered": "None recorded; asked this week", "review": {"date": review},
        "explanation": {"toPerson": "Recent calls were abusive to our staff. Please write to us instead."}})
    demo.expect(proposed.ok, "the proposal was refused", proposed)
    demo.tell(f"{proposed.reference} is proposed, with its evidence, its reasons and a review on {review}")
    path = f"/v1/restrictions/{proposed.id}:impose"
    refused = demo.client("team_leader").post(path, {}, proposed.if_match())
    demo.expect(refused.status == 403, "the team leader was not refused", refused)
    demo.tell(f"The team leader: refused by clause {refused.json.get('clause')} — {refused.json.get('detail', '')}")
    refused = demo.client("senior_manager", "Education").post(path, {}, proposed.if_match())
    demo.expect(refused.status == 403, "another area's manager was not refused", refused)
    demo.tell(f"A senior manager of Education: refused by clause {refused.json.get('clause')}")
    imposed = demo.client("senior_manager", sub="E2001").post(path, {}, proposed.if_match())
    demo.expect(imposed.ok and imposed.json.get("state") == "IN_FORCE", "the restriction was not imposed", imposed)
    demo.tell("The senior manager of Housing: imposed, in force from now on")
    return imposed


def check(demo, number, restriction):
    demo.step("The telephone rings: the CRM asks what to do")
    crm = demo.client("crm", "")
    written = f"00447700900{number}"
    reply = crm.post("/v1/contacts:check", {"channel": "PHONE", "phone": written, "serviceArea": "Housing",
                                            "consistencyToken": restriction.json.get("consistencyToken")})
    demo.expect(reply.ok and reply.json.get("outcome") == "GUIDANCE", "no guidance", reply)
    demo.expect(b"swore" not in reply.raw, "the narrative was shown")
    for match in reply.json["matches"]:
        for instruction in match.get("instructions", []):
            demo.tell(f"{written}: GUIDANCE, {match['match'].lower()} match — “{instruction['text']}”")
    demo.tell("What was said and done is not shown: the desk needs the instruction only (12.4)")
    reply = crm.post("/v1/contacts:check", {"channel": "PHONE", "phone": "07700 900" + unused_number(crm), "serviceArea": "Housing"})
    demo.expect(reply.json.get("outcome") == "CLEAR", "another number is not clear", reply)
    demo.tell("Another number: CLEAR")
    crm.token = None
    reply = crm.post("/v1/contacts:check", {"channel": "PHONE", "phone": written})
    demo.expect(reply.status == 401, "an unknown caller was answered", reply)
    demo.tell("Without a token: 401")


def name_the_desk(demo):
    """Who answers the public numbers is the council's to say; without anybody a share would be escalated at once."""
    administrator = demo.client("administrator", "", sub="E9001")
    reply = administrator.get("/v1/audiences/public-numbers")
    if reply.ok and not reply.json.get("members"):
        administrator.send("PUT", "/v1/audiences/public-numbers", {"name": "Contact centre", "members": [
            {"staffId": "E3001", "name": "C. Desk", "email": "desk@example.org"}]}, reply.if_match())


def appeal_and_notify(demo, restriction):
    demo.step("The person appeals; the council tells those who need to know, and nobody else")
    leader = demo.client("team_leader")
    appeal = leader.post("/v1/appeals", {"restrictionId": restriction.id, "receivedAt": now(seconds=1), "by": "PERSON",
                                         "grounds": "I was upset about my heating and I am sorry. I need to telephone."})
    demo.expect(appeal.ok, "the appeal was not taken", appeal)
    listed = leader.get(f"/v1/appeals?restrictionId={restriction.id}")
    demo.expect(any(row.get("id") == appeal.id for row in listed.json.get("appeals", [])), "the appeal is not listed", listed)
    demo.tell(f"{appeal.reference} is lodged against {restriction.reference}: {appeal.json.get('state', '').lower()}")
    shares, until = [], time.monotonic() + 15
    while not shares and time.monotonic() < until:
        reply = demo.client("senior_manager", sub="E2001").get(f"/v1/shares?restrictionId={restriction.id}")
        shares = reply.json.get("shares", [])
        time.sleep(0.1)
    demo.expect(shares, "the notification service recorded nobody to tell", reply)
    for share in shares:
        demo.tell(f"To be told: {share.get('audience')} ({share.get('state', '').lower()}) — {share.get('reason', '')} ({share.get('clause', '')})")
