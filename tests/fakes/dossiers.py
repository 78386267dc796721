"""Characters as files that only this process can read."""

from bot.core.errors import BadRequest
from bot.ports.dossiers import Dossier


class FakeDossiers:
    """Keeps what was packed; a file is its number, made as large as its pictures are."""

    def __init__(self) -> None:
        self.packed: dict[bytes, Dossier] = {}

    async def pack(self, dossier: Dossier) -> bytes:
        pictures = sum(len(one.content) for one in dossier.references)
        content = f"dossier {len(self.packed)}".encode().ljust(pictures, b".")
        self.packed[content] = dossier
        return content

    async def unpack(self, content: bytes) -> Dossier:
        if content not in self.packed:
            raise BadRequest("The file is no zip.", hint="Take a file that `/character export` made.")
        return self.packed[content]
