"""Every reader of an object, against whatever JSON there may be."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.outbound.errors import ProtocolError
from console.v1 import (
    batches,
    checkpoints,
    containers,
    conversations,
    eval_runs,
    evals,
    files,
    fine_tuning,
    graders,
    items,
    problem,
    stored_completions,
    vector_search,
    vector_store_files,
    vector_stores,
)
from tests.v1.test_parse import JSON

READERS = [
    (files.parse_file, "bytes created_at expires_at filename purpose status status_details"),
    (vector_stores.parse_store, "name status file_counts usage_bytes expires_after last_active_at metadata"),
    (vector_store_files.parse_file, "status usage_bytes last_error chunking_strategy attributes created_at"),
    (vector_store_files.parse_batch, "status file_counts created_at vector_store_id"),
    (vector_search.parse_found, "search_query data has_more next_page"),
    (fine_tuning.parse_job, "status method hyperparameters error result_files integrations seed metadata"),
    (fine_tuning.parse_event, "level type message data created_at"),
    (fine_tuning.parse_checkpoint, "step_number metrics fine_tuned_model_checkpoint created_at"),
    (checkpoints.parse_copy, "checkpointedModelName copiedAccountDetails fineTuningJobId"),
    (checkpoints.parse_permission, "project_id created_at"),
    (graders.parse_grade, "reward metadata sub_rewards"),
    (batches.parse_batch, "status request_counts errors usage metadata created_at completed_at"),
    (evals.parse_eval, "name data_source_config testing_criteria metadata created_at"),
    (
        eval_runs.parse_run,
        "status result_counts per_model_usage per_testing_criteria_results error report_url",
    ),
    (eval_runs.parse_item, "status datasource_item_id datasource_item results sample created_at"),
    (items.parse_item, "type role content summary arguments output call_id name"),
    (conversations.parse_conversation, "metadata created_at"),
    (containers.parse_container, "name status expires_after memory_limit created_at last_active_at"),
    (containers.parse_file, "bytes path source container_id created_at"),
    (stored_completions.parse_completion, "choices usage metadata seed temperature created model"),
    (stored_completions.parse_message, "role content content_parts"),
    (problem.problem, "code message param line"),
    (problem.problems, ""),
]


@pytest.mark.parametrize(("read", "members"), READERS)
@settings(max_examples=40)
@given(data=st.data())
def test_no_json_breaks_a_reader(read, members, data):
    nested = st.dictionaries(st.sampled_from((members or "id").split()), JSON, max_size=4)
    value = data.draw(JSON | nested | nested.map(lambda found: {"id": "x-1", **found}))

    with suppress(ProtocolError):
        read(value)
