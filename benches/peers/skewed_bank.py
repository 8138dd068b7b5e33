"""Writes a bank of hashes as real banks are: many crops of the same real pictures, many near-blank and letterboxed ones.

Half are crops of real pictures; three tenths are near-blank (flat, smooth gradients, faint noise); two tenths are crops
between black bars. Each is the PDQ of a grey picture of 64 x 64, which needs no filter: rows of 32 bytes, raw.
"""

import argparse
import math
import multiprocessing
import os
import pathlib

import numpy
from PIL import Image

import real_pictures

SIDE, BLOCK = 64, 2000


def transform():
    """The 16 lowest frequencies without the constant one, as PDQ takes them (Facebook, "PDQ", 2019)."""
    frequency, place = numpy.mgrid[1:17, 0:SIDE]
    waves = numpy.cos(numpy.pi / (2 * SIDE) * frequency * (2 * place + 1))
    return (math.sqrt(2 / SIDE) * waves).astype(numpy.float32)


def hashes(pictures):
    """PDQ of pictures of SIDE x SIDE, (count, SIDE, SIDE)."""
    waves = transform()
    values = (waves @ pictures.astype(numpy.float32) @ waves.T).reshape(len(pictures), 256)
    # The median of 256 values is the lower of the two in the middle.
    median = numpy.partition(values, 127, axis=1)[:, 127:128]
    bits = (values > median).reshape(len(pictures), 256)
    return numpy.packbits(bits[:, ::-1], axis=1)


def crop(random, picture, height=SIDE):
    """A random part of a picture as rows of SIDE pixels."""
    width, full = picture.size
    part_w, part_h = random.uniform(0.3, 1) * width, random.uniform(0.3, 1) * full
    left, top = random.uniform(0, width - part_w), random.uniform(0, full - part_h)
    return numpy.asarray(picture.resize((SIDE, height), Image.BOX, (left, top, left + part_w, top + part_h)))


def near_blank(random, number):
    base = random.integers(0, 256)
    if number % 3 == 0:
        return numpy.full((SIDE, SIDE), base)
    slope = random.uniform(-3, 3, 2)
    across = numpy.linspace(0, 1, SIDE)
    noise = random.normal(0, random.uniform(0, 1.2), (SIDE, SIDE)) if number % 3 == 1 else 0
    return numpy.clip(numpy.round(base + slope[0] * across[None] + slope[1] * across[:, None] + noise), 0, 255)


def block(task):
    seed, count, pictures = task
    random = numpy.random.default_rng(seed)
    out = numpy.zeros((count, SIDE, SIDE))
    for number in range(count):
        kind = number % 10
        if kind < 5:
            out[number] = crop(random, pictures[random.integers(len(pictures))])
        elif kind < 8:
            out[number] = near_blank(random, number)
        else:
            bar = int(random.integers(6, 20))
            out[number, bar : SIDE - bar] = crop(random, pictures[random.integers(len(pictures))], SIDE - 2 * bar)
    return hashes(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--write", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    pictures = []
    for path in real_pictures.distinct(arguments.pictures, 0):
        picture = real_pictures.opened(path, 384).convert("L")
        picture.thumbnail((384, 384))
        pictures.append(picture)
    counts = [min(BLOCK, arguments.rows - start) for start in range(0, arguments.rows, BLOCK)]
    tasks = [([arguments.seed, i], count, pictures) for i, count in enumerate(counts)]
    part = arguments.write.with_suffix(".part")
    with multiprocessing.Pool(os.cpu_count()) as pool, part.open("wb") as out:
        for rows in pool.imap(block, tasks):
            out.write(rows.tobytes())
    part.rename(arguments.write)


if __name__ == "__main__":
    main()
