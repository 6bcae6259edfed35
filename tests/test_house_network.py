"""The guard itself: no test gets out of this machine, and none touches a user's data."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path

import pytest
from conftest import NetworkUsed


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), ("example.invalid", 443)])
def test_leaving_this_machine_raises(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sender:
        sender.settimeout(1)
        with pytest.raises(NetworkUsed):
            sender.connect(address)
        with pytest.raises(NetworkUsed):
            sender.connect_ex(address)
    with socket.socket(family, socket.SOCK_DGRAM) as sender, pytest.raises(NetworkUsed):
        sender.sendto(b"telemetry", address)


def test_names_are_not_looked_up_and_clients_fail() -> None:
    with pytest.raises(NetworkUsed):
        socket.getaddrinfo("example.invalid", 443)
    with pytest.raises(NetworkUsed):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkUsed):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_this_machine_can_be_reached() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
        served, _ = server.accept()
        with served:
            client.sendall(b"ping")
            assert served.recv(4) == b"ping"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"x")
        assert theirs.recv(1) == b"x"


def test_libraries_are_told_to_stay_offline(own_data: Path) -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["ANONYMIZED_TELEMETRY"] == "False"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert Path(os.environ["ANDON_DATA"]) == own_data
    assert not own_data.is_relative_to(Path.home() / ".local")
