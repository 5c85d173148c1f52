from console.retrieval import measures


def test_a_file_counts_once_at_its_best_chunk():
    assert measures.files(["a", "b", "a", "c"]) == ["a", "b", "c"]


def test_recall_is_the_share_of_the_expected():
    assert measures.recall(["a", "b"], ["b", "c"]) == 0.5
    assert measures.recall(["a"], []) == 0.0


def test_the_first_expected_file_gives_the_rank():
    assert measures.first_rank(["b", "c"], ["a", "c", "b"]) == 2
    assert measures.first_rank(["x"], ["a"]) == 0


def test_nothing_found_is_worth_nothing():
    assert [measures.reciprocal(rank) for rank in (0, 1, 4)] == [0.0, 1.0, 0.25]
    assert measures.mean([]) is None
