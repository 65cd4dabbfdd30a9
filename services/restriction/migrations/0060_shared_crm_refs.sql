-- A CRM may hold a household or a business under one reference: like any handle it may be several people's, and a match is then POSSIBLE.
drop index crm_ref_one_person;
