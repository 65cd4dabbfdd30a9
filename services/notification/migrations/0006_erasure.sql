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
