-- A council may work on a bank holiday: the day stays in the calendar and counts as a working day.
alter table holiday add column worked boolean not null default false;
comment on column holiday.worked is 'the council works on this bank holiday: it is passed over by no deadline';
