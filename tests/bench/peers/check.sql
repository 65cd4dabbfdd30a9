\set n random(1, :people)
select h.person_id, h.shared, h.confirmed, m.kind, m.channel, m.restriction_id
from restriction.person_handle h
left join restriction.restriction_measure m on m.person_id = h.person_id and m.in_force and not m.stands_by and m.service_area = 'Housing'
left join restriction.restriction r on r.id = m.restriction_id and (r.in_force_until is null or r.in_force_until > now())
where h.kind = 'EMAIL' and h.value = 'person' || :n || '@example.org' and h.ended_at is null;
