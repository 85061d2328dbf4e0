"""Every verb through the books; budgets; answers kept one by one."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from penchant.core import Deadline, PenchantError, Run, StorageError, UsageError
from penchant.language import (
    Budget,
    Embedder,
    Ledger,
    Likelihoods,
    Prices,
    Prompt,
    Reply,
    Reranker,
    Scorer,
    ScriptedLM,
    Streamer,
    Usage,
    Writer,
    forget_open_models,
    opened,
)
from penchant.language.books import booked_batches
from penchant.language.books.budget import Amount

PROMPTS = [Prompt.chat(f"Which film comes number {n}?") for n in range(40)]


class Remote:
    """A model that is asked from threads, as one elsewhere is, and knows when it is asked."""

    name, fingerprint, window = "remote", "remote-1", None

    def __init__(self, *, concurrency=4, prices=None, pause_s=0.002, broken=None):
        self.concurrency, self.pause_s, self.broken = concurrency, pause_s, broken
        self.prices = prices or Prices()
        self.lock, self.flying, self.most, self.asked = threading.Lock(), 0, 0, []

    def open(self, run):
        return self

    def count(self, text):
        return len(text.split())

    def write(self, prompts, *, max_tokens, shape=None, sampling=None, run):
        (prompt,) = prompts
        with self.lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
            self.asked.append(prompt.text())
        time.sleep(self.pause_s)
        with self.lock:
            self.flying -= 1
        if self.broken and self.broken in prompt.text():
            raise PenchantError("the key was refused (401)")
        return [Reply(f"answer to {prompt.text()}", Usage(self.count(prompt.text()) + 8, 1))]


def write(model, books, prompts=PROMPTS, *, max_tokens=10, deadline=None):
    run = Run(books=books, deadline=deadline)
    return opened(model, run).write(prompts, max_tokens=max_tokens, run=run)


def test_a_name_is_no_language_model():
    with pytest.raises(UsageError, match=r"lm='local' is no language model: give .* LocalLM\(\)"):
        opened("local", Run())


def test_a_model_elsewhere_is_asked_from_as_many_threads_as_it_bears():
    model = Remote(concurrency=4)
    replies = write(model, Ledger.open(None))
    assert [r.text for r in replies] == [f"answer to {p.text()}" for p in PROMPTS]
    assert 2 <= model.most <= 4


def test_what_was_answered_is_kept_when_another_call_raises(tmp_path):
    model = Remote(concurrency=4, broken="number 11?")
    with Ledger.open(tmp_path / "b.sqlite") as books:
        with pytest.raises(PenchantError, match="the key was refused"):
            write(model, books)
    answered = len(model.asked) - 1
    assert answered >= 11
    after = Remote()
    with Ledger.open(tmp_path / "b.sqlite") as books:
        write(after, books)
    assert len(after.asked) == len(PROMPTS) - answered


@pytest.mark.parametrize("model", [Remote(concurrency=8), ScriptedLM()], ids=["threads", "chunks"])
@pytest.mark.parametrize("tokens", [0, 1, 60, 300, 550])
def test_a_budget_of_tokens_is_never_overrun_and_all_that_fits_is_asked(model, tokens):
    books = Ledger.open(None, budget=Budget(tokens=tokens))
    replies = write(model, books)
    assert books.spent().tokens <= tokens
    refused = [reply for reply in replies if reply.failure == "budget"]
    most = 7 + 2 * 8 + 32 + 10
    assert tokens - books.spent().tokens < most
    assert f"of {tokens:,} tokens are spent; the next call may take up to " in refused[0].detail
    assert books.figures().get("failed_budget", 0) == len(refused)


def test_a_budget_of_zero_asks_nothing_and_what_is_known_stays_free(tmp_path):
    model = Remote()
    with Ledger.open(tmp_path / "b.sqlite") as books:
        write(model, books, PROMPTS[:3])
    with Ledger.open(tmp_path / "b.sqlite", budget=Budget(tokens=0)) as books:
        replies = write(model, books, PROMPTS[:5])
    assert [reply.failure for reply in replies] == ["", "", "", "budget", "budget"]
    assert len(model.asked) == 3


def test_a_budget_of_money_needs_prices():
    with pytest.raises(UsageError, match="a budget of money, but no prices of remote"):
        opened(Remote(), Run(books=Ledger.open(None, budget=Budget(cost=1.0))))
    model = Remote(prices=Prices(prompt=10.0, completion=20.0))
    books = Ledger.open(None, budget=Budget(cost=0.003))
    replies = write(model, books)
    # 14 tokens of the prompt and 1 of the answer; at most 54 and 10 are expected of a call.
    assert 0.003 - 0.00075 < books.spent().cost <= 0.003
    assert {reply.failure for reply in replies} == {"", "budget"}
    assert replies[0].usage.cost == pytest.approx(0.00016)


def test_runs_of_one_account_share_a_budget_also_later(tmp_path):
    how = {"budget": Budget(tokens=200), "account": "mine"}
    spent = []
    for part in (PROMPTS[:6], PROMPTS[6:12], PROMPTS[12:]):
        with Ledger.open(tmp_path / "b.sqlite", **how) as books:
            write(Remote(), books, part)
            spent.append(books.spent().tokens)
    assert spent[0] < spent[1] <= spent[2] <= 200
    with Ledger.open(tmp_path / "b.sqlite", budget=Budget(tokens=200)) as other:
        assert other.spent().tokens == 0


def test_two_processes_overrun_their_budget_by_no_more_than_is_in_flight(tmp_path):
    how = {"budget": Budget(tokens=300), "account": "ours"}
    ledgers = [Ledger.open(tmp_path / "b.sqlite", **how) for _ in range(2)]
    threads = [
        threading.Thread(target=write, args=(Remote(concurrency=3), books, PROMPTS[n::2]))
        for n, books in enumerate(ledgers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 < ledgers[0].spent().tokens <= 300 + 3 * 15
    assert ledgers[0].spent() == ledgers[1].spent()


@pytest.mark.parametrize("concurrency", [4, None])
def test_two_processes_share_a_batch(tmp_path, concurrency):
    prompts = [Prompt.chat(f"Which film comes number {n}?") for n in range(200)]

    def model():
        return Remote(concurrency=4) if concurrency else ScriptedLM(latency_s=0.001)

    def work():
        with Ledger.open(tmp_path / "b.sqlite") as books:
            replies = write(model(), books, prompts)
            texts.append([reply.text for reply in replies])
            spent.append(books.figures()["spent_tokens"])

    texts, spent = [], []
    write(model(), alone := Ledger.open(None), prompts)
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts[0] == texts[1]
    assert sum(spent) < 1.9 * alone.spent().tokens


@pytest.mark.parametrize("problem", [KeyboardInterrupt, StorageError])
def test_whoever_leaves_a_batch_leaves_the_budget_to_others(monkeypatch, problem):
    def fail(*_):
        raise problem("no more")

    books = Ledger.open(None, budget=Budget(tokens=1_000_000))
    with monkeypatch.context() as patch:
        if problem is KeyboardInterrupt:
            patch.setattr(booked_batches, "first_done", fail)
        else:
            patch.setattr(Ledger, "store", fail)
        with pytest.raises(problem):
            write(Remote(concurrency=4), books)
    assert books._in_flight == Amount()
    assert all(not reply.failure for reply in write(Remote(concurrency=4), books))


def test_a_deadline_leaves_the_rest_unasked():
    model = Remote(concurrency=2, pause_s=0.02)
    replies = write(model, Ledger.open(None), deadline=Deadline.after(0.08))
    late = [reply for reply in replies if reply.failure == "slow"]
    assert 0 < len(late) < len(PROMPTS)
    assert len(model.asked) == len(PROMPTS) - len(late)


def test_an_opened_model_has_the_verbs_of_its_model_and_no_others():
    run = Run()
    scripted, remote = opened(ScriptedLM(), run), opened(Remote(), run)
    for verb in (Writer, Streamer, Scorer, Embedder, Reranker):
        assert isinstance(scripted, verb)
        assert isinstance(remote, verb) == (verb is Writer)
    assert remote.name == "remote"
    assert scripted.count("two words") == 2


@pytest.mark.parametrize("mode", ["cache", "record"])
def test_scores_relevances_and_vectors_come_back_bit_for_bit(tmp_path, mode):
    prompts = [Prompt.chat("Alien or Heat?"), Prompt.chat("Blade Runner or Big?")]
    answers = [["Alien", "Heat", "Big"], ["Big"]]

    def all_verbs(books):
        run = Run(books=books)
        model = opened(ScriptedLM(), run)
        scores = model.score(prompts, answers, run=run)
        relevances = model.rerank(["space film", "city"], [["space", "sea"], ["city"]], run=run)
        return scores, relevances, model.embed(["Alien", "Heat"], run=run), model.model

    with Ledger.open(tmp_path / "b.sqlite", mode=mode) as books:
        before = all_verbs(books)
    for again in (mode, "replay"):
        with Ledger.open(tmp_path / "b.sqlite", mode=again) as books:
            after = all_verbs(books)
        assert books.figures()["from_books"] == books.figures()["calls"] == 6
        for name in ("log_probs", "n_tokens", "offsets"):
            mine, theirs = getattr(before[0], name), getattr(after[0], name)
            assert mine.dtype == theirs.dtype
            assert mine.tobytes() == theirs.tobytes()
        assert after[0].usage == before[0].usage
        assert [r.tobytes() for r in after[1]] == [r.tobytes() for r in before[1]]
        assert after[2].tobytes() == before[2].tobytes()
        assert after[3].seen == []


def test_a_score_that_failed_is_nan_counted_and_asked_again(tmp_path):
    run = Run(books=Ledger.open(tmp_path / "b.sqlite"))
    prompts, answers = PROMPTS[:2], [["Alien", "Heat"], ["Big"]]
    failed = opened(ScriptedLM(behaviour="down"), run).score(prompts, answers, run=run)
    assert np.isnan(failed.log_probs).all()
    assert failed.failures == {"down": 2}
    assert failed.offsets.tolist() == [0, 2, 3]
    again = opened(ScriptedLM(behaviour="down"), run)
    again.score(prompts, answers, run=run)
    assert len(again.model.seen) == 2


def test_a_replay_without_scores_says_nan_and_counts(tmp_path):
    Ledger.open(tmp_path / "b.sqlite").close()
    run = Run(books=Ledger.open(tmp_path / "b.sqlite", mode="replay"))
    model = opened(ScriptedLM(), run)
    scores = model.score(PROMPTS[:1], [["Alien", "Heat"]], run=run)
    assert isinstance(scores, Likelihoods)
    assert scores.failures == {"missing": 1}
    assert np.isnan(scores.log_probs).all()
    assert len(scores.log_probs) == 2
    assert np.isnan(model.rerank(["a"], [["b", "c"]], run=run)[0]).tolist() == [True, True]
    assert list(model.stream(PROMPTS[0], max_tokens=5, run=run)) == []


def test_what_was_streamed_to_its_end_is_kept(tmp_path):
    def stream(mode):
        with Ledger.open(tmp_path / f"{mode}.sqlite", mode=mode) as books:
            run = Run(books=books)
            model = opened(ScriptedLM(answers=("one two three", "four")), run)
            pieces = list(model.stream(PROMPTS[0], max_tokens=9, run=run))
            return "".join(pieces), len(model.model.seen), books.figures()

    text, asked, figures = stream("record")
    assert (text, asked, figures["completion_tokens"]) == ("one two three", 1, 3)
    assert stream("record")[:2] == ("one two three", 0)
    assert [stream("cache")[:2] for _ in "12"] == [(text, 1), (text, 0)]


def test_a_stream_that_nobody_hears_out_is_paid_for_and_not_whole(tmp_path):
    with Ledger.open(tmp_path / "b.sqlite") as books:
        run = Run(books=books)
        pieces = opened(ScriptedLM(answers=("one two three",)), run).stream(
            PROMPTS[0], max_tokens=9, run=run
        )
        next(pieces)
        pieces.close()
        assert books.figures()["failed_cut"] == 1
        assert books.spent().tokens > 9


def test_what_names_a_person_does_not_leave_this_machine(tmp_path):
    prompts = [Prompt.chat("I am ann@example.org; which film?")]
    model, near = Remote(), opened(ScriptedLM(), Run())
    with Ledger.open(tmp_path / "b.sqlite") as books:
        write(model, books, prompts)
        assert books.figures()["redacted"] == 1
    assert model.asked == ["user: I am [email]; which film?"]
    near.write(prompts, max_tokens=5, run=Run())
    assert near.model.seen == prompts
    with Ledger.open(None, redact="never") as books:
        write(model, books, prompts)
    assert model.asked[-1] == "user: I am ann@example.org; which film?"


KILLED = """
import os, sys, time
from penchant.core import Run
from penchant.language import Ledger, Prompt, ScriptedLM, opened
with Ledger.open(sys.argv[1]) as books:
    run = Run(books=books)
    model = opened(ScriptedLM(answers=("x",), heard=sys.argv[2], latency_s=0.001), run)
    prompts = [Prompt.chat(f"film {n}") for n in range(400)]
    replies = model.write(prompts, max_tokens=3, run=run)
    print(sum(not reply.failure for reply in replies))
"""


def test_a_batch_that_is_killed_goes_on_and_repeats_only_what_was_in_flight(tmp_path):
    books, heard = tmp_path / "b.sqlite", tmp_path / "heard.jsonl"
    command = [sys.executable, "-c", KILLED, str(books), str(heard)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for lines in (50, 150, 250):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if heard.exists() and heard.read_bytes().count(b"\n") >= lines:
                break
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert child.returncode == -signal.SIGKILL
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "400"
    asked = heard.read_text().count("\n")
    assert 400 <= asked <= 400 + 3 * 16


def test_weights_stay_in_memory_from_one_opening_to_the_next():
    class LocalLM:
        """Named as the real one, which opens too slowly for this."""

        opened_times = 0

        def open(self, run):
            LocalLM.opened_times += 1
            return Remote()

    value = LocalLM()
    try:
        first, again = opened(value, Run()), opened(value, Run(seed=3))
        assert first.model is again.model
        assert opened(value, Run(threads=2)).model is not first.model
        assert LocalLM.opened_times == 2
        forget_open_models()
        assert opened(value, Run()).model is not first.model
    finally:
        forget_open_models()


def test_vectors_are_asked_for_many_at_a_time():
    sizes = []

    class Vectors(Remote):
        def embed(self, texts, *, run):
            sizes.append(len(texts))
            return np.ones((len(texts), 3), np.float32)

    run = Run(books=Ledger.open(None))
    texts = [f"film {n}" for n in range(300)]
    assert opened(Vectors(), run).embed(texts, run=run).shape == (300, 3)
    assert sizes == [128, 128, 44]


def test_what_a_local_model_takes_is_never_more_than_was_expected(tiny):
    from penchant.language import LocalLM

    value = LocalLM(tiny(), precision="float32")
    prompts = [*PROMPTS[:6], Prompt.chat("Hi", system="Yes"), Prompt.plain("Films: Alien,")]
    with Ledger.open(None, mode="estimate") as books:
        write(value, books, prompts)
        expected = books.figures()["estimated_tokens"]
    with Ledger.open(None, budget=Budget(tokens=int(expected))) as books:
        replies = write(value, books, prompts)
        assert [reply.failure for reply in replies] == [""] * len(prompts)
        assert 0.3 * expected < books.spent().tokens <= expected
    forget_open_models()
