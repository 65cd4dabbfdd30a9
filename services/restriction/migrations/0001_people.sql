-- The register's people and how they are recognised. Whole records as documents; what is searched, joined or constrained as columns.
create sequence person_number;
create table person (
  id uuid primary key,
  reference text not null unique,
  version bigint not null default 1,
  state text not null check (state in ('ACTIVE', 'MERGED', 'DECEASED')),
  merged_into uuid references person,
  is_employee boolean not null default false,
  document jsonb not null,
  created_at timestamptz not null,
  touched_at timestamptz,
  check ((state = 'MERGED') = (merged_into is not null))
);
comment on table person is 'somebody, or an organisation, registered for a reason (3.2); there is no list of them (12.4)';
comment on column person.reference is 'readable, PER-2026-000042; resolves for ever, after a merge to the record that stands';
comment on column person.version is 'the etag';
comment on column person.merged_into is 'the record that stands, after a merge';
comment on column person.document is 'evenhand.restriction.v1.Person as proto3 JSON, without markers, steps and merges, which stand in tables of their own';
comment on column person.touched_at is 'when something was last recorded about the person; the term of a record that nothing rests on runs from here';
create index person_merged_into on person (merged_into) where merged_into is not null;
create index person_touched on person (coalesce(touched_at, created_at)) where merged_into is null;
-- Whose case is closed to whom (12.4) is asked at each look at an incident, an appeal, a letter: few among all the people of the register.
create index person_employee on person (id) where is_employee;

-- append-only
create table person_version (
  person_id uuid not null references person,
  version bigint not null,
  at timestamptz not null,
  by text not null,
  document jsonb not null,
  primary key (person_id, version)
);
comment on table person_version is 'every state a person''s record has had';

create table person_handle (
  id uuid primary key,
  person_id uuid not null references person,
  kind text not null check (kind in ('PHONE', 'EMAIL', 'SOCIAL', 'UPRN', 'CRM_REF')),
  value text not null,
  written text not null,
  shared boolean not null default false,
  confirmed boolean not null default true,
  since timestamptz not null,
  ended_at timestamptz
);
comment on table person_handle is 'how a person is recognised; a handle that is no longer theirs ends and stays as history';
comment on column person_handle.value is 'normal form: E.164, lower-case e-mail, digits of a UPRN; compared exactly';
comment on column person_handle.written is 'as somebody wrote it';
comment on column person_handle.shared is 'a household''s: a match is only ever POSSIBLE';
comment on column person_handle.ended_at is 'null while it is theirs';
create unique index person_handle_current on person_handle (person_id, kind, value) where ended_at is null;
create index person_handle_value on person_handle (kind, value) where ended_at is null;

-- What was stored under an older form is put into the new one at start.
create table handle_form (n integer not null);
comment on table handle_form is 'one row: the normal form of every person_handle.value; below the service''s own, no check is answered from them';
insert into handle_form values (2);

create table restorative_step (
  id uuid primary key,
  person_id uuid not null references person,
  document jsonb not null,
  recorded_at timestamptz not null
);
comment on table restorative_step is 'what was tried to restore the relationship, whether or not anything is ever imposed (12.1)';
create index restorative_step_person on restorative_step (person_id);

create table no_contact_request (
  id uuid primary key,
  person_id uuid not null references person,
  staff_id text not null,
  kind text not null check (kind in ('NO_CONTACT', 'LETTERS_IN_MANAGERS_NAME')),
  manager_id text not null default '',
  reason text not null default '',
  requested_at timestamptz not null,
  withdrawn_at timestamptz
);
comment on table no_contact_request is 'a member of staff asks not to deal with a person (10.4, 10.6); honoured without its reason';
create unique index no_contact_request_once on no_contact_request (person_id, staff_id, kind) where withdrawn_at is null;

-- An advocate as a contact check must know of them (5.4): the only way to the person, or gone, with what is open meanwhile.
create table advocate_arrangement (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null,
  only_contact boolean not null,
  resigned boolean not null,
  temporary_channel text not null,
  since timestamptz not null,
  ended_at timestamptz
);
comment on table advocate_arrangement is 'an advocate who is the only contact or has resigned; what ends stays as history';
create unique index advocate_arrangement_current on advocate_arrangement (person_id) where ended_at is null;
create index advocate_arrangement_person on advocate_arrangement (person_id);

create table person_merge (
  id uuid primary key,
  survivor_id uuid not null references person,
  merged_id uuid not null references person,
  reason text not null,
  merged_by text not null,
  merged_at timestamptz not null,
  unmerged_at timestamptz,
  before_survivor jsonb not null,
  before_merged jsonb not null,
  moved jsonb not null
);
comment on table person_merge is 'two records that were one person; kept so that it can be undone as far as that is certain';
comment on column person_merge.moved is 'ids of what was the folded record''s: {"restriction": […], "marker": […], "step": […], "handle": […]}';
create unique index person_merge_open on person_merge (merged_id) where unmerged_at is null;

create table merge_question (
  id uuid primary key,
  merge_id uuid not null references person_merge,
  thing_kind text not null,
  thing_id uuid not null,
  person_id uuid,
  answered_by text not null default ''
);
comment on table merge_question is 'what came after a merge that was undone: whose is it? A human answers';
create index merge_question_thing on merge_question (thing_id);

-- A record and those that were folded into it.
create function records_of(pid uuid) returns setof uuid language sql stable set search_path from current as $$
  with recursive same (id) as (select pid union select p.id from person p join same on p.merged_into = same.id) select id from same
$$;
