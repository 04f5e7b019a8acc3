# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is built makes it hard to turn a mistake in it into an attack.

hardening.py READELF [--fortified] FILE...
"""

import re
import subprocess
import sys

readelf, *files = sys.argv[1:]
is_fortified = "--fortified" in files
if is_fortified:
    files.remove("--fortified")
n_tests = 0


def read(*arguments):
    return subprocess.run(
        [readelf, "--wide", *arguments],
        check=True, stdout=subprocess.PIPE, text=True, timeout=60,
    ).stdout


def report(is_good, path, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, path.rsplit("/", 1)[-1], name)


for path in files:
    header, segments = read("--file-header", path), read("--segments", path)
    dynamic, symbols = read("--dynamic", path), read("--dyn-syms", path)

    report(re.search(r"Type:\s+DYN", header), path, "can be loaded anywhere")
    if "INTERP" in segments:
        report(re.search(r"FLAGS_1.*\bPIE\b", dynamic), path, "is an executable of that kind")
    report("GNU_RELRO" in segments, path, "has tables that are made read-only")
    report(re.search(r"FLAGS_1.*\bNOW\b", dynamic), path, "has all of them made so at start")
    report("TEXTREL" not in dynamic, path, "has code that nobody writes to")
    report(re.search(r"GNU_STACK(?!.*RWE)", segments), path, "has a stack that is no code")
    report(not re.search(r"LOAD.*RWE", segments), path, "has no code that can be written")
    report("__stack_chk_fail" in symbols, path, "watches its stack")
    # In the library the size of each buffer is known when it is compiled.
    if is_fortified and "INTERP" in segments:
        report(re.search(r"__(?!stack)\w+_chk\b", symbols), path, "watches its buffers")

print(f"1..{n_tests}")
