"""The house's rules, executed: floors, heavy libraries, import time."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "chromadb",
    "gradio",
    "llama_cpp",
    "pypdfium2",
    "fastapi",
    "numpy",
)


def test_floors_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_help_loads_nothing_heavy() -> None:
    """andon --help must answer at once; a clock would measure the machine, so what is checked is what was loaded."""
    script = (
        "import sys\nsys.argv = ['andon', '--help']\n"
        "from ui.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit('loaded: ' + ', '.join(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_a_floor_does_nothing_heavy() -> None:
    script = (
        "import sys\nimport index.library, edge.runner, assistant.ask\n"
        f"heavy = [name for name in {tuple(h for h in HEAVY if h not in ('numpy',))!r} if name in sys.modules]\n"
        "sys.exit('loaded: ' + ', '.join(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
