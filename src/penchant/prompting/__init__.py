"""What needs no training: prompts, how they are filled, how answers are read, and planning."""

__all__: list[str] = []
