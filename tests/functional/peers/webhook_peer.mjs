// A receiver of webhooks with moods, for tests: node webhook_peer.mjs PORT OUTPUT.jsonl MOODS.json
// MOODS.json: {"/path": {"secret": "whsec_…", "answers": [503, 503, 200], "delay": ms}}; the last answer stays. It is read anew at each
// request. Signatures are verified by the reference library of Standard Webhooks, bodies read by the CloudEvents SDK.
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const [port, output, moods] = process.argv.slice(2);
const seen = {};
createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const mood = JSON.parse(readFileSync(moods, "utf8"))[request.url] ?? { answers: [404] };
    const n = (seen[request.url] = (seen[request.url] ?? 0) + 1);
    const status = mood.answers[Math.min(n, mood.answers.length) - 1];
    const line = { path: request.url, id: request.headers["webhook-id"], status, verified: false, event: null };
    try {
      new Webhook(mood.secret).verify(body, request.headers);
      line.verified = true;
      const event = HTTP.toEvent({ headers: request.headers, body });
      event.validate();
      line.event = { id: event.id, type: event.type, source: event.source, subject: event.subject, data: event.data };
    } catch (error) {
      line.error = String(error);
    }
    appendFileSync(output, JSON.stringify(line) + "\n");
    setTimeout(() => response.writeHead(status).end(), mood.delay ?? 0);
  });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
