"""A council's server asked from outside, through nginx with TLS: what container_test and compose_test both want answered."""
import http.client
import json
import re
import socket
import ssl

import parts  # noqa: F401 which finds the tools' modules
import tokens

HOST = "evenhand.council.example"  # deploy/evenhand.env.example's address
INCIDENT = {"sourceSystem": "CRM", "sourceRef": "T-1", "occurredAt": "2026-11-02T10:15:00Z", "channel": "PHONE", "behaviours": ["ABUSE"],
            "serviceArea": "Housing", "team": "Repairs", "staff": [{"staffId": "E1001", "name": "A. Officer", "role": "AFFECTED"}],
            "lineManagerId": "E2001", "warning": {"given": True}, "contactEnded": True,
            "person": {"name": "Pat Example", "phone": "07700 900123"}, "narrative": "Shouted for several minutes."}


class Door:
    def __init__(self, address, certificate, data):
        self.address, self.data = address, data
        self.trust = ssl.create_default_context(cafile=certificate)

    def ask(self, method, path, body=None, token=None, headers=None):
        connection = http.client.HTTPSConnection(HOST, 443, timeout=10, context=self.trust)
        connection._create_connection = lambda _, *rest: socket.create_connection((self.address, 443), *rest)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})})
        reply = connection.getresponse()
        text = reply.read().decode()
        return reply, (json.loads(text) if text.startswith(("{", "[")) else text)

    def ready(self):
        try:
            reply, told = self.ask("GET", "/readyz")
            return reply.status == 200 and set(told["services"].values()) == {"SERVING"}
        except (OSError, http.client.HTTPException):
            return False

    def crm(self):
        return tokens.mint(self.data, "crm", ["crm"], [])

    def officer(self):
        return tokens.mint(self.data, "E1001", ["employee"], ["Housing"])

    def check_contact(self):
        return self.ask("POST", "/v1/contacts:check", {"channel": "PHONE", "phone": "07700 900123"}, self.crm())

    def check(self):
        """The main questions, and what the outside must not get. Returns the incident that was recorded."""
        plain = http.client.HTTPConnection(self.address, 80, timeout=5)
        plain.request("GET", "/v1/people", headers={"Host": HOST})
        moved = plain.getresponse()
        assert moved.status == 308 and moved.headers["Location"] == f"https://{HOST}/v1/people", moved.headers["Location"]
        reply, answer = self.check_contact()
        assert reply.status == 200 and answer["outcome"] == "CLEAR", answer
        assert reply.headers["Strict-Transport-Security"] and not re.search(r"\d", reply.headers.get("Server", "")), dict(reply.headers)
        assert self.ask("GET", "/metrics")[0].status == 404, "metrics are not for the outside"
        assert self.ask("POST", "/v1/contacts:check", {"phone": "07700 900123"})[0].status == 401
        reply, made = self.ask("POST", "/v1/incidents", INCIDENT, self.officer(), {"Idempotency-Key": '"one"'})
        assert reply.status == 201 and re.match(r"INC-\d{4}-\d{6}$", made["reference"]), made
        return made
