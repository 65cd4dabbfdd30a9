-- Records whose time has come: erased, and a line about nobody stays for the figures (13). History is append-only for the service's own
-- role; these functions, of the owner of the schema, are the only way past that, and each looks for itself whether the time has come.

-- append-only
create table erased_restriction (
  id uuid primary key,
  service_area text not null,
  state text not null,
  behaviours text[] not null,
  measure_kinds text[] not null,
  proposed_at timestamptz not null,
  in_force_from timestamptz,
  reviews_decided integer not null,
  erased_at timestamptz not null
);
comment on table erased_restriction is 'what the figures need of restrictions whose records are erased; about nobody';

-- Everyone who has ever been this restriction's person: its record may have moved by a merge.
create function people_of_restriction(rid uuid) returns setof uuid language sql stable set search_path from current as $$
  select distinct (document ->> 'personId')::uuid from restriction_version where restriction_id = rid
$$;

create function erase_restriction(rid uuid, today date, at timestamptz) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  r restriction%rowtype;
  people uuid[];
  checks uuid[];
begin
  select * into r from restriction where id = rid for update;
  if not found or r.state = 'IN_FORCE' or r.retain_until is null or r.retain_until > today
     or exists (select from restriction_hold h where h.restriction_id = rid and h.released_at is null) then
    return false;
  end if;
  insert into erased_restriction
  select r.id, r.service_area, r.state,
         coalesce((select array_agg(distinct g ->> 'behaviour') from jsonb_array_elements(r.document -> 'grounds') g), '{}'),
         coalesce((select array_agg(distinct m ->> 'kind') from jsonb_array_elements(r.document -> 'measures') m), '{}'),
         r.proposed_at, r.in_force_from,
         (select count(*) from restriction_decision d where d.restriction_id = rid and d.kind in ('CONTINUATION', 'VARIATION')), at;
  -- What checks told of it, and what a replay would: the rest of those answers stands.
  people := array(select people_of_restriction(rid));
  update check_history h
  set facts = jsonb_set(facts, '{measures}', coalesce((select jsonb_agg(m) from jsonb_array_elements(h.facts -> 'measures') m
                                                       where m ->> 'restriction' <> rid::text), '[]'))
  where h.person_id = any (people) and h.facts -> 'measures' @> jsonb_build_array(jsonb_build_object('restriction', rid));
  checks := checks_of(people);
  update contact_check c set answer = ''
  where c.id = any (checks) and c.person_ids && people and c.at between r.in_force_from and r.ended_at + interval '1 day'
    and position(convert_to(rid::text, 'UTF8') in c.answer) > 0;
  delete from contact_count where measure_id in (select id from restriction_measure where restriction_id = rid);
  delete from restriction_measure where restriction_id = rid;
  delete from restriction_incident where restriction_id = rid;
  delete from restriction_decision where restriction_id = rid;
  delete from appeal_effect where restriction_id = rid;
  delete from restriction_hold where restriction_id = rid;
  delete from merge_question where thing_id = rid;
  delete from restriction_version where restriction_id = rid;
  delete from restriction where id = rid;
  return true;
end $$;

create function erase_marker(mid uuid, today date) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  m marker%rowtype;
  people uuid[];
  checks uuid[];
begin
  select * into m from marker where id = mid for update;
  if not found or m.state <> 'REMOVED' or m.retain_until is null or m.retain_until > today
     or exists (select from restriction_hold h join restriction r on r.id = h.restriction_id
                where r.person_id = m.person_id and h.released_at is null) then
    return false;
  end if;
  people := array(select distinct (document ->> 'personId')::uuid from marker_version where marker_id = mid);
  update check_history h
  set facts = jsonb_set(facts, '{markers}', coalesce((select jsonb_agg(x) from jsonb_array_elements(h.facts -> 'markers') x
                                                      where x ->> 'id' <> mid::text), '[]'))
  where h.person_id = any (people) and h.facts -> 'markers' @> jsonb_build_array(jsonb_build_object('id', mid));
  checks := checks_of(people);
  update contact_check c set answer = ''
  where c.id = any (checks) and c.person_ids && people and c.at between m.proposed_at and m.removed_at + interval '1 day'
    and position(convert_to(mid::text, 'UTF8') in c.answer) > 0;
  delete from marker_incident where marker_id = mid;
  delete from merge_question where thing_id = mid;
  delete from marker_version where marker_id = mid;
  delete from marker where id = mid;
  return true;
end $$;

create function erase_person(pid uuid, untouched_since timestamptz) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  ids uuid[];
  checks uuid[];
begin
  perform from person where id = pid and merged_into is null for update;
  if not found then return false; end if;
  ids := array(select records_of(pid));
  if exists (select from person p where p.id = any (ids) and coalesce(p.touched_at, p.created_at) > untouched_since)
     or exists (select from restriction r where r.person_id = any (ids)) or exists (select from marker m where m.person_id = any (ids))
     or exists (select from person_merge g where g.unmerged_at is not null and g.survivor_id = any (ids)
                and exists (select from merge_question q where q.merge_id = g.id and q.person_id is null)) then
    return false;
  end if;
  checks := checks_of(ids);
  update contact_check c set answer = '', person_ids = array(select p from unnest(c.person_ids) p where p <> all (ids))
  where c.id = any (checks) and c.person_ids && ids;
  delete from check_history where person_id = any (ids);
  delete from index_change where person_id = any (ids);
  delete from contact where person_id = any (ids);
  delete from advocate_arrangement where person_id = any (ids);
  delete from person_handle where person_id = any (ids);
  delete from restorative_step where person_id = any (ids);
  delete from no_contact_request where person_id = any (ids);
  delete from merge_question q using person_merge g where g.id = q.merge_id and (g.survivor_id = any (ids) or g.merged_id = any (ids));
  delete from person_merge where survivor_id = any (ids) or merged_id = any (ids);
  delete from person_version where person_id = any (ids);
  update person set merged_into = null, state = 'ACTIVE' where id = any (ids) and merged_into is not null;
  delete from person where id = any (ids);
  return true;
end $$;

revoke execute on function erase_restriction(uuid, date, timestamptz), erase_marker(uuid, date), erase_person(uuid, timestamptz) from public;
grant execute on function erase_restriction(uuid, date, timestamptz), erase_marker(uuid, date), erase_person(uuid, timestamptz)
  to evenhand_restriction;
