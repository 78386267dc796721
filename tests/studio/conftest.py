from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.builders import a_catalogue
from tests.studio.house import Studio, a_studio
from tests.studio.refined import NODES, WORKFLOWS


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    """A studio with all workflows that are shipped, and a ComfyUI that has every node of theirs."""
    async with a_studio() as studio:
        studio.workflows.update(WORKFLOWS)
        studio.workshop.catalogue = replace(a_catalogue(), nodes=NODES)
        yield studio
