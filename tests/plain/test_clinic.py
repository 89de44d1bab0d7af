"""The generated patients: the truth is known, the notes hide it in their order, the cameras change pictures alone."""

import hashlib

import numpy as np
import pytest

from mmcourse.data import clinic

PATIENTS = clinic.clinic_patients(600, seed=0, minority=0.3)
TRUTH = PATIENTS["label"]


def loss(chance: np.ndarray) -> float:
    return -np.mean(PATIENTS["chance"] * np.log(chance) + (1 - PATIENTS["chance"]) * np.log(1 - chance))


def heard(note: str) -> dict[str, bool]:
    """Which complaints a note reports: those after "reports" or "complains of", up to the comma."""
    there = " ".join(part for part in note.split(", ") if part.startswith(("reports", "complains of")))
    return {word: word in there for word in clinic.SHOWN["note"]}


def test_shapes_and_ranges():
    assert PATIENTS["image"].shape == (600, 24, 24, 3)
    assert PATIENTS["image"].dtype == np.float32
    assert 0 <= PATIENTS["image"].min() < PATIENTS["image"].max() <= 1
    assert PATIENTS["record"].shape == (600, 4)
    assert set(np.unique(TRUTH)) == {0, 1}
    assert np.mean(PATIENTS["camera"] == "new") == pytest.approx(0.3, abs=0.06)


def test_a_seed_gives_the_same_patients_and_another_one_others():
    again, others = clinic.clinic_patients(600, 0, 0.3), clinic.clinic_patients(600, 1, 0.3)
    assert all(np.array_equal(values, again[name]) for name, values in PATIENTS.items())
    assert not np.array_equal(PATIENTS["image"], others["image"])
    content = "".join(PATIENTS["note"][:50]) + "".join(map(str, TRUTH[:50]))
    assert hashlib.sha256(content.encode()).hexdigest()[:12] == "77e5e39ed945"


def test_every_note_says_what_is_so_and_all_use_the_same_words():
    for row, note in enumerate(PATIENTS["note"]):
        assert heard(note) == {word: bool(PATIENTS[word][row]) for word in clinic.SHOWN["note"]}
        assert all(note.count(word) == 1 for word in clinic.SHOWN["note"])


def test_the_label_comes_true_as_often_as_its_chance_says():
    many = clinic.clinic_patients(4000, 1)
    for low, high in ((0, 0.1), (0.1, 0.5), (0.5, 1)):
        rows = (many["chance"] >= low) & (many["chance"] < high)
        error = np.sqrt(many["chance"][rows] @ (1 - many["chance"][rows])) / rows.sum()
        assert abs(many["label"][rows].mean() - many["chance"][rows].mean()) < 4 * error


def test_more_modalities_never_make_a_perfect_reader_worse():
    assert np.allclose(clinic.chance_given(PATIENTS, clinic.SHOWN), PATIENTS["chance"])
    losses = [loss(clinic.chance_given(PATIENTS, names)) for names in ((), ("image",), ("image", "note"), clinic.SHOWN)]
    assert losses == sorted(losses, reverse=True)
    assert np.ptp(clinic.chance_given(PATIENTS, ())) == 0
    twins = {**PATIENTS, "age": np.full(600, 90)}
    assert np.array_equal(clinic.chance_given(twins, ("image",)), clinic.chance_given(PATIENTS, ("image",)))


def test_a_camera_changes_the_pictures_and_the_same_seed_draws_the_same_spots():
    old, new = (clinic.photographed(PATIENTS, camera, seed=0) for camera in ("old", "new"))
    rows = PATIENTS["camera"] == "new"
    assert np.array_equal(PATIENTS["image"], np.where(rows[:, None, None, None], new, old))
    spread = {name: np.std(images[..., 1], axis=(1, 2)).mean() for name, images in (("old", old), ("new", new))}
    assert spread["new"] < 0.6 * spread["old"]
    flat = [images.mean(-1).reshape(600, -1) for images in (old, new)]
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(*flat, strict=True)]
    assert np.mean(alike) > 0.6


def test_the_inputs_of_a_model():
    inputs = clinic.patient_inputs(PATIENTS)
    assert {name: values.shape[1:] for name, values in inputs.items()} == {
        "image": (24, 24, 3),
        "note": (12,),
        "record": (4,),
    }
    assert np.abs(inputs["record"].mean(0)).max() < 0.2
    assert inputs["record"].std(0) == pytest.approx(np.ones(4), abs=0.1)
    vocabulary = clinic.note_vocabulary()
    assert len(vocabulary) == inputs["note"].max() + 1 == 15
    assert vocabulary.decode(inputs["note"][0]).replace(" ", "") == PATIENTS["note"][0].replace(" ", "")


def test_words_are_lost_at_the_given_rate():
    notes = PATIENTS["note"]
    assert np.array_equal(clinic.lost_words(notes, 0), notes)
    words = [len(note.split()) for note in notes]
    left = np.array([len(note.split()) for note in clinic.lost_words(notes, 0.3)])
    assert np.sum(left) / np.sum(words) == pytest.approx(0.7, abs=0.03)
    assert [len(note.split()) for note in clinic.lost_words(notes, 1.0)] == [1] * 600


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clinic.clinic_patients(0, 0), "count is 0"),
        (lambda: clinic.clinic_patients(5, 0, minority=2), "minority is 2; give the share"),
        (lambda: clinic.photographed(PATIENTS, "best", 0), "no camera 'best'; choose among old, new, third"),
        (lambda: clinic.chance_given(PATIENTS, ["smell"]), "no modality 'smell'; choose among image, note, record"),
        (lambda: clinic.lost_words(["no itching"], -1), "rate is -1; give the share"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
