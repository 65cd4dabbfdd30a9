-- Appeals, the calendar that their deadlines are worked out by, and when people were told of decisions.

create sequence appeal_reference;

create table appeal (
  id              uuid primary key,
  reference       text not null unique,
  version         bigint not null,
  state           text not null,
  restriction_id  text not null,
  decision_id     text not null,
  person_id       text not null,
  service_area    text not null,
  assignee        text not null default '',
  received_at     timestamptz not null,
  acknowledge_by  date,
  decide_by       date,
  effect_state    text not null default 'NONE',
  next_effect_at  timestamptz,
  alarmed         text[] not null default '{}',
  document        jsonb not null,
  created_at      timestamptz not null,
  updated_at      timestamptz not null
);
comment on table appeal is 'One appeal of one decision (7.3)';
comment on column appeal.version is 'the etag; one more with every change';
comment on column appeal.document is 'the whole appeal as evenhand.appeal.v1.Appeal in proto3 JSON';
comment on column appeal.effect_state is 'PENDING until the restriction service has confirmed the effect of the decision';
comment on column appeal.next_effect_at is 'when the effect is sent again, while PENDING';
comment on column appeal.alarmed is 'deadlines whose passing was announced: ACKNOWLEDGE, DECIDE; each once';
-- A second appeal of the same decision points at the first, whoever races; one that was taken back does not stand in the way.
create unique index appeal_one_per_decision on appeal (decision_id) where state <> 'WITHDRAWN';
create index appeal_restriction on appeal (restriction_id);
create index appeal_person on appeal (person_id);
create index appeal_list on appeal (created_at desc, id desc);
create index appeal_pending on appeal (next_effect_at) where effect_state = 'PENDING';

-- append-only
create table appeal_version (
  appeal_id uuid not null references appeal (id),
  version   bigint not null,
  at        timestamptz not null,
  by        text not null,
  document  jsonb not null,
  primary key (appeal_id, version)
);
comment on table appeal_version is 'Every state an appeal was ever in; nothing is overwritten';

create table decision_told (
  decision_id    text primary key,
  restriction_id text not null,
  told_on        date,
  appeal_by_told date,
  returned_at    timestamptz
);
comment on table decision_told is 'When the person was told of a decision, as the notification service reports it';
comment on column decision_told.told_on is 'null while nobody could tell them (withheld, or the letter came back): the window has not begun';
comment on column decision_told.appeal_by_told is 'the deadline they were told; it is never shortened';

create table holiday (
  calendar   text not null,
  date       date not null,
  name       text not null,
  source     text not null,
  created_at timestamptz not null,
  primary key (calendar, date)
);
comment on table holiday is 'Days on which a calendar does not work, besides weekends';
