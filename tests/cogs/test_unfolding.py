"""Classes of options: what Discord is shown of them, and what the command gets."""

from types import SimpleNamespace

from discord import app_commands

from cogs.unfolding import needed, option, options, unfolded


async def ships_here(_interaction, _typed):
    return []


@options
class Voyage:
    ship: str = needed("With what", offers=ships_here)
    days: app_commands.Range[int, 1, 9] = option("How long", default=2)
    sea: str | None = option("Where", choices=[app_commands.Choice(name="north", value="n")])


class Harbour:
    def __init__(self) -> None:
        self.heard = []

    @unfolded
    async def sail(self, interaction, name: str, by: str | None = None, *, voyage: Voyage, crew: int = 1):
        self.heard.append((name, by, voyage, crew))


def a_command():
    return app_commands.Command(name="sail", description="Sail", callback=Harbour.sail)


def test_the_fields_stand_where_the_class_stands_and_what_is_needed_stands_first():
    assert [(one.name, one.required) for one in a_command().parameters] == [
        ("name", True),
        ("ship", True),
        ("by", False),
        ("days", False),
        ("sea", False),
        ("crew", False),
    ]


def test_a_field_says_offers_and_allows_what_it_was_given():
    ship, days, sea = (one for one in a_command().parameters if one.name in {"ship", "days", "sea"})
    assert (ship.description, ship.autocomplete) == ("With what", True)
    assert (days.description, days.min_value, days.max_value) == ("How long", 1, 9)
    assert [choice.value for choice in sea.choices] == ["n"]


async def test_the_command_gets_the_class_whole():
    harbour = Harbour()
    given = {"name": "Mira", "by": None, "ship": "Heron", "days": 2, "sea": None, "crew": 3}
    await harbour.sail(SimpleNamespace(), **given)
    assert harbour.heard == [("Mira", None, Voyage(ship="Heron", days=2, sea=None), 3)]
