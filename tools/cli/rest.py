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
        """Sends the file while it hands each line of the answer to on_line; the reply has no body then, unless it is a refusal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.putrequest("POST", path, skip_accept_encoding=True)
            for name, value in self._headers({"Content-Type": media_type, "Content-Length": str(size)}).items():
                connection.putheader(name, value)
            connection.endheaders()
            writer = threading.Thread(target=self._pump, args=(connection, file), daemon=True)
            writer.start()
            reply = connection.getresponse()
            headers = {name.lower(): value for name, value in reply.getheaders()}
            if reply.status != 200:
                return Reply(reply.status, headers, reply.read())
            for line in reply:
                if line.strip():
                    on_line(json.loads(line))
            writer.join(timeout)
            return Reply(reply.status, headers, b"")
        finally:
            connection.close()

    @staticmethod
    def _pump(connection, file):
        try:
            while chunk := file.read(65536):
                connection.send(chunk)
        except OSError:
            pass  # the server refused early: the reply says why
