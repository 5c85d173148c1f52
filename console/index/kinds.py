"""Every kind of object that the index keeps; `LISTED` are those that the API has a list of."""

from datetime import timedelta

from console.index import (
    batches,
    containers,
    conversations,
    deployments,
    eval_runs,
    evals,
    files,
    fine_tuning,
    models,
    responses,
    stored_completions,
    vector_stores,
)
from console.index.keeping import has_responses, may_have
from console.index.reading import Following, Kind
from console.v1 import eval_runs as runs
from console.v1.fine_tuning import ENDED

QUARTER = timedelta(minutes=15)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(models.KIND, QUARTER, models.read, lambda _: True),
        Kind(deployments.KIND, timedelta(minutes=5), deployments.read, deployments.has_deployments),
        Kind(files.KIND, QUARTER, files.read, may_have, meet=files.meet),
        Kind(
            fine_tuning.KIND,
            QUARTER,
            fine_tuning.read,
            may_have,
            Following(fine_tuning.look, ENDED),
            fine_tuning.meet,
        ),
        Kind(
            batches.KIND,
            QUARTER,
            batches.read,
            may_have,
            Following(batches.look, batches.ENDED),
            batches.meet,
        ),
        Kind(vector_stores.KIND, QUARTER, vector_stores.read, may_have, meet=vector_stores.meet),
        Kind(
            stored_completions.KIND, QUARTER, stored_completions.read, may_have, meet=stored_completions.meet
        ),
        Kind(
            containers.KIND,
            QUARTER,
            containers.read,
            may_have,
            Following(containers.look, containers.ENDED),
            containers.meet,
        ),
        Kind(evals.KIND, QUARTER, evals.read, may_have, meet=evals.meet),
        Kind(eval_runs.KIND, QUARTER, eval_runs.read, may_have, Following(eval_runs.look, runs.ENDED)),
        Kind(responses.KIND, QUARTER, None, has_responses, Following(responses.look, responses.ENDED)),
        Kind(conversations.KIND, QUARTER, None, may_have),
    )
}
LISTED = {name: kind for name, kind in KINDS.items() if kind.is_listed}
