# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the files of Debian packages that are installed here, and of what they depend on.

package-files.py PACKAGE...
"""

import os
import re
import subprocess
import sys


def query(*arguments):
    return subprocess.run(
        ["dpkg-query", *arguments], check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout


depends, providers = {}, {}
for line in query(
    "--show",
    "--showformat=${db:Status-Abbrev}\t${Package}\t${Provides}\t${Pre-Depends}, ${Depends}\n",
).splitlines():
    status, package, provides, needs = line.split("\t")
    if status.strip() == "ii":
        depends[package] = re.findall(r"[^,|\s(:]+(?=[^,|]*)", re.sub(r"\(.*?\)|:\w+", "", needs))
        for name in re.sub(r"\(.*?\)", "", provides).replace(",", " ").split():
            providers.setdefault(name, []).append(package)

wanted, todo = set(), list(sys.argv[1:])
missing = [package for package in todo if package not in depends]
if missing:
    sys.exit("not installed: " + " ".join(missing))
while todo:
    name = todo.pop()
    for package in [name] if name in depends else providers.get(name, []):
        if package not in wanted:
            wanted.add(package)
            todo += depends[package]

# What belongs to /lib is in /usr/lib, as it is everywhere today.
for path in sorted(set(query("--listfiles", *sorted(wanted)).splitlines())):
    path = re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path)
    if path.startswith("/usr/") and (os.path.islink(path) or os.path.isfile(path)):
        print(path)
