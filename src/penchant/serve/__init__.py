"""The service: what people and programs call."""

__all__: list[str] = []
