"""A long run of the whole bot, which must not grow."""
