"""Slash commands: typed options, one use case, one card."""
