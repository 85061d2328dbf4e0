"""What models say of people and items, read value by value."""

import pytest

from penchant.core import UsageError
from penchant.prompting import Trait, read_traits

GENRES = ("Comedy", "Drama", "Horror", "Sci-Fi")
WANTED = [Trait("liked genre", GENRES), Trait("disliked genre", GENRES), Trait("liked directors")]


@pytest.mark.parametrize(
    "text",
    [
        "{liked genre: Comedy|Drama, disliked genre: Horror, liked directors: Ron Underwood}",
        '{"liked genre": ["comedy", "drama"], "disliked genre": "HORROR", '
        '"liked directors": ["Ron Underwood"]}',
        "Sure! Here it is:\n- **Liked genre**: Comedy, Drama\n- **Disliked genre**: Horror\n"
        "- Liked directors: Ron Underwood",
        "Liked genres = Comedy; Drama\nDisliked genres = Horror\nliked directors = Ron Underwood.",
    ],
)
def test_profiles_in_the_wild_are_read(text):
    read = read_traits(text, WANTED)
    assert read.values == {
        "liked genre": ("Comedy", "Drama"),
        "disliked genre": ("Horror",),
        "liked directors": ("Ron Underwood",),
    }
    assert not read.failures


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("liked genre: Polka, Comedy", "not a known value", 1),
        ("liked genre: unknown", "says that it does not know", 1),
        ("liked genre: N/A", "says that it does not know", 1),
        ("liked directors: " + "x" * 100, "too long", 1),
        ("liked directors: a, b, c, d, e, f, g", "too many", 2),
        ("They seem to like films.", "unreadable", 1),
        ("", "unreadable", 1),
        ("{" * 5_000, "unreadable", 1),
    ],
)
def test_what_cannot_be_taken_is_counted(text, kind, count):
    assert read_traits(text, WANTED).failures == {kind: count}


def test_a_protected_value_is_dropped_and_counted():
    refused = [Trait("age", protected=True), Trait("gender", protected=True)]
    text = "{age: 50, gender: unknown, liked genre: Drama}"
    read = read_traits(text, WANTED, refused=refused)
    assert read.values == {"liked genre": ("Drama",)}
    assert read.failures == {"protected": 1}


def test_a_value_said_twice_counts_once():
    assert read_traits("liked genre: drama, Drama, DRAMA", WANTED).values["liked genre"] == (
        "Drama",
    )


def test_markup_does_not_get_through():
    read = read_traits("liked directors: <script>x</script>\x1b[31m", WANTED)
    assert read.values["liked directors"] == ("(script)x(/script) [31m",)


@pytest.mark.parametrize("options", [{"name": " "}, {"name": "a", "most": 0}])
def test_a_trait_without_room_is_refused(options):
    with pytest.raises(UsageError, match="need a name"):
        Trait(**options)
