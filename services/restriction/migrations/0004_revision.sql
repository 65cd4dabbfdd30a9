-- What a contact check sees changes in numbered steps: commit order is number order, because the row is locked until commit.
create table revision (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null,
  n bigint not null
);
comment on table revision is 'one row; bumped as the last statement of each transaction that touches what a check sees';
comment on column revision.epoch is 'a new one after a restore, so that a restore cannot forge freshness';
insert into revision (epoch, n) values (gen_random_uuid(), 0);

create table index_change (
  revision bigint not null,
  person_id uuid not null,
  primary key (revision, person_id)
);
comment on table index_change is 'whose guidance changed at which revision; the check''s index reads from here, NOTIFY only wakes it';
