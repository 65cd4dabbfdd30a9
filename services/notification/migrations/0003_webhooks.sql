-- Systems that are told by HTTP.
create table webhook (
  id         uuid primary key,
  version    bigint not null,
  state      text not null,
  url        text not null,
  secret     text not null,
  old_secret text not null default '',
  old_until  timestamptz,
  document   jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
comment on table webhook is 'Systems that are told by HTTP; the secret signs what they get and is shown once';
comment on column webhook.old_secret is 'the one before the last change, sealed as well: it signs too until old_until';
comment on column webhook.secret is 'sealed under a key that the database does not hold; it signs what the receiver gets and is shown once';
