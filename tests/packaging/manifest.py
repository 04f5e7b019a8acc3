# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Flatpak's manifest is about this program, and asks for no more than it needs.

manifest.py MANIFEST APPLICATION_ID
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

path, application_id = pathlib.Path(sys.argv[1]), sys.argv[2]
manifest = json.loads(path.read_text())
n_tests = 0


def report(is_good, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, name, flush=True)


report(path.stem == application_id == manifest["id"], "the id is that of the program")
report(
    set(manifest["finish-args"])
    == {
        "--device=dri",
        "--share=ipc",
        "--share=network",
        "--socket=fallback-x11",
        "--socket=wayland",
    },
    "it may draw, and use the network, and nothing else",
)
if shutil.which("flatpak-builder"):
    with tempfile.TemporaryDirectory() as folder:
        shown = subprocess.run(
            ["flatpak-builder", "--show-manifest", path.resolve()], cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
        )
    for line in shown.stderr.splitlines():
        print(f"# {line}")
    report(shown.returncode == 0 and not shown.stderr, "flatpak-builder finds nothing wrong")

print(f"1..{n_tests}")
