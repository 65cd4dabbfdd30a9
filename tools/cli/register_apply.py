"""Takes judged rows of the old register over, through the REST door: people, incidents, links, proposed entries. Never a confirmed one."""
import datetime
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import zoneinfo

from places import Fault
from register_doubts import ASPECTS
from rest import Reply

SOURCE = "REGISTER_IMPORT"
LONDON = zoneinfo.ZoneInfo("Europe/London")
TRIES = 6               # with pauses of 0.5 to 8 s: a restart of the services is survived
NEW = "(new)"            # what a dry run would make
REPEATABLE = (429, 503, 504)


class Refused(Exception):
    def __init__(self, step, reply):
        super().__init__(f"{step}: {reply.why()}")
        self.reply = reply


class Door:
    """The gateway at any address; every write carries a key made of the row's content, so that a repeated run repeats nothing."""

    def __init__(self, address, token_of, dry):
        self.address, self.token_of, self.dry, self.trouble = address.rstrip("/"), token_of, dry, ""

    def send(self, area, method, path, body=None, key=None, headers=None):
        if self.dry and body is not None and not path.endswith(":resolve"):
            path += ("&" if "?" in path else "?") + "validateOnly=true"
        more = {"Authorization": "Bearer " + self.token_of(area), "Accept": "application/json", **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            more["Content-Type"] = "application/json"
            more["Idempotency-Key"] = '"' + (key or hashlib.sha256(data).hexdigest()[:32]) + '"'
        for attempt in range(TRIES):
            reply = self._once(method, path, data, more)
            if reply and reply.status == 401:
                raise Fault(f"the token is not accepted: {reply.why()}")
            if reply and reply.status not in REPEATABLE:
                return reply
            if attempt + 1 < TRIES:
                time.sleep(float(reply.headers.get("retry-after", 0)) if reply and reply.headers.get("retry-after", "").isdigit()
                           else 0.5 * 2 ** attempt)
        if reply:
            return reply
        raise Fault(f"nobody answers at {self.address} ({self.trouble}): run tools/evenhand up, or name the gateway by --url")

    def _once(self, method, path, data, headers):
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Reply(reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, {name.lower(): value for name, value in error.headers.items()}, error.read())
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            self.trouble = getattr(error, "reason", error)
            return None


def expect(reply, step):
    if not reply.ok:
        raise Refused(step, reply)
    return reply.json


class Takeover:
    """One run. `outcomes` says of each verdict what was made and what stood already."""

    def __init__(self, door, shared, accepted, verdicts):
        self.door, self.shared, self.accepted = door, shared, accepted
        self.refs = {self.source_ref(verdict.row) for verdict in verdicts}
        self.people, self.incidents = {}, {}  # by the first verdict of each person
        self.earlier = {}  # by the row's key: its incident, or None

    def key(self, step, verdict):
        return f"register-{step}-{verdict.row.key}"

    # ---- The person ----
    def resolve(self, verdict):
        """Who has the row's CRM reference or a handle of it: (id, display name) each."""
        asks = [("crmRef", verdict.row.crm)] if verdict.row.crm else []
        asks += [(kind.lower(), written) for kind, _, written in verdict.handles]
        found = {}
        for field, value in asks:
            reply = self.door.send(verdict.area, "POST", "/v1/people:resolve", {field: value},
                                   key=f"register-look-{time.time_ns()}")  # a look is never answered from an earlier one
            if reply.status == 400:  # the register can't read this handle
                continue
            for person in expect(reply, "looking the person up").get("people", []):
                if field != "uprn" or self.same_name(verdict, person.get("displayName", "")):  # others live at the address as well
                    found[person["personId"]] = person.get("displayName", "")
        return found

    @staticmethod
    def same_name(verdict, name):
        return " ".join(name.lower().split()) == " ".join(verdict.row.name.lower().split())

    def other_birthday(self, verdict, person):
        """Whether the register knows another date of birth: father and son share a name and a telephone."""
        known = expect(self.door.send(verdict.area, "GET", f"/v1/people/{person}"), "person") if verdict.born else {}
        return known.get("dateOfBirth", "") not in ("", str(verdict.born))

    def register(self, verdict):
        """The id of the row's person: found or registered; None without a handle, or when the handles are somebody else's."""
        linked = (self.known(verdict) or {}).get("link", {})
        if linked.get("state") == "CONFIRMED":
            return linked["personId"], False
        if not verdict.handles and not verdict.row.crm:
            return None, False  # no contact could ever be matched: the incident alone is kept
        found = self.resolve(verdict)
        mine = [person for person, name in found.items() if self.same_name(verdict, name) and not self.other_birthday(verdict, person)]
        if mine:
            return mine[0], False
        exclusive = [handle for handle in verdict.handles if handle[0] != "UPRN" and handle[:2] not in self.shared]
        if found and (exclusive or verdict.row.crm):
            verdict.doubt("OTHER_PERSON")
            return None, False
        body = {"displayName": verdict.row.name, "crmRefs": [verdict.row.crm] if verdict.row.crm else [],
                "handles": [{"kind": kind, "value": written, "shared": kind == "UPRN" or (kind, same_as) in self.shared}
                            for kind, same_as, written in verdict.handles]}
        if verdict.born:
            body["dateOfBirth"] = verdict.born.isoformat()
        for _ in range(len(body["handles"]) + 1):
            reply = self.door.send(verdict.area, "POST", "/v1/people", body, key=self.key(f"person{len(body['handles'])}", verdict))
            bad = {int(v["field"][8:].split("]")[0]) for v in reply.json.get("violations", []) if v.get("field", "").startswith("handles[")}
            if reply.status != 400 or not bad:
                break
            for at in sorted(bad, reverse=True):  # the register's own reading of numbers decides
                verdict.doubt("HANDLE_NOT_READABLE", body["handles"].pop(at)["kind"].lower())
            if not body["handles"] and not body["crmRefs"]:
                verdict.doubt("NO_HANDLE")
                return None, False
        made = expect(reply, "person")  # a dry run's reply names an id that nothing has
        return NEW if self.door.dry else made["id"], reply.headers.get("idempotent-replayed") != "true"

    # ---- The incident ----
    def find_incident(self, verdict, system, ref):
        query = urllib.parse.urlencode({"sourceSystem": system, "sourceRef": ref})
        found = expect(self.door.send(verdict.area, "GET", "/v1/incidents?" + query), "incident").get("incidents", [])
        return found[0] if found else None

    def known(self, verdict):
        """The row's incident from an earlier run."""
        if verdict.row.key not in self.earlier:
            self.earlier[verdict.row.key] = self.find_incident(verdict, SOURCE, self.source_ref(verdict.row))
        return self.earlier[verdict.row.key]

    def in_other_words(self, verdict, person):
        """The incident that an earlier run made of this row before its words were changed: the person's, of that day, that no row tells of now."""
        day = verdict.row.date("happened")
        if not day or not person or person == NEW:
            return None
        query = urllib.parse.urlencode({"personId": person, "sourceSystem": SOURCE, "from": day, "to": day})
        for known in expect(self.door.send(verdict.area, "GET", "/v1/incidents?" + query), "incident").get("incidents", []):
            ref = known.get("sourceRef", "")
            if ref not in self.refs and ref.rpartition("-")[0] == verdict.row.entry:
                verdict.doubt("TAKEN_IN_OTHER_WORDS", known.get("reference", ""))
                self.refs.add(ref)
                return known
        return None

    def record(self, verdict, person):
        """The incident of this row, confirmed to be about the person: the portal's own where the row names it, else one of this source."""
        row = verdict.row
        if row.incident and (known := self.find_incident(verdict, "HS_PORTAL", row.incident)):
            return self.link(verdict, known, person)
        if known := self.known(verdict) or self.in_other_words(verdict, person):
            return self.link(verdict, known, person)
        happened = row.date("happened")
        if not happened:
            verdict.doubt("NO_REPORTED_INCIDENT", "incident")
            return None, False
        noon = datetime.datetime.combine(happened, datetime.time(12), LONDON).astimezone(datetime.timezone.utc)
        noon = min(noon, datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1))
        body = {"sourceSystem": SOURCE, "sourceRef": self.source_ref(row), "occurredAt": noon.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "channel": verdict.channel, "behaviours": [verdict.behaviour], "serviceArea": verdict.area, "contactEnded": False,
                "narrative": row.what or row.reason, "person": self.subject(verdict, person)}
        if aspects := [name for name, word in ASPECTS if word in f"{row.reason} {row.what}".lower()]:
            body["abuseAspects"] = aspects
        if verdict.behaviour == "PHYSICAL_THREAT":
            third = any(word in row.what.lower() for word in ("neighbour", "tenant", "resident"))
            body["threat"] = {"target": "THIRD_PARTY" if third else "STAFF"}
        if row.staff:
            body["staff"] = [{"staffId": row.staff, "role": "AFFECTED"}]
        if row.uprn and any(kind == "UPRN" for kind, _, _ in verdict.handles):
            body["uprn"] = row.uprn
        made = expect(self.door.send(verdict.area, "POST", "/v1/incidents", body, key=self.key("incident", verdict)), "incident")
        if self.door.dry:
            return {"id": NEW}, True
        return self.link(verdict, made, person)[0], True  # confirmed already, unless the register was away for a moment

    @staticmethod
    def source_ref(row):
        return f"{row.entry}-{row.event[:12]}" if row.entry else row.event

    @staticmethod
    def subject(verdict, person):
        if person and person != NEW:
            return {"personId": person}
        subject = {"name": verdict.row.name}
        for kind, _, written in verdict.handles:
            subject.setdefault({"PHONE": "phone", "EMAIL": "email", "UPRN": "uprn"}[kind], written)
        return subject

    def link(self, verdict, incident, person):
        link = incident.get("link", {})
        if link.get("state") == "CONFIRMED":
            if person and link.get("personId") != person:
                verdict.doubt("OTHER_PERSON", "incident")
            return incident, False
        if not person or person == NEW or link.get("state") == "UNLINKED":  # somebody said that it was not this person
            return incident, False
        reply = self.door.send(verdict.area, "POST", f"/v1/incidents/{incident['id']}:linkPerson",
                               {"personId": person, "reason": "The old register names both."}, key=self.key("link", verdict),
                               headers={"If-Match": incident.get("etag", "*")})
        return expect(reply, "link"), True

    # ---- The entry ----
    def add_birthday(self, verdict, known):
        """What an earlier run's row did not say yet; without it the entry would be refused (8.1)."""
        if verdict.born and not known.get("dateOfBirth") and not self.door.dry:
            day = verdict.born.isoformat()
            expect(self.door.send(verdict.area, "PATCH", f"/v1/people/{known['id']}", {"dateOfBirth": day}, key=self.key("born", verdict),
                                  headers={"If-Match": known.get("etag", "*")}), "date of birth")

    def propose(self, verdict, person, incidents):
        """A provisional entry on all of the person's incidents, unless one stands, or a manager has taken it off."""
        if person != NEW:
            known = expect(self.door.send(verdict.area, "GET", f"/v1/people/{person}"), "person")
            self.add_birthday(verdict, known)
            if standing := [m for m in known.get("markers", []) if m.get("state") in ("PROVISIONAL", "CONFIRMED") or set(m.get("incidentIds", [])) & set(incidents)]:
                return standing[0], False
        if self.door.dry:
            return {"id": NEW}, True
        body = {"incidentIds": incidents, "serviceArea": verdict.area, "category": verdict.behaviour, "instruction": verdict.instruction}
        if uprn := next((written for kind, _, written in verdict.handles if kind == "UPRN"), ""):
            body["uprn"] = uprn
        if verdict.row.age_check:
            body["ageCheck"] = {"basis": verdict.row.age_check}
        if verdict.row.told.lower() in ("y", "yes", "true", "1"):
            body["told"] = {"informed": True, "how": "As the old register says"}
        reply = self.door.send(verdict.area, "POST", f"/v1/people/{person}/markers", body, key=self.key("marker", verdict))
        return expect(reply, "entry"), True
