-- When a restriction's record has been kept for its time, what was said in its appeals goes, the evidence of a withdrawal and the person's
-- document too; what is counted stays (12.1).
create function erase_appeals(gone_restriction text, gone_person text) returns int
  language plpgsql security definer set search_path from current as $$
declare
  erased int;
begin
  with gone as (
    update appeal set
      document = (document - 'grounds' - 'advocate' - 'document' - 'outOfScope' - 'informationRequests' - 'lateAcceptance' - 'timeline'
                  - 'personId')
        || case when document ? 'decision' then jsonb_build_object('decision', (document -> 'decision') - 'reasons' - 'variation') else '{}' end
        || case when document ? 'refusal' then jsonb_build_object('refusal', (document -> 'refusal') - 'reasons') else '{}' end
        || case when document ? 'withdrawal'
                then jsonb_build_object('withdrawal', (document -> 'withdrawal') - 'reason' - 'evidence') else '{}' end,
      person_id = ''
    where ((gone_restriction <> '' and restriction_id = gone_restriction) or (gone_person <> '' and person_id = gone_person))
      and state in ('DECIDED', 'REFUSED', 'WITHDRAWN')
    returning id
  ), versions as (
    delete from appeal_version where appeal_id in (select id from gone)
  )
  select count(*) into erased from gone;
  return erased;
end $$;
revoke all on function erase_appeals(text, text) from public;
grant execute on function erase_appeals(text, text) to evenhand_appeal;
