#compdef morsel
# SPDX-License-Identifier: LGPL-2.1-or-later

_arguments -s -S \
  '(- *)'{-h,--help}'[show help options]' \
  '(- *)--help-all[show all help options]' \
  '(- *)--help-gapplication[show GApplication options]' \
  '(- *)--version[print the version]' \
  '(--print -p --demo)'{-p,--print}'[print what is found, and open no window]' \
  '--json[print one JSON object a line]' \
  '--dry-run[print the addresses that would be requested, one a line]' \
  '(-j --jobs)'{-j+,--jobs=}'[fetch so many at once]:number' \
  '--jobs-per-host=[fetch so many at once from one host]:number' \
  '--delay=[delay between requests to the same host]:seconds' \
  '(--print -p)--demo[fetch from the built-in server]' \
  '*--open=[fetch the addresses that are listed in a file]:file:_files' \
  '--peek[stop after the first bytes, and spare the rest]' \
  '--bytes=[how many bytes to show]:number' \
  '--head[ask for the headers only]' \
  '(-o --output)'{-o+,--output=}'[save the body in a file]:file:_files' \
  '--replace[replace the file if there is one already]' \
  '*'{-H+,--header=}'[send a header field]:field' \
  '(-u --user --bearer)'{-u+,--user=}'[send a user name and a password]:name\:password' \
  '(-u --user)--bearer=[send a token]:token' \
  '--timeout=[total timeout]:seconds' \
  '--connect-timeout=[give up if nobody can be reached for so many seconds]:seconds' \
  '--stall-timeout=[give up if nothing arrives for so many seconds]:seconds' \
  '--header-timeout=[response header timeout]:seconds' \
  '--min-speed=[minimum speed in bytes per second]:number' \
  '--redirects=[follow so many redirects]:number' \
  '--retry=[try again so often what may well succeed then]:number' \
  '(-x --proxy)'{-x+,--proxy=}'[use a proxy server; an empty one for none]:address' \
  '(--http2)--http1.1[speak HTTP/1.1]' \
  '(--http1.1)--http2[speak HTTP/2 where the server does]' \
  '(-4 --ipv4 -6 --ipv6)'{-4,--ipv4}'[use IPv4 only]' \
  '(-4 --ipv4 -6 --ipv6)'{-6,--ipv6}'[use IPv6 only]' \
  '--ca-file=[trust the authorities in a file, in PEM format]:file:_files' \
  '(-k --insecure)'{-k,--insecure}'[let servers answer that can’t prove who they are]' \
  '*:address:_urls'
