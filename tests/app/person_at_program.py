# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program in a process and a folder of its own, and pages that it can fetch."""

import contextlib
import http.server
import os
import re
import subprocess
import threading
import time

from screen_reader import Reader, press, wait_for, write

MAIN = re.compile("Morsel$")
DONE = re.compile("^Done · ")
BODY = b"What a person came for.\n" * 40


class Pages(http.server.BaseHTTPRequestHandler):
    """/slow comes for as long as somebody reads; /hop leads to /page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/hop":
            self.send_response(302)
            self.send_header("Location", "/page/0")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(600):
                    self.wfile.write(BODY)
                    time.sleep(0.1)
            self.close_connection = True
        else:
            self.send_response(404 if self.path == "/missing" else 200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

    def log_message(self, *arguments):
        pass


def serve_pages():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Person:
    """The program, and someone who uses it."""

    def __init__(self, program, server, folder):
        self.program = program
        self.folder = folder
        self.base = f"http://127.0.0.1:{server.server_port}"
        self.environment = os.environ | {
            "XDG_CACHE_HOME": f"{folder}/cache",
            "XDG_CONFIG_HOME": f"{folder}/config",
            "XDG_DATA_HOME": f"{folder}/data",
        }
        self.process = None
        self.reader = Reader("morsel")

    def start(self, *arguments):
        self.process = subprocess.Popen([self.program, *arguments], env=self.environment)
        self.reader.go_to(MAIN)
        return self.reader

    def end(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
        wait_for(lambda: not self.reader.programs(), "that the program has gone")

    def enter(self, address):
        press("ctrl+l", "ctrl+a")
        write(address)
        press("Return")

    def fetch(self, path, description=DONE):
        """Types an address, and waits for what comes of it."""
        self.enter(self.base + path)
        return self.reader.see("list item", self.base + path, description)
