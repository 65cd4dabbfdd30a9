-- A person's measures in force, those that stand by as well: what the check's index asks for whenever something about them changes. The two
-- unique indexes each know only half of them.
create index restriction_measure_person on restriction_measure (person_id) where in_force;
