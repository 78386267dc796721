"""What A1111 calls the samplers and schedulers that ComfyUI has."""

from types import MappingProxyType
from typing import Final

_A1111_SAMPLERS: Final = MappingProxyType(
    {
        "euler": "Euler",
        "euler_ancestral": "Euler a",
        "heun": "Heun",
        "lms": "LMS",
        "dpm_2": "DPM2",
        "dpm_2_ancestral": "DPM2 a",
        "dpm_fast": "DPM fast",
        "dpm_adaptive": "DPM adaptive",
        "dpmpp_2s_ancestral": "DPM++ 2S a",
        "dpmpp_sde": "DPM++ SDE",
        "dpmpp_2m": "DPM++ 2M",
        "dpmpp_2m_sde": "DPM++ 2M SDE",
        "dpmpp_3m_sde": "DPM++ 3M SDE",
        "ddim": "DDIM",
        "lcm": "LCM",
        "uni_pc": "UniPC",
        "restart": "Restart",
    }
)
_A1111_SCHEDULES: Final = MappingProxyType(
    {
        "normal": "Automatic",
        "karras": "Karras",
        "exponential": "Exponential",
        "sgm_uniform": "SGM Uniform",
        "simple": "Simple",
        "ddim_uniform": "DDIM",
        "beta": "Beta",
        "kl_optimal": "KL Optimal",
    }
)
_SAMPLERS: Final = {name.lower(): ours for ours, name in _A1111_SAMPLERS.items()}
_SCHEDULES: Final = {name.lower(): ours for ours, name in _A1111_SCHEDULES.items()}


def a1111_sampler(sampler: str) -> str:
    """Return the name that A1111 has for ComfyUI's sampler; the same name if it has none."""
    return _A1111_SAMPLERS.get(sampler, sampler)


def a1111_schedule(scheduler: str) -> str:
    return _A1111_SCHEDULES.get(scheduler, scheduler)


def comfyui_sampler(name: str) -> tuple[str, str | None]:
    """Return ComfyUI's sampler, and its scheduler if A1111's name ends in one (`DPM++ 2M Karras`)."""
    whole = name.lower()
    if whole in _SAMPLERS:
        return _SAMPLERS[whole], None
    sampler, _, schedule = whole.rpartition(" ")
    if sampler in _SAMPLERS and schedule in _SCHEDULES:
        return _SAMPLERS[sampler], _SCHEDULES[schedule]
    return name, None


def comfyui_scheduler(name: str) -> str:
    return _SCHEDULES.get(name.lower(), name)
