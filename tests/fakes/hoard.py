"""A folder of old pictures in a dictionary."""

from hashlib import sha256

from bot.core.errors import NotFound
from bot.ports.hoard import Find, Passed, Unearthed


class FakeHoard:
    """`files` by name; those of which the content is None are links."""

    def __init__(self, files=None, *, changed=0):
        self.files = dict(files or {})
        self.changed = changed

    async def walk(self):
        for name, content in sorted(self.files.items()):
            if content is None:
                yield Passed(name=name, why="It is a link, and links are not followed.")
            else:
                yield Find(name=name, bytes=len(content), changed=self.changed)

    async def read(self, find):
        if self.files.get(find.name) is None:
            raise NotFound("It cannot be opened: it is gone.")
        content = self.files[find.name]
        return Unearthed(content=content, sha256=sha256(content).hexdigest())
