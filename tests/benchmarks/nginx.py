# SPDX-License-Identifier: LGPL-2.1-or-later
"""An nginx of the benchmarks' own, on the loopback interface, with files to fetch."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

N_SMALL = 10_000
LARGE = 1_000_000_000

# A browser opens few connections to a host, and so does Morsel: with this many hosts, that
# is not what is measured.
N_HOSTS = 16


def find():
    """The program; None if there is none."""
    return shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")


CONFIGURATION = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 1024; }}

http {{
  client_body_temp_path {folder}/client;
  fastcgi_temp_path {folder}/fastcgi;
  proxy_temp_path {folder}/proxy;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;

  log_format connection "$connection";
  access_log off;
  default_type text/plain;
  keepalive_requests 1000000;
  open_file_cache max=20000;
  root {folder}/files;
  sendfile on;
  tcp_nodelay on;

  server {{
    listen {port};
    location /without-ranges/ {{
      alias {folder}/files/;
      max_ranges 0;
    }}
  }}

  server {{
    listen 127.0.0.1:{secure_port} ssl http2;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    access_log {folder}/connections.log connection;
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_files(folder):
    """Text, of sizes that are the same in each run."""
    sizes = random.Random(1)
    text = b"A line of text, as there are many.\n" * 1000
    (folder / "small").mkdir(parents=True)
    for i in range(N_SMALL):
        (folder / "small" / str(i)).write_bytes(text[: sizes.randint(1000, 20_000)])
    (folder / "500").write_bytes(text[:500])
    with open(folder / "large", "wb") as large:
        large.truncate(LARGE)


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True,
        stderr=subprocess.DEVNULL,
    )


class Server:
    """An nginx, with its files."""

    def __init__(self, nginx, folder):
        self.folder = folder
        self.port = free_port()
        self.secure_port = free_port()
        make_files(folder / "files")
        make_certificate(folder)
        # As root it would change to a user who can't read the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder, port=self.port, secure_port=self.secure_port, user=user
            )
        )
        self.process = subprocess.Popen(
            [nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
        )
        self.await_start()

    def await_start(self):
        for _ in range(500):
            if self.process.poll() is not None:
                sys.exit("nginx did not start: " + (self.folder / "error.log").read_text())
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.secure_port)).close()
                return
            time.sleep(0.01)
        sys.exit("nginx does not listen.")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}/{path}"

    def small_urls(self):
        return [
            self.url(f"small/{i}", host=f"127.0.0.{1 + i % N_HOSTS}") for i in range(N_SMALL)
        ]

    def secure_url(self, path):
        return f"https://127.0.0.1:{self.secure_port}/{path}"

    def take_connections(self, n_requests):
        """How many connections there were for so many requests, which are forgotten."""
        log = self.folder / "connections.log"
        # A line is written when the request has ended here, which may be after its end there.
        for _ in range(200):
            connections = log.read_text().split()
            if len(connections) >= n_requests:
                break
            time.sleep(0.01)
        os.truncate(log, 0)
        return len(connections), len(set(connections))
