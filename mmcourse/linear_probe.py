"""Linear probes: what a linear classifier can read from the vectors of a frozen network."""

import numpy as np

from mmcourse import shapes


def accuracy(known: np.ndarray, labels: np.ndarray, new: np.ndarray, truth: np.ndarray) -> float:
    """Train on vectors (n, D) with labels (n,), and return the share of right answers on new ones (m, D), (m,).

    Every feature is brought to mean 0 and variance 1 as in the known vectors; then multinomial logistic regression with
    scikit-learn's standard penalty. Raises ValueError for lengths or widths that differ, and for labels all alike.
    Source: Alain and Bengio 2016, "linear classifier probes".
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    count, width = shapes.check(known, "n D", "known")
    shapes.check(labels, "n", "labels", n=count)
    shapes.check(truth, "m", "truth", m=shapes.check(new, "m D", "new", D=width)[0])
    if len(np.unique(labels)) < 2:
        raise ValueError(f"All {count} labels are alike; a classifier needs at least two classes.")
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return float(linear.fit(known, labels).score(new, truth))
