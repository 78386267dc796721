"""One builder per type: a valid value out of nothing, of which a test names only what it is about."""

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID, uuid4

from bot.core.artifact import Artifact, Output
from bot.core.batching import Batch, BatchKind, Outline
from bot.core.catalogue import Catalogue, ModelFacts
from bot.core.characters import (
    Appearance,
    Character,
    CharacterReference,
    Lesson,
    Pose,
    Variation,
    VariationKind,
)
from bot.core.families import ModelFamily
from bot.core.generation import GenerationRequest, Lora, Origin, Recipe, Reference, Seed, Size
from bot.core.job import Card, Failure, Job, JobEvent, JobState, Timings, Warmth
from bot.core.library import Gallery, GalleryKind, GuildSettings, Project
from bot.core.likeness import Likeness
from bot.core.lineage import Descent, Lineage
from bot.core.posting import Posting, PostingKind, PostingState, nonce_of
from bot.core.progress import Accepted, NodeStarted, Rendered, RenderEvent, Sampled, Started
from bot.core.queueing import Kind, Limits, Waiting
from bot.core.review import Review
from bot.core.workflow import Defaults, Graph, Link, LoraAnchor, Node, Place, Workflow
from bot.ports.pictures import Picture
from bot.ports.poster import Notice, PicturePost
from bot.ports.renderer import Order, RendererHealth, Upload
from bot.ports.review import Pin, Verdict
from bot.ports.stores import Entry, EntryKind, NewJob, NewProject

NOW = 1_790_000_000_000
"""The moment at which every story begins, in UTC milliseconds."""

T = TypeVar("T")

GUILD, CHANNEL, USER = 700, 710, 42


def _built(of: Callable[..., T], changes: Mapping[str, Any], /, **usual: Any) -> T:
    return of(**{**usual, **changes})


def a_size(width: int = 832, height: int = 1216) -> Size:
    return Size(width=width, height=height)


def a_lora(**changes: Any) -> Lora:
    return _built(Lora, changes, name="mira_v2.safetensors", strength=0.8)


def a_reference(**changes: Any) -> Reference:
    sha256 = "ab" * 32
    path = f"library/references/ab/{sha256}.png"
    return _built(Reference, changes, sha256=sha256, path=path, size=a_size(512, 768))


def a_request(**changes: Any) -> GenerationRequest:
    return _built(GenerationRequest, changes, prompt="1girl, silver hair, harbour at dusk")


def a_recipe(**changes: Any) -> Recipe:
    return _built(
        Recipe,
        changes,
        workflow="txt2img",
        prompt="1girl, silver hair, harbour at dusk",
        negative="lowres, bad anatomy",
        size=a_size(),
        count=1,
        seed=Seed(1870400651),
        steps=25,
        cfg=5.0,
        sampler="euler_ancestral",
        scheduler="normal",
        model="illustrious_xl.safetensors",
    )


def an_origin(**changes: Any) -> Origin:
    """Return an origin whose key nobody else has."""
    return _built(
        Origin, changes, key=uuid4().hex, user=USER, user_name="artist", guild=GUILD, channel=CHANNEL
    )


def a_new_job(**changes: Any) -> NewJob:
    return _built(
        NewJob,
        changes,
        uid=uuid4(),
        request=a_request(),
        recipe=a_recipe(),
        origin=an_origin(),
        created=NOW,
        graph=a_graph(),
    )


def a_new_project(name: str = "Harbour", **changes: Any) -> NewProject:
    return _built(
        NewProject, changes, name=name, slug=name.casefold(), guild=GUILD, gallery=None, by=USER, at=NOW
    )


def a_job(**changes: Any) -> Job:
    return _built(
        Job,
        changes,
        id=1,
        uid=UUID(int=1),
        request=a_request(),
        recipe=a_recipe(),
        origin=an_origin(key="interaction-1"),
        created=NOW,
        since=NOW,
        graph=a_graph(),
    )


def a_verdict(**changes: Any) -> Verdict:
    return _built(Verdict, changes, artifact=1, by=USER, by_name="artist", at=NOW, after=Review.APPROVED)


def a_pin(**changes: Any) -> Pin:
    return _built(Pin, changes, reference=a_reference(), at=NOW)


def a_batch(**changes: Any) -> Batch:
    """Return a batch whose key no other has."""
    return _built(
        Batch,
        changes,
        id=0,
        key=uuid4().hex,
        title="12 prompts",
        kind=BatchKind.PROMPTS,
        guild=GUILD,
        channel=CHANNEL,
        user=USER,
        user_name="artist",
        created=NOW,
        since=NOW,
    )


def an_outline(**changes: Any) -> Outline:
    return _built(Outline, changes, kind=BatchKind.PROMPTS, base=a_request(), text="a heron\na fox")


def a_lineage(**changes: Any) -> Lineage:
    return _built(Lineage, changes, parent=1, how=Descent.AGAIN)


def a_job_event(**changes: Any) -> JobEvent:
    return _built(JobEvent, changes, job=1, state=JobState.QUEUED, at=NOW)


def a_card(**changes: Any) -> Card:
    return _built(Card, changes, channel=CHANNEL, message=720)


def some_timings(**changes: Any) -> Timings:
    return _built(
        Timings, changes, queued=40, load=0, sample=3100, save=200, drawing=3400, warmth=Warmth.WARM
    )


def a_failure(**changes: Any) -> Failure:
    return _built(
        Failure,
        changes,
        kind="out_of_memory",
        message="The GPU's memory did not suffice.",
        hint="Draw smaller.",
    )


def an_output(**changes: Any) -> Output:
    return _built(Output, changes, filename="genga_00001_.png", subfolder="genga", type="output", node="9")


def an_artifact(**changes: Any) -> Artifact:
    return _built(
        Artifact,
        changes,
        job=1,
        index=0,
        path="library/harbour/_/2026-09-21/images/1-0.png",
        sha256="cd" * 32,
        bytes=1_620_000,
        size=a_size(),
        media_type="image/png",
        source=an_output(),
    )


def a_likeness(**changes: Any) -> Likeness:
    return _built(Likeness, changes, score=0.5, colour=0.25, structure=0.75, mean=0.4, references=2)


def a_gallery(**changes: Any) -> Gallery:
    return _built(Gallery, changes, channel=730, kind=GalleryKind.TEXT)


def a_project(**changes: Any) -> Project:
    return _built(
        Project,
        changes,
        id=1,
        guild=GUILD,
        name="Harbour",
        slug="harbour",
        created=NOW,
        created_by=USER,
        gallery=a_gallery(),
    )


def some_guild_settings(**changes: Any) -> GuildSettings:
    return _built(GuildSettings, changes, guild=GUILD)


def a_character(**changes: Any) -> Character:
    return _built(
        Character,
        changes,
        id=1,
        project=1,
        name="Yuki",
        slug="yuki",
        created=NOW,
        created_by=USER,
        design_prompt="1girl, silver hair, calm",
        appearance=Appearance(hair="silver hair, long", eyes="green eyes", common_errors="hat, short hair"),
        trigger="yuki",
    )


def a_variation(**changes: Any) -> Variation:
    return _built(
        Variation,
        changes,
        id=1,
        character=1,
        kind=VariationKind.OUTFIT,
        name="kimono",
        prompt="white kimono, red obi",
    )


def a_character_reference(**changes: Any) -> CharacterReference:
    reference = a_reference()
    return _built(
        CharacterReference,
        changes,
        id=1,
        character=1,
        pose=Pose.FRONT,
        path=reference.path,
        sha256=reference.sha256,
        bytes=90_000,
        size=reference.size,
        added=NOW,
        added_by=USER,
    )


def a_lesson(**changes: Any) -> Lesson:
    return _built(
        Lesson,
        changes,
        id=1,
        character=1,
        family=ModelFamily.SDXL,
        term="extra fingers",
        at=NOW,
        by=USER,
        decision=1,
    )


def a_posting(**changes: Any) -> Posting:
    return _built(
        Posting,
        changes,
        id=1,
        job=1,
        kind=PostingKind.PICTURES,
        part=0,
        nonce=nonce_of(UUID(int=1), PostingKind.PICTURES, 0),
        state=PostingState.PENDING,
        created=NOW,
    )


def a_kind(**changes: Any) -> Kind:
    return _built(
        Kind,
        changes,
        workflow="txt2img",
        model="illustrious_xl.safetensors",
        steps=25,
        count=1,
        pixels=a_size().pixels,
    )


def a_waiting(**changes: Any) -> Waiting:
    return _built(Waiting, changes, job=1, user=USER, since=NOW, kind=a_kind())


def some_limits(**changes: Any) -> Limits:
    return _built(Limits, changes, per_user=20, in_all=200)


def an_entry(**changes: Any) -> Entry:
    return _built(Entry, changes, kind=EntryKind.COMMAND, name="generate", at=NOW, user=USER)


def a_catalogue(**changes: Any) -> Catalogue:
    return _built(
        Catalogue,
        changes,
        checkpoints=("illustrious_xl.safetensors", "counterfeit_v3.safetensors"),
        loras=("mira_v2.safetensors", "ink_lines.safetensors"),
        samplers=("euler", "euler_ancestral", "dpmpp_2m"),
        schedulers=("normal", "karras"),
        nodes=a_graph().class_types() | {"LoraLoader", "LoadImage", "VAEEncode", "ImageScale"},
        seen=NOW,
        upscalers=("4x_anime.pth",),
        facts={
            "illustrious_xl.safetensors": ModelFacts(family=ModelFamily.SDXL, hash="0123abcd"),
            "counterfeit_v3.safetensors": ModelFacts(family=ModelFamily.SD15),
            "mira_v2.safetensors": ModelFacts(),
            "ink_lines.safetensors": ModelFacts(),
        },
        version="0.33.0",
    )


def a_node(class_type: str = "KSampler", *, title: str | None = None, **inputs: Any) -> Node:
    return Node(class_type=class_type, inputs=inputs, title=title or class_type)


def a_graph(**changes: Any) -> Graph:
    """Return text to image in its seven nodes."""
    checkpoint, latent, sampler, decoded = ("4", "5", "3", "8")
    nodes = {
        "4": a_node("CheckpointLoaderSimple", title="Checkpoint", ckpt_name="illustrious_xl.safetensors"),
        "5": a_node("EmptyLatentImage", title="Latent", width=832, height=1216, batch_size=1),
        "6": a_node("CLIPTextEncode", title="Prompt", text="", clip=_link(checkpoint, 1)),
        "7": a_node("CLIPTextEncode", title="Negative", text="", clip=_link(checkpoint, 1)),
        "3": a_node(
            "KSampler",
            title="Sampler",
            seed=0,
            steps=25,
            cfg=5.0,
            sampler_name="euler_ancestral",
            scheduler="normal",
            denoise=1.0,
            model=_link(checkpoint),
            positive=_link("6"),
            negative=_link("7"),
            latent_image=_link(latent),
        ),
        "8": a_node("VAEDecode", title="Decode", samples=_link(sampler), vae=_link(checkpoint, 2)),
        "9": a_node("SaveImage", title="Save", filename_prefix="genga", images=_link(decoded)),
    }
    return _built(Graph, changes, nodes=nodes)


def _link(node: str, slot: int = 0) -> Any:
    return Link(node=node, slot=slot).to_api()


def some_defaults(**changes: Any) -> Defaults:
    return _built(Defaults, changes, steps=25, cfg=5.0, sampler="euler_ancestral", scheduler="normal")


def a_workflow(**changes: Any) -> Workflow:
    """Return text to image with all its places and a LoRA anchor."""
    sampler = {
        "seed": "seed",
        "steps": "steps",
        "cfg": "cfg",
        "sampler": "sampler_name",
        "scheduler": "scheduler",
    }
    places = {
        "prompt": Place(node="Prompt", input="text"),
        "negative": Place(node="Negative", input="text"),
        "model": Place(node="Checkpoint", input="ckpt_name"),
        "width": Place(node="Latent", input="width"),
        "height": Place(node="Latent", input="height"),
        "count": Place(node="Latent", input="batch_size"),
        "filename_prefix": Place(node="Save", input="filename_prefix"),
        **{name: Place(node="Sampler", input=target) for name, target in sampler.items()},
    }
    return _built(
        Workflow,
        changes,
        name="txt2img",
        title="Text to image",
        description="Draws what the prompt says.",
        graph=a_graph(),
        places=places,
        defaults=some_defaults(),
        lora_anchor=LoraAnchor(after="Checkpoint"),
    )


def an_img2img_workflow(**changes: Any) -> Workflow:
    """Return image to image: its size is that of the picture it starts from."""
    plain = a_workflow()
    graph = (
        plain.graph.with_node("5", a_node("VAEEncode", title="Encode", pixels=_link("10"), vae=_link("4", 2)))
        .with_node("10", a_node("LoadImage", title="Reference", image=""))
        .with_input("3", "denoise", 0.6)
    )
    places = {name: place for name, place in plain.places.items() if place.node != "Latent"}
    places |= {
        "reference": Place(node="Reference", input="image"),
        "denoise": Place(node="Sampler", input="denoise"),
    }
    return _built(
        a_workflow,
        changes,
        name="img2img",
        title="Image to image",
        graph=graph,
        places=places,
        defaults=some_defaults(denoise=0.6),
    )


def an_order(**changes: Any) -> Order:
    return _built(Order, changes, prompt_id=a_job().prompt_id, graph=a_graph())


def an_upload(**changes: Any) -> Upload:
    return _built(Upload, changes, name=a_reference().upload_name, content=png())


def some_health(**changes: Any) -> RendererHealth:
    gib = 1024**3
    return _built(
        RendererHealth,
        changes,
        version="0.33.0",
        device="cuda:0",
        vram_total=12 * gib,
        vram_free=9 * gib,
        running=0,
        pending=0,
    )


def a_drawing(*, steps: int = 3) -> tuple[RenderEvent, ...]:
    """Return what ComfyUI tells of a warm drawing of `a_graph`, from its acceptance to its end."""
    sampling = tuple(Sampled(node="3", step=step, of=steps) for step in range(1, steps + 1))
    begin = (Accepted(), Started(cached=frozenset({"4"})), NodeStarted(node="3"))
    return (*begin, *sampling, NodeStarted(node="8"), NodeStarted(node="9"), Rendered())


def a_picture(**changes: Any) -> Picture:
    content = changes.get("content", png())
    return _built(Picture, changes, content=content, size=a_size(64, 64), media_type="image/png")


def a_picture_post(**changes: Any) -> PicturePost:
    return _built(
        PicturePost,
        changes,
        job=a_job(state=JobState.RENDERED),
        project=a_project(),
        artifacts=(an_artifact(),),
        pictures=(a_picture(),),
        nonce=a_posting().nonce,
    )


def a_notice(**changes: Any) -> Notice:
    job = a_job(state=JobState.DELIVERED, post=a_card())
    return _built(Notice, changes, job=job, nonce=nonce_of(job.uid, PostingKind.NOTICE, 0))


def png(width: int = 64, height: int = 64, *, grey: int = 128) -> bytes:
    """Return a true PNG of one shade, made without an imaging library."""
    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
