"""Everything that knows discord.py and is not a command."""
