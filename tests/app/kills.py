#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kills the program at random times, and looks at what is left, byte for byte.

kills.py MORSEL EXPORT-ONCE SLOW-DISK

MORSEL_KILLS is the number of kills (20), MORSEL_KILLS_SEED what they depend on, but for
the time that the machine takes. Saves are killed when they start, while bytes arrive, and
while the file is finished; now and then a second process saves to the same file. What must
hold after each kill:

- The destination is not there, or is whole and right.
- The part is a prefix of the body, and has at least the bytes that it had before.
- There is no other file, and nothing hidden.
- The next run receives just the rest.

An export leaves the old file or the new one, also behind a symbolic link.
"""
import http.server
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

SIZE = 1536 * 1024
BLOCK = 8 * 1024
N_EXPORTED = 4000
PATIENCE = 60

random_number = random.Random()
body = b""


class Handler(http.server.BaseHTTPRequestHandler):
    """The body, with ranges and a validator, as fast as the server's rate says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        first = 0
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range", '"one"') == '"one"':
            first = int(wanted.removeprefix("bytes=").split("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{SIZE - 1}/{SIZE}")
        else:
            self.send_response(200)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(SIZE - first))
        self.end_headers()
        try:
            for at in range(first, SIZE, BLOCK):
                self.wfile.write(body[at : at + BLOCK])
                if server.pause:
                    time.sleep(server.pause)
            server.has_sent_all.set()
        except OSError:
            self.close_connection = True

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pause = 0
        self.has_sent_all = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *arguments):
        pass

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def environment(slow_disk):
    variables = dict(os.environ, LC_ALL="C.UTF-8", no_proxy="*")
    if random_number.random() < 0.5:
        variables["LD_PRELOAD"] = slow_disk
        # A sanitizer wants to be the first.
        options = variables.get("ASAN_OPTIONS")
        variables["ASAN_OPTIONS"] = ":".join(filter(None, [options, "verify_asan_link_order=0"]))
    return variables


def kill(process):
    """Returns whether it was alive."""
    process.kill()
    process.communicate(timeout=PATIENCE)
    return process.returncode == -9


class Saves:
    """One file after the other is saved, however often it takes."""

    def __init__(self, morsel, slow_disk):
        self.morsel = morsel
        self.slow_disk = slow_disk
        self.server = Server()
        self.n_whole = self.n_seconds = self.n_resumed = 0
        self.folder = None
        self.begin_file()
        try:
            os.setxattr(self.folder, "user.morsel.test", b"")
            self.has_attributes = True
        except OSError:
            self.has_attributes = False

    def begin_file(self):
        if self.folder:
            shutil.rmtree(self.folder)
        self.folder = tempfile.mkdtemp(prefix="morsel-kills-")
        self.path = os.path.join(self.folder, "saved")
        self.size = 0

    def start(self):
        return subprocess.Popen(
            [self.morsel, "--print", "--json", "--output", self.path, self.server.url()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(self.slow_disk),
        )

    def look(self):
        """Returns whether the file is whole."""
        names = sorted(os.listdir(self.folder))
        if not self.has_attributes and "saved.part.info" in names:
            names.remove("saved.part.info")
        check(set(names) <= {"saved", "saved.part"}, f"there is {names}")
        if "saved" in names:
            check(names == ["saved"], "there is a part beside the whole")
            with open(self.path, "rb") as file:
                check(file.read() == body, "the whole is not right")
            return True
        part = b""
        if "saved.part" in names:
            with open(self.path + ".part", "rb") as file:
                part = file.read()
        check(body.startswith(part), "the part is not a prefix")
        check(len(part) >= self.size, f"of {self.size} bytes there are {len(part)}")
        self.size = len(part)
        return False

    def finish(self):
        """Without a kill: the rest arrives, and no more than that."""
        self.server.pause = 0
        process = self.start()
        output, errors = process.communicate(timeout=PATIENCE)
        check(process.returncode == 0, f"status {process.returncode}: {errors.decode()}")
        received = json.loads(output)["size_on_wire"]
        missing = max(SIZE - self.size, 1)
        check(received == missing, f"{received} bytes came, {missing} were missing")
        check(self.look(), "it is not there")
        self.n_resumed += self.size > 0

    def kill_once(self):
        left = SIZE - self.size
        kind = random_number.choice(["start", "middle", "middle", "end", "end"])
        if kind == "end" or self.size > 0.9 * SIZE:
            self.server.pause = 0
        else:
            self.server.pause = random_number.uniform(0.1, 0.8) / (SIZE / BLOCK)
        self.server.has_sent_all.clear()
        process = self.start()
        second = None
        if random_number.random() < 0.15:
            time.sleep(random_number.uniform(0, 0.1))
            second = self.start()
        if kind == "start":
            time.sleep(random_number.uniform(0, 0.08))
        elif kind == "middle":
            time.sleep(random_number.uniform(0.02, 0.1 + self.server.pause * left / BLOCK))
        else:
            self.server.has_sent_all.wait(5)
            time.sleep(random_number.uniform(0, 0.08))
        was_alive = kill(process)
        if second:
            self.n_seconds += 1
            kill(second)
        if self.look():
            self.n_whole += 1
            self.begin_file()
        elif random_number.random() < 0.25:
            self.finish()
            self.begin_file()
        return was_alive


class Exports:
    def __init__(self, export_once, slow_disk):
        self.export_once = export_once
        self.slow_disk = slow_disk
        self.folder = tempfile.mkdtemp(prefix="morsel-kills-")
        self.n_new = 0
        path = os.path.join(self.folder, "wanted")
        start = time.monotonic()
        subprocess.run([export_once, path, str(N_EXPORTED)], check=True)
        self.duration = time.monotonic() - start
        with open(path, "rb") as file:
            self.new = file.read()
        os.unlink(path)

    def kill_once(self):
        path = os.path.join(self.folder, "results.json")
        names = ["results.json"]
        old = b"old" * 1000
        if random_number.random() < 0.5:
            os.symlink("real.json", path)
            names.append("real.json")
            real_path = os.path.join(self.folder, "real.json")
        else:
            real_path = path
        if random_number.random() < 0.8:
            with open(real_path, "wb") as file:
                file.write(old)
        else:
            old = None
        process = subprocess.Popen([self.export_once, path, str(N_EXPORTED)], env=environment(self.slow_disk))
        time.sleep(random_number.uniform(0, 1.2 * self.duration + 0.04))
        was_alive = kill(process)

        content = None
        if os.path.exists(real_path):
            with open(real_path, "rb") as file:
                content = file.read()
        check(content in (old, self.new), "the export is neither old nor new")
        self.n_new += content == self.new
        # The one name that a complete file may have for a moment.
        there = set(os.listdir(self.folder)) - {"results.json.new", "real.json.new"}
        check(there <= set(names), f"there is {sorted(there)}")
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        return was_alive


def main():
    global body
    morsel, export_once, slow_disk = sys.argv[1:4]
    n_kills = int(os.environ.get("MORSEL_KILLS", "20"))
    seed = int(os.environ.get("MORSEL_KILLS_SEED", time.time_ns() % 1000000))
    random_number.seed(seed)
    body = random_number.randbytes(SIZE)
    print("TAP version 13")
    print("1..2")
    print(f"# {n_kills} kills, MORSEL_KILLS_SEED={seed}", flush=True)

    failed = False
    saves = Saves(morsel, slow_disk)
    exports = Exports(export_once, slow_disk)
    n_done = {saves: 0, exports: 0}
    n_wanted = {saves: n_kills - n_kills // 4, exports: n_kills // 4}
    for number, subject in enumerate([saves, exports], 1):
        name = type(subject).__name__.lower()
        try:
            while n_done[subject] < n_wanted[subject]:
                # One that had ended before is not counted.
                n_done[subject] += subject.kill_once()
            print(f"ok {number} {name}")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            print(f"not ok {number} {name}\n# {error}, after {n_done[subject]} kills")
            failed = True
        sys.stdout.flush()
    print(
        f"# saves: {n_done[saves]} kills, {saves.n_whole} after the rename, {saves.n_resumed} finished from a part, "
        f"{saves.n_seconds} with a second process; exports: {n_done[exports]} kills, {exports.n_new} left the new file"
    )
    if not failed:
        shutil.rmtree(saves.folder)
        shutil.rmtree(exports.folder)
    return failed


if __name__ == "__main__":
    sys.exit(main())
