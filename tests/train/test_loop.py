import os
import signal
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from penchant.core import Deadline, DeadlinePassed, Interrupted, PenchantError, Run, UsageError
from penchant.train import (
    Identity,
    Supervised,
    TrainingRecord,
    fingerprint,
    shuffled_rows,
    torch_draws,
    train,
)

SETTINGS = Supervised(steps=40, batch_size=16, checkpoint_every=7, evaluate_every=4)
INPUTS = torch.randn(100, 4, generator=torch.Generator().manual_seed(1))
TARGETS = INPUTS.sum(1, keepdim=True)
IDENTITY = Identity(name="toy", options={"width": 8}, data="abc")


@dataclass
class Notes:
    """A watcher that remembers."""

    notes: list[str] = field(default_factory=list)
    figures: list[dict[str, float]] = field(default_factory=list)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        self.figures.append(figures)

    def note(self, text: str) -> None:
        self.notes.append(text)


def new_model(run: Run) -> nn.Module:
    with torch_draws(run, "toy.weights"):
        return nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))


def loss_of(model: nn.Module, rows: Tensor) -> Tensor:
    loss: Tensor = ((model(INPUTS[rows]) - TARGETS[rows]) ** 2).mean()
    return loss


def fit(run, settings=SETTINGS, *, on_step=None, valid=True, identity=IDENTITY):
    model = new_model(run)
    order = shuffled_rows(100, 16, run, "toy.order")

    def batches(step):
        if on_step is not None:
            on_step(step)
        return torch.from_numpy(order(step))

    record = train(
        model,
        batches,
        lambda rows: loss_of(model, rows),
        settings,
        run,
        identity=identity,
        valid=(lambda: -float(loss_of(model, torch.arange(100)))) if valid else None,
    )
    return model, record


def weights(model: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in model.parameters()]


def same(first: nn.Module, second: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(weights(first), weights(second), strict=True))


class Stop(Exception):
    """The process dies here, as far as the training is concerned."""


def stop_at(step: int):
    def on_step(now: int) -> None:
        if now == step:
            raise Stop

    return on_step


def test_the_loss_falls():
    model, record = fit(Run(), replace(SETTINGS, steps=400, evaluate_every=40))
    assert record.losses[-1][1] < 0.7 * record.losses[0][1]
    assert record.scores[-1][1] > record.scores[0][1]
    assert not model.training


def test_same_seed_same_weights_and_another_seed_others():
    assert same(fit(Run(seed=3))[0], fit(Run(seed=3))[0])
    assert not same(fit(Run(seed=3))[0], fit(Run(seed=4))[0])


@pytest.mark.parametrize("step", [1, 7, 8, 22, 39])
def test_resumes_to_the_same_weights(tmp_path: Path, step: int):
    run = Run(seed=1, folder=tmp_path)
    with pytest.raises(Stop):
        fit(run, on_step=stop_at(step))
    resumed, record = fit(run)
    whole, wanted = fit(Run(seed=1))
    assert same(resumed, whole)
    assert record.scores == wanted.scores
    assert record.losses == wanted.losses


def test_a_finished_training_is_not_repeated(tmp_path: Path):
    run = Run(folder=tmp_path)
    first, record = fit(run)
    again, same_record = fit(run, on_step=_never)
    assert same(first, again)
    assert same_record.scores == record.scores


def _never(step: int) -> None:
    raise AssertionError(f"step {step} was made again")


def test_nothing_outside_is_moved():
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    fit(Run(threads=1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


def test_looking_does_not_move_the_training():
    def draws(model):
        torch.rand(3)
        return 0.0

    run = Run()
    quiet, _ = fit(run, replace(SETTINGS, patience=None), valid=False)
    model = new_model(run)
    order = shuffled_rows(100, 16, run, "toy.order")
    settings = replace(SETTINGS, patience=None)
    steps = iter(range(100))
    train(
        model,
        lambda step: torch.from_numpy(order(step)),
        lambda rows: loss_of(model, rows),
        settings,
        run,
        identity=IDENTITY,
        # Rising scores: the last weights are the best.
        valid=lambda: draws(model) + next(steps),
    )
    assert same(quiet, model)


def test_best_weights_are_kept_and_training_stops():
    run = Run()
    scores = iter([1.0, 3.0, 2.0, 2.0, 2.0])
    model = new_model(run)
    seen = []

    def valid() -> float:
        seen.append(weights(model))
        return next(scores)

    order = shuffled_rows(100, 16, run, "toy.order")
    record = train(
        model,
        lambda step: torch.from_numpy(order(step)),
        lambda rows: loss_of(model, rows),
        replace(SETTINGS, patience=3),
        run,
        identity=IDENTITY,
        valid=valid,
    )
    assert (record.steps, record.best_step) == (20, 8)
    assert all(torch.equal(a, b) for a, b in zip(weights(model), seen[1], strict=True))


def test_a_folder_of_another_training_is_refused(tmp_path: Path):
    fit(Run(seed=0, folder=tmp_path))
    with pytest.raises(UsageError, match=r"seed: 0 there, 1 here.*another folder"):
        fit(Run(seed=1, folder=tmp_path))
    with pytest.raises(UsageError, match=r"options\.width: 8 there, 9 here"):
        fit(Run(folder=tmp_path), identity=replace(IDENTITY, options={"width": 9}))
    with pytest.raises(UsageError, match="data: 'abc' there, 'abd' here"):
        fit(Run(folder=tmp_path), identity=replace(IDENTITY, data="abd"))
    with pytest.raises(UsageError, match=r"training\.steps: 40 there, 41 here"):
        fit(Run(folder=tmp_path), replace(SETTINGS, steps=41))


def test_control_c_keeps_the_work(tmp_path: Path):
    run = Run(folder=tmp_path)

    def interrupt(step: int) -> None:
        if step == 12:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted, match="step 13"):
        fit(run, on_step=interrupt)
    assert (tmp_path / "checkpoints" / "step-13").is_dir()
    assert same(fit(run)[0], fit(Run())[0])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_works_outside_the_main_thread():
    done = []
    thread = threading.Thread(target=lambda: done.append(fit(Run())[1].steps))
    thread.start()
    thread.join()
    assert done == [40]


def test_a_deadline_keeps_the_work(tmp_path: Path):
    run = Run(folder=tmp_path)
    with pytest.raises(DeadlinePassed):
        fit(replace(run, deadline=Deadline.after(0)))
    assert (tmp_path / "checkpoints" / "step-1").is_dir()
    assert same(fit(run)[0], fit(Run())[0])


def test_a_loss_that_is_no_number_stops_with_advice():
    run = Run()
    model = new_model(run)
    with pytest.raises(PenchantError, match=r"loss became nan at step 0.*learning rate"):
        train(
            model,
            lambda step: step,
            lambda step: model(INPUTS).sum() * float("nan"),
            SETTINGS,
            run,
            identity=IDENTITY,
        )


def test_progress_tells_rate_and_remaining_time():
    watch = Notes()
    fit(Run(watch=watch))
    assert watch.figures
    assert watch.figures[-1]["remaining_s"] == 0
    assert watch.figures[-1]["steps_per_s"] > 0
    assert {"loss", "valid"} <= set(watch.figures[-1])


def test_low_precision_learns_too():
    settings = replace(SETTINGS, steps=400, evaluate_every=40, dtype="bfloat16")
    model, record = fit(Run(), settings)
    assert record.losses[-1][1] < 0.7 * record.losses[0][1]
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_only_what_is_trained_is_kept(tmp_path: Path):
    from safetensors.torch import load_file

    run = Run(folder=tmp_path)
    model = new_model(run)
    frozen = model[0].weight.requires_grad_(False).clone()
    order = shuffled_rows(100, 16, run, "toy.order")
    train(
        model,
        lambda step: torch.from_numpy(order(step)),
        lambda rows: loss_of(model, rows),
        SETTINGS,
        run,
        identity=IDENTITY,
    )
    assert torch.equal(model[0].weight, frozen)
    kept = load_file(tmp_path / "checkpoints" / "step-40" / "weights.safetensors")
    assert sorted(kept) == ["0.bias", "2.bias", "2.weight"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"patience": 0}, "patience=0"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"embedding_rate": -1.0}, "embedding_rate"),
        ({"warmup": 1.5}, "warmup=1.5"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        Supervised(**{"steps": 1, "batch_size": 1, **options})


def test_rates_rise_and_fall():
    settings = Supervised(steps=100, batch_size=1, learning_rate=2.0, warmup=0.1)
    assert settings.rate_at(0) == pytest.approx(0.2)
    assert settings.rate_at(9) == settings.rate_at(10) == 2.0
    assert settings.rate_at(55) == pytest.approx(1.0)
    assert settings.rate_at(99) < 0.001
    constant = replace(settings, schedule="constant")
    assert constant.rate_at(99) == 2.0


def test_records_go_through_json():
    record = TrainingRecord(3, 2, 0.5, ((1, 2.0),), ((1, 0.1), (2, 0.2)))
    assert TrainingRecord.of(record.json()) == record


def test_fingerprints_tell_dtype_shape_and_values_apart():
    import numpy as np

    arrays = [np.zeros(4, np.int32), np.zeros(2, np.int64), np.zeros((2, 2), np.int32), np.ones(4)]
    assert len({fingerprint(array) for array in arrays}) == 4
    assert fingerprint(arrays[0]) == fingerprint(arrays[0].copy())
