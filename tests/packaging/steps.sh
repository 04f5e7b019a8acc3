# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the scripts in this folder begin with. Each is run as SCRIPT BUILD_FOLDER, makes what
# it needs in a folder of its own, and ends with 0, with 77 if the machine can't do it, or
# with something else if it failed.

set -euo pipefail

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$tests/../.." && pwd)

# Whoever has another Python first in the PATH has none of Debian's modules there.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
build=$(cd "${1:?"usage: $0 BUILD_FOLDER"}" && pwd)
folder=$(mktemp -d)
pictures=$build/tests/packaging/pictures
mkdir -p "$pictures"

name=${0##*/}
step="its beginning"
tidy() {
  local status=$?
  chmod -R u+w "$folder" 2>/dev/null || true
  rm -rf "$folder"
  case $status in
    0 | 77) ;;
    *) echo "$name: failed at: $step" ;;
  esac
}
trap tidy EXIT

# begin STEP: what is done next, so that a failure has a name
begin() {
  step=$1
  echo "$name: $step ($SECONDS s)"
}

# quietly COMMAND: says what it said only if it fails
quietly() {
  local status
  # Not as a condition, which would switch off -e in a function.
  set +e
  (set -e && "$@") >"$folder/said" 2>&1
  status=$?
  set -e
  [ $status -eq 0 ] || tail -n 60 "$folder/said"
  return $status
}

# skip REASON
skip() {
  echo "$name: skipped: $1" >&2
  exit 77
}

# require PROGRAM...
require() {
  local program
  for program; do
    command -v "$program" >/dev/null || skip "there is no $program here"
  done
}

# make_tools: what the functions below run, which no test needs
make_tools() {
  quietly flock "$build" meson compile -C "$build" serve-demo see-window
}

# project_value NAME: what the project calls itself, from the one place where it says it
project_value() {
  case $1 in
    version) meson introspect "$build" --projectinfo |
      python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])' ;;
    *) sed -n "s/^$1 = '\\(.*\\)'\$/\\1/p" "$source/meson.build" ;;
  esac
}

# make_tarball: prints where it is. It holds what is committed.
make_tarball() {
  git -C "$source" rev-parse HEAD >/dev/null || skip "there is no git repository to make a tarball of"
  if [ -n "$(git -C "$source" status --porcelain)" ]; then
    echo "$name: the tarball holds what is committed, and there are changes" >&2
  fi
  local tarball
  tarball=morsel-$(project_value version).tar.gz
  # These scripts may run at the same time.
  # shellcheck disable=SC2016
  quietly flock "$build" bash -c \
    'meson dist -C "$0" --no-tests --allow-dirty --formats gztar && mkdir -p "$2" && cp "$0/meson-dist/$1" "$2"' \
    "$build" "$tarball" "$folder/dist" >&2
  echo "$folder/dist/$tarball"
}

# readme_example README: the library in ten lines
readme_example() {
  sed -n '/^```c$/,/^```$/{/^```/d;p}' "$1"
}

print_page() {
  [ "$("$@" --version)" = "morsel $(project_value version)" ]
  # shellcheck disable=SC2016
  env -u DISPLAY -u WAYLAND_DISPLAY "$build/tests/packaging/serve-demo" bash -c \
    '"$@" --print --json "$MORSEL_TEST_URL" | grep -q "\"status\":200.*\"is_complete\":true"' \
    print "$@"
}

# try_print COMMAND...: the program, without a display, against the demo server
try_print() {
  make_tools
  quietly print_page "$@"
}

show_window() {
  local picture=$1
  shift
  # shellcheck disable=SC2016
  env GDK_BACKEND=x11 GDK_DEBUG=gl-disable GSETTINGS_BACKEND=memory GSK_RENDERER=cairo \
    GTK_A11Y=none GTK_USE_PORTAL=0 "$source/tests/app/with-display" bash -c '
      see_window=$1 picture=$2
      shift 2
      "$@" &
      "$see_window" "$picture"
      status=$?
      kill $! 2>/dev/null
      exit $status' window "$build/tests/packaging/see-window" "$pictures/$picture" "$@"
}

# try_window PICTURE COMMAND...: the window of the program, with the demo in it
try_window() {
  make_tools
  quietly show_window "$@"
}
