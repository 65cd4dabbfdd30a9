-- A source and its record numbers are compared as a reader compares them: "HS-PORTAL" is "HS_PORTAL", and "HS-1" is "HS-1" with a blank
-- that can't be seen. And whose text counts, so that nobody freezes a source's record by a high version.
alter table incident add column source_key text;
alter table incident add column ref_key text;
alter table incident add column from_source boolean not null default false;
alter table incident add column duplicate_of uuid references incident;
comment on column incident.source_key is 'the source''s name in the form that is compared: folded, without blanks, dashes, dots';
comment on column incident.ref_key is 'the source''s record number in the form that is compared';
comment on column incident.from_source is 'the text that counts came from the source''s own system: anybody else''s does not replace it by number alone';
comment on column incident.duplicate_of is 'the original, once put aside: whoever was harmed in one was harmed in both (7.3)';

update incident set
  source_key = regexp_replace(lower(normalize(source_system, nfkc)), '[[:space:]._\-\u2010\u2013\u2014]', '', 'g'),
  ref_key = regexp_replace(lower(normalize(source_ref, nfkc)), '[[:space:]]', '', 'g'),
  from_source = source_system = 'HS_PORTAL';
-- Records that stand beside each other though a reader can't tell them apart: the first is the source's; the others keep their id.
update incident i set ref_key = ref_key || ' ' || id
where exists (select from incident o where o.source_key = i.source_key and o.ref_key = i.ref_key and (o.recorded_at, o.id) < (i.recorded_at, i.id));

alter table incident alter column source_key set not null;
alter table incident alter column ref_key set not null;
alter table incident add constraint incident_one_key unique (source_key, ref_key);
comment on constraint incident_one_key on incident is 'a source''s record is one incident, however its number is written';
create index incident_duplicates on incident (duplicate_of) where duplicate_of is not null;

-- Those to whom a closed circle is open do what has no owner there (12.6).
update follow_up set owner_role = 'hr_business_partner' where staff_named and owner = '' and owner_role in ('team_leader', 'senior_manager');

-- The same file of another's is another's: whoever may not open theirs does not learn of it (12.3).
alter table evidence drop constraint evidence_once;
alter table evidence add constraint evidence_once unique (incident_id, sha256, uploaded_by);
