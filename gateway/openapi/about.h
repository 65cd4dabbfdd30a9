// What the contract says of itself before its operations: the first steps, for people. Markdown, also the first page of /docs.
#pragma once

namespace evenhand::gateway {

inline constexpr char kAbout[] =
    R"md(Runs a council's Customer Contact Policy fairly and provably: incidents, people, restrictions, contact checks, appeals, and who is told.

# First steps

## A token
Every call but `/healthz`, `/readyz` and these pages carries `Authorization: Bearer …`, a JWT of the council's identity provider (RS256, PS256 or ES256)
with `sub` (the staff number), `roles` and `service_areas`. A development stack makes one:

```sh
TOKEN=$(tools/evenhand token --sub crm \
  --roles crm --service-areas "" | tail -1)
curl http://127.0.0.1:8080/v1/contacts:check \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{"phone": "07700 900123"}'
```

## JSON
proto3 canonical: lowerCamelCase names, enum values as words, instants as RFC 3339, days as `YYYY-MM-DD` in Europe/London. Unknown fields, duplicate keys
and wrong types are refused with the JSON path. What is `required` and how long a text may be is told at each field, and held by the server.

## Idempotency-Key: a write happens once
Send a fresh UUID as `Idempotency-Key` with each write, and the same one when you try again: the first reply comes back, marked `Idempotent-Replayed: true`,
and there is one effect. The same key with another body is refused (422); while the first is still at work, 409. Kept for a day.
`?validateOnly=true` answers what a write would, and changes nothing.

## Made or found
A create answers 201 with `Location` when something was made, and 200 when what it asks for was there already.

## If-Match: nobody's change is lost
A change of state takes `If-Match` with the `etag` that you read (the header `ETag` and the field are the same): without it 428, with an old one 412: read
again and decide again. `*` matches any. A read with `If-None-Match` answers 304 while nothing has changed.

## Errors
`application/problem+json` (RFC 9457): show `detail` and `violations[]` to people; programs read `status`, `reason` and `clause`. `clause` is the policy's;
where the policy does not say so, `source` names what does. `type` leads to the reason's paragraph below; `traceId` finds the request in the operators' log.
The order of refusals: 401; 400 unreadable; 403; 428 and 412; 400 content, all violations at once; 409 state.

## Webhooks
`POST /v1/webhooks` registers a receiver; what it is told, type by type, stands under `webhooks` here, in `GET /v1/eventTypes`, and as AsyncAPI in
[`/asyncapi.json`](/asyncapi.json). What was sent, and what came of it: `GET /v1/webhooks/{id}/deliveries`. What was missed comes again by `:replay` with
`since` and `until`; a secret is changed without a gap by `:rollSecret`.

# Reasons
)md";

}  // namespace evenhand::gateway
