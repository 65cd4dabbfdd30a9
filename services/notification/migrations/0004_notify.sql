-- Letters that go through GOV.UK Notify: its id, asked for the state until it says sent or failed.
alter table letter add column notify_id text not null default '';
comment on column letter.notify_id is 'GOV.UK Notify''s id of the letter, once it has it; empty: printed here';
create index letter_at_notify on letter (notify_id) where notify_id <> '' and state = 'PRINTED';
