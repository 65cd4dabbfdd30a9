-- Letters, and the tasks that stand between a letter and its reader (11.1).
create sequence letter_reference;

create table letter (
  id             uuid primary key,
  reference      text not null unique,
  version        bigint not null,
  state          text not null,
  kind           text not null,
  restriction_id text not null default '',
  decision_id    text not null default '',
  appeal_id      text not null default '',
  person_id      text not null default '',
  service_area   text not null default '',
  event_id       text not null,
  addressee      text not null default '',
  address        jsonb not null default '[]',
  document       jsonb not null,
  words          jsonb,
  pdf            bytea,
  notify_id      text not null default '',
  notify_look_at timestamptz,
  notify_looks   int not null default 0,
  notify_missing int not null default 0,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);
comment on table letter is 'Letters to the person (11.1); the document holds the paragraphs, the address stays beside it';
comment on column letter.words is 'the variables it was written from: when it goes, the last day to appeal is worked out from that day';
comment on column letter.notify_id is 'GOV.UK Notify''s id of the letter, once it has it; empty: printed here';
comment on column letter.notify_look_at is 'when Notify is asked next what became of it; later and later, so that none holds up the others';
comment on column letter.notify_missing is 'how often in a row Notify did not know it';
create unique index letter_once on letter (event_id, kind);
create index letter_restriction on letter (restriction_id) where restriction_id <> '';
create index letter_person on letter (person_id);
create index letter_printed on letter (updated_at) where state = 'PRINTED';
create index letter_waiting on letter (service_area) where state in ('AWAITING_ADDRESS', 'PRINTED');
create index letter_at_notify on letter (notify_look_at) where notify_id <> '' and state = 'PRINTED';

-- Where a letter came back from nobody is written to again until somebody has confirmed that address, or the person has another (11.1).
create table returned_address (
  person_id text not null,
  lines     jsonb not null,
  at        timestamptz not null,
  primary key (person_id, lines)
);
comment on table returned_address is 'Addresses that the post brought a letter back from; the register may still call them confirmed';
comment on column returned_address.lines is 'as the letter had them; they go when that very address is confirmed again, or the person''s record is erased';

create table task (
  id             uuid primary key,
  version        bigint not null,
  state          text not null,
  kind           text not null,
  service_area   text not null,
  due_on         date,
  letter_id      text not null default '',
  restriction_id text not null default '',
  notification_id text not null default '',
  appeal_id      text not null default '',
  marker_id      text not null default '',
  person_id      text not null default '',
  circle         text not null default '',
  kept_from      text[] not null default '{}',
  of_appeal      boolean not null default false,
  once           text not null unique,
  document       jsonb not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);
comment on table task is 'What a person has to do before a message can go, or because it did not arrive';
comment on column task.once is 'what the task is for; the same twice is one task';
comment on column task.circle is 'the clause of a closed circle (12.6): those outside it do not see the task';
comment on column task.kept_from is 'staff whose own decision it is about: they neither see it nor complete it (7.3)';
comment on column task.of_appeal is 'an appeal that is late: strategic directors of every area see it, for they hear appeals from any';
create index task_list on task (state, id);
create index task_person on task (person_id) where person_id <> '';

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
create index person_moved_merged on person_moved (merged_id);

-- The record that stands for this person: another's, after a merge (scenario 5).
create function standing(person text) returns text language sql stable set search_path from current as $$
  with recursive way (id) as (select person union select m.survivor_id from person_moved m join way on m.merged_id = way.id)
  select id from way where not exists (select from person_moved m where m.merged_id = way.id) limit 1
$$;
