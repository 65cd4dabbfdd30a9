-- A piece that opens is well again: what it was before it was found damaged is known.
alter table evidence add column damaged_from text not null default '';
comment on column evidence.damaged_from is 'the state before DAMAGED; it comes back when the file opens again; empty: was never damaged, or nobody knows';
update evidence e
set    damaged_from = a.before
from   (select distinct on (subject_id) subject_id, before from audit where action = 'evidence.damaged' order by subject_id, id desc) a
where  e.state = 'DAMAGED' and a.subject_id = e.id::text;
