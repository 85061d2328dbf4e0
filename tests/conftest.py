"""What holds for all tests."""

import signal

# A job that a shell starts in the background ignores Ctrl-C, and so do all processes that it
# starts; the tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
