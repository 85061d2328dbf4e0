"""What the mini world is made of: genres with their words, seasons and sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of book: how its titles and descriptions sound, and when it is read."""

    name: str
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    subject: str
    """What its descriptions say it is about."""
    peak_month: int
    """1 to 12: people reach for it most around this month."""
    price: float
    """Typical price, in the one currency of the world."""


GENRES: tuple[Genre, ...] = (
    Genre(
        "mystery",
        ("Silent", "Missing", "Locked", "Crooked", "Hidden", "Second"),
        ("Witness", "Alibi", "Cellar", "Ledger", "Inspector", "Motive"),
        "a detective, a locked room and a lie that everybody tells",
        11,
        9.0,
    ),
    Genre(
        "space",
        ("Distant", "Burning", "Frozen", "Outer", "Hollow", "Last"),
        ("Orbit", "Beacon", "Colony", "Signal", "Airlock", "Comet"),
        "a starship, an empty colony and a signal nobody sent",
        2,
        12.0,
    ),
    Genre(
        "romance",
        ("Tender", "Summer", "Borrowed", "Golden", "Stolen", "Quiet"),
        ("Letters", "Harbour", "Wedding", "Promise", "Orchard", "Dance"),
        "two strangers, a small harbour and a letter that came too late",
        7,
        7.0,
    ),
    Genre(
        "cooking",
        ("Simple", "Rustic", "Spiced", "Sunday", "Smoked", "Honest"),
        ("Kitchen", "Bread", "Supper", "Pantry", "Broth", "Table"),
        "bread, broth and suppers for people with little time",
        12,
        18.0,
    ),
    Genre(
        "history",
        ("Forgotten", "Iron", "Royal", "Divided", "Ancient", "Paper"),
        ("Empire", "Treaty", "Siege", "Archive", "Railway", "Crown"),
        "an empire, its archives and the siege that ended it",
        10,
        16.0,
    ),
    Genre(
        "nature",
        ("Wild", "Northern", "Wandering", "Tidal", "Mossy", "Early"),
        ("River", "Heron", "Meadow", "Forest", "Glacier", "Garden"),
        "rivers, birds and a year of walking in the same forest",
        5,
        14.0,
    ),
)

OPENINGS = (
    "Part {part} of a series about {subject}.",
    "In part {part} we return to {subject}.",
    "{subject_capital}: part {part} of the series.",
)
"""How a description begins."""

FACES = (
    "Short and light.",
    "Long and slow.",
    "Sharp and funny.",
    "Dark, and not for children.",
    "Warm, for a rainy day.",
)
"""How a description ends: the mood of the item."""

PRAISE = (
    "Loved the {noun}, could not stop.",
    "Exactly my kind of {genre}.",
    "Even better than the part before.",
    "Read it in one night, the {noun} stays with me.",
)
MIXED = (
    "Fine, but the {noun} drags in the middle.",
    "Good enough for a {genre} evening.",
    "Neither here nor there.",
)
BLAME = (
    "Too much {noun}, gave up half way.",
    "Not my {genre}.",
    "Dull from the first page.",
)
"""Reviews for high, middling and low ratings."""

GIVEN_NAMES = ("Ada", "Boris", "Chen", "Dina", "Emil", "Fatou", "Goran", "Hana", "Ivo", "Jun")
FAMILY_NAMES = ("Moreno", "Okafor", "Petrov", "Quist", "Rahman", "Sato", "Turner", "Weiss")
LOCALES = ("en", "de", "fr", "es")
GENDERS = ("female", "male", "other")
