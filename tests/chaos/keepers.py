"""The people who keep the library in order: they found, rename, judge, give up and take back, whatever befalls the bot."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from random import Random
from typing import Final, TypeAlias, TypeVar

from PIL import Image

from bot.sandbox.discord import (
    Change,
    Interaction,
    InteractionOpened,
    Message,
    NotPossible,
    SandboxDiscord,
    Unanswered,
)
from tests.chaos.moments import is_post

DIRECTOR: Final = "director"
"""Manages the server, and may do everything."""
CHARACTERS: Final = ("Yuki", "Ren")
STYLES: Final = ("Ink", "Wash")
VARIATIONS: Final = (("outfit", "kimono"), ("expression", "smile"))
POSES: Final = ("front", "portrait", "action", "casual")
PICTURES: Final = 4
"""So few that the same ones are given up and given again."""
KNOWN: Final = 3
"""People speak of the newest projects only."""
LOOKED_THROUGH: Final = 60

ON_POSTS: Final = ("Vary", "Upscale", "Approve", "Reject", "Delete")
ANSWERS: Final = re.compile(r"Delete.*|Archive instead|Start|Pause|Cancel|Cancel it|Let it run|picture \d+")
"""Buttons below questions and plans. Nothing is pressed that only leaves things as they are."""

T = TypeVar("T")
Act: TypeAlias = Callable[[float], Awaitable[Interaction | None]]


class Keepers:
    """Does something to the library every now and then while the bot is there to hear it.

    Each act is one message to the bot: what asks back, or opens a form, is answered in some later life.
    """

    def __init__(self, discord: SandboxDiscord, dice: Random, *, pause_s: float) -> None:
        self._discord = discord
        self._dice = dice
        self._pause_s = pause_s
        self._projects: list[str] = []
        self._opened: list[Interaction] = []
        self.acts = 0
        discord.world.listen(self._hear)
        self._acts: tuple[tuple[int, Act], ...] = (
            (4, self._found_project),
            (3, self._tend_project),
            (2, self._delete_project),
            (4, self._make_character),
            (3, self._tend_character),
            (8, self._add_reference),
            (6, self._remove_reference),
            (4, self._tend_variation),
            (4, self._tend_style),
            (3, self._ask_for_list),
            (8, self._fill_in),
            (14, self._press_below_post),
            (12, self._answer),
            (4, self._choose),
        )

    async def live(self) -> None:
        weights = [weight for weight, _ in self._acts]
        while True:
            await asyncio.sleep(self._dice.uniform(0, 2 * self._pause_s))
            await self._discord.connected(timeout=60)
            ((_, act),) = self._dice.choices(self._acts, weights)
            pick = self._dice.random()
            with suppress(NotPossible):
                self.acts += await act(pick) is not None

    async def let_go_on(self) -> None:
        """Resume what is paused, so that everything can come to its end."""
        everything = [
            message for channel in self._discord.world.channels.values() for message in channel.history
        ]
        for message in everything:
            if any(part.get("label") == "Resume" for part in message.controls):
                await self._discord.person(DIRECTOR).click(message, "Resume")

    async def have_a_picture_deleted(self) -> None:
        """Ask for one, wait for it and give it up; return once there is an answer, or the bot is gone."""
        director = self._discord.person(DIRECTOR)
        await self._type("generate", prompt="a heron", size="64x96", steps=1)
        post = await self._discord.wait_for(
            lambda _: next(filter(_can_be_deleted, self._messages()), None), timeout=10
        )
        while not (sure := await (await director.click(post, "Delete")).answered()).controls:
            pass
        with suppress(Unanswered, TimeoutError):
            await (await director.click(sure, "Delete")).answered(timeout=3)

    def _hear(self, change: Change) -> None:
        match change:
            case InteractionOpened(interaction=interaction):
                self._opened = [*self._opened[-LOOKED_THROUGH:], interaction]
            case _:
                pass

    # ── what is typed

    async def _type(self, command: str, **options: str | int) -> Interaction:
        return await self._discord.person(DIRECTOR).slash(
            command, channel=self._discord.world.channel("general"), options=options
        )

    async def _found_project(self, pick: float) -> Interaction:
        """Each has a name of its own, so that no two threads are called the same."""
        name = f"Harbor {len(self._projects) + 1}"
        self._projects.append(name)
        return await self._type("project create", name=name, threads=_one_of(("project", "character"), pick))

    async def _tend_project(self, pick: float) -> Interaction:
        command = _one_of(("edit", "archive", "restore", "export"), pick)
        more = {"description": f"The {int(pick * 1e6)}th tide"} if command == "edit" else {}
        return await self._type(f"project {command}", project=self._project(pick), **more)

    async def _delete_project(self, pick: float) -> Interaction:
        return await self._type("project delete", project=self._project(pick))

    async def _make_character(self, pick: float) -> Interaction:
        return await self._type(
            "character create", name=_one_of(CHARACTERS, pick), project=self._project(pick)
        )

    async def _tend_character(self, pick: float) -> Interaction:
        command = _one_of(("edit", "edit", "archive", "restore"), pick)
        more = {"design_prompt": f"calm, {int(pick * 1e6)}"} if command == "edit" else {}
        return await self._type(f"character {command}", **self._somebody(pick), **more)

    async def _add_reference(self, pick: float) -> Interaction:
        number = int(pick * 1e6) % PICTURES
        return await self._discord.person(DIRECTOR).slash(
            "character reference add",
            channel=self._discord.world.channel("general"),
            options={**self._somebody(pick), "pose": POSES[number]},
            attachments={"picture": (f"{number}.png", _a_picture(number))},
        )

    async def _remove_reference(self, pick: float) -> Interaction:
        pose = POSES[int(pick * 1e6) % PICTURES]
        return await self._type("character reference remove", **self._somebody(pick), reference=f"{pose} 1")

    async def _tend_variation(self, pick: float) -> Interaction:
        kind, name = _one_of(VARIATIONS, pick)
        if int(pick * 1e6) % 2:
            return await self._type("character variation remove", **self._somebody(pick), variation=name)
        return await self._type(
            "character variation add", **self._somebody(pick), kind=kind, name=name, prompt=name
        )

    async def _tend_style(self, pick: float) -> Interaction:
        name, project, steps = _one_of(STYLES, pick), self._project(pick), 1 + int(pick * 1e6) % 4
        match int(pick * 1e6) % 3:
            case 0:
                return await self._type("style create", name=name, project=project, steps=steps)
            case 1:
                return await self._type("style edit", style=name, project=project, steps=steps)
            case _:
                return await self._type("style history", style=name, project=project)

    async def _ask_for_list(self, pick: float) -> Interaction:
        where = {"project": self._project(pick)} if self._projects and pick < 0.5 else {}
        return await self._type("batch prompts", size="64x96", **where)

    # ── what is pressed, chosen and filled in

    async def _fill_in(self, pick: float) -> Interaction | None:
        """Send one of the forms that were shown, also one of an earlier life."""
        shown = [one for one in self._opened if one.modal is not None]
        if not shown:
            return None
        form = _one_of(shown, pick)
        self._opened.remove(form)
        assert form.modal is not None
        values = {field["custom_id"]: f"dusk {int(pick * 1e6)}" for field in form.modal.inputs}
        if "prompts" in values:
            values["prompts"] = "a heron\na fox" if pick < 0.7 else "an otter"
        return await self._discord.person(form.user.name).submit(form, values)

    async def _press_below_post(self, pick: float) -> Interaction | None:
        posts = [message for message in self._messages() if is_post(message)]
        return await self._press(posts, re.compile("|".join(ON_POSTS)), pick)

    async def _answer(self, pick: float) -> Interaction | None:
        """Press one of the buttons that plans, cards of batches and questions have."""
        asked = [*self._private(), *(message for message in self._messages() if not is_post(message))]
        return await self._press(asked, ANSWERS, pick)

    async def _press(
        self, messages: list[Message], labels: re.Pattern[str], pick: float
    ) -> Interaction | None:
        offered = [
            (message, part["custom_id"])
            for message in messages
            for part in message.controls
            if labels.fullmatch(part.get("label", "")) and not part["custom_id"].startswith("job:")
        ]
        if not offered:
            return None
        message, button = _one_of(offered, pick)
        return await self._discord.person(_asker_of(message)).click(message, button)

    async def _choose(self, pick: float) -> Interaction | None:
        """Choose from a menu: which picture is meant, why it is rejected, which change is taken back."""
        menus = [
            (message, part) for message in self._private() for part in message.controls if part.get("options")
        ]
        if not menus:
            return None
        message, menu = _one_of(menus, pick)
        value = _one_of(menu["options"], (pick * 1e3) % 1)["value"]
        return await self._discord.person(_asker_of(message)).select(message, menu["custom_id"], [value])

    # ── what they know

    def _project(self, pick: float) -> str:
        if not self._projects:
            raise NotPossible("nobody has founded a project yet")
        return _one_of(self._projects[-KNOWN:], (pick * 1e3) % 1)

    def _somebody(self, pick: float) -> dict[str, str]:
        return {"character": _one_of(CHARACTERS, (pick * 1e4) % 1), "project": self._project(pick)}

    def _private(self) -> list[Message]:
        return [
            message
            for interaction in self._opened
            for message in interaction.private_messages.values()
            if not message.deleted
        ]

    def _messages(self) -> Iterator[Message]:
        for channel in list(self._discord.world.channels.values()):
            yield from channel.history[-LOOKED_THROUGH:]


def _can_be_deleted(message: Message) -> bool:
    return is_post(message) and any(part.get("label") == "Delete" for part in message.controls)


def _asker_of(message: Message) -> str:
    return DIRECTOR if message.visible_to is None else message.visible_to.name


def _one_of(some: Sequence[T], pick: float) -> T:
    return some[int(pick * len(some))]


def _a_picture(number: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (48, 64), (40 * number, 90, 200 - 30 * number)).save(file, "PNG")
    return file.getvalue()
