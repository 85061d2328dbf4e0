"""Who asks, for routes that look closer than a list of items."""

from penchant.models import Asked, Model, Quota, Rules
from penchant.serve.shapes.recommending import Asking, RecommendRequest
from penchant.serve.shop import Shop


def asked_of(shop: Shop, model: Model, asked: Asking) -> Asked:
    """One row: a user with all that is known by now, or a history."""
    request = shop.request(model, asked.user_id, asked.history, 1)
    if request.user is not None:
        return model.ask([request.user])
    return model.ask(history=request.history)


def rules_of(asked: RecommendRequest) -> Rules | None:
    """What the list as a whole has to be; ``None``: nothing."""
    quotas = tuple(Quota(one.column, one.most, one.value) for one in asked.quotas)
    rules = Rules(asked.diversity, quotas)
    return None if rules.plain else rules
