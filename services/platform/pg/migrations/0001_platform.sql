-- What every service keeps beside its own tables: who did what, what others must hear, what was heard, which requests were answered,
-- the council's service areas and its calendar.

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
  reason         text not null default '',
  trace_id       text not null default ''
);
comment on table audit is 'Append-only: every decision and every read of a person''s record (12.4)';
comment on column audit.actor is 'staff number of who did it, or the name of the service';
comment on column audit.acting_through is 'the system that acted for the actor, if any';
comment on column audit.before is 'a reference to the state before (etag or state), never content';
comment on column audit.reason is 'what the caller said under X-Reason; empty where nothing was said';
-- Entries are appended in the order of their instants: one line for a range of pages finds a period. Most are about the person whose record
-- they are of, whom audit_person finds already.
create index audit_at on audit using brin (at) with (pages_per_range = 32, autosummarize = on);
create index audit_subject on audit (subject_id, id) where subject_id <> person_id;
create index audit_person on audit (person_id, id) where person_id <> '';

create table outbox (
  id              bigint generated always as identity primary key,
  event_id        uuid not null,
  destination     text not null,
  type            text not null,
  subject         text not null,
  data            jsonb not null,
  occurred_at     timestamptz not null,
  traceparent     text not null default '',
  attempts        int not null default 0,
  next_attempt_at timestamptz not null,
  parked_at       timestamptz,
  last_error      text not null default ''
);
comment on table outbox is 'Events on their way to other services; a row leaves when its destination has it';
comment on column outbox.subject is 'the id of what it happened to; events of one subject arrive in order: a row waits until the earlier ones have left';
comment on column outbox.parked_at is 'set when the event failed too often; shown to operators, sent again on request';
create index outbox_order on outbox (destination, subject, id);

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
  audited      text not null default '[]',
  found        boolean not null default false,
  answered_at  timestamptz not null,
  primary key (actor, key)
);
comment on table idempotency is 'The first answer to each Idempotency-Key, kept in the transaction of its change';
comment on column idempotency.found is 'a create that made nothing: its replay says so too';
comment on column idempotency.audited is 'the audit entries of the change, as JSON; a replay repeats them as "….replayed"';
create index idempotency_age on idempotency (answered_at);

-- Restriction-service changes them on request, the others when they are told.
create table service_area (
  id      text primary key,
  name    text not null unique,
  aliases text not null,
  version int not null
);
comment on table service_area is 'Service areas as data: what a token, a record and a check may name';
comment on column service_area.name is 'what records are kept under; it never changes';
comment on column service_area.aliases is 'other names for it, a line each; compared without case and blanks';

-- Bank holidays are loaded from a CSV by `migrate`; the council's own days and the bank holidays that it works are kept by appeal-service on
-- request, by the others when they are told.
create table holiday (
  calendar   text not null,
  date       date not null,
  name       text not null,
  source     text not null,
  worked     boolean not null default false,
  created_at timestamptz not null,
  primary key (calendar, date)
);
comment on table holiday is 'Days on which a calendar does not work, besides weekends';
comment on column holiday.worked is 'the council works on this bank holiday: it is passed over by no deadline';
