"""Every kind of object that the index keeps."""

from datetime import timedelta

from console.index import deployments, files, fine_tuning, models, vector_stores
from console.index.reading import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(models.KIND, timedelta(minutes=15), models.read, lambda _: True),
        Kind(deployments.KIND, timedelta(minutes=5), deployments.read, deployments.has_deployments),
        Kind(files.KIND, timedelta(minutes=15), files.read, files.has_files),
        Kind(fine_tuning.KIND, timedelta(minutes=15), fine_tuning.read, fine_tuning.may_tune),
        Kind(vector_stores.KIND, timedelta(minutes=15), vector_stores.read, vector_stores.may_have_stores),
    )
}
