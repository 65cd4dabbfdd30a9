"""GOV.UK Notify's letter API by its public documentation, for tests: notify_peer.py PORT OUTPUT.jsonl SECRET [MOOD].

A stand-in for POST /v2/notifications/letter (precompiled), GET /v2/notifications/{id} and GET /v2/notifications?reference=. The first post
answers 500, the second 503, later ones 201. A letter is "accepted" at the first look and "received" afterwards.
MOOD "busy": the first post is over the rate limit (429), later ones are taken. MOOD "lost": the first letter is taken, but the answer never
comes (the connection is cut). Any other MOOD is the word that a letter ends with ("validation-failed", "technical-failure", …).
A file OUTPUT.jsonl.mood beside it, once there, is the word for letters posted from then on: Notify is well again ("received").
"""
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import time
import urllib.parse
import uuid

PORT, OUTPUT, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3]
MOOD = sys.argv[4] if len(sys.argv) > 4 else ""
letters, posts = {}, 0


def mood_now():
    file = pathlib.Path(OUTPUT + ".mood")
    mood = file.read_text().strip() if file.exists() else MOOD
    return "received" if mood in ("", "busy", "lost") else mood


def known(header):
    try:
        signed, mac = header.removeprefix("Bearer ").rsplit(".", 1)
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        good = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
        return hmac.compare_digest(mac, good) and abs(time.time() - claims["iat"]) < 30
    except (ValueError, KeyError, IndexError):
        return False


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        global posts
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not known(self.headers.get("authorization", "")):
            return self.answer(403, {"status_code": 403})
        posts += 1
        if MOOD == "busy" and posts == 1:
            return self.answer(429, {"errors": [{"error": "RateLimitError", "message": "Exceeded rate limit"}], "status_code": 429})
        if not MOOD and posts <= 2:
            return self.answer(500 if posts == 1 else 503, {"status_code": 500 if posts == 1 else 503})
        if not base64.b64decode(body["content"]).startswith(b"%PDF"):
            return self.answer(400, {"status_code": 400})
        one = {"id": str(uuid.uuid4()), "reference": body["reference"], "looks": 0, "end": mood_now()}
        letters[one["id"]] = one
        with open(OUTPUT, "a", encoding="utf-8") as out:
            out.write(json.dumps({"reference": body["reference"]}) + "\n")
        if MOOD == "lost" and posts == 1:
            return self.connection.close()
        self.answer(201, {"id": one["id"], "reference": one["reference"], "postage": "second"})

    def do_GET(self):
        if not known(self.headers.get("authorization", "")):
            return self.answer(403, {"status_code": 403})
        url = urllib.parse.urlparse(self.path)
        wanted = urllib.parse.parse_qs(url.query).get("reference")
        if wanted:
            return self.answer(200, {"notifications": [{"id": one["id"], "status": one["end"] if one["looks"] else "created"}
                                                       for one in letters.values() if one["reference"] == wanted[0]]})
        one = letters.get(url.path.rsplit("/", 1)[1])
        if one is None:
            return self.answer(404, {"status_code": 404})
        one["looks"] += 1
        self.answer(200, {"id": one["id"], "status": "accepted" if one["looks"] == 1 else one["end"]})

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
