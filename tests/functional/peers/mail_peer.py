"""A mail server with moods, for tests: mail_peer.py PORT OUTPUT.jsonl [CERT KEY]. Standard library only.

The recipient's local part says how it behaves: never… is refused for good (550), later… is greylisted at its first two attempts (451),
drop… has the connection cut after DATA, slow… answers after two seconds, hang… is never answered; everybody else is taken. Each message taken is a JSON line.
With CERT and KEY it offers STARTTLS and, before it, takes no mail; then it asks for user and password ("evenhand" / "letmein"). A password that it
refuses is a line in OUTPUT.jsonl.refused; what it was told before TLS is in OUTPUT.jsonl.clear.
"""
import asyncio
import base64
import json
import ssl
import sys

PORT, OUTPUT = int(sys.argv[1]), sys.argv[2]
TLS = None
if len(sys.argv) > 4:
    TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    TLS.load_cert_chain(sys.argv[3], sys.argv[4])
attempts = {}


def note(kind, line):
    with open(OUTPUT + kind, "a", encoding="utf-8") as out:
        out.write(line + "\n")


class Session:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.secure, self.known = reader, writer, TLS is None, TLS is None

    async def say(self, text):
        self.writer.write((text + "\r\n").encode())
        await self.writer.drain()

    async def run(self):
        await self.say("220 peer.example.org ready")
        to = None
        while line := (await self.reader.readline()).decode(errors="replace").strip():
            verb = line.split(" ")[0].upper()
            if TLS and not self.secure:
                note(".clear", line)
            if verb in ("EHLO", "HELO"):
                extra = ["250-peer.example.org", "250-8BITMIME"] + (["250-STARTTLS"] if not self.secure else []) + (["250-AUTH PLAIN LOGIN"] if self.secure and TLS else [])
                self.writer.write(("\r\n".join(extra) + "\r\n250 SIZE 1000000\r\n").encode())
            elif verb == "STARTTLS" and TLS:
                await self.say("220 go ahead")
                await self.writer.start_tls(TLS)
                self.secure = True
            elif verb == "AUTH":
                words = line.split(" ")
                proof = words[2] if len(words) > 2 else ""
                if not proof:
                    await self.say("334 ")
                    proof = (await self.reader.readline()).decode().strip()
                self.known = base64.b64decode(proof) == b"\0evenhand\0letmein"
                if not self.known:
                    note(".refused", "a password")
                await self.say("235 welcome" if self.known else "535 no")
            elif verb == "MAIL":
                await self.say("250 ok" if self.secure and self.known else "530 STARTTLS and AUTH first")
            elif verb == "RCPT":
                to = line.split("<")[1].split(">")[0]
                attempts[to] = attempts.get(to, 0) + 1
                if to.startswith("never"):
                    await self.say("550 no such user")
                elif to.startswith("later") and attempts[to] <= 2:
                    await self.say("451 greylisted, come back")
                elif to.startswith("hang"):
                    await asyncio.sleep(600)
                else:
                    if to.startswith("slow"):
                        await asyncio.sleep(2)
                    await self.say("250 ok")
            elif verb == "DATA":
                await self.say("354 end with .")
                lines = []
                while (more := (await self.reader.readline()).decode(errors="replace")) != ".\r\n" and more:
                    lines.append(more)
                if to.startswith("drop") and attempts[to] <= 1:
                    self.writer.close()
                    return
                with open(OUTPUT, "a", encoding="utf-8") as out:
                    out.write(json.dumps({"to": to, "text": "".join(lines), "secure": self.secure and TLS is not None}) + "\n")
                await self.say("250 taken")
            elif verb == "QUIT":
                await self.say("221 bye")
                self.writer.close()
                return
            else:
                await self.say("250 ok")


async def serve(reader, writer):
    try:
        await Session(reader, writer).run()
    except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
