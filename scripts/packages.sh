#!/usr/bin/env bash
# Sourced by the other scripts, which set root: what a machine must have, installed or asked for in a sentence.

# require_sdk : ends with a sentence when global.json finds no .NET SDK on this machine.
require_sdk() {
  (cd "$root" && dotnet --version >/dev/null 2>&1) && return 0
  local wanted have
  wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
  have=$({ cd / && dotnet --list-sdks 2>/dev/null || true; } | cut -d' ' -f1 | paste -sd' ')
  echo "The .NET SDK $wanted or a later 10.0 one is needed; this machine has ${have:-none} (https://dotnet.microsoft.com/download/dotnet/10.0)." >&2
  return 1
}

# require_silo_libraries : what the silo loads beside .NET.
require_silo_libraries() {
  have_library libsqlite3.so.0 || require_packages libsqlite3-0 || return 1
  { have_library liblz4.so.1 && have_library libzstd.so.1; } || require_packages liblz4-1 libzstd1
}

have_library() { ldconfig -p 2>/dev/null | grep -qF "$1"; }

# require_packages PACKAGE... : installs what dpkg does not have. Needs root and apt-get; otherwise ends with a sentence.
require_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "These Debian packages are missing; install them and run this again: ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${missing[*]} …" >&2
  apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
