"""The whole site on one page, a list of paths per noun."""

from allauth.account import views as account
from django.urls import URLPattern, path

from console.views import (
    activity,
    audit,
    batch_cancel,
    batch_drafts,
    batch_results,
    batch_retry,
    batch_templates,
    batches,
    batches_new,
    bulk,
    checkpoints,
    comparisons,
    connections,
    container_files,
    containers,
    conversation_items,
    conversations,
    datasets,
    deployments,
    errors,
    eval_compare,
    eval_items,
    eval_runs,
    eval_runs_new,
    evals,
    evals_new,
    file_checks,
    file_content,
    file_moves,
    files,
    fine_tuning,
    fine_tuning_compare,
    fine_tuning_new,
    fine_tuning_quote,
    golden,
    graders,
    health,
    model_delete,
    models,
    open_by_id,
    overview,
    palette,
    people,
    playground,
    probes,
    response_parts,
    responses,
    responses_new,
    sign_in,
    stored_completions,
    syncs,
    uploads,
    vector_search,
    vector_store_files,
    vector_store_uploads,
    vector_stores,
)

session: list[URLPattern] = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("sign-in/<str:token>/", sign_in.redeem, name="sign-in"),
]

frame: list[URLPattern] = [
    path("", overview.index, name="overview"),
    path("palette/", palette.index, name="palette"),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

connection: list[URLPattern] = [
    path("connections/", connections.index, name="connections"),
    path("connections/new/", connections.new, name="connection-new"),
    path("connections/recognise/", connections.recognise, name="connection-recognise"),
    path("c/<slug:slug>/", connections.show, name="connection"),
    path("c/<slug:slug>/edit/", connections.edit, name="connection-edit"),
    path("c/<slug:slug>/test/", connections.test, name="connection-test"),
    path("c/<slug:slug>/pause/", connections.pause, name="connection-pause"),
    path("c/<slug:slug>/resume/", connections.resume, name="connection-resume"),
    path("c/<slug:slug>/credential/", connections.credential, name="connection-credential"),
    path("c/<slug:slug>/remove/", connections.remove, name="connection-remove"),
    path("c/<slug:slug>/refresh/", connections.refresh, name="connection-refresh"),
    path("api-support/", probes.index, name="api-support"),
    path("c/<slug:slug>/api-support/", probes.show, name="connection-api-support"),
    path("c/<slug:slug>/api-support/probe/", probes.probe, name="connection-probe"),
]

model: list[URLPattern] = [
    path("models/", models.index, name="models"),
    path("models/refresh/", models.refresh, name="models-refresh"),
    path("c/<slug:slug>/models/<path:model_id>/delete/", model_delete.delete, name="model-delete"),
    path("c/<slug:slug>/models/<path:model_id>/", models.show, name="model"),
    path("c/<slug:slug>/index/<slug:kind>/cancel/", syncs.cancel, name="sync-cancel"),
    path("deployments/", deployments.index, name="deployments"),
    path("deployments/refresh/", deployments.refresh, name="deployments-refresh"),
    path("c/<slug:slug>/deployments/<path:name>/", deployments.show, name="deployment"),
]

file: list[URLPattern] = [
    path("files/", files.index, name="files"),
    path("files/delete/", bulk.delete, {"kind": "file"}, name="files-delete"),
    path("c/<slug:slug>/files/<str:file_id>/copy/", file_moves.copy, name="file-copy"),
    path("c/<slug:slug>/files/<str:file_id>/check/", file_checks.show, name="file-check"),
    path("c/<slug:slug>/files/<str:file_id>/mend/", file_checks.mend, name="file-mend"),
    path("files/upload/", uploads.new, name="upload-new"),
    path("uploads/", uploads.begin, name="upload-begin"),
    path("uploads/<uuid:pk>/", uploads.show, name="upload"),
    path("uploads/<uuid:pk>/parts/<int:number>/", uploads.part, name="upload-part"),
    path("uploads/<uuid:pk>/send/", uploads.send, name="upload-send"),
    path("uploads/<uuid:pk>/check/", uploads.check, name="upload-check"),
    path("uploads/<uuid:pk>/cancel/", uploads.cancel, name="upload-cancel"),
    path("files/refresh/", files.refresh, name="files-refresh"),
    path("c/<slug:slug>/files/<str:file_id>/", files.show, name="file"),
    path("c/<slug:slug>/files/<str:file_id>/delete/", files.delete, name="file-delete"),
    path("c/<slug:slug>/files/<str:file_id>/preview/", file_content.preview, name="file-preview"),
    path("c/<slug:slug>/files/<str:file_id>/download/", file_content.download, name="file-download"),
]

stored_completion: list[URLPattern] = [
    path("stored-completions/", stored_completions.index, name="stored-completions"),
    path("stored-completions/refresh/", stored_completions.refresh, name="stored-completions-refresh"),
    path(
        "stored-completions/delete/",
        bulk.delete,
        {"kind": "stored_completion"},
        name="stored-completions-delete",
    ),
    path("stored-completions/dataset/", datasets.new, name="stored-completions-dataset"),
    path(
        "c/<slug:slug>/stored-completions/<str:completion_id>/",
        stored_completions.show,
        name="stored-completion",
    ),
    path(
        "c/<slug:slug>/stored-completions/<str:completion_id>/messages/",
        stored_completions.asked,
        name="stored-completion-messages",
    ),
    path(
        "c/<slug:slug>/stored-completions/<str:completion_id>/edit/",
        stored_completions.edit,
        name="stored-completion-edit",
    ),
    path(
        "c/<slug:slug>/stored-completions/<str:completion_id>/delete/",
        stored_completions.delete,
        name="stored-completion-delete",
    ),
]

container: list[URLPattern] = [
    path("containers/", containers.index, name="containers"),
    path("containers/refresh/", containers.refresh, name="containers-refresh"),
    path("containers/delete/", bulk.delete, {"kind": "container"}, name="containers-delete"),
    path("c/<slug:slug>/containers/new/", containers.new, name="container-new"),
    path("c/<slug:slug>/containers/<str:container_id>/", containers.show, name="container"),
    path("c/<slug:slug>/containers/<str:container_id>/live/", containers.live, name="container-live"),
    path("c/<slug:slug>/containers/<str:container_id>/delete/", containers.delete, name="container-delete"),
    path("c/<slug:slug>/containers/<str:container_id>/add/", container_files.add, name="container-add"),
    path(
        "c/<slug:slug>/containers/<str:container_id>/files/<str:file_id>/content/",
        container_files.download,
        name="container-file-download",
    ),
    path(
        "c/<slug:slug>/containers/<str:container_id>/files/<str:file_id>/delete/",
        container_files.delete,
        name="container-file-delete",
    ),
]

vector_store: list[URLPattern] = [
    path("vector-stores/", vector_stores.index, name="vector-stores"),
    path("vector-stores/refresh/", vector_stores.refresh, name="vector-stores-refresh"),
    path("vector-stores/delete/", bulk.delete, {"kind": "vector_store"}, name="vector-stores-delete"),
    path("c/<slug:slug>/vector-stores/new/", vector_stores.new, name="vector-store-new"),
    path("c/<slug:slug>/vector-stores/<str:store_id>/", vector_stores.show, name="vector-store"),
    path("c/<slug:slug>/vector-stores/<str:store_id>/edit/", vector_stores.edit, name="vector-store-edit"),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/delete/", vector_stores.delete, name="vector-store-delete"
    ),
    path("c/<slug:slug>/vector-stores/<str:store_id>/golden/", golden.index, name="vector-store-golden"),
    path("c/<slug:slug>/vector-stores/<str:store_id>/golden/run/", golden.start, name="golden-run-start"),
    path("c/<slug:slug>/vector-stores/<str:store_id>/golden/runs/<uuid:pk>/", golden.run, name="golden-run"),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/golden/<uuid:pk>/delete/",
        golden.delete,
        name="golden-query-delete",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/search/", vector_search.index, name="vector-store-search"
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/search/attributes/",
        vector_search.attributes,
        name="vector-store-attributes",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/",
        vector_store_files.index,
        name="vector-store-files",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/add/",
        vector_store_files.attach,
        name="vector-store-attach",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/upload/",
        vector_store_uploads.upload,
        name="vector-store-upload",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/<str:file_id>/",
        vector_store_files.show,
        name="vector-store-file",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/<str:file_id>/attributes/",
        vector_store_files.attributes,
        name="vector-store-file-attributes",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/files/<str:file_id>/detach/",
        vector_store_files.detach,
        name="vector-store-file-detach",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/batches/<str:batch_id>/",
        vector_store_files.batch,
        name="vector-store-batch",
    ),
    path(
        "c/<slug:slug>/vector-stores/<str:store_id>/batches/<str:batch_id>/cancel/",
        vector_store_files.cancel,
        name="vector-store-batch-cancel",
    ),
]

CHECKPOINT = "c/<slug:slug>/fine-tuning/<str:job_id>/checkpoints/<str:checkpoint_id>/"
checkpoint: list[URLPattern] = [
    path(CHECKPOINT, checkpoints.show, name="checkpoint"),
    path(f"{CHECKPOINT}live/", checkpoints.live, name="checkpoint-live"),
    path(f"{CHECKPOINT}copy/", checkpoints.copy, name="checkpoint-copy"),
    path(f"{CHECKPOINT}permissions/", checkpoints.permit, name="checkpoint-permit"),
    path(
        f"{CHECKPOINT}permissions/<str:permission_id>/delete/", checkpoints.forbid, name="checkpoint-forbid"
    ),
]

tuning: list[URLPattern] = [
    path("fine-tuning/", fine_tuning.index, name="fine-tuning-jobs"),
    path("fine-tuning/refresh/", fine_tuning.refresh, name="fine-tuning-jobs-refresh"),
    path("fine-tuning/compare/", fine_tuning_compare.compare, name="fine-tuning-compare"),
    path("c/<slug:slug>/fine-tuning/new/", fine_tuning_new.new, name="fine-tuning-job-new"),
    path("c/<slug:slug>/fine-tuning/new/quote/", fine_tuning_quote.show, name="fine-tuning-job-quote"),
    path("c/<slug:slug>/fine-tuning/new/check/", fine_tuning_quote.check, name="fine-tuning-job-check"),
    path("c/<slug:slug>/fine-tuning/new/upload/", fine_tuning_quote.upload, name="fine-tuning-job-upload"),
    path("c/<slug:slug>/fine-tuning/graders/", graders.bench, name="grader-bench"),
    path("c/<slug:slug>/fine-tuning/<str:job_id>/", fine_tuning.show, name="fine-tuning-job"),
    path("c/<slug:slug>/fine-tuning/<str:job_id>/live/", fine_tuning.live, name="fine-tuning-job-live"),
    path("c/<slug:slug>/fine-tuning/<str:job_id>/pause/", fine_tuning.pause, name="fine-tuning-job-pause"),
    path("c/<slug:slug>/fine-tuning/<str:job_id>/resume/", fine_tuning.resume, name="fine-tuning-job-resume"),
    path("c/<slug:slug>/fine-tuning/<str:job_id>/cancel/", fine_tuning.cancel, name="fine-tuning-job-cancel"),
    *checkpoint,
]

batch: list[URLPattern] = [
    path("batches/", batches.index, name="batches"),
    path("batches/refresh/", batches.refresh, name="batches-refresh"),
    path("batches/cancel/", batch_cancel.cancel_many, name="batches-cancel"),
    path("c/<slug:slug>/batches/new/", batches_new.new, name="batch-new"),
    path("c/<slug:slug>/batches/new/template/", batch_templates.new, name="batch-new-template"),
    path("c/<slug:slug>/batches/drafts/<uuid:draft>/", batch_drafts.show, name="batch-draft"),
    path("c/<slug:slug>/batches/drafts/<uuid:draft>/start/", batch_drafts.start, name="batch-draft-start"),
    path("c/<slug:slug>/batches/<str:batch_id>/", batches.show, name="batch"),
    path("c/<slug:slug>/batches/<str:batch_id>/live/", batches.live, name="batch-live"),
    path("c/<slug:slug>/batches/<str:batch_id>/cancel/", batch_cancel.cancel, name="batch-cancel"),
    path("c/<slug:slug>/batches/<str:batch_id>/results/", batch_results.index, name="batch-results"),
    path("c/<slug:slug>/batches/<str:batch_id>/results/read/", batch_results.read, name="batch-results-read"),
    path(
        "c/<slug:slug>/batches/<str:batch_id>/results/as/<slug:form>/",
        batch_results.download,
        name="batch-results-download",
    ),
    path("c/<slug:slug>/batches/<str:batch_id>/results/<int:number>/", batch_results.line, name="batch-line"),
    path("c/<slug:slug>/batches/<str:batch_id>/retry/", batch_retry.retry, name="batch-retry"),
]

evaluating: list[URLPattern] = [
    path("evals/", evals.index, name="evals"),
    path("evals/refresh/", evals.refresh, name="evals-refresh"),
    path("evals/delete/", bulk.delete, {"kind": "eval"}, name="evals-delete"),
    path("c/<slug:slug>/evals/new/", evals_new.new, name="eval-new"),
    path("c/<slug:slug>/evals/<str:eval_id>/", evals.show, name="eval"),
    path("c/<slug:slug>/evals/<str:eval_id>/edit/", evals_new.edit, name="eval-edit"),
    path("c/<slug:slug>/evals/<str:eval_id>/live/", evals.live, name="eval-live"),
    path("c/<slug:slug>/evals/<str:eval_id>/delete/", evals.delete, name="eval-delete"),
    path("c/<slug:slug>/evals/<str:eval_id>/compare/", eval_compare.index, name="eval-compare"),
    path("c/<slug:slug>/evals/<str:eval_id>/run/", eval_runs_new.new, name="eval-run-new"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/", eval_runs.show, name="eval-run"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/live/", eval_runs.live, name="eval-run-live"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/cancel/", eval_runs.cancel, name="eval-run-cancel"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/delete/", eval_runs.delete, name="eval-run-delete"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/items/", eval_items.index, name="eval-items"),
    path("c/<slug:slug>/eval-runs/<str:run_id>/items/<str:item_id>/", eval_items.show, name="eval-item"),
]

response: list[URLPattern] = [
    path("responses/", responses.index, name="responses"),
    path("responses/delete/", bulk.delete, {"kind": "response"}, name="responses-delete"),
    path("responses/open/", open_by_id.index, {"kind": "response"}, name="response-open"),
    path("c/<slug:slug>/responses/new/", responses_new.new, name="response-new"),
    path("c/<slug:slug>/responses/<str:response_id>/", responses.show, name="response"),
    path("c/<slug:slug>/responses/<str:response_id>/live/", responses.live, name="response-live"),
    path("c/<slug:slug>/responses/<str:response_id>/events/", response_parts.events, name="response-events"),
    path(
        "c/<slug:slug>/responses/<str:response_id>/input/", response_parts.input_items, name="response-input"
    ),
    path(
        "c/<slug:slug>/responses/<str:response_id>/thread/", response_parts.thread_of, name="response-thread"
    ),
    path("c/<slug:slug>/responses/<str:response_id>/cancel/", responses.cancel, name="response-cancel"),
    path("c/<slug:slug>/responses/<str:response_id>/delete/", responses.delete, name="response-delete"),
]

conversation: list[URLPattern] = [
    path("conversations/", conversations.index, name="conversations"),
    path("conversations/delete/", bulk.delete, {"kind": "conversation"}, name="conversations-delete"),
    path("conversations/open/", open_by_id.index, {"kind": "conversation"}, name="conversation-open"),
    path("c/<slug:slug>/conversations/new/", conversation_items.new, name="conversation-new"),
    path("c/<slug:slug>/conversations/<str:conversation_id>/", conversations.show, name="conversation"),
    path(
        "c/<slug:slug>/conversations/<str:conversation_id>/items/",
        conversations.items,
        name="conversation-items",
    ),
    path(
        "c/<slug:slug>/conversations/<str:conversation_id>/add/",
        conversation_items.add,
        name="conversation-add",
    ),
    path(
        "c/<slug:slug>/conversations/<str:conversation_id>/edit/",
        conversations.edit,
        name="conversation-edit",
    ),
    path(
        "c/<slug:slug>/conversations/<str:conversation_id>/delete/",
        conversations.delete,
        name="conversation-delete",
    ),
    path(
        "c/<slug:slug>/conversations/<str:conversation_id>/items/<str:item_id>/delete/",
        conversation_items.delete,
        name="conversation-item-delete",
    ),
]

comparing: list[URLPattern] = [
    path("playground/", playground.index, name="playground"),
    path("playground/turns/", playground.turns, name="turns"),
    path("playground/models/", playground.choices, name="playground-choices"),
    path("playground/comparisons/", comparisons.index, name="comparisons"),
    path("playground/comparisons/<uuid:pk>/", comparisons.show, name="comparison"),
    path("playground/comparisons/<uuid:pk>/stream/", comparisons.stream, name="comparison-stream"),
    path("playground/comparisons/<uuid:pk>/rename/", comparisons.rename, name="comparison-rename"),
    path("playground/comparisons/<uuid:pk>/delete/", comparisons.delete, name="comparison-delete"),
    path("playground/comparisons/<uuid:pk>/stop/", comparisons.stop, name="comparison-stop"),
    path("playground/answers/<uuid:pk>/", comparisons.answer, name="answer"),
    path("playground/answers/<uuid:pk>/stop/", comparisons.stop_answer, name="answer-stop"),
    path("playground/answers/<uuid:pk>/again/", comparisons.again, name="answer-again"),
    path("playground/answers/<uuid:pk>/code/", comparisons.code, name="answer-code"),
]

work: list[URLPattern] = [
    path("activity/", activity.index, name="activity"),
    path("activity/tray/", activity.tray, name="activity-tray"),
    path("activity/<uuid:pk>/", activity.show, name="job"),
    path("activity/<uuid:pk>/cancel/", activity.cancel, name="job-cancel"),
]

governance: list[URLPattern] = [
    path("audit/", audit.index, name="audit"),
    path("audit/<int:seq>/", audit.show, name="audit-event"),
    path("audit/verify/", audit.verify, name="audit-verify"),
]

account_pages: list[URLPattern] = [
    path("people/", people.index, name="people"),
    path("people/new/", people.new, name="person-new"),
    path("people/<int:pk>/", people.edit, name="person"),
    path("people/<int:pk>/disable/", people.disable, name="person-disable"),
    path("people/<int:pk>/enable/", people.enable, name="person-enable"),
    path("people/<int:pk>/link/", people.link, name="person-link"),
]

urlpatterns = [
    *session,
    *frame,
    *connection,
    *model,
    *file,
    *vector_store,
    *stored_completion,
    *container,
    *tuning,
    *batch,
    *evaluating,
    *response,
    *conversation,
    *comparing,
    *work,
    *governance,
    *account_pages,
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_error
