# SPDX-License-Identifier: LGPL-2.1-or-later

_morsel ()
{
  local cur prev words cword split

  _init_completion -s || return

  case $prev in
    -o | --output | --ca-file | --open)
      _filedir
      return
      ;;
    -H | --header)
      compopt -o nospace
      COMPREPLY=($(compgen -S : -W 'Accept Accept-Language Cache-Control If-None-Match
        Referer User-Agent' -- "$cur"))
      return
      ;;
    -x | --proxy)
      compopt -o nospace
      COMPREPLY=($(compgen -W 'http:// https:// socks5h://' -- "$cur"))
      return
      ;;
    -j | --jobs | --jobs-per-host | -u | --user | --bearer | --bytes | --timeout | \
      --connect-timeout | --stall-timeout | --header-timeout | --min-speed | --delay | \
      --redirects | --retry)
      return
      ;;
  esac
  $split && return

  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W '-h --help --help-all --help-gapplication -p --print --json --dry-run
      -j --jobs= --jobs-per-host= --delay= --demo --open= --version --peek --bytes= --head -o --output=
      --replace -H --header= -u --user= --bearer= --timeout= --connect-timeout= --stall-timeout= --redirects=
      --header-timeout= --min-speed=
      --retry= -x --proxy= --http1.1 --http2 -4 --ipv4 -6 --ipv6 --ca-file= -k --insecure' \
      -- "$cur"))
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  fi
} &&
  complete -F _morsel morsel
