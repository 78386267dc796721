import math

import pytest

from tests.bench.__main__ import show
from tests.bench.measure import SHORT, measure


@pytest.mark.timeout(240)
async def test_every_figure_can_be_measured(capsys: pytest.CaptureFixture[str]):
    figures = await measure(SHORT)
    promised = {"ack_ms_p50_idle", "gpu_gap_ms_p50", "comfyui_own_gap_ms_p50", "finish_to_post_ms_p95"}
    promised |= {"progress_staleness_ms_p99", "http_429", "loop_lag_ms_p99", "ready_s", "rss_mib"}
    assert promised <= figures.keys()
    assert all(math.isfinite(value) for value in figures.values())
    show(figures)
    assert "gpu_gap_ms_p50" in capsys.readouterr().out
