"""How books are kept, as values that a command line gives and another process can be told."""

from dataclasses import dataclass

from penchant.core import UsageError
from penchant.language.books.budget import Budget
from penchant.language.books.ledger import Ledger, Redact
from penchant.language.books.rows import LedgerMode


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOptions:
    """How :meth:`Ledger.open` is called.

    >>> LedgerOptions(tokens=0).open().budget
    Budget(tokens=0, cost=None)
    """

    file: str | None = None
    """SQLite; ``None``: in memory"""
    mode: LedgerMode = "cache"
    tokens: int | None = None
    """The most that may be spent"""
    cost: float | None = None
    """Likewise, money"""
    account: str = ""
    """Runs that share a budget name the same one"""
    redact: Redact = "elsewhere"

    def __post_init__(self) -> None:
        Budget(tokens=self.tokens, cost=self.cost)
        if self.mode in ("record", "replay") and self.file is None:
            raise UsageError(f"to {self.mode} calls, name a file for the books: --books FILE")

    def open(self) -> Ledger:
        """Opens the books.

        Raises:
            StorageError: As :meth:`Ledger.open`.
        """
        return Ledger.open(
            self.file,
            mode=self.mode,
            budget=Budget(tokens=self.tokens, cost=self.cost),
            account=self.account,
            redact=self.redact,
        )
