"""Python's own settings, for answers that come evenly."""

import gc
import sys

SWITCH_S = 0.001
"""How long a thread may keep others waiting; Python's own 5 ms add up over a request."""


def settle() -> None:
    """Lets threads take turns sooner, and what is there now never be searched for garbage again.

    Modules and models are a million objects that stay: to search them takes a quarter of a second,
    in which nobody is answered. Call it when they are loaded.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
