"""The one training loop."""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from penchant.core import DeadlinePassed, Interrupted, Json, PenchantError, Run
from penchant.train.checkpoints import Checkpoint, Checkpoints, Tensors, belongs_to
from penchant.train.draws import draws_so_far, go_on_drawing, torch_draws
from penchant.train.interrupts import held_interrupts
from penchant.train.settings import Identity, Supervised, TrainingRecord

Batch = TypeVar("Batch")

REPORT_SECONDS = 0.25
"""Least time between two reports of progress."""


def train(
    model: nn.Module,
    batches: Callable[[int], Batch],
    loss: Callable[[Batch], Tensor],
    settings: Supervised,
    run: Run,
    *,
    identity: Identity,
    valid: Callable[[], float] | None = None,
) -> TrainingRecord:
    """Trains ``model`` in place; afterwards it has its best weights and is in eval mode.

    With a folder in ``run`` the work is resumed from the newest whole checkpoint, and ends with
    weights that are bit-identical to those of a training that nobody interrupted, on the same
    machine with the same versions and number of threads. A second call for the same training
    reads its last checkpoint and returns.

    Args:
        model: On ``run.device``, with its initial weights. Only parameters that require
            gradients are trained and kept.
        batches: From the number of updates made so far to the next batch; a pure function,
            drawing from ``run.rng(purpose, step)`` or :func:`shuffled_rows`.
        loss: From a batch to a scalar in the computation graph; the model is in train mode.
        settings: Steps, rates, when to look and to save.
        run: Seed, device, threads, folder, watcher, deadline.
        identity: What the training belongs to.
        valid: A score on the validation cases, higher is better; the model is in eval mode and
            torch's generator is put back afterwards. ``None``: the last weights are the best.

    Raises:
        Interrupted: Ctrl-C, after a checkpoint was written.
        DeadlinePassed: The run's time is up, after a checkpoint was written.
        UsageError: The folder holds the checkpoint of another training.
        StorageError: A checkpoint could not be written.
    """
    with torch_draws(run, f"{identity.name}.train"), held_interrupts() as interrupt:
        training = _Training(model, batches, loss, settings, run, identity, valid)
        training.take_up()
        while not training.done():
            training.advance()
            if interrupt.asked:
                training.save()
                raise Interrupted(_stopped(identity, training.step, run))
            try:
                if run.deadline is not None:
                    run.deadline.check()
            except DeadlinePassed:
                training.save()
                raise
            if training.step % settings.checkpoint_every == 0:
                training.save()
        return training.finish()


@dataclass(slots=True, eq=False)
class _Training(Generic[Batch]):
    """The moving parts of one training."""

    model: nn.Module
    batches: Callable[[int], Batch]
    loss: Callable[[Batch], Tensor]
    settings: Supervised
    run: Run
    identity: Identity
    valid: Callable[[], float] | None

    step: int = 0
    best: Tensors = field(default_factory=dict)
    losses: list[tuple[int, float]] = field(default_factory=list)
    scores: list[tuple[int, float]] = field(default_factory=list)
    pending: list[float] = field(default_factory=list)
    seconds_before: float = 0.0
    started: float = field(default_factory=time.monotonic)
    step_taken_up: int = 0
    reported: float = 0.0
    saved: int = -1
    named: dict[str, nn.Parameter] = field(init=False)
    optimizer: torch.optim.AdamW = field(init=False)
    checkpoints: Checkpoints | None = field(init=False)

    def __post_init__(self) -> None:
        self.named = {n: p for n, p in self.model.named_parameters() if p.requires_grad}
        self.optimizer = torch.optim.AdamW(
            _groups(self.model, self.settings), lr=self.settings.learning_rate, fused=True
        )
        self.checkpoints = None
        if self.run.folder is not None:
            key = belongs_to(self.identity, self.settings, self.run)
            self.checkpoints = Checkpoints(self.run.folder / "checkpoints", key, self.run)
        self.model.train()

    def done(self) -> bool:
        """Whether the steps are used up, or the scores have not risen for long enough."""
        if self.step >= self.settings.steps:
            return True
        if self.settings.patience is None or not self.scores:
            return False
        return len(self.scores) - 1 - self._best_look() >= self.settings.patience

    def advance(self) -> None:
        """One update, and a look at the validation cases where one is due."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate_at(self.step) * group["faster"]
        low = self.settings.dtype == "bfloat16"
        device = torch.device(self.run.device).type
        with torch.autocast(device, torch.bfloat16) if low else nullcontext():
            loss = self.loss(self.batches(self.step))
        value = loss.item()
        if not math.isfinite(value):
            raise PenchantError(
                f"{self.identity.name}: the loss became {value} at step {self.step};"
                " lower the learning rate, or set clip"
            )
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        if self.settings.clip is not None:
            nn.utils.clip_grad_norm_(self.named.values(), self.settings.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.pending.append(value)
        if self.settings.looks_at(self.step):
            self._look()
        self._report()

    def save(self) -> None:
        """Writes a checkpoint, where the run has a folder."""
        if self.checkpoints is None or self.saved == self.step:
            return
        progress: dict[str, Json] = {
            "losses": self.losses,
            "scores": self.scores,
            "pending": self.pending,
            "seconds": self._seconds(),
        }
        weights = {name: p.detach() for name, p in self.named.items()}
        self.checkpoints.write(
            Checkpoint(self.step, weights, self._optimizer_state(), self.best, progress)
        )
        self.saved = self.step

    def take_up(self) -> None:
        """Goes back to where the newest checkpoint was written, if there is one."""
        found = self.checkpoints.newest() if self.checkpoints is not None else None
        if found is None:
            return
        self._put_weights(found.weights)
        for key, value in found.optimizer.items():
            name, _, moment = key.rpartition("/")
            if name:
                parameter = self.named[name]
                self.optimizer.state[parameter][moment] = value.to(parameter.device)
        go_on_drawing(self.run, found.optimizer["draws"])
        self.step = self.step_taken_up = self.saved = found.step
        self.best = found.best
        self.losses = [(int(s), float(v)) for s, v in found.progress["losses"]]
        self.scores = [(int(s), float(v)) for s, v in found.progress["scores"]]
        self.pending = list(found.progress["pending"])
        self.seconds_before = found.progress["seconds"]

    def finish(self) -> TrainingRecord:
        """Keeps the last checkpoint, takes the best weights, and tells how it went."""
        self.save()
        if self.best:
            self._put_weights(self.best)
        self.model.eval()
        best_step = self.scores[self._best_look()][0] if self.scores else self.step
        return TrainingRecord(
            self.step, best_step, self._seconds(), tuple(self.losses), tuple(self.scores)
        )

    def _look(self) -> None:
        self.losses.append((self.step, sum(self.pending) / len(self.pending)))
        self.pending = []
        if self.valid is None:
            return
        drawn = draws_so_far(self.run)
        self.model.eval()
        with torch.no_grad():
            score = float(self.valid())
        self.model.train()
        go_on_drawing(self.run, drawn)
        if not self.scores or score > max(value for _, value in self.scores):
            self.best = {name: p.detach().clone() for name, p in self.named.items()}
        self.scores.append((self.step, score))

    def _best_look(self) -> int:
        values = [value for _, value in self.scores]
        return values.index(max(values))

    def _report(self) -> None:
        now = time.monotonic()
        if now - self.reported < REPORT_SECONDS and self.step < self.settings.steps:
            return
        self.reported = now
        rate = (self.step - self.step_taken_up) / max(1e-9, now - self.started)
        figures = {"steps_per_s": rate, "remaining_s": (self.settings.steps - self.step) / rate}
        if self.pending or self.losses:
            figures["loss"] = self.pending[-1] if self.pending else self.losses[-1][1]
        if self.scores:
            figures["valid"] = self.scores[-1][1]
        self.run.watch.progress(self.identity.name, self.step, self.settings.steps, **figures)

    def _seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.started

    def _optimizer_state(self) -> Tensors:
        state = {
            f"{name}/{key}": value
            for name, parameter in self.named.items()
            for key, value in self.optimizer.state[parameter].items()
        }
        return {**state, "draws": draws_so_far(self.run)}

    def _put_weights(self, weights: Tensors) -> None:
        with torch.no_grad():
            for name, parameter in self.named.items():
                parameter.copy_(weights[name])


def _groups(model: nn.Module, settings: Supervised) -> list[dict[str, Any]]:
    """Parameters by how fast they learn and whether they decay, as the optimizer wants them."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    trained = [p for p in model.parameters() if p.requires_grad]
    vectors = [p for p in trained if p.ndim <= 1]
    matrices = [p for p in trained if p.ndim > 1 and id(p) not in tables]
    embeddings = [p for p in trained if id(p) in tables]
    decay = settings.weight_decay
    groups: list[dict[str, Any]] = [
        {"params": matrices, "faster": 1.0, "weight_decay": decay},
        {"params": vectors, "faster": 1.0, "weight_decay": 0.0},
        {"params": embeddings, "faster": settings.embedding_rate, "weight_decay": decay},
    ]
    return [group for group in groups if group["params"]]


def _stopped(identity: Identity, step: int, run: Run) -> str:
    if run.folder is None:
        return f"{identity.name}: stopped at step {step}; without a folder nothing was kept"
    return f"{identity.name}: stopped at step {step}; the same call again goes on from {run.folder}"
