-- Letters, messages and tasks follow two records that become one, and two again.
create table person_moved (
  thing       text not null,
  id          uuid not null,
  survivor_id text not null,
  merged_id   text not null,
  primary key (thing, id, survivor_id, merged_id)
);
comment on table person_moved is 'What moved from one record to the other at a merge: it goes back when they are parted again';
comment on column person_moved.thing is 'letter, notification or task';
create index task_person on task (person_id) where person_id <> '';

alter table task add column kept_from text[] not null default '{}';
comment on column task.kept_from is 'staff whose own decision it is about: they neither see it nor complete it (7.3)';
alter table task add column of_appeal boolean not null default false;
comment on column task.of_appeal is 'an appeal that is late: strategic directors of every area see it, for they hear appeals from any';

-- A record that has been kept for its time loses what is about the person here too: messages and tasks name them no more (12.1).
create function erase_mentions(gone_restriction text, gone_person text) returns int
  language sql security definer set search_path from current as $$
  with messages as (
    update notification set document = document - 'personId' - 'decidedBy', person_id = '', payload = ''
    where state not in ('QUEUED', 'SENDING', 'TEMPORARY_FAILURE') and ((gone_person <> '' and person_id = gone_person) or (gone_restriction <> '' and restriction_id = gone_restriction))
    returning id
  ), tasks as (
    update task set document = document - 'personId' - 'outcome', person_id = ''
    where (gone_person <> '' and person_id = gone_person) or (gone_restriction <> '' and restriction_id = gone_restriction)
    returning id
  ), moved as (
    delete from person_moved where gone_person <> '' and gone_person in (survivor_id, merged_id) returning id
  )
  select (select count(*) from messages)::int + (select count(*) from tasks)::int;
$$;
revoke all on function erase_mentions(text, text) from public;
grant execute on function erase_mentions(text, text) to evenhand_notification;
