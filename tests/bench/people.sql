-- Invented people for the bench: an e-mail address each, every twentieth with a restriction in force. Runs again for more of them.
set search_path = restriction;
insert into person (id, reference, state, document, created_at)
select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BENCH-' || n, 'ACTIVE', '{}', now()
from generate_series((select count(*) + 1 from person where reference like 'BENCH-%'), :people) n;
insert into person_handle (id, person_id, kind, value, written, since)
select gen_random_uuid(), p.id, 'EMAIL', 'person' || substr(p.reference, 7) || '@example.org', '', now()
from person p where p.reference like 'BENCH-%' and not exists (select from person_handle h where h.person_id = p.id);
insert into restriction (id, reference, person_id, service_area, state, document, proposed_at, in_force_from)
select ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BENCH-' || n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Housing',
       'IN_FORCE', '{}', now(), now()
from generate_series(20, :people, 20) n on conflict do nothing;
insert into restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, channel, in_force, valid_from)
select gen_random_uuid(), r.id, r.person_id, 'Housing', 1, 'BLOCK_CHANNEL', 'PHONE', true, now()
from restriction r where r.reference like 'BENCH-%' and not exists (select from restriction_measure m where m.restriction_id = r.id);
analyze person_handle, restriction_measure, restriction;
-- A leap of the revision with nothing to read in between: the index fills itself anew.
with gone as (delete from index_change), leap as (update revision set n = n + 1000000 returning n)
insert into index_change (revision, person_id) select n, '01900000-0000-7000-8000-000000000001' from leap;
