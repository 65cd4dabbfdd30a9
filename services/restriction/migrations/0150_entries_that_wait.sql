-- An entry whose evidence turned out to be about somebody else holds for nobody until a senior manager has decided on it.
alter table marker drop constraint marker_state_check;
alter table marker add constraint marker_state_check check (state in ('PROVISIONAL', 'CONFIRMED', 'REMOVED', 'SUSPENDED'));
