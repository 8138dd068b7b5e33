"""How many variants of a banked text two peers find, and how many unrelated texts: TLSH at the distance at which
python-threatexchange calls two texts a match, and MinHash with LSH. One JSON object a line.

The folder is what `measure passages` has left: real.jsonl, generated.jsonl and queries.jsonl.
"""

import argparse
import collections
import json
import pathlib

import tlsh
from datasketch import MinHash, MinHashLSH

# threatexchange 1.2.17, signal type text_tlsh.
TLSH = 30
# Jaccard; lower ones find more and cost more.
JACCARD = 0.5


def lines(path):
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def signature(text):
    words = text.lower().split()
    made = MinHash(num_perm=128)
    made.update_batch([" ".join(words[at : at + 3]).encode() for at in range(max(1, len(words) - 2))])
    return made


def digest(text):
    found = tlsh.hash(text.encode())
    return None if found in ("", "TNULL") else found


def near(one, other):
    return one is not None and other is not None and tlsh.diffxlen(one, other) <= TLSH


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", required=True)
    parser.add_argument("--most", type=int, default=200, help="queries of a kind")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.work)
    queries = lines(folder / "queries.jsonl")
    for name in ("real", "generated"):
        texts = [line["text"] for line in lines(folder / f"{name}.jsonl")]
        digests = [digest(text) for text in texts]
        lsh = MinHashLSH(threshold=JACCARD, num_perm=128)
        signatures = [signature(text) for text in texts]
        for key, made in enumerate(signatures):
            lsh.insert(key, made)
        tallies = collections.defaultdict(lambda: [0, 0, 0])
        for query in queries:
            tally = tallies[query["language"], query["kind"]]
            if query["texts"] != name or tally[0] >= arguments.most:
                continue
            tally[0] += 1
            tally[1] += near(digest(query["text"]), digests[query["key"]])
            tally[2] += query["key"] in lsh.query(signature(query["text"]))
        for (language, kind), (n, by_tlsh, by_minhash) in tallies.items():
            if n:
                found = {"what": "recall", "texts": name, "language": language, "kind": kind, "n": n}
                print(json.dumps(found | {"tlsh": by_tlsh, "minhash": by_minhash}), flush=True)
        # Every pair once each way, as ours.
        wrong_tlsh = 2 * sum(
            near(one, other) for at, one in enumerate(digests) for other in digests[at + 1 :] if one is not None
        )
        wrong_minhash = sum(len([other for other in lsh.query(made) if other != key]) for key, made in enumerate(signatures))
        print(
            json.dumps(
                {
                    "what": "unrelated",
                    "texts": name,
                    "pairs": len(texts) * (len(texts) - 1),
                    "tlsh": wrong_tlsh,
                    "minhash": wrong_minhash,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
