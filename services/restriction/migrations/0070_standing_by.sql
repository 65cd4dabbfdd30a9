-- Two records that were merged may hold the same measure twice. One of them holds; the other stands by and holds from the very instant at
-- which the first ends by itself, without a write.
alter table restriction_measure add column stands_by boolean not null default false;
comment on column restriction_measure.stands_by is 'another one holds the same until valid_from; this one holds from then on';
drop index measure_one_in_force;
create unique index measure_one_in_force on restriction_measure (person_id, service_area, kind, channel) nulls not distinct
  where in_force and not stands_by;
create unique index measure_one_stands_by on restriction_measure (person_id, service_area, kind, channel) nulls not distinct
  where in_force and stands_by;

-- An advocate as a contact check must know of them (5.4): the only way to the person, or gone, with what is open meanwhile.
create table advocate_arrangement (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null,
  only_contact boolean not null,
  resigned boolean not null,
  temporary_channel text not null,
  since timestamptz not null,
  ended_at timestamptz
);
comment on table advocate_arrangement is 'an advocate who is the only contact or has resigned; what ends stays as history';
create unique index advocate_arrangement_current on advocate_arrangement (person_id) where ended_at is null;
create index advocate_arrangement_person on advocate_arrangement (person_id);

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
      from no_contact_request where person_id = person and kind = 'NO_CONTACT'), '[]'),
    'advocate', coalesce((
      select jsonb_agg(jsonb_build_object('name', name, 'onlyContact', only_contact, 'resigned', resigned, 'channel', temporary_channel,
                                          'since', micros(since), 'until', micros(ended_at)) order by since)
      from advocate_arrangement where person_id = person), '[]'))
$$;
