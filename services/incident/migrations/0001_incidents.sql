-- What happened, and every version of it (policy 4.3, 7.5-8.11, 12).
create sequence incident_reference;

create table incident (
  id               uuid primary key,
  reference        text not null unique,
  version          bigint not null,
  state            text not null,
  source_system    text not null,
  source_ref       text not null,
  source_version   int not null,
  source_key       text not null,
  ref_key          text not null,
  from_source      boolean not null default false,
  duplicate_of     uuid references incident,
  occurred_at      timestamptz not null,
  recorded_at      timestamptz not null,
  updated_at       timestamptz not null,
  recorded_by      text not null,
  channel          text not null,
  behaviours       text[] not null,
  service_area     text not null,
  line_manager_id  text not null default '',
  affected         text[] not null default '{}',
  involved         text[] not null default '{}',
  witnesses        text[] not null default '{}',
  link_state       text not null,
  person_id        uuid,
  person_unknown   boolean not null,
  person_pending   text not null default '',
  staff_named      boolean not null,
  director_stands_in boolean not null default false,
  subject_staff_id text not null default '',
  subject_manager_id text not null default '',
  subject_area     text not null default '',
  cut_off          boolean not null default false,
  absence_lasts    boolean not null default false,
  document         bytea not null,
  constraint incident_once unique (source_system, source_ref),
  constraint incident_one_key unique (source_key, ref_key)
);
comment on table incident is 'An incident as it stands now; what it said before is in incident_version';
comment on column incident.reference is 'INC-<year of recording>-<number>, what people say to each other';
comment on column incident.version is 'counts every change; the etag';
comment on column incident.source_version is 'the source''s version that counts: the highest ever seen';
comment on column incident.source_key is 'the source''s name in the form that is compared: folded, without blanks, dashes, dots';
comment on column incident.ref_key is 'the source''s record number in the form that is compared';
comment on column incident.from_source is 'the text that counts came from the source''s own system: anybody else''s does not replace it by number alone';
comment on column incident.duplicate_of is 'the original, once put aside: whoever was harmed in one was harmed in both (7.3)';
comment on column incident.affected is 'staff numbers of those it was done to: they never decide on it (7.3)';
comment on column incident.person_id is 'the registered person, only while the link is confirmed';
comment on column incident.person_pending is 'whom the recorder named while the register of people could not be asked; asked again until it answers';
comment on column incident.staff_named is 'staff named publicly: the circle of readers is closed (12.6)';
comment on column incident.director_stands_in is 'one of the circle is absent, so the strategic director is told (12.6)';
comment on column incident.cut_off is 'the current text came from a row that ended with its file';
comment on column incident.absence_lasts is 'an injury''s absence has no last day yet: its reporting clock is looked at each day';
comment on column incident.document is 'evenhand.incident.v1.Incident without versions, follow-ups, evidence and statements';
comment on constraint incident_once on incident is 'a source''s record is one incident, whoever imports it at the same time (scenario 1)';
-- A source and its record numbers are compared as a reader compares them: "HS-PORTAL" is "HS_PORTAL", and "HS-1" is "HS-1" with a blank
-- that can't be seen.
comment on constraint incident_one_key on incident is 'a source''s record is one incident, however its number is written';

create index incident_time on incident (occurred_at desc, id desc);
create index incident_person on incident (person_id) where person_id is not null;
create index incident_area on incident (service_area, occurred_at desc);
create index incident_behaviour on incident using gin (behaviours);
create index incident_absence on incident (id) where absence_lasts;
create index incident_person_pending on incident (id) where person_pending <> '';
create index incident_duplicates on incident (duplicate_of) where duplicate_of is not null;
-- Earlier contacts outside the office are counted whenever one is read (8.9): few among many.
create index incident_outside on incident (occurred_at) where behaviours @> '{CONTACT_OUTSIDE_OFFICE}' or channel = 'OUTSIDE_WORK';

create table incident_version (
  incident_id    uuid not null references incident,
  version        bigint not null,
  kind           text not null,
  source_version int not null,
  at             timestamptz not null,
  by_whom        text not null,
  reason         text not null default '',
  text_hash      bytea not null,
  primary key (incident_id, version)
);
comment on table incident_version is 'Every text an incident ever had, with who and why; never changed';
comment on column incident_version.version is 'in the order of arrival, from 1';
comment on column incident_version.text_hash is 'SHA-256 of the text: an exact repeat is not kept twice';

create table incident_text (
  incident_id uuid not null,
  version     bigint not null,
  document    bytea not null,
  primary key (incident_id, version),
  foreign key (incident_id, version) references incident_version
);
comment on table incident_text is 'The text of each version; gone, and only this, where a manager decides that contact outside the office is not recorded (8.9)';

create table statement (
  id          uuid primary key,
  incident_id uuid not null references incident,
  staff_id    text not null,
  text        text not null,
  recorded_by text not null,
  recorded_at timestamptz not null
);
comment on table statement is 'What witnesses put on record, word for word (7.14)';
create index statement_incident on statement (incident_id, recorded_at);

-- append-only
create table incident_reader (
  incident_id   uuid not null references incident,
  staff_id      text not null,
  person_id     text not null,
  first_read_at timestamptz not null,
  primary key (incident_id, staff_id, person_id)
);
comment on table incident_reader is 'Who read it while it was said to be about whom: told when that was wrong (case A)';

-- Incidents follow records of people that become one, and two again.
create table person_merge (
  survivor_id uuid not null,
  merged_id   uuid not null,
  merged_at   timestamptz not null,
  primary key (survivor_id, merged_id)
);
comment on table person_merge is 'Which records of people are one, as long as they are: what was linked since is in doubt when they separate';
create table incident_moved (
  incident_id uuid not null references incident,
  survivor_id uuid not null,
  merged_id   uuid not null,
  primary key (incident_id, survivor_id, merged_id)
);
comment on table incident_moved is 'Incidents whose confirmed link followed a merge: they move back when it is undone';

-- The record that stands for this person: another's, after a merge (scenario 5).
create function standing(person uuid) returns uuid language sql stable set search_path from current as $$
  with recursive way (id) as (select person union select m.survivor_id from person_merge m join way on m.merged_id = way.id)
  select id from way where not exists (select from person_merge m where m.merged_id = way.id) limit 1
$$;

-- Versions and statements are append-only, but for what a manager decided not to keep (8.9): a trigger says so instead of a grant.
create function only_what_is_not_kept() returns trigger language plpgsql set search_path from current as $$
begin
  if not exists (select from incident where id = old.incident_id and state = 'NOT_KEPT') then
    raise exception 'append-only: % of an incident that is kept', tg_table_name;
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.reason = '';  -- the only thing that an update may do: who, when and which version stay
  old.reason = '';
  if new is distinct from old then
    raise exception 'append-only: only the reason of a version can be erased';
  end if;
  return new;
end
$$;
create trigger statement_append_only before delete on statement for each row execute function only_what_is_not_kept();
create trigger version_append_only before update on incident_version for each row execute function only_what_is_not_kept();

create function never() returns trigger language plpgsql as $$
begin
  raise exception 'append-only: %', tg_table_name;
end
$$;
create trigger statement_never_changes before update on statement for each row execute function never();
create trigger version_never_goes before delete on incident_version for each row execute function never();
