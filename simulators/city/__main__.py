"""`python -m simulators.city --seed 20261122 --out configs/demo`: the demo's network, written anew."""

import argparse
from pathlib import Path

from simulators.city.files import write
from simulators.city.layout import draw

SEED = 20_261_122


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the demo town's files from a seed.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    city = draw(given.seed)
    for file in write(city, given.seed, given.out):
        print(file)


if __name__ == "__main__":
    main()
