"""Rows that a job wrote against rows that were worked out."""
import json
from collections import defaultdict
from decimal import Decimal

TOLERANCE = 1e-9


class Map(dict):
    """An expected object whose keys may stand in any order."""


class AtLeast(dict):
    """An expected object that may have more fields, in any order."""


def read_rows(path):
    """Rows with all the digits of their numbers."""
    with open(path, encoding='utf-8') as lines:
        return [json.loads(line, parse_float=Decimal) for line in lines]


def equal(want, got):
    """Doubles with a tolerance; ints, decimals and all else exactly. Maps (class Map) in any order of keys."""
    if isinstance(want, Map):
        return isinstance(got, dict) and want.keys() == got.keys() and all(equal(want[k], got[k]) for k in want)
    if isinstance(want, AtLeast):
        return isinstance(got, dict) and all(k in got and equal(want[k], got[k]) for k in want)
    if isinstance(want, dict):
        return isinstance(got, dict) and list(want) == list(got) and all(equal(want[k], got[k]) for k in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(equal, want, got))
    if isinstance(want, float):
        return isinstance(got, (int, Decimal)) and abs(want - float(got)) <= TOLERANCE * abs(want)
    if want is None or isinstance(want, (bool, str)) or isinstance(got, (bool, str)):
        return type(want) is type(got) and want == got
    return got is not None and want == got


def rough(value, sample):
    """What of a row tells it apart before doubles are compared; `sample` says where they are."""
    if isinstance(sample, float):
        return 0
    if isinstance(value, dict) and isinstance(sample, dict):
        return sorted((name, rough(v, sample.get(name))) for name, v in value.items())
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return str(Decimal(value).normalize()) if is_number else value


def differences(want, got, ordered):
    """What is wrong with the rows, one text for each; in any order unless `ordered`."""
    if ordered:
        wrong = [f'row {i}: want {w}\n        got  {g}' for i, (w, g) in enumerate(zip(want, got)) if not equal(w, g)]
    else:
        wrong = []
        by_rough = defaultdict(list)
        for row in want:
            by_rough[repr(rough(row, row))].append(row)
        sample = want[0] if want else {}
        for row in got:
            fitting = by_rough.get(repr(rough(row, sample)), [])
            found = next((w for w in fitting if equal(w, row)), None)
            if found is None:
                wrong.append(f'unexpected {row}')
            else:
                fitting.remove(found)
        wrong += [f'missing {row}' for rows in by_rough.values() for row in rows]
    if len(want) != len(got):
        wrong.insert(0, f'{len(want)} rows are right, {len(got)} were written')
    return wrong
