-- Who hears an appeal sees what the decision rests on, while it is theirs (7.3, 12.4); told by the appeal service.
create table appeal_hearing (
  appeal_id    text primary key,
  staff_id     text not null,
  incident_ids uuid[] not null,
  is_open      boolean not null,
  updated_at   timestamptz not null
);
comment on table appeal_hearing is 'Appeals, the director who hears each, and the incidents that its decision rests on';
comment on column appeal_hearing.is_open is 'false once it was decided, refused or withdrawn: the director reads no more';
create index appeal_hearing_staff on appeal_hearing (staff_id) where is_open;
