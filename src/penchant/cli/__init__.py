"""The command line: each verb parses, calls one function, shows what came."""

from penchant.cli.main import main

__all__ = ["main"]
