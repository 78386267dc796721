"""The jobs of the fakes' memory, found by their words and by where they came from."""

import re
import unicodedata
from collections.abc import Iterator

from bot.core.job import Job
from storage.words import findable


def has_words(job: Job, words: str) -> bool:
    """Tell whether the job has all these words, the last one as a beginning."""
    asked = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", words))
    texts = (job.request.prompt, job.recipe.prompt, "\n".join(member.name for member in job.recipe.cast))
    tokens = [_tokens(text) for text in texts]
    whole = [any(_has(known, _tokens(word)) for known in tokens) for word in asked[:-1]]
    return bool(asked) and all(whole) and any(_has(known, _tokens(asked[-1]), last=True) for known in tokens)


def _tokens(text: str) -> list[str]:
    plain = "".join(char for char in unicodedata.normalize("NFD", findable(text)) if not _is_accent(char))
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain))


def _is_accent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f"


def _has(tokens: list[str], phrase: list[str], *, last: bool = False) -> bool:
    spans = (tokens[start : start + len(phrase)] for start in range(len(tokens)))
    return any(
        span[:-1] == phrase[:-1] and (span[-1].startswith(phrase[-1]) if last else span[-1] == phrase[-1])
        for span in spans
    )


def family_of(jobs: dict[int, Job], job_id: int, *, limit: int) -> list[Job]:
    line = list(_line(jobs, job_id))[:limit]
    if not line:
        return []
    kin = sorted(_descendants(jobs, line[-1]))
    members = [*line, *(other for other in kin if other not in line)][:limit]
    return [jobs[number] for number in sorted(members)]


def _line(jobs: dict[int, Job], job_id: int | None) -> Iterator[int]:
    while job_id in jobs:
        yield job_id
        job_id = jobs[job_id].parent


def _descendants(jobs: dict[int, Job], job_id: int) -> Iterator[int]:
    yield job_id
    for job in jobs.values():
        if job.parent == job_id:
            yield from _descendants(jobs, job.id)
