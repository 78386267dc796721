"""The command line: `genga run`, `demo`, `doctor`, `backup`, `restore`, `fsck` and `import`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bot import logs
from bot.cli import adopt as adopt_command
from bot.cli import care
from bot.cli import demo as demo_command
from bot.cli import doctor as doctor_command
from bot.cli import once as once_command
from bot.cli import run as run_command
from bot.core.errors import StudioError
from bot.settings import Settings

cli = typer.Typer(
    name="genga",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Genga, the production assistant of a small anime studio: Discord in front, ComfyUI behind.",
)


@cli.command()
def run() -> None:
    """Run the bot with the settings from the environment or .env."""
    settings = Settings.load()
    _set_up_logs(settings)
    asyncio.run(run_command.run(settings))


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.", min=0, max=65535)] = 8300,
    comfyui: Annotated[
        str | None, typer.Option(metavar="URL", help="Draw with this ComfyUI, not with the simulated one.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep database and pictures here; else nothing is kept."),
    ] = None,
    once: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Run one command without a page, and leave.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where --once writes the pictures.", file_okay=False)
    ] = Path(),
) -> None:
    """Try everything in the browser: a sandbox on this machine, no Discord account, no GPU needed."""
    if once is not None:
        raise typer.Exit(asyncio.run(once_command.once(once, out=out, comfyui=comfyui, data=data)))
    asyncio.run(demo_command.demo(port=port, comfyui=comfyui, data=data))


@cli.command()
def doctor() -> None:
    """Look at settings, Discord, ComfyUI, database and disk, and say how to mend what is wrong."""
    raise typer.Exit(asyncio.run(doctor_command.doctor()))


@cli.command()
def backup(
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of DATA_DIR/backups.")] = None,
) -> None:
    """Copy the database, also while the bot is running, and prove the copy."""
    care.take_backup(Settings.load(), to)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `genga backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - typer's form of a flag
) -> None:
    """Put a copy in the database's place; what was there is kept."""
    care.put_back(Settings.load(), file, sure=yes)


@cli.command()
def fsck(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended, after asking.")] = False,  # noqa: FBT002 - typer's form of a flag
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - typer's form of a flag
) -> None:
    """Hold the database and the pictures on disk against each other."""
    raise typer.Exit(int(care.check_all(Settings.load(), fix=fix, sure=yes) > 0))


@cli.command(name="import")
def adopt(
    folder: Annotated[Path, typer.Argument(help="Where the old pictures lie, in folders or not.")],
    project: Annotated[str, typer.Option(metavar="NAME", help="The project that they become part of.")],
    guild: Annotated[
        int | None, typer.Option(metavar="ID", help="The server of the project; else the one in .env.")
    ] = None,
) -> None:
    """Take over pictures that ComfyUI drew before there was a library. The bot must not be running."""
    raise typer.Exit(adopt_command.adopt(Settings.load(), folder, project=project, guild=guild))


def _set_up_logs(settings: Settings) -> None:
    logs.set_up(
        level=settings.log_level,
        style=settings.log_format,
        secrets=[settings.discord_token.get_secret_value()],
    )


def main() -> None:
    """Run the command line; what a person can mend is told in words and ends with exit code 1."""
    try:
        cli()
    except StudioError as error:
        console = Console(stderr=True, highlight=False)
        console.print(f"[bold red]{escape(error.message)}[/]")
        if error.hint:
            console.print(escape(error.hint))
        sys.exit(1)
