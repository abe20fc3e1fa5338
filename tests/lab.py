"""JupyterLab as a trainee has it: on a folder, with settings of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from conftest import ROOT

from balancelib.figures.explorers import IN_BOOK

TOKEN = "ours"


@contextmanager
def jupyterlab(folder):
    """Run JupyterLab; yield the address to which a notebook's name is added."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
    ]
    homes = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    environment = {key: value for key, value in os.environ.items() if key != IN_BOOK}
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        command, cwd=folder, env=environment | homes | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
    )
    try:
        for _ in range(300):
            assert server.poll() is None, (folder / "log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/lab/tree/"
    finally:
        server.terminate()
        server.wait(20)
        log.close()
