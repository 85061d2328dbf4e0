"""Probes: what can be trusted of a fitted recommender, measured."""

from penchant.trust.injection import InjectionReport, attack
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
    "InjectionCase",
    "InjectionReport",
    "Scene",
    "attack",
    "attacked",
    "injection_cases",
    "prompt_of",
    "scenes_of",
]
