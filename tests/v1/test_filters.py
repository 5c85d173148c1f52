from console.v1.filters import Findings


def test_findings_of_prompt_and_answer_become_rows():
    findings = Findings()
    findings.chunk(
        {
            "prompt_filter_results": [
                {
                    "prompt_index": 0,
                    "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
                }
            ]
        }
    )
    findings.take(
        "completion", {"content_filter_results": {"jailbreak": {"filtered": False, "detected": True}}}
    )

    rows = [(row["source"], row["category"], row["severity"], row["detected"]) for row in findings.rows()]
    assert rows == [("prompt", "hate", "safe", None), ("completion", "jailbreak", "", True)]


def test_the_worst_finding_of_a_category_stays():
    findings = Findings()
    for severity, filtered in (("low", False), ("high", True), ("safe", False)):
        findings.take(
            "completion", {"content_filter_results": {"hate": {"severity": severity, "filtered": filtered}}}
        )

    assert [(row["severity"], row["filtered"]) for row in findings.rows()] == [("high", True)]


def test_blocklists_count_as_filtered_when_one_of_them_is():
    findings = Findings()
    findings.take(
        "prompt",
        {"content_filter_result": {"custom_blocklists": {"details": [{"id": "ours", "filtered": True}]}}},
    )
    findings.take(
        "completion", {"content_filter_results": {"custom_blocklists": [{"id": "x", "filtered": True}]}}
    )

    assert [row["filtered"] for row in findings.rows()] == [True, True]


def test_findings_of_a_response_are_named_by_their_source():
    findings = Findings()
    findings.response(
        {
            "content_filters": [
                {
                    "blocked": False,
                    "source_type": "prompt",
                    "content_filter_results": {"violence": {"filtered": False, "severity": "medium"}},
                }
            ]
        }
    )
    findings.response({"content_filters": None})

    assert [(row["source"], row["severity"]) for row in findings.rows()] == [("prompt", "medium")]


def test_a_filter_that_failed_says_so():
    findings = Findings()
    findings.take("completion", {"content_filter_results": {"error": {"code": 500, "message": "Timed out"}}})

    assert findings.rows()[0]["message"] == "Timed out"
