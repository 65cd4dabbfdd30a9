-- What a contact check sees, what staff were told (12.4), and what was known when, for replays.

-- What a contact check sees changes in numbered steps: commit order is number order, because the row is locked until commit.
create table revision (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null,
  n bigint not null
);
comment on table revision is 'one row; bumped as the last statement of each transaction that touches what a check sees';
comment on column revision.epoch is 'a new one after a restore, so that a restore cannot forge freshness; tokens hold life(epoch)';
insert into revision (epoch, n) values (gen_random_uuid(), 0);

-- A restore can't forge freshness, however it is done. The stored epoch comes back with the rows; what it is bound to does not: a recovery
-- or a promotion has another timeline, another cluster another identifier, a database or table made anew another oid or file.
create function life(epoch uuid) returns uuid language sql stable as $$
  select md5(concat_ws('.', epoch, (pg_control_system()).system_identifier, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
                       (select oid from pg_database where datname = current_database()),
                       'restriction.revision'::regclass::oid, pg_relation_filenode('restriction.revision')))::uuid
$$;
comment on function life is 'the epoch of consistency tokens: no token from before a restore has it';

-- Rows alone that are brought back are written, not changed.
create function renew_epoch() returns trigger language plpgsql as $$
begin
  new.epoch := gen_random_uuid();
  return new;
end
$$;
create trigger epoch_is_new before insert on revision for each row execute function renew_epoch();
create trigger epoch_is_new_when_put_back before update on revision for each row when (new.n < old.n) execute function renew_epoch();

create table index_change (
  revision bigint not null,
  person_id uuid not null,
  at timestamptz not null default now(),
  primary key (revision, person_id)
);
comment on table index_change is 'whose guidance changed at which revision; the check''s index reads from here, NOTIFY only wakes it';
comment on column index_change.at is 'the writing transaction''s own time (its clock may be shifted in dev mode)';

-- Contacts that took place, counted against limits (7.2).
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
-- Checks are appended in the order of their instants, as the audit is: a replay needs no entry for each.
create index contact_check_at on contact_check using brin (at) with (pages_per_range = 32, autosummarize = on);

-- The checks that told of any of these people: found by the audit, which says it of every check anyway (12.4) and is never erased. An index
-- of their own would cost each copied record, and now and then a burst that checks feel.
create function checks_of(people uuid[]) returns uuid[] language sql stable set search_path from current as $$
  select array(select after::uuid from audit where person_id = any (people::text[]) and person_id <> '' and action = 'contact.checked')
$$;

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

-- What staff are told names the ways that are open, the one that the decision names among them (5.4): a replay knows it too.
create function check_facts(person uuid) returns jsonb language sql stable set search_path from current as $$
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
                                          'name', m.name, 'description', m.description,
                                          'alternative', r.document ->> 'alternativeChannel', 'since', micros(m.valid_from),
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
      from no_contact_request where person_id = person and kind = 'NO_CONTACT'), '[]'),
    'advocate', coalesce((
      select jsonb_agg(jsonb_build_object('name', name, 'onlyContact', only_contact, 'resigned', resigned, 'channel', temporary_channel,
                                          'since', micros(since), 'until', micros(ended_at)) order by since)
      from advocate_arrangement where person_id = person), '[]'))
$$;

-- Kept whoever writes, also an operator whose search path is another.
create function keep_check_history() returns trigger language plpgsql set search_path from current as $$
begin
  insert into check_history (person_id, revision, at, facts) values (new.person_id, new.revision, new.at, check_facts(new.person_id));
  return null;
end $$;
create trigger keep_check_history after insert on index_change for each row execute function keep_check_history();

-- One handle under its new form, in what a replay answers from as well. One that its person holds twice then ends.
create function rename_handle(hid uuid, form text, at timestamptz) returns uuid
language plpgsql security definer set search_path from current as $$
declare
  h person_handle%rowtype;
begin
  select * into h from person_handle where id = hid for update;
  update person_handle set value = form,
    ended_at = coalesce(h.ended_at, (select at where exists (select from person_handle o where o.person_id = h.person_id and o.kind = h.kind
                                                             and o.value = form and o.ended_at is null and o.id <> hid)))
  where id = hid;
  update check_history c
  set facts = jsonb_set(facts, '{handles}', (
    select jsonb_agg(case when x ->> 'kind' = h.kind and x ->> 'value' = h.value then x || jsonb_build_object('value', form) else x end)
    from jsonb_array_elements(c.facts -> 'handles') x))
  where c.person_id = h.person_id and c.facts -> 'handles' @> jsonb_build_array(jsonb_build_object('kind', h.kind, 'value', h.value));
  return h.person_id;
end $$;
