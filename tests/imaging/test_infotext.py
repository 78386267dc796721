from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.generation import Lora
from bot.core.inscription import Parameters
from bot.imaging.infotext import MOST_INFOTEXT, parsed, written
from bot.imaging.samplers import a1111_sampler, a1111_schedule, comfyui_sampler, comfyui_scheduler
from tests.builders import a_size

WEBUI = """masterpiece, 1girl, <lora:yuki_v2:0.8>, silver hair,
(fireflies:1.2), night
Negative prompt: lowres, bad anatomy,
worst quality
Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 18446744073709551615, Size: 832x1216, \
Model hash: 6ce0161689, Model: animagine-xl-4.0, VAE: "sdxl, fixed.vae", Denoising strength: 0.45, Clip skip: 2, \
Lora hashes: "yuki_v2: 1a2b3c, other: 4d5e6f", ADetailer prompt: "face, \\"smile\\"", Version: v1.10.1"""


def test_everything_that_the_webui_writes_is_read():
    assert parsed(WEBUI) == Parameters(
        prompt="masterpiece, 1girl, silver hair,\n(fireflies:1.2), night",
        negative="lowres, bad anatomy,\nworst quality",
        seed=18446744073709551615,
        steps=28,
        cfg=6.5,
        sampler="dpmpp_2m",
        scheduler="karras",
        denoise=0.45,
        model="animagine-xl-4.0",
        model_hash="6ce0161689",
        loras=(Lora(name="yuki_v2", strength=0.8),),
        size=a_size(832, 1216),
        others=(
            ("VAE", "sdxl, fixed.vae"),
            ("Clip skip", "2"),
            ("Lora hashes", "yuki_v2: 1a2b3c, other: 4d5e6f"),
            ("ADetailer prompt", 'face, "smile"'),
            ("Version", "v1.10.1"),
        ),
    )


def test_newer_versions_name_the_schedule_apart():
    found = parsed("cat\nSteps: 20, Sampler: DPM++ 2M SDE, Schedule type: Exponential, Seed: 1")
    assert (found.sampler, found.scheduler) == ("dpmpp_2m_sde", "exponential")


def test_without_a_negative_prompt_there_is_none():
    assert parsed("cat\nSteps: 20, Seed: 1").negative is None
    assert parsed("cat\nNegative prompt:\nSteps: 20, Seed: 1").negative == ""


def test_a_file_may_lack_the_settings_or_the_prompt():
    assert parsed("cat\nNegative prompt: dog") == Parameters(prompt="cat", negative="dog")
    assert parsed("Steps: 20, Seed: 7") == Parameters(prompt="", steps=20, seed=7)


def test_windows_line_ends_are_line_ends():
    assert parsed("cat\r\nNegative prompt: dog\r\nSteps: 1, Seed: 2").negative == "dog"


def test_a_colon_in_the_last_line_of_a_prompt_makes_no_settings():
    assert parsed("a sign that reads: hello, friend: yes") is None


@pytest.mark.parametrize(
    "tag", ["<lora:yuki>", "<lora:yuki:1>", "<lora:yuki:1.0>", "<lora:yuki:1:lbw=ALL>", "<lora:yuki:1:0.5>"]
)
def test_a_lora_tag_may_be_short_or_long(tag):
    assert parsed(f"cat {tag}\nSteps: 1, Seed: 2").loras == (Lora(name="yuki", strength=1.0),)


@pytest.mark.parametrize(
    "setting", ["Steps: many", "CFG scale: nan", "Size: big", "Size: 0x0", f"Seed: {'9' * 40}"]
)
def test_a_setting_that_makes_no_sense_is_left_out(setting):
    found = parsed(
        f"cat\n{setting}, Model: m, Seed: 5" if "Seed" not in setting else f"cat\n{setting}, Model: m"
    )
    assert (found.steps, found.cfg, found.size) == (None, None, None)
    assert found.model == "m"


@pytest.mark.parametrize(
    "text", ["", "just words", "{}", "x" * (MOST_INFOTEXT + 1), " " * 200_000, "a" * 200_000, 'a: "' * 50_000]
)
def test_what_is_no_infotext_is_none(text):
    assert parsed(text) is None


# ── writing

WORDS = st.text("abc ,.()#é猫\n\"'\\<>", max_size=60).map(
    lambda text: "\n".join(text.split("\n")).strip(" ,\n")
)
NAMES = st.text("abcXYZ_-. 猫", min_size=1, max_size=12).map(str.strip).filter(bool)
LORAS = st.builds(Lora, name=NAMES, strength=st.decimals(-2, 2, places=2).map(float).filter(bool))
PARAMETERS = st.builds(
    Parameters,
    prompt=WORDS,
    negative=st.none() | WORDS.filter(bool),
    seed=st.integers(0, 2**64 - 1),
    steps=st.integers(1, 150),
    cfg=st.floats(0, 30),
    sampler=st.sampled_from(["euler", "dpmpp_2m", "res_multistep", "uni_pc"]),
    scheduler=st.sampled_from(["normal", "karras", "beta", "gits"]),
    denoise=st.none() | st.floats(0, 1),
    model=st.none() | NAMES,
    loras=st.lists(LORAS, max_size=3).map(tuple),
    size=st.none() | st.builds(a_size, st.integers(1, 9999), st.integers(1, 9999)),
    others=st.dictionaries(
        st.sampled_from(["Clip skip", "VAE", "Genga job"]), NAMES | WORDS.filter(bool)
    ).map(lambda found: tuple(found.items())),
)


@given(parameters=PARAMETERS)
def test_what_is_written_is_read_back_the_same(parameters):
    assert parsed(written(parameters)) == parameters


def test_the_text_looks_as_other_tools_write_it():
    parameters = Parameters(
        prompt="1girl, silver hair",
        negative="lowres",
        seed=7,
        steps=25,
        cfg=5.0,
        sampler="euler_ancestral",
        scheduler="normal",
        model="sdxl\\anime/animagine-xl-4.0.safetensors",
        loras=(Lora(name="people/yuki.safetensors", strength=0.8),),
        size=a_size(832, 1216),
        others=(("Genga job", "#12, picture 1"),),
    )
    assert written(parameters) == (
        "1girl, silver hair <lora:yuki:0.8>\n"
        "Negative prompt: lowres\n"
        "Steps: 25, Sampler: Euler a, Schedule type: Automatic, CFG scale: 5, Seed: 7, Size: 832x1216, "
        'Model: animagine-xl-4.0, Genga job: "#12, picture 1"'
    )


def test_a_prompt_cannot_pass_itself_off_as_the_negative_one():
    sly = Parameters(prompt="cat\nNegative prompt: dog", negative="fox", steps=1, seed=2)
    assert parsed(written(sly)).negative == "fox"


@given(text=st.text())
def test_no_text_trips_the_reader(text):
    parsed(text)
    parsed(f"{text}\nSteps: 1, Seed: 2")
    written(replace(Parameters(), prompt=text, negative=text, model=text, others=((text, text),)))


@pytest.mark.parametrize("sampler", ["euler", "euler_ancestral", "dpmpp_3m_sde", "res_multistep"])
def test_a_samplers_name_survives_both_ways(sampler):
    assert comfyui_sampler(a1111_sampler(sampler)) == (sampler, None)


@pytest.mark.parametrize("scheduler", ["normal", "karras", "sgm_uniform", "linear_quadratic"])
def test_a_schedulers_name_survives_both_ways(scheduler):
    assert comfyui_scheduler(a1111_schedule(scheduler)) == scheduler
