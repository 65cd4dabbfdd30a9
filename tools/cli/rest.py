"""A small REST client over the standard library; streams a body while it reads the answer."""
import http.client
import json
import threading
import uuid


class Reply:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        try:
            self.json = json.loads(raw) if raw else {}
        except ValueError:
            self.json = {}

    @property
    def ok(self): return self.status in (200, 201)
    @property
    def id(self): return self.json.get("id")
    @property
    def reference(self): return self.json.get("reference") or self.id

    def if_match(self):
        return {"If-Match": self.headers.get("etag") or self.json.get("etag") or "*"}

    def why(self):
        """A problem in one line: what, and the clauses."""
        parts = [self.json.get("detail") or self.json.get("title") or self.raw[:300].decode(errors="replace")]
        parts += [f"{v.get('field', '')}: {v.get('message', '')} ({v.get('clause', '-')})" for v in self.json.get("violations", [])]
        return f"{self.status} " + "; ".join(part for part in parts if part)


class CutOff(Exception):
    """A stream that ended before its end."""


class Client:
    def __init__(self, port, token=None):
        self.port, self.token = port, token

    def _headers(self, more):
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        return {**headers, **more}

    def send(self, method, path, body=None, headers=None, timeout=60):
        more = dict(headers or {})
        if body is not None:
            body = json.dumps(body).encode()
            more = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), **more}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, self._headers(more))
            reply = connection.getresponse()
            return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def get(self, path, **more): return self.send("GET", path, **more)
    def post(self, path, body=None, headers=None): return self.send("POST", path, {} if body is None else body, headers)

    def stream(self, path, file, size, media_type, on_line, timeout=600):
        """Sends the file while it hands each line of the answer to on_line; the reply has no body then, unless it is a refusal.

        That the answer ended says nothing: the caller looks for its last line. CutOff when not all of the file went out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.connect()
            connection.auto_open = 0  # never a second connection for the rest of a body
            connection.putrequest("POST", path, skip_accept_encoding=True)
            for name, value in self._headers({"Content-Type": media_type, "Content-Length": str(size)}).items():
                connection.putheader(name, value)
            connection.endheaders()
            socket = connection.sock  # http.client lets go of it when the reply says "Connection: close"; the body still goes there
            sent = []
            writer = threading.Thread(target=self._pump, args=(socket, file, sent), daemon=True)
            writer.start()
            reply = connection.getresponse()
            headers = {name.lower(): value for name, value in reply.getheaders()}
            if reply.status != 200:
                return Reply(reply.status, headers, reply.read())
            for line in reply:
                if line.strip():
                    on_line(json.loads(line))
            writer.join(1)
            if sum(sent) != size:
                raise CutOff(f"{sum(sent)} of {size} bytes of the file went out")
            return Reply(reply.status, headers, b"")
        finally:
            connection.close()

    @staticmethod
    def _pump(socket, file, sent):
        try:
            while chunk := file.read(65536):
                socket.sendall(chunk)
                sent.append(len(chunk))
        except OSError:
            pass  # the server refused early, or went away: the reply says why
