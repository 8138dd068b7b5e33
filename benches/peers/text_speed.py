"""CPU time of the peers of text: pyahocorasick over the words of an invented language, MinHash and TLSH over short texts. One JSON
object a line.

The folder is what `measure speed` has left: zipf.txt, terms-N.txt and short.jsonl.
"""

import argparse
import json
import pathlib
import time


def timed(work):
    start = time.process_time()
    made = work()
    return made, time.process_time() - start


def automata(folder):
    import ahocorasick

    text = (folder / "zipf.txt").read_text(encoding="utf-8")
    size = len(text.encode())
    for terms in (1000, 10_000, 100_000):
        words = (folder / f"terms-{terms}.txt").read_text(encoding="utf-8").split("\n")
        automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)

        def build():
            for number, word in enumerate(words):
                automaton.add_word(word, number)
            automaton.make_automaton()

        _, build_s = timed(build)
        matches, seconds = timed(lambda: sum(1 for _ in automaton.iter(text)))
        print(
            json.dumps(
                {
                    "what": "automaton",
                    "terms": terms,
                    "matches": matches,
                    "bytes": size,
                    "mb_s": size / 1e6 / seconds,
                    "build_s": build_s,
                    "memory": automaton.get_stats()["total_size"],
                }
            ),
            flush=True,
        )


def fingerprints(folder, few):
    import tlsh
    from datasketch import MinHash

    texts = [json.loads(line) for line in (folder / "short.jsonl").read_text(encoding="utf-8").split("\n")]
    raw = [text.encode() for text in texts]

    def minhash(text):
        words = text.split()
        signature = MinHash(num_perm=128)
        signature.update_batch([" ".join(words[at : at + 3]).encode() for at in range(max(1, len(words) - 2))])
        return signature

    for name, work, count in [
        ("datasketch MinHash, 128 permutations, 3 words", lambda: [minhash(text) for text in texts[:few]], few),
        ("py-tlsh", lambda: [tlsh.hash(text) for text in raw], len(texts)),
    ]:
        _, seconds = timed(work)
        size = sum(map(len, raw[:count]))
        print(
            json.dumps(
                {
                    "what": "fingerprint",
                    "name": name,
                    "texts": count,
                    "texts_s": count / seconds,
                    "mb_s": size / 1e6 / seconds,
                }
            ),
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", required=True)
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.work)
    automata(folder)
    fingerprints(folder, 2000)


if __name__ == "__main__":
    main()
