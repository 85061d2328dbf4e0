"""For tests, also those of other packages: what every method and every scheme must keep to."""

from penchant.language import ScriptedLM
from penchant.testing.check_recommender import check_recommender
from penchant.testing.check_scheme import check_scheme
from penchant.testing.model_server import ModelServer, serve_model
from penchant.testing.worlds import walking_world

__all__ = [
    "ModelServer",
    "ScriptedLM",
    "check_recommender",
    "check_scheme",
    "serve_model",
    "walking_world",
]
