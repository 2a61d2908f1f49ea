#!/usr/bin/env bash
# Sourced by scripts/cluster: a PostgreSQL server for the cluster alone, on 127.0.0.1, as a user without rights.

postgresql_program() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v "$1") || die "PostgreSQL is missing: install the Debian package postgresql-15."
  echo "$found"
}

require_postgresql() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || require_packages postgresql-15; }

# The server refuses to run as root; then it runs as nobody.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}

# The server's folder: in the cluster's, or, where its user cannot get there, beside the system's temporary files that stay.
postgresql_folder() {
  local folder=$directory/postgresql
  if [ "$(id -u)" -eq 0 ] && ! as_owner test -x "$directory"; then
    folder=/var/tmp/actors-cluster-$(echo -n "$directory" | sha256sum | cut -c1-16)
  fi
  echo "$folder"
}

start_postgresql() {
  require_postgresql
  local folder
  folder=$(postgresql_folder)
  if [ ! -f "$folder/made" ]; then
    echo "Making a PostgreSQL server in $folder …" >&2
    rm -rf "$folder" # of an attempt that was interrupted
    mkdir -p "$folder"
    chmod 700 "$folder"
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$folder"
    (cd / && as_owner "$(postgresql_program initdb)" --pgdata "$folder" --username postgres --auth trust --encoding UTF8 --no-locale >/dev/null)
    touch "$folder/made"
  fi
  if ! (cd / && as_owner "$(postgresql_program pg_ctl)" --pgdata "$folder" status >/dev/null); then
    (cd / && as_owner "$(postgresql_program pg_ctl)" --pgdata "$folder" --log "$folder/server.log" --wait --silent --timeout 60 \
      --options "-c port=$postgresql_port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c log_line_prefix='%m '" start) \
      || { tail -n 5 "$folder/server.log" >&2; die "PostgreSQL does not start; its log is $folder/server.log."; }
  fi
  local connect=(--host 127.0.0.1 --port "$postgresql_port" --username postgres)
  if [ -z "$("$(postgresql_program psql)" "${connect[@]}" --dbname postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'actors'")" ]; then
    "$(postgresql_program createdb)" "${connect[@]}" actors
  fi
}

stop_postgresql() {
  local folder
  folder=$(postgresql_folder)
  [ -f "$folder/postmaster.pid" ] || return 0
  (cd / && as_owner "$(postgresql_program pg_ctl)" --pgdata "$folder" --mode fast --wait --silent stop) || true
}

remove_postgresql() { rm -rf "$(postgresql_folder)"; }
