"""Tries the samples for integrators: the screen pop is calm and never says clear by mistake; the feeder says what is wrong, and goes on after
a cut; the receiver takes no forged or old event.

usage: samples.py URL CRM_TOKEN PORTAL_TOKEN
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
import threading
import time
import urllib.parse
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


def try_a_gateway_that_hangs(token):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        answer = answer_of(f"http://127.0.0.1:{silent.getsockname()[1]}", token, "/check", {"channel": "PHONE", "phone": "07700 900999"})
        expect(answer["outcome"] == "UNKNOWN" and time.monotonic() - begun < 3.5, "a gateway that hangs costs one try of 2 s, not more")


def try_two_desks(token):
    """One desk's check that hangs holds up no other desk."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = free_port()
        server = subprocess.Popen([sys.executable, SAMPLES / "screen_pop/serve.py", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env={**os.environ, "EVENHAND_URL": f"http://127.0.0.1:{silent.getsockname()[1]}", "EVENHAND_TOKEN": token})
        try:
            server.stdout.readline()
            body = json.dumps({"channel": "PHONE", "phone": "07700 900999"}).encode()
            asked = urllib.request.Request(f"http://127.0.0.1:{port}/check", body, {"Content-Type": "application/json"})
            slow = threading.Thread(target=lambda: urllib.request.urlopen(asked).read())
            slow.start()
            time.sleep(0.3)
            begun = time.monotonic()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            expect(time.monotonic() - begun < 1 and slow.is_alive(), "a check that hangs holds up no other desk")
            slow.join()
        finally:
            server.kill()
            server.wait()


def feed(url, token, *words):
    environment = {**os.environ, "EVENHAND_URL": url, "EVENHAND_TOKEN": token}
    return subprocess.run([sys.executable, SAMPLES / "portal_feeder/feed.py", *words], capture_output=True, text=True, env=environment, timeout=120)


def cut_once(url):
    """A way to the gateway that breaks off in the middle of its first connection; its address."""
    target = urllib.parse.urlsplit(url)
    door = socket.create_server(("127.0.0.1", 0))

    def carry(source, sink, most=None):
        try:
            while (most is None or most > 0) and (data := source.recv(4096)):
                sink.sendall(data)
                most = most and most - len(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR) if most is not None else sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def serve():
        for number in range(2):
            client, _ = door.accept()
            gateway = socket.create_connection((target.hostname, target.port))
            threading.Thread(target=carry, args=(gateway, client), daemon=True).start()
            threading.Thread(target=carry, args=(client, gateway, 12_000 if number == 0 else None), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{door.getsockname()[1]}"


def try_feeder(url, token):
    sample = str(SAMPLES / "portal-export.csv")
    for wanted, sentence, done in ((1, "EVENHAND_TOKEN has to be", feed(url, "no-token", sample)), (2, "EVENHAND_TOKEN", feed(url, "", sample)),
                                   (2, "no such file", feed(url, token, "/nowhere.csv")), (2, "http://", feed("127.0.0.1:8080", token, sample))):
        expect(done.returncode == wanted and sentence in done.stderr and "Traceback" not in done.stderr,
               f"the feeder ends with {wanted} and says '{sentence}': {done.returncode} {done.stderr[-300:]}")
    done = feed(cut_once(url), token, "--quiet", sample)
    expect(done.returncode == 4 and "again in 1 s" in done.stderr, f"a feed that is cut is sent again: {done.returncode} {done.stderr[-300:]}")
    expect("REJECTED  " in done.stdout, f"a refused row is shown with its reason: {done.stdout[:300]}")
    again = feed(url, token, "--quiet", sample)
    expect(again.returncode == 4 and "created 0  amended 0  withdrawn 0" in again.stdout, f"a feed sent again changes nothing: {again.stdout[-200:]}")


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
    for wrong in ({"webhook-timestamp": "\u00b2"}, {"webhook-signature": "v1,\u00e9"}, {"webhook-timestamp": ""}):
        expect(not receive.verified(secret, {**headers(), **wrong}, body), f"nor one with a header that can't be: {wrong}")


try_screen_pop(*sys.argv[1:3])
try_a_gateway_that_hangs(sys.argv[2])
try_two_desks(sys.argv[2])
try_feeder(sys.argv[1], sys.argv[3])
try_receiver()
print("\n".join(faults) or "samples: ok")
sys.exit(1 if faults else 0)
