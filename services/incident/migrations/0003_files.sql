-- Files that come with incidents: evidence, and rows of imports that wait to be mended (12.3).
create table evidence (
  id           uuid primary key,
  version      bigint not null,
  incident_id  uuid not null references incident,
  state        text not null,
  name         text not null,
  content_type text not null,
  size         bigint not null,
  sha256       text not null,
  distressing  boolean not null,
  uploaded_by  text not null,
  uploaded_at  timestamptz not null,
  key_id       text not null,
  wrapped_key  bytea not null,
  scan_result  text not null default '',
  damaged_from text not null default '',
  -- The same file of another's is another's: whoever may not open theirs does not learn of it (12.3).
  constraint evidence_once unique (incident_id, sha256, uploaded_by)
);
comment on table evidence is 'Files kept with incidents; their bytes lie encrypted in the state folder under the id (12.3)';
comment on column evidence.wrapped_key is 'the file''s own key, wrapped by the key named key_id: rotating wraps anew and rewrites no file';
comment on column evidence.damaged_from is 'the state before DAMAGED; it comes back when the file opens again; empty: was never damaged, or nobody knows';
create index evidence_waiting on evidence (uploaded_at) where state = 'QUARANTINED';

create table import_rejection (
  id            uuid primary key,
  version       bigint not null default 1,
  row_hash      bytea not null unique,
  state         text not null,
  record_no     text not null,
  line          int not null,
  column_name   text not null,
  code          text not null,
  reason        text not null,
  service_area  text not null,
  fields        jsonb not null,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  times_seen    int not null default 1,
  resolved_by   text not null default '',
  resolved_at   timestamptz,
  outcome       text not null default '',
  incident_id   uuid references incident
);
comment on table import_rejection is 'Rows that an import refused, whole, until somebody mends them';
comment on column import_rejection.row_hash is 'SHA-256 of the decoded known columns: the same row in other bytes is the same';
create index import_rejection_order on import_rejection (first_seen_at, id);
