"""LMRecSys: titles by their likelihood, corrected for what they have without a past."""

from dataclasses import replace

import polars as pl
import pytest

from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Flag
from penchant.language import LocalLM, ScriptedLM
from penchant.recommenders.lmrecsys import LMRecSys
from penchant.testing import check_recommender, walking_world

WORLD = walking_world()


@pytest.mark.parametrize(
    "method",
    [
        LMRecSys(lm=ScriptedLM(), pool=None, length="sum", prior=0.0),
        LMRecSys(lm=ScriptedLM(behaviour="down")),
    ],
    ids=["all of it", "down"],
)
def test_however_it_asks_the_promises_of_a_method_are_kept(method):
    check_recommender(method, learns=False)


def test_a_model_that_is_down_costs_the_row_nothing_but_a_flag(ask):
    queries = replace(ask([[0]]), candidates=Ragged.of([[9, 4, 7]]))
    fitted = LMRecSys(lm=ScriptedLM(behaviour="down")).fit(WORLD, Run())
    answer = fitted.recommend(queries, 3, Run())
    assert answer.items.tolist() == [[9, 4, 7]]
    assert answer.flags.tolist() == [Flag.DEGRADED]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"length": "men"}, UnknownName, "did you mean 'mean'"),
        ({"pool": 0}, UsageError, "pool=0"),
        ({"prior": -1.0}, UsageError, "prior=-1"),
        ({"prior": float("nan")}, UsageError, "prior=nan"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        LMRecSys(**options)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """The folder of a tiny model that fills in masks."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [
        *signs,
        *[
            "A",
            "user",
            "has",
            "chosen",
            "Now",
            "the",
            "may",
            "want",
            "item",
            "red",
            "blue",
            "sea",
            "sky",
            ",",
            ".",
        ],
    ]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    names = dict(zip(["pad", "unk", "cls", "sep", "mask"], signs, strict=True))
    folder = tmp_path_factory.mktemp("bert")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **{f"{name}_token": sign for name, sign in names.items()}
    ).save_pretrained(folder)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        config = BertConfig(
            vocab_size=len(words), intermediate_size=16, initializer_range=0.5, **sizes
        )
        BertForMaskedLM(config).save_pretrained(folder)
    return folder


def at_masks(folder, text, answer):
    """The log-probability of the words of an answer, each at a mask of its own."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
    whole = f"[CLS] {text} {'[MASK] ' * len(ids)}[SEP]"
    tokens = torch.tensor([tokenizer(whole, add_special_tokens=False)["input_ids"]])
    with torch.no_grad():
        likely = AutoModelForMaskedLM.from_pretrained(folder)(tokens).logits[0].log_softmax(1)
    first = tokens.shape[1] - 1 - len(ids)
    return sum(float(likely[first + at, token]) for at, token in enumerate(ids))


def test_a_model_that_fills_in_masks_gets_one_for_each_token_of_a_title(bert, make_data, ask):
    data = make_data([[0, 1], [2]], n_items=4)
    titles = pl.Series(["red", "blue sky", "sea", "sky , red sea"])
    table = data.catalog.table.with_columns(title=titles)
    told = replace(data, catalog=replace(data.catalog, table=table))
    method = LMRecSys(lm=LocalLM(str(bert), precision="float32"), prior=1.0)
    queries = replace(ask([[0]]), candidates=Ragged.of([[1, 2, 3]]))
    answer = method.fit(told, Run()).recommend(queries, 3, Run())
    past = "A user has chosen red . Now the user may want the item"
    gained = {}
    for item in (1, 2, 3):
        words = f"{titles[item]} .".split()
        both = [at_masks(bert, text, " ".join(words)) for text in (past, past[24:])]
        gained[item] = (both[0] - both[1]) / len(words)
    assert answer.items[0].tolist() == sorted(gained, key=lambda item: -gained[item])
    assert answer.scores[0] == pytest.approx(sorted(gained.values(), reverse=True), abs=1e-3)
