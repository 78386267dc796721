"""What can be drawn with: our workflows, and what the ComfyUI at hand has for them."""

from collections.abc import Mapping

from bot.core.catalogue import Catalogue
from bot.core.errors import BadRequest, UnknownName
from bot.core.fitting import check_at_hand
from bot.core.generation import GenerationRequest, Recipe
from bot.core.planning import choose_workflow
from bot.core.workflow import Workflow
from bot.ports.stores import Settings


class Workshop:
    """Knows the workflows and the newest catalogue, which outlives ComfyUI's absences and our restarts."""

    def __init__(
        self, workflows: Mapping[str, Workflow], settings: Settings, *, default_model: str | None = None
    ) -> None:
        self.workflows = workflows
        self.default_model = default_model
        self.catalogue: Catalogue | None = None
        self._settings = settings

    async def remember(self) -> None:
        """Take up what was known before the restart."""
        self.catalogue = self.catalogue or await self._settings.catalogue()

    async def learn(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        await self._settings.set_catalogue(catalogue)

    def named(self, name: str) -> Workflow:
        if name not in self.workflows:
            raise UnknownName("workflow", name, self.workflows)
        return self.workflows[name]

    def choose(self, request: GenerationRequest, *, usual: str | None = None) -> Workflow:
        """Return the request's workflow, else the `usual` one that fits.

        Raises BadRequest if this ComfyUI lacks nodes for it.
        """
        return self.usable(choose_workflow(request, self.workflows, usual=usual).name)

    def usable(self, name: str) -> Workflow:
        """Return the workflow of that name; raise BadRequest if this ComfyUI lacks nodes for it."""
        workflow = self.named(name)
        missing = self.missing(workflow)
        if missing:
            raise BadRequest(
                f"The workflow `{workflow.name}` cannot be used: ComfyUI lacks {', '.join(missing)}.",
                hint="Install the custom nodes it needs, or choose another workflow.",
            )
        return workflow

    def check_at_hand(self, recipe: Recipe) -> None:
        """Raise BadRequest if this ComfyUI is known to lack what the recipe was made with."""
        workflow = self.usable(recipe.workflow)
        if self.catalogue is not None:
            check_at_hand(recipe, workflow, self.catalogue)

    def missing(self, workflow: Workflow) -> tuple[str, ...]:
        """Name the node classes that are known to be missing."""
        return self.catalogue.missing_for(workflow) if self.catalogue else ()
