-- A restore can't forge freshness, however it is done. The stored epoch comes back with the rows; what it is bound to does not: a recovery
-- or a promotion has another timeline, another cluster another identifier, a database or table made anew another oid or file.
create function life(epoch uuid) returns uuid language sql stable as $$
  select md5(concat_ws('.', epoch, (pg_control_system()).system_identifier, left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
                       (select oid from pg_database where datname = current_database()),
                       'restriction.revision'::regclass::oid, pg_relation_filenode('restriction.revision')))::uuid
$$;
comment on function life is 'the epoch of consistency tokens: no token from before a restore has it';

-- Rows alone that are brought back are written, not changed.
create function renew_epoch() returns trigger language plpgsql as $$
begin
  new.epoch := gen_random_uuid();
  return new;
end
$$;
create trigger epoch_is_new before insert on revision for each row execute function renew_epoch();
create trigger epoch_is_new_when_put_back before update on revision for each row when (new.n < old.n) execute function renew_epoch();
comment on column revision.epoch is 'a new one after a restore, so that a restore cannot forge freshness; tokens hold life(epoch)';
