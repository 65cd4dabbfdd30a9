-- A withdrawal says who wished it and what shows that; those before said neither.
update appeal set document = jsonb_set(document, '{withdrawal}', jsonb_strip_nulls(jsonb_build_object(
  'reason', document->'withdrawal'->'reasons', 'recordedBy', document->'withdrawal'->'by', 'at', document->'withdrawal'->'at')))
  where document ? 'withdrawal';

-- Appeals follow people who become one record, and two again.
create table person_merge (
  survivor_id text not null,
  merged_id   text not null,
  merged_at   timestamptz not null,
  primary key (survivor_id, merged_id)
);
comment on table person_merge is 'Two records of people that became one, until they are separated';
create table appeal_moved (
  appeal_id   uuid not null references appeal (id),
  survivor_id text not null,
  merged_id   text not null,
  primary key (appeal_id, survivor_id, merged_id)
);
comment on table appeal_moved is 'Appeals that a merge took to the survivor: they go back when it is undone';

-- Who works here, as their last token said: an appeal is not given to somebody known to be no strategic director.
create table staff_seen (
  staff_id text primary key,
  director boolean not null,
  at       timestamptz not null
);
comment on table staff_seen is 'Whether a member of staff was a strategic director when last seen here';

-- What was said goes when the record has been kept for its time: the evidence of a withdrawal and the person''s document too (12.1).
create or replace function erase_appeals(gone_restriction text, gone_person text) returns int
  language plpgsql security definer set search_path from current as $$
declare
  erased int;
begin
  with gone as (
    update appeal set
      document = (document - 'grounds' - 'advocate' - 'document' - 'outOfScope' - 'informationRequests' - 'lateAcceptance' - 'timeline'
                  - 'personId')
        || case when document ? 'decision' then jsonb_build_object('decision', (document -> 'decision') - 'reasons' - 'variation') else '{}' end
        || case when document ? 'refusal' then jsonb_build_object('refusal', (document -> 'refusal') - 'reasons') else '{}' end
        || case when document ? 'withdrawal'
                then jsonb_build_object('withdrawal', (document -> 'withdrawal') - 'reason' - 'evidence') else '{}' end,
      person_id = ''
    where ((gone_restriction <> '' and restriction_id = gone_restriction) or (gone_person <> '' and person_id = gone_person))
      and state in ('DECIDED', 'REFUSED', 'WITHDRAWN')
    returning id
  ), versions as (
    delete from appeal_version where appeal_id in (select id from gone)
  )
  select count(*) into erased from gone;
  return erased;
end $$;
