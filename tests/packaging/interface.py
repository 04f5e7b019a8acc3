# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that were built with a release go on to work with what is built now: no function,
no type of an argument and no number of a constant
is another than it was. What is described is what introspection knows of the library.

interface.py DESCRIPTION            prints the interface, for a file that is kept at a release
interface.py DESCRIPTION RELEASED   compares
"""

import sys
import xml.etree.ElementTree as tree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
CALLABLE = {CORE + name for name in ("callback", "constructor", "function", "method")}
COUNTED = {CORE + name for name in ("bitfield", "enumeration")}


def c_type(element):
    if element.find(CORE + "varargs") is not None:
        return "..."
    kind = element.find(CORE + "type")
    if kind is None:
        kind = element.find(CORE + "array")
    return kind.get(C + "type") or kind.get("name")


def signature(element):
    parameters = element.find(CORE + "parameters")
    types = [] if parameters is None else [c_type(parameter) for parameter in parameters]
    if element.get("throws") == "1":
        types.append("GError**")
    name = element.get(C + "identifier") or element.get(C + "type")
    return f"{c_type(element.find(CORE + 'return-value'))} {name} ({', '.join(types)})"


def interface(path):
    lines = set()
    for element in tree.parse(path).getroot().iter():
        name = element.get(C + "identifier") or element.get(C + "type")
        if element.tag in CALLABLE and name is not None:
            lines.add(signature(element))
        elif element.tag in COUNTED:
            for member in element.iter(CORE + "member"):
                lines.add(f"{member.get(C + 'identifier')} = {member.get('value')}")
        elif element.tag == CORE + "constant":
            lines.add(f"{name} = {element.get('value')}")
    return lines


now = interface(sys.argv[1])
if len(sys.argv) < 3:
    print("\n".join(sorted(now)))
    sys.exit()

with open(sys.argv[2]) as released:
    then = {line.rstrip("\n") for line in released}
changed = sorted(then - now)
for line in changed:
    print(f"# It was: {line}")
print("ok" if then else "not ok", "1 something was released")
print("ok" if not changed else "not ok", "2 all of it is as it was")
print("1..2")
