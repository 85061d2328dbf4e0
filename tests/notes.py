"""A watcher that keeps what it is told."""


class Notes:
    """Keeps what is noted in ``said``; progress is not of interest."""

    def __init__(self):
        self.said = []

    def note(self, text):
        self.said.append(text)

    def progress(self, stage, done, total, **figures):
        pass
