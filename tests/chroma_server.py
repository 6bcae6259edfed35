"""A Chroma server for tests: `chroma run` on 127.0.0.1, at a free port, over a folder; ended by its process id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

STARTS_WITHIN_S = 60.0


class ChromaServer:
    """Can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        # held for as long as this is there: nobody else is given the port, and no connection begins at it
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does, or it could not have it
        self._held.bind(("127.0.0.1", 0))
        self.port: int = self._held.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> ChromaServer:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as knock:
                knock.settimeout(1)
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("The Chroma server did not start.")

    def stop(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process = None
