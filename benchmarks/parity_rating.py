"""RatingBias beside Surprise: the same baseline, and a matrix factorisation for scale.

    PENCHANT_DATA=../shared/data python benchmarks/parity_rating.py

Both learn from the same ratings of MovieLens 100K and foretell the same random fifth. Surprise's
``BaselineOnly`` has the same formula and the same regularisation (10 ratings of an item, 15 of a
person); its ``SVD`` is the usual figure of a tuned matrix factorisation.
"""

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from peers import ask, interpreter
from record import write_record

ROUNDS = 100
"""Of both, so that they arrive at the same point."""


def main() -> None:
    """Prepares the ratings, asks both, and compares what they say."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _penchant(Path(folder))
        peer = ask(interpreter("surprise", ["scikit-surprise"]), "surprise", Path(folder))
    theirs = np.array(peer.pop("baseline"))
    write_record(
        "parity_rating",
        {
            "ratings": len(theirs),
            "largest_difference_of_a_rating": float(np.abs(theirs - ours.pop("said")).max()),
            "penchant": ours,
            "surprise": peer,
        },
    )


def _penchant(folder: Path) -> dict[str, Any]:
    import penchant as pn  # the peer's environment does not have it

    data = pn.data.load("ml-100k")
    split = pn.data.split_ratio(data, valid=0.0, shuffled=True)
    rated = pn.data.rated_cases(split.test, data)
    run = pn.Run()
    fitted = pn.RatingBias(rounds=ROUNDS).fit(split.train, run)
    said = fitted.rate(rated.queries, rated.items, run)
    users = rated.queries.users
    assert users is not None
    train = split.train.events.select("user", "item", "rating").to_numpy()
    test = np.stack([users, rated.items, rated.ratings], 1)
    np.savez(folder / "ratings.npz", train=train, test=test)
    report = pn.evaluate(fitted, rated, run=run, metrics="rmse,mae").summary()
    return {"said": said, **dict(report.select("metric", "value").iter_rows())}


def _surprise(folder: Path) -> dict[str, Any]:
    from surprise import SVD, BaselineOnly, Dataset, Reader

    with np.load(folder / "ratings.npz") as ratings:
        train, test = ratings["train"], ratings["test"]
    lines = [(int(user), int(item), float(given), None) for user, item, given in train]
    data = Dataset(Reader(rating_scale=(1, 5)))
    known = data.construct_trainset(lines)
    given = test[:, 2]
    options = {"method": "als", "n_epochs": ROUNDS, "reg_i": 10, "reg_u": 15}
    found: dict[str, Any] = {"versions": {"scikit-surprise": version("scikit-surprise")}}
    for name, model in (
        ("baseline", BaselineOnly(bsl_options=options, verbose=False)),
        ("svd", SVD(random_state=0)),
    ):
        model.fit(known)
        said = np.array([model.predict(int(user), int(item)).est for user, item, _ in test])
        found[f"{name}_rmse"] = float(np.sqrt(np.mean((said - given) ** 2)))
        found[f"{name}_mae"] = float(np.mean(np.abs(said - given)))
        if name == "baseline":
            found[name] = said.tolist()
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["surprise"]:
        print(json.dumps(_surprise(Path(sys.argv[2]))))
    else:
        main()
