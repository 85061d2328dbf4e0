"""Of every scheme, options that are fast."""

from penchant.backbones import HashedText
from penchant.indexing import (
    RQVAE,
    BalancedResidualKMeans,
    ByPopularity,
    ByTime,
    CategoryPaths,
    CollaborativeClusters,
    DigitIds,
    GivenIndex,
    Hybrid,
    IndependentCodes,
    RandomCodes,
    ResidualKMeans,
    Sequential,
    TextVectors,
    TitleWords,
)

WORDS = TextVectors(encoder=HashedText(dimension=32))
QUICK = {
    "balanced-residual-kmeans": BalancedResidualKMeans(vectors=WORDS, levels=2, width=16),
    "category": CategoryPaths(),
    "collaborative": CollaborativeClusters(clusters=4, largest=10, levels=3),
    "digits": DigitIds(),
    "given": GivenIndex(path="index"),
    "hybrid": Hybrid(),
    "independent": IndependentCodes(),
    "popularity": ByPopularity(),
    "random": RandomCodes(),
    "residual-kmeans": ResidualKMeans(vectors=WORDS),
    "rq-vae": RQVAE(vectors=WORDS, steps=20, batch_size=64, hidden=(16,), latent=8, reset_every=5),
    "sequential": Sequential(),
    "time": ByTime(),
    "title": TitleWords(),
}
