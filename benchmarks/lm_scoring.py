"""Likelihoods of 20 candidates behind one prompt, and prompts that begin alike: what sharing saves.

    OMP_NUM_THREADS=1 python benchmarks/lm_scoring.py --precision float32
    OMP_NUM_THREADS=1 python benchmarks/lm_scoring.py --precision bfloat16

SmolLM2-135M on MovieLens 100K: a person's last 20 films, then 20 numbered candidates, then the
likelihood of each candidate's title. *calls* is one transformers call for each candidate, *padded*
one call for all 20 of a person. The three take turns in one process, so their ratios mean something
on a busy machine and their seconds do not. *Sessions* are conversations whose every turn repeats
what was said, and questions one after another that begin with the same long examples.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from record import write_record

import penchant as pn
from penchant.core import Run
from penchant.language import LocalLM, Message, Prompt

HISTORY, CANDIDATES = 20, 20
TURNS, QUESTIONS = 6, 8
ASK = "Which film would I like to watch next? Answer with its title."
Timed = dict[str, list[float]]


def main() -> None:
    """Measures and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    arguments.add_argument("--people", type=int, default=4)
    arguments.add_argument("--threads", type=int, default=1)
    asked = arguments.parse_args()
    run = Run(threads=asked.threads)
    torch.set_num_threads(asked.threads)
    prompts, answers = questions(asked.people)
    figures = scoring(asked.precision, prompts, answers, run)
    figures |= sessions(asked.precision, prompts, run)
    write_record(
        f"lm_scoring_{asked.precision}",
        figures,
        note=f"{asked.people} people, {CANDIDATES} candidates, {asked.threads} thread(s); compare"
        " ratios, not seconds",
    )


def questions(people: int) -> tuple[list[Prompt], list[list[str]]]:
    """For each person, a question about candidates, and their titles."""
    data = pn.data.load("ml-100k")
    titles = data.catalog.titles()
    rng = Run().rng("benchmarks.lm_scoring")
    prompts, answers = [], []
    events = data.events.sort("user", "time")
    for user in range(people):
        watched = events.filter(events["user"] == user)["item"].to_numpy()[-HISTORY:]
        drawn = rng.choice(len(titles), CANDIDATES, replace=False)
        mine = [str(titles[i]) for i in drawn]
        listed = "\n".join(f"{number}. {title}" for number, title in enumerate(mine, 1))
        history = "\n".join(str(titles[i]) for i in watched)
        text = f"I watched these films, in this order:\n{history}\n\nCandidates:\n{listed}\n\n{ASK}"
        prompts.append(Prompt.chat(text))
        answers.append(mine)
    return prompts, answers


def scoring(
    precision: str, prompts: list[Prompt], answers: list[list[str]], run: Run
) -> dict[str, float]:
    """Seconds a person of ours and of transformers, and how far scores differ."""
    model = LocalLM(precision=precision, prefix_mb=0).open(run)  # type: ignore[arg-type]
    tokens = [model.texts.prompt(prompt) for prompt in prompts]
    told = [[model.texts.answer(text) for text in mine] for mine in answers]
    model.score(prompts[:1], [answers[0][:2]], run=run)
    taken: Timed = {"ours": [], "calls": [], "padded": []}
    apart: list[float] = []
    for i in range(len(prompts)):
        found = {
            "ours": timed(
                taken["ours"],
                lambda i=i: model.score(prompts[i : i + 1], answers[i : i + 1], run=run).log_probs,
            ),
            "calls": timed(
                taken["calls"], lambda i=i: one_call_each(model.model, tokens[i], told[i])
            ),
            "padded": timed(
                taken["padded"], lambda i=i: one_padded_call(model.model, tokens[i], told[i])
            ),
        }
        apart.append(float(np.abs(found["ours"] - found["calls"]).max()))
    started = time.perf_counter()
    model.score(prompts, answers, run=run)
    together = (time.perf_counter() - started) / len(prompts)
    medians = {who: float(np.median(times)) for who, times in taken.items()}
    return {
        "prompt_tokens": float(np.mean([len(t) for t in tokens])),
        "answer_tokens": float(np.mean([len(t) for mine in told for t in mine])),
        "ours_s": medians["ours"],
        "ours_all_people_at_once_s": together,
        "calls_s": medians["calls"],
        "padded_s": medians["padded"],
        "times_faster_than_calls": float(
            np.median(np.array(taken["calls"]) / np.array(taken["ours"]))
        ),
        "times_faster_than_padded": float(
            np.median(np.array(taken["padded"]) / np.array(taken["ours"]))
        ),
        "largest_difference_nats": max(apart),
    }


def timed(taken: list[float], work: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """What the work returns; its seconds are added."""
    started = time.perf_counter()
    found = work()
    taken.append(time.perf_counter() - started)
    return found


@torch.no_grad()
def one_call_each(model, prompt, answers) -> NDArray[np.float32]:  # type: ignore[no-untyped-def]
    """As a script would: the whole prompt for every candidate."""
    found = []
    for answer in answers:
        whole = torch.from_numpy(np.concatenate([prompt, answer]))[None]
        logits = model(input_ids=whole, logits_to_keep=len(answer) + 1, use_cache=False).logits
        likely = logits[0, :-1].float().log_softmax(1)
        found.append(float(likely[torch.arange(len(answer)), torch.from_numpy(answer)].sum()))
    return np.array(found, np.float32)


@torch.no_grad()
def one_padded_call(model, prompt, answers) -> NDArray[np.float32]:  # type: ignore[no-untyped-def]
    """As a better script would: all candidates of a person side by side."""
    longest = max(map(len, answers))
    whole = np.zeros((len(answers), len(prompt) + longest), np.int64)
    for row, answer in enumerate(answers):
        whole[row, : len(prompt)] = prompt
        whole[row, len(prompt) : len(prompt) + len(answer)] = answer
    logits = model(
        input_ids=torch.from_numpy(whole), logits_to_keep=longest + 1, use_cache=False
    ).logits
    found = []
    for row, answer in zip(logits, answers, strict=True):
        likely = row[: len(answer)].float().log_softmax(1)
        found.append(float(likely[torch.arange(len(answer)), torch.from_numpy(answer)].sum()))
    return np.array(found, np.float32)


def sessions(precision: str, prompts: list[Prompt], run: Run) -> dict[str, float]:
    """What is saved where prompts begin as others did."""
    kept = LocalLM(precision=precision).open(run)  # type: ignore[arg-type]
    not_kept = LocalLM(precision=precision, prefix_mb=0).open(run)  # type: ignore[arg-type]
    figures: dict[str, float] = {}
    for name, asked in (("conversation", conversation()), ("examples", examples(prompts))):
        taken: Timed = {"kept": [], "not_kept": []}
        tokens = reused = 0
        for prompt in asked:
            for who, model in (("kept", kept), ("not_kept", not_kept)):
                started = time.perf_counter()
                reply = model.write([prompt], max_tokens=1, run=run)[0]
                taken[who].append(time.perf_counter() - started)
                if who == "kept":
                    tokens += reply.usage.prompt_tokens
                    reused += reply.usage.reused_tokens
        later = [np.sum(taken[who][1:]) for who in ("not_kept", "kept")]
        figures |= {
            f"{name}_prompts": len(asked),
            f"{name}_reused_share": reused / tokens,
            f"{name}_times_faster_after_the_first": float(later[0] / later[1]),
        }
    return figures


def conversation() -> list[Prompt]:
    """Every turn with all turns before it."""
    turns: list[Message] = []
    asked = []
    for turn in range(TURNS):
        wish = "something slower, with a detective, a harbour and rain, but not too sad " * 2
        turns.append(Message("user", f"Turn {turn}: I would like {wish}."))
        asked.append(Prompt(tuple(turns)))
        turns.append(Message("assistant", f"Then look at film number {turn}, which is slow."))
    return asked


def examples(prompts: list[Prompt]) -> list[Prompt]:
    """Different short questions behind the same long examples."""
    shown = prompts[0].messages[0].content
    return [
        Prompt.chat(f"{shown}\n\nNow I am in the mood for {mood}. Yes or no: film number 3?")
        for mood in ["rain", "jokes", "a chase", "songs", "the sea", "war", "robots", "a trial"]
    ][:QUESTIONS]


if __name__ == "__main__":
    main()
