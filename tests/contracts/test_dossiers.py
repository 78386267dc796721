import pytest

from bot.core.characters import Appearance, Pose, VariationKind
from bot.core.errors import BadRequest
from bot.ports.dossiers import Dossier, DossierLesson, DossierReference, DossierVariation
from storage.dossiers import ZippedDossiers
from tests.builders import a_lora, png
from tests.fakes.dossiers import FakeDossiers

YUKI = Dossier(
    name="雪 “Yuki” 🦊",
    design_prompt="1girl, silver hair",
    appearance=Appearance(
        hair="silver", eyes="green", clothing="kimono", key_colours="red", common_errors="hat"
    ),
    trigger="yuki",
    lora=a_lora(),
    variations=(DossierVariation(kind=VariationKind.EXPRESSION, name="smile", prompt="smiling"),),
    references=(
        DossierReference(pose=Pose.FRONT, content=png()),
        DossierReference(pose=Pose.FRONT, content=png(grey=9)),
        DossierReference(pose=Pose.ACTION, content=b"RIFF....WEBP", media_type="image/webp"),
    ),
    lessons=(DossierLesson(family="SDXL", term="extra fingers"),),
)


@pytest.fixture(params=["memory", "zip"])
def dossiers(request, pool):
    return FakeDossiers() if request.param == "memory" else ZippedDossiers(pool)


@pytest.mark.parametrize("dossier", [YUKI, Dossier(name="x")])
async def test_what_was_packed_comes_out_as_it_was(dossiers, dossier):
    assert await dossiers.unpack(await dossiers.pack(dossier)) == dossier


@pytest.mark.parametrize("content", [b"", b"x", png()])
async def test_anything_else_is_refused(dossiers, content):
    with pytest.raises(BadRequest):
        await dossiers.unpack(content)
