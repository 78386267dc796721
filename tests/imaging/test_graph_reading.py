import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.generation import Lora
from bot.core.inscription import Parameters
from bot.imaging import editor_graph, graph_reading
from bot.imaging.graph_reading import parameters_of
from tests.builders import a_size

WORKFLOWS = Path(__file__).parents[2] / "bot" / "workflows"


def node(kind, **inputs):
    return {"class_type": kind, "inputs": inputs}


def told(graph):
    return parameters_of(graph_reading.nodes_of(graph))


def txt2img(**changes):
    graph = {
        "3": node(
            "KSampler", seed=7, steps=25, cfg=5.5, sampler_name="euler", scheduler="karras", denoise=1.0,
            model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="anime\\xl.safetensors"),
        "5": node("EmptyLatentImage", width=832, height=1216, batch_size=1),
        "6": node("CLIPTextEncode", text="1girl", clip=["4", 1]),
        "7": node("CLIPTextEncode", text="lowres", clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["8", 0], filename_prefix="ComfyUI"),
    }  # fmt: skip
    for key, inputs in changes.items():
        number = key.removeprefix("n")
        graph[number] = (
            inputs
            if "class_type" in inputs
            else node(graph[number]["class_type"], **{**graph[number]["inputs"], **inputs})
        )
    return graph


PLAIN = Parameters(
    prompt="1girl", negative="lowres", seed=7, steps=25, cfg=5.5, sampler="euler", scheduler="karras",
    denoise=1.0, model="anime\\xl.safetensors", size=a_size(832, 1216),
)  # fmt: skip


def test_a_plain_graph_tells_everything():
    assert told(txt2img()) == PLAIN


@pytest.mark.parametrize("name", ["txt2img", "img2img"])
def test_our_own_workflows_can_be_read(name):
    found = told(json.loads((WORKFLOWS / f"{name}.json").read_text(encoding="utf-8")))
    assert None not in (found.prompt, found.negative, found.seed, found.steps, found.cfg, found.model)
    assert (found.size is None) == (name == "img2img")


def test_loras_are_told_in_the_order_in_which_they_are_applied():
    graph = txt2img(
        n3={"model": ["11", 0]},
        n10=node(
            "LoraLoader", lora_name="first.safetensors", strength_model=0.8, model=["4", 0], clip=["4", 1]
        ),
        n11=node("LoraLoaderModelOnly", lora_name="second.safetensors", strength_model=0.5, model=["10", 0]),
    )
    assert told(graph).loras == (
        Lora(name="first.safetensors", strength=0.8),
        Lora(name="second.safetensors", strength=0.5),
    )


def test_a_stack_of_loras_leaves_out_what_is_switched_off():
    stack = node(
        "Power Lora Loader (rgthree)",
        model=["4", 0],
        lora_1={"on": True, "lora": "yuki", "strength": 0.7},
        lora_2={"on": False, "lora": "haru", "strength": 1},
        lora_3={"on": True, "lora": "None", "strength": 1},
    )
    assert told(txt2img(n3={"model": ["10", 0]}, n10=stack)).loras == (Lora(name="yuki", strength=0.7),)


def test_values_that_other_nodes_hold_are_followed():
    graph = txt2img(
        n3={"seed": ["20", 0], "steps": ["21", 0]},
        n5={"width": ["23", 0]},
        n6={"text": ["22", 0]},
        n20=node("Seed (rgthree)", seed=99),
        n21=node("Reroute", **{"": ["24", 0]}),
        n22=node("StringConcatenate", string_a="1girl", string_b=["25", 0], delimiter=", "),
        n23=node("INTConstant", value=640),
        n24=node("PrimitiveInt", value=31),
        n25=node("PrimitiveString", value="night"),
    )
    found = told(graph)
    assert (found.seed, found.steps, found.size) == (99, 31, a_size(640, 1216))
    assert found.prompt == "1girl, night"


def test_both_encoders_of_sdxl_are_read_and_the_same_words_told_once():
    both = node("CLIPTextEncodeSDXL", text_g="1girl", text_l="1girl", width=1024, height=1024, clip=["4", 1])
    differ = node("CLIPTextEncodeSDXL", text_g="1girl", text_l="silver hair", clip=["4", 1])
    assert told(txt2img(n6=both)).prompt == "1girl"
    assert told(txt2img(n6=differ)).prompt == "1girl, silver hair"


def test_a_controlnet_between_does_not_mix_the_sides_up():
    graph = txt2img(
        n3={"positive": ["10", 0], "negative": ["10", 1]},
        n10=node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], strength=1.0),
    )
    assert (told(graph).prompt, told(graph).negative) == ("1girl", "lowres")


def test_conditionings_that_are_combined_are_told_in_their_order():
    graph = txt2img(
        n3={"positive": ["10", 0]},
        n10=node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["11", 0]),
        n11=node("CLIPTextEncode", text="night", clip=["4", 1]),
    )
    assert told(graph).prompt == "1girl, night"


def test_a_negative_that_is_zeroed_out_is_empty():
    graph = txt2img(n3={"negative": ["10", 0]}, n10=node("ConditioningZeroOut", conditioning=["6", 0]))
    assert told(graph).negative == ""


def test_of_two_passes_the_first_is_told():
    graph = txt2img(
        n8={"samples": ["13", 0]},
        n12=node("LatentUpscale", samples=["3", 0], width=1664, height=2432),
        n13=node(
            "KSampler", seed=1, steps=10, cfg=4, denoise=0.4, sampler_name="ddim", scheduler="normal",
            model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["12", 0],
        ),
    )  # fmt: skip
    assert told(graph) == PLAIN


def test_a_sampler_that_nothing_saves_does_not_count():
    stray = {**txt2img()["3"], "inputs": {**txt2img()["3"]["inputs"], "seed": 1}}
    assert told({"1": stray, **txt2img()}).seed == 7


def test_the_custom_sampler_is_told_from_its_parts():
    graph = {
        "1": node("UNETLoader", unet_name="flux.safetensors"),
        "2": node("CLIPTextEncodeFlux", clip_l="cat", t5xxl="a cat on a roof", guidance=3.5, clip=["9", 0]),
        "3": node("BasicGuider", model=["1", 0], conditioning=["4", 0]),
        "4": node("FluxGuidance", conditioning=["2", 0], guidance=3.5),
        "5": node("RandomNoise", noise_seed=42),
        "6": node("KSamplerSelect", sampler_name="euler"),
        "7": node("BasicScheduler", scheduler="simple", steps=20, denoise=1, model=["1", 0]),
        "8": node(
            "SamplerCustomAdvanced", noise=["5", 0], guider=["3", 0], sampler=["6", 0], sigmas=["7", 0],
            latent_image=["10", 0],
        ),
        "10": node("EmptySD3LatentImage", width=1024, height=768, batch_size=1),
    }  # fmt: skip
    assert told(graph) == Parameters(
        prompt="cat, a cat on a roof", seed=42, steps=20, sampler="euler", scheduler="simple", denoise=1.0,
        model="flux.safetensors", size=a_size(1024, 768),
    )  # fmt: skip


def test_a_guider_with_two_prompts_tells_its_first():
    graph = {
        "1": node(
            "DualCFGGuider", cond1=["2", 0], cond2=["3", 0], negative=["4", 0], cfg_conds=5, model=["9", 0]
        ),
        "2": node("InstructPixToPixConditioning", positive=["5", 0], negative=["4", 0], pixels=["8", 0]),
        "3": node("CLIPTextEncode", text="other"),
        "4": node("CLIPTextEncode", text="dog"),
        "5": node("CLIPTextEncode", text=" cat \n"),
        "6": node("SamplerCustomAdvanced", guider=["1", 0], latent_image=["2", 2]),
    }
    found = told(graph)
    assert (found.prompt, found.negative, found.cfg) == ("cat", "dog", 5)


def test_a_numbered_stack_of_loras_is_read():
    stack = node(
        "LoRA Stacker",
        model=["4", 0],
        lora_name_1="yuki",
        lora_wt_1=0.5,
        lora_name_2="None",
        lora_name_3="haru",
    )
    assert told(txt2img(n3={"model": ["10", 0]}, n10=stack)).loras == (
        Lora(name="yuki", strength=0.5),
        Lora(name="haru", strength=1.0),
    )


def test_a_prompt_that_is_typed_into_the_sampler_itself_is_read():
    assert told(txt2img(n3={"positive": "cat", "negative": None})).prompt == "cat"


def test_a_loader_that_holds_the_prompts_is_read():
    graph = {
        "1": node(
            "Efficient Loader", ckpt_name="xl.safetensors", lora_name="None", positive="cat", negative="dog",
            empty_latent_width=512, empty_latent_height=768,
        ),
        "2": node(
            "KSampler (Efficient)", seed=5, steps=20, cfg=7, sampler_name="euler", scheduler="normal",
            denoise=1, model=["1", 0], positive=["1", 1], negative=["1", 2], latent_image=["1", 3],
        ),
    }  # fmt: skip
    found = told(graph)
    assert (found.prompt, found.negative, found.model) == ("cat", "dog", "xl.safetensors")
    assert (found.size, found.loras) == (a_size(512, 768), ())


@pytest.mark.parametrize("graph", [None, [], "x", {}, {"1": 5}, {"1": node("SaveImage", images=["1", 0])}])
def test_what_samples_nothing_tells_nothing(graph):
    assert told(graph) is None


def test_circles_and_lost_ways_end():
    graph = txt2img(
        n3={"positive": ["6", 0], "model": ["3", 0], "latent_image": ["404", 0], "seed": ["30", 0]},
        n6={"text": ["31", 0]},
        n30=node("A", seed=["30", 0]),
        n31=node("B", text=["31", 0], text1=["6", 0]),
    )
    found = told(graph)
    assert (found.prompt, found.model, found.size, found.seed) == (None, None, None, None)


def test_a_maze_of_texts_is_walked_once():
    maze = {f"{n}": node("Join", text1=[f"{n + 1}", 0], text2=[f"{n + 1}", 0]) for n in range(100, 180)}
    assert told(txt2img(n6={"text": ["100", 0]}) | maze).prompt is None


@pytest.mark.parametrize(
    "changes",
    [{"seed": -1}, {"seed": 2**64}, {"seed": True}, {"seed": 1.5}, {"seed": "7"}, {"cfg": float("nan")},
     {"cfg": 10**400}, {"steps": None}, {"sampler_name": 5}, {"denoise": {}}],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_left_out(changes):
    found = told(txt2img(n3=changes))
    assert getattr(found, {"sampler_name": "sampler"}.get(*changes, *changes)) is None


# ── the editor's format


def in_editor():
    return {
        "nodes": [
            {
                "id": 3, "type": "KSampler", "mode": 0,
                "inputs": [
                    {"name": "model", "link": 10}, {"name": "positive", "link": 11},
                    {"name": "negative", "link": 12}, {"name": "latent_image", "link": 13},
                ],
                "widgets_values": [7, "randomize", 25, 5.5, "euler", "karras", 1.0],
            },
            {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["anime\\xl.safetensors"]},
            {"id": 5, "type": "EmptyLatentImage", "widgets_values": [832, 1216, 1]},
            {"id": 6, "type": "CLIPTextEncode", "inputs": [{"name": "clip", "link": None}], "widgets_values": ["1girl"]},
            {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["lowres"]},
            {"id": 8, "type": "Reroute", "inputs": [{"name": "", "link": 14}]},
        ],
        "links": [
            [10, 8, 0, 3, 0, "MODEL"], [11, 6, 0, 3, 1, "CONDITIONING"], [12, 7, 0, 3, 2, "CONDITIONING"],
            {"id": 13, "origin_id": 5, "origin_slot": 0, "target_id": 3, "target_slot": 3}, [14, 4, 0, 8, 0, "MODEL"],
        ],
    }  # fmt: skip


def told_in_editor(document):
    return parameters_of(editor_graph.nodes_of(document))


def test_the_editors_format_tells_the_same():
    assert told_in_editor(in_editor()) == PLAIN


def test_a_muted_node_does_not_count():
    document = in_editor()
    document["nodes"][4]["mode"] = 2
    assert told_in_editor(document).negative is None


def test_a_bypassed_node_is_passed_through_and_does_nothing():
    document = in_editor()
    document["nodes"][5] = {
        "id": 8, "type": "LoraLoader", "mode": 4, "inputs": [{"name": "model", "link": 14}],
        "widgets_values": ["yuki", 0.8, 0.8],
    }  # fmt: skip
    assert told_in_editor(document) == PLAIN


def test_newer_editors_name_the_values_in_the_file():
    document = in_editor()
    document["nodes"][2] = {
        "id": 5, "type": "Somebody's Canvas", "widgets_values": [640, 480],
        "inputs": [{"name": "width", "widget": {"name": "width"}}, {"name": "height", "widget": {"name": "height"}}],
    }  # fmt: skip
    assert told_in_editor(document).size == a_size(640, 480)


def test_values_that_stand_by_name_are_taken_as_they_are():
    document = in_editor()
    document["nodes"][2] = {"id": 5, "type": "X", "widgets_values": {"width": 640, "height": 480}}
    assert told_in_editor(document).size == a_size(640, 480)


# ── whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "seed",
    "model",
    "positive",
    "negative",
    "latent_image",
    "text",
    "steps",
    "guider",
    "pipe",
    "lora_name",
    "images",
    "",
]
INPUTS = st.dictionaries(
    st.sampled_from(NAMES), JSON | st.tuples(st.sampled_from("1234"), st.just(0)).map(list), max_size=8
)
GRAPHS = st.dictionaries(
    st.sampled_from("1234"),
    st.builds(
        lambda kind, inputs: node(kind, **inputs), st.sampled_from(["KSampler", "SaveImage", "X"]), INPUTS
    )
    | JSON,
)


@given(graph=GRAPHS)
def test_no_graph_trips_the_walk(graph):
    told(graph)


@given(
    nodes=st.lists(
        JSON
        | st.fixed_dictionaries(
            {"id": JSON, "type": st.sampled_from(["KSampler", "X"]), "inputs": JSON, "widgets_values": JSON}
        )
    ),
    links=st.lists(JSON),
)
def test_no_editors_file_trips_the_walk(nodes, links):
    told_in_editor({"nodes": nodes, "links": links})
    told_in_editor(nodes)
