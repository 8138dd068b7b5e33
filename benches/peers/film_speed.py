#!/usr/bin/env python3
"""CPU time of vpdq and of python-threatexchange's index of films, on one core.

usage: film_speed.py make FOLDER SECONDS   writes 720p films whose keyframes lie 10 seconds and one second apart
       film_speed.py hash FILE ROUNDS      prints a JSON line: the CPU seconds that vpdq needs for a hash a second
       film_speed.py match FILMS FRAMES    prints a JSON line: the CPU time of a query of so many frames
"""

import json
import pathlib
import random
import statistics
import subprocess
import sys
import time

RATE = 30


def make(folder, seconds):
    """Moving patterns with noise, as H.264 of some 5 Mbit/s."""
    folder.mkdir(parents=True, exist_ok=True)
    size = "size=1280x720"
    sources = [f"testsrc2={size}:rate={RATE}", f"mandelbrot={size}:rate={RATE}"]
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    graph = "[0:v][1:v]blend=all_mode=average,noise=alls=6:allf=t"
    for name, between in [("rare", 10 * RATE), ("close", RATE)]:
        keys = ["-g", str(between), "-keyint_min", str(between), "-sc_threshold", "0"]
        encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", *keys]
        words = ["-filter_complex", graph, "-t", str(seconds), *encode, folder / f"{name}.mp4"]
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *inputs, *words], check=True)


def hashed(path, rounds):
    import vpdq

    times = []
    for _ in range(rounds):
        begin = time.process_time()
        found = vpdq.computeHash(str(path), seconds_per_hash=1)
        times.append(time.process_time() - begin)
    print(json.dumps({"cpu_s": statistics.median(times), "hashes": len(found)}))


def matched(films, frames):
    from threatexchange.extensions.vpdq.vpdq_index import VPDQIndex

    prng = random.Random(2)

    def film():
        return json.dumps([f"{prng.getrandbits(256):064x},100,{second}.0" for second in range(frames)])

    index = VPDQIndex.build((film(), number) for number in range(films))
    queries = [film() for _ in range(20)]
    begin = time.process_time()
    for query in queries:
        index.query(query)
    print(json.dumps({"cpu_ms": 1e3 * (time.process_time() - begin) / len(queries)}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, seconds]:
            make(pathlib.Path(folder), int(seconds))
        case ["hash", path, rounds]:
            hashed(pathlib.Path(path), int(rounds))
        case ["match", films, frames]:
            matched(int(films), int(frames))
        case _:
            sys.exit(__doc__)
