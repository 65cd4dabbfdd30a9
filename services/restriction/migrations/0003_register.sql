-- The Potentially Violent Persons register: the least that keeps staff safe (4.3, 12.4).
create sequence marker_number;
create table marker (
  id uuid primary key,
  reference text not null unique,
  version bigint not null default 1,
  person_id uuid not null references person,
  service_area text not null,
  state text not null check (state in ('PROVISIONAL', 'CONFIRMED', 'REMOVED')),
  category text not null,
  instruction text not null,
  uprn text,
  review_on date,
  review_alarmed_on date,
  proposed_at timestamptz not null,
  removed_at timestamptz,
  document jsonb not null
);
comment on table marker is 'an entry from reported incidents, provisional until a senior manager confirms it';
comment on column marker.uprn is 'the address it holds for as well; normal form';
comment on column marker.review_on is '12 months after confirmation unless said';
create index marker_person on marker (person_id);

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
