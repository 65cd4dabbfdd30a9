-- Letters, the tasks that stand between a letter and its reader, and systems that are told by HTTP.

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
  pdf            bytea,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);
comment on table letter is 'Letters to the person (11.1); the document holds the paragraphs, the address stays beside it';
create unique index letter_once on letter (event_id, kind);
create index letter_restriction on letter (restriction_id) where restriction_id <> '';
create index letter_person on letter (person_id);

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
  person_id      text not null default '',
  once           text not null unique,
  document       jsonb not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null
);
comment on table task is 'What a person has to do before a message can go, or because it did not arrive';
comment on column task.once is 'what the task is for; the same twice is one task';
create index task_list on task (state, id);

create table webhook (
  id         uuid primary key,
  version    bigint not null,
  state      text not null,
  url        text not null,
  secret     text not null,
  document   jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on table webhook is 'Systems that are told by HTTP; the secret signs what they get and is shown once';
