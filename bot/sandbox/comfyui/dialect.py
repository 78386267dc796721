"""What a ComfyUI of a given version can do."""

import re
from dataclasses import dataclass
from typing import Self

_SINCE = {
    "progress_state": (0, 3, 45),
    "partial_execution": (0, 3, 48),
    "interrupt_by_id": (0, 3, 57),
    "fast_interrupt": (0, 3, 66),
    "create_time": (0, 3, 69),
    "preview_method": (0, 5),
    "jobs": (0, 6),
    "missing_node_type": (0, 12),
    "fetch_site_check": (0, 19),
    "forgets_cached_outputs": (0, 19),
    "dependency_cycle": (0, 20),
    "uuid_prompt_ids": (0, 25),
    "cancel_jobs": (0, 26),
    "safe_view": (0, 28),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One flag for each thing that changed between the versions a client may meet."""

    version: str
    progress_state: bool
    partial_execution: bool
    interrupt_by_id: bool
    fast_interrupt: bool
    create_time: bool
    preview_method: bool
    jobs: bool
    missing_node_type: bool
    fetch_site_check: bool
    forgets_cached_outputs: bool
    """0.19 to 0.27: a fully cached prompt without `client_id` has no outputs in its history."""
    dependency_cycle: bool
    uuid_prompt_ids: bool
    cancel_jobs: bool
    safe_view: bool

    @classmethod
    def of(cls, version: str) -> Self:
        number = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
        flags = {name: number >= since for name, since in _SINCE.items()}
        flags["forgets_cached_outputs"] &= number < (0, 28)
        return cls(version=version, **flags)

    def features(self, max_upload_size: int) -> dict[str, object]:
        """Answer `GET /features` and a client's feature flags."""
        flags: dict[str, object] = {
            "supports_preview_metadata": True,
            "max_upload_size": max_upload_size,
        }
        if self.jobs:
            flags |= {
                "supports_model_type_tags": True,
                "extension": {"manager": {"supports_v4": True}},
                "node_replacements": True,
                "assets": False,
            }
        return flags
