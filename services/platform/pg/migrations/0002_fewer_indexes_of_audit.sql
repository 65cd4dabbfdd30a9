-- Each entry cost four indexes. Entries are appended in the order of their instants, so that one line for a range of pages finds a
-- period by; and most are about the person whose record they are of, whom audit_person finds already.
drop index audit_at;
create index audit_at on audit using brin (at) with (pages_per_range = 32, autosummarize = on);
drop index audit_subject;
create index audit_subject on audit (subject_id, id) where subject_id <> person_id;
