#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How fast `morsel --print` fetches, against curl, from an nginx of its own on the loopback
interface. Each line is a ratio to curl in the same run, in turns with it, as machines are
noisy: the median of several rounds.

Usage: fetch.py MORSEL [PART OF A NAME]...
"""

import contextlib
import os
import pathlib
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

import nginx

N_ROUNDS = 7
N_AT_ONCE = 64
N_SECURE = 100

SKIPPED = 77


class Proxy(threading.Thread):
    """Passes one connection on to the server, and counts the bytes that the client's
    machine has taken. The server's own count has those in it that never left."""

    def __init__(self, server_port):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.server_port = server_port
        self.n_bytes = 0
        self.start()

    def run(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.server_port))
        with self.listener, client, server:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                self.pass_on(client, server)
            # tcpi_bytes_acked, behind 8 bytes, 24 numbers of 4, and 2 of 8.
            information = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
            (self.n_bytes,) = struct.unpack_from("Q", information, 8 + 24 * 4 + 2 * 8)

    @staticmethod
    def pass_on(client, server):
        """Until one of them closes the connection."""
        while True:
            for readable in select.select([client, server], [], [])[0]:
                chunk = readable.recv(65536)
                if not chunk:
                    return
                (server if readable is client else client).sendall(chunk)


class Run:
    """What one run of a program took: seconds, seconds of CPU, and bytes."""

    def __init__(self, command, stdin=None, watches_memory=False):
        self.peak = 0
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY") and not name.lower().endswith("_proxy")
        }
        with open(stdin or os.devnull) as standard_input:
            start = time.monotonic()
            process = subprocess.Popen(
                command, env=environment, stdin=standard_input, stdout=subprocess.DEVNULL
            )
            if watches_memory:
                self.watch_memory(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command[0]} has failed: exit status {process.returncode}.")

    def watch_memory(self, pid):
        """Until the process ends. ru_maxrss would not do: it begins with what the parent
        has."""
        with open(f"/proc/{pid}/status", "rb", buffering=0) as status:
            while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                for line in os.pread(status.fileno(), 4096, 0).splitlines():
                    if line.startswith(b"VmHWM:"):
                        self.peak = int(line.split()[1]) * 1024
                time.sleep(0.002)


def say(what, text):
    print(f"{what:<46} {text}", flush=True)


def compare(what, goal, ours, peer_name, peers, unit, factor):
    our_median = statistics.median(ours) * factor
    peer_median = statistics.median(peers) * factor
    say(
        what,
        f"{our_median:10.3f} {unit}; {peer_name:<22} {peer_median:10.3f} {unit}: "
        f"{our_median / peer_median:.3f} x (goal {goal})",
    )


class Benchmark:
    def __init__(self, morsel, server):
        self.server = server
        self.print = [morsel, "--print"]
        self.help = subprocess.run([morsel, "--help"], capture_output=True, text=True).stdout

    def has(self, option):
        return option in self.help

    def rounds(self, ours, peer, n_rounds=N_ROUNDS):
        runs = [(ours(), peer()) for _ in range(n_rounds)]
        return [our_run for our_run, _ in runs], [peer_run for _, peer_run in runs]

    def write_lists(self, urls, name):
        """The same addresses for both."""
        ours = self.server.folder / f"{name}.txt"
        peers = self.server.folder / f"{name}.curl"
        ours.write_text("".join(f"{url}\n" for url in urls))
        peers.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls))
        return ours, peers

    def run_lists(self, lists, watches_memory=False):
        jobs = ["--jobs", str(N_AT_ONCE)] if self.has("--jobs") else []
        curl = ["curl", "--no-progress-meter", "--parallel", "--parallel-max", str(N_AT_ONCE)]
        return self.rounds(
            lambda: Run(self.print + jobs + ["-"], lists[0], watches_memory),
            lambda: Run(curl + ["-K", lists[1]], watches_memory=watches_memory),
        )

    def measure_many(self):
        urls = self.server.small_urls()
        one, many = self.write_lists(urls[:1], "one"), self.write_lists(urls, "many")
        ours, peers = self.run_lists(many)
        # Whoever looks at the memory every other millisecond takes processor time from both
        # threads, and from the one of curl.
        one_ours, one_peers = self.run_lists(one, watches_memory=True)
        watched_ours, watched_peers = self.run_lists(many, watches_memory=True)

        def growth(runs, baseline):
            smallest = statistics.median(run.peak for run in baseline)
            return [run.peak - smallest for run in runs]

        what = f"{nginx.N_SMALL // 1000} 000 URLs of 1 to 20 KB"
        name = "curl --parallel"
        compare(
            f"{what}: time",
            "<= 1.0",
            [run.seconds for run in ours],
            name,
            [run.seconds for run in peers],
            "s ",
            1,
        )
        compare(
            f"{what}: CPU",
            "<= 1.0",
            [run.cpu for run in ours],
            name,
            [run.cpu for run in peers],
            "s ",
            1,
        )
        compare(
            f"{what}: memory",
            "<= 1.5",
            growth(watched_ours, one_ours),
            name,
            growth(watched_peers, one_peers),
            "MB",
            1e-6,
        )

    def measure_large(self):
        url = self.server.url("large")
        ours, peers = self.rounds(
            lambda: Run(self.print + [url]),
            lambda: Run(["curl", "--silent", "-o", "/dev/null", url]),
        )
        compare(
            "1 GB",
            "<= 1.05",
            [run.seconds for run in ours],
            "curl -o /dev/null",
            [run.seconds for run in peers],
            "s ",
            1,
        )

    def measure_connections(self):
        what = f"{N_SECURE} URLs of a host, by HTTPS and HTTP/2"
        if not self.has("--ca-file"):
            say(what, "skipped: there is no --ca-file")
            return

        urls = [self.server.secure_url(f"small/{i}") for i in range(N_SECURE)]
        ours, _ = self.write_lists(urls, "secure")
        ca_file = ["--ca-file", self.server.folder / "certificate.pem"]
        Run(self.print + ca_file + ["-"], stdin=ours)
        n_requests, n_connections = self.server.take_connections(N_SECURE)
        say(what, f"{n_connections} connections for {n_requests} requests (goal: 1)")

    def bytes_on_wire(self, command, path):
        proxy = Proxy(self.server.port)
        Run(command + [f"http://127.0.0.1:{proxy.port}/{path}"])
        proxy.join()
        return proxy.n_bytes

    def measure_peek(self):
        what = "1 GB, the first bytes only"
        if not self.has("--peek"):
            say(what, "skipped: there is no --peek")
            return

        peek = self.print + ["--peek"]
        for path, note, goal in (
            ("large", "on the wire", 64),
            ("without-ranges/large", "without ranges", 64),
        ):
            on_wire = [self.bytes_on_wire(peek, path) for _ in range(N_ROUNDS)]
            median = statistics.median(on_wire) / 1e3
            say(f"{what}: {note}", f"{median:.1f} KB (goal <= {goal})")

        large, small = self.rounds(
            lambda: Run(peek + [self.server.url("large")]),
            lambda: Run(peek + [self.server.url("500")]),
            n_rounds=9,
        )
        above = statistics.median(run.seconds for run in large) - statistics.median(
            run.seconds for run in small
        )
        say(f"{what}: above 500 bytes", f"{above * 1e3:.1f} ms (goal <= 5)")


def main():
    morsel = sys.argv[1]
    parts = sys.argv[2:]
    program = nginx.find()
    if program is None or shutil.which("curl") is None or shutil.which("openssl") is None:
        print("nginx, curl, or openssl is missing.")
        sys.exit(SKIPPED)

    # Whoever ends the benchmark ends the server, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = nginx.Server(program, pathlib.Path(folder))
        stack.callback(server.stop)
        benchmark = Benchmark(morsel, server)
        for name in ("many", "large", "connections", "peek"):
            if not parts or any(part in name for part in parts):
                getattr(benchmark, f"measure_{name}")()


main()
