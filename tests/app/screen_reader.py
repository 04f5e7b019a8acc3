# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person has who can't see the screen: a screen reader's view, and real keys.

Nothing in here knows of widgets. Things are found by their role and name, as AT-SPI tells
them, and nothing hopes for an order of events: everything waits for what it needs.
"""

import re
import subprocess
import time

import pyatspi
from gi.repository import Atspi, Gio, GLib

# Long enough for a slow machine; a test that gets here has failed.
PATIENCE = 60

# After which a key has not moved the focus, and will not.
FOCUS_PATIENCE = 3

# More than there are places for the focus in any window.
MOST_STEPS = 100

# While the program has something else to do, it does not answer at once.
Atspi.set_timeout(5000, 15000)


def find_reason_not_to_read():
    """Returns why there is nothing to be read here; None if there is something."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    name, path = "org.a11y.Bus", "/org/a11y/bus"
    arguments = (None, None, Gio.DBusCallFlags.NONE, -1, None)
    try:
        bus.call_sync(name, path, name, "GetAddress", *arguments)
    except GLib.Error as error:
        return f"no accessibility: {error.message}"
    return None


def listen():
    """Takes what AT-SPI has to tell meanwhile."""
    while GLib.MainContext.default().iteration(False):
        pass


def wait_for(look, what):
    """Waits until something is there (or true), and returns it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        listen()
        try:
            found = look()
        except GLib.Error:
            # It has gone while it was looked at.
            found = None
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not seen: {what}")
        time.sleep(0.05)


def is_like(text, pattern):
    """A pattern is a text, or a compiled regular expression, or None for anything."""
    if pattern is None:
        return True
    if isinstance(pattern, str):
        return text == pattern
    return pattern.search(text) is not None


def has_size(node):
    """GTK 4.8 says of no widget that it is showing; but what is not has no size."""
    component = node.get_component_iface()
    if component is None:
        return False
    extents = component.get_extents(pyatspi.WINDOW_COORDS)
    return extents.width > 0 and extents.height > 0


def has_state(node, state):
    return node.get_state_set().contains(state)


def is_invalid(node):
    """GTK 4.8 says it with the wrong number."""
    return has_state(node, pyatspi.STATE_INVALID_ENTRY) or has_state(node, pyatspi.STATE_INVALID)


def children_of(node):
    for position in range(node.get_child_count()):
        child = node.get_child_at_index(position)
        if child is not None:
            yield child


def all_in(node):
    """The node and all that is in it, as far as it is there to be told."""
    try:
        yield node
        for child in children_of(node):
            yield from all_in(child)
    except GLib.Error:
        return


def press(*keys):
    for key in keys:
        subprocess.run(["xdotool", "key", "--clearmodifiers", key], check=True)


def write(text):
    subprocess.run(["xdotool", "type", "--delay", "4", "--", text], check=True)


class Reader:
    """Reads one program, which is known by its name."""

    def __init__(self, name):
        self.name = name
        self.window = None
        self.focused = None
        self.n_moves = 0
        self.said = []
        self.listeners = [
            Atspi.EventListener.new(self._heard_focus),
            Atspi.EventListener.new(self._heard_message),
        ]
        self.listeners[0].register("object:state-changed:focused")
        self.listeners[1].register("object:property-change:accessible-name")
        desktop = pyatspi.Registry.getDesktop(0)
        desktop.set_cache_mask(Atspi.Cache.NONE)
        self.desktop = desktop

    def programs(self):
        found = [child for child in children_of(self.desktop) if child.get_name() == self.name]
        for program in found:
            program.set_cache_mask(Atspi.Cache.NONE)
        return found

    def windows(self):
        return [window for program in self.programs() for window in children_of(program)]

    def go_to(self, name):
        """Waits for a window, and gives it the keyboard: there is no window manager."""

        def find():
            return next((w for w in self.windows() if is_like(w.get_name(), name)), None)

        self.window = wait_for(find, f"window {name}")
        wait_for(lambda: self._has_keyboard() or self._take_keyboard(), f"{name} in front")
        return self.window

    def _has_keyboard(self):
        if self.window.get_role_name() == "frame":
            return has_state(self.window, pyatspi.STATE_ACTIVE)
        # GTK 4.8 takes its file chooser for something else.
        command = ["xdotool", "getwindowfocus", "getwindowname"]
        title = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return title == self.window.get_name()

    def _take_keyboard(self):
        title = "^" + re.escape(self.window.get_name()) + "$"
        command = ["xdotool", "search", "--onlyvisible", "--name", title, "windowfocus"]
        subprocess.run(command, capture_output=True)
        return False

    def look(self, role, name=None, description=None):
        """All that there is to see of a kind in the window."""
        try:
            return [
                node
                for node in all_in(self.window)
                if node.get_role_name() == role
                and is_like(node.get_name(), name)
                and is_like(node.get_description(), description)
                and has_size(node)
            ]
        except GLib.Error:
            return []

    def see(self, role, name=None, description=None):
        """Waits for something, and returns it."""
        what = f"{role} {name or ''} {description or ''}"
        return wait_for(lambda: self.look(role, name, description), what)[0]

    def miss(self, role, name=None):
        """Waits until something is not there any more."""
        wait_for(lambda: not self.look(role, name), f"that {role} {name or ''} has gone")

    def hear(self, message):
        """Waits for what is announced, which may be followed by other news at once."""
        wait_for(lambda: any(is_like(text, message) for text in self.said), f"message {message}")
        self.said.clear()

    def _heard_message(self, event):
        try:
            if event.source.get_role_name() == "alert":
                self.said.append(event.any_data)
        except GLib.Error:
            # Its window has gone.
            pass

    def _heard_focus(self, event):
        if event.detail1:
            self.focused = event.source
            self.n_moves += 1

    def _move(self, key):
        """Presses a key, and waits until the focus has moved, if it does."""
        n_moves = self.n_moves
        deadline = time.monotonic() + FOCUS_PATIENCE
        press(key)
        while self.n_moves == n_moves and time.monotonic() < deadline:
            listen()
            time.sleep(0.01)

    def move_until(self, key, is_there, what):
        """Moves the focus with a key, as often as it needs."""
        for _ in range(MOST_STEPS):
            listen()
            if is_there():
                return
            self._move(key)
        raise AssertionError(f"no way to {what}")

    def focus(self, *nodes, key="Tab"):
        """Moves the focus to one of these."""
        self.move_until(
            key,
            lambda: any(has_state(node, pyatspi.STATE_FOCUSED) for node in nodes),
            f"focus {nodes[0].get_name()}",
        )

    def focus_row(self, name):
        """In the list, which is one stop on the way of the Tab key."""

        def is_in_list():
            return (
                self.focused is not None
                and self.focused.get_role_name() == "list item"
                and self.focused.get_parent().get_name() == "Fetches"
                and has_state(self.focused, pyatspi.STATE_FOCUSED)
            )

        self.move_until("Tab", is_in_list, "the list")
        press("Home")
        self.focus(self.see("list item", name), key="Down")

    def use(self, role, name, key="space"):
        """Moves the focus to a control, and presses a key there."""

        def find():
            found = self.look(role, name)
            return [node for node in found if has_state(node, pyatspi.STATE_FOCUSABLE)]

        self.focus(*wait_for(find, f"{role} {name}"))
        press(key)

    def toggle(self, name):
        """Presses a switch, and waits until it has moved."""
        switch = self.see("check box", name)
        was_on = has_state(switch, pyatspi.STATE_CHECKED)
        self.focus(switch)
        press("space")
        wait_for(lambda: has_state(switch, pyatspi.STATE_CHECKED) != was_on, f"{name} switched")

    def choose(self, item):
        """Of the menu that is open, with the arrow keys."""
        self.focus(self.see("menu item", item), key="Down")
        press("Return")
        self.miss("menu item", item)

    def read(self, node):
        """The whole text of something that has one."""
        text = node.get_text_iface()
        return text.get_text(0, text.get_character_count())
