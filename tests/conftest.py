"""For all tests: the network is cut, nobody's own data is touched, and open data is found or its absence said."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# before anything imports them: these libraries ask the network unless told not to
os.environ.update(
    HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", ANONYMIZED_TELEMETRY="False", GRADIO_ANALYTICS_ENABLED="False"
)

if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes that share the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]

# the same examples each time, however slow the machine; make soak looks for new ones: --hypothesis-profile=explore
settings.register_profile(
    "andon", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("andon"), derandomize=False, print_blob=True)
settings.load_profile("andon")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """A report goes from one process to another as UTF-8, which names of files that are no Unicode are not."""
    return _in_utf8((yield))


def _in_utf8(told: Any) -> Any:
    if isinstance(told, str):
        return told.encode("utf-8", "backslashreplace").decode()
    if isinstance(told, dict):
        return {_in_utf8(key): _in_utf8(value) for key, value in told.items()}
    return type(told)(map(_in_utf8, told)) if type(told) in (list, tuple) else told


class NetworkUsed(Exception):
    """A test reached for an address outside this machine."""


def _is_this_machine(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket's path
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in ("localhost", "")


class _CutSocket(socket.socket):
    """A socket that reaches this machine only."""

    def connect(self, address: Any, /) -> None:
        self._check(address)
        super().connect(address)

    def connect_ex(self, address: Any, /) -> int:
        self._check(address)
        return super().connect_ex(address)

    def sendto(self, *arguments: Any) -> int:
        self._check(arguments[-1])
        return super().sendto(*arguments)

    def _check(self, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_this_machine(address):
            raise NetworkUsed(f"A test reached for {address}; Andon works without a network.")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Any connection or name look-up that would leave this machine raises NetworkUsed."""
    look_up = socket.getaddrinfo

    def local_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_this_machine((name,)):
            raise NetworkUsed(f"A test looked up {name}; Andon works without a network.")
        return look_up(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", _CutSocket)
        patch.setattr(socket, "getaddrinfo", local_look_up)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """ANDON_DATA in a folder of its own and no other setting from outside, so that no test touches a user's data."""
    folder = tmp_path_factory.mktemp("andon")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("ANDON_") and name != "ANDON_SHARED_DATA":
                patch.delenv(name)
        for name in ("LC_ALL", "LC_MESSAGES"):  # which language the terminal speaks is up to the test
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("ANDON_DATA", str(folder / "data"))
        patch.setenv("ANDON_CONFIG", str(folder / "no-andon.toml"))
        yield folder / "data"


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The folder with open manuals and question sets; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no open data at {folder}; name its folder in ANDON_SHARED_DATA")
    return folder
