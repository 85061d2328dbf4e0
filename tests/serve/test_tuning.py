import gc
import sys

from penchant.serve.tuning import SWITCH_S, settle


def test_what_stays_is_not_searched_for_garbage_again():
    before = sys.getswitchinterval()
    kept = [[] for _ in range(1_000)]
    try:
        settle()
        assert sys.getswitchinterval() == SWITCH_S
        assert gc.get_freeze_count() >= len(kept)
        assert not any(found is kept for found in gc.get_objects())
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
