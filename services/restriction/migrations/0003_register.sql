-- The Potentially Violent Persons register: the least that keeps staff safe (4.3, 12.4).
create sequence marker_number;
create table marker (
  id uuid primary key,
  reference text not null unique,
  version bigint not null default 1,
  person_id uuid not null references person,
  service_area text not null,
  state text not null check (state in ('PROVISIONAL', 'CONFIRMED', 'REMOVED', 'SUSPENDED')),
  category text not null,
  instruction text not null,
  uprn text,
  review_on date,
  review_alarmed_on date,
  proposed_at timestamptz not null,
  removed_at timestamptz,
  retain_until date,
  document jsonb not null
);
comment on table marker is 'an entry from reported incidents, provisional until a senior manager confirms it';
comment on column marker.uprn is 'the address it holds for as well; normal form';
comment on column marker.review_on is '12 months after confirmation unless said; until then 12 months after it was proposed';
comment on column marker.retain_until is 'once removed: erased from this day on';
create index marker_person on marker (person_id);
create index marker_area on marker (service_area, review_on) where state <> 'REMOVED';
create index marker_retain on marker (retain_until) where retain_until is not null;

-- append-only
create table marker_version (
  marker_id uuid not null references marker,
  version bigint not null,
  at timestamptz not null,
  by text not null,
  document jsonb not null,
  primary key (marker_id, version)
);
comment on table marker_version is 'every state an entry has had';

create table marker_incident (
  marker_id uuid not null references marker,
  incident_id text not null,
  primary key (marker_id, incident_id)
);
comment on table marker_incident is 'the reported incidents an entry rests on (4.3)';
create index marker_incident_incident on marker_incident (incident_id);

-- Incidents that a manager sent to the register whose person's age is not known: no entry without an age check (findings of infants on
-- such registers), and no decision forgotten either.
create table register_waits (
  person_id uuid not null references person on delete cascade,
  incident_id text not null,
  service_area text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  primary key (person_id, incident_id)
);
comment on table register_waits is 'decided to go to the register (4.3); shown as an alert until an entry rests on the incident';
