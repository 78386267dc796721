import pytest

from bot.core.batching import BatchKind
from bot.core.errors import NotFound
from bot.core.generation import Aspect, Seed
from tests.builders import NOW, a_lora, a_reference, a_request, an_origin, an_outline


async def keep(stores, outline, **changes):
    return await stores.plans.keep(outline, an_origin(), **{"at": NOW, "forget_before": 0, **changes})


async def test_a_plan_comes_back_as_it_was_kept(stores):
    outline = an_outline(
        kind=BatchKind.MATRIX,
        base=a_request(size=Aspect.WIDE, loras=(a_lora(),), reference=a_reference(), characters=("Yuki",)),
        title="Yuki",
        text=None,
        poses=("front", "side"),
        seeds=(Seed(1), Seed(2**64 - 1)),
        ends_with_sheet=True,
    )
    plan = await keep(stores, outline)
    assert await stores.plans.get(plan.id) == plan
    assert plan.outline == outline


async def test_a_plan_may_be_changed_and_forgotten(stores):
    plan = await keep(stores, an_outline())
    changed = await stores.plans.change(plan.id, an_outline(title="mended"))
    assert changed.outline.title == "mended"
    assert await stores.plans.get(plan.id) == changed
    await stores.plans.forget(plan.id)
    for ask in (stores.plans.get(plan.id), stores.plans.change(plan.id, an_outline())):
        with pytest.raises(NotFound):
            await ask


async def test_old_plans_go_when_another_is_kept_and_their_numbers_never_come_again(stores):
    old = await keep(stores, an_outline())
    new = await keep(stores, an_outline(), at=NOW + 1, forget_before=NOW + 1)
    assert new.id > old.id
    with pytest.raises(NotFound):
        await stores.plans.get(old.id)
