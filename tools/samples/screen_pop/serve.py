"""A CRM's screen pop in one file: the page asks this server, this server asks Evenhand, and the token never reaches a browser.

  export EVENHAND_URL=http://127.0.0.1:8080 EVENHAND_TOKEN=$(tools/evenhand token --sub crm --roles crm | tail -1)
  python3 tools/samples/screen_pop/serve.py --port 8090     # then open http://127.0.0.1:8090/#phone=07700900123
"""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import sys
import threading
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).resolve().parent
FILES = {"/": ("index.html", "text/html; charset=utf-8"), "/screen_pop.js": ("screen_pop.js", "text/javascript"),
         "/screen_pop.css": ("screen_pop.css", "text/css")}
PATIENCE_SECONDS = 2  # a phone rings for about that long; after it, staff are told to take care rather than nothing
TAKE_CARE = {"outcome": "UNKNOWN", "matches": [{"instructions": [{
    "code": "TAKE_CARE", "text": "The register can't be reached. Take care, and don't rely on there being no restriction."}]}]}


class Evenhand(threading.local):
    """A kept connection for each desk: a slow answer holds up nobody else. Whatever goes wrong, the answer is 'take care', never 'clear'."""

    def __init__(self, url, token):
        self.url, self.token, self.connection = urllib.parse.urlsplit(url), token, None

    def ask(self, verb, contact, key=None):
        for _ in range(2):  # a kept connection may have been closed in the meantime
            try:
                return self._once(verb, contact, key or str(uuid.uuid4()))
            except TimeoutError:  # the telephone rings no longer than one try
                self.connection = None
                print("Evenhand: no answer in time", file=sys.stderr, flush=True)
                break
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.connection = None
                print(f"Evenhand: {error}", file=sys.stderr, flush=True)
        return TAKE_CARE

    def _once(self, verb, contact, key):
        if self.connection is None:
            kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
            self.connection = kind(self.url.netloc, timeout=PATIENCE_SECONDS)
        self.connection.request("POST", f"/v1/contacts:{verb}", json.dumps(contact), {
            "Content-Type": "application/json", "Authorization": "Bearer " + self.token, "Idempotency-Key": f'"{key}"'})
        reply = self.connection.getresponse()
        answer = json.loads(reply.read())
        if reply.status == 400:  # a withheld number, or one that can't be read: nobody can be looked up
            return {"outcome": "UNREADABLE", "detail": answer.get("detail", "")}
        if reply.status != 200:  # an expired token as much as a 503
            print(f"Evenhand: {reply.status} {answer.get('title', '')}, trace {answer.get('traceId', '')}", file=sys.stderr, flush=True)
            return TAKE_CARE
        return answer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # a browser's kept connection keeps its thread, and that its connection to Evenhand
    timeout = 60

    def do_GET(self):
        name, kind = FILES.get(urllib.parse.urlsplit(self.path).path, (None, None))
        if not name:
            return self.answer(404, "text/plain", b"nothing here\n")
        self.answer(200, kind, (HERE / name).read_bytes())

    def do_POST(self):
        verb = {"/check": "check", "/record": "record"}.get(self.path)
        if not verb:
            return self.answer(404, "text/plain", b"nothing here\n")
        asked = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 4096)))
        contact = {name: asked[name] for name in ("channel", "phone", "email", "serviceArea", "staffId", "consistencyToken") if asked.get(name)}
        shown = self.server.evenhand.ask(verb, contact, asked.get("key"))
        self.answer(200, "application/json", json.dumps(shown).encode())

    def answer(self, status, kind, body):
        self.send_response(status)
        for header in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
                       ("Content-Security-Policy", "default-src 'self'")):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # one line for each call tells nobody anything


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--port", type=int, default=8090)
    options = words.parse_args()
    url = os.environ.get("EVENHAND_URL", "http://127.0.0.1:8080")
    if not os.environ.get("EVENHAND_TOKEN"):
        words.error("set EVENHAND_TOKEN to a token with the role crm")
    if not url.startswith(("http://", "https://")):
        words.error(f"EVENHAND_URL takes http://… or https://…, not {url}")
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    except OSError as error:
        words.error(f"port {options.port}: {error.strerror}")
    server.evenhand = Evenhand(url, os.environ["EVENHAND_TOKEN"])
    print(f"http://127.0.0.1:{server.server_port}/#phone=07700900123", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


main()
