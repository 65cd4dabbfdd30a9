-- What happened, every version of it, and what must follow (policy 4.3, 7.5-8.11, 10.3, 12).
create sequence incident_reference;

create table incident (
  id               uuid primary key,
  reference        text not null unique,
  version          bigint not null,
  state            text not null,
  source_system    text not null,
  source_ref       text not null,
  source_version   int not null,
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
  staff_named      boolean not null,
  director_stands_in boolean not null default false,
  subject_staff_id text not null default '',
  subject_manager_id text not null default '',
  subject_area     text not null default '',
  cut_off          boolean not null default false,
  absence_lasts    boolean not null default false,
  document         bytea not null,
  constraint incident_once unique (source_system, source_ref)
);
comment on table incident is 'An incident as it stands now; what it said before is in incident_version';
comment on column incident.reference is 'INC-<year of recording>-<number>, what people say to each other';
comment on column incident.version is 'counts every change; the etag';
comment on column incident.source_version is 'the source''s version that counts: the highest ever seen';
comment on column incident.affected is 'staff numbers of those it was done to: they never decide on it (7.3)';
comment on column incident.person_id is 'the registered person, only while the link is confirmed';
comment on column incident.staff_named is 'staff named publicly: the circle of readers is closed (12.6)';
comment on column incident.director_stands_in is 'one of the circle is absent, so the strategic director is told (12.6)';
comment on column incident.cut_off is 'the current text came from a row that ended with its file';
comment on column incident.absence_lasts is 'an injury''s absence has no last day yet: its reporting clock is looked at each day';
comment on column incident.document is 'evenhand.incident.v1.Incident without versions, follow-ups, evidence and statements';
comment on constraint incident_once on incident is 'a source''s record is one incident, whoever imports it at the same time (scenario 1)';

create index incident_time on incident (occurred_at desc, id desc);
create index incident_person on incident (person_id) where person_id is not null;
create index incident_area on incident (service_area, occurred_at desc);
create index incident_behaviour on incident using gin (behaviours);
create index incident_absence on incident (id) where absence_lasts;

-- append-only
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

create table follow_up (
  id            uuid primary key,
  version       bigint not null,
  incident_id   uuid not null references incident,
  kind          text not null,
  state         text not null,
  staff_id      text not null default '',
  detail        text not null default '',
  owner         text not null default '',
  owner_role    text not null,
  service_area  text not null,
  staff_named   boolean not null default false,
  opened_at     timestamptz not null,
  due_at        timestamptz not null,
  escalated_at  timestamptz,
  closed_at     timestamptz,
  outcome       text not null default '',
  document      bytea not null,
  constraint follow_up_once unique (incident_id, kind, staff_id, detail)
);
comment on table follow_up is 'What must follow an incident: opened by rule, closed with an outcome, never deleted';
comment on column follow_up.staff_id is 'whom it is for, where it is one person''s';
comment on column follow_up.owner is 'staff number; empty where a role owns it';
comment on column follow_up.escalated_at is 'told once that it is late';
comment on constraint follow_up_once on follow_up is 'asked once: a declined debrief is not offered again (10.4)';
create index follow_up_due on follow_up (due_at, id) where state = 'OPEN';
create index follow_up_owner on follow_up (owner, due_at) where state = 'OPEN';
create index follow_up_late on follow_up (due_at) where state = 'OPEN' and escalated_at is null;

-- append-only
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

create table import_rejection (
  id            uuid primary key,
  version       bigint not null default 1,
  row_hash      bytea not null unique,
  state         text not null,
  record_no     text not null,
  line          int not null,
  column_name   text not null,
  code          text not null,
  reason        text not null,
  service_area  text not null,
  fields        jsonb not null,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  times_seen    int not null default 1,
  resolved_by   text not null default '',
  resolved_at   timestamptz,
  outcome       text not null default '',
  incident_id   uuid references incident
);
comment on table import_rejection is 'Rows that an import refused, whole, until somebody mends them';
comment on column import_rejection.row_hash is 'SHA-256 of the decoded known columns: the same row in other bytes is the same';
create index import_rejection_order on import_rejection (first_seen_at, id);

create table evidence (
  id           uuid primary key,
  version      bigint not null,
  incident_id  uuid not null references incident,
  state        text not null,
  name         text not null,
  content_type text not null,
  size         bigint not null,
  sha256       text not null,
  distressing  boolean not null,
  uploaded_by  text not null,
  uploaded_at  timestamptz not null,
  key_id       text not null,
  wrapped_key  bytea not null,
  scan_result  text not null default '',
  constraint evidence_once unique (incident_id, sha256)
);
comment on table evidence is 'Files kept with incidents; their bytes lie encrypted in the state folder under the id (12.3)';
comment on column evidence.wrapped_key is 'the file''s own key, wrapped by the key named key_id: rotating wraps anew and rewrites no file';
create index evidence_waiting on evidence (uploaded_at) where state = 'QUARANTINED';
