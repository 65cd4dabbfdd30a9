-- Letters of a record that has been kept for its time lose their words and their address; that they were written and sent stays (12.1).
create function erase_letters(gone_restriction text, gone_person text) returns int
  language sql security definer set search_path from current as $$
  with gone as (
    update letter set document = document - 'paragraphs' - 'personId' - 'addressConfirmed', addressee = '', address = '[]', pdf = null, words = null, person_id = ''
    where (gone_restriction <> '' and restriction_id = gone_restriction) or (gone_person <> '' and person_id = gone_person)
    returning id
  )
  select count(*)::int from gone;
$$;
revoke all on function erase_letters(text, text) from public;
grant execute on function erase_letters(text, text) to evenhand_notification;

-- A record that has been kept for its time loses what is about the person here too: messages and tasks name them no more (12.1).
create function erase_mentions(gone_restriction text, gone_person text) returns int
  language sql security definer set search_path from current as $$
  with messages as (
    update notification set document = document - 'personId' - 'decidedBy', person_id = '', payload = ''
    where state not in ('QUEUED', 'SENDING', 'TEMPORARY_FAILURE') and ((gone_person <> '' and person_id = gone_person) or (gone_restriction <> '' and restriction_id = gone_restriction))
    returning id
  ), tasks as (
    update task set document = document - 'personId' - 'outcome', person_id = ''
    where (gone_person <> '' and person_id = gone_person) or (gone_restriction <> '' and restriction_id = gone_restriction)
    returning id
  ), moved as (
    delete from person_moved where gone_person <> '' and gone_person in (survivor_id, merged_id) returning id
  )
  select (select count(*) from messages)::int + (select count(*) from tasks)::int;
$$;
revoke all on function erase_mentions(text, text) from public;
grant execute on function erase_mentions(text, text) to evenhand_notification;
