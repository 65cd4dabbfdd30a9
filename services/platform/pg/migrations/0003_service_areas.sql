-- The council's service areas as every service knows them: restriction-service changes them on request, the others when they are told.
create table service_area (
  id      text primary key,
  name    text not null unique,
  aliases text not null,
  version int not null
);
comment on table service_area is 'Service areas as data: what a token, a record and a check may name';
comment on column service_area.name is 'what records are kept under; it never changes';
comment on column service_area.aliases is 'other names for it, a line each; compared without case and blanks';

-- What the first reply to a key had audited: a replay shows it again, and is audited as such (12.4).
alter table idempotency add column audited text not null default '[]';
comment on column idempotency.audited is 'the audit entries of the change, as JSON; a replay repeats them as "….replayed"';
