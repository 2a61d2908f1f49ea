#!/usr/bin/env bash
# Sourced by scripts/cluster: one of its silos, as a process of its own.

stop_seconds=20
ready_seconds=120

silo_folder() { echo "$directory/silo-$1"; }
http_port() { echo $(($1 * 10000 + 8080 + offset)); }
kafka_port() { echo $(($1 * 10000 + 9092 + offset)); }

# What the silos know and nobody else; made once.
make_secret() {
  local file=$directory/secret
  [ -s "$file" ] || (umask 077 && head -c 32 /dev/urandom | base64 -w 0 >"$file")
}

# silo_process N : the process id of silo N; nothing when it does not run. Its command line must be the one of start_silo, for a
# number may have gone to another process.
silo_process() {
  local process
  process=$(cat "$(silo_folder "$1")/start.pid" 2>/dev/null) || return 0
  if [ -r "/proc/$process/cmdline" ] && tr '\0' '\n' <"/proc/$process/cmdline" | grep -qxF -- "--Silo:DataDirectory=$(silo_folder "$1")"; then echo "$process"; fi
}

# process_state ID : T when it is stopped; nothing when it has ended.
process_state() { sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null || true; }

start_silo() {
  local node=$1 folder program
  shift
  [ -z "$(silo_process "$node")" ] || return 0
  folder=$(silo_folder "$node")
  program=${ACTORS_CLUSTER_PROGRAM:-$root/artifacts/bin/Silo/release/Actors.Silo.dll}
  mkdir -p "$folder"
  # In a session of its own, so that Ctrl-C in the terminal is not meant for it.
  setsid dotnet "$program" \
    --Silo:NodeId="$node" --Silo:DataDirectory="$folder" \
    --Silo:Store="Host=127.0.0.1;Port=$postgresql_port;Username=postgres;Database=actors" \
    --Peering:Port=$((node * 10000 + 1111 + offset)) --Peering:SecretFile="$directory/secret" \
    --Kafka:Port="$(kafka_port "$node")" --Http:Port="$(http_port "$node")" "$@" </dev/null >>"$folder/silo.log" 2>&1 &
  echo $! >"$folder/start.pid"
  until [ -n "$(silo_process "$node")" ] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done # it is the shell's copy at first
}

# signal_silo N SIGNAL
signal_silo() {
  local process
  process=$(silo_process "$1")
  [ -n "$process" ] || die "silo $1 does not run."
  kill -"$2" "$process"
}

# A paused process sees the signal when it goes on.
ask_to_stop() {
  local process
  process=$(silo_process "$1")
  [ -n "$process" ] || return 0
  kill -TERM "$process" 2>/dev/null || true # it may end by itself at this moment
  kill -CONT "$process" 2>/dev/null || true
}

wait_until_gone() {
  local process attempt
  process=$(silo_process "$1")
  for ((attempt = 0; attempt < stop_seconds * 20; attempt++)); do
    [ -n "$process" ] && [ "$(silo_process "$1")" = "$process" ] || return 0
    sleep 0.05
  done
  echo "Silo $1 (process $process) does not stop within $stop_seconds s; it is killed." >&2
  kill -KILL "$process" 2>/dev/null || true
}

# answer PORT PATH : status code and body of an HTTP answer, on two lines; nothing when there is none.
answer() {
  local reply
  reply=$( (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3 && timeout 2 cat <&3) 2>/dev/null | tr -d '\r') || true
  [ -n "$reply" ] || return 0
  head -n 1 <<<"$reply" | cut -d' ' -f2
  grep -o '{.*}' <<<"$reply" | head -n 1
}

# reasons BODY : why a silo does not serve.
reasons() { sed -n 's/.*"reasons":\[\(.*\)\].*/\1/p' <<<"$1" | sed 's/^"//; s/"$//; s/","/; /g'; }

wait_until_ready() {
  local node=$1 folder attempt code said='' body why
  folder=$(silo_folder "$node")
  for ((attempt = 0; attempt < ready_seconds * 10; attempt++)); do
    { read -r code; read -r body; } < <(answer "$(http_port "$node")" /readyz) || true
    [ "${code:-}" != 200 ] || return 0
    if [ -z "$(silo_process "$node")" ]; then
      tail -n 15 "$folder/silo.log" >&2
      die "silo $node has ended; its log is $folder/silo.log."
    fi
    [ "$(process_state "$(silo_process "$node")")" != T ] || die "silo $node is paused: scripts/cluster resume $node"
    why=$(reasons "${body:-}")
    if [ -n "$why" ] && [ "$why" != "$said" ] && [ $((attempt % 20)) -eq 19 ]; then
      echo "Silo $node: $why" >&2
      said=$why
    fi
    sleep 0.1
  done
  die "silo $node does not serve after $ready_seconds s; its log is $folder/silo.log."
}

show_status() {
  local node process state code body all=0
  printf '%-5s %-9s %-10s %-22s %-30s %s\n' SILO PROCESS STATE KAFKA HTTP ''
  for node in "${nodes[@]}"; do
    process=$(silo_process "$node") code='' body='' state=dead
    if [ -n "$process" ]; then
      state=starting
      if [ "$(process_state "$process")" = T ]; then
        state=paused
      else
        { read -r code; read -r body; } < <(answer "$(http_port "$node")" /readyz) || true
        [ "$code" != 200 ] || state=ready
      fi
    fi
    [ "$state" = ready ] || all=1
    printf '%-5s %-9s %-10s %-22s %-30s %s\n' "$node" "${process:--}" "$state" "127.0.0.1:$(kafka_port "$node")" "http://127.0.0.1:$(http_port "$node")/" "$(reasons "$body")"
  done
  return $all
}
