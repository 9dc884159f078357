#!/bin/sh
# Makes each secret that is not there yet, in deploy/secrets/. Replaces none.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets && chmod 700 secrets && cd secrets
word() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# Read inside the containers by others than root; here the folder keeps everybody out.
keep() { [ -e "$1" ] || { cat > "$1" && chmod 644 "$1"; }; }
word | keep secret_key
printf 'k1:%s' "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" | keep content_keys
for name in postgres owner app; do word | keep "${name}_password"; done
printf 'requirepass %s\n' "$(word)" | keep redis_password
printf 'postgresql://counsel:%s@postgres:5432/counsel' "$(cat owner_password)" | keep owner_database_url
printf 'postgresql://counsel_app:%s@postgres:5432/counsel' "$(cat app_password)" | keep app_database_url
printf 'redis://:%s@redis:6379/0' "$(cut -d ' ' -f 2 redis_password)" | keep redis_url
# Kept in a folder until you name your mail server here.
printf 'files:///var/lib/counsel/mail' | keep mail_url
