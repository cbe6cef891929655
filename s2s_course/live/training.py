"""What the page trains, trained by PyTorch: from the same weights, with the same batches.

    python -m s2s_course.live.training

trains each task as it is before a reader chooses anything, and stores the curves that its widget carries.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s_course.atomic import write_atomically
from s2s_course.live.initialization import initialize_
from s2s_course.live.random import Random
from s2s_course.live.tasks import TASKS, Batch, Entry, Task, find_task
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.contract import EncoderDecoder, evaluating

CURVES = Path(__file__).parent / "stored" / "training.json"
FRESH = 64  # rows that no model trains on
MEASURED_EVERY = 20  # steps
CLIP_NORM = 1.0


def logits_of(model: nn.Module, batch: Batch) -> Tensor:
    """What ``model`` says to ``batch``: (B, T, V), a place for each answer."""
    real = torch.ones_like(batch.inputs, dtype=torch.bool)
    if isinstance(model, EncoderDecoder):
        return model(batch.inputs, batch.tgt_in, real)
    return model(batch.inputs, real)[:, -batch.answers.size(1) :]


@torch.no_grad()
def written(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor | None]:
    """The answers (B, T), an encoder–decoder's greedily, and its attention (T, S) in the first row."""
    if not isinstance(model, EncoderDecoder):
        return logits_of(model, batch).argmax(dim=-1), None
    real = torch.ones_like(batch.inputs, dtype=torch.bool)
    attends = isinstance(model, AttentionalEncoderDecoder)
    state = model.init_state(batch.inputs, real, need_weights=attends)
    tokens, steps, rows = batch.tgt_in[:, 0], [], []
    for _ in range(batch.answers.size(1)):
        logits, state = model.step(tokens, state)
        tokens = logits.argmax(dim=-1)
        steps.append(tokens)
        if attends:
            rows.append(state.weights[0])
    return torch.stack(steps, dim=1), torch.stack(rows) if rows else None


def learn(
    entry: Entry, task: Task, *, options: Mapping[str, int], seed: int, rate: float, batch_size: int
) -> Iterator[tuple[nn.Module, float]]:
    """Step after step, without an end: the model, and the loss before the step."""
    model = entry.build()
    initialize_(model, seed)
    batches = Random(seed, "batches")
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    while True:
        batch = task.batch(batches, batch_size, **options)
        loss = F.cross_entropy(logits_of(model, batch).flatten(0, 1), batch.answers.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimizer.step()
        yield model, loss.item()


def curve(
    task: Task, *, options: Mapping[str, int], seed: int = 0, rate: float | None = None
) -> dict[str, Any]:
    """A whole training, as the widget shows it: losses, shares of right answers, an example at its end."""
    rate = task.rate if rate is None else rate
    fresh = task.batch(Random(seed, "fresh"), FRESH, **options)
    models = {}
    for entry in task.models:
        losses, rights = [], []
        steps = learn(entry, task, options=options, seed=seed, rate=rate, batch_size=task.batch_size)
        for step, (model, loss) in zip(range(1, task.steps + 1), steps, strict=False):
            losses.append(round(loss, 3))
            if step % MEASURED_EVERY == 0:
                with evaluating(model):
                    answers, weights = written(model, fresh)
                rights.append(round((answers == fresh.answers).float().mean().item(), 3))
        rows = None if weights is None else [[round(value, 3) for value in row] for row in weights.tolist()]
        models[entry.name] = {"losses": losses, "rights": rights, "written": answers[0].tolist(), "map": rows}
    example = {"input": fresh.inputs[0].tolist(), "answer": fresh.answers[0].tolist()}
    return {"options": dict(options), "seed": seed, "rate": rate, "example": example, "models": models}


@cache
def stored_curves() -> dict[str, Any]:
    """The curve of each task as it is before a reader chooses anything, by name."""
    return json.loads(CURVES.read_text(encoding="utf-8"))


def shown_curve(name: str, *, options: Mapping[str, int], seed: int, rate: float) -> dict[str, Any]:
    """The stored curve of the task ``name`` if it was made with these choices, else one made now."""
    task, stored = find_task(name), stored_curves().get(name, {})
    chosen = {"options": dict(options), "seed": seed, "rate": rate}
    if all(stored.get(key) == value for key, value in chosen.items()):
        return stored
    return curve(task, **chosen)


if __name__ == "__main__":
    torch.set_num_threads(1)
    curves = {name: curve(task, options=task.defaults()) for name, task in TASKS.items()}
    write_atomically(CURVES, (json.dumps(curves, separators=(",", ":")) + "\n").encode())
    for name, made in curves.items():
        print(name, {model: (of["losses"][-1], of["rights"][-1]) for model, of in made["models"].items()})
