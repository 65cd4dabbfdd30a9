-- Who decides where the area itself is closed to all, and since when one that is in force binds nobody because nothing it rests on is
-- confirmed to be about the person any more. The release before neither reads nor writes these columns.
alter table restriction add column deciding_area text;
alter table restriction add column suspended_at timestamptz;
alter table restriction add column suspension_alarmed boolean not null default false;
comment on column restriction.deciding_area is 'another area decides: the person is a colleague and the area''s own staff do not read the case (12.4)';
comment on column restriction.suspended_at is 'since when it binds nobody: its evidence is to be confirmed by a senior manager within a day (7.3)';
comment on column restriction.suspension_alarmed is 'that nobody decided within the day was told';
create index restriction_suspended on restriction (suspended_at) where suspended_at is not null;
