-- Contacts that took place, counted against limits (7.2); what staff were told at checks (12.4); what was known when, for replays.
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

alter table index_change add column at timestamptz not null default now();
comment on column index_change.at is 'the writing transaction''s own time (its clock may be shifted in dev mode)';

-- append-only
create table check_history (
  person_id uuid not null,
  revision bigint not null,
  at timestamptz not null,
  facts jsonb not null,
  primary key (person_id, revision)
);
comment on table check_history is 'everything a check could have told about a person from this revision on; a replay answers from it';
comment on column check_history.facts is 'handles, measures, markers, noContact, each with since and until (microseconds since 1970), as known at this revision';
create index check_history_handles on check_history using gin ((facts -> 'handles') jsonb_path_ops);

create function micros(t timestamptz) returns bigint language sql immutable strict as $$ select (extract(epoch from t) * 1000000)::bigint $$;

create function check_facts(person uuid) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'handles', coalesce((
      select jsonb_agg(jsonb_build_object('kind', kind, 'value', value, 'shared', shared, 'confirmed', confirmed, 'since', micros(since),
                                          'until', micros(ended_at)) order by id)
      from (select id, kind, value, shared, confirmed, since, ended_at from person_handle where person_id = person
            union all
            select m.id, 'UPRN', m.uprn, true, false, m.proposed_at, m.removed_at from marker m
            where m.person_id = person and m.uprn is not null
              and not exists (select from person_handle h where h.person_id = person and h.kind = 'UPRN' and h.value = m.uprn)) h), '[]'),
    'measures', coalesce((
      select jsonb_agg(jsonb_build_object('id', m.id, 'restriction', m.restriction_id, 'area', m.service_area, 'kind', m.kind, 'channel', m.channel,
                                          'maxContacts', m.max_contacts, 'period', m.period, 'fromTime', m.from_time, 'toTime', m.to_time,
                                          'name', m.name, 'description', m.description, 'since', micros(m.valid_from),
                                          'until', micros(least(m.valid_until, r.in_force_until)),
                                          'counts', coalesce((select jsonb_agg(jsonb_build_object('window', micros(c.window_start), 'used', c.used))
                                                              from contact_count c where c.measure_id = m.id), '[]'))
                       order by m.restriction_id, m.kind, m.id)
      from restriction_measure m join restriction r on r.id = m.restriction_id where m.person_id = person), '[]'),
    'markers', coalesce((
      select jsonb_agg(jsonb_build_object('id', id, 'state', state, 'instruction', instruction, 'since', micros(proposed_at),
                                          'until', micros(removed_at)) order by id)
      from marker where person_id = person), '[]'),
    'noContact', coalesce((
      select jsonb_agg(jsonb_build_object('staff', staff_id, 'since', micros(requested_at), 'until', micros(withdrawn_at)) order by id)
      from no_contact_request where person_id = person and kind = 'NO_CONTACT'), '[]'))
$$;

create function keep_check_history() returns trigger language plpgsql as $$
begin
  insert into check_history (person_id, revision, at, facts) values (new.person_id, new.revision, new.at, check_facts(new.person_id));
  return null;
end $$;
create trigger keep_check_history after insert on index_change for each row execute function keep_check_history();
