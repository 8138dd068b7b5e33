"""CPU time of python-threatexchange from the bytes of a file to its PDQ hash. One JSON object a line.

--write FOLDER SIZE…   makes FOLDER/SIZE/*.jpg and *.png from real pictures, SIZE in megapixels
--measure FOLDER       measures the files in a folder, each three times, median over all
"""

import argparse
import json
import pathlib
import statistics
import time
import warnings

import numpy
import pdqhash
from PIL import Image
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

import real_pictures

SHAPES = {"1": (1152, 864), "4": (2304, 1728), "12": (4032, 3024)}
FILES = {"1": 12, "4": 8, "12": 5}


def write(pictures, folder, size):
    target = folder / size
    if target.exists():
        return
    part = folder / f"{size}.part"
    part.mkdir(parents=True, exist_ok=True)
    width, height = SHAPES[size]
    # The largest originals, so that little is invented by enlarging.
    sources = sorted(real_pictures.candidates(pictures), key=lambda path: path.stat().st_size)[-FILES[size] :]
    for number, path in enumerate(sources):
        image = real_pictures.opened(path).resize((width, height), Image.LANCZOS)
        image.save(part / f"{number:02}.jpg", quality=87, subsampling=2)
        image.save(part / f"{number:02}.png", compress_level=6)
    part.rename(target)


def cpu_ms(work, *arguments):
    start = time.process_time()
    work(*arguments)
    return (time.process_time() - start) * 1e3


def pixels(path):
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB"))


def measure(folder, kind, suffix):
    files = sorted(folder.glob(f"*{suffix}"))
    whole, alone = [], []
    for path in files:
        data, array = path.read_bytes(), pixels(path)
        whole += [cpu_ms(pdq_from_bytes, data) for _ in range(3)]
        alone += [cpu_ms(pdqhash.compute, array) for _ in range(3)]
    print(
        json.dumps(
            {
                "size": f"{folder.name} MP",
                "kind": kind,
                "files": len(files),
                "bytes": round(statistics.mean(path.stat().st_size for path in files)),
                "bytes_to_hash_ms": round(statistics.median(whole), 3),
                "pdqhash_ms": round(statistics.median(alone), 3),
            }
        ),
        flush=True,
    )


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--measure", type=pathlib.Path)
    parser.add_argument("sizes", nargs="*", choices=[*SHAPES, []])
    arguments = parser.parse_args()
    for size in arguments.sizes:
        write(arguments.pictures, arguments.write, size)
    if arguments.measure:
        measure(arguments.measure, "jpeg", ".jpg")
        measure(arguments.measure, "png", ".png")


if __name__ == "__main__":
    main()
