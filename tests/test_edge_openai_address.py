"""OpenAiRunner: which addresses are asked at all, by which way, and whose certificate is believed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from contract_runner import ASK, OTHER, close
from endpoint_runner import ANSWER, runner_of, said, say
from fake_endpoint import FakeEndpoint, Manner, closed_port
from waiting import joined, wait_for

from edge.errors import (
    AddressRefused,
    EndpointAway,
)
from edge.http_address import Address
from edge.openai_api.options import EndpointOptions
from edge.openai_api.runner import OpenAiRunner
from edge.runner import Sampling


@pytest.fixture
def fake() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(say) as made:
        yield made


@pytest.mark.parametrize(
    "url",
    ["http://8.8.8.8/v1", "https://192.0.3.1/v1", "http://[2001:db9::1]/v1", "http://0.0.0.0:9", "http://100.64.0.1"],
)
def test_nothing_leaves_the_site(url: str) -> None:
    runner = OpenAiRunner(EndpointOptions(Address.of(url)))
    with pytest.raises(AddressRefused, match="not on the site") as caught:
        runner.load()
    assert "allow_remote_model" in caught.value.remedy


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://10.1.2.3", "http://[::1]:8080", "http://192.168.0.9/v1"])
def test_addresses_on_the_site_are_taken(url: str) -> None:
    assert Address.of(url).resolve()


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "http://user:pw@127.0.0.1/", "http://127.0.0.1:99999/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressRefused):
        Address.of(url)


def test_proxies_of_the_environment_are_not_asked(fake: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert said(runner_of(fake)).endswith(ANSWER)
    assert list(runner_of(fake).stream(OTHER, Sampling(max_tokens=2)))[-1].finish == "length"


def test_the_setting_model_takes_an_address(fake: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.build import open_runner
    from assistant.settings import read_settings
    from ui.commands.doctor import _model

    monkeypatch.setenv("ANDON_MODEL", f"{fake.url}#fake-3b")
    monkeypatch.setenv("ANDON_MODEL_KEY", "s3cret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    fake.manner = Manner("bare", key="s3cret")
    settings = read_settings()
    assert "s3cret" not in repr(settings)
    runner = open_runner(settings)
    assert isinstance(runner, OpenAiRunner) and said(runner).endswith(ANSWER)
    told = _model(settings)
    assert (told.state, told.name) == ("warn", "model") and "model_tokenizer" in told.remedy
    monkeypatch.setenv("ANDON_MODEL", "https://8.8.8.8/v1")
    assert _model(read_settings()).state == "fail"
    monkeypatch.setenv("ANDON_MODEL", f"http://127.0.0.1:{closed_port()}/v1")
    told = _model(read_settings())
    assert told.state == "fail" and "cannot be reached" in told.found


def test_a_certificate_must_be_trusted(tmp_path: Path) -> None:
    """TLS over a real socket: refused without the site's own authority, taken with it."""
    import shutil
    import ssl
    import subprocess

    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=andon"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    with FakeEndpoint(say) as fake:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        fake.over_tls(context)
        with pytest.raises(EndpointAway, match="not trusted") as caught:
            runner_of(fake).load()
        assert "model_ca" in caught.value.remedy
        runner = runner_of(fake, ca_file=certificate)
        assert said(runner).endswith(ANSWER)
        fake.manner.faults.append("hang-middle")
        stream = runner.stream(ASK, Sampling())
        thread = threading.Thread(target=lambda: list(stream))
        before = len(fake.chats())
        thread.start()
        wait_for(lambda: len(fake.chats()) > before)
        close(stream)
        joined(thread)
