"""The problems of objects: messages, tools, training examples, requests of batches, items of evals.

Sources: Azure's pages on batch and fine-tuning (2026-03) and the request schemas of OpenAI's OpenAPI 2.3.0.
"""

from .kinds import ERROR, WARNING, Kind

CHAT = {
    "messages_missing": Kind(ERROR, "There are no `messages`.", "Add the list of messages."),
    "messages_invalid": Kind(ERROR, "`messages` is not a list.", "Make it a list of messages."),
    "messages_empty": Kind(ERROR, "`messages` is empty.", "Add messages."),
    "message_invalid": Kind(ERROR, "The message is not an object.", "Write it with `role` and `content`."),
    "role_missing": Kind(
        ERROR, "The message has no `role`.", "Say who speaks: system, user, assistant or tool."
    ),
    "role_unknown": Kind(
        ERROR,
        'The role "{role}" is unknown.',
        "Use system, developer, user, assistant or tool.",
    ),
    "role_alias": Kind(ERROR, 'The role "{role}" is unknown; it means {meant}.', 'Rename it to "{meant}".'),
    "role_misplaced": Kind(
        WARNING, "A {role} message comes after the conversation has begun.", "Put it first."
    ),
    "content_missing": Kind(ERROR, "The {role} message has no `content`.", "Add the content."),
    "content_null": Kind(ERROR, "The content of a {role} message may not be null.", 'Use the empty text "".'),
    "content_empty": Kind(WARNING, "The content is empty.", "Add the text, or remove the message."),
    "content_invalid": Kind(
        ERROR, "The content is {value}, not a text or a list of parts.", "Write the content as a text."
    ),
    "part_invalid": Kind(
        ERROR, "The part has no valid `type`, or its value is missing.", "Correct the part."
    ),
    "part_unsupported": Kind(
        ERROR, 'A part of type "{type}" cannot stand in a {role} message here.', "Remove the part."
    ),
    "image_invalid": Kind(
        ERROR,
        "The image is neither an https address nor a data URL of a JPEG, PNG, WebP or GIF.",
        "Correct `image_url.url`.",
    ),
    "images_too_many": Kind(
        ERROR, "The example has {count} images; at most {most} are used.", "Leave some images out."
    ),
    "assistant_missing": Kind(
        ERROR,
        "No assistant message has content or tool calls, so there is nothing to learn.",
        "Add the answer.",
    ),
    "assistant_empty": Kind(
        ERROR,
        "The assistant message has neither content nor tool calls.",
        "Add the answer, or remove the message.",
    ),
    "last_not_assistant": Kind(
        ERROR, "The last message is not from the assistant.", "End the example with the answer to be learned."
    ),
    "last_not_user": Kind(
        ERROR,
        "The last message is not from the user.",
        "End with the user's message; the model writes the answer that is graded.",
    ),
    "input_ends_with_assistant": Kind(
        ERROR, "The input ends with an assistant message.", "End the input with the message to be answered."
    ),
    "weight_misplaced": Kind(
        ERROR, "Only assistant messages have a `weight`.", "Remove the weight from the {role} message."
    ),
    "weight_invalid": Kind(ERROR, "`weight` is {value}; it must be 0 or 1.", "Use 0 (ignore) or 1 (learn)."),
    "weight_all_zero": Kind(
        ERROR,
        "All assistant messages have the weight 0, so there is nothing to learn.",
        "Give one the weight 1.",
    ),
}

TOOLS = {
    "tools_invalid": Kind(ERROR, "`tools` is not a list of tools.", "Write a list, or leave it out."),
    "tool_invalid": Kind(
        ERROR,
        "The tool is not of the form type, function, name.",
        'Write {{"type": "function", "function": …}}.',
    ),
    "tool_name_invalid": Kind(
        ERROR,
        "The name of a function is 1 to 64 letters, digits, hyphens or underscores.",
        "Rename the function.",
    ),
    "tool_name_duplicate": Kind(ERROR, 'Two tools are called "{name}".', "Rename one of them."),
    "tool_parameters_invalid": Kind(
        ERROR, "The parameters are not a JSON schema of an object: {fault}.", "Correct the schema."
    ),
    "tool_undefined": Kind(
        WARNING, 'The tool "{name}" is called but not among `tools`.', "Describe the tool in `tools`."
    ),
    "tool_calls_invalid": Kind(ERROR, "`tool_calls` is not a list of calls.", "Correct or remove it."),
    "tool_call_invalid": Kind(
        ERROR,
        "The call has no `function` with a `name`.",
        "Write id, type, and function with name and arguments.",
    ),
    "tool_call_type_missing": Kind(ERROR, "The call has no `type`.", 'Add "type": "function".'),
    "tool_call_id_missing": Kind(ERROR, "There is no id that joins the call and its result.", "Add the id."),
    "tool_call_id_duplicate": Kind(ERROR, 'Two calls have the id "{id}".', "Give each call its own id."),
    "tool_call_unknown": Kind(
        ERROR, 'The result is for the call "{id}", which no open call has.', "Put it right after its call."
    ),
    "tool_call_unanswered": Kind(
        ERROR, 'The call "{id}" has no tool message with its result.', "Add the result right after the call."
    ),
    "arguments_not_text": Kind(
        ERROR, "`arguments` is {value}; it must be a text that holds JSON.", "Write the JSON as a text."
    ),
    "arguments_invalid": Kind(WARNING, "`arguments` does not hold a JSON object.", "Correct the arguments."),
    "parallel_tool_calls_invalid": Kind(
        ERROR, "`parallel_tool_calls` is {value}, not true or false.", "Use true or false."
    ),
}

TRAINING = {
    "format_completion": Kind(
        ERROR,
        "This is the old form with `prompt` and `completion`.",
        "Rewrite it as `messages` with a user and an assistant message.",
    ),
    "key_unknown": Kind(
        WARNING, '"{key}" is not read for this purpose.', "Remove it, or check its spelling."
    ),
    "key_unusable": Kind(
        WARNING,
        'Graders cannot name "{key}" as {{{{item.…}}}}.',
        "Use letters, digits and underscores.",
    ),
    "keys_inconsistent": Kind(
        WARNING,
        "The fields differ from those of line {first}: {difference}.",
        "Give every line the same fields.",
    ),
    "input_missing": Kind(ERROR, "There is no `input` object.", "Add `input` with `messages`."),
    "output_missing": Kind(ERROR, "There is no `{key}`.", "Add the list with the assistant's message."),
    "output_invalid": Kind(ERROR, "`{key}` is not a list with messages.", "Make it a list of messages."),
    "output_role_invalid": Kind(
        ERROR, "A {role} message cannot stand in an output.", "Use assistant and tool messages only."
    ),
    "outputs_equal": Kind(
        WARNING,
        "The preferred and the other output are the same, so there is nothing to learn.",
        "Change one.",
    ),
}

BATCH = {
    "custom_id_missing": Kind(ERROR, "There is no `custom_id`.", "Add an id that is unique in the file."),
    "custom_id_not_text": Kind(ERROR, "`custom_id` is {value}, not a text.", "Put it in double quotes."),
    "custom_id_empty": Kind(ERROR, "`custom_id` is empty.", "Add an id that is unique in the file."),
    "custom_id_duplicate": Kind(
        ERROR, 'The `custom_id` "{id}" was already used in line {first}.', "Give each line its own id."
    ),
    "method_missing": Kind(ERROR, "There is no `method`.", 'Add "method": "POST".'),
    "method_invalid": Kind(ERROR, '`method` is {value}; only "POST" is accepted.', 'Use "POST".'),
    "url_missing": Kind(ERROR, "There is no `url`.", "Add the endpoint, for example /v1/chat/completions."),
    "url_unknown": Kind(
        WARNING, "{url} is none of the endpoints that batches are documented for.", "Check the endpoint."
    ),
    "url_mismatch": Kind(
        ERROR, "The url {url} is not {wanted}, as it must be.", "Use one endpoint in the file."
    ),
    "body_missing": Kind(ERROR, "There is no `body` object.", "Add the request."),
    "model_missing": Kind(ERROR, "There is no `model` in the body.", "Name the batch deployment."),
    "model_invalid": Kind(ERROR, "`model` is {value}, not a name.", "Name the batch deployment."),
    "model_mixed": Kind(
        ERROR,
        'The deployment "{model}" differs from "{wanted}"; a batch goes to one deployment.',
        "Use one deployment in the file.",
    ),
    "stream_present": Kind(ERROR, "A batch cannot stream.", "Remove `{key}`."),
    "input_absent": Kind(ERROR, "The request has no `input`.", "Add the input."),
    "input_invalid": Kind(
        ERROR, "`input` is {value}, which this endpoint does not read.", "Correct the input."
    ),
    "input_empty": Kind(ERROR, "`input` is empty.", "Add the input."),
    "inputs_too_many": Kind(ERROR, "`input` has {count:,} texts; at most 2,048 are accepted.", "Split it."),
    "limit_invalid": Kind(ERROR, "`{key}` is {value}, not a whole number above 0.", "Correct the number."),
}

EVALS = {
    "item_missing": Kind(ERROR, "There is no `item`.", 'Put the fields into an "item" object.'),
    "item_invalid": Kind(ERROR, "`item` is {value}, not an object.", "Make it an object."),
    "sample_invalid": Kind(ERROR, "`sample` is {value}, not an object.", "Make it an object, or remove it."),
    "item_schema_mismatch": Kind(
        ERROR, "The item does not fit the eval's schema: {fault}.", "Correct the item, or the schema."
    ),
}
