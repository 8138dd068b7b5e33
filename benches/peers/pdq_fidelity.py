"""Holds Basira's PDQ against the PyPI package pdqhash, on real pictures and on odd ones. A test: exit status 1 on a breach.

Real pictures are written as PNG, so that both sides see the same pixels. Then, in exact mode:
  real pictures   hash and quality equal wherever pdqhash says quality >= 50;
  odd files       quality equal, hash equal where the picture is not flat; every difference is listed.
In fast mode, on JPEG files: distance to exact mode at quality >= 50, mean <= 1 bit, 99th percentile <= 6.
"""

import argparse
import json
import math
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys

import numpy
import pdqhash
from PIL import Image

import odd_files
import real_pictures

USABLE = 50  # the quality below which a PDQ hash may not be compared
MEAN_BITS, P99_BITS = 1.0, 6
DISTINCT, DECODED = 50, 200
FOUR_MEGAPIXELS = 4_000_000


def reference(rgb):
    """Hash as hex digits, quality."""
    bits, quality = pdqhash.compute(numpy.ascontiguousarray(rgb))
    return numpy.packbits(bits).tobytes().hex(), int(quality)


def ours(command, files, exact):
    """What `basira hash --json` says of the first picture of each file: {path: {variant: (hash, quality)}}."""
    found = {}
    for start in range(0, len(files), 64):
        words = [command, "hash", "--json", *(["--exact"] if exact else []), *map(str, files[start : start + 64])]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True)
        if done.returncode not in (0, 2):  # 2: something was incomplete; then its hash is missing below
            sys.exit(f"{command} hash ended with status {done.returncode}")
        for line in done.stdout.splitlines():
            record = json.loads(line)
            found[record["path"]] = {
                signal["variant"]: (signal["value"], signal["quality"])
                for signal in record["signals"]
                if signal["type"] == "pdq" and signal["part"] == "picture"
            }
    return found


def distance(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()


def shrunk(image, pixels):
    scale = math.sqrt(pixels / (image.width * image.height))
    if scale >= 1:
        return image
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.LANCZOS)


def cases(number, image, large):
    """The sizes and crops of one real picture: name, picture."""
    random = numpy.random.default_rng(number)
    yield "full", image if large else shrunk(image, FOUR_MEGAPIXELS)
    yield "medium", shrunk(image, 700_000)
    width, height = image.size
    part_w, part_h = int(width * random.uniform(0.4, 0.9)), int(height * random.uniform(0.4, 0.9))
    left, top = int(random.integers(0, width - part_w + 1)), int(random.integers(0, height - part_h + 1))
    yield "crop", shrunk(image.crop((left, top, left + part_w, top + part_h)), 2_000_000)
    side = [int(random.integers(65, 400)) for _ in range(2)]
    yield "small", image.resize(side, Image.BICUBIC)


def prepare(task):
    """Writes one real picture in all its cases as PNG and JPEG; returns (png, jpeg, hash, quality) of each."""
    number, path, large, folder = task
    made = []
    for name, image in cases(number, real_pictures.opened(path), large):
        png = folder / f"{number:03}-{name}.png"
        jpeg = folder / f"{number:03}-{name}.jpg"
        image.save(png, compress_level=1)
        image.save(jpeg, quality=(95, 87, 75, 60)[number % 4], subsampling=(0, 2)[number % 2])
        made.append((str(png), str(jpeg), *reference(numpy.asarray(image))))
    return made


def check_real(made, found):
    wrong = [
        f"{png}: pdqhash {value} quality {quality}, ours {found[png].get('canonical')}"
        for png, _, value, quality in made
        if quality >= USABLE and found[png].get("canonical") != (value, quality)
    ]
    usable = sum(quality >= USABLE for *_, quality in made)
    equal = sum(found[png].get("canonical") == (value, quality) for png, _, value, quality in made)
    print(
        f"real pictures, exact: {len(made)} decoded, {usable} of quality >= {USABLE}: {len(wrong)} differ; "
        f"{equal} of all {len(made)} equal in hash and quality"
    )
    return wrong


def check_odd(expected, found):
    wrong, compared = [], 0
    for case in expected:
        mine = found.get(str(case.path), {})
        # Where peers see the same picture as people do, there is only one hash.
        for variant, theirs in (("canonical", case.canonical), ("compat", case.compat)):
            if theirs is None:
                continue
            compared += 1
            value, quality = mine.get(variant) or mine.get("canonical") or ("-", None)
            if (value, quality) == theirs:
                continue
            bits = distance(value, theirs[0]) if quality is not None else None
            print(
                f"  differs: {case.name}, {variant}: {bits} bits, quality {quality} beside {theirs[1]}"
                f"{' (flat)' if case.flat else ''}{'; ' + case.remark if case.remark else ''}"
            )
            close = bits is not None and bits <= case.tolerated_bits and abs(quality - theirs[1]) <= case.tolerated_quality
            if not (close or (case.flat and quality == theirs[1])):
                wrong.append(f"{case.name}, {variant}: {bits} bits, quality {quality} beside {theirs[1]}")
    print(f"odd files, exact: {len(expected)} files, {compared} hashes compared: {len(wrong)} differ beyond what is allowed")
    return wrong


def check_fast(files, fast, exact):
    bits = sorted(
        distance(fast[path]["canonical"][0], exact[path]["canonical"][0])
        for path in files
        if exact[path]["canonical"][1] >= USABLE
    )
    mean, p99 = sum(bits) / len(bits), bits[math.ceil(0.99 * len(bits)) - 1]
    print(f"JPEG, fast beside exact: n={len(bits)} of quality >= {USABLE}: mean {mean:.3f} bits, p99 {p99}, largest {bits[-1]}")
    return [] if mean <= MEAN_BITS and p99 <= P99_BITS else [f"fast mode: mean {mean:.3f} bits, p99 {p99}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=pathlib.Path, required=True, help="folder of real pictures")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="scratch folder; emptied")
    parser.add_argument("--sources", type=int, default=0, help="how many distinct pictures to take; 0 for all")
    parser.add_argument("--ours", required=True, help="the program basira")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)

    sources = real_pictures.distinct(arguments.pictures, arguments.sources)
    tasks = [(i, path, i % 20 == 0, arguments.work) for i, path in enumerate(sources)]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        made = [one for some in pool.imap_unordered(prepare, tasks) for one in some]
    made.sort()
    print(f"{len(sources)} distinct real pictures; pdqhash 0.2.8", flush=True)
    odd = odd_files.write(arguments.work, real_pictures.opened(sources[1]), reference)

    pngs, jpegs = [one[0] for one in made], [one[1] for one in made]
    originals = [str(path) for path in sources if path.suffix == ".jpg"]
    exact = ours(arguments.ours, pngs + jpegs + originals + [case.path for case in odd], True)
    fast = ours(arguments.ours, jpegs + originals, False)

    wrong = check_real(made, exact) + check_odd(odd, exact) + check_fast(jpegs + originals, fast, exact)
    if len(sources) < DISTINCT or len(made) < DECODED:
        wrong.append(f"too few pictures: {len(sources)} distinct, {len(made)} decoded; needed {DISTINCT} and {DECODED}")
    for line in wrong:
        print(f"WRONG: {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
