"""Settings: flag over variable over file over default; a wrong or misspelt setting is named, never overlooked."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsWrong
from assistant.settings import ROOT, Settings, read_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An andon.toml that ANDON_CONFIG names, and no other variable."""
    path = tmp_path / "andon.toml"
    path.write_text("", encoding="utf-8")
    monkeypatch.setenv("ANDON_CONFIG", str(path))
    monkeypatch.delenv("ANDON_DATA", raising=False)
    return path


def test_precedence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().port == Settings.model_fields["port"].default
    file.write_text("port = 1000\nquotes = 5\n", encoding="utf-8")
    assert read_settings().port == 1000
    monkeypatch.setenv("ANDON_PORT", "2000")
    assert read_settings().port == 2000
    assert read_settings(port=3000).port == 3000
    assert read_settings(port=None).port == 2000
    assert read_settings(port=0).port == 0
    assert read_settings().quotes == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "70000"), ("port", "many"), ("port", ""), ("quotes", "0"), ("context_tokens", "9")],
)
def test_a_wrong_value_is_named(file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ANDON_{name.upper()}", value)
    with pytest.raises(SettingsWrong, match=rf"{name} cannot be '{value}' \(from ANDON_{name.upper()}\)") as caught:
        read_settings()
    assert caught.value.details == {"setting": name}
    assert caught.value.remedy
    monkeypatch.delenv(f"ANDON_{name.upper()}")
    file.write_text(f'{name} = "{value}"\n', encoding="utf-8")
    with pytest.raises(SettingsWrong, match=r"andon\.toml"):
        read_settings()
    file.write_text("", encoding="utf-8")
    with pytest.raises(SettingsWrong, match="from the flag"):
        read_settings(**{name: value})


def test_a_misspelt_name_is_wrong(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('modle = "none"\n', encoding="utf-8")
    with pytest.raises(SettingsWrong, match="Did you mean model"):
        read_settings()
    file.write_text("", encoding="utf-8")
    with pytest.raises(SettingsWrong, match="prot"):
        read_settings(prot=1)
    monkeypatch.setenv("ANDON_CONTEXT_TOKEN", "4096")
    with pytest.raises(SettingsWrong, match="Did you mean ANDON_CONTEXT_TOKENS"):
        read_settings()


@pytest.mark.parametrize("content", [b"port = = 1\n", b"\xff\xfe\x00", b"port"])
def test_a_broken_file_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(SettingsWrong, match=r"andon\.toml cannot be read"):
        read_settings()


def test_a_missing_file_is_no_error(file: Path) -> None:
    file.unlink()
    assert read_settings().embedder == Settings.model_fields["embedder"].default


def test_paths_are_expanded(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = read_settings()
    assert settings.data == (tmp_path / ".local/share/andon").resolve()
    assert settings.index_folder.is_relative_to(settings.data)
    assert settings.accounts_file.is_relative_to(settings.data)
    assert settings.models == ROOT / "models"
    file.write_text('data = "~/a"\nmodels = "~/m"\nmodel = "~/x.gguf"\nembedder = "~/y.onnx"\n', encoding="utf-8")
    settings = read_settings()
    assert settings.data == (tmp_path / "a").resolve()
    assert settings.models == (tmp_path / "m").resolve()
    assert settings.model == str(tmp_path / "x.gguf")
    assert settings.embedder == str(tmp_path / "y.onnx")
    assert read_settings(data=Path("relative")).data.is_absolute()


def test_every_setting_is_documented() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
