-- Each telling of a decision is kept for itself: a letter that comes back undoes its own, and what else told the person stands (7.3).
create table decision_telling (
  decision_id    text not null,
  letter_id      text not null,
  how            text not null,
  restriction_id text not null,
  on_day         date not null,
  told_on        date not null,
  appeal_by      date not null,
  undone_at      timestamptz,
  primary key (decision_id, letter_id, how)
);
comment on table decision_telling is 'The person was told of a decision, as the notification service reports it';
comment on column decision_telling.on_day is 'posted, handed over or said on this day';
comment on column decision_telling.told_on is 'the day that counts: what the post takes is added';
comment on column decision_telling.appeal_by is 'the last day to appeal that follows, or that the letter promised, whichever is later';
comment on column decision_telling.undone_at is 'the letter came back, was refused or failed: this telling counts no more';
create index decision_telling_restriction on decision_telling (restriction_id);

-- What was known before: the letter had gone.
insert into decision_telling (decision_id, letter_id, how, restriction_id, on_day, told_on, appeal_by, undone_at)
  select decision_id, '', 'POSTED', restriction_id, told_on, told_on, coalesce(appeal_by_told, told_on), null
  from decision_told where told_on is not null;
drop table decision_told;

-- The window is open from the first telling that stands, until the last day that any of them names. No row, or null: not told.
create view decision_told as
  select decision_id,
         min(restriction_id)                             as restriction_id,
         min(told_on) filter (where undone_at is null)   as told_on,
         max(appeal_by) filter (where undone_at is null) as appeal_by_told
  from   decision_telling
  group  by decision_id;
