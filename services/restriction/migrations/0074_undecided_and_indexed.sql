-- A proposal that nobody ever decides has its time as well; and what was told of a record is found by whom it was told of, so that erasing
-- one reads a few rows instead of every check there ever was. While these indexes are built the copier of the checks' spool waits; checks
-- go on. The functions keep their names and arguments: the release before calls them too.
create index contact_check_people on contact_check using gin (person_ids);
create index appeal_effect_restriction on appeal_effect (restriction_id);
create index merge_question_thing on merge_question (thing_id);
comment on column restriction.retain_until is 'once it has ended, or while nobody has decided it: erased from this day on';

create or replace function erase_restriction(rid uuid, today date, at timestamptz) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  r restriction%rowtype;
  people uuid[];
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
  update contact_check c set answer = ''
  where c.person_ids && people and c.at between r.in_force_from and r.ended_at + interval '1 day'
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

create or replace function erase_marker(mid uuid, today date) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  m marker%rowtype;
  people uuid[];
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
  update contact_check c set answer = ''
  where c.person_ids && people and c.at between m.proposed_at and m.removed_at + interval '1 day'
    and position(convert_to(mid::text, 'UTF8') in c.answer) > 0;
  delete from marker_incident where marker_id = mid;
  delete from merge_question where thing_id = mid;
  delete from marker_version where marker_id = mid;
  delete from marker where id = mid;
  return true;
end $$;

-- An entry that nobody confirms is not forgotten either: it alarms a year on, as one whose review is overdue does.
update marker
set review_on = ((proposed_at at time zone 'Europe/London')::date + interval '12 months')::date,
    document = jsonb_set(document, '{reviewOn}', to_jsonb(((proposed_at at time zone 'Europe/London')::date + interval '12 months')::date::text))
where state = 'PROVISIONAL' and review_on is null;
comment on column marker.review_on is '12 months after confirmation unless said; until then 12 months after it was proposed';
