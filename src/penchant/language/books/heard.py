"""Streams as they are heard: what came, how they ended, what they took."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

from penchant.language.books.calls import Kept
from penchant.language.words import Reply, Usage


@dataclass(slots=True, eq=False)
class Heard:
    """A stream, as far as it was heard."""

    came: list[str] = field(default_factory=list)
    began: float = field(default_factory=monotonic)
    told: Reply | None = None
    """How it ended, where it is one that tells"""
    ended: bool = False
    was_begun: bool = True
    """Unless the model raised something before the first piece: that was no call, and took
    nothing"""

    @property
    def text(self) -> str:
        """All that came."""
        return "".join(self.came)

    def listen(self, pieces: Iterator[str]) -> Iterator[str]:
        """The pieces; what comes of them is noted."""
        try:
            self.told = yield from listened(pieces, self.came)
            self.ended = True
        except Exception:
            self.was_begun = bool(self.came)
            raise

    def kept(self, asked: int, written: int) -> Kept:
        """For the books.

        Args:
            asked: Tokens of the prompt, where the stream does not tell what it took.
            written: Tokens of what came.
        """
        usage = Usage(asked, written, 0, monotonic() - self.began, estimated=True)
        if self.told is not None:
            reply = replace(self.told, text=self.text)
        elif self.ended:
            reply = Reply(self.text, usage)
        else:
            detail = "nobody listened to the end, or the model failed; ask again"
            reply = Reply(self.text, usage, "failed", failure="cut", detail=detail)
        # What others gave may be half an answer, and no word at all may be another one next time.
        return Kept(reply, is_whole=self.told is not None and bool(self.came))

    def described(self, name: str, reply: Reply) -> str:
        """A failure, for people."""
        if self.came:
            return f"the answer of {name} broke off: {reply.detail}"
        return f"{name} gave no answer ({reply.failure}): {reply.detail}"


def listened(pieces: Iterator[str], came: list[str]) -> Generator[str, None, Reply | None]:
    """The pieces, kept in ``came``; returns how the stream ended, if it is one that tells."""
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            return end.value if isinstance(end.value, Reply) else None
        came.append(piece)
        yield piece
