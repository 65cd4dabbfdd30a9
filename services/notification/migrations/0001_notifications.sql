-- Who is told, by which rule, and what became of it.
create sequence notification_reference;

create table audience (
  id           text primary key,
  version      bigint not null,
  service_area text not null default '',
  document     jsonb not null,
  updated_at   timestamptz not null
);
comment on table audience is 'People with one task: who answers public numbers, who monitors web contact, each service (12.5)';
comment on column audience.document is 'evenhand.notification.v1.Audience in proto3 JSON; addresses stay in here';

-- The audiences that the policy itself names (12.5, 12.6, 12.10); their people are kept through REST.
insert into audience (id, version, service_area, document, updated_at)
select id, 1, '', jsonb_build_object('id', id, 'etag', '"1"', 'name', name, 'kind', kind), '2023-10-06T00:00:00Z'
from (values
  ('public-numbers',      'Staff who respond to publicly available numbers',       'PUBLIC_NUMBERS'),
  ('web-contact',         'Staff who monitor online and other web contact',        'WEB_CONTACT'),
  ('senior-leadership',   'Senior leadership group',                               'SENIOR_LEADERSHIP'),
  ('hr-business-partner', 'HR business partner',                                   'OTHER'),
  ('communications',      'Communications team leader',                            'OTHER'),
  ('strategic-director',  'Strategic director, in the absence of those of 12.6',   'OTHER')
) as named (id, name, kind);

-- append-only
create table audience_version (
  id       text not null,
  version  bigint not null,
  at       timestamptz not null,
  by       text not null,
  document jsonb not null,
  primary key (id, version)
);
comment on table audience_version is 'Who belonged to an audience when';

create table occasion (
  seq             bigint generated always as identity primary key,
  event_id        text not null unique,
  type            text not null,
  subject         text not null,
  data            jsonb not null,
  occurred_at     timestamptz not null,
  traceparent     text not null default '',
  done_at         timestamptz,
  attempts        int not null default 0,
  next_attempt_at timestamptz not null,
  last_error      text not null default ''
);
comment on table occasion is 'What happened elsewhere and has to be told; done once everybody to be told stands in notification';
create index occasion_due on occasion (next_attempt_at, seq) where done_at is null;
-- Told in the order of their instants: one line for a range of pages finds a time that a receiver missed.
create index occasion_at on occasion using brin (occurred_at);

create table notification (
  id              uuid primary key,
  reference       text not null unique,
  version         bigint not null,
  state           text not null,
  kind            text not null,
  means           text not null,
  occasion        text not null,
  event_id        text not null,
  restriction_id  text not null default '',
  decision_id     text not null default '',
  appeal_id       text not null default '',
  incident_id     text not null default '',
  marker_id       text not null default '',
  letter_id       text not null default '',
  webhook_id      text not null default '',
  person_id       text not null default '',
  service_area    text not null default '',
  audience        text not null default '',
  recipient       text not null default '',
  provider        text not null default '',
  address         text not null default '',
  payload         text not null default '',
  attempts        int not null default 0,
  next_attempt_at timestamptz,
  lease_until     timestamptz,
  traceparent     text not null default '',
  document        jsonb not null,
  created_at      timestamptz not null,
  updated_at      timestamptz not null
);
comment on table notification is 'One message to one recipient, and the proof of what became of it';
comment on column notification.event_id is 'the event that caused it: with kind, audience, recipient and webhook it makes the message exist once';
comment on column notification.marker_id is 'the register entry it is about (4.3)';
comment on column notification.address is 'where it goes; out of the document, so that no reply shows it';
comment on column notification.payload is 'what is sent: a link and a handling caveat, or a CloudEvent; never a narrative';
comment on column notification.provider is 'whose circuit breaker and rate limit count: smtp, print, or a webhook''s id';
comment on column notification.lease_until is 'while SENDING: after it the message is taken to be unsent and goes again with the same id';
comment on column notification.traceparent is 'W3C trace of the request that caused it: it goes with every e-mail and webhook';
create unique index notification_once on notification (event_id, kind, audience, recipient, webhook_id);
create index notification_due on notification (means, next_attempt_at) where state in ('QUEUED', 'TEMPORARY_FAILURE');
create index notification_sending on notification (provider, lease_until) where state = 'SENDING';
create index notification_restriction on notification (restriction_id, id) where restriction_id <> '';
create index notification_incident on notification (incident_id) where incident_id <> '';
create index notification_marker on notification (marker_id) where marker_id <> '';
create index notification_person on notification (person_id) where person_id <> '';
create index notification_recipient on notification (recipient, id);
create index notification_webhook on notification (webhook_id, state) where webhook_id <> '';

-- append-only
create table notification_transition (
  notification_id uuid not null,
  at              timestamptz not null,
  from_state      text not null,
  to_state        text not null,
  note            text not null default '',
  by              text not null default ''
);
comment on table notification_transition is 'Every step of every message';
create index notification_transition_of on notification_transition (notification_id);

create table receipt (
  receipt_id      text primary key,
  notification_id uuid not null,
  at              timestamptz not null
);
comment on table receipt is 'Receipts of providers acted on: the same receipt twice is one transition';

-- append-only
create table not_told (
  id             bigint generated always as identity primary key,
  restriction_id text not null default '',
  incident_id    text not null default '',
  marker_id      text not null default '',
  event_id       text not null,
  audience       text not null,
  why            text not null,
  clause         text not null,
  decided_by     text not null default '',
  decided_at     timestamptz not null
);
comment on table not_told is 'Who was not told and by which rule or decision: the decision not to share is noted too (12.5)';
create unique index not_told_once on not_told (event_id, audience, restriction_id);
create index not_told_restriction on not_told (restriction_id);
create index not_told_marker on not_told (marker_id) where marker_id <> '';

create table withheld (
  restriction_id text not null,
  decision_id    text not null,
  look_again_on  date,
  at             timestamptz not null,
  primary key (restriction_id, decision_id)
);
comment on table withheld is 'Decisions of which the person is not told for now (6.4); why is recorded with the restriction';

create table deceased (
  person_id text primary key,
  at        timestamptz not null
);
comment on table deceased is 'People who have died: letters stop';
