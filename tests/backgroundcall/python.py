# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library from Python: the examples of the two recipes, and what they promise."""

import sys
import threading
import time
import traceback

import gi

gi.require_version("BackgroundCall", "1")
from gi.repository import BackgroundCall, GLib


def the_recipes_own_example():
    def work(a, b):
        time.sleep(0.01)
        return a + b

    call = BackgroundCall.Call(work, (40,), {"b": 2})
    while not call.is_done():
        time.sleep(0.001)
    assert call.is_done() == 1
    assert call.get_return() == 42
    assert call.get_return() == 42


def an_exception_arrives_whole():
    def work():
        raise KeyError("nobody knows")

    call = BackgroundCall.Call(work)
    for _ in range(2):
        try:
            call.get_return()
        except KeyError as exception:
            assert exception.args == ("nobody knows",)
            names = [frame.name for frame in traceback.extract_tb(exception.__traceback__)]
            assert "work" in names
        else:
            raise AssertionError("no exception")
    assert call.is_done() == 2
    assert isinstance(call.get_exception(), KeyError)
    assert call.get_return(raise_exception=False, alt_return="instead") == "instead"


def waiting_has_an_end():
    gate = threading.Event()
    call = BackgroundCall.Call(gate.wait)
    for arguments, code in (({"wait": False}, "NOT_DONE"), ({"timeout": 0.001}, "TIMED_OUT")):
        try:
            call.get_return(**arguments)
        except GLib.Error as error:
            domain = GLib.quark_from_string("background-call-error-quark")
            assert error.matches(domain, getattr(BackgroundCall.CallError, code)), error
        else:
            raise AssertionError("no error")
    gate.set()
    assert call.get_return() is True


def a_watch_comes_in_the_main_loop():
    loop = GLib.MainLoop()
    seen = []

    def look(call, *_data):
        seen.append((call.is_done(), threading.current_thread() is threading.main_thread()))
        if not call.is_done():
            return True
        loop.quit()
        return False

    call = BackgroundCall.Call(lambda: "done")
    call.watch(None, look)
    loop.run()
    assert seen[-1] == (1, True)
    assert call.get_return() == "done"


def changes_are_notified():
    loop = GLib.MainLoop()
    heard = []

    def hear(call, _property):
        heard.append((call.props.state, threading.current_thread() is threading.main_thread()))
        loop.quit()

    call = BackgroundCall.Call(lambda: "done")
    call.connect("notify::state", hear)
    call.notify_changes()
    loop.run()
    assert heard == [(BackgroundCall.CallState.RETURNED, True)], heard


def a_worker_calls_the_main_thread():
    queue = BackgroundCall.Queue()
    queue.attach(None, GLib.PRIORITY_DEFAULT)

    def ask():
        return queue.call(lambda: threading.current_thread() is threading.main_thread())

    call = BackgroundCall.Call(ask)
    context = GLib.MainContext.default()
    while not call.is_done():
        context.iteration(True) if context.pending() else time.sleep(0.001)
    assert call.get_return() is True


def three_consumers_six_downloads():
    queue = BackgroundCall.Queue(max_default_consumer_threads=3)

    def download(number):
        time.sleep(0.001)
        if number == 4:
            raise ConnectionError("page 4 is not there")
        return "page %d" % number

    calls = [queue.call_background(download, (number,)) for number in range(1, 7)]
    pages, failed = [], []
    for call in calls:
        call.get_return(raise_exception=False)
        if call.is_done() == 1:
            pages.append(call.get_return())
        else:
            failed.append(call.get_exception())
    assert pages == ["page 1", "page 2", "page 3", "page 5", "page 6"], pages
    assert [type(exception) for exception in failed] == [ConnectionError]
    queue.close()


tests = [
    the_recipes_own_example,
    an_exception_arrives_whole,
    waiting_has_an_end,
    a_watch_comes_in_the_main_loop,
    changes_are_notified,
    a_worker_calls_the_main_thread,
    three_consumers_six_downloads,
]
print("1..%d" % len(tests))
for number, test in enumerate(tests, 1):
    try:
        test()
        print("ok %d %s" % (number, test.__name__), flush=True)
    except Exception:
        traceback.print_exc()
        print("not ok %d %s" % (number, test.__name__), flush=True)
sys.stdout.flush()
BackgroundCall.Pool.drain(-1)
