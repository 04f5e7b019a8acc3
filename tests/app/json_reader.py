# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is written as JSON, read by a second reader than that of the tests in C.

json_reader.py TEST_JSON_WRITER MORSEL
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

writer, program = sys.argv[1:]
BLOCK_SIZE = 256
n_tests = 0


def report(is_good, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, name, flush=True)


def text_of_block(first):
    """As json-writer.c has it: each byte of a surrogate is replaced."""
    points = [point for point in range(max(first, 1), first + BLOCK_SIZE) if point not in (10, 13)]
    return "<" + "".join(
        3 * "\ufffd" if 0xD800 <= point < 0xE000 else chr(point) for point in points) + ">"


def check_code_points():
    lines = subprocess.run([writer, "--emit"], check=True, stdout=subprocess.PIPE,
                           timeout=300).stdout.decode("utf-8").split("\n")
    n_bad = 0
    for first, line in zip(range(0, 0x110000, BLOCK_SIZE), lines):
        text = text_of_block(first)
        item = json.loads(line)
        seen = [item[name] for name in ("address", "url", "content_type", "redirect_url",
                                        "remote_address", "saved_path")]
        seen += [item["tls"][name] for name in ("version", "cipher", "subject", "issuer")]
        seen += item["tls"]["names"] + [item["error"]["message"]]
        n_bad += any(place != text for place in seen)
        n_bad += item["hops"][0]["headers"] != [f"Set-Cookie: {text}={text}"]
        n_bad += item["hops"][0]["status_line"] != f"HTTP/1.1 200 {text}"
    report(len(lines) == 0x110000 // BLOCK_SIZE + 1 and n_bad == 0, "each code point, in each place")


def serve(connection, text):
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 " + text + b"\r\nX-Text: " + text + b"\r\nContent-Type: " +
                       text + b"\r\nSet-Cookie: " + text + b"=1\r\nContent-Length: " +
                       str(len(text)).encode() + b"\r\nConnection: close\r\n\r\n" + text)
    connection.close()


def accept(texts):
    for text in texts:
        serve(server.accept()[0], text)


def read(*arguments, data=b""):
    output = subprocess.run([program, "--print", "--json", *arguments], input=data,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120).stdout
    return [json.loads(line) for line in output.decode("utf-8").split("\n")[:-1]]


def check_program():
    """By the program: what a server sends, what a list has, and the name of a file."""
    # A field ends with a line, and with a NUL for libcurl.
    texts = [bytes([byte]) * 2 for byte in range(1, 256) if byte not in (10, 13)]
    texts += [chr(point).encode() for point in (0x85, 0x2028, 0x202E, 0xFFFF, 0x1F600, 0x10FFFF)]
    texts += [b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x80"]
    threading.Thread(target=accept, args=(texts,), daemon=True).start()
    addresses = "".join(f"http://127.0.0.1:{server.getsockname()[1]}/{i}\n"
                        for i in range(len(texts)))
    items = read("--jobs", "1", "--proxy", "", "-", data=addresses.encode())
    report(len(items) == len(texts) and all(item["status"] == 200 for item in items),
           "what a server sends")

    lines = [b"http://127.0.0.1:1/one" + text + b"two/" for text in texts]
    items = read("-", data=b"\n".join(lines))
    report(len(items) >= len(lines) - 1, "what is in a list")


def check_file_names():
    with tempfile.TemporaryDirectory(prefix="morsel-test-") as folder:
        names = [b"a\x1fb", b"a\xffb", b"a\"\\b", "a\u2028b".encode()]
        threading.Thread(target=accept, args=([b"text"] * len(names),), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for name in names:
            path = os.path.join(folder.encode(), name)
            item, = read("--proxy", "", "--output", path, url)
            report(item["saved_path"] == path.decode("utf-8", "replace"), f"a file named {name}")


server = socket.create_server(("127.0.0.1", 0))
check_code_points()
check_program()
check_file_names()
print(f"1..{n_tests}")
