-- Three records that were merged may hold the same measure three times: one holds, the others stand by in turn, each from the instant at
-- which the one before it ends by itself. Two never begin at the same instant.
drop index measure_one_stands_by;
create unique index measure_one_stands_by on restriction_measure (person_id, service_area, kind, channel, valid_from) nulls not distinct
  where in_force and stands_by;
