import discord
import pytest
from discord import app_commands

from bot.chat import cards
from bot.chat.failures import understood
from bot.core.errors import BadRequest, NotAllowed, NotFound, StudioError


@app_commands.command(description="x")
async def a_command(interaction: discord.Interaction) -> None:
    """Do nothing."""


def test_our_own_errors_are_told_as_they_are() -> None:
    error = NotFound("There is no job #4.")
    assert understood(error) is error


def test_what_a_command_raised_is_looked_at_and_not_its_wrapping() -> None:
    error = NotFound("There is no job #4.")
    assert understood(app_commands.CommandInvokeError(a_command, error)) is error


def test_a_bug_is_nothing_that_people_are_told() -> None:
    assert understood(app_commands.CommandInvokeError(a_command, ZeroDivisionError())) is None
    assert understood(ZeroDivisionError()) is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (app_commands.CommandNotFound("gone", []), BadRequest),
        (app_commands.CommandSignatureMismatch(a_command), BadRequest),
        (app_commands.MissingPermissions(["manage_guild"]), NotAllowed),
        (app_commands.NoPrivateMessage(), NotAllowed),
    ],
)
def test_what_discord_py_refuses_is_told_in_our_words(error: Exception, kind: type[StudioError]) -> None:
    told = understood(error)
    assert isinstance(told, kind)
    assert told.hint


def test_what_was_written_into_a_refused_form_is_given_back() -> None:
    look = cards.refusal(BadRequest("`huge` is not a size."), written=["a heron under *paper* lanterns", "7"])
    assert look.text == ("`huge` is not a size.\n-# what you wrote:\n> a heron under \\*paper\\* lanterns")


def test_what_is_too_long_to_be_quoted_is_given_back_whole_in_a_file() -> None:
    written = ["a heron, " * 400, "blurry, dark, signature"]
    look = cards.refusal(BadRequest("`huge` is not a size."), written=written)
    assert len(look.text) < 200
    assert look.files[0].content.decode() == "\n\n".join(written)


def test_what_is_quickly_written_anew_is_not_repeated() -> None:
    error = BadRequest("`x` is no seed.")
    assert cards.refusal(error, written=["a heron", "x"]) == cards.refusal(error)
