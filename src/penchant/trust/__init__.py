"""Probes: what can be trusted of a fitted recommender, measured."""

__all__: list[str] = []
