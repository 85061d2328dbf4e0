"""Probes: what can be trusted of a fitted recommender, measured."""

from penchant.trust.bias import MEASURES, BiasReport, Known, discordant, measure_bias
from penchant.trust.calibration import (
    Chances,
    auc,
    calibration_error,
    chance_metrics,
    reliability,
)
from penchant.trust.injection import How, InjectionReport, attack
from penchant.trust.scenes import (
    CARRIERS,
    InjectionCase,
    Scene,
    attacked,
    injection_cases,
    prompt_of,
    scenes_of,
)

__all__ = [
    "CARRIERS",
    "MEASURES",
    "BiasReport",
    "Chances",
    "How",
    "InjectionCase",
    "InjectionReport",
    "Known",
    "Scene",
    "attack",
    "attacked",
    "auc",
    "calibration_error",
    "chance_metrics",
    "discordant",
    "injection_cases",
    "measure_bias",
    "prompt_of",
    "reliability",
    "scenes_of",
]
