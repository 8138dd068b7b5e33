"""CPU time of range search in 256-bit hashes by FAISS and python-threatexchange, one core. One JSON object a line.

The bank and the queries are raw rows of 32 bytes. The queries are equal thirds: random, near, edge; of the last two,
each is within the radius of an entry. One process a peer, so that they do not share memory.
"""

import argparse
import json
import time
import warnings

import numpy


def faiss_index(bank, kind):
    import faiss

    faiss.omp_set_num_threads(1)
    if kind == "flat":
        index = faiss.IndexBinaryFlat(256)
    else:
        index = faiss.IndexBinaryMultiHash(256, 16, 16)
        index.nflip = 1
    index.add(bank)
    return index


def search_faiss(index, radius):
    def search(queries):
        limits, _, found = index.range_search(queries, radius + 1)  # FAISS wants the first distance that is too far
        return [found[limits[i] : limits[i + 1]] for i in range(len(queries))]

    return search


def search_threatexchange(bank):
    import faiss
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex

    faiss.omp_set_num_threads(1)
    index = PDQIndex.build((row.tobytes().hex(), number) for number, row in enumerate(bank))

    def search(queries):
        return [[match.metadata for match in index.query(row.tobytes().hex())] for row in queries]

    return search


def within(bank, query, radius):
    """Rows within the radius, by looking at all of them."""
    found = []
    for start in range(0, len(bank), 1_000_000):
        differing = numpy.bitwise_count(bank[start : start + 1_000_000].view(numpy.uint64) ^ query.view(numpy.uint64))
        found += (numpy.flatnonzero(differing.sum(axis=1, dtype=numpy.uint16) <= radius) + start).tolist()
    return found


def measure(search, queries, batch, budget):
    """CPU microseconds a query."""
    done, spent = 0, 0.0
    while spent < budget or done == 0:
        some = queries[done % (len(queries) - batch + 1) :][:batch]
        start = time.process_time()
        search(some)
        spent += time.process_time() - start
        done += batch
    return spent / done * 1e6, done


def recall(search, bank, queries, radius, count):
    wanted = right = 0
    for query in queries[:count]:
        expected = set(within(bank, query, radius))
        right += len(expected & set(map(int, search(query[None])[0])))
        wanted += len(expected)
    return right / wanted if wanted else 1.0


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", choices=["flat", "mih", "threatexchange"], required=True)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--queries", required=True)
    parser.add_argument("--radius", type=int, default=31)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--mixes", nargs="+", default=["random", "near", "edge"])
    parser.add_argument("--budget", type=float, default=3, help="CPU seconds a measurement")
    arguments = parser.parse_args()
    bank = numpy.fromfile(arguments.bank, dtype=numpy.uint8).reshape(-1, 32)
    rows = numpy.fromfile(arguments.queries, dtype=numpy.uint8).reshape(-1, 32)
    start = time.process_time()
    if arguments.peer == "threatexchange":
        search = search_threatexchange(bank)
    else:
        search = search_faiss(faiss_index(bank, arguments.peer), arguments.radius)
    build = time.process_time() - start
    batches = [1] if arguments.peer == "threatexchange" else arguments.batches
    checked = max(1, min(64, 20_000_000 // len(bank)))
    for mix, queries in zip(arguments.mixes, numpy.split(rows, len(arguments.mixes))):
        found = recall(search, bank, queries, arguments.radius, checked)
        for batch in batches:
            cpu_us, done = measure(search, queries, batch, arguments.budget)
            print(
                json.dumps(
                    {
                        "peer": {"flat": "FAISS flat", "mih": "FAISS MIH"}.get(arguments.peer, arguments.peer),
                        "n": len(bank),
                        "mix": mix,
                        "radius": arguments.radius,
                        "batch": batch,
                        "queries": done,
                        "cpu_us": round(cpu_us, 2),
                        "recall": found,
                        "recall_queries": checked,
                        "build_cpu_s": round(build, 2),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
