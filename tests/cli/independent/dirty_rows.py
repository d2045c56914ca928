"""Random rows as real streams have them: out of order, late, with nulls, now and then none at all.

A stream is a list of lines; beside it stands what of it are rows, in the order of arrival, as the program must see them.
"""
import json
import random
from decimal import Decimal

BEGIN_MS = 1_709_250_600_000    # 2024-02-29T23:50:00Z: a day ends, and a month

BROKEN = ['{"timestamp":17', '[]', '"text"', 'null', 'connection reset by peer', '{"timestamp":1}}', '{"timestamp":NaN}']


class Exact(str):
    """A decimal's digits, written to JSON as a number."""


def to_line(row):
    """The row as a line of JSON; exact numbers keep their digits."""
    parts = []
    for name, value in row.items():
        text = str(value) if isinstance(value, Exact) else to_line(value) if isinstance(value, dict) else json.dumps(value)
        parts.append(f'{json.dumps(name)}:{text}')
    return '{' + ','.join(parts) + '}'


class Dirty:
    """Random choices with one seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def pick(self, values):
        return values[int(self.rng.random() * len(values))]

    def maybe(self, value, share=0.05):
        """The value, now and then null."""
        return None if self.rng.random() < share else value

    def number(self, end):
        return int(self.rng.random() * end)

    def price(self, end):
        """(what stands in the line, its value): a decimal of two digits, as text or number, or null."""
        cents = self.number(end * 100)
        kind = self.rng.random()
        if kind < 0.1:
            return None, None
        text = f'{cents // 100}.{cents % 100:02}' if kind < 0.7 else str(cents // 100)
        return (text if kind < 0.4 else Exact(text)), Decimal(text)

    def times(self, count, step_ms, behind_ms):
        """Times of rows in their order of arrival: most step by step, many equal or somewhat behind, some far behind;
        now and then nothing for long."""
        now_ms = BEGIN_MS
        for _ in range(count):
            kind = self.rng.random()
            now_ms += 0 if kind < 0.1 else self.number(40 * step_ms) if kind > 0.99 else self.number(2 * step_ms)
            kind = self.rng.random()
            back_ms = 0 if kind < 0.6 else self.number(behind_ms) if kind < 0.9 else self.number(4 * behind_ms)
            # Whole seconds are where windows end: what stands on the edge must come often.
            yield (now_ms - back_ms) // 1000 * 1000 if self.rng.random() < 0.3 else now_ms - back_ms

    def spoiled(self, lines, wrong, share=0.03):
        """The lines with some between them that are no rows: broken ones, or made by `wrong()`, and empty ones."""
        for line in lines:
            while self.rng.random() < share:
                yield '' if self.rng.random() < 0.2 else self.pick(BROKEN) if self.rng.random() < 0.5 else to_line(wrong())
            yield line


def write_lines(path, lines):
    path.write_text(''.join(line + '\n' for line in lines), encoding='utf-8')
