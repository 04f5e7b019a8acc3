# SPDX-License-Identifier: LGPL-2.1-or-later
"""The options that the program has are those of its manual and of the shells' completions.

options.py MORSEL DATA_FOLDER
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

program, data = sys.argv[1], pathlib.Path(sys.argv[2])
bash_completion = pathlib.Path("/usr/share/bash-completion/bash_completion")
n_tests = 0


def said(*command, **arguments):
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=60, **arguments
    ).stdout


def report(is_good, name):
    global n_tests
    n_tests += 1
    print("ok" if is_good else "not ok", n_tests, name, flush=True)


def same(found, name):
    for option in sorted(options - found):
        print(f"# {name} has no {option}")
    for option in sorted(found - options):
        print(f"# {name} has {option}, and the program has not")
    report(found == options and len(options) > 20, f"{name} has the options of the program")


def words(text):
    return set(re.findall(r"(?<![\w-])(-\w|--\w[\w.-]*)", text))


def fish_options(text):
    short = re.findall(r"^complete .*?-s (\S)", text, re.MULTILINE)
    long = re.findall(r"^complete .*?-l (\S+)", text, re.MULTILINE)
    return {f"-{name}" for name in short} | {f"--{name}" for name in long}


def manual_options(text):
    items = re.findall(r"^\.It Fl (.*)", text, re.MULTILINE)
    names = [name.split()[0] for item in items for name in item.split(" , ")]
    return {f"-{name}" for name in names}


def zsh_options(text):
    return words(re.sub(r"\[.*?\]|\([^)]*\)", "", text)) - words("-s -S")


def bash_options(text):
    return words(re.search(r"\$cur == -\*.*?compgen -W '(.*?)'", text, re.DOTALL).group(1))


def bash_offers(line):
    """What bash itself offers for a command line that is typed so far."""
    script = f"""
        source {bash_completion}
        source {data / 'completions' / 'morsel.bash'}
        COMP_WORDS=({line}) COMP_LINE='{line}' COMP_POINT={len(line)}
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _morsel 2>/dev/null
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return said("bash", "--norc", "-c", script).split()


options = {
    option
    for line in said(program, "--help").splitlines()
    for option in words(line.strip().split("  ")[0])
    if line.startswith("  -")
}

same(manual_options((data / "morsel.1.in").read_text()), "the manual")
same(bash_options((data / "completions" / "morsel.bash").read_text()), "bash")
same(zsh_options((data / "completions" / "morsel.zsh").read_text()), "zsh")
same(fish_options((data / "completions" / "morsel.fish").read_text()), "fish")

for shell in "bash", "zsh", "fish":
    if shutil.which(shell):
        script = data / "completions" / f"morsel.{shell}"
        report(subprocess.run([shell, "-n", script]).returncode == 0, f"{shell} can read it")

if bash_completion.exists():
    report(bash_offers("morsel --js") == ["--json"], "bash offers an option")
    report("--bytes=" in bash_offers("morsel --by"), "bash offers one that has a value")
    with tempfile.NamedTemporaryFile(prefix="morsel-test-") as file:
        path = file.name
        report(bash_offers(f"morsel --output {path[:-3]}") == [path], "bash offers a file")
    report(bash_offers("morsel --timeout 1") == [], "bash offers nothing for a number")

if shutil.which("fish"):
    script = f"source {data / 'completions' / 'morsel.fish'}; complete -C 'morsel --js'"
    offers = said("fish", "--no-config", "-c", script)
    report(offers.split("\t")[0] == "--json", "fish offers an option")

if shutil.which("man"):
    warnings = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", data / "morsel.1.in"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60,
    ).stderr
    for line in warnings.splitlines():
        print(f"# {line}")
    report(warnings == "", "the manual has no mistakes of form")

print(f"1..{n_tests}")
