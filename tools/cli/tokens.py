"""Dev mode's identity provider: a key of the data dir's own, a JWKS, and signed tokens. No other mode accepts this key."""
import base64
import json
import os
import subprocess
import time

from places import Fault, write_private

ISSUER = "https://dev.evenhand.example"
AUDIENCE = "evenhand"
LIFETIME_SECONDS = 8 * 3600  # a working day


def _encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _openssl(*words, data=None):
    done = subprocess.run(["openssl", *words], input=data, capture_output=True)
    if done.returncode:
        raise Fault("openssl: " + done.stderr.decode(errors="replace").strip()[-300:])
    return done.stdout


def make_key(data):
    """Once for a data dir."""
    if data.key.exists() and data.jwks.exists():
        return
    write_private(data.key, _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048").decode())
    modulus = bytes.fromhex(_openssl("rsa", "-in", str(data.key), "-noout", "-modulus").decode().strip().split("=", 1)[1])
    kid = "evenhand-dev-" + os.urandom(6).hex()
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": _encode(modulus), "e": "AQAB"}
    data.jwks.write_text(json.dumps({"keys": [key]}, indent=1) + "\n")


def mint(data, sub, roles, service_areas, name=None, act=None, lifetime=LIFETIME_SECONDS):
    if os.environ.get("EVENHAND_MODE", "dev") != "dev":
        raise Fault("tokens are made in dev mode only; elsewhere the council's identity provider makes them", 2)
    if not data.key.exists():
        raise Fault(f"no stack was started in {data}: run tools/evenhand up first")
    kid = json.loads(data.jwks.read_text())["keys"][0]["kid"]
    now = int(time.time())
    claims = {"iss": os.environ.get("EVENHAND_ISSUER", ISSUER), "aud": os.environ.get("EVENHAND_AUDIENCE", AUDIENCE), "sub": sub,
              "name": name or sub, "roles": roles, "service_areas": service_areas, "iat": now, "nbf": now, "exp": now + lifetime}
    if act:
        claims["act"] = {"sub": act, "name": act, "roles": [act], "service_areas": []}
    signed = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode())
                      for part in ({"alg": "RS256", "typ": "JWT", "kid": kid}, claims))
    return signed + "." + _encode(_openssl("dgst", "-sha256", "-sign", str(data.key), data=signed.encode()))


def split(words):
    return [word.strip() for word in words.split(",") if word.strip()]
