-- The days that deadlines in working days pass over.
create table holiday (
  calendar   text not null,
  date       date not null,
  name       text not null,
  source     text not null,
  worked     boolean not null default false,
  created_at timestamptz not null,
  primary key (calendar, date)
);
comment on table holiday is 'Days on which a calendar does not work, besides weekends';
comment on column holiday.worked is 'the council works on this bank holiday: it is passed over by no deadline';
