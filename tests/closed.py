"""The network is closed while tests run, but for this machine talking to itself: who asks outside fails.

Where the system lets us (Linux, as root), each process of pytest goes into a network of its own that has no way out, and all that it
starts is in there with it: kernels, Chromium, Java, LibreOffice. The kernel counts what finds no way, so a question is seen also
where whoever asked it swallowed the answer. Elsewhere Python's own audit hook refuses, in the process of the tests alone.
What fetches locked packages asks for `package_index()`.
"""

import ctypes
import os
import socket
import struct
import sys
from contextlib import contextmanager

import pytest

NETWORK = "/proc/thread-self/ns/net"
CLONE_NEWNET, SIOCSIFFLAGS, UP = 0x40000000, 0x8914, 1
ASKS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
HERE = {"", "localhost", "ip6-localhost", socket.gethostname(), "::1", "::", "0.0.0.0"}


class AskedOutsideError(PermissionError):
    """Somebody asked for a place that is not on this machine."""


class Closed:
    """The plugin of pytest: says of each test whether it asked outside."""

    def __init__(self):
        self.asked = []
        self.open_network = self.own_network = None

    def close(self):
        """Close the network of this process, for good."""
        sys.addaudithook(self._refuse)
        try:
            before = os.open(NETWORK, os.O_RDONLY)
            _call("unshare", CLONE_NEWNET)
        except OSError:
            return
        import fcntl  # noqa: PLC0415  Windows has none

        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP))
        self.open_network, self.own_network = before, os.open(NETWORK, os.O_RDONLY)

    def _refuse(self, event, arguments):
        if event not in ASKS:
            return
        place = arguments[0] if event.startswith("socket.get") else arguments[1]
        name = place[0] if isinstance(place, tuple) else place if event.startswith("socket.get") else None
        name = name.decode("latin-1") if isinstance(name, bytes) else name
        if isinstance(name, str) and name not in HERE and not name.startswith("127."):
            self.asked.append(f"{event} {name}")
            raise AskedOutsideError(f"no test may ask outside this machine: {event} {name}")

    def count(self):
        """How often this process, or the network that it is in, was asked for a place outside."""
        return len(self.asked) + (_without_route() if self.own_network else 0)

    def _watched(self, item):
        before = self.count()
        result = yield
        if self.count() != before:
            raise AskedOutsideError(
                f"asked outside this machine: {self.asked[-1:] or 'a process of the test'}"
            )
        return result

    pytest_runtest_setup = pytest.hookimpl(wrapper=True)(_watched)
    pytest_runtest_call = pytest.hookimpl(wrapper=True)(_watched)
    pytest_runtest_teardown = pytest.hookimpl(wrapper=True)(_watched)

    def pytest_report_header(self):
        """Say how far the network is closed."""
        how = "in all processes, by the kernel" if self.own_network else "in pytest's own processes alone"
        return f"network: closed {how}"


CLOSED = Closed()


@contextmanager
def package_index():
    """Let programs that are started within reach the index from which locked packages are installed."""
    if CLOSED.open_network:
        _call("setns", CLOSED.open_network, CLONE_NEWNET)
    try:
        yield
    finally:
        if CLOSED.own_network:
            _call("setns", CLOSED.own_network, CLONE_NEWNET)


def _call(name, *arguments):
    """Call the kernel, which Python does by itself only from 3.12 on."""
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (AttributeError, TypeError) as error:  # neither macOS nor Windows has it
        raise OSError(f"no {name} on this system") from error
    if function(*arguments):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _without_route():
    """How much the kernel counted as sent by IPv4 to where no way leads.

    What goes by IPv6 is refused as well, but not counted: Chromium tries at each page of a server whether there is any.
    """
    with open("/proc/thread-self/net/snmp") as counts:  # noqa: PTH123  a test may have replaced what Path does
        lines = counts.read().splitlines()
    names, numbers = (line.split() for line in lines if line.startswith("Ip:"))
    return int(numbers[names.index("OutNoRoutes")])
