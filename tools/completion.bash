# source tools/completion.bash: completes tools/evenhand's commands, options and process names. tests/contract/command_line.py holds it to --help.
_evenhand() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} processes="incident restriction appeal notification gateway"
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "build up down status logs demo token import register outbox config backup restore audit bench sql help" -- "$word")
    return
  fi
  case "${COMP_WORDS[COMP_CWORD - 1]}" in
    --data-dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -W "text json" -- "$word"); return ;;
    --roles) mapfile -t COMPREPLY < <(compgen -W "employee team_leader senior_manager strategic_director hr_business_partner communications_lead health_safety_adviser auditor union_representative administrator data_protection_officer crm portal monitoring" -- "$word"); return ;;
    --act) mapfile -t COMPREPLY < <(compgen -W "crm portal" -- "$word"); return ;;
    --process) mapfile -t COMPREPLY < <(compgen -W "$processes" -- "$word"); return ;;
    --accept) mapfile -t COMPREPLY < <(compgen -W "REVIEW_EXPIRED NEVER_REVIEWED" -- "$word"); return ;;
    --only) mapfile -t COMPREPLY < <(compgen -W "index sizes checks fresh writes feed" -- "$word"); return ;;
    --report) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --port | --sub | --name | --lifetime | --lines | -n | --service-areas | --service-area | --url | --resend | --rounds | --people) COMPREPLY=(); return ;;
  esac
  local words="--help --data-dir --output"
  case "$command" in
    build) words+=" --services" ;;
    up) words+=" --detach --port" ;;
    demo) words+=" --port --down" ;;
    logs) words+=" --follow --lines $processes postgres supervisor" ;;
    token) words+=" --sub --roles --service-areas --name --act --lifetime" ;;
    outbox) words+=" --resend" ;;
    config) words+=" print check --process" ;;
    audit) words+=" verify" ;;
    bench) words+=" --quick --rounds --people --only" ;;
    register)
      if [ "$COMP_CWORD" -eq 2 ]; then words="import --help"; else words+=" --apply --service-area --accept --report --url"; fi
      [[ $word == -* || $COMP_CWORD -eq 2 ]] || { mapfile -t COMPREPLY < <(compgen -f -- "$word"); return; } ;;
    import | backup | restore) [[ $word == -* ]] || { mapfile -t COMPREPLY < <(compgen -f -- "$word"); return; } ;;
    help) words="build up down status logs demo token import register outbox config backup restore audit bench sql" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _evenhand evenhand tools/evenhand
