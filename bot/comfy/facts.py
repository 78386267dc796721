"""What the headers of model files tell, as `/view_metadata` shows them."""

import asyncio
from collections.abc import Mapping

from bot.comfy.client import AnswerLost, ComfyClient
from bot.comfy.reading import dict_of, text_of
from bot.core.catalogue import ModelFacts
from bot.core.families import told
from bot.core.workflow import Json

AT_ONCE = 8
"""So many headers are asked for at the same time: each is a read of ComfyUI's disk."""

_FAMILY = ("modelspec.architecture", "ss_base_model_version")
_HASH = ("modelspec.hash_sha256", "sshs_model_hash")


def facts_of(header: Json) -> ModelFacts:
    """Read a header; one that says nothing that we understand makes facts without content."""
    values = dict_of(header)
    families = (told(text_of(values.get(name))) for name in _FAMILY)
    hashes = (text_of(values.get(name)).removeprefix("0x") for name in _HASH)
    return ModelFacts(
        family=next((family for family in families if family is not None), None),
        hash=next((digest for digest in hashes if digest), None),
    )


async def all_facts(
    client: ComfyClient, folders: Mapping[str, tuple[str, ...]], *, known: Mapping[str, ModelFacts]
) -> Mapping[str, ModelFacts]:
    """Return the facts of all these files, asking only for those not `known`.

    A file whose header did not come in time is left out, and so asked for again. Raises RendererAway.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(folder: str, name: str) -> tuple[str, ModelFacts | None]:
        async with places:
            try:
                return name, facts_of(await client.view_metadata(folder, name))
            except AnswerLost:
                return name, None

    wanted = [(folder, name) for folder, names in folders.items() for name in names]
    asked = await asyncio.gather(*(ask(folder, name) for folder, name in wanted if name not in known))
    kept = {name: known[name] for _, name in wanted if name in known}
    return kept | {name: facts for name, facts in asked if facts is not None}
