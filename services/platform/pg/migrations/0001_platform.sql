-- What every service keeps beside its own tables: who did what, what others must hear, what was heard, which requests were answered.

-- append-only
create table audit (
  id             bigint generated always as identity primary key,
  at             timestamptz not null,
  actor          text not null,
  acting_through text not null default '',
  action         text not null,
  subject_kind   text not null,
  subject_id     text not null,
  person_id      text not null default '',
  clause         text not null default '',
  before         text not null default '',
  after          text not null default '',
  trace_id       text not null default ''
);
comment on table audit is 'Append-only: every decision and every read of a person''s record (12.4)';
comment on column audit.actor is 'staff number of who did it, or the name of the service';
comment on column audit.acting_through is 'the system that acted for the actor, if any';
comment on column audit.before is 'a reference to the state before (etag or state), never content';
create index audit_at on audit (at, id);
create index audit_subject on audit (subject_id, id);
create index audit_person on audit (person_id, id) where person_id <> '';

create table outbox (
  id              bigint generated always as identity primary key,
  event_id        uuid not null,
  destination     text not null,
  type            text not null,
  thing           text not null,
  attributes      jsonb not null,
  occurred_at     timestamptz not null,
  traceparent     text not null default '',
  attempts        int not null default 0,
  next_attempt_at timestamptz not null,
  parked_at       timestamptz,
  last_error      text not null default ''
);
comment on table outbox is 'Events on their way to other services; a row leaves when its destination has it';
comment on column outbox.thing is 'events of one thing arrive in order: a row waits until the earlier ones of its thing have left';
comment on column outbox.parked_at is 'set when the event failed too often; shown to operators, sent again on request';
create index outbox_order on outbox (destination, thing, id);

create table inbox (
  event_id    uuid primary key,
  source      text not null,
  type        text not null,
  received_at timestamptz not null
);
comment on table inbox is 'Events acted on: an event that arrives again does nothing';

create table idempotency (
  actor        text not null,
  key          text not null,
  payload_hash text not null,
  reply        bytea not null,
  answered_at  timestamptz not null,
  primary key (actor, key)
);
comment on table idempotency is 'The first answer to each Idempotency-Key, kept in the transaction of its change';
create index idempotency_age on idempotency (answered_at);
