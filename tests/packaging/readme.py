# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the README and the manual say of options, JSON and exit statuses is what the program does.

serve-demo readme.py SOURCE_FOLDER MORSEL

MORSEL_TEST_URL is a page that answers with a success.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

source, program = pathlib.Path(sys.argv[1]), sys.argv[2]
url = os.environ["MORSEL_TEST_URL"]
n_tests = 0


def report(is_good, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, name, flush=True)


def same(found, wanted, name):
    found, wanted = set(found), set(wanted)
    for item in sorted(wanted - found, key=str):
        print(f"# there is no {item}")
    for item in sorted(found - wanted, key=str):
        print(f"# there is {item}, which is none")
    report(found == wanted and wanted, name)


def said(*arguments):
    environment = dict(os.environ, no_proxy="*")
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True,
                          env=environment, timeout=60).stdout


def table_after(text, start):
    """The rows of the first table that follows, as lists of cells."""
    rows = re.search(r"(?:^\|.*\n)+", text[text.index(start):], re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def marked(text):
    return re.findall(r"`([^`]*)`", text)


def statuses_of_manual(text):
    section = text[text.index(".Sh EXIT STATUS"):text.index(".Sh EXAMPLES")]
    return dict((int(number), " ".join(words.replace("\\&", "").split())) for number, words in
                re.findall(r"^\.It (\d+)\n((?:[^.].*\n)+)", section, re.MULTILINE))


def default_of_manual(text, option):
    item = re.search(rf"^\.It Fl (?:\w , )?-{option}\b.*\n((?:(?!\.It|\.El).*\n)*)", text,
                     re.MULTILINE)[1]
    default = re.search(r"The default is (\d+)", item)
    return default and default[1]


readme = (source / "README.md").read_text()
manual = (source / "data" / "morsel.1.in").read_text()
writer = (source / "src" / "app" / "morsel-json.c").read_text()
statuses_test = (source / "tests" / "app" / "exit_status.py").read_text()
help_text = said("--help")

# JSON
rows = table_after(readme, "`--json` prints one object a line")
item = json.loads(said("--print", "--json", url))
described = [name for row in rows for name in marked(row[0])]
same(described, item, "the members of a result")

by_name = {name: row for row in rows for name in marked(row[0])}
parts = marked(by_name["timeline_us"][1])
same(parts, item["timeline_us"], "the members of timeline_us")
same([name for name in marked(by_name["hops"][1])], item["hops"][0], "the members of hops")
tls = writer[writer.index("add_tls ("):writer.index("add_hops (")]
same([name for name in marked(by_name["tls"][1]) if name != "null"],
     [name for name in re.findall(r'"(\w+)"', tls) if name != "tls"], "the members of tls")
same([word for word in marked(by_name["ending"][1]) if word != "error"],
     re.findall(r'\[FETCH_ENDING_\w+\] = "([\w-]+)"', writer), "the values of ending")
same([word for word in marked(by_name["kind"][1])],
     re.findall(r'"(\w+)"', re.search(r"kinds\[\] = \{(.*?)\}", writer, re.DOTALL)[1]),
     "the values of kind")
failed = subprocess.run([program, "--print", "--json", "ftp://example.org/"],
                        stdout=subprocess.PIPE, text=True, timeout=60)
failed = json.loads(failed.stdout)
report(set(failed) == {"address", "error"}, "the members of an error before the fetch")
report(set(failed["error"]) <= set(marked(by_name["error"][1])), "the members of error")
report(set(re.findall(r"^\.Cm (\w+)", manual[manual.index(".Sh JSON"):], re.MULTILINE))
       <= set(item) | {"name", "message", "null", "calls", "callbacks"},
       "the manual names members that there are")

# Exit statuses
readme_statuses = {int(row[0]): row[1].replace("`", "")
                   for row in table_after(readme, "The exit status is 0 only if")}
manual_statuses = statuses_of_manual(manual)
same(readme_statuses.items(), manual_statuses.items(), "exit statuses, in the README and the manual")
tested = {int(number) for number in re.findall(r'^ *check\("[^"]*", (\d+)', statuses_test, re.MULTILINE)}
tested |= {int(number) for number in re.findall(r"== (\d+), \"", statuses_test)}
# Those that the tests in C have seen: a list that can't be read, one that was cancelled, and
# one who could not prove who it is.
same(tested | {26, 42, 60}, set(readme_statuses) | {0}, "exit statuses, in the README and the tests")

# Options
options = set(re.findall(r"(?<![\w-])--[\w.-]+", help_text))
named = {option for option in re.findall(r"(?<![\w-])--[a-z][\w.-]*", readme)}
others = {"--fail", "--location", "--parallel", "--verbose", "--suite", "--buildtype",
          "--benchmark", "--no-install-recommends", "--user", "--install", "--force-clean",
          "--cflags", "--libs", "--prefix", "--variable"}
for option in sorted(named - options - others):
    print(f"# the README has {option}, and the program has not")
report(not named - options - others, "the README names options that there are")

for line in help_text.splitlines():
    found = re.match(r"\s+(?:-\w, )?--([\w.-]+)(?:=\S+)?\s+.*\((\d+)[;)]", line)
    if found:
        report(default_of_manual(manual, re.escape(found[1])) == found[2],
               f"the default of --{found[1]}, in the manual and the program")

print(f"1..{n_tests}")
