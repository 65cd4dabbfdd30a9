-- Colleagues of a person who works for the council do not read their appeal (12.4).
create table subject (
  person_id       text primary key,
  staff_id        text not null,
  team            text not null,
  line_manager_id text not null,
  at              timestamptz not null
);
comment on table subject is 'People who work for the council, as last asked: whom their appeal is closed to while the register can''t be reached';

alter table appeal add column effect_problem_told boolean not null default false;
comment on column appeal.effect_problem_told is 'that its terms are refused was announced, once';
