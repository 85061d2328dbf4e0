"""For tests, also those of other packages: what every method must keep to."""

from penchant.testing.check_recommender import check_recommender
from penchant.testing.worlds import walking_world

__all__ = ["check_recommender", "walking_world"]
