"""Picture files: every mode becomes RGB in [0, 1], upright; what is no picture ends in a ValueError with its name."""

import io
import struct
import zlib

import numpy as np
import pytest
from made_pictures import BLUE, GREEN, RED, jpeg
from PIL import Image

from mmcourse.data import image, picture_file

GRID = np.random.RandomState(0).randint(0, 256, (20, 30, 3)).astype(np.uint8)


def written(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def header(width: int, height: int) -> bytes:
    """A PNG file that announces a size and holds nothing."""
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT")
    written = (struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM", "TIFF"])
def test_lossless_files_come_back_exactly(kind):
    decoded = image.decode(written(Image.fromarray(GRID), kind))
    assert decoded.shape == (20, 30, 3)
    assert decoded.dtype == np.float32
    assert np.array_equal(decoded, GRID.astype(np.float32) / 255)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_lossy_files_come_back_nearly(kind):
    smooth = np.linspace(0, 255, 32).astype(np.uint8)[None, :, None] * np.ones((24, 1, 3), np.uint8)
    decoded = image.decode(written(Image.fromarray(smooth), kind))
    assert np.abs(decoded - smooth / 255).max() < 0.05


def test_decode_takes_a_path_and_bytes(tmp_path):
    path = tmp_path / "red.jpg"
    path.write_bytes(jpeg(RED))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert image.decode(source).shape == (16, 24, 3)
        assert image.read(source, 8).shape == (8, 8, 3)


@pytest.mark.parametrize("fn", [image.decode, lambda data: image.read(data, 20)])
def test_gray_is_repeated(fn):
    gray = GRID[:, :20, 0]
    assert np.array_equal(fn(written(Image.fromarray(gray))), np.repeat(gray[..., None], 3, -1) / np.float32(255))


def test_sixteen_bits_are_cut_to_eight():
    deep = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16) + 7
    expected = np.arange(256).reshape(16, 16) / 255
    assert np.allclose(image.decode(written(Image.fromarray(deep)))[..., 1], expected)


def test_one_bit_palette_and_cmyk():
    black_and_white = Image.fromarray(GRID[..., 0]).convert("1")
    assert set(np.unique(image.decode(written(black_and_white)))) == {0, 1}
    palette = Image.fromarray(GRID // 128 * 255).convert("P")
    assert np.array_equal(image.decode(written(palette)), np.asarray(palette.convert("RGB"), np.float32) / 255)
    red = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert np.abs(image.decode(written(red, "TIFF")) - [1, 0, 0]).max() < 0.01


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("fn", [image.decode, lambda data: image.read(data, 8)])
def test_what_is_transparent_lies_on_white(kind, fn):
    data = written(Image.new(kind, (8, 8), 0), **({"transparency": 0} if kind == "P" else {}))  # black, but unseen
    assert np.array_equal(fn(data), np.ones((8, 8, 3), np.float32))


def test_half_transparent():
    half = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    assert np.allclose(image.decode(written(half)), [1, 127 / 255, 127 / 255], atol=0.005)


@pytest.mark.parametrize(("kind", "words"), [(np.float32, "are floats"), (np.int32, "are integers of 32 bits")])
@pytest.mark.parametrize("fn", [image.decode, lambda data: image.read(data, 2)])
def test_pixels_of_an_unknown_range_are_refused(fn, kind, words):
    with pytest.raises(ValueError, match=f"its pixels {words}, in a range that only its maker knows"):
        fn(written(Image.fromarray(np.full((4, 4), 200, kind)), "TIFF"))


@pytest.mark.parametrize(("orientation", "method"), [(3, "ROTATE_180"), (6, "ROTATE_270"), (2, "FLIP_LEFT_RIGHT")])
def test_the_orientation_of_the_camera_is_applied(orientation, method):
    corners = Image.new("RGB", (48, 32), BLUE)
    corners.paste(RED, (0, 0, 24, 16))
    corners.paste(GREEN, (24, 0, 48, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = np.asarray(corners.transpose(Image.Transpose[method]), np.float32) / 255
    decoded = image.decode(written(corners, "JPEG", quality=100, subsampling=0, exif=exif))
    assert decoded.shape == expected.shape
    assert np.abs(decoded - expected).max() < 0.05
    small = image.read(written(corners, "PNG", exif=exif), 2)
    assert np.abs(small - expected.reshape(2, -1, 2, expected.shape[1] // 2, 3).mean((1, 3))).max() < 0.5


def test_read_is_the_central_square_averaged():
    wide = np.zeros((16, 48, 3), np.uint8)
    wide[:, 16:32] = np.random.RandomState(1).randint(0, 256, (16, 16, 3))
    expected = wide[:, 16:32].reshape(4, 4, 4, 4, 3).mean((1, 3)) / 255
    assert np.abs(image.read(written(Image.fromarray(wide)), 4) - expected).max() < 0.005


@pytest.mark.parametrize("fn", [image.decode, lambda data: image.read(data, 8)])
def test_damaged_files(fn, tmp_path):
    whole = written(Image.fromarray(GRID), "JPEG")
    for data in (b"", b"not a picture", whole[: len(whole) // 2], written(Image.fromarray(GRID))[:-40]):
        with pytest.raises(ValueError, match=rf"the picture of {len(data)} bytes is no picture that can be read"):
            fn(data)
    with pytest.raises(ValueError, match=r"nowhere\.jpg is no picture that can be read"):
        fn(tmp_path / "nowhere.jpg")
    with pytest.raises(ValueError, match="source is ndarray"):
        fn(GRID)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP"])
def test_random_damage_never_ends_in_another_error(kind):
    random = np.random.RandomState(0)
    whole = written(Image.fromarray(GRID), kind)
    refused = 0
    for _ in range(200):
        data = bytearray(whole[: random.randint(1, len(whole) + 1)])
        for place in random.randint(0, min(60, len(data)), 3):
            data[place] = random.randint(256)
        try:
            image.decode(bytes(data))
        except ValueError as error:
            assert "is no picture that can be read" in str(error)  # noqa: PT017
            refused += 1
    assert refused > 50


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(9000, 9000), (10_000, 10_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_told_from_its_header(width, height):
    with pytest.raises(ValueError, match=r"is no picture that can be read \(.*(more than 80,000,000|bomb)"):
        image.decode(header(width, height))


def test_no_format_that_runs_a_program():
    drawing = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n"
    assert "EPS" not in picture_file.FORMATS
    with pytest.raises(ValueError, match="cannot identify image file"):
        image.decode(drawing)
