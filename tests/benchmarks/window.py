#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the window costs: against `morsel --print`, against a bare window of libadwaita, and
against itself with nothing running, from an nginx of its own on the loopback interface.

Usage: window.py MORSEL BENCHMARK_WINDOW FIRST_FRAME, with a display
"""

import contextlib
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import nginx

N_ROUNDS = 3
N_TURNS = 5
N_STARTS = 9
SKIPPED = 77

# What is shown of the list meanwhile.
VIEWS = {"all": "", "size": ", by size", "done": ", those done"}


def say(what, text):
    print(f"{what:<46} {text}", flush=True)


def run_window(command, addresses):
    output = subprocess.run(
        [*command, addresses], check=True, capture_output=True, text=True
    ).stdout
    return {
        name: float(value)
        for name, value in (line.split() for line in output.splitlines() if line)
    }


def time_of(command, stdin=None):
    start = time.monotonic()
    subprocess.run(command, check=True, stdin=stdin, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def time_of_print(morsel, addresses):
    with open(addresses) as stdin:
        return time_of([morsel, "--print", "-"], stdin)


def write_addresses(path, urls):
    path.write_text("".join(f"{url}\n" for url in urls))
    return path


def measure_list(morsel, command, server):
    urls = server.small_urls()
    addresses = write_addresses(server.folder / "many.txt", urls)
    first = write_addresses(server.folder / "one.txt", urls[:1])
    runs, prints = [], []
    for _ in range(N_ROUNDS):
        runs.append(run_window(command, addresses))
        # The window is open when it begins: the peer's start and end don't count either.
        prints += [
            time_of_print(morsel, addresses) - time_of_print(morsel, first)
            for _ in range(N_TURNS)
        ]

    def median(name):
        return statistics.median(run[name] for run in runs)

    wall, peer = median("wall"), statistics.median(prints)
    what = f"{nginx.N_SMALL // 1000} 000 URLs in the window"
    say(
        f"{what}: time",
        f"{wall:.3f} s; morsel --print, without its start, {peer:.3f} s: "
        f"{wall / peer:.2f} x (goal <= 1.3)",
    )
    say(
        f"{what}: beyond drawing",
        f"{median('beyond-drawing'):.1f} µs of the main thread a result (goal <= 10)",
    )
    say(f"{what}: memory", f"{median('memory'):.1f} MiB (goal <= 60)")
    for view, words in VIEWS.items():
        for which, goal in (("99th", 20), ("worst", 50)):
            gap = median(f"scroll-{view}-fetching-{which}")
            alone = median(f"scroll-{view}-alone-{which}")
            say(
                f"frame gaps while scrolling{words}: {which}",
                f"{gap:.1f} ms; with nothing running {alone:.1f} ms: {gap / alone:.2f} x "
                f"(goal <= {goal} ms, or <= 1.2 x)",
            )
    say(
        "10 s with nothing to do",
        f"{median('idle-frames'):.0f} frames, {median('idle-wakeups'):.0f} wake-ups, "
        f"{median('idle-cpu'):.1f} ms of CPU (goal: none of ours)",
    )
    say("from a key to what it finds: 99th", f"{median('key-99th'):.1f} ms (goal <= 33)")


def measure_start(command):
    ours, peers = [], []
    for _ in range(N_STARTS):
        ours.append(time_of(command))
        peers.append(time_of([*command, "bare"]))
    own, peer = statistics.median(ours), statistics.median(peers)
    say(
        "start to the first frame",
        f"{own * 1e3:.0f} ms; bare window {peer * 1e3:.0f} ms: {own / peer:.2f} x "
        "(goal <= 1.25)",
    )


def main():
    morsel, window, first_frame = sys.argv[1:4]
    program = nginx.find()
    if program is None or shutil.which("openssl") is None:
        print("nginx or openssl is missing.")
        sys.exit(SKIPPED)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    measure_start([first_frame])
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = nginx.Server(program, pathlib.Path(folder))
        stack.callback(server.stop)
        measure_list(morsel, [window], server)


main()
