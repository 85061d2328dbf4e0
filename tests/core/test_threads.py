"""Work in threads can be left."""

import subprocess
import sys
import threading
import time

import pytest

from penchant.core.threads import begin, first_done, side_by_side

LEFT = """
import os, signal, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
import polars
from penchant.core.threads import begin, first_done

threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    first_done([begin(threading.Event().wait, None)])
except KeyboardInterrupt:
    print("left")
"""


def test_ctrl_c_leaves_work_that_hangs_and_the_program_ends():
    done = subprocess.run(
        [sys.executable, "-c", LEFT], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.returncode) == ("left\n", 0), done.stderr


def test_results_come_in_order_and_no_more_at_once_than_may_be():
    lock, now, most = threading.Lock(), [0], [0]

    def double(number):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.002 * (number % 3))
        with lock:
            now[0] -= 1
        return 2 * number

    assert side_by_side(double, range(20), most=4) == list(range(0, 40, 2))
    assert 2 <= most[0] <= 4


def test_what_a_thread_raises_is_raised_where_it_is_asked_for():
    (done,) = first_done([begin(int, "no number")])
    with pytest.raises(ValueError, match="no number"):
        done.result()
    with pytest.raises(ValueError, match="no number"):
        side_by_side(int, ["1", "no number", "2"], most=2)
