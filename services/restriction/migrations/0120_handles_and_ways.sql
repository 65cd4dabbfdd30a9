-- What staff are told names the ways that are open, the one that the decision names among them (5.4): a replay knows it too.
create or replace function check_facts(person uuid) returns jsonb language sql stable set search_path from current as $$
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

-- In which of the normal forms the handles stand (kHandleForm): what was stored under an older one is put into the new one at start.
create table handle_form (n integer not null);
comment on table handle_form is 'one row: the normal form of every person_handle.value; below the service''s own, no check is answered from them';
insert into handle_form select case when exists (select from person_handle) then 1 else 2 end;

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
