"""The network is closed: who asks outside is refused and fails, also where the refusal is swallowed; this machine may talk to itself."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from closed import CLOSED, package_index
from conftest import ROOT

BY_KERNEL = pytest.mark.skipif(
    CLOSED.own_network is None, reason="pytest has no network of its own here: that takes Linux and root"
)
CONFTEST = """
from closed import CLOSED
def pytest_configure(config):
    CLOSED.close()
    config.pluginmanager.register(CLOSED)
"""
HEAD = """
import contextlib, http.server, pathlib, socket, subprocess, sys, threading, urllib.request
PLACE = ("192.0.2.1", 80)  # of documentation: nobody's
SWALLOWS = "import socket\\ntry: socket.create_connection(('192.0.2.1', 80), 3)\\nexcept OSError: pass"
def test():
"""
# What a test does, and what it must end in: the guard's own error, or nothing.
OUTSIDE = {
    "connects": "socket.create_connection(PLACE, 3)",
    "connects by IPv6": "socket.create_connection(('2001:db8::1', 80), 3)",
    "resolves a name": "socket.getaddrinfo('example.org', 80)",
    "fetches a page": "urllib.request.urlopen('http://example.org', timeout=3)",
    "swallows the refusal": "with contextlib.suppress(OSError): socket.create_connection(PLACE, 3)",
    "sends without connecting": "with contextlib.suppress(OSError): socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', PLACE)",
}
OUTSIDE_BY_PROCESS = {
    "another Python": "subprocess.run([sys.executable, '-c', SWALLOWS], check=True)",
    "without its settings": "subprocess.run([sys.executable, '-I', '-c', SWALLOWS], check=True, env={})",
    "a program of the system": "subprocess.run(['bash', '-c', 'exec 3<>/dev/tcp/192.0.2.1/80'])",
}
WITHIN = """
server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for host in ('127.0.0.1', 'localhost'):
    address = f'http://{host}:{server.server_port}/conftest.py'
    assert b'CLOSED' in urllib.request.urlopen(address, timeout=5).read()
assert 'CLOSED' in subprocess.run([sys.executable, '-c', f'import urllib.request; print(urllib.request.urlopen({address!r}).read())'], capture_output=True, text=True).stdout
server.shutdown(); server.server_close()
"""


def run_tests(folder, bodies):
    """Run a test of each body in a pytest of its own whose network is closed; what it prints."""
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for n, body in enumerate(bodies):
        (folder / f"test_{n}.py").write_text(HEAD + textwrap.indent(body, "    "), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-q", "."],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT / "tests"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize(
    "cases", [OUTSIDE, pytest.param(OUTSIDE_BY_PROCESS, marks=BY_KERNEL)], ids=["here", "process"]
)
def test_who_asks_outside_fails(tmp_path, cases):
    printed = run_tests(tmp_path, cases.values())
    assert f"\n{len(cases)} failed" in printed, printed
    assert printed.count("AskedOutsideError") >= len(cases), printed


def test_this_machine_may_talk_to_itself(tmp_path):
    printed = run_tests(tmp_path, [WITHIN])
    assert "\n1 passed" in printed, printed


def test_nothing_of_ours_can_ask():
    """Neither the library nor a lesson loads what speaks to other machines."""
    speaks = re.compile(
        r"(?:^|\\n|\")\s*(?:import|from)\s+(socket|ssl|urllib\.request|urllib3|http\.client|ftplib|smtplib|requests|httpx|aiohttp|webbrowser)\b",
        re.MULTILINE,
    )
    files = [*(ROOT / "balancelib").rglob("*.py"), *(ROOT / "notebooks").rglob("*.ipynb")]
    assert len(files) > 500
    found = {
        path.relative_to(ROOT).as_posix() for path in files if speaks.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_network_of_these_tests_is_closed(pytestconfig):
    assert pytestconfig.pluginmanager.is_registered(CLOSED)
    assert "network: closed" in CLOSED.pytest_report_header()


@BY_KERNEL
def test_what_fetches_packages_has_the_network_of_who_started_us():
    """Also where another pytest hands out the tests: it has not closed its own."""
    with package_index():
        inside = Path("/proc/thread-self/ns/net").readlink()
    assert (
        inside
        == Path(f"/proc/{os.getppid()}/ns/net").readlink()
        != Path("/proc/thread-self/ns/net").readlink()
    )
