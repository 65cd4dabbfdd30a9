"""Dev mode's identity provider: a key of the data dir's own, a JWKS, and signed tokens. No other mode accepts this key."""
import base64
import json
import os
import re
import subprocess
import time

from places import Fault, notes, replace_with, set_aside

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


def _modulus(key):
    """Of a private key that is whole; None of anything else."""
    done = subprocess.run(["openssl", "rsa", "-in", str(key), "-check", "-noout", "-modulus", "-passin", "pass:"], stdin=subprocess.DEVNULL,
                          capture_output=True)
    found = re.search(rb"Modulus=([0-9A-F]+)", done.stdout)
    return bytes.fromhex(found[1].decode()) if done.returncode == 0 and found else None


def _kid(data):
    try:
        return str(json.loads(data.jwks.read_bytes())["keys"][0]["kid"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def make_key(data):
    """Once for a data dir. A public half that is lost or damaged is made from the key; a key that is not whole is set aside for a new one."""
    modulus = _modulus(data.key)
    if modulus is None:
        if os.path.lexists(data.key):
            set_aside(data.key, "unreadable")
            notes.append("tokens that were made before are not valid any more")
        replace_with(data.key, _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048").decode(), 0o600)
        modulus = _modulus(data.key)
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _kid(data) or "evenhand-dev-" + os.urandom(6).hex(), "n": _encode(modulus), "e": "AQAB"}
    wanted = json.dumps({"keys": [key]}, indent=1) + "\n"
    try:
        if data.jwks.read_text() == wanted:
            return
    except (OSError, ValueError):
        pass
    replace_with(data.jwks, wanted, 0o644)


def mint(data, sub, roles, service_areas, name=None, act=None, lifetime=LIFETIME_SECONDS):
    if os.environ.get("EVENHAND_MODE", "dev") != "dev":
        raise Fault("tokens are made in dev mode only; elsewhere the council's identity provider makes them", 2)
    if not data.key.exists():
        raise Fault(f"no stack was started in {data}: run tools/evenhand up first")
    kid = _kid(data)
    if kid is None:
        raise Fault(f"{data.jwks} can't be read: tools/evenhand down, then up, makes it anew")
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
