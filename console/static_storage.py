"""Static files under hashed names: stylesheets as one file, imports of scripts by their hashed names."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from servestatic.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/app.css"
LAYERED_IMPORT = re.compile(r'@import url\("(?P<file>[\w./-]+)"\) layer\((?P<layer>\w+)\);')
SCRIPT_IMPORT = r"""(?m)^(?P<matched>(?P<before>import\b[^'"\n]*|\} from )['"](?P<url>\./[\w-]+\.js)['"])"""


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """What a browser would fetch as forty small stylesheets reaches it as one, and no file is ever stale."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("*.js", ((SCRIPT_IMPORT, "%(before)s'%(url)s'"),)),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if STYLESHEET in paths and not dry_run:
            paths = {**paths, STYLESHEET: (_merged(paths), STYLESHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _merged(paths: dict[str, Any]) -> InMemoryStorage:
    """Return a storage that holds the entry stylesheet with every layered import written out in its place."""

    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            text: str = file.read().decode()
        return text

    def write_out(found: re.Match[str]) -> str:
        return f"@layer {found['layer']} {{\n{read('css/' + found['file'])}}}\n"

    merged = InMemoryStorage()
    merged.save(STYLESHEET, ContentFile(LAYERED_IMPORT.sub(write_out, read(STYLESHEET)).encode()))
    return merged
