"""Files at the edges of what a picture is, each with the hashes that are expected of it.

`canonical` is what a person sees: orientation applied, colours converted, transparency on white. `compat` is what
python-threatexchange 1.2.17 makes of the file, where it makes anything of it.
"""

import dataclasses
import io
import pathlib
import warnings

import numpy
from PIL import Image, ImageOps
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

ORIENTATION = 0x0112


@dataclasses.dataclass
class Case:
    name: str
    path: pathlib.Path
    canonical: tuple | None
    compat: tuple | None
    flat: bool
    # For files whose pixels depend on the decoder: JPEG's inverse transform and colour conversion are not bit-exact.
    tolerated_bits: int = 0
    tolerated_quality: int = 0
    remark: str = ""


def peer(data):
    """What python-threatexchange says, or None where it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value, quality = pdq_from_bytes(data)
        except Exception:
            return None
    return value, int(quality)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def seen(image):
    """The picture as a person sees it, as RGB."""
    image = ImageOps.exif_transpose(image)
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        colour, alpha = numpy.asarray(image)[..., :3].astype(int), numpy.asarray(image)[..., 3:].astype(int)
        return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(numpy.uint8)
    return numpy.asarray(image.convert("RGB"))


def files(photo):
    """Name, suffix, bytes, canonical RGB (None: as Pillow decodes the file), tolerance in bits and quality."""
    photo = photo.resize((640, 427), Image.LANCZOS)
    array = numpy.asarray(photo)
    exact, lossy = (0, 0), (10, 1)
    for width, height in ((1, 1), (5, 5), (64, 64), (1, 300), (300, 1), (7, 513), (63, 65), (128, 2)):
        yield f"{width}x{height}", ".png", encoded(photo.resize((width, height)), "PNG"), None, exact
    for name, colour in (("black", 0), ("white", 255), ("grey", 128)):
        yield f"flat {name}", ".png", encoded(Image.new("RGB", (200, 150), (colour,) * 3), "PNG"), None, exact
    grey = photo.convert("L")
    yield "grey", ".png", encoded(grey, "PNG"), None, exact
    # 16 bits with the same value in both bytes: every way of dropping to 8 bits agrees.
    deep = Image.fromarray(numpy.asarray(grey).astype(numpy.uint16) * 257)
    yield "16-bit grey", ".png", encoded(deep, "PNG"), numpy.stack([numpy.asarray(grey)] * 3, axis=2), exact
    yield "16-bit grey", ".tiff", encoded(deep, "TIFF"), numpy.stack([numpy.asarray(grey)] * 3, axis=2), exact
    bits = photo.convert("1")
    yield "bilevel", ".png", encoded(bits, "PNG"), None, exact
    yield "bilevel", ".tiff", encoded(bits, "TIFF"), None, exact
    palette = photo.quantize(64)
    yield "palette", ".png", encoded(palette, "PNG"), None, exact
    yield "palette", ".gif", encoded(palette, "GIF"), None, exact
    yield "palette", ".bmp", encoded(palette, "BMP"), None, exact
    yield "palette with a transparent entry", ".png", encoded(palette, "PNG", transparency=3), None, exact
    alpha = numpy.linspace(0, 255, array.shape[1]).astype(numpy.uint8)[None, :].repeat(array.shape[0], 0)
    clear = Image.fromarray(numpy.dstack([array, alpha]))
    yield "alpha", ".png", encoded(clear, "PNG"), None, exact
    yield "alpha", ".webp", encoded(clear, "WEBP", lossless=True, exact=True), None, exact
    yield "grey and alpha", ".png", encoded(clear.convert("LA"), "PNG"), None, exact
    yield "lossless", ".webp", encoded(photo, "WEBP", lossless=True), None, exact
    yield "lossy", ".webp", encoded(photo, "WEBP", quality=80), None, lossy
    yield "rgb", ".bmp", encoded(photo, "BMP"), None, exact
    yield "rgb deflate", ".tiff", encoded(photo, "TIFF", compression="tiff_deflate"), None, exact
    cmyk = photo.convert("CMYK")
    yield "CMYK", ".tiff", encoded(cmyk, "TIFF"), None, exact
    yield "CMYK", ".jpg", encoded(cmyk, "JPEG", quality=95), None, lossy
    yield "progressive", ".jpg", encoded(photo, "JPEG", quality=90, progressive=True), None, lossy
    yield "grey", ".jpg", encoded(grey, "JPEG", quality=90), None, lossy
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        yield f"orientation {orientation}", ".png", encoded(photo, "PNG", exif=exif), None, exact
        yield f"orientation {orientation}", ".jpg", encoded(photo, "JPEG", quality=95, exif=exif), None, lossy


def write(folder, photo, reference):
    """Writes the files and says what is expected of each."""
    cases = []
    for name, suffix, data, canonical, (bits, quality) in files(photo):
        path = folder / f"odd {name}{suffix}"
        path.write_bytes(data)
        if canonical is None:
            with Image.open(io.BytesIO(data)) as image:
                canonical = seen(image)
        flat = bool((canonical == canonical[0, 0]).all())
        cases.append(Case(f"{name}{suffix}", path, reference(canonical), peer(data), flat, bits, quality))
    return cases
