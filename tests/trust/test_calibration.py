"""Chances are held against what came true, worked by hand and against a library."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from penchant.core import Run, UsageError
from penchant.prompting import platt
from penchant.trust import Chances, auc, calibration_error, chance_metrics, reliability
from penchant.trust.plots import reliability_plot

RUN = Run()


def drawn(n=4_000, slope=1.0, offset=0.0):
    """Chances that would be right, said with their log-odds stretched and moved."""
    rng = RUN.rng("tests.calibration")
    odds = rng.normal(0, 1.5, n)
    truth = rng.random(n) < 1 / (1 + np.exp(-odds))
    return slope * odds + offset, truth


def chances(odds, truth):
    return Chances(1 / (1 + np.exp(-odds)), truth)


@pytest.mark.parametrize(
    ("said", "true", "error"),
    [
        ([1.0, 1.0, 0.0, 0.0], [1, 1, 0, 0], 0),
        ([1.0, 1.0, 0.0, 0.0], [0, 0, 1, 1], 1),
        ([0.9, 0.9, 0.1, 0.1], [1, 0, 0, 0], 0.25),
        ([0.55, 0.55, 0.95], [1, 0, 1], 0.05),
        ([0.5], [1], 0.5),
    ],
)
def test_the_error_by_hand(said, true, error):
    told = Chances(np.array(said), np.array(true, bool))
    assert calibration_error(told) == pytest.approx(error)


def test_bins_say_where_answers_lie():
    told = Chances(np.array([0.0, 0.1, 0.49, 0.5, 1.0]), np.array([0, 1, 0, 1, 1], bool))
    table = reliability(told, bins=2)
    assert table["n"].to_list() == [3, 2]
    assert table["true"].to_list() == pytest.approx([1 / 3, 1])
    assert reliability(told, bins=5, by="count")["n"].to_list() == [1, 1, 1, 1, 1]


def test_figures_are_those_of_a_library():
    told = chances(*drawn(500, slope=2))
    found = chance_metrics(told, RUN)
    assert found["brier"] == pytest.approx(brier_score_loss(told.truth, told.chance))
    assert found["log_loss"] == pytest.approx(log_loss(told.truth, told.chance), abs=1e-6)
    assert found["auc"] == pytest.approx(roc_auc_score(told.truth, told.chance))
    assert found["ece_low"] <= found["ece"] <= found["ece_high"]


def test_right_chances_have_next_to_no_error():
    assert calibration_error(chances(*drawn())) < 0.03


@pytest.mark.parametrize(("slope", "offset"), [(4, 0), (0.3, 0), (1, 2), (-1, 0)])
def test_calibration_takes_the_error_away_and_keeps_the_order(slope, offset):
    odds, truth = drawn(slope=slope, offset=offset)
    learned, shift = platt(odds[:2_000].astype(np.float32), truth[:2_000])
    before, after = (
        chances(odds[2_000:], truth[2_000:]),
        chances(learned * odds[2_000:] + shift, truth[2_000:]),
    )
    assert calibration_error(before) > 0.08
    assert calibration_error(after) < 0.05
    turned = auc(before) if learned > 0 else 1 - auc(before)
    assert auc(after) == pytest.approx(turned)


def test_what_is_not_known_is_counted_and_left_out():
    told = Chances(np.array([0.9, np.nan]), np.array([True, False]))
    found = chance_metrics(told, RUN)
    assert (found["n"], found["unread"]) == (1, 1)
    assert np.isnan(found["auc"])
    nothing = chance_metrics(Chances(np.array([np.nan]), np.array([True])), RUN)
    assert np.isnan(nothing["ece"])


def test_what_is_no_chance_is_refused():
    with pytest.raises(UsageError, match="need 0 to 1"):
        Chances(np.array([0.5, 1.5]), np.array([True, False]))
    with pytest.raises(UsageError, match="need one each"):
        Chances(np.array([0.5]), np.array([True, False]))
    with pytest.raises(UsageError, match="bins=0"):
        reliability(Chances(np.array([0.5]), np.array([True])), bins=0)


def test_the_picture_tells_the_errors():
    told = {"said": chances(*drawn(200, slope=4)), "calibrated": chances(*drawn(200))}
    drawing = reliability_plot(told)
    assert f"said: error {calibration_error(told['said']):.3f}" in drawing
    assert "calibrated: error" in drawing
