# source tools/completion.bash: completes tools/evenhand's commands, options and process names.
_evenhand() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "build up down status logs demo token import outbox config backup restore audit bench sql help" -- "$word")
    return
  fi
  case "${COMP_WORDS[COMP_CWORD - 1]}" in
    --data-dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word"); return ;;
    --roles) mapfile -t COMPREPLY < <(compgen -W "employee team_leader senior_manager strategic_director hr_business_partner communications_lead health_safety_adviser auditor union_representative administrator crm portal monitoring" -- "$word"); return ;;
  esac
  local words="--data-dir --output"
  case "$command" in
    up) words+=" --detach --port" ;;
    logs) words+=" --follow --lines incident restriction appeal notification gateway postgres supervisor" ;;
    token) words+=" --sub --roles --service-areas --name --act --lifetime" ;;
    outbox) words+=" --resend" ;;
    config) words+=" print check --process" ;;
    import | restore) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _evenhand evenhand tools/evenhand
