"""MovieLens, from made files in the three real layouts."""

import numpy as np
import pytest
from made_archives import zipped
from reader_checks import assert_disjoint

from mmcourse.data import load
from mmcourse.data.readers import find

MOVIES = {  # number: title, genres
    6: ("Heat (1995)", ["Action", "Crime"]),
    13: ("Misérables, Les (1995)", ["Drama"]),
    40: ('Say "Hi", Dude (1996)', []),
    171: ("Jeffrey: A Film (1995)", ["Comedy", "Drama"]),
}
RATINGS = [  # user, movie, rating, timestamp; sorted by user and movie as in the real files
    (1, 6, 4.0, 964982224),
    (1, 13, 3.0, 964982931),
    (1, 40, 5.0, 964981247),
    (1, 171, 1.0, 964982931),  # ties with 13
    (2, 6, 2.0, 20),
    (2, 171, 4.0, 10),  # only two ratings
    (10, 6, 1.0, 7),
    (10, 13, 2.0, 6),
    (10, 40, 3.0, 5),
]
SPLITS = {  # rows of RATINGS
    "train": [2, 0, 5, 4, 8],
    "validation": [1, 7],
    "test": [3, 6],
}
GENRES = ["unknown", "Action", "Comedy", "Crime", "Drama"]


def csv_files(name):
    ratings = ["userId,movieId,rating,timestamp", *(f"{u},{m},{r},{t}" for u, m, r, t in RATINGS)]
    movies = ["movieId,title,genres"]
    for number, (title, genres) in MOVIES.items():
        quoted = '"' + title.replace('"', '""') + '"' if "," in title else title
        movies.append(f"{number},{quoted},{'|'.join(genres) or '(no genres listed)'}")
    tables = {"ratings.csv": ratings, "movies.csv": movies, "tags.csv": ["userId,movieId,tag,timestamp"]}
    made = {f"{name}/{table}": "".join(f"{line}\n" for line in lines).encode() for table, lines in tables.items()}
    return {f"{name}/": b"", f"{name}/README.txt": b"Summary", **made}


def dat_files(name):
    ratings = "".join(f"{u}::{m}::{r:.0f}::{t}\n" for u, m, r, t in RATINGS)
    movies = "".join(f"{number}::{title}::{'|'.join(genres)}\n" for number, (title, genres) in MOVIES.items())
    users = b"1::F::1::10::48067\n"
    return {
        f"{name}/README": b"SUMMARY",
        f"{name}/users.dat": users,
        f"{name}/ratings.dat": ratings.encode(),
        f"{name}/movies.dat": movies.encode("latin-1"),
    }


def flag_files(name):
    data = "".join(f"{u}\t{m}\t{r:.0f}\t{t}\n" for u, m, r, t in reversed(RATINGS))  # in no order
    items = ""
    for number, (title, genres) in MOVIES.items():
        flags = [str(int(genre in (genres or ["unknown"]))) for genre in GENRES]
        items += f"{number}|{title}|01-Jan-1995||http://us.imdb.com/M/title-exact?{number}|{'|'.join(flags)}\n"
    genres = "".join(f"{genre}|{number}\n" for number, genre in enumerate(GENRES)) + "\n"
    return {
        f"{name}/u.data": data.encode(),
        f"{name}/u.item": items.encode("latin-1"),
        f"{name}/u.genre": genres.encode(),
        f"{name}/u1.base": b"1\t6\t4\t964982224\n",
    }


FORMS = {"latest-small": csv_files, "25m": csv_files, "1m": dat_files, "100k": flag_files}


def put(shelf, form, change=None):
    made = FORMS[form](f"ml-{form}") | (change or {})
    shelf.put(f"movielens/{form}", {f"ml-{form}.zip": zipped({k: v for k, v in made.items() if v is not None})})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("split", SPLITS)
def test_columns_are_what_the_files_hold(shelf, form, split):
    put(shelf, form)
    data = load.load(f"movielens/{form}", split, allow_large=True)
    rows = [RATINGS[row] for row in SPLITS[split]]
    for number, (column, kind) in enumerate(
        [("user", np.int64), ("movie", np.int64), ("rating", np.float32), ("timestamp", np.int64)]
    ):
        assert data[column].dtype == kind
        assert data[column].tolist() == [row[number] for row in rows]
    assert data["title"] == [MOVIES[row[1]][0] for row in rows]
    assert data["genres"] == [MOVIES[row[1]][1] for row in rows]


def test_every_rating_is_in_one_split():
    assert sorted(row for rows in SPLITS.values() for row in rows) == list(range(len(RATINGS)))


def test_limit_and_columns(shelf):
    put(shelf, "latest-small")
    data = load.load("movielens/latest-small", "train", limit=2, columns=("rating", "title"))
    assert list(data) == ["rating", "title"]
    assert data["rating"].tolist() == [5.0, 4.0]
    assert data["title"] == ['Say "Hi", Dude (1996)', "Heat (1995)"]


@pytest.mark.parametrize("form", ["latest-small", "1m", "100k"])
def test_no_pair_of_user_and_movie_is_in_two_splits(shelf, form):
    put(shelf, form)
    assert find(f"movielens/{form}").key == ("user", "movie")
    assert_disjoint(f"movielens/{form}")


HALF = {"ml-latest-small/ratings.csv": b"userId,movieId,rating,timestamp\n7,6,0.5,1\n"}


def test_half_stars_and_a_single_rating(shelf):
    put(shelf, "latest-small", HALF)
    assert load.load("movielens/latest-small", "train")["rating"].tolist() == [0.5]
    assert load.load("movielens/latest-small", "test")["title"] == []


def extended(form, file, line):
    name = f"ml-{form}/{file}"
    return form, {name: FORMS[form](f"ml-{form}")[name] + line}


@pytest.mark.parametrize(
    ("form", "change", "problem"),
    [
        (*extended("latest-small", "ratings.csv", b"2,6,1.0,30\n"), "at most one rating of a movie by a user"),
        (*extended("1m", "ratings.dat", b"2::99::1::30\n"), "a title for every rated movie, there is none for 99"),
        (*extended("latest-small", "ratings.csv", b"2,13,good,30\n"), r"ratings\.csv: expected four numbers .*'good'"),
        (*extended("1m", "ratings.dat", b"2::13::30\n"), r"ratings\.dat: expected four numbers in every row"),
        (*extended("latest-small", "movies.csv", b"7,Sabrina\n"), r"movies\.csv: expected 3 fields .*got 2 in row 6"),
        (*extended("1m", "movies.dat", b"7::Sabrina (1995)\n"), r"movies\.dat: expected the number of a movie, its ti"),
        (*extended("1m", "movies.dat", b"VII::Sabrina::Drama\n"), r"movies\.dat: .*'VII'"),
        (*extended("100k", "u.item", b"7|Sabrina (1995)|||x|0|0\n"), r"u\.item: .*'7\|Sabrina"),
        ("latest-small", {"ml-latest-small/ratings.csv": b"1,6,4.0,964982224\n"}, r"expected the header userId,mov"),
        ("latest-small", {"ml-latest-small/movies.csv": b"id,title\n"}, r"movies\.csv: expected 3 fields"),
        ("latest-small", {"ml-latest-small/movies.csv": b"id,title,genres\n"}, r"expected the header movieId,title"),
        ("1m", {"ml-1m/ratings.dat": b"1::6::4\n"}, r"ratings\.dat: expected four numbers .*\(1, 3\)"),
        ("1m", {"ml-1m/ratings.dat": b""}, r"ratings\.dat: there are no ratings"),
        ("100k", {"ml-100k/u.genre": None}, r"u\.genre: the file is missing"),
    ],
)
def test_what_is_missing_or_malformed_is_named(shelf, form, change, problem):
    put(shelf, form, change)
    with pytest.raises(ValueError, match=rf"{problem}.*Delete .*unpacked-.* and fetch"):
        load.load(f"movielens/{form}", "train")
