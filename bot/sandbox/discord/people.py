"""People at their keyboards: what they can do in Discord's client, and what it would refuse them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.discord.changes import TypingStarted
from bot.sandbox.discord.commands import Choice, Command, CommandKind, Option, OptionKind
from bot.sandbox.discord.components import LINK, Part
from bot.sandbox.discord.errors import NotPossible
from bot.sandbox.discord.interactions import Interaction, InteractionKind
from bot.sandbox.discord.invocation import (
    Invocation,
    Uploaded,
    Value,
    find_command,
    nested,
    parse_invocation,
    read_value,
)
from bot.sandbox.discord.model import (
    Channel,
    ChannelKind,
    Emoji,
    Json,
    Member,
    Message,
    MessageKind,
    Role,
    Thread,
    User,
)
from bot.sandbox.discord.payloads import (
    channel_payload,
    member_payload,
    role_payload,
    thread_payload,
    user_payload,
)
from bot.sandbox.discord.permissions import Permission, guild_permissions, permissions_in

if TYPE_CHECKING:
    from bot.sandbox.discord.server import Hub


class Person:
    """One human in front of Discord."""

    def __init__(self, hub: "Hub", user: User) -> None:
        self.user = user
        self._hub = hub

    @property
    def name(self) -> str:
        return self.user.name

    def permissions(self, channel: Channel) -> Permission:
        return permissions_in(self._member(channel), channel)

    def can_see(self, message: Message) -> bool:
        if message.ephemeral:
            return message.visible_to is self.user
        return bool(self.permissions(message.channel))

    # ── commands

    async def slash(
        self,
        command: str | Invocation,
        *,
        channel: Channel,
        attachments: Mapping[str, Uploaded] | None = None,
        options: Mapping[str, Value] | None = None,
        **named: Value,
    ) -> Interaction:
        """`/queue show` with options by name, or everything as typed text: `/generate prompt:a heron`.

        An option whose name is taken here (`channel`) goes into `options`.
        """
        invocation = self._invocation(command, channel, {**(options or {}), **named})
        self._check_invocation(invocation.command, channel)
        given = {**invocation.options}
        files = dict(attachments or {})
        _check_required(invocation, given.keys() | files.keys())
        resolved: dict[str, Json] = {}
        told = [
            self._option(invocation.option(name), value, channel, resolved) for name, value in given.items()
        ]
        told += [
            self._file_option(invocation.option(name), file, channel, resolved)
            for name, file in files.items()
        ]
        data = _command_data(invocation.command, nested(invocation.path, told), resolved)
        return self._open(InteractionKind.COMMAND, channel, data, command=invocation.command)

    def _invocation(
        self, command: str | Invocation, channel: Channel, options: Mapping[str, Value]
    ) -> Invocation:
        if isinstance(command, Invocation):
            return command
        book, guild = self._hub.world.commands, channel.guild
        if not options:
            return parse_invocation(book, guild, command)
        path = command.strip().removeprefix("/")
        found, offered = find_command(book, guild, path)
        invocation = Invocation(command=found, path=path, options={}, offered=offered)
        values = {
            name: read_value(path, invocation.option(name), raw, guild) for name, raw in options.items()
        }
        return Invocation(command=found, path=path, options=values, offered=offered)

    def _check_invocation(self, command: Command, channel: Channel) -> None:
        """Refuse what the client does not offer: unsynced, archived, not allowed, not of age."""
        if command not in self._hub.world.commands.visible_in(channel.guild.id):
            raise NotPossible(f"/{command.name} is not synced here")
        self._require(channel, Permission.USE_APPLICATION_COMMANDS, "use commands")
        if isinstance(channel, Thread) and channel.archived:
            raise NotPossible("commands cannot be used in an archived thread")
        if command.nsfw and not channel.home.nsfw:
            raise NotPossible(f"/{command.name} is for age-restricted channels only")
        if command.needs is not None and not self._holds(command.needs, channel):
            raise NotPossible(f"/{command.name} is hidden from {self.name}")

    def _holds(self, needed: Permission, channel: Channel) -> bool:
        held = guild_permissions(self._member(channel)) | self.permissions(channel)
        if needed == 0:
            return Permission.ADMINISTRATOR in held
        return needed in held

    def _option(self, option: Option, value: Value, channel: Channel, resolved: dict[str, Json]) -> Json:
        told: Json = {"name": option.name, "type": int(option.kind)}
        match value:
            case Channel():
                seen = thread_payload(value) if isinstance(value, Thread) else channel_payload(value)
                allowed = str(int(self.permissions(value)))
                resolved.setdefault("channels", {})[str(value.id)] = {**seen, "permissions": allowed}
                return {**told, "value": str(value.id)}
            case User():
                _resolve_user(resolved, channel.guild.member(value))
                return {**told, "value": str(value.id)}
            case Role():
                resolved.setdefault("roles", {})[str(value.id)] = role_payload(value)
                return {**told, "value": str(value.id)}
            case _:
                return {**told, "value": value}

    def _file_option(
        self, option: Option, file: Uploaded, channel: Channel, resolved: dict[str, Json]
    ) -> Json:
        filename, data = file
        if len(data) > self._hub.rules.upload_limit:
            raise NotPossible(f"{filename} is larger than the upload limit")
        number = self._hub.world.snowflakes.next()
        stored = self._hub.cdn.store(number, channel.id, filename, data, ephemeral=True)
        resolved.setdefault("attachments", {})[str(number)] = self._hub.payloads.attachment(stored)
        return {"name": option.name, "type": int(OptionKind.ATTACHMENT), "value": str(number)}

    async def autocomplete(
        self, command: str, option: str, partial: str, *, channel: Channel, **other_options: Value
    ) -> list[Choice]:
        """Tell what the bot offers while the person types into that option."""
        path = command.strip().removeprefix("/")
        found, offered = find_command(self._hub.world.commands, channel.guild, path)
        self._check_invocation(found, channel)
        invocation = Invocation(command=found, path=path, options={}, offered=offered)
        if not invocation.option(option).autocomplete:
            raise NotPossible(f"/{path} {option} has no autocomplete")
        resolved: dict[str, Json] = {}
        told = [
            self._option(invocation.option(name), value, channel, resolved)
            for name, value in other_options.items()
        ]
        focused: Json = {"name": option, "type": int(invocation.option(option).kind), "value": partial}
        told.append({**focused, "focused": True})
        data = _command_data(found, nested(path, told), resolved)
        interaction = self._open(InteractionKind.AUTOCOMPLETE, channel, data, command=found)
        return await interaction.choices_given()

    async def context_menu(
        self, command: str, target: Message | User, *, channel: Channel | None = None
    ) -> Interaction:
        """Apps → the command, on a message or on a user."""
        place = channel or (target.channel if isinstance(target, Message) else None)
        if place is None:
            raise NotPossible("a user command needs the channel it is used in")
        kind = CommandKind.MESSAGE if isinstance(target, Message) else CommandKind.USER
        found = self._hub.world.commands.find(command, place.guild.id, kind)
        if found is None:
            raise NotPossible(f"there is no {kind.name.lower()} command {command!r}")
        self._check_invocation(found, place)
        resolved: dict[str, Json] = {}
        if isinstance(target, Message):
            resolved["messages"] = {str(target.id): self._hub.payloads.message(target)}
        else:
            _resolve_user(resolved, place.guild.member(target))
        data = {**_command_data(found, [], resolved), "target_id": str(target.id)}
        del data["options"]
        return self._open(InteractionKind.COMMAND, place, data, command=found)

    # ── components and modals

    async def click(self, message: Message, custom_id_or_label: str) -> Interaction:
        button = self._control(message, custom_id_or_label)
        if button["type"] != Part.BUTTON or button["style"] == LINK:
            raise NotPossible(f"{custom_id_or_label!r} is no button that the bot hears of")
        return self._press(message, button, {})

    async def select(self, message: Message, custom_id: str, values: Sequence[str]) -> Interaction:
        menu = self._control(message, custom_id)
        if menu["type"] == Part.STRING_SELECT:
            offered = {option["value"] for option in menu["options"]}
            if not set(values) <= offered:
                raise NotPossible(f"{custom_id!r} offers {sorted(offered)}")
        if not menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1):
            raise NotPossible(f"{custom_id!r} wants another number of choices")
        return self._press(message, menu, {"values": list(values)})

    def _control(self, message: Message, name: str) -> Json:
        if not self.can_see(message) or message.deleted:
            raise NotPossible(f"{self.name} does not see that message")
        if isinstance(message.channel, Thread) and message.channel.archived:
            raise NotPossible("the thread is archived")
        part = message.control(name)
        if part.get("disabled"):
            raise NotPossible(f"{name!r} is disabled")
        return part

    def _press(self, message: Message, part: Json, more: Json) -> Interaction:
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"], **more}
        return self._open(InteractionKind.COMPONENT, message.channel, data, source=message)

    async def submit(self, interaction: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Fill in the modal that the interaction opened and sends it."""
        modal = await interaction.modal_shown()
        _check_modal_values(modal.inputs, values)
        data: Json = {
            "custom_id": modal.custom_id,
            "components": [_filled(part, values) for part in modal.components],
            "resolved": {},
        }
        return self._open(
            InteractionKind.MODAL_SUBMIT,
            interaction.channel,
            data,
            source=interaction.source,
            before=interaction,
        )

    # ── talking

    async def say(
        self,
        channel: Channel,
        text: str = "",
        *,
        attachments: Sequence[Uploaded] = (),
        reply_to: Message | None = None,
    ) -> Message:
        in_thread = isinstance(channel, Thread)
        needed = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
        self._require(channel, needed, "write")
        if channel.kind is ChannelKind.FORUM:
            raise NotPossible("a forum takes posts, not messages")
        if isinstance(channel, Thread) and channel.locked:
            self._require(channel, Permission.MANAGE_THREADS, "write in a locked thread")
        message = Message(
            id=self._hub.world.snowflakes.next(),
            channel=channel,
            author=self.user,
            kind=MessageKind.REPLY if reply_to else MessageKind.DEFAULT,
            content=text,
            reply_to=reply_to,
        )
        message.mentions = [user for user in self._hub.world.users.values() if user.mention in text]
        message.attachments = [
            self._hub.cdn.store(self._hub.world.snowflakes.next(), channel.id, filename, data)
            for filename, data in attachments
        ]
        return self._hub.world.post(message)

    def direct_messages(self) -> list[Message]:
        """Everything the bot has written to this person alone, oldest first."""
        return self._hub.world.direct_channel(self.user).history

    def close_direct_messages(self) -> None:
        """Take no direct messages from the server any more."""
        self._hub.world.closed_to_bots.add(self.user.id)

    def open_direct_messages(self) -> None:
        self._hub.world.closed_to_bots.discard(self.user.id)

    async def react(self, message: Message, emoji: str) -> None:
        self._require(message.channel, Permission.READ_MESSAGE_HISTORY, "look back")
        self._require_open(message.channel)
        wanted = Emoji.parse(emoji)
        if wanted not in message.reactions:
            self._require(message.channel, Permission.ADD_REACTIONS, "react")
        self._hub.world.react(message, self.user, wanted)

    async def unreact(self, message: Message, emoji: str) -> None:
        self._require_open(message.channel)
        self._hub.world.unreact(message, self.user, Emoji.parse(emoji))

    async def delete(self, message: Message) -> None:
        if message.author is not self.user:
            self._require(message.channel, Permission.MANAGE_MESSAGES, "delete what others wrote")
        self._hub.world.delete_message(message)

    async def type(self, channel: Channel) -> None:
        self._hub.world.publish(TypingStarted(channel, self.user))

    # ── beneath

    def _member(self, channel: Channel) -> Member:
        member = channel.guild.members.get(self.user.id)
        if member is None:
            raise NotPossible(f"{self.name} is not a member of {channel.guild.name}")
        return member

    def _require(self, channel: Channel, needed: Permission, to: str) -> None:
        if needed not in self.permissions(channel):
            raise NotPossible(f"{self.name} may not {to} in #{channel.name}")

    @staticmethod
    def _require_open(channel: Channel) -> None:
        if isinstance(channel, Thread) and channel.archived:
            raise NotPossible("the thread is archived")

    def _open(
        self,
        kind: InteractionKind,
        channel: Channel,
        data: Json,
        *,
        command: Command | None = None,
        source: Message | None = None,
        before: Interaction | None = None,
    ) -> Interaction:
        number = self._hub.world.snowflakes.next()
        return self._hub.desk.open(
            Interaction(
                id=number,
                token=f"sandbox-interaction-{number}",
                kind=kind,
                user=self.user,
                channel=channel,
                data=data,
                command=command,
                source=source,
                before=before,
            )
        )


def _command_data(command: Command, options: list[Json], resolved: dict[str, Json]) -> Json:
    data: Json = {"id": str(command.id), "name": command.name, "type": int(command.kind), "options": options}
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    return {**data, "resolved": resolved} if resolved else data


def _resolve_user(resolved: dict[str, Json], member: Member) -> None:
    number = str(member.user.id)
    resolved.setdefault("users", {})[number] = user_payload(member.user)
    bare = member_payload(member, with_user=False)
    resolved.setdefault("members", {})[number] = {**bare, "permissions": str(int(guild_permissions(member)))}


def _check_required(invocation: Invocation, given: set[str]) -> None:
    missing = [option.name for option in invocation.offered if option.required and option.name not in given]
    if missing:
        raise NotPossible(f"/{invocation.path} needs {', '.join(missing)}")


def _check_modal_values(inputs: list[Json], values: Mapping[str, Any]) -> None:
    known = {part["custom_id"] for part in inputs}
    if set(values) - known:
        raise NotPossible(f"the modal asks for {sorted(known)}")
    for part in inputs:
        value = values.get(part["custom_id"], part.get("value") or "")
        if part.get("required", True) and not value:
            raise NotPossible(f"{part['custom_id']} must be filled in")
        if not (part.get("min_length") or 0) <= len(value) <= (part.get("max_length") or 4000):
            raise NotPossible(f"{part['custom_id']} has the wrong length")


def _filled(part: Json, values: Mapping[str, Any]) -> Json:
    """Give the submitted shape of one top component: a row with an input, or a label with a field."""
    if "component" in part:
        return {"type": part["type"], "id": part.get("id", 1), "component": _value(part["component"], values)}
    return {
        "type": part["type"],
        "id": part.get("id", 1),
        "components": [_value(held, values) for held in part.get("components", ())],
    }


def _value(part: Json, values: Mapping[str, Any]) -> Json:
    given = values.get(part["custom_id"], part.get("value") or "")
    told: Json = {"type": part["type"], "id": part.get("id", 1), "custom_id": part["custom_id"]}
    if part["type"] == Part.TEXT_INPUT:
        return {**told, "value": given}
    return {**told, "values": [given] if isinstance(given, str) else list(given)}
