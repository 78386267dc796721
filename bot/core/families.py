"""The families of models: what was trained for one does not fit another."""

import re
from enum import StrEnum
from typing import Self


class ModelFamily(StrEnum):
    """Which architecture a checkpoint or LoRA was trained on."""

    SD15 = "SD1.5"
    SDXL = "SDXL"

    @classmethod
    def guess(cls, checkpoint: str) -> Self:
        """Guess from the file's name, where ComfyUI does not tell the family."""
        return cls(cls.SDXL if _SDXL_NAME.search(checkpoint) else cls.SD15)


_SDXL_NAME = re.compile(r"xl|illustrious|pony|noob|animagine", re.IGNORECASE)
