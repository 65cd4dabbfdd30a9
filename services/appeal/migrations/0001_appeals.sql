-- Appeals, when people were told of the decisions that they appeal, and the people they follow (7.3).
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
  effect_tries    int not null default 0,
  effect_problem_told boolean not null default false,
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
comment on column appeal.effect_tries is 'how often it was sent: the next pause is longer, after a restart too';
comment on column appeal.effect_problem_told is 'that its terms are refused was announced, once';
comment on column appeal.alarmed is 'deadlines whose passing was announced: ACKNOWLEDGE, DECIDE; each once';
-- A second appeal of the same decision points at the first, whoever races; one that was taken back does not stand in the way.
create unique index appeal_one_per_decision on appeal (decision_id) where state <> 'WITHDRAWN';
create index appeal_restriction on appeal (restriction_id);
create index appeal_person on appeal (person_id);
create index appeal_list on appeal (created_at desc, id desc);
create index appeal_open on appeal (service_area) where state in ('LODGED', 'LATE', 'ACKNOWLEDGED', 'ASSIGNED');
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

-- Each telling of a decision is kept for itself: a letter that comes back undoes its own, and what else told the person stands.
create table decision_telling (
  decision_id    text not null,
  letter_id      text not null,
  how            text not null,
  restriction_id text not null,
  on_day         date not null,
  told_on        date not null,
  appeal_by      date not null,
  undone_at      timestamptz,
  primary key (decision_id, letter_id, how)
);
comment on table decision_telling is 'The person was told of a decision, as the notification service reports it';
comment on column decision_telling.on_day is 'posted, handed over or said on this day';
comment on column decision_telling.told_on is 'the day that counts: what the post takes is added';
comment on column decision_telling.appeal_by is 'the last day to appeal that follows, or that the letter promised, whichever is later';
comment on column decision_telling.undone_at is 'the letter came back, was refused or failed: this telling counts no more';
create index decision_telling_restriction on decision_telling (restriction_id);

-- The window is open from the first telling that stands, until the last day that any of them names. No row, or null: not told.
create view decision_told as
  select decision_id,
         min(restriction_id)                             as restriction_id,
         min(told_on) filter (where undone_at is null)   as told_on,
         max(appeal_by) filter (where undone_at is null) as appeal_by_told
  from   decision_telling
  group  by decision_id;

-- Appeals follow people who become one record, and two again.
create table person_merge (
  survivor_id text not null,
  merged_id   text not null,
  merged_at   timestamptz not null,
  primary key (survivor_id, merged_id)
);
comment on table person_merge is 'Two records of people that became one, until they are separated';
create table appeal_moved (
  appeal_id   uuid not null references appeal (id),
  survivor_id text not null,
  merged_id   text not null,
  primary key (appeal_id, survivor_id, merged_id)
);
comment on table appeal_moved is 'Appeals that a merge took to the survivor: they go back when it is undone';

-- The record that stands for this person: another's, after a merge (scenario 5).
create function standing(person text) returns text language sql stable set search_path from current as $$
  with recursive way (id) as (select person union select m.survivor_id from person_merge m join way on m.merged_id = way.id)
  select id from way where not exists (select from person_merge m where m.merged_id = way.id) limit 1
$$;

-- Who works here, as their last token said: an appeal is not given to somebody known to be no strategic director.
create table staff_seen (
  staff_id text primary key,
  director boolean not null,
  at       timestamptz not null
);
comment on table staff_seen is 'Whether a member of staff was a strategic director when last seen here';
