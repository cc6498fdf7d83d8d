"""One process that writes as fast as it gets its turn: `python -m tests.writers.writing START SECONDS THREADS`.

Prints how many changes it made and the longest that one of its threads waited for one, in seconds, as JSON.
"""

import json
import sys
import threading
import time

from tixallo.config import setup


def main(start: float, seconds: float, threads: int) -> None:
    setup.use()
    from django.db import connections

    from tixallo.kit import transactions
    from tixallo.kit.sql import Statement

    insert = Statement(
        "INSERT INTO kit_due (id, kind, key, version, due_at, attempts, last_error, created_at, dead_at) "
        "VALUES (?, 'tests', ?, 0, '2026-01-01', 0, '', '2026-01-01', '2026-01-01')"
    )
    from tixallo.kit.ids import new_id

    counts = [0] * threads
    waits = [0.0] * threads

    def write(number: int) -> None:
        time.sleep(max(0.0, start - time.time()))
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            with transactions.change():
                identifier = new_id()
                insert.run(identifier, identifier)
            counts[number] += 1
            waits[number] = max(waits[number], time.monotonic() - began)
        connections.close_all()

    running = [threading.Thread(target=write, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    print(json.dumps([sum(counts), max(waits)]))


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
