"""A fused model in scikit-learn: fits in a hundredth of a second, so that it can be trained hundreds of times."""

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

PIXELS = 64  # the first columns of a row are the picture, all others the sound


def ridge_fusion(sound: float = 1.0, penalty: float = 100.0) -> Pipeline:
    """Rows (n, 64 pixels + sound) -> class numbers (n,): both scaled, joined, one linear layer with a penalty.

    `sound`, from 0 up, multiplies the scaled sound: 0 makes the model deaf, a large number makes the penalty spare the
    sound. The scales are learned from the training rows alone, also in cross-validation. Raises ValueError for a
    negative number.
    """
    for name, value in (("sound", sound), ("penalty", penalty)):
        if not value >= 0:
            raise ValueError(f"{name} is {value!r}; give a number from 0 up.")
    sides = [("image", StandardScaler(), slice(0, PIXELS)), ("audio", StandardScaler(), slice(PIXELS, None))]
    joined = ColumnTransformer(sides, transformer_weights={"image": 1, "audio": sound})
    return Pipeline([("join", joined), ("head", RidgeClassifier(penalty))])


def ridge_grid(sounds: list[float], penalties: list[float]) -> dict[str, list]:
    """The combinations of both hyperparameters as `GridSearchCV` takes them, by their names in the pipeline."""
    weights = [{"image": 1, "audio": sound} for sound in sounds]
    return {"join__transformer_weights": weights, "head__alpha": penalties}
