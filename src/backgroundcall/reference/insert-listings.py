#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a chapter of the reference with its listings: insert-listings.py TEMPLATE OUTPUT."""

import pathlib
import re
import sys

template, output = map(pathlib.Path, sys.argv[1:])


def listing(match):
    lines = (template.parent / "listings" / match[1]).read_text().splitlines()
    # What stands before the first function is the same in each: the licence, the includes.
    last_include = max(i for i, line in enumerate(lines) if line.startswith("#include"))
    return "```c\n" + "\n".join(lines[last_include + 1 :]).strip() + "\n```"


output.write_text(re.sub(r"^\{\{(.*)\}\}$", listing, template.read_text(), flags=re.M))
