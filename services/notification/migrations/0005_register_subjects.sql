-- Register entries are shared too; letters are set anew when they go; colleagues of a person who works for the council are kept out.
alter table notification add column marker_id text not null default '';
comment on column notification.marker_id is 'the register entry it is about (4.3)';
create index notification_marker on notification (marker_id) where marker_id <> '';

alter table notification add column traceparent text not null default '';
comment on column notification.traceparent is 'W3C trace of the request that caused it: it goes with every e-mail and webhook';
alter table occasion add column traceparent text not null default '';

alter table not_told add column marker_id text not null default '';
create index not_told_marker on not_told (marker_id) where marker_id <> '';

alter table letter add column words jsonb;
comment on column letter.words is 'the variables it was written from: when it goes, the last day to appeal is worked out from that day';

alter table task add column appeal_id text not null default '';
alter table task add column marker_id text not null default '';
alter table task add column circle text not null default '';
comment on column task.circle is 'the clause of a closed circle (12.6): those outside it do not see the task';

create table subject (
  person_id       text primary key,
  staff_id        text not null,
  team            text not null,
  line_manager_id text not null,
  at              timestamptz not null
);
comment on table subject is 'People who work for the council, as last asked: whom their case is closed to while the register can''t be reached (12.4)';
