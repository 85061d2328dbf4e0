"""A server of tools that takes what its tools name, and nothing else."""

from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, Tool
from pydantic import ValidationError

from penchant.core import did_you_mean
from penchant.serve.validation import faults_of, told_of


class ExactServer(MCPServer[Any]):  # Any: the SDK's own state
    """The SDK drops arguments that a tool has not, and tells of others as Python does."""

    async def list_tools(self) -> list[Tool]:
        """All tools; their schemas say that nothing else is taken."""
        return [
            tool.model_copy(
                update={"input_schema": {**tool.input_schema, "additionalProperties": False}}
            )
            for tool in await super().list_tools()
        ]

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],  # Any: JSON of the caller
        context: Context[Any, Any] | None = None,  # Any: as above
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool.

        Raises:
            ToolError: There is none, or it cannot be called like that.
        """
        schemas = {tool.name: tool.input_schema for tool in await super().list_tools()}
        known = schemas.get(name, {}).get("properties", {})
        for given in arguments if name in schemas else ():
            if given not in known:
                near = did_you_mean(given, known)
                told = f"{name} has no argument {given[:80]!r}{near} Known: {', '.join(known)}"
                raise ToolError(told)
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            raise ToolError(told_of(faults_of(error.__cause__.errors(), None, ""))) from error
