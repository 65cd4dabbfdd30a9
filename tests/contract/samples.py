"""Tries the samples for integrators: the screen pop is calm and never says clear by mistake; the receiver takes no forged or old event.

usage: samples.py URL CRM_TOKEN
"""
import base64
import hashlib
import hmac
import importlib.util
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "tools/samples"
faults = []


def expect(holds, sentence):
    if not holds:
        faults.append(sentence)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer_of(url, token, path, body):
    port = free_port()
    server = subprocess.Popen([sys.executable, SAMPLES / "screen_pop/serve.py", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env={**os.environ, "EVENHAND_URL": url, "EVENHAND_TOKEN": token})
    try:
        server.stdout.readline()  # it answers from here on
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
        expect("screen_pop.js" in page and token not in page, "the page holds no token")
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(asked))
    finally:
        server.kill()
        server.wait()


def try_screen_pop(url, token):
    call = {"channel": "PHONE", "phone": "07700 900999"}
    expect(answer_of(url, token, "/check", call)["outcome"] == "CLEAR", "an unknown number is clear")
    expect(answer_of(url, token, "/check", {"channel": "PHONE", "phone": "withheld"})["outcome"] == "UNREADABLE", "a withheld number says so")
    for why, answer in (("nobody answers", answer_of(f"http://127.0.0.1:{free_port()}", token, "/check", call)),
                        ("the token does not hold", answer_of(url, "no-token", "/check", call))):
        expect(answer["outcome"] == "UNKNOWN" and "care" in answer["matches"][0]["instructions"][0]["text"], f"take care when {why}: {answer}")


def try_receiver():
    spec = importlib.util.spec_from_file_location("receive", SAMPLES / "webhook_receiver/receive.py")
    receive = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(receive)
    key, body, now = os.urandom(32), '{"type": "restriction.imposed"}'.encode(), str(int(time.time()))
    secret = "whsec_" + base64.b64encode(key).decode()

    def headers(key=key, at=now, body=body):
        signed = base64.b64encode(hmac.new(key, f"msg_1.{at}.".encode() + body, hashlib.sha256).digest()).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": "v1,AAAA v1," + signed}
    expect(receive.verified(secret, headers(), body), "a signed event is taken")
    expect(not receive.verified(secret, headers(), body + b" "), "a changed body is not")
    expect(not receive.verified(secret, headers(key=b"x" * 32), body), "another's signature is not")
    expect(not receive.verified(secret, headers(at=str(int(now) - 301)), body), "an old event is not")
    expect(not receive.verified(secret, {}, body), "an unsigned one is not")


try_screen_pop(*sys.argv[1:3])
try_receiver()
print("\n".join(faults) or "samples: ok")
sys.exit(1 if faults else 0)
