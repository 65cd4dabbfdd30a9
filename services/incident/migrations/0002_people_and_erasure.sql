-- Records of people that become one and two again, whom a recorder named while the register was away, entries of the register, and
-- what a decision not to keep (8.9) may erase.
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

alter table incident add column person_pending text not null default '';
comment on column incident.person_pending is 'whom the recorder named while the register of people could not be asked; asked again until it answers';
create index incident_person_pending on incident (id) where person_pending <> '';

create table register_entry (
  marker_id    uuid not null,
  incident_id  uuid not null,
  proposed_at  timestamptz not null,
  confirmed_at timestamptz,
  primary key (marker_id, incident_id)
);
comment on table register_entry is 'Register entries that rest on an incident, as the register told of them: for the time from incident to register (12.2)';
create index register_entry_incident on register_entry (incident_id);

-- Both stay append-only, but for what a manager decided not to keep (8.9): a trigger says so instead of a grant.
delete from append_only_table where name in ('statement', 'incident_version');

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
