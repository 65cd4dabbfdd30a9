-- The audiences that the policy itself names (12.5, 12.6, 12.10); their people are kept through REST.
insert into audience (id, version, service_area, document, updated_at)
select id, 1, '', jsonb_build_object('id', id, 'etag', '"1"', 'name', name, 'kind', kind), '2023-10-06T00:00:00Z'
from (values
  ('public-numbers',      'Staff who respond to publicly available numbers',       'PUBLIC_NUMBERS'),
  ('web-contact',         'Staff who monitor online and other web contact',        'WEB_CONTACT'),
  ('senior-leadership',   'Senior leadership group',                               'SENIOR_LEADERSHIP'),
  ('hr-business-partner', 'HR business partner',                                   'OTHER'),
  ('communications',      'Communications team leader',                            'OTHER'),
  ('strategic-director',  'Strategic director, in the absence of those of 12.6',   'OTHER')
) as named (id, name, kind);
