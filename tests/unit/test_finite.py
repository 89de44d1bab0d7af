"""Numbers that are none are found where they are."""

import keras
import numpy as np
import pytest

from mmcourse import finite


def model():
    given = keras.Input((2,), name="x")
    return keras.Model(given, keras.layers.Dense(3, name="last")(keras.layers.Dense(2, name="first")(given)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_column_and_its_first_bad_row_are_named(bad):
    values = np.zeros((5, 2, 3), "f")
    finite.check({"a": values, "count": np.arange(5), "words": np.array(["b"] * 5)})
    values[[2, 4], 1] = bad
    with pytest.raises(ValueError, match="sound has NaN or infinite numbers in 2 of 5 rows, the first is row 2"):
        finite.check({"a": np.zeros(5), "sound": values})


def test_broken_weights_are_named():
    net = model()
    finite.check_weights(net)
    message = finite.where_it_broke(net, {"x": np.array([[-2.0, 300.0]])}, (31, 60))
    assert "steps 31 to 60" in message
    assert "x from -2 to 300" in message
    assert "so are all weights" in message
    for name, others in (("last", ""), ("first", " and 1 more weights")):
        layer = net.get_layer(name)
        layer.kernel.assign(np.full(layer.kernel.shape, np.nan))
        with pytest.raises(ValueError, match=rf"Before the first step {name}/kernel{others} (is|are) not finite"):
            finite.check_weights(net)
        assert f"{name}/kernel{others}" in finite.where_it_broke(net, {"x": np.zeros((1, 2))}, (1, 2))
