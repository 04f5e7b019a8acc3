# SPDX-License-Identifier: LGPL-2.1-or-later
"""The exit status of `morsel --print` is that of curl, or is one that the README gives.

exit_status.py MORSEL

A server on the loopback interface answers both, from the same script. Where curl is not
installed, or is of another version than the numbers are from, only Morsel's are checked.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

program = sys.argv[1]
curl = shutil.which("curl")
n_tests = 0

OK = b"HTTP/1.1 200 OK\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nConnection: close\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n"

# What the server sends for each path. A name that ends with "-reset" ends with a reset.
SCRIPT = {
    "/good": OK + b"Content-Length: 5\r\n\r\nhello",
    "/missing": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/broken": b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
    "/empty": b"",
    "/at-once-reset": b"",
    "/header-reset": OK,
    "/cut": OK + b"Content-Length: 50\r\n\r\nhello",
    "/cut-reset": OK + b"Content-Length: 50\r\n\r\nhello",
    "/not-http": b"SSH-2.0-Server\r\n",
    "/bad-coding": GZIP + b"not gzip!",
    "/bad-chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
    "/long-line": OK + b"X: " + 300000 * b"x" + b"\r\n\r\nhello",
    "/many-lines": OK + 4000 * (b"X: " + 97 * b"x" + b"\r\n") + b"\r\nhello",
    "/bad-length": OK + b"Content-Length: many\r\n\r\nhello",
    "/circle": FOUND + b"Location: /circle\r\nContent-Length: 0\r\n\r\n",
    "/nowhere": FOUND + b"Content-Length: 0\r\n\r\n",
    "/to-good": FOUND + b"Location: /good\r\nContent-Length: 0\r\n\r\n",
    "/to-mail": FOUND + b"Location: mailto:a@example.org\r\n"
                b"Content-Length: 0\r\n\r\n",
    "/to-nothing": FOUND + b"Location: http://\r\nContent-Length: 0\r\n\r\n",
    "/to-user": FOUND + b"Location: http://tom@127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "/silent": None,
}


def serve(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65536)
        if not received:
            connection.close()
            return
        head += received
        if head.startswith(b"\x16\x03"):
            connection.sendall(b"HTTP/1.1 400 Not TLS\r\n\r\n")
            connection.close()
            return
    method, target = head.decode("latin-1").split()[:2]
    if method == "CONNECT":
        # A proxy that opens the way to what is no TLS.
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Not TLS\r\n\r\n")
        connection.close()
        return

    reply = SCRIPT[target]
    if reply is None:
        silent.append(connection)
        return
    try:
        connection.sendall(reply)
    except OSError:
        pass
    if target.endswith("-reset"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        try:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:
            pass
    connection.close()


def accept():
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def run(*command):
    environment = dict(os.environ, LC_ALL="C.UTF-8", no_proxy="", NO_PROXY="")
    for name in "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY":
        environment.pop(name, None)
    process = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             text=True, env=environment, timeout=60)
    for line in process.stderr.splitlines():
        print(f"# {line}")
    return process.returncode


def report(is_good, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, name, flush=True)


def check(name, wanted, path, options=(), curl_options=None, curl_status=None):
    """The status that is wanted; and that of curl, where it has to be another one."""
    address = path if ":" in path else base + path
    seen = run(program, "--print", *options, address)
    report(seen == wanted, f"{name}: {wanted}" + (f", and not {seen}" if seen != wanted else ""))
    if curl is None:
        return
    options = options if curl_options is None else curl_options
    if "--output" not in options:
        options = (*options, "--output", os.devnull)
    seen = run(curl, "-sSfL", "--compressed", "--max-redirs", "10", *options, address)
    expected = wanted if curl_status is None else curl_status
    # Another version of curl may have another mind. This is about ours.
    note = "" if seen == expected else f" # TODO curl says {seen}"
    print(("ok" if seen == expected else "not ok"), n_tests + 1,
          f"{name}: curl says {expected}{note}", flush=True)
    globals()["n_tests"] += 1


server = socket.create_server(("127.0.0.1", 0))
silent = []
threading.Thread(target=accept, daemon=True).start()
host = f"127.0.0.1:{server.getsockname()[1]}"
base = f"http://{host}"
with socket.create_server(("127.0.0.1", 0)) as unused:
    closed = f"127.0.0.1:{unused.getsockname()[1]}"

check("a response", 0, "/good")
check("a status of 400 or more", 22, "/missing")
check("one of the server", 22, "/broken")
check("no address", 3, "http://", curl_options=())
check("no host", 6, "http://no-such-host.invalid/")
check("nobody listens", 7, f"http://{closed}/")
check("closed without a response", 52, "/empty")
check("reset without a response", 56, "/at-once-reset")
check("reset in the header", 56, "/header-reset")
check("cut off", 18, "/cut")
check("cut off by a reset", 56, "/cut-reset")
check("no HTTP", 1, "/not-http")
check("a bad content coding", 61, "/bad-coding")
check("a bad chunk", 56, "/bad-chunk")
# curl's own bound is another one, and its status depends on its version.
check("a line without end", 63, "/long-line", curl_status=27)
check("a header that is too large", 63, "/many-lines", curl_status=56)
check("a bad length", 8, "/bad-length")
check("redirects in a circle", 47, "/circle")
check("a redirect that is not followed", 0, "/to-good", ("--redirects", "0"), ("--no-location",))
check("a redirect without a destination", 0, "/nowhere")
check("a redirect to another scheme", 1, "/to-mail")
check("a redirect to what is no address", 3, "/to-nothing")
check("a redirect to a user", 3, "/to-user", curl_status=7)
check("nothing comes", 28, "/silent", ("--timeout", "0.3"), ("--max-time", "0.3"))
check("no proxy has that name", 5, "/good", ("--proxy", "http://no-such-host.invalid:1"))
check("the proxy does not listen", 7, "/good", ("--proxy", f"http://{closed}"))
check("the proxy leads to no TLS", 35, f"https://{closed}/", ("--proxy", base))
check("no TLS", 35, f"https://{host}/good")

with tempfile.TemporaryDirectory(prefix="morsel-test-") as folder:
    missing = os.path.join(folder, "missing.pem")
    check("no file with authorities", 77, f"https://{host}/good", ("--ca-file", missing),
          ("--cacert", missing))
    there = os.path.join(folder, "there")
    with open(there, "w"):
        pass
    # curl overwrites it.
    check("the file is there", 23, "/good", ("--output", there), curl_status=0)
    check("no folder for the file", 23, "/good", ("--output", os.path.join(folder, "no", "file")))

report(run(program, "--no-such-option") == 2, "an unknown option: 2")
report(run(program, "--print") == 2, "no address: 2")
report(run(program, "--json", base + "/good") == 2, "an option that needs --print: 2")
report(run(program, "--print", "--jobs", "no", base + "/good") == 2, "a bad value: 2")

print(f"1..{n_tests}")
