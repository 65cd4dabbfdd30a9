-- Where a letter came back from nobody is written to again until somebody has confirmed that address, or the person has another (11.1).
create table returned_address (
  person_id text not null,
  lines     jsonb not null,
  at        timestamptz not null,
  primary key (person_id, lines)
);
comment on table returned_address is 'Addresses that the post brought a letter back from; the register may still call them confirmed';
comment on column returned_address.lines is 'as the letter had them; they go when that very address is confirmed again, or the person''s record is erased';
