from console.retrieval.passages import ROOM, passage


def marked(text: str, *queries: str) -> list[str]:
    return [piece.text for piece in passage(text, queries).pieces if piece.is_marked]


def test_words_of_the_query_are_marked_in_their_forms():
    assert marked("Pools were exhausted; exhausting a pool.", "pool exhausted") == [
        "Pools",
        "exhausted",
        "exhausting",
        "pool",
    ]


def test_common_words_are_not_marked():
    assert marked("What is the pool?", "what is the limit") == []


def test_a_query_without_words_marks_nothing():
    assert marked("anything", "?!") == []


def test_all_of_the_text_is_kept_in_its_pieces():
    found = passage("One pool, two pools.", ["pool"])

    assert "".join(piece.text for piece in found.pieces) == "One pool, two pools."
    assert not found.is_cut


def test_a_long_text_is_cut_to_where_the_words_stand():
    text = "filler " * 500 + "the connection pool is full" + " filler" * 500

    found = passage(text, ["connection pool"])

    assert found.is_cut
    assert [piece.text for piece in found.pieces if piece.is_marked] == ["connection", "pool"]
    assert sum(len(piece.text) for piece in found.pieces) == ROOM
