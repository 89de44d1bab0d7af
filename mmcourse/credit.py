"""Credit: what each modality adds, in the mean over all orders in which they could arrive. NumPy only."""

from itertools import permutations

from mmcourse import shapes


def shared_credit(worth: dict[tuple[str, ...], float]) -> dict[str, float]:
    """{sorted names: worth}, of every selection of M names, () among them -> {name: its mean gain}, sorted.

    A modality gains what the worth rises by when it joins those before it; the mean is over the M! orders, and the sum
    of all credits is worth[all] - worth[()]. Worth is a score, or a model's answer to one case. Source: Shapley 1953.
    Raises ValueError where a selection is missing.
    """
    names = sorted({name for selection in worth for name in selection})
    if len(worth) != 2 ** shapes.whole(len(names), "the number of names") or any(s != tuple(sorted(s)) for s in worth):
        raise ValueError(f"worth has the selections {sorted(worth)}; give each of {names} once, () too, names sorted.")
    credit, orders = dict.fromkeys(names, 0.0), list(permutations(names))
    for order in orders:
        for place, name in enumerate(order):
            before, after = (tuple(sorted(order[:end])) for end in (place, place + 1))
            credit[name] += float(worth[after] - worth[before]) / len(orders)
    return credit
