-- Secrets of webhooks are kept sealed (setting webhook-keys); of one that was taken out, none is kept, nor in the replies of repeated requests.
update webhook set secret = '' where state = 'DELETED';
comment on column webhook.secret is 'sealed under a key that the database does not hold; it signs what the receiver gets and is shown once';
delete from idempotency where reply <> '' and position('whsec_'::bytea in reply) > 0;
