"""Which family a model belongs to, how that is known, and how it is spoken to."""

import pytest

from bot.core.families import Belonging, Knowing, ModelFamily, of_checkpoint, of_lora, told
from bot.core.profiles import ANIMAGINE, ILLUSTRIOUS, NOOBAI, PONY, PromptFormat, Tuning, profile_of

SD15, SD2, SDXL, SD3, FLUX = ModelFamily


@pytest.mark.parametrize(
    ("architecture", "family"),
    [
        ("stable-diffusion-v1", SD15),
        ("stable-diffusion-v1/lora", SD15),
        ("sd_v1", SD15),
        ("stable-diffusion-v2-768-v", SD2),
        ("sd_v2", SD2),
        ("stable-diffusion-xl-v1-base/lora", SDXL),
        ("sdxl_base_v1-0", SDXL),
        (" SDXL_base_v1-0 ", SDXL),
        ("stable-diffusion-3-medium", SD3),
        ("sd3_m", SD3),
        ("flux-1-dev/lora", FLUX),
        ("stable-cascade", None),
        ("stable-diffusion-v10", None),
        ("", None),
    ],
)
def test_what_a_file_says_of_its_architecture_tells_its_family(architecture, family):
    assert told(architecture) is family


@pytest.mark.parametrize(
    ("name", "belonging"),
    [
        ("waiIllustriousSDXL_v150.safetensors", Belonging(family=SDXL, how=Knowing.NAMED)),
        ("ponyDiffusionV6.safetensors", Belonging(family=SDXL, how=Knowing.NAMED)),
        ("noob_mix.safetensors", Belonging(family=SDXL, how=Knowing.NAMED)),
        ("v1-5-pruned.ckpt", Belonging(family=SD15, how=Knowing.NAMED)),
        ("folder/v2-1_768.ckpt", Belonging(family=SD2, how=Knowing.NAMED)),
        ("sd3_medium.safetensors", Belonging(family=SD3, how=Knowing.NAMED)),
        ("flux1-dev.safetensors", Belonging(family=FLUX, how=Knowing.NAMED)),
        ("dreamshaper_8.safetensors", Belonging(family=SD15, how=Knowing.ASSUMED)),
        ("animexl.safetensors", Belonging(family=SDXL, how=Knowing.ASSUMED)),
    ],
)
def test_a_checkpoint_always_has_a_family_and_it_is_known_how(name, belonging):
    assert of_checkpoint(name, None) == belonging
    assert of_checkpoint(name, SD2) == Belonging(family=SD2, how=Knowing.TOLD)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("ink_lines_sdxl.safetensors", SDXL),
        ("mira_xl_v2.safetensors", SDXL),
        ("miraXL.safetensors", SDXL),
        ("mira_illustrious.safetensors", SDXL),
        ("watercolor_sd15.safetensors", SD15),
        ("watercolor_sd1.5.safetensors", SD15),
        ("mira-flux.safetensors", FLUX),
        ("pony_tail.safetensors", None),
        ("noob_hero.safetensors", None),
        ("pixlart.safetensors", None),
        ("mira-v2-1.safetensors", None),
        ("mira_v2.safetensors", None),
    ],
)
def test_a_lora_has_a_family_only_where_its_name_says_it_in_so_many_words(name, family):
    known = of_lora(name, None)
    assert (known and known.family) is family
    assert of_lora(name, SD3) == Belonging(family=SD3, how=Knowing.TOLD)


def test_only_what_is_known_bars():
    named, assumed = (
        Belonging(family=SDXL, how=Knowing.NAMED),
        Belonging(family=SD15, how=Knowing.ASSUMED),
    )
    assert named.bars(Belonging(family=SD15, how=Knowing.TOLD))
    assert not named.bars(assumed)
    assert not assumed.bars(named)
    assert not named.bars(Belonging(family=SDXL, how=Knowing.TOLD))
    assert str(named) == "SDXL, going by its name"


@pytest.mark.parametrize(
    ("checkpoint", "profile"),
    [
        ("waiIllustriousSDXL_v150", ILLUSTRIOUS),
        ("noobaiXL_illustrious", NOOBAI),
        ("animagine-xl-4.0", ANIMAGINE),
        ("ponyDiffusionV6XL", PONY),
    ],
)
def test_a_kind_of_checkpoint_has_its_profile(checkpoint, profile):
    assert profile_of(checkpoint, SDXL) is profile
    assert profile_of(checkpoint, SD15).quality == ""


def test_the_checkpoint_that_lasted_is_drawn_with_as_it_was():
    tuning = Tuning(steps=25, cfg=5.0, sampler="euler_ancestral", scheduler="normal")
    assert (ILLUSTRIOUS.tuning, ILLUSTRIOUS.format) == (tuning, PromptFormat.TAGS)


@pytest.mark.parametrize("family", ModelFamily)
def test_a_plain_profile_says_nothing(family):
    plain = profile_of("anything", family)
    assert (plain.quality, plain.negative) == ("", "")
    assert (plain.window is None) == (plain.format is PromptFormat.PROSE)


def test_a_distilled_checkpoint_keeps_the_workflows_numbers():
    distilled = profile_of("illustrious_lightning_4step", SDXL)
    assert (distilled.quality, distilled.tuning) == (ILLUSTRIOUS.quality, Tuning())
