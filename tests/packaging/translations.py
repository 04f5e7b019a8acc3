# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything that a person reads can be translated, and the translations hold what they must.

translations.py SOURCE_ROOT MORSEL
"""

import collections
import gettext
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
po = root / "po"
n_tests = 0

XGETTEXT = """xgettext --from-code=UTF-8 --add-comments=Translators --keyword=_ --keyword=N_
  --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dcgettext:2 --keyword=g_dngettext:2,3
  --keyword=g_dpgettext2:2c,3 --flag=N_:1:pass-c-format --flag=C_:2:pass-c-format
  --flag=NC_:2:pass-c-format --flag=g_strdup_printf:1:c-format --flag=g_set_error:4:c-format
  --flag=g_string_append_printf:2:c-format --flag=g_printerr:1:c-format
  --package-name=morsel""".split()

FORMAT = re.compile(r"%(?:(\d+)\$)?([-+ #0']*\d*(?:\.\d+)?(?:hh|h|ll|l|z)?[diouxXeEfgGcsp%])")
SOURCES = {".c", ".ui", ".in"}
MARKED = re.compile(
    r'(?<!\w)(?:_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2) \(|translatable="yes"|<summary>'
)


def run(*command, **arguments):
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
        **arguments,
    )


def report(problems, name):
    """Each problem is a line; there should be none."""
    global n_tests
    n_tests += 1
    for problem in problems:
        print(f"# {problem}")
    print("not ok" if problems else "ok", n_tests, name, flush=True)


def lines_of(path):
    return [line for line in path.read_text().splitlines() if line and line[0] != "#"]


Message = collections.namedtuple("Message", "context id plural flags texts places")


def messages_of(text):
    """Those of a PO file, in which msgattrib and others leave one keyword a line."""
    messages = []
    for block in re.split(r"\n\n+", text.strip()):
        found = {"msgctxt": None, "msgid": "", "msgid_plural": None}
        texts, flags, places, key = {}, set(), [], None
        for line in block.splitlines():
            if line.startswith("#,"):
                flags |= {flag.strip() for flag in line[2:].split(",")}
            elif line.startswith("#:"):
                places += line[2:].split()
            elif match := re.match(r'(msg\w+)(?:\[(\d+)\])? "(.*)"$', line):
                key = match[1] if match[1] != "msgstr" else int(match[2] or 0)
                (texts if isinstance(key, int) else found)[key] = unescaped(match[3])
            elif match := re.match(r'"(.*)"$', line):
                where = texts if isinstance(key, int) else found
                where[key] += unescaped(match[1])
        if texts:
            messages.append(Message(
                found["msgctxt"], found["msgid"], found["msgid_plural"], flags,
                [texts[number] for number in sorted(texts)], places,
            ))
    return messages


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text)


def header_of(messages):
    text = next(message.texts[0] for message in messages if message.id == "")
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def name_of(message):
    context = f"{message.context}: " if message.context else ""
    return f"{message.places[0] if message.places else '?'}: “{context}{message.id[:60]}”"


def formats_of(text):
    """By position, as “%2$s” may come first."""
    kinds = {}
    for number, match in enumerate(m for m in FORMAT.finditer(text) if m[2] != "%"):
        kinds[int(match[1] or number + 1)] = re.sub(r"[-+ #0']", "", match[2])
    return kinds


def mnemonics_of(text):
    return re.findall(r"_(\w)", text.replace("__", ""))


def is_label(message):
    """With a mnemonic, and not a name such as “NUMBER_OF_BYTES”."""
    return len(mnemonics_of(message.id)) == 1 and re.search(r"(^|\W|[a-z])_\w", message.id)


def markup_of(text):
    return sorted(re.findall(r"</?[a-zA-Z][^>]*>|&\w*;?", text))


def menus():
    """Each menu, as what its items say: those of a section and of those beside it show at
    the same time."""
    for path in sorted((root / "src" / "app").rglob("*.ui")):
        for menu in xml.etree.ElementTree.parse(path).getroot().iter("menu"):
            yield f"{path.name}, {menu.get('id')}", [
                (attribute.get("context"), attribute.text)
                for attribute in menu.iter("attribute")
                if attribute.get("name") == "label" and attribute.get("translatable") == "yes"
                and "_" in attribute.text
            ]


def repeated_mnemonics(translate):
    for name, labels in menus():
        texts = [translate(*label) for label in labels]
        letters = collections.Counter(
            letter.casefold() for text in texts for letter in mnemonics_of(text)
        )
        for letter, number in letters.items():
            if number > 1:
                said = ", ".join(t for t in texts if letter in map(str.casefold, mnemonics_of(t)))
                yield f"{name}: “{letter}” opens {number} items: {said}"


def forms_for_one_number(header):
    """Which plural forms serve one number only, as in “one fetch”: it may be left out."""
    match = re.match(r"nplurals=(\d+); *plural=(.*?);?$", header.get("Plural-Forms", ""))
    if not match:
        return set()
    form_of = gettext.c2py(match[2])
    uses = collections.Counter(form_of(number) for number in range(1000))
    return {form for form in range(int(match[1])) if uses[form] == 1}


def same_formats(message, text, may_lack_number):
    wanted, found = formats_of(message.plural or message.id), formats_of(text)
    return found == wanted or (may_lack_number and found.items() <= wanted.items())


def problems_of(message, forms):
    name = name_of(message)
    if "fuzzy" in message.flags:
        yield f"{name} is fuzzy"
    for number, text in enumerate(message.texts):
        if not text:
            yield f"{name} is not translated"
            continue
        if "c-format" in message.flags and not same_formats(
            message, text, message.plural and number in forms
        ):
            yield f"{name} has other formats: “{text}”"
        if "c-format" not in message.flags and "%" in message.id and (
            sorted(FORMAT.findall(text)) != sorted(FORMAT.findall(message.id))
        ):
            yield f"{name} has other percent signs: “{text}”"
        if is_label(message) and len(mnemonics_of(text)) != 1:
            yield f"{name} needs one mnemonic: “{text}”"
        if not is_label(message) and "_" in text and "_" not in message.id:
            yield f"{name} has an underscore: “{text}”"
        if markup_of(text) != markup_of(message.id):
            yield f"{name} has other markup: “{text}”"
        if message.id.endswith("…") != text.rstrip("\u200f").endswith(("…", "...")):
            yield f"{name} ends otherwise, with dots or without: “{text}”"
        if message.id.count("\n") != text.count("\n"):
            yield f"{name} has other lines: “{text}”"
        if text != text.strip() and message.id == message.id.strip():
            yield f"{name} starts or ends with a space: “{text}”"
        if any("morsel.desktop" in place for place in message.places):
            if message.id.endswith(";") and (not text.endswith(";") or "\n" in text):
                yield f"{name} does not end with a semicolon: “{text}”"
            if message.id == "Morsel" and text != "Morsel":
                yield f"{name} is the name of the program: “{text}”"
        for option in re.findall(r"--[a-z]+|(?<!\w)morsel(?!\w)", message.id):
            if option not in text:
                yield f"{name} lacks {option}: “{text}”"


def messages_in(path):
    """What msgattrib makes of them: without what is obsolete, and in one form."""
    result = run("msgattrib", "--no-obsolete", "--no-wrap", path)
    return messages_of(result.stdout)


def check_sources():
    listed = lines_of(po / "POTFILES")
    with_messages = {
        str(path.relative_to(root))
        for folder in ("src/app", "src/fetch", "src/demo", "data")
        for path in (root / folder).rglob("*")
        if path.suffix in SOURCES and path.is_file() and MARKED.search(path.read_text())
    } | {str(path.relative_to(root)) for path in (root / "data").glob("*.desktop.in.in")} | {
        str(path.relative_to(root)) for path in (root / "data").glob("*.metainfo.xml.in.in")
    }
    report(
        [f"{path} is not there" for path in sorted(set(listed) - with_messages)]
        + [f"{path} is missing" for path in sorted(with_messages - set(listed))],
        "POTFILES has each file with messages",
    )
    report([] if listed == sorted(set(listed)) else ["it is not"], "POTFILES is sorted")
    languages = " ".join(lines_of(po / "LINGUAS")).split()
    files = sorted(path.stem for path in po.glob("*.po"))
    report([] if languages == files else [f"{languages}, {files}"], "LINGUAS has each PO file")
    return languages


def check_template(path):
    result = run(*XGETTEXT, f"--directory={root}", f"--files-from={po / 'POTFILES'}",
                 f"--output={path}")
    problems = result.stderr.splitlines()
    report(problems if result.returncode == 0 else problems + ["xgettext failed"],
           "a template is made without a warning")
    messages = messages_in(path)
    report([] if len(messages) > 400 else [len(messages)], "the template has all messages")
    report(list(repeated_mnemonics(lambda context, text: text)), "mnemonics of a menu differ")
    return messages


def check_language(language, template, path):
    result = run("msgfmt", "--check", "--output-file=/dev/null", po / f"{language}.po")
    report(result.stderr.splitlines(), f"{language}: msgfmt finds nothing wrong")

    result = run("msgcmp", po / f"{language}.po", path)
    report(result.stderr.splitlines(), f"{language}: everything is translated")

    messages = messages_in(po / f"{language}.po")
    header = header_of(messages)
    wanted = {
        "Language": language,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "MIME-Version": "1.0",
    }
    report(
        [f"{name}: {header.get(name)}" for name in wanted if header.get(name) != wanted[name]]
        + [name for name in ("Plural-Forms", "Project-Id-Version", "Last-Translator",
                             "Language-Team", "Report-Msgid-Bugs-To")
           if not header.get(name)],
        f"{language}: the header is complete",
    )

    # How a message is used is told by the template, which is newer.
    known = {(message.context, message.id): message for message in template}
    messages = [
        message._replace(flags=message.flags | known[message.context, message.id].flags,
                         places=known[message.context, message.id].places)
        for message in messages
        if message.id and (message.context, message.id) in known
    ]
    forms = forms_for_one_number(header)
    report(
        [problem for message in messages for problem in problems_of(message, forms)],
        f"{language}: formats, mnemonics, markup and form are those of the original",
    )
    texts = {(message.context, message.id): message.texts[0] for message in messages}
    report(
        list(repeated_mnemonics(lambda context, text: texts.get((context, text), text))),
        f"{language}: mnemonics of a menu differ",
    )

    environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE=language)
    said = run(program, "--help", env=environment).stdout
    text = texts.get((None, "Print the version"), "")
    report([] if text and text in said else [said], f"{language}: the program speaks it")


print("# " + run("xgettext", "--version").stdout.splitlines()[0])
languages = check_sources()
with tempfile.TemporaryDirectory(prefix="morsel-test-") as folder:
    template_path = pathlib.Path(folder) / "morsel.pot"
    template = check_template(template_path)
    for language in languages:
        check_language(language, template, template_path)

print(f"1..{n_tests}")
