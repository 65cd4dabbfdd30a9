-- What must follow an incident (4.3, 10.3), and what others told of it: entries of the register, and who decides or hears an appeal on it.
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

create table register_entry (
  marker_id    uuid not null,
  incident_id  uuid not null,
  proposed_at  timestamptz not null,
  confirmed_at timestamptz,
  primary key (marker_id, incident_id)
);
comment on table register_entry is 'Register entries that rest on an incident, as the register told of them: for the time from incident to register (12.2)';
create index register_entry_incident on register_entry (incident_id);

-- Who hears an appeal sees what the decision rests on, while it is theirs (7.3, 12.4); told by the appeal service.
create table appeal_hearing (
  appeal_id    text primary key,
  staff_id     text not null,
  incident_ids uuid[] not null,
  is_open      boolean not null,
  updated_at   timestamptz not null
);
comment on table appeal_hearing is 'Appeals, the director who hears each, and the incidents that its decision rests on';
comment on column appeal_hearing.is_open is 'false once it was decided, refused or withdrawn: the director reads no more';
create index appeal_hearing_staff on appeal_hearing (staff_id) where is_open;

-- Who decides on a proposal or a restriction sees what it rests on, whatever area it happened in (7.3, 12.4); told by the restriction service.
create table decision_ground (
  restriction_id text not null,
  service_area   text not null,
  incident_id    uuid not null,
  primary key (restriction_id, incident_id)
);
comment on table decision_ground is 'Incidents that a proposal or a restriction in force rests on, and the area that decides on it';
create index decision_ground_area on decision_ground (service_area, incident_id);
create index decision_ground_incident on decision_ground (incident_id);

create table authority_lent (
  delegation_id text primary key,
  staff_id      text not null,
  service_area  text not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null
);
comment on table authority_lent is 'Authority of a senior manager lent to somebody (4.1), who then sees what they decide on';
create index authority_lent_staff on authority_lent (staff_id);
