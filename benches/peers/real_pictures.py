"""Real pictures for comparisons: Debian's wallpapers and the ones that scikit-image carries."""

import pathlib

import numpy
import pdqhash
import skimage
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
SAME = 31  # bits within which two pictures count as one


def opened(path, side=None):
    """The picture as RGB, transparency on white; a JPEG may be smaller, if its sides stay over `side`."""
    with Image.open(path) as image:
        if side:
            image.draft("RGB", (side, side))
        if image.mode == "P" or "A" in image.mode:
            image = image.convert("RGBA")
            ground = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(ground, image)
        return image.convert("RGB")


def candidates(folder):
    """The largest file of every wallpaper, in a fixed order; previews are left out."""
    best = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".jpg", ".png") or path.name.startswith("screenshot") or path.is_symlink():
            continue
        # One wallpaper in many sizes is a folder "contents/images"; its dark form is another picture.
        sizes = "images" in path.parent.name
        key = path.parent if sizes else path
        with Image.open(path) as image:
            pixels = image.width * image.height
        if pixels >= 200_000 and pixels > best.get(key, (0,))[0]:
            best[key] = (pixels, path)
    found = [path for _, path in best.values()]
    bundled = pathlib.Path(skimage.__file__).parent / "data"
    return found + sorted(path for path in bundled.iterdir() if path.suffix in (".jpg", ".png"))


def distinct(folder, limit):
    """At most `limit` (0: all) pictures of which no two are alike, spread over all there are."""
    kept, hashes = [], []
    for path in candidates(folder):
        image = opened(path, 512)
        image.thumbnail((512, 512))
        bits, _ = pdqhash.compute(numpy.asarray(image))
        if all(numpy.count_nonzero(bits != other) > SAME for other in hashes):
            kept.append(path)
            hashes.append(bits)
    if limit and len(kept) > limit:
        kept = [kept[i * len(kept) // limit] for i in range(limit)]
    return kept
