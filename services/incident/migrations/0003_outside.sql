-- Earlier contacts outside the office are counted whenever one is read (8.9): few among many.
create index incident_outside on incident (occurred_at) where behaviours @> '{CONTACT_OUTSIDE_OFFICE}' or channel = 'OUTSIDE_WORK';
