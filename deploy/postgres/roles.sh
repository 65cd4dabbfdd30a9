#!/bin/bash
# Run once by the postgres image on an empty volume: the owner of the schemas and a role for each service, with least rights.
set -euo pipefail
{
  for role in owner incident restriction appeal notification monitor; do
    echo "create role evenhand_$role login password '$(cat /run/secrets/${role}_password)';"
  done
  echo "alter database evenhand owner to evenhand_owner; revoke all on database evenhand from public;"
  for service in incident restriction appeal notification; do
    echo "grant connect on database evenhand to evenhand_$service;"
    echo "alter role evenhand_$service in database evenhand set search_path = $service;"
  done
  echo "grant connect on database evenhand to evenhand_monitor; grant pg_monitor to evenhand_monitor;"   # figures, no table
} | psql -v ON_ERROR_STOP=1 -q -U "$POSTGRES_USER" -d evenhand
