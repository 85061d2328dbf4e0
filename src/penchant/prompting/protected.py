"""What nobody asks a model about people unless somebody decided to: protected attributes.

A prompt that speaks of one has to declare it, and whoever uses it has to ask for it by name. The
list follows Article 21 of the Charter of Fundamental Rights of the European Union, in the words
that prompts of recommenders use.
"""

import re

PROTECTED = (
    "age",
    "caste",
    "disability",
    "ethnicity",
    "gender",
    "marital status",
    "nationality",
    "political opinion",
    "pregnant",
    "race",
    "religion",
    "sex",
    "sexual orientation",
    "skin colour",
)
"""Words for them."""

_WORD = re.compile(rf"\b({'|'.join(PROTECTED)})\b", re.IGNORECASE | re.ASCII)


def protected_in(text: str) -> tuple[str, ...]:
    """The protected attributes that a text speaks of, sorted.

    >>> protected_in("output format: {age: , gender: , liked genre: }")
    ('age', 'gender')
    """
    return tuple(sorted({found.lower() for found in _WORD.findall(text.replace("_", " "))}))
