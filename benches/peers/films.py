#!/usr/bin/env python3
"""Films of real photographs, clips of them under edits, and what python-threatexchange finds of these by its defaults.

usage: films.py make PICTURES FOLDER FILMS UNRELATED   writes FOLDER/bank, FOLDER/clips and FOLDER/truth.json
       films.py find FOLDER                            prints a JSON line a clip: the films that vPDQ takes it for
"""

import json
import pathlib
import random
import subprocess
import sys

WIDTH, HEIGHT, RATE = 640, 360, 25
SHOT = 7  # seconds of a shot, a pan over one photograph
LEAD = 2.5  # seconds of title and black, the same before every film


def ffmpeg(*words):
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True)


def still(picture, path):
    """A photograph that a window can move over: wider or higher than the window by a half."""
    image = picture.convert("RGB")
    scale = max(1.5 * WIDTH / image.width, 1.2 * HEIGHT / image.height)
    image.resize((round(image.width * scale), round(image.height * scale))).save(path)


def title(path):
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), "black")
    text = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=54)
    text.text((60, 120), "Northern Chess League", fill="white", font=font)
    text.text((180, 210), "presents", fill="white", font=font)
    image.save(path)


def film(stills, lead, path, seconds=SHOT):
    """Title and black, then a pan over each photograph, with cuts between them."""
    inputs, chains = [], []
    begin = [(lead, 1.5)] if lead else []
    for number, (still, length) in enumerate(begin + [(still, seconds) for still in stills]):
        inputs += ["-loop", 1, "-framerate", RATE, "-t", length, "-i", still]
        share = f"t/{length}" if number % 2 else f"(1-t/{length})"
        crop = f"crop={WIDTH}:{HEIGHT}:(iw-{WIDTH})*{share}:(ih-{HEIGHT})*{share}"
        black = ",tpad=stop_duration=1:color=black" if lead and number == 0 else ""
        chains.append(f"[{number}:v]{crop},setsar=1,format=yuv420p{black}[v{number}]")
    count = len(chains)
    joined = "".join(f"[v{number}]" for number in range(count))
    graph = ";".join(chains) + f";{joined}concat=n={count}:v=1[out]"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", 20, "-pix_fmt", "yuv420p"]
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[out]", "-r", RATE, *encode, path)


PLAIN = ["-crf", 23]
EDITS = {
    # name: (filter, encoding, seconds of the film in a second of the clip)
    "700 kbit/s": ("null", ["-b:v", "700k"], 1),
    "300 kbit/s": ("null", ["-b:v", "300k"], 1),
    "120 kbit/s": ("null", ["-b:v", "120k"], 1),
    "320x180": ("scale=320:180", PLAIN, 1),
    "1280x720": ("scale=1280:720", PLAIN, 1),
    "letterbox": (f"pad={WIDTH}:480:0:60", PLAIN, 1),
    "mirror": ("hflip", PLAIN, 1),
    "logo": ("drawbox=500:24:112:48:white:fill,drawbox=512:34:30:28:red:fill,drawbox=556:42:46:8:black:fill", PLAIN, 1),
    "5 % faster": ("setpts=PTS/1.05", PLAIN, 1.05),
    "5 % slower": ("setpts=PTS/0.95", PLAIN, 0.95),
    "compilation": ("null", PLAIN, 1),
}


def photographs(folder):
    """Pictures of usable quality of which no two are alike, as a light and a dark form of one are."""
    import numpy
    import pdqhash
    import real_pictures

    kept, hashes = [], []
    for path in real_pictures.distinct(folder, 0):
        image = real_pictures.opened(path, 512)
        image.thumbnail((512, 512))
        forms, quality = pdqhash.compute_dihedral(numpy.asarray(image))
        if quality >= 50 and all(numpy.count_nonzero(form != other) > 90 for form in forms for other in hashes):
            kept.append(path)
            hashes.append(forms[0])
    return kept


def make(pictures, folder, films, unrelated):
    import real_pictures

    prng = random.Random(1)
    for name in ("bank", "clips", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    found = photographs(pictures)
    prng.shuffle(found)
    # A photograph is in one film only, and none of a film is in what is unrelated to it.
    shots = min(3, len(found) // 2 // films)
    if not shots:
        sys.exit(f"{len(found)} photographs are too few for {films} films")
    stills = []
    for number, path in enumerate(found):
        stills.append(folder / "work" / f"{number}.png")
        still(real_pictures.opened(path, 1600), stills[-1])
    card = folder / "work" / "title.png"
    title(card)
    banked, others = stills[: shots * films], stills[shots * films :]
    truth = {"shots": shots, "photographs": [len(banked), len(others)], "clips": {}, "films": films}
    for number in range(films):
        film(banked[number * shots : (number + 1) * shots], card, folder / "bank" / f"film-{number:02}.mp4")
    # What a clip is put among in a compilation.
    among = folder / "work" / "among.mp4"
    film(others, None, among)
    length = shots * SHOT
    for number in range(films):
        source = folder / "bank" / f"film-{number:02}.mp4"
        for order, (name, (chain, encoding, speed)) in enumerate(EDITS.items()):
            seconds = prng.uniform(5, 8)
            offset = LEAD + prng.uniform(0, length - seconds * speed)
            path = folder / "clips" / f"clip-{number:02}-{order:02}.mp4"
            encode = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", *encoding]
            cut = ["-ss", f"{offset:.3f}", "-t", f"{seconds * speed:.3f}", "-i", source]
            before = 0.0
            if name == "compilation":
                before = prng.uniform(0, 9.5 * seconds)
                after = 9.5 * seconds - before
                start = prng.uniform(0, SHOT * len(others) - 9.5 * seconds)
                rest = [start, before, start + before, after]
                inputs = ["-ss", rest[0], "-t", rest[1], "-i", among, *cut]
                inputs += ["-ss", rest[2], "-t", rest[3], "-i", among]
                graph = "[0:v][1:v][2:v]concat=n=3:v=1[out]"
                ffmpeg(*inputs, "-filter_complex", graph, "-map", "[out]", "-r", RATE, *encode, path)
            else:
                ffmpeg(*cut, "-vf", chain, "-r", RATE, *encode, path)
            truth["clips"][path.name] = {
                "film": source.name,
                "edit": name,
                "query": [before, before + seconds],
                "bank": [offset, offset + seconds * speed],
            }
    for number in range(unrelated):
        path = folder / "clips" / f"other-{number:02}.mp4"
        film(prng.sample(others, 2), card, path, 4)
        truth["clips"][path.name] = {"film": None, "edit": "unrelated"}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))


def is_match(kind, signal, banked):
    try:
        return kind.compare_hash(signal, banked).match
    except ZeroDivisionError:  # how it says that a side has no frame of usable quality
        return False


def find(folder):
    from threatexchange.extensions.vpdq.vpdq import VPDQSignal

    bank = {path.name: VPDQSignal.hash_from_file(path) for path in sorted((folder / "bank").iterdir())}
    for path in sorted((folder / "clips").iterdir()):
        signal = VPDQSignal.hash_from_file(path)
        found = [name for name, banked in bank.items() if is_match(VPDQSignal, signal, banked)]
        print(json.dumps({"clip": path.name, "found": found}), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", pictures, folder, films, unrelated]:
            make(pathlib.Path(pictures), pathlib.Path(folder), int(films), int(unrelated))
        case ["find", folder]:
            find(pathlib.Path(folder))
        case _:
            sys.exit(__doc__)
