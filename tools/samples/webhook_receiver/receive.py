"""A receiver of Evenhand's webhooks: checks the Standard Webhooks signature, takes each event once, prints its type. Standard library alone.

  WEBHOOK_SECRET=whsec_… python3 tools/samples/webhook_receiver/receive.py --port 8091
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import time

TOLERANCE_SECONDS = 300  # an older message is a replay by somebody else
MAX_BODY = 256 * 1024


def verified(secret, headers, body, now=None):
    """True when the body was signed with our secret, lately. Compare in constant time, and over the bytes as they came."""
    sent_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_id or not re.fullmatch("[0-9]+", sent_at) or abs((now or time.time()) - int(sent_at)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{sent_id}.{sent_at}.".encode() + body, hashlib.sha256).digest())
    # Several signatures stand there while a secret is being changed: one that holds is enough.
    return any(hmac.compare_digest(signature.encode(), b"v1," + wanted) for signature in headers.get("webhook-signature", "").split())


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MAX_BODY))
        if not verified(self.server.secret, self.headers, body):
            return self.answer(401)
        if self.headers["webhook-id"] not in self.server.seen:  # sent again after a lost answer: the same id
            self.server.seen.add(self.headers["webhook-id"])
            event = json.loads(body)
            print(event["type"], json.dumps(event.get("data", {})), flush=True)  # a real one: put it in a queue, answer, then work
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--port", type=int, default=8091)
    options = words.parse_args()
    if not os.environ.get("WEBHOOK_SECRET"):
        words.error("set WEBHOOK_SECRET to the secret that POST /v1/webhooks answered, once")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
    server.secret, server.seen = os.environ["WEBHOOK_SECRET"], set()
    server.serve_forever()


if __name__ == "__main__":
    main()
