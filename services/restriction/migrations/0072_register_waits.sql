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
