"""A stand-in for rkllm-toolkit: an environment whose Python finds a package rkllm, of versions as asked, that writes
down what it was called with. No environment is built: a script starts this Python with the package on its path."""

from __future__ import annotations

import sys
from pathlib import Path

PINNED = {
    "rkllm-toolkit": "1.3.0", "transformers": "5.8.0", "torch": "2.6.0", "auto_gptq": "0.7.1", "numpy": "1.26.4",
    "protobuf": "4.25.4",
}  # fmt: skip
_API = """\
import json
from pathlib import Path

FAIL, SILENT = {fail!r}, {silent!r}
called = {{}}


class RKLLM:
    def load_huggingface(self, model, model_lora=None, device="cpu", dtype="float32", custom_config=None,
                         load_weight=True):
        called["load"] = dict(model=model, model_lora=model_lora, device=device, dtype=dtype)
        assert Path(model, "config.json").is_file()
        return -1 if FAIL == "load_huggingface" else 0

    def build(self, do_quantization=True, optimization_level=1, quantized_dtype="w8a8", quantized_algorithm="normal",
              num_npu_core=3, extra_qparams=None, dataset=None, hybrid_rate=0, target_platform="rk3588",
              max_context=4096):
        called["build"] = dict(dtype=quantized_dtype, level=optimization_level, cores=num_npu_core, hybrid=hybrid_rate,
                               platform=target_platform, context=max_context)
        if dataset is not None:
            called["dataset"] = json.loads(Path(dataset).read_text(encoding="utf-8"))
        return -1 if FAIL == "build" else 0

    def export_rkllm(self, path, export_tokenizer=None, export_embedding=None):
        if not SILENT:
            Path(path).write_bytes(b"RKLLM " + json.dumps(called).encode())
        return 0
"""


def fake_toolkit(folder: Path, *, fail: str = "", silent: bool = False, **versions: str) -> Path:
    """The "python" of an environment with the pinned versions but for ``versions`` (by name, "_" for "-", "" for
    none); ``fail`` names a step that returns -1, ``silent`` writes no file."""
    packages = folder / "packages"
    (packages / "rkllm").mkdir(parents=True)
    (packages / "rkllm" / "__init__.py").write_text("")
    (packages / "rkllm" / "api.py").write_text(_API.format(fail=fail, silent=silent))
    changed = {name.replace("rkllm_toolkit", "rkllm-toolkit"): version for name, version in versions.items()}
    for name, version in (PINNED | changed).items():
        if version:
            info = packages / f"{name.replace('-', '_')}-{version}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    python = folder / "python"
    start = f"import sys; sys.path[:] = [{str(packages)!r}, *(p for p in sys.path if 'site-packages' not in p)]"
    (folder / "start.py").write_text(
        f"{start}\nimport runpy\nargs = [a for a in sys.argv[1:] if a != '-u']\n"
        "if args[0] == '-c':\n    sys.argv = ['-c', *args[2:]]\n    exec(args[1], {'__name__': '__main__'})\n"
        "else:\n    sys.argv = args\n    runpy.run_path(args[0], run_name='__main__')\n"
    )
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{folder / "start.py"}" "$@"\n')
    python.chmod(0o755)
    return python
