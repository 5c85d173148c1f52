"""Every problem the doctor knows: its stable code, how grave it is, what is wrong and how to mend it.

Codes are `noun_problem` and never change their meaning: pages, reports and saved choices of repairs refer to them.
"""

from .catalogue_objects import BATCH, CHAT, EVALS, TOOLS, TRAINING
from .kinds import ERROR, WARNING, Kind

FILE = {
    "bom_missing": Kind(
        WARNING,
        "The file has no byte order mark; Azure asks for UTF-8 with one in fine-tuning files.",
        "Add the three bytes EF BB BF at the start.",
        once=True,
    ),
    "bom_present": Kind(
        ERROR,
        "The file starts with a byte order mark; a batch with one is refused.",
        "Save the file as UTF-8 without BOM.",
        once=True,
    ),
    "bom_unneeded": Kind(
        WARNING,
        "The file starts with a byte order mark, which JSON does not allow.",
        "Save the file as UTF-8 without BOM.",
        once=True,
    ),
    "bom_misplaced": Kind(
        ERROR,
        "A byte order mark stands inside the file, where a line begins.",
        "Remove it; it is left over where files were joined.",
    ),
    "encoding_not_utf8": Kind(
        ERROR,
        "The file is written in {encoding}, not in UTF-8; nothing in it was checked.",
        "Save it as UTF-8.",
        once=True,
    ),
    "file_empty": Kind(ERROR, "The file has no line with content.", "Choose another file.", once=True),
    "file_too_large": Kind(
        ERROR,
        "The file has {bytes:,} bytes; at most {most:,} are accepted for this purpose.",
        "Split it into several files.",
        once=True,
    ),
    "lines_too_many": Kind(
        ERROR,
        "This line is past the {most:,} requests that one batch may have.",
        "Split the file into several batches.",
        once=True,
    ),
    "examples_too_few": Kind(
        ERROR,
        "Examples in the file: {count}. Fine-tuning needs at least {least}.",
        "Add examples.",
        once=True,
    ),
    "line_ending_crlf": Kind(
        WARNING, "Lines end as on Windows (CR LF).", "End each line with LF alone.", once=True
    ),
    "line_ending_cr": Kind(
        ERROR,
        "Lines end with CR alone, which readers take for one long line.",
        "End each line with LF.",
        once=True,
    ),
    "line_ending_mixed": Kind(
        WARNING, "Lines of this file end in different ways.", "End each line with LF.", once=True
    ),
    "line_empty": Kind(WARNING, "The line is empty.", "Remove the line."),
    "final_newline_missing": Kind(
        WARNING, "The last line does not end with a newline.", "Add a newline at the end.", once=True
    ),
    "line_too_long": Kind(
        ERROR,
        "The line is longer than {most} MiB and was not looked into.",
        "Shorten the line, or check that the file has line breaks.",
    ),
    "line_too_complex": Kind(
        WARNING,
        "The line may hold more than {most:,} values; what is in it was not checked.",
        "Check this line in another way, or split it.",
    ),
}

JSON = {
    "utf8_invalid": Kind(
        ERROR,
        "Byte {byte:,} of the line ({value}) is not valid UTF-8.",
        "Save the file as UTF-8, or replace the broken character.",
    ),
    "nul_present": Kind(ERROR, "There is a NUL character here.", "Remove it."),
    "json_invalid": Kind(ERROR, "A JSON value should begin here.", "Correct the JSON."),
    "json_truncated": Kind(
        ERROR, "The line ends before its JSON does.", "Complete the line; each object must stand on one line."
    ),
    "array_not_lines": Kind(
        ERROR,
        "The file begins with a list; JSON Lines has one object on each line and nothing around them.",
        "Remove the brackets around the objects and write each object on one line.",
    ),
    "line_not_object": Kind(ERROR, "The line holds {value}, not an object.", "Put an object on the line."),
    "garbage_trailing": Kind(
        ERROR, "Something follows the end of the object.", "Remove what stands after the object."
    ),
    "objects_joined": Kind(
        ERROR, "A second object begins on the same line.", "Put each object on a line of its own."
    ),
    "comma_trailing": Kind(ERROR, "There is a comma after the last member.", "Remove the comma."),
    "comma_missing": Kind(ERROR, "A comma or a closing bracket is missing here.", "Add what is missing."),
    "colon_missing": Kind(ERROR, "A colon is missing after the name.", "Add the colon."),
    "key_unquoted": Kind(
        ERROR, "A name in double quotes should stand here.", "Put the name in double quotes."
    ),
    "key_duplicate": Kind(
        ERROR,
        'The object names "{key}" twice.',
        "Keep one of the two; readers differ in which one they take.",
    ),
    "quote_single": Kind(ERROR, "JSON has no single quotes.", "Use double quotes."),
    "string_unterminated": Kind(ERROR, "The string that begins here has no end.", "Add the closing quote."),
    "control_character": Kind(
        ERROR,
        "A control character ({value}) stands inside a string.",
        "Write it as an escape, for example \\n or \\t.",
    ),
    "escape_invalid": Kind(ERROR, "This escape does not exist in JSON.", "Write a backslash itself as \\\\."),
    "surrogate_lone": Kind(
        ERROR, "Half of a surrogate pair is escaped here; it is no character.", "Write the whole character."
    ),
    "number_not_finite": Kind(
        ERROR,
        "NaN, infinities and numbers beyond 1e308 are not JSON numbers.",
        "Use a number, a text or null.",
    ),
    "number_too_long": Kind(ERROR, "This number has more than 4,300 digits.", "Write it as a text."),
    "nesting_too_deep": Kind(
        ERROR,
        "Objects and lists are nested more than {most} levels deep here.",
        "Make the structure flatter.",
    ),
}

CATALOGUE: dict[str, Kind] = {**FILE, **JSON, **CHAT, **TOOLS, **TRAINING, **BATCH, **EVALS}

# What repair() can do; one finding of these codes may still have no safe repair, and then says so.
REPAIRS: dict[str, str] = {
    "bom_missing": "Add the byte order mark",
    "bom_present": "Remove the byte order mark",
    "bom_unneeded": "Remove the byte order mark",
    "bom_misplaced": "Remove byte order marks inside the file",
    "line_ending_crlf": "End lines with LF",
    "line_ending_cr": "End lines with LF",
    "line_ending_mixed": "End all lines with LF",
    "line_empty": "Remove empty lines",
    "final_newline_missing": "Add the newline at the end",
    "comma_trailing": "Remove commas after the last member",
    "garbage_trailing": "Remove commas and semicolons after the object",
    "role_alias": "Rename roles",
    "content_null": "Replace null by an empty text",
    "weight_misplaced": "Remove weights where none may be",
    "weight_invalid": "Write weights as 0 and 1",
    "tool_call_type_missing": "Add the type of tool calls",
    "tool_call_id_missing": "Join results to the only open tool call",
    "arguments_not_text": "Write arguments as text",
    "custom_id_not_text": "Put ids in quotes",
    "custom_id_duplicate": "Make ids unique by a number at the end",
    "method_missing": "Add the method",
    "method_invalid": "Write POST in capitals",
    "url_mismatch": "Write the endpoint in one form",
    "model_mixed": "Use one deployment",
    "stream_present": "Remove streaming",
    "item_missing": "Put the fields into an item",
}
