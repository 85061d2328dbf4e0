"""What every error looks like."""

from pydantic import BaseModel, Field


class ProblemDocument(BaseModel):
    """What is wrong, where, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    pointer: str | None = Field(
        default=None, description="The field (RFC 6901); after a # one that is not in the body."
    )
    hint: str | None = None
    request_id: str | None = None
