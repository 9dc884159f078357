#!/bin/sh
# Run once by the image, in a new cluster: a role that owns the tables, one that Counsel runs as,
# and no sign-in for the superuser but from inside this container.
set -eu
secrets=${SECRETS:-/run/secrets}
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(cat "$secrets/owner_password")" --set app="$(cat "$secrets/app_password")" <<'SQL'
CREATE ROLE counsel LOGIN NOSUPERUSER NOCREATEROLE CREATEDB PASSWORD :'owner';
CREATE ROLE counsel_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app';
CREATE DATABASE counsel OWNER counsel;
REVOKE ALL ON DATABASE counsel FROM PUBLIC;
GRANT CONNECT ON DATABASE counsel TO counsel_app;
SQL
rules=$(cat "$PGDATA/pg_hba.conf")
printf 'host all postgres all reject\n%s\n' "$rules" > "$PGDATA/pg_hba.conf"
