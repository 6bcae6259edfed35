"""Late interaction: a short vector a token, so that each word of a question looks for its own place in a passage.

A passage of several lines has one vector for all of them, in which the one line that answers is a small part. Here each
token of the question takes its best match among the passage's tokens, and the score is their mean, weighted by how much
each token of the question matters (after ColBERT, arXiv 2004.12832; the weights and the calibration are ours).
"""

from __future__ import annotations

from typing import Any

from training.embedder.student import CLS, PAD, SEP

SPECIALS = (PAD, CLS, SEP)
OF_STATIC = 0.5  # of the static word row beside the hidden state, to begin with
QUESTION = 48  # tokens
SHARPNESS = 20.0  # 1 / temperature of the contrast, to begin with
FIRM, EVEN = 12.0, 0.6  # to begin with: how fast a score turns into an answer, and where it is one or none


def make_late(width: int, static: Any, dim: int) -> Any:
    """A torch module over the student's hidden states: ``forward(rows (b, t), hidden (b, t, width), mask (b, t))``
    gives unit vectors (b, t, dim), weights (b, t) and which tokens count (b, t): not padding, [CLS] and [SEP], whose
    weight is 0. ``static`` (rows, n) float32: the static word rows, not trained here; by them rare words match
    themselves.
    """
    import torch
    from torch import nn

    class Late(nn.Module):  # type: ignore[misc,unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("static", static, persistent=False)
            self.of_hidden = nn.Linear(width, dim, bias=False)
            self.of_static = nn.Linear(static.shape[1], dim, bias=False)
            self.weight = nn.Linear(width, 1)
            self.sharpness = nn.Parameter(torch.tensor(SHARPNESS).log())
            self.firm = nn.Parameter(torch.tensor(FIRM).log())
            self.even = nn.Parameter(torch.tensor(EVEN))
            nn.init.orthogonal_(self.of_hidden.weight)
            nn.init.orthogonal_(self.of_static.weight)
            nn.init.zeros_(self.weight.weight)
            nn.init.zeros_(self.weight.bias)

        def forward(self, rows: Any, hidden: Any, mask: Any) -> Any:
            words = nn.functional.normalize(self.static[rows], dim=-1)
            near = nn.functional.normalize(hidden.float(), dim=-1)
            vectors = nn.functional.normalize(
                self.of_hidden(near).float() + OF_STATIC * self.of_static(words).float(), dim=-1
            )
            told = mask & torch.stack([rows != special for special in SPECIALS]).all(0)
            weights = nn.functional.softplus(self.weight(hidden).float().squeeze(-1)) * told
            return vectors * told[..., None], weights, told

    return Late()


def late_scores(asked: Any, told: Any) -> Any:
    """(a, b): how well each of b passages holds each of a questions, about -1 to 1. Both are what ``Late`` gives; of a
    long question the first QUESTION tokens count. Which token is the best match is found without gradients, so that
    these run through the matches alone and not through all pairs of tokens."""
    import torch

    vectors, weights, _ = (side[:, :QUESTION] for side in asked)
    others, _, there = told
    a, q, dim = vectors.shape
    b, p, _ = others.shape
    with torch.no_grad():
        near = vectors.detach().reshape(a * q, dim) @ others.detach().reshape(b * p, dim).T
        near = near.view(a * q, b, p).masked_fill_(~there[None], -2.0)
        best = near.argmax(-1) + p * torch.arange(b)
    met = others.reshape(b * p, dim)[best.view(-1)].view(a * q, b, dim)
    scores = torch.einsum("xd,xbd->xb", vectors.reshape(a * q, dim), met).view(a, q, b)
    shares = weights / weights.sum(-1, keepdim=True).clamp_min(1e-6)
    return (scores * shares[:, :, None]).sum(1)
