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
