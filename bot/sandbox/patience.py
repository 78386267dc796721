"""How long the doubles' waits last unless they are told: only what never comes takes so long."""

from typing import Final

PATIENCE_S: Final = 60.0
