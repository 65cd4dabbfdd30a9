-- A letter has gone when it was posted, not when it was printed; each letter at Notify has a next look of its own.
update letter set state = 'POSTED', document = document || '{"state": "POSTED"}' where state = 'PRINTED' and notify_id = '';

alter table letter add column notify_look_at timestamptz;
alter table letter add column notify_looks int not null default 0;
alter table letter add column notify_missing int not null default 0;
comment on column letter.notify_look_at is 'when Notify is asked next what became of it; later and later, so that none holds up the others';
comment on column letter.notify_missing is 'how often in a row Notify did not know it';
update letter set notify_look_at = now() where notify_id <> '';
create index letter_printed on letter (updated_at) where state = 'PRINTED';
drop index letter_at_notify;
create index letter_at_notify on letter (notify_look_at) where notify_id <> '' and state = 'PRINTED';
