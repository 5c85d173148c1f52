"""Every kind of object that the index keeps."""

from datetime import timedelta

from console.index import deployments, models
from console.index.reading import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(models.KIND, timedelta(minutes=15), models.read, lambda _: True),
        Kind(deployments.KIND, timedelta(minutes=5), deployments.read, deployments.has_deployments),
    )
}
