"""What every function of this package asks of a text and of a list of texts."""


def check_text(text: str, name: str = "text") -> str:
    """The text itself. Raises ValueError for anything but a str, and for a str with half a surrogate pair in it."""
    if not isinstance(text, str):
        advice = " Bytes become text with .decode('utf-8')." if isinstance(text, bytes | bytearray) else ""
        raise ValueError(f"{name} is {_short(text)}, of type {type(text).__name__}; give a str.{advice}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} has a lone surrogate, {text[error.start]!r}, at place {error.start}: half of a character, which "
            "no UTF-8 file can hold. It comes from a wrong decoding; repair it there, or replace it by '\\ufffd'."
        ) from None
    return text


def check_texts(texts: list[str], name: str = "texts") -> list[str]:
    """The texts as a list. Raises ValueError for a single str, for no text at all and for an entry that is no text."""
    if isinstance(texts, str | bytes) or not hasattr(texts, "__iter__"):
        raise ValueError(f"{name} is {_short(texts)}; give a list of texts, also for a single one: [text].")
    listed = list(texts)
    if not listed:
        raise ValueError(f"{name} is empty; give at least one text.")
    return [check_text(text, f"{name}[{place}]") for place, text in enumerate(listed)]


def check_number(number: int, least: int, name: str, reason: str) -> int:
    """The whole number. Raises ValueError for anything else and for less than `least`, with the reason."""
    if isinstance(number, bool) or not hasattr(number, "__index__") or int(number) < least:
        raise ValueError(f"{name} is {number!r}; give a whole number of at least {least}: {reason}.")
    return int(number)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
