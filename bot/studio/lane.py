"""The one lane to the GPU: what is drawn in it right now, and how far that is."""

from dataclasses import dataclass

from bot.core.job import Job
from bot.core.progress import Progress, RenderEvent, advance
from bot.studio.feed import Feed, JobMoved


@dataclass(slots=True, kw_only=True)
class Drawing:
    """A job in ComfyUI's hands, or on its way from there to our shelf.

    `heard` is the monotonic time of ComfyUI's latest word of it; `stalled` tells that it was stopped for want
    of any.
    """

    job: Job
    progress: Progress
    cancelled: bool = False
    stalled: bool = False
    heard: float = 0.0


class Lane:
    """Holds at most one drawing; those that left it stay visible until their pictures are safe."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.drawing: Drawing | None = None
        self._leaving: dict[int, Drawing] = {}

    def enter(self, job: Job, progress: Progress) -> Drawing:
        if self.drawing is not None:
            raise AssertionError(f"#{self.drawing.job.id} is still being drawn")
        self.drawing = Drawing(job=job, progress=progress)
        return self.drawing

    def advance(self, event: RenderEvent, *, at: int) -> None:
        if self.drawing is not None:
            self.drawing.progress = advance(self.drawing.progress, event, at=at)
            self._feed.publish(JobMoved(job=self.drawing.job.id))

    def release(self) -> None:
        """Free the lane; the drawing in it goes on being fetched until `fetched`."""
        if self.drawing is not None:
            self._leaving[self.drawing.job.id] = self.drawing
            self.drawing = None

    def fetched(self, job: int) -> None:
        self._leaving.pop(job, None)

    def of(self, job: int) -> Drawing | None:
        if self.drawing is not None and self.drawing.job.id == job:
            return self.drawing
        return self._leaving.get(job)
