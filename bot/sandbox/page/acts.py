"""What a person does on the page, done in the sandbox's Discord."""

from aiohttp import web

from bot.sandbox.discord import (
    Channel,
    Interaction,
    Invocation,
    Message,
    NotPossible,
    Person,
    SandboxDiscord,
)
from bot.sandbox.discord.invocation import Value, find_command, read_value
from bot.sandbox.page.calls import Call, Refused, parse_id, read_call
from bot.sandbox.page.news import Newsroom
from bot.sandbox.page.stream import Streams
from bot.sandbox.page.views import people_of

_TAKEN = frozenset({"command", "option", "partial", "channel"})
"""Option names that `Person.autocomplete` cannot be given beside its own arguments."""


class Acts:
    def __init__(self, discord: SandboxDiscord, newsroom: Newsroom, streams: Streams) -> None:
        self._discord = discord
        self._newsroom = newsroom
        self._streams = streams

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/say", self.say),
            web.post("/api/type", self.type),
            web.post("/api/command", self.command),
            web.post("/api/autocomplete", self.autocomplete),
            web.post("/api/click", self.click),
            web.post("/api/select", self.select),
            web.post("/api/submit", self.submit),
            web.post("/api/menu", self.menu),
            web.post("/api/react", self.react),
            web.post("/api/dismiss", self.dismiss),
            web.get("/api/history", self.history),
        ]

    # ── writing

    async def say(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        answered = call.body.get("reply_to")
        message = await self._person(call).say(
            self._channel(call.number("channel")),
            call.take("content", str),
            attachments=list(call.files.values()),
            reply_to=None if answered is None else self._message(call.number("reply_to")),
        )
        return web.json_response({"message": str(message.id)})

    async def type(self, request: web.Request) -> web.Response:
        """Run a command written out as text: `/generate prompt:a heron count:2`."""
        call = await read_call(request)
        channel = self._channel(call.number("channel"))
        return _begun(await self._person(call).slash(call.take("text", str), channel=channel))

    async def command(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        channel = self._channel(call.number("channel"))
        invocation = self._invocation(call, channel)
        return _begun(await self._person(call).slash(invocation, channel=channel, attachments=call.files))

    def _invocation(self, call: Call, channel: Channel) -> Invocation:
        path = call.take("path", str)
        found, offered = find_command(self._discord.world.commands, channel.guild, path)
        empty = Invocation(command=found, path=path, options={}, offered=offered)
        given = call.table("options")
        values = {
            name: read_value(path, empty.option(name), raw, channel.guild) for name, raw in given.items()
        }
        return Invocation(command=found, path=path, options=values, offered=offered)

    async def autocomplete(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        channel = self._channel(call.number("channel"))
        focused = call.table("focused")
        others = self._readable(call, channel)
        choices = await self._person(call).autocomplete(
            call.take("path", str),
            str(focused.get("name")),
            str(focused.get("value", "")),
            channel=channel,
            **{name: value for name, value in others.items() if name not in _TAKEN},
        )
        return web.json_response(
            {"choices": [{"name": choice.name, "value": choice.value} for choice in choices]}
        )

    def _readable(self, call: Call, channel: Channel) -> dict[str, Value]:
        """Give the other options as far as they can be read while the person still writes."""
        path = call.take("path", str)
        found, offered = find_command(self._discord.world.commands, channel.guild, path)
        empty = Invocation(command=found, path=path, options={}, offered=offered)
        given = call.table("options")
        values: dict[str, Value] = {}
        for name, raw in given.items():
            try:
                values[name] = read_value(path, empty.option(name), raw, channel.guild)
            except NotPossible:
                continue
        return values

    # ── pressing

    async def click(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        message = self._message(call.number("message"))
        return _begun(await self._person(call).click(message, _control(call, message)))

    async def select(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        message = self._message(call.number("message"))
        values = call.texts("values")
        return _begun(await self._person(call).select(message, _control(call, message), values))

    async def submit(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        interaction = self._discord.world.interactions.get(call.number("interaction"))
        if interaction is None or interaction.modal is None:
            raise Refused(404, "This form is no longer open.")
        return _begun(await self._person(call).submit(interaction, call.table("fields")))

    async def menu(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        message = self._message(call.number("message"))
        return _begun(await self._person(call).context_menu(call.take("name", str), message))

    async def react(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        person, message = self._person(call), self._message(call.number("message"))
        step = person.react if call.take("present", bool) else person.unreact
        await step(message, call.take("emoji", str))
        return web.json_response({})

    async def dismiss(self, request: web.Request) -> web.Response:
        call = await read_call(request)
        message = self._newsroom.private_message(call.number("message"))
        if message is None or message.visible_to is not self._person(call).user:
            raise Refused(404, "There is nothing to dismiss.")
        self._streams.publish(self._newsroom.dismiss(message))
        return web.json_response({})

    # ── reading

    async def history(self, request: web.Request) -> web.Response:
        channel = self._channel(parse_id("channel", request.query.get("channel", "")))
        before = parse_id("before", request.query.get("before", ""))
        return web.json_response({"messages": self._newsroom.last(channel, before)})

    # ── finding

    def _person(self, call: Call) -> Person:
        number = call.number("as")
        for user in people_of(self._discord.world):
            if user.id == number:
                return self._discord.person(user.name)
        raise Refused(403, "One can only be one of the sandbox's people.")

    def _channel(self, number: int) -> Channel:
        channel = self._discord.world.channels.get(number)
        if channel is None:
            raise Refused(404, "This channel is no longer there.")
        return channel

    def _message(self, number: int) -> Message:
        for channel in self._discord.world.channels.values():
            if number in channel.messages:
                return channel.messages[number]
        private = self._newsroom.private_message(number)
        if private is None:
            raise Refused(404, "This message is no longer there.")
        return private


def _control(call: Call, message: Message) -> str:
    custom_id = call.take("custom_id", str)
    if all(part.get("custom_id") != custom_id for part in message.controls):
        raise Refused(409, "This control is no longer on the message.")
    return custom_id


def _begun(interaction: Interaction) -> web.Response:
    return web.json_response({"interaction": str(interaction.id)})
