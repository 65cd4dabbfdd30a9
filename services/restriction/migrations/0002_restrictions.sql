-- Restrictions: the record, its versions, its decisions, and the measures that hold.
create sequence restriction_number;
create table restriction (
  id uuid primary key,
  reference text not null unique,
  version bigint not null default 1,
  person_id uuid not null references person,
  service_area text not null,
  state text not null
    check (state in ('PROPOSED', 'IN_FORCE', 'LIFTED', 'EXPIRED', 'OVERTURNED', 'SUPERSEDED', 'DECLINED', 'WITHDRAWN')),
  document jsonb not null,
  proposed_at timestamptz not null,
  in_force_from timestamptz,
  in_force_until timestamptz,
  ends_on date,
  review_due_on date,
  review_alarmed_on date,
  look_again_on date,
  look_again_told boolean not null default false,
  terms_version integer not null default 0,
  ended_at timestamptz,
  retain_until date,
  deciding_area text,
  suspended_at timestamptz,
  suspension_alarmed boolean not null default false
);
comment on table restriction is 'a decision to manage somebody''s contact (7.1-7.4)';
comment on column restriction.in_force_from is 'the instant of :impose';
comment on column restriction.in_force_until is 'the first instant after the last day, Europe/London; out of every answer from then on, swept or not';
comment on column restriction.review_due_on is 'local date; overdue from the day after, and in force all the same (7.4)';
comment on column restriction.review_alarmed_on is 'the due date that was alarmed, so that each is alarmed once';
comment on column restriction.look_again_on is 'a withheld notice is looked at again (6.4)';
comment on column restriction.terms_version is 'number of the version of the terms that holds';
comment on column restriction.retain_until is 'once it has ended, or while nobody has decided it: erased from this day on';
comment on column restriction.deciding_area is 'another area decides: the person is a colleague and the area''s own staff do not read the case (12.4)';
comment on column restriction.suspended_at is 'since when it binds nobody: its evidence is to be confirmed by a senior manager within a day (7.3)';
comment on column restriction.suspension_alarmed is 'that nobody decided within the day was told';
comment on column restriction.document is 'evenhand.restriction.v1.Restriction as proto3 JSON';
create index restriction_person on restriction (person_id, state);
create index restriction_area on restriction (service_area, proposed_at desc);
create index restriction_ends on restriction (in_force_until) where state = 'IN_FORCE' and in_force_until is not null;
create index restriction_review on restriction (review_due_on) where state = 'IN_FORCE';
create index restriction_proposed on restriction (service_area) where state = 'PROPOSED';
create index restriction_open_review on restriction (service_area) where state = 'IN_FORCE' and document -> 'openReview' is not null;
create index restriction_retain on restriction (retain_until) where retain_until is not null;
create index restriction_suspended on restriction (suspended_at) where suspended_at is not null;

-- append-only
create table restriction_version (
  restriction_id uuid not null references restriction,
  version bigint not null,
  at timestamptz not null,
  by text not null,
  action text not null,
  document jsonb not null,
  primary key (restriction_id, version)
);
comment on table restriction_version is 'every state a restriction has had: who, what, when';

create table restriction_measure (
  id uuid primary key,
  restriction_id uuid not null references restriction,
  person_id uuid not null references person,
  service_area text not null,
  terms_version integer not null,
  kind text not null,
  channel text,
  max_contacts integer,
  period text,
  from_time text,
  to_time text,
  name text not null default '',
  description text not null default '',
  in_force boolean not null,
  stands_by boolean not null default false,
  valid_from timestamptz not null,
  valid_until timestamptz
);
comment on table restriction_measure is 'the measures that were ever in force; one version of the terms holds at every moment (7.4)';
comment on column restriction_measure.channel is 'null: all channels';
comment on column restriction_measure.in_force is 'true from :impose until lifted, expired, overturned, superseded or varied';
comment on column restriction_measure.stands_by is 'another one holds the same until valid_from; this one holds from then on';
comment on column restriction_measure.valid_until is 'null while it holds';
-- One in force for each person, area, measure and channel, whoever races (7.3 consistency).
create unique index measure_one_in_force on restriction_measure (person_id, service_area, kind, channel) nulls not distinct
  where in_force and not stands_by;
-- Records that were merged may hold the same measure several times: one holds, the others stand by in turn, each from the instant at which
-- the one before it ends by itself, without a write. Two never begin at the same instant.
create unique index measure_one_stands_by on restriction_measure (person_id, service_area, kind, channel, valid_from) nulls not distinct
  where in_force and stands_by;
-- What the check's index asks for whenever something about a person changes; the two unique ones each know only half.
create index restriction_measure_person on restriction_measure (person_id) where in_force;
create index restriction_measure_restriction on restriction_measure (restriction_id);

create table restriction_incident (
  restriction_id uuid not null references restriction,
  incident_id text not null,
  primary key (restriction_id, incident_id)
);
comment on table restriction_incident is 'the incidents a restriction relies on (7.3); a correction of one opens an urgent review';
create index restriction_incident_incident on restriction_incident (incident_id);

-- append-only
create table restriction_decision (
  id uuid primary key,
  restriction_id uuid not null references restriction,
  n integer not null,
  kind text not null check (kind in ('IMPOSITION', 'CONTINUATION', 'VARIATION', 'APPEAL_VARIATION')),
  decided_by text not null,
  decided_at timestamptz not null,
  delegation_id uuid,
  appeal_id text,
  document jsonb not null,
  unique (restriction_id, n),
  unique (appeal_id)
);
comment on table restriction_decision is 'every decision that put terms in force or kept them there; each may be appealed on its own (7.3)';

-- append-only
create table appeal_effect (
  appeal_id text primary key,
  restriction_id uuid not null references restriction,
  applied_at timestamptz not null,
  reply jsonb not null
);
comment on table appeal_effect is 'the outcome of an appeal takes effect once; asked again, the answer is the same';
create index appeal_effect_restriction on appeal_effect (restriction_id);

create table restriction_hold (
  restriction_id uuid not null references restriction,
  kind text not null,
  thing_id text not null default '',
  reason text not null default '',
  placed_by text not null,
  placed_at timestamptz not null,
  released_at timestamptz,
  primary key (restriction_id, kind, thing_id)
);
comment on table restriction_hold is 'why a record is kept past its date: an open appeal, a legal hold';

create sequence delegation_number;
create table delegation (
  id uuid primary key,
  reference text not null unique,
  version bigint not null default 1,
  delegated_by text not null,
  delegate_id text not null,
  service_area text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz,
  document jsonb not null,
  check (starts_at < ends_at)
);
comment on table delegation is 'authority of a senior manager lent to somebody, from when, until when, by whom (4.1-4.2)';
create index delegation_delegate on delegation (delegate_id, service_area);
