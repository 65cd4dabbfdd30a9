"""Feeds an export of the Health and Safety portal to Evenhand, streamed; prints what became of each row. Python's standard library alone.

  EVENHAND_URL=http://127.0.0.1:8080 EVENHAND_TOKEN=… python3 tools/samples/portal_feeder/feed.py export.csv

Sent again after a cut it changes nothing twice: the record's number and version make each row exactly-once, so it may simply be retried.
Exit codes: 0 every row is in, 1 the gateway could not be reached or refused the file, 2 wrong use, 4 rows were refused (they are kept there).
"""
import argparse
import collections
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse

TRIES = 6
CHUNK = 64 * 1024
REPEATABLE = (429, 502, 503, 504)
TOKEN_HINT = "\nEVENHAND_TOKEN has to be a valid token with the role portal, and those expire"
WAIT_SECONDS = 120  # between two lines of the answer


class Again(Exception):
    """Worth another try, after a pause."""

    def __init__(self, why, pause=None):
        super().__init__(why)
        self.pause = pause


def why(raw):
    """A problem's own words; whatever stands between here and Evenhand may answer in others."""
    try:
        problem = json.loads(raw)
        return problem.get("detail") or problem.get("title", "")
    except (ValueError, AttributeError):
        return raw[:200].decode(errors="replace")


def pump(socket, path, sent, failed):
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                socket.sendall(chunk)
                sent.append(len(chunk))
    except OSError as error:  # the server refused early, or the line was cut: the answer tells which
        failed.append(error)


def send(url, token, path, on_line):
    """One try. The answer is read while the file is being written, line by line."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=WAIT_SECONDS)
    size, lines, summary, sent, failed = os.path.getsize(path), 0, None, [], []
    try:
        connection.connect()
        connection.auto_open = 0  # never a second connection for the rest of the file
        connection.putrequest("POST", url.path.rstrip("/") + "/v1/incidents:import")
        for header in (("Authorization", "Bearer " + token), ("Content-Type", "text/csv"), ("Content-Length", str(size))):
            connection.putheader(*header)
        connection.endheaders()
        # http.client lets go of its socket when the reply says "Connection: close"; the rest of the file still goes there.
        writer = threading.Thread(target=pump, args=(connection.sock, path, sent, failed), daemon=True)
        writer.start()
        reply = connection.getresponse()
        if reply.status in REPEATABLE:
            pause = reply.headers.get("Retry-After", "")
            raise Again(f"the gateway answers {reply.status}", float(pause) if pause.isdigit() else None)
        if reply.status != 200:
            raise SystemExit(f"refused: {reply.status} {why(reply.read())}" + (TOKEN_HINT if reply.status in (401, 403) else ""))
        for raw in reply:
            line = json.loads(raw)
            if "outcome" in line:
                lines += 1
                on_line(line)
            elif "summary" in line:
                summary = line["summary"]
            elif "status" in line:  # a fault after the first line comes as the last one
                raise Again(line.get("detail", "broken off"))
        writer.join(1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Again(f"cut off: {error}") from error
    finally:
        connection.close()
    if summary is None:
        raise Again("the answer ended before its summary")
    if sum(sent) != size:
        raise Again(f"{sum(sent)} of {size} bytes went out" + (f": {failed[0]}" if failed else ""))
    if summary.get("rows") != lines or not summary.get("reconciled"):
        raise SystemExit(f"the counts don't add up: {lines} rows were answered, {summary.get('rows')} read; look at the gateway's log")
    if summary.get("cutOff"):
        raise SystemExit(f"the file ends in the middle of a row: it was cut before it came here. {lines} rows were answered; send the whole file again")
    return summary


def feed(url, token, path, quiet):
    for attempt in range(TRIES):
        counts = collections.Counter()

        def on_line(line):
            counts[line["outcome"]] += 1
            if not quiet or line["outcome"] == "REJECTED":
                why = f"  {line.get('column', '')}: {line.get('reason', '')}" if line["outcome"] == "REJECTED" else f"  {line.get('reference', '')}"
                print(f"line {line.get('line')}  {line.get('recordNo', '-')}  {line['outcome']}{why}", flush=True)
        try:
            return counts, send(url, token, path, on_line)
        except Again as again:
            if attempt + 1 == TRIES:
                raise SystemExit(f"{again}; given up after {TRIES} tries; what was taken in stays, send the file again later") from None
            pause = again.pause if again.pause is not None else min(60, 2 ** attempt)
            print(f"{again}; again in {pause:g} s", file=sys.stderr, flush=True)
            time.sleep(pause)
    raise AssertionError("the last try returns or ends")


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("file")
    words.add_argument("--quiet", action="store_true", help="print refused rows and the counts alone")
    options = words.parse_args()
    if not os.environ.get("EVENHAND_TOKEN"):
        words.error("set EVENHAND_TOKEN to a token with the role portal")
    if not os.path.isfile(options.file):
        words.error(f"no such file: {options.file}")
    url = urllib.parse.urlsplit(os.environ.get("EVENHAND_URL", "http://127.0.0.1:8080"))
    if url.scheme not in ("http", "https") or not url.netloc:
        words.error(f"EVENHAND_URL takes http://… or https://…, not {url.geturl()}")
    counts, _ = feed(url, os.environ["EVENHAND_TOKEN"], options.file, options.quiet)
    print("  ".join(f"{name.lower()} {counts[name]}" for name in ("CREATED", "AMENDED", "WITHDRAWN", "DUPLICATE", "REJECTED")))
    return 4 if counts["REJECTED"] else 0


sys.exit(main())
