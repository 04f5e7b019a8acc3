# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at the program, from its first window to the last: by names, roles and keys.

The program runs as it is, in a process of its own, with a folder of its own; each test
begins it anew. What it fetches comes from its own demo server, and from one of the test.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

try:
    import pyatspi
    from person_at_program import BODY, DONE, MAIN, Person, serve_pages
    from screen_reader import (
        all_in,
        find_reason_not_to_read,
        has_size,
        has_state,
        is_invalid,
        press,
        wait_for,
        write,
    )
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)


def urls_get_in(person):
    reader = person.start()
    path = pathlib.Path(person.folder) / "list.txt"
    path.write_text(f"{person.base}/page/1\n{person.base}/page/1\nhttp://in valid\n")

    # Typed; and what is no address is said, and stays.
    person.fetch("/page/0")
    person.enter("http://no where")
    entry = wait_for(
        lambda: reader.look("text", "Address", re.compile("space", re.I)), "the reason"
    )[0]
    assert is_invalid(entry)
    assert reader.read(entry) == "http://no where"

    # A list, with a line that is invalid, and one that is there twice.
    press("ctrl+o")
    reader.go_to(re.compile("Open"))
    press("slash")
    press("ctrl+a")
    write(str(path))
    press("Return")
    reader.go_to(MAIN)
    reader.hear("1 added\n1 duplicate")
    reader.see("list item", f"{person.base}/page/1", DONE)

    # The line is mended where it stands, and fetched.
    press("F10")
    reader.choose("Mend Invalid Lines…")
    reader.go_to("Invalid Lines")
    reader.focus(reader.see("text", re.compile("3")))
    press("ctrl+a")
    write(f"{person.base}/page/2")
    reader.see("push button", "Fetch 1")
    press("alt+f")
    reader.go_to(MAIN)
    reader.see("list item", f"{person.base}/page/2", DONE)

    # All are copied, and pasted again.
    reader.focus_row(f"{person.base}/page/0")
    press("ctrl+a", "ctrl+c")
    reader.hear("3 addresses copied")
    press("ctrl+l", "ctrl+v")
    reader.hear("3 added\n3 were there already")
    reader.see("push button", "All, 6")


def list_is_worked_with(person):
    addresses = [f"{person.base}{path}" for path in ("/page/0", "/missing", "/page/1")]
    reader = person.start(*addresses)
    reader.see("push button", "Done, 2")
    reader.see("list item", addresses[1], re.compile("^Refused · 404"))

    # Filtered, and searched.
    reader.use("push button", "Failed, 1")
    reader.miss("list item", addresses[0])
    reader.use("push button", "All, 3")
    reader.see("list item", addresses[0])
    press("ctrl+f")
    write("page/1")
    reader.miss("list item", addresses[0])
    press("Escape")
    reader.see("list item", addresses[0])

    # Sorted the other way round.
    reader.use("push button", "Sort")
    reader.choose("Address")
    reader.use("push button", "Sort")
    reader.choose("Reversed")
    wait_for(
        lambda: [row.get_name() for row in reader.look("list item", re.compile("^http"))]
        == sorted(addresses, reverse=True),
        "the other order",
    )

    # Several at once, from the menu that is for them; and back.
    reader.focus_row(addresses[0])
    press("ctrl+a")
    reader.see("label", "3 Fetches Selected")
    press("shift+F10")
    reader.choose("Remove")
    reader.hear("3 fetches removed")
    reader.see("push button", "Try the Demo")
    press("ctrl+z")
    reader.see("push button", "All, 3")


def detail_is_honest(person):
    reader = person.start()
    person.fetch("/hop")
    reader.see("label", "First 500 Bytes")
    reader.see("label", re.compile("UTF-8"))
    assert BODY[:500].decode() in reader.read(reader.see("label", re.compile("^What a person")))
    reader.see("list item", "Redirected To", f"{person.base}/page/0")
    reader.see("list item", "Type", "text/plain; charset=utf-8")

    # The headers of both answers.
    reader.use("list item", "Headers", "Return")
    reader.see("label", re.compile("302 Found(.|\n)*200 OK"))

    # Each step of the waterfall has its numbers.
    reader.use("list item", "Timing", "Return")
    reader.see("image", re.compile("^Waiting for the Answer: from .* to .*, .* ms$"))

    reader.use("list item", "Connection", "Return")
    reader.see("list item", "Address", person.base.removeprefix("http://"))
    reader.see("list item", "Protocol", "HTTP/1.1")

    # What went wrong, and what it means.
    person.fetch("/missing", re.compile("^Refused · 404"))
    reader.see("label", re.compile("404 Not Found\nThere is nothing"))


def progress_is_told(person):
    reader = person.start(f"{person.base}/slow", f"{person.base}/page/0")
    reader.see("progress bar", re.compile(r"^Progress of All Fetches, 5\d%$"))
    reader.see("progress bar", re.compile(r"^Progress, \d+%$"))
    reader.see("status bar", re.compile("^1 of 2 · .*B/s"))
    reader.see("list item", f"{person.base}/slow", re.compile("^Receiving: .*kB of 1.0.MB"))
    reader.go_to(re.compile(r"^5\d% · Morsel$"))

    # The end is told to those who are anywhere in the window.
    reader.focus_row(f"{person.base}/slow")
    press("Escape")
    reader.see("list item", f"{person.base}/slow", re.compile("^Cancelled"))
    reader.hear("1 of 2 done · 1 failed")
    wait_for(lambda: reader.window.get_name() == "Morsel", "the title without it")


def meter_measures(person):
    reader = person.start(f"{person.base}/slow")
    reader.see("push button", "Frame Meter")
    reader.see("image", "Gaps Between Frames", re.compile("^Worst gap: .* ms$|^Worst gap: .* s$"))

    # It can be hidden.
    press("ctrl+comma")
    reader.go_to("Preferences")
    reader.toggle("Frame Meter")
    press("Escape")
    reader.go_to(MAIN)
    reader.miss("push button", "Frame Meter")


def words_in(window):
    return " ".join(node.get_name() for node in all_in(window) if has_size(node))


def lab_compares(person):
    reader = person.start()
    press("F10")
    reader.choose("Lab")
    reader.go_to("Lab")
    source = reader.see("text", "lab-background-call.c")
    assert "lab_background_call (" in reader.read(source)

    # Nothing freezes that was not warned of.
    reader.use("push button", "Freeze It: On the Main Thread")
    dialog = "Freeze the Window?"
    wait_for(lambda: any(dialog in words_in(w) for w in reader.windows()), dialog)
    wait_for(lambda: "Cancel" in reader.focused.get_name(), "the focus on what is harmless")
    press("Escape")
    reader.go_to("Lab")

    reader.use("push button", "Run: With a Background Call")
    reader.hear(re.compile(r"^4.0.kB in \d"))
    reader.see("label", re.compile(r"ms Worst Gap$|s Worst Gap$"))
    reader.see("label", re.compile(r"\d ms From Done to Seen$"))


def choose_file(reader, path):
    """In GTK's own dialog, which begins with the name of the file."""
    reader.go_to(re.compile("Export|Save"))
    press("ctrl+a")
    write(str(path))
    press("Return")


def results_are_saved(person):
    path = pathlib.Path(person.folder) / "results.json"
    reader = person.start()
    press("ctrl+comma")
    reader.go_to("Preferences")
    reader.toggle("Keep the List")
    press("Escape")
    reader.go_to(MAIN)
    person.fetch("/page/0")

    press("ctrl+s")
    choose_file(reader, path)
    wait_for(path.exists, "the file")
    reader.go_to(MAIN)
    reader.hear(re.compile("xported"))
    assert f"{person.base}/page/0" in path.read_text()

    # The list comes back.
    press("ctrl+q")
    person.process.wait()
    person.start()
    reader.see("list item", f"{person.base}/page/0", DONE)


def preferences_count(person):
    reader = person.start()
    press("ctrl+comma")
    reader.go_to("Preferences")
    reader.use("page tab", "Fetching")
    button = reader.see("spin button", "Bytes to Show")
    reader.focus(button)
    press("ctrl+a")
    write("0")
    press("Return")
    wait_for(
        lambda: is_invalid(button)
        and button.get_description().startswith("Type a number from "),
        "the reason",
    )
    press("ctrl+a")
    write("20")
    press("Return")
    wait_for(lambda: not is_invalid(button), "a valid number")
    press("Escape")

    reader.go_to(MAIN)
    person.fetch("/page/0")
    reader.see("label", "First 20 Bytes")


def nameless(window):
    """What the focus can come to, and a screen reader can't tell."""
    types = re.compile("^(Gtk|Adw|Morsel)[A-Z]|^$|_")
    kinds = ("check box", "entry", "list item", "menu item", "push button", "spin button", "text")
    return [
        f"{node.get_role_name()} {node.get_name()}"
        for node in all_in(window)
        if node.get_role_name() in kinds
        and has_state(node, pyatspi.STATE_FOCUSABLE)
        and has_size(node)
        and types.search(node.get_name())
    ]


def manners_are_good(person):
    reader = person.start()
    person.fetch("/hop")
    for row in ("Headers", "Timing", "Connection"):
        reader.use("list item", row, "Return")
    reader.see("list item", "Protocol")
    press("ctrl+f")
    assert not nameless(reader.window), nameless(reader.window)
    press("Escape")

    # Windows about the program.
    press("ctrl+question")
    reader.go_to("Keyboard Shortcuts")
    press("Escape")
    reader.go_to(MAIN)
    press("F10")
    reader.choose("About Morsel")
    reader.go_to(re.compile("About"))
    reader.see("label", "Morsel")
    press("Escape")
    reader.go_to(MAIN)

    # The second start goes to the first window, and is over at once.
    subprocess.run([person.program, f"{person.base}/slow"], env=person.environment, check=True)
    reader.see("list item", f"{person.base}/slow", re.compile("^Receiving"))
    assert len(reader.windows()) == 1

    # What runs does not keep the window from closing.
    press("ctrl+w")
    assert person.process.wait(timeout=60) == 0


def first_sight_invites(person):
    reader = person.start()
    reader.see("label", "See What Is There")
    entry = reader.see("text", "Address")
    wait_for(lambda: has_state(entry, pyatspi.STATE_FOCUSED), "the focus on the entry")
    press("alt+d")
    reader.see("push button", "All, 10")
    reader.see("list item", re.compile("/gzip$"), DONE)
    reader.see("list item", re.compile("/missing$"), re.compile("^Refused"))


TESTS = {
    "urls-get-in": urls_get_in,
    "list-is-worked-with": list_is_worked_with,
    "detail-is-honest": detail_is_honest,
    "progress-is-told": progress_is_told,
    "meter-measures": meter_measures,
    "lab-compares": lab_compares,
    "results-are-saved": results_are_saved,
    "preferences-count": preferences_count,
    "manners-are-good": manners_are_good,
    "first-sight-invites": first_sight_invites,
}


def main(program, name):
    reason = find_reason_not_to_read()
    if reason is not None:
        print(f"1..0 # SKIP {reason}")
        return 0

    server = serve_pages()
    print("1..1", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        person = Person(program, server, folder)
        try:
            TESTS[name](person)
        except (AssertionError, subprocess.SubprocessError, OSError):
            traceback.print_exc()
            print(f"not ok 1 {name}", flush=True)
            return 1
        finally:
            person.end()
    print(f"ok 1 {name}", flush=True)
    return 0


sys.exit(main(*sys.argv[1:]))
