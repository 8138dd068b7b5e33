"""Puts items that were finished before into the database of a service that is not running.

add_items.py DATABASE COUNT
"""

import os
import sqlite3
import sys
import time


def main():
    database, count = sys.argv[1], int(sys.argv[2])
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    first = connection.execute("SELECT last FROM counter WHERE name = 'item'").fetchone()[0] + 1
    now = int(time.time() * 1e6)
    result = '{"verdict":"no_match","bytes":1000,"incomplete":[],"matches":[]}'
    rows = (
        (number, os.urandom(16), "bench", f"post-{number}", os.urandom(32), 1000, "{}", 0, now, "done", 1, "no_match", result, now)
        for number in range(first, first + count)
    )
    with connection:
        connection.executemany("INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
        connection.execute("UPDATE counter SET last = ? WHERE name = 'item'", (first + count - 1,))


main()
