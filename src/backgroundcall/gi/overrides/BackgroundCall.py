# SPDX-License-Identifier: LGPL-2.1-or-later
"""BackgroundCall and CallQueue as the recipes had them: Python values go in and come
out, and a Python exception that is raised in a worker is raised where the return value
is asked for, with its traceback."""

from gi.module import get_introspection_module
from gi.overrides import override
from gi.repository import GLib

BackgroundCall = get_introspection_module("BackgroundCall")
__all__ = []

_DOMAIN = "python-exception"


class _Function:
    """A Python function, what it is called with, and what came of it."""

    def __init__(self, func, args, kwargs):
        self.func, self.args, self.kwargs = func, args, kwargs
        self.value = self.exception = None

    def run(self, *_arguments):
        try:
            self.value = self.func(*self.args, **self.kwargs)
        except Exception as exception:
            self.exception = exception
            # The message; the exception itself is here.
            raise GLib.Error(str(exception), _DOMAIN, 0) from exception


def _raise(error, function):
    if function.exception is not None and error.matches(GLib.quark_from_string(_DOMAIN), 0):
        raise function.exception
    raise error


class Call(BackgroundCall.Call):
    def __new__(cls, func, args=(), kwargs=None):
        function = _Function(func, args, kwargs or {})
        call = BackgroundCall.Call.new(function.run, None)
        call._function = function
        return call

    def __init__(self, *_args, **_kwargs):
        pass

    def get_return(self, wait=True, timeout=None, raise_exception=True, alt_return=None):
        """The return value; timeout in seconds, or None to wait until there is one."""
        if not wait:
            microseconds = BackgroundCall.CALL_NO_WAIT
        elif timeout is None:
            microseconds = BackgroundCall.CALL_WAIT_FOREVER
        else:
            microseconds = int(timeout * 1000000)
        try:
            BackgroundCall.Call.get_return(self, microseconds)
        except GLib.Error as error:
            if not raise_exception:
                return alt_return
            _raise(error, self._function)
        return self._function.value

    def get_exception(self):
        """The exception that was raised in the worker, as often as it is asked for."""
        return self._function.exception


Call = override(Call)
__all__.append("Call")


class Queue(BackgroundCall.Queue):
    def __new__(cls, maxsize=0, max_default_consumer_threads=0):
        queue = BackgroundCall.Queue.new(maxsize)
        if max_default_consumer_threads > 0:
            queue.set_max_consumers(max_default_consumer_threads)
        return queue

    def __init__(self, *_args, **_kwargs):
        pass

    def call(self, func, args=(), kwargs=None, timeout=None):
        """Calls func in the thread that receives, and returns what it returns."""
        function = _Function(func, args, kwargs or {})
        microseconds = -1 if timeout is None else int(timeout * 1000000)
        try:
            BackgroundCall.Queue.call(self, function.run, None, microseconds)
        except GLib.Error as error:
            _raise(error, function)
        return function.value

    def call_background(self, func, args=(), kwargs=None):
        """The same, without waiting: a call to ask later."""
        function = _Function(func, args, kwargs or {})
        call = BackgroundCall.Queue.call_background(
            self, function.run, None, None, None, GLib.PRIORITY_DEFAULT
        )
        call._function = function
        return call


Queue = override(Queue)
__all__.append("Queue")
