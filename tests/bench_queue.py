"""A soak of the queue: 200 requests from 20 readers at one model in a process of its own, with leavers and kills.

    python -m tests.bench_queue docs/results/queue.json

Exits with 1 where a request was lost, somebody overtaken, or anything left at work (tests/queue_soak.py).
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # as pytest has it
from queue_soak import faults, soak


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--kills", type=int, default=4)
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the crashes are meant
    report = soak(args.requests, args.clients, args.kills)
    report["clients"], report["faults"] = args.clients, faults(report)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))
    sys.exit(bool(report["faults"]))


if __name__ == "__main__":
    main()
