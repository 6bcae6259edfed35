"""Domain adaptation, the stages: base, recipe, checkpoints, and a trainer's run, cut off and taken up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from domain_jobs import FACTS, WRONG, make_base, make_job
from tiny_model import PROBES, make_tiny_gguf

from edge.errors import EdgeFailed
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Message, Sampling
from training.domain.base import open_base
from training.domain.checkpoints import BROKEN, MARKER, is_complete, mark_complete, newest_complete
from training.domain.launch import launch
from training.domain.recipe import (
    DomainRecipe,
    is_domain_recipe,
    read_domain_recipe,
)
from training.domain.stage import is_done, run_job
from training.errors import BaseUnfit, RecipeInvalid, StageBusy, TrainingFailed

torch = pytest.importorskip("torch")
pytest.importorskip("trl")
pytest.importorskip("peft")
pytest.importorskip("gguf")

ROOT = Path(__file__).parent.parent
BUNDLED = ROOT / "models/andon-slm-ja-en.q8_0.gguf"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base"))


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    return dict(load_file(folder / "model.safetensors"))


def test_the_bundled_model_unpacks_into_what_runs_on_the_box(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = open_base(BUNDLED, tmp_path / "hf")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    runner = LlamaCppRunner(EdgeOptions(BUNDLED))
    for text in (probe for probe in PROBES if "<s>" not in probe):  # transformers reads marks in content as marks
        messages = [Message("system", "抜粋だけを根拠に、短く答える。"), Message("user", text)]
        ids = runner.prompt_tokens(messages)
        plain = [{"role": m.role, "content": m.content} for m in messages]
        rendered = tokenizer.apply_chat_template(plain, add_generation_prompt=True, tokenize=False)
        assert tokenizer(rendered, add_special_tokens=False)["input_ids"] == ids, text
    asked = [Message("user", "[1] F-013: Open V1.\n\nQuestion: F-013?")]
    said = "".join(piece.text for piece in runner.stream(asked, Sampling(max_tokens=12)))
    made = model.generate(
        torch.tensor([runner.prompt_tokens(asked)]), max_new_tokens=12, do_sample=False, pad_token_id=3
    )
    theirs = tokenizer.decode(made[0, len(runner.prompt_tokens(asked)) :], skip_special_tokens=True)
    assert said[:8] == theirs[:8]  # 8 bits against float32: the first words are far from any tie
    runner.close()


def test_a_base_that_cannot_be_adapted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaseUnfit, match="neither a model folder"):
        open_base(tmp_path / "none", tmp_path / "hf")
    (tmp_path / "broken.gguf").write_bytes(BUNDLED.read_bytes()[:200])
    with pytest.raises(BaseUnfit, match="is damaged or no GGUF file"):
        open_base(tmp_path / "broken.gguf", tmp_path / "hf")
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text('{"architectures": ["GPT2LMHeadModel"]}')
    with pytest.raises(BaseUnfit, match="GPT2LMHeadModel, not a LlamaForCausalLM"):
        open_base(other, tmp_path / "hf")
    (other / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    with pytest.raises(BaseUnfit, match="no tokenizer"):
        open_base(other, tmp_path / "hf")


RECIPE = """
kind = "domain"
name = "plant"
[data]
manuals = ["{folder}"]
faq = ["{folder}/faq.csv"]
"""


def recipe(folder: Path, text: str = RECIPE) -> Path:
    (folder / "faq.csv").write_text("question,answer\n")
    path = folder / "recipe.toml"
    path.write_text(text.format(folder=folder.as_posix()), encoding="utf-8")
    return path


def test_a_recipe_is_read_with_its_defaults(tmp_path: Path) -> None:
    path = recipe(tmp_path, RECIPE + "[dpo]\nrules = ['paper']\nbeta = 1\n")
    assert is_domain_recipe(path)
    found = read_domain_recipe(path, {"out": "elsewhere"})
    assert isinstance(found, DomainRecipe)
    assert (found.dpo.rules, found.dpo.beta, found.out) == (("paper",), 1.0, Path("elsewhere"))
    assert not is_domain_recipe(ROOT / "training/recipes/andon-slm.toml")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sort = 1", "unknown key sort"),
        ("[cpt]\nepoch = 1", "unknown key cpt.epoch"),
        ("[cpt]\nepochs = 'two'", "cpt.epochs is 'two', which is no number"),
        ("[cpt]\nlearning_rate = -1", r"\[cpt\] has a number that cannot work"),
        ("[cpt]\ntokens_per_step = 100", "below cpt.max_tokens"),
        ("[dpo]\nrules = ['best']", "names 'best'"),
        ("[dpo]\nflip_rate = 0.5", "flip_rate"),
        ("[hardware]\ndevice = 'tpu'", "tpu"),
        ("[lora]\nrank = true", "lora.rank is True"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_before_anything_is_done(tmp_path: Path, line: str, told: str) -> None:
    text = RECIPE.replace("[data]", f"{line}\n[data]") if not line.startswith("[") else f"{RECIPE}\n{line}\n"
    with pytest.raises(RecipeInvalid, match=told):
        read_domain_recipe(recipe(tmp_path, text))


def test_a_recipe_without_data_or_with_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeInvalid, match="neither index nor manuals"):
        read_domain_recipe(recipe(tmp_path, 'kind = "domain"\nname = "plant"\n'))
    with pytest.raises(RecipeInvalid, match="does not exist"):
        read_domain_recipe(recipe(tmp_path, RECIPE.replace("faq.csv", "no.csv")))
    with pytest.raises(RecipeInvalid, match="is not TOML"):
        read_domain_recipe(recipe(tmp_path, "name = "))


def test_a_checkpoint_counts_only_when_it_is_whole(tmp_path: Path) -> None:
    for number in (2, 10, 30):
        folder = tmp_path / f"checkpoint-{number}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"w" * number)
    mark_complete(tmp_path / "checkpoint-2")
    mark_complete(tmp_path / "checkpoint-10")
    (tmp_path / "checkpoint-10/model.safetensors").write_bytes(b"w" * 9)  # torn after its marker
    assert newest_complete(tmp_path) == tmp_path / "checkpoint-2"
    assert sorted(path.name for path in (tmp_path / BROKEN).iterdir()) == ["checkpoint-10", "checkpoint-30"]
    (tmp_path / "checkpoint-2" / MARKER).write_text("{")
    assert not is_complete(tmp_path / "checkpoint-2")
    assert newest_complete(tmp_path) is None


@pytest.mark.slow
def test_each_stage_learns_and_hands_over(base: Path, tmp_path: Path) -> None:
    """Text, answers, pairs: the loss falls, the wanted answer gains on the unwanted one, and it all ends in a GGUF."""
    from edge.convert import convert_hf_to_gguf

    first = run_job(make_job("cpt", base, tmp_path, epochs=4))
    again = run_job(make_job("cpt", base, tmp_path, epochs=4))
    assert first == again  # what is done is not done again
    assert is_done(tmp_path / "cpt")
    run_job(make_job("sft", tmp_path / "cpt/model", tmp_path, epochs=4))
    run_job(make_job("dpo", tmp_path / "sft/model", tmp_path, epochs=3))
    questions = [(f"What helps against {code}?", answer) for code, answer in FACTS]
    losses = [mean_loss(folder, questions) for folder in (base, tmp_path / "cpt/model", tmp_path / "sft/model")]
    assert losses[0] > losses[1] > losses[2]
    wrong = [(question, WRONG.format(code)) for (question, _), (code, _) in zip(questions, FACTS, strict=True)]
    margins = [
        mean_loss(folder, wrong) - mean_loss(folder, questions)
        for folder in (tmp_path / "sft/model", tmp_path / "dpo/model")
    ]
    assert margins[1] > margins[0]
    model = convert_hf_to_gguf(tmp_path / "dpo/model", tmp_path / "m.gguf", "f16")
    runner = LlamaCppRunner(EdgeOptions(model))
    assert list(runner.stream([Message("user", "F-013?")], Sampling(max_tokens=3)))
    runner.close()


def mean_loss(folder: Path, pairs: list[tuple[str, str]]) -> float:
    """Nats a token of the answers."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
    total = count = 0.0
    for question, answer in pairs:
        rendered = tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], add_generation_prompt=True, tokenize=False
        )
        start = tokenizer(rendered, add_special_tokens=False)["input_ids"]
        rest = tokenizer(answer, add_special_tokens=False)["input_ids"]
        ids = torch.tensor([start + rest])
        labels = torch.tensor([[-100] * len(start) + rest])
        with torch.no_grad():
            total += float(model(input_ids=ids, labels=labels).loss) * len(rest)
        count += len(rest)
    return total / count


KILLED = """
import os, sys
from pathlib import Path
import transformers
from training.domain.stage import read_job, run_job
step = transformers.Trainer.training_step
def step_or_die(self, *given, **more):
    if self.state.global_step == 3:
        os.kill(os.getpid(), 9)
    return step(self, *given, **more)
transformers.Trainer.training_step = step_or_die
run_job(read_job(Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_a_stage_killed_in_the_middle_ends_as_one_that_was_not(base: Path, tmp_path: Path) -> None:
    """One step behind a checkpoint. At random moments and for every kind: tests/bench_training_kills.py."""
    kind = "sft"
    run_job(make_job(kind, base, tmp_path / "whole"))
    cut = make_job(kind, base, tmp_path / "cut")
    path = tmp_path / "job.json"
    cut.write(path)
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        check=False,
    )  # fmt: skip
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert [folder.name for folder in cut.out.glob("checkpoint-*")] == ["checkpoint-2"]
    assert not is_done(cut.out)
    report = launch(cut, lambda _: None)
    assert is_done(cut.out)
    whole, taken_up = weights(tmp_path / "whole" / kind / "model"), weights(cut.out / "model")
    assert whole.keys() == taken_up.keys()
    assert all((abs(whole[name] - taken_up[name]) < 1e-5).all() for name in whole), report


def test_two_processes_do_not_train_one_stage(base: Path, tmp_path: Path) -> None:
    import fcntl

    asked = make_job("sft", base, tmp_path)
    asked.out.mkdir()
    with (asked.out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StageBusy):
            run_job(asked)
        with pytest.raises(StageBusy):  # told across the process as what it is
            launch(asked, lambda _: None)


def test_rows_that_are_not_there_are_told(base: Path, tmp_path: Path) -> None:
    asked = make_job("sft", base, tmp_path)
    asked.rows.write_text("")
    with pytest.raises(TrainingFailed, match="holds no rows"):
        run_job(asked)


@pytest.mark.slow
def test_a_lora_is_merged_and_stands_beside_as_a_file_for_the_box(base: Path, tmp_path: Path) -> None:
    """llama.cpp with the base and the adapter computes what transformers does with the merged model."""
    import llama_cpp
    from transformers import AutoModelForCausalLM

    from edge.convert import convert_hf_to_gguf

    asked = make_job("sft", base, tmp_path, lora=4, epochs=6, learning_rate=1e-2)
    run_job(asked)
    adapter = asked.out / "adapter.gguf"
    plain = convert_hf_to_gguf(base, tmp_path / "base.gguf", "f32")
    ids = list(range(5, 29))
    logits = {}
    for name, lora in (("base", None), ("both", str(adapter))):
        model = llama_cpp.Llama(str(plain), lora_path=lora, n_ctx=64, logits_all=True, verbose=False)
        model.eval(ids)
        logits[name] = model.scores[len(ids) - 1].copy()
        model.close()
    merged = AutoModelForCausalLM.from_pretrained(asked.out / "model").eval()
    with torch.no_grad():
        wanted = merged(torch.tensor([ids])).logits[0, -1].numpy()
    assert abs(logits["both"] - wanted).max() < 1e-2
    assert abs(logits["base"] - wanted).max() > 0.1  # the adapter does something


def test_a_tiny_gguf_unpacks_with_grouped_heads(tmp_path: Path) -> None:
    """Eight heads over two key heads: both are turned back, each by its own count."""
    from transformers import AutoModelForCausalLM

    source = make_tiny_gguf(tmp_path)
    folder = open_base(source, tmp_path / "unpacked")
    theirs, ours = (AutoModelForCausalLM.from_pretrained(p).eval() for p in (tmp_path / "hf", folder))
    ids = torch.tensor([list(range(4, 40))])
    with torch.no_grad():
        assert float((theirs(ids).logits - ours(ids).logits).abs().max()) < 1e-4
    with pytest.raises(EdgeFailed):
        LlamaCppRunner(EdgeOptions(tmp_path / "unpacked/model.safetensors")).load()
