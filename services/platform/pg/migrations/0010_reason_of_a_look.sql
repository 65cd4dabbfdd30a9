-- Whoever looks at a record without a tie to it says why; an auditor reads it beside the look (12.4).
alter table audit add column reason text not null default '';
comment on column audit.reason is 'what the caller said under X-Reason; empty where nothing was said';
