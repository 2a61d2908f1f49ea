#!/usr/bin/env bash
# Sourced by the other scripts: installs Debian packages that are missing, or says which ones are.

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
