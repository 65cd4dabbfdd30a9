-- Checks are appended in the order of their instants, as the audit is: a replay needs no entry for each.
drop index contact_check_at;
create index contact_check_at on contact_check using brin (at) with (pages_per_range = 32, autosummarize = on);
