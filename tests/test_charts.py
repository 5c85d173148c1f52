"""Charts: axes that fit, paths in place, figures behind."""

from console.charts import HEIGHT, MOST_POINTS, MOST_ROWS, WIDTH, Line, bounds, chart, smoothed, thinned

LOSS = Line("Training", [(0.0, 2.0), (50.0, 1.0), (100.0, 0.0)], 1)


def test_a_line_goes_from_corner_to_corner():
    one = chart("loss", "Loss", [LOSS])

    assert one.drawn[0].path == f"M0 0 L{WIDTH // 2} {HEIGHT // 2} L{WIDTH} {HEIGHT}"


def test_axes_are_round_and_start_at_nothing():
    one = chart("loss", "Loss", [LOSS])

    assert one.y_labels == ["2.0", "1.5", "1.0", "0.5", "0.0"]
    assert one.x_labels == ["0", "25", "50", "75", "100"]


def test_every_value_is_between_the_bounds():
    for least, most in [(0.1, 0.9), (0.0, 0.0), (-3.0, 7.5), (0.0001, 0.0002), (12.0, 98765.0), (-5.0, -1.0)]:
        low, high = bounds(least, most)

        assert low <= least <= most <= high


def test_a_chart_leaves_room_for_the_steps_to_come():
    one = chart("loss", "Loss", [LOSS], end=200)

    assert one.x_labels[-1] == "200"
    assert one.drawn[0].path.endswith(f"L{WIDTH // 2} {HEIGHT}")


def test_an_axis_reaches_what_its_unit_reaches():
    none = chart("pass-rate", "Pass rate in %", [Line("All", [(1.0, 0.0), (2.0, 0.0)])], top=100.0)

    assert none.y_labels == ["100", "75", "50", "25", "0"]


def test_a_single_point_is_a_mark():
    one = chart("loss", "Loss", [Line("Training", [(3.0, 0.5)])])

    assert one.drawn[0].marks == "M0 90h0"
    assert one.x_labels == ["3"]


def test_many_points_are_thinned_and_drawn_with_their_average():
    points = [(float(x), float(x % 2)) for x in range(5000)]

    one = chart("loss", "Loss", [Line("Training", points)])

    assert one.drawn[0].raw.count("L") == MOST_POINTS - 1
    assert one.drawn[0].path != one.drawn[0].raw
    assert len(one.rows) == MOST_ROWS
    assert one.rows[-1][0] == "4999"
    assert one.is_cut


def test_thinning_keeps_both_ends():
    assert thinned(list(range(100)), 4) == [0, 33, 66, 99]


def test_the_average_of_a_straight_line_is_that_line():
    points = [(float(x), 2.0 * x) for x in range(100)]

    assert smoothed(points) == points


def test_the_table_has_a_cell_for_each_line_and_none_where_nothing_was_measured():
    valid = Line("Validation", [(50.0, 1.25)], 2)

    one = chart("loss", "Loss", [LOSS, valid])

    assert one.rows == [("0", ["2", ""]), ("50", ["1", "1.25"]), ("100", ["0", ""])]


def test_a_chart_tells_in_words_what_it_shows():
    one = chart("loss", "Loss", [LOSS])

    assert one.words == "Loss by step. Training: 2 at step 0, 0 at step 100."
