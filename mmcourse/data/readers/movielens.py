"""MovieLens: ratings of movies by people, with titles and genres."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines, records

Movies = dict[int, tuple[str, list[str]]]  # movie -> title, genres
RATINGS = "userId,movieId,rating,timestamp"
NO_GENRES = {"(no genres listed)", "unknown", ""}


def table(folder: Path, split: str, read: Callable[[Path], tuple[np.ndarray, Movies]]) -> dict:
    """Columns of n ratings, sorted by user, time and movie.

    user, movie (n,) int64, the numbers in the files; rating (n,) float32, 0.5 to 5 stars in half stars, 1 to 5 in whole
    ones in 1m and 100k; timestamp (n,) int64, seconds since 1970; title: list of n str, with the year, "Heat (1995)";
    genres: list of n lists of str, [] where none is given; rows of one movie share the list, so do not change it.
    There is no official split, the rule is leave-one-out by time: a user's last rating tests, as in He et al. (2017),
    Neural Collaborative Filtering, the one before it validates, the others train. Ties in time go by the number of the
    movie; there are many, as people rate in sittings. Users with fewer than three ratings only train. No pair of user
    and movie is in two splits; users and movies are. All ratings are read, also for a small `limit`.
    Raises ValueError for malformed files, a rating of a movie that is not listed, and two of one movie by one user.
    """
    ratings, movies = read(folder)  # (n, 4): user, movie, rating, timestamp
    user, movie, timestamp = (ratings[:, column].astype(np.int64) for column in (0, 1, 3))
    if unknown := set(movie.tolist()) - movies.keys():
        raise damaged(folder, ".", f"expected a title for every rated movie, there is none for {min(unknown)}")
    if len(np.unique(user * (movie.max() + 1) + movie)) < len(movie):
        raise damaged(folder, ".", "expected at most one rating of a movie by a user")
    order = np.lexsort((movie, timestamp, user))
    rows = order[_splits(user[order]) == split]
    named = [movies[number] for number in movie[rows].tolist()]
    return {
        "user": user[rows],
        "movie": movie[rows],
        "rating": ratings[rows, 2].astype(np.float32),
        "timestamp": timestamp[rows],
        "title": [title for title, _ in named],
        "genres": [genres for _, genres in named],
    }


def _splits(user: np.ndarray) -> np.ndarray:
    """(n,) users, sorted -> (n,) str, the split of each rating."""
    _, start, count = np.unique(user, return_index=True, return_counts=True)
    later = np.repeat(start + count, count) - np.arange(len(user)) - 1  # (n,) ratings of the same user that follow
    enough = np.repeat(count, count) >= 3
    return np.select([enough & (later == 0), enough & (later == 1)], ["test", "validation"], "train")


def _from_csv(folder: Path, name: str) -> tuple[np.ndarray, Movies]:
    """latest-small, 25m: UTF-8 with headers."""
    rows = records(folder, f"{name}/movies.csv", ["movieId", "title", "genres"])
    return _ratings(folder, f"{name}/ratings.csv", ",", RATINGS), _movies(folder, f"{name}/movies.csv", rows)


def _from_dat(folder: Path, name: str) -> tuple[np.ndarray, Movies]:
    """1m: Latin-1 with "::" between fields."""
    rows = [line.split("::") for line in lines(folder, f"{name}/movies.dat", "latin-1")]
    return _ratings(folder, f"{name}/ratings.dat", "::"), _movies(folder, f"{name}/movies.dat", rows)


def _from_flags(folder: Path, name: str) -> tuple[np.ndarray, Movies]:
    """100k: Latin-1; a line of u.item is movie, title, two dates, an address, and 0 or 1 for each genre in u.genre."""
    genres = [line.partition("|")[0] for line in lines(folder, f"{name}/u.genre") if line]
    rows = []
    for line in lines(folder, f"{name}/u.item", "latin-1"):
        movie, title, *rest = line.split("|")
        given = [genre for genre, flag in zip(genres, rest[3:], strict=False) if flag == "1"]
        rows.append([movie, title, "|".join(given)] if len(rest) == 3 + len(genres) else [line])
    return _ratings(folder, f"{name}/u.data", "\t"), _movies(folder, f"{name}/u.item", rows)


def _movies(folder: Path, name: str, rows: list[list[str]]) -> Movies:
    """Rows of movie, title and genres with "|" between them."""
    for row in rows:
        if len(row) != 3 or not row[0].isdecimal():
            raise damaged(folder, name, f"expected the number of a movie, its title and genres, got {row}")
    return {
        int(movie): (title, [genre for genre in genres.split("|") if genre not in NO_GENRES])
        for movie, title, genres in rows
    }


def _ratings(folder: Path, name: str, separator: str, header: str = "") -> np.ndarray:
    """(n, 4) float64: user, movie, rating, timestamp."""
    rows = lines(folder, name)
    if header and rows[:1] != [header]:
        raise damaged(folder, name, f"expected the header {header}, got {rows[:1]}")
    rows = rows[bool(header) :]
    if not rows:
        raise damaged(folder, name, "there are no ratings")
    numbers = (row.replace(separator, ",") for row in rows)
    try:
        values = np.loadtxt(numbers, delimiter=",", ndmin=2)
    except ValueError as error:
        raise damaged(folder, name, f"expected four numbers in every row, but {error}") from error
    if values.shape[1:] != (4,):
        raise damaged(folder, name, f"expected four numbers in every row, got a table of {values.shape}")
    return values


def _reader(part: str, read: Callable[[Path, str], tuple[np.ndarray, Movies]]) -> Reader:
    return Reader(
        dict.fromkeys(("train", "validation", "test"), f"movielens/{part}"),
        partial(table, read=partial(read, name=f"ml-{part}")),
        ("user", "movie", "rating", "timestamp", "title", "genres"),
        key=("user", "movie"),
    )


FORMS = {"latest-small": _from_csv, "25m": _from_csv, "1m": _from_dat, "100k": _from_flags}
READERS = {f"movielens/{part}": _reader(part, read) for part, read in FORMS.items()}
