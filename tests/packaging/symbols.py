# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library exports what its list says: all of it, and nothing else.

symbols.py LIBRARY LIST VERSION [NM]

Each line of the list is a symbol, and the version that brought it. What a version that has
been released brought stays as long as the library has its soname.
"""

import subprocess
import sys

library, list_path, version = sys.argv[1:4]
nm = sys.argv[4] if len(sys.argv) > 4 else "nm"


def number(text):
    return [int(part) for part in text.split(".")]


lines = [line.split() for line in open(list_path) if not line.startswith("#")]
listed = {symbol: since for symbol, since in lines}
output = subprocess.run(
    [nm, "--dynamic", "--defined-only", "--format=posix", library],
    check=True, stdout=subprocess.PIPE, text=True, timeout=60,
).stdout
exported = {line.split()[0] for line in output.splitlines()}
results = []

lost = sorted(set(listed) - exported)
for symbol in lost:
    print(f"# {symbol}, since {listed[symbol]}, is gone: programs that use it end here")
results.append((not lost and len(listed) > 0, "no symbol is lost"))

new = sorted(exported - set(listed))
for symbol in new:
    print(f"# {symbol} is not listed: add “{symbol} {version}”, or hide it")
results.append((not new, "no symbol is exported unseen"))

future = sorted(symbol for symbol in listed if number(listed[symbol]) > number(version))
for symbol in future:
    print(f"# {symbol} is of {listed[symbol]}, and this is {version}")
results.append((not future, "no symbol is of a later version"))

results.append((lines == sorted(lines) and len(lines) == len(listed), "the list is in order"))

for i, (is_good, name) in enumerate(results):
    print("ok" if is_good else "not ok", i + 1, name)
print(f"1..{len(results)}")
