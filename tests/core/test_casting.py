import pytest

from bot.core.casting import (
    MOST_DESIGN,
    MOST_PER_POSE,
    Clearable,
    Sketch,
    character_name,
    check_open,
    check_room,
    cleaned_appearance,
    handle_of,
    lora_of,
    numbered,
    portrait_of,
)
from bot.core.characters import Appearance, Pose
from bot.core.errors import BadRequest
from tests.builders import NOW, a_character, a_character_reference, a_lora


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Yuki", "Yuki"),
        ("@Yuki", "Yuki"),
        ("  Yuki \t of the\u202e Snow\u200b ", "Yuki of the Snow"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("雪", "雪"),
        ("❄️❄", "❄❄"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_kept_as_it_reads(typed, kept):
    assert character_name(typed).replace("\ufe0f", "") == kept


@pytest.mark.parametrize("typed", ["", "  ", "@", "\u202e\u200b", "x" * 81])
def test_a_name_of_nothing_or_too_much_is_refused(typed):
    with pytest.raises(BadRequest):
        character_name(typed)


@pytest.mark.parametrize(
    "typed", ["everyone", "@Everyone", "HERE", "ｅｖｅｒｙｏｎｅ", "here!", "channel", "all", "None"]
)
def test_a_word_that_means_something_else_after_an_at_is_no_name(typed):
    with pytest.raises(BadRequest, match="cannot be a character's name"):
        character_name(typed)


@pytest.mark.parametrize("typed", ["Yu@ki", "[Yuki]", "Yuki]"])
def test_a_name_that_no_prompt_could_name_is_refused(typed):
    with pytest.raises(BadRequest, match="no prompt could name it"):
        character_name(typed)


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Yuki", "@Yuki"),
        ("Yuki Onna", "@Yuki Onna"),
        ("雪", "@雪"),
        ("7 of 9", "@[7 of 9]"),
        ("❄", "@[❄]"),
        ("Hereford", "@[Hereford]"),
        ("_x_", "@[_x_]"),
    ],
)
def test_everybody_can_be_named_in_a_prompt(name, handle):
    assert handle_of(name) == handle


def test_what_was_not_said_stays_unsaid():
    assert Sketch().cleaned() == Sketch()


def test_texts_are_kept_on_one_line():
    said = Sketch(design_prompt="1girl,\n\tsilver\u0000 hair ", trigger=" yuki\u202e ").cleaned()
    assert (said.design_prompt, said.trigger) == ("1girl, silver hair", "yuki")


@pytest.mark.parametrize("said", [{"design_prompt": "x" * (MOST_DESIGN + 1)}, {"trigger": "x" * 101}])
def test_a_text_that_is_too_long_is_refused(said):
    with pytest.raises(BadRequest, match="the most is"):
        Sketch(**said).cleaned()


def test_a_long_field_of_the_appearance_is_refused():
    with pytest.raises(BadRequest, match="key colours has 401"):
        cleaned_appearance(Appearance(key_colours="x" * 401))


@pytest.mark.parametrize(
    ("thing", "field"),
    [(Clearable.DESIGN_PROMPT, "design_prompt"), (Clearable.TRIGGER, "trigger"), (Clearable.LORA, "lora")],
)
def test_what_is_taken_away_is_not_given_as_well(thing, field):
    assert getattr(Sketch().without(thing), field) == ""
    with pytest.raises(BadRequest, match="given and cleared"):
        Sketch(**{field: "x"}).without(thing)


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        (Sketch(), None, None),
        (Sketch(), a_lora(), a_lora()),
        (Sketch(lora="ink"), a_lora(), a_lora(name="ink", strength=1.0)),
        (Sketch(lora="ink", lora_strength=0.4), None, a_lora(name="ink", strength=0.4)),
        (Sketch(lora_strength=0.4), a_lora(), a_lora(strength=0.4)),
        (Sketch(lora=""), a_lora(), None),
    ],
)
def test_a_lora_is_named_changed_or_taken_away(said, before, after):
    assert lora_of(said, before) == after


@pytest.mark.parametrize(
    ("said", "before", "words"),
    [
        (Sketch(lora_strength=0.4), None, "no LoRA was named"),
        (Sketch(lora="", lora_strength=0.4), a_lora(), "no LoRA was named"),
        (Sketch(lora="ink", lora_strength=4.5), None, "outside"),
        (Sketch(lora="ink", lora_strength=float("nan")), None, "outside"),
    ],
)
def test_a_strength_of_nothing_or_beyond_all_is_refused(said, before, words):
    with pytest.raises(BadRequest, match=words):
        lora_of(said, before)


def test_who_is_archived_is_not_changed():
    check_open(a_character())
    with pytest.raises(BadRequest, match="is archived"):
        check_open(a_character(archived=NOW))


def pictures(*wanted):
    return [
        a_character_reference(id=number, pose=pose, added=NOW + number, artifact=artifact)
        for number, (pose, artifact) in enumerate(wanted, start=1)
    ]


def test_pictures_are_numbered_by_pose_oldest_first():
    kept = pictures((Pose.ACTION, None), (Pose.FRONT, None), (Pose.PORTRAIT, None), (Pose.FRONT, 7))
    assert [(label, one.id) for label, one in numbered(reversed(kept))] == [
        ("front 1", 2),
        ("front 2", 4),
        ("portrait 1", 3),
        ("action 1", 1),
    ]


def test_the_front_stands_for_a_character_and_an_original_before_a_drawing():
    kept = pictures((Pose.PORTRAIT, None), (Pose.FRONT, 7), (Pose.FRONT, None), (Pose.FRONT, None))
    assert portrait_of(kept) is kept[2]
    assert portrait_of(kept[:2]) is kept[1]
    assert portrait_of([]) is None


def test_of_each_pose_there_can_be_so_many():
    full = pictures(*[(Pose.FRONT, None)] * MOST_PER_POSE)
    check_room(full, Pose.ACTION)
    check_room(full[1:], Pose.FRONT)
    with pytest.raises(BadRequest, match="8 references of the pose front"):
        check_room(full, Pose.FRONT)
