"""The bot itself, its application and its commands."""

from typing import Any, cast

from bot.sandbox.discord.changes import CommandsSynced
from bot.sandbox.discord.commands import COMMAND_KEYS, Command, check_commands, unknown_keys
from bot.sandbox.discord.errors import refusal
from bot.sandbox.discord.model import Json, User
from bot.sandbox.discord.payloads import command_payload, user_payload
from bot.sandbox.discord.rest.call import Answer, Call, Route


def get_self(call: Call) -> Answer:
    told = user_payload(call.bot)
    return Answer(200, {**told, "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None})


def get_application(call: Call) -> Answer:
    world = call.hub.world
    owner = User(id=world.guild.owner_id, name="owner", display_name="Owner") if world.guilds else world.bot
    return Answer(
        200,
        {
            "id": str(world.application_id),
            "name": world.bot.display_name,
            "icon": None,
            "description": "A bot in the sandbox.",
            "type": None,
            "bot": user_payload(world.bot),
            "summary": "",
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 1 << 23,
            "flags_new": str(1 << 23),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": user_payload(owner),
            "approximate_guild_count": len(world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        },
    )


def get_gateway(call: Call) -> Answer:
    return Answer(200, {"url": call.hub.gateway.url})


def get_gateway_bot(call: Call) -> Answer:
    total = call.hub.rules.identify_budget
    left = total - call.hub.gateway.identifies
    limit = {"total": total, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return Answer(200, {"url": call.hub.gateway.url, "shards": 1, "session_start_limit": limit})


def _scope(call: Call) -> int | None:
    if call.number("application_id") != call.hub.world.application_id:
        raise refusal(50001)
    return call.guild().id if "guild_id" in call.params else None


def _told(call: Call, commands: list[Command]) -> list[Any]:
    return [command_payload(command, call.hub.world.application_id) for command in commands]


def list_commands(call: Call) -> Answer:
    return Answer(200, _told(call, call.hub.world.commands.of_scope(_scope(call))))


def put_commands(call: Call) -> Answer:
    scope = _scope(call)
    if not isinstance(call.body, list):
        raise refusal(50109)
    wanted = cast(list[Json], call.body)
    call.hub.violations.extend(f"unknown field: {key}" for key in unknown_keys(wanted))
    check_commands(wanted)
    _spend_creates(call, scope, sum(call.hub.world.commands.same(scope, raw) is None for raw in wanted))
    commands = [_synced(call, scope, raw) for raw in wanted]
    call.hub.world.commands.replace(scope, commands)
    call.hub.world.publish(CommandsSynced(scope))
    return Answer(200, _told(call, commands))


def create_command(call: Call) -> Answer:
    scope = _scope(call)
    raw: Json = call.body or {}
    check_commands([raw])
    book = call.hub.world.commands
    before = book.same(scope, raw)
    _spend_creates(call, scope, 0 if before else 1)
    command = _synced(call, scope, raw)
    book.replace(scope, [kept for kept in book.of_scope(scope) if kept is not before] + [command])
    call.hub.world.publish(CommandsSynced(scope))
    return Answer(200 if before else 201, _told(call, [command])[0])


def get_command(call: Call) -> Answer:
    return Answer(200, _told(call, [_known(call)])[0])


def edit_command(call: Call) -> Answer:
    scope, before = _scope(call), _known(call)
    raw: Json = {**before.raw, **call.form(COMMAND_KEYS)}
    check_commands([raw])
    version = call.hub.world.snowflakes.next()
    command = Command.parse(raw, command_id=before.id, version=version, guild_id=scope)
    book = call.hub.world.commands
    book.replace(scope, [command if kept is before else kept for kept in book.of_scope(scope)])
    call.hub.world.publish(CommandsSynced(scope))
    return Answer(200, _told(call, [command])[0])


def _known(call: Call) -> Command:
    number = call.number("command_id")
    for command in call.hub.world.commands.of_scope(_scope(call)):
        if command.id == number:
            return command
    raise refusal(10063)


def delete_command(call: Call) -> Answer:
    scope, gone, book = _scope(call), _known(call), call.hub.world.commands
    book.replace(scope, [kept for kept in book.of_scope(scope) if kept is not gone])
    call.hub.world.publish(CommandsSynced(scope))
    return Answer(204)


def _spend_creates(call: Call, scope: int | None, new: int) -> None:
    """Count what is created, so many a day; updating what exists is free."""
    spent = call.hub.world.commands.creates_today
    if spent.get(scope, 0) + new > call.hub.rules.command_creates_per_day:
        raise refusal(30034)
    spent[scope] = spent.get(scope, 0) + new


def _synced(call: Call, scope: int | None, raw: Json) -> Command:
    world = call.hub.world
    before = world.commands.same(scope, raw)
    number = world.snowflakes.next()
    if before is not None and before.raw == raw:
        return before
    return Command.parse(raw, command_id=before.id if before else number, version=number, guild_id=scope)


_GLOBAL = "/applications/{application_id}/commands"
_LOCAL = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = [
    Route(method="GET", path="/users/@me", handler=get_self),
    Route(method="GET", path="/oauth2/applications/@me", handler=get_application),
    Route(method="GET", path="/applications/@me", handler=get_application),
    Route(method="GET", path="/gateway", handler=get_gateway),
    Route(method="GET", path="/gateway/bot", handler=get_gateway_bot),
    *(
        Route(method=method, path=path, handler=handler, limit="commands")
        for path in (_GLOBAL, _LOCAL)
        for method, handler in (("GET", list_commands), ("PUT", put_commands), ("POST", create_command))
    ),
    *(
        Route(method=method, path=path + "/{command_id}", handler=handler, limit="commands")
        for path in (_GLOBAL, _LOCAL)
        for method, handler in (("GET", get_command), ("PATCH", edit_command), ("DELETE", delete_command))
    ),
]
