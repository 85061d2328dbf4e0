"""The global generator and the thread count of torch, for the length of one piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from penchant.core import Run


@contextmanager
def torch_draws(run: Run, purpose: str) -> Iterator[None]:
    """Inside, torch draws from a stream of its own and computes on ``run.threads`` threads.

    Initial weights and dropout come from torch's global generator: it is forked and seeded here,
    and put back as it was on leaving, as is the number of threads.
    """
    with torch.random.fork_rng(devices=_devices(run)), torch_threads(run):
        torch.manual_seed(int(run.rng(purpose).integers(2**63)))
        yield


@contextmanager
def torch_threads(run: Run) -> Iterator[None]:
    """Inside, torch computes on ``run.threads`` threads; for what draws nothing."""
    threads = torch.get_num_threads()
    torch.set_num_threads(run.threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def draws_so_far(run: Run) -> torch.Tensor:
    """Where the streams stand: (n,) uint8, for :func:`go_on_drawing`."""
    parts = [torch.get_rng_state(), *(torch.cuda.get_rng_state(d) for d in _devices(run))]
    return torch.cat(parts)


def go_on_drawing(run: Run, state: torch.Tensor) -> None:
    """Puts the streams where :func:`draws_so_far` found them."""
    size = len(torch.get_rng_state())
    torch.set_rng_state(state[:size].clone())
    for device in _devices(run):
        torch.cuda.set_rng_state(state[size:].clone(), device)


def _devices(run: Run) -> list[torch.device]:
    device = torch.device(run.device)
    return [device] if device.type == "cuda" else []
