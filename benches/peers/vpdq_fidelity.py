#!/usr/bin/env python3
"""Holds Basira's vPDQ signals and comparison against the PyPI packages vpdq and threatexchange. A test: exit status 1 on
a breach.

Clips of generated patterns and of real photographs, grey, 256 by 256 and lossless, so that both sides see the same
frames: every hash at quality >= 50, every quality and every time must be equal. Then the percentages of every pair of
signals, with a part of another mixed in, must be those of threatexchange.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import real_pictures
from threatexchange.extensions.vpdq.vpdq import VPDQSignal
from threatexchange.extensions.vpdq.vpdq_util import json_to_vpdq

SIDE, SECONDS, USABLE = 256, 8, 50
PATTERNS = ["testsrc2", "mandelbrot", "life=mold=10:ratio=0.1:death_color=gray:life_color=white", "cellauto=rule=110"]


def clips(pictures, work):
    """Lossless clips: patterns, and pans over photographs."""
    chain = "format=gray,setsar=1"
    encode = ["-c:v", "ffv1", "-pix_fmt", "gray", "-t", str(SECONDS)]
    ffmpeg = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    for number, pattern in enumerate(PATTERNS):
        path = work / f"pattern-{number}.mkv"
        join = ":" if "=" in pattern else "="
        source = f"{pattern}{join}size={SIDE}x{SIDE}:rate=25"
        subprocess.run([*ffmpeg, "-f", "lavfi", "-i", source, "-vf", chain, *encode, path], check=True)
        yield path
    for number, picture in enumerate(real_pictures.distinct(pictures, 12)):
        still = work / f"still-{number}.png"
        image = real_pictures.opened(picture, 800).convert("L")
        image.resize((2 * SIDE, SIDE + 60)).save(still)
        path = work / f"photo-{number}.mkv"
        pan = f"crop={SIDE}:{SIDE}:(iw-{SIDE})*t/{SECONDS}:(ih-{SIDE})*t/{SECONDS},{chain}"
        subprocess.run([*ffmpeg, "-loop", "1", "-framerate", "25", "-i", still, "-vf", pan, *encode, path], check=True)
        yield path


def ours(command, paths):
    done = subprocess.run([command, "hash", "--json", *map(str, paths)], stdout=subprocess.PIPE, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        row["path"]: next(track["value"] for track in row["tracks"] if track["type"] == "vpdq") for row in rows
    }


def main():
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("pictures", "work", "ours", "compare"):
        words.add_argument(f"--{name}", required=True, type=pathlib.Path)
    words = words.parse_args()
    words.work.mkdir(parents=True, exist_ok=True)
    paths = list(clips(words.pictures, words.work))
    signals, breaches, frames, skipped = ours(words.ours, paths), [], 0, 0
    for path in paths:
        mine, theirs = json_to_vpdq(signals[str(path)]), json_to_vpdq(VPDQSignal.hash_from_file(path))
        if len(mine) != len(theirs):
            breaches.append(f"{path.name}: {len(mine)} frames, theirs {len(theirs)}")
        for number, (a, b) in enumerate(zip(mine, theirs)):
            frames += 1
            skipped += b.quality < USABLE
            same = a.pdq_hex == b.pdq_hex or b.quality < USABLE
            if not same or a.quality != b.quality or abs(a.timestamp - b.timestamp) > 0.02:
                bits = (int(a.pdq_hex, 16) ^ int(b.pdq_hex, 16)).bit_count()
                breaches.append(f"{path.name}, frame {number}: {bits} bits, quality {a.quality} and {b.quality}, "
                                f"second {a.timestamp} and {b.timestamp}")
    print(f"{frames} frames of {len(paths)} clips, {skipped} of them below quality {USABLE}: {len(breaches)} differ")
    # Mixed, so that the percentages are not only 0 and 100.
    lists = [json.loads(signal) for signal in signals.values()]
    mixed = [one + other[: number % 6] for number, (one, other) in enumerate(zip(lists, lists[1:] + lists[:1]))]
    pairs = [(json.dumps(a), json.dumps(b)) for a in mixed for b in lists]
    lines = "".join(json.dumps(pair) + "\n" for pair in pairs)
    done = subprocess.run([words.compare], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    compared, partial = 0, 0
    for (query, bank), line in zip(pairs, done.stdout.splitlines(), strict=True):
        mine = json.loads(line)
        try:
            info = VPDQSignal.compare_hash(query, bank).distance
            theirs = [info.query_match_percent, info.compared_match_percent]
        except ZeroDivisionError:  # how it says that a side has no frame to compare
            theirs = None
        compared += 1
        partial += theirs is not None and any(0 < percent < 100 for percent in theirs)
        if mine != theirs and not (mine and theirs and all(abs(a - b) < 1e-9 for a, b in zip(mine, theirs))):
            breaches.append(f"compared: {mine}, theirs {theirs}")
    print(f"{compared} pairs of signals compared, {partial} of them neither 0 nor 100 percent")
    if breaches or not partial:
        sys.exit("\n".join(breaches[:20]) or "nothing was compared that tells anything")


if __name__ == "__main__":
    main()
