-- Contacts that took place, counted against limits (7.2), and what staff were told at checks (12.4).
create table contact_count (
  measure_id uuid not null references restriction_measure,
  window_start timestamptz not null,
  used integer not null,
  primary key (measure_id, window_start)
);
comment on table contact_count is 'contacts of one limit in one window; one row is locked for each contact, so that an allowance is given once';
comment on column contact_count.window_start is 'start of the hour, day, week or month, Europe/London';

-- append-only
create table contact (
  id uuid primary key,
  at timestamptz not null,
  person_id uuid not null references person,
  channel text not null,
  service_area text not null,
  recorded_by text not null
);
comment on table contact is 'contacts recorded against a limit: that there was one, no more';
create index contact_person on contact (person_id, at);

-- append-only
create table contact_check (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  acting_through text not null,
  channel text not null,
  service_area text not null,
  staff_id text not null,
  outcome text not null,
  person_ids uuid[] not null,
  answer bytea not null,
  trace_id text not null
);
comment on table contact_check is 'every check that gave guidance: who was told what, copied from the local spool, each once by its id';
comment on column contact_check.answer is 'evenhand.restriction.v1.CheckContactResponse, serialised, exactly as it was given';
create index contact_check_at on contact_check (at);
create index contact_check_person on contact_check using gin (person_ids);
