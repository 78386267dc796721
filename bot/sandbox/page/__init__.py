"""A page in the browser that looks like Discord and talks to the sandbox's one."""

from bot.sandbox.page.server import NOTICE, SandboxPage

__all__ = ["NOTICE", "SandboxPage"]
