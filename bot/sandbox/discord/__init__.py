"""A Discord on the wire: REST v10, gateway with resume and CDN, for the demo and the tests.

It plays by the rules that Discord documents. Where it may still differ from the real one, to be looked at
once with a real token:

- the clock of the first answer starts when the interaction is dispatched, Discord's a little elsewhere;
- a locked thread refuses with 160005; Discord may say 50083;
- the answer to a deferral carries no `resource`, as documented; the real one may;
- edits through an interaction's token inside an archived thread succeed here;
- sizes and names of rate-limit buckets and the quota for edits of messages older than an hour are guesses;
- MESSAGE_CREATE comes before the HTTP answer by default, after it by `rules.message_before_answer = False`;
  the real order varies;
- the upload limit is 10 MiB by default; Discord has been moving to 20;
- ephemeral attachments live as long as all others;
- a file's type is told from its name, not sniffed from its bytes;
- width and height are given for PNG, JPEG, GIF and WebP, at once and always;
- file names are cleaned by one simple rule (everything but letters, digits, `_`, `-` and `.` becomes `_`);
- an embed that names a file which is not attached is refused; Discord may show it without the picture;
- the gateway speaks plain text or a zlib stream, never zstd;
- there are no direct messages, voice, webhooks other than those of interactions, stickers, polls or shards.
"""

from bot.sandbox.discord.changes import (
    Change,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    CommandsSynced,
    GatewayChanged,
    GuildJoined,
    GuildLeft,
    InteractionChanged,
    InteractionOpened,
    MemberUpdated,
    MessageCreated,
    MessageDeleted,
    MessageUpdated,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    RequestAnswered,
    RoleCreated,
    RoleUpdated,
    ThreadCreated,
    ThreadDeleted,
    ThreadJoined,
    ThreadUpdated,
    TypingStarted,
)
from bot.sandbox.discord.commands import Choice, Command, CommandKind, Option, OptionKind
from bot.sandbox.discord.compose import Ping
from bot.sandbox.discord.errors import NotPossible
from bot.sandbox.discord.faults import Faults
from bot.sandbox.discord.intents import Intent
from bot.sandbox.discord.interactions import Ack, Interaction, InteractionKind, Modal, Unanswered
from bot.sandbox.discord.invocation import Invocation
from bot.sandbox.discord.model import (
    Attachment,
    Channel,
    ChannelKind,
    DirectChannel,
    Emoji,
    Guild,
    Member,
    Message,
    Reaction,
    Role,
    Thread,
    User,
)
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import EVERYONE, Permission
from bot.sandbox.discord.record import Exchange, SentFile
from bot.sandbox.discord.rules import Bucket, Rules
from bot.sandbox.discord.sandbox import SandboxDiscord
from bot.sandbox.discord.world import Subscription, World

__all__ = [
    "EVERYONE",
    "Ack",
    "Attachment",
    "Bucket",
    "Change",
    "Channel",
    "ChannelCreated",
    "ChannelDeleted",
    "ChannelKind",
    "ChannelUpdated",
    "Choice",
    "Command",
    "CommandKind",
    "CommandsSynced",
    "DirectChannel",
    "Emoji",
    "Exchange",
    "Faults",
    "GatewayChanged",
    "Guild",
    "GuildJoined",
    "GuildLeft",
    "Intent",
    "Interaction",
    "InteractionChanged",
    "InteractionKind",
    "InteractionOpened",
    "Invocation",
    "Member",
    "MemberUpdated",
    "Message",
    "MessageCreated",
    "MessageDeleted",
    "MessageUpdated",
    "Modal",
    "NotPossible",
    "Option",
    "OptionKind",
    "Permission",
    "Person",
    "Ping",
    "Reaction",
    "ReactionAdded",
    "ReactionRemoved",
    "ReactionsCleared",
    "RequestAnswered",
    "Role",
    "RoleCreated",
    "RoleUpdated",
    "Rules",
    "SandboxDiscord",
    "SentFile",
    "Subscription",
    "Thread",
    "ThreadCreated",
    "ThreadDeleted",
    "ThreadJoined",
    "ThreadUpdated",
    "TypingStarted",
    "Unanswered",
    "User",
    "World",
]
