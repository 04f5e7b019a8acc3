#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# curl 7.88.1 (Debian 12: 7.88.1-10+deb12u15), two URLs of one server on one command line.
# The server closes the kept connection when the second request has come, as RFC 9112, 9.3.1
# allows; curl sends the request again on a new connection, without a word.
#
# Guessed: with 0 redirects, %{time_redirect} is 0, and what the lost try took is a part of the
#          time to the first byte.
# Seen:    time_redirect is as long as the lost try, and num_redirects is 0. time_pretransfer
#          leaves the lost try out, and time_starttransfer does not, so the time between the
#          two is no waiting for the server.
#
# Ends with 0 if that is seen, 1 if it is not, 77 if the packages are not to be had.
set -eu

version=7.88.1-10+deb12u15
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

apt-get download "curl=$version" "libcurl4=$version" >/dev/null 2>&1 ||
  { echo "curl $version can't be downloaded"; exit 77; }
for package in ./*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libcurl.so.4' | head -1)")
export LD_LIBRARY_PATH

cat >server.py <<'PYTHON'
import socket
import threading
import time

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"


def read_request(file):
    lines = []
    while line := file.readline():
        lines.append(line)
        if line == b"\r\n":
            return True
    return False


def serve(connection):
    with connection, connection.makefile("rb") as file:
        if read_request(file):
            connection.sendall(RESPONSE)
        if read_request(file):
            time.sleep(0.3)
            connection.shutdown(socket.SHUT_RDWR)


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
PYTHON
mkfifo port
python3 server.py >port &
server=$!
read -r port <port

seen=$("$folder/root/usr/bin/curl" -q --noproxy '*' -s -o /dev/null -o /dev/null \
  -w '%{http_code} %{num_redirects} %{time_redirect} %{time_pretransfer} %{time_starttransfer}\n' \
  "http://127.0.0.1:$port/1" "http://127.0.0.1:$port/2" | tail -n 1)
echo "status, redirects, time_redirect, time_pretransfer, time_starttransfer: $seen"
echo "$seen" |
  awk '{ exit !($1 == 200 && $2 == 0 && $3 >= 0.3 && $4 < 0.3 && $5 >= 0.3) }' ||
  { echo "not as it was with $version"; exit 1; }
