"""What examples/running_totals must give."""
from decimal import Decimal

TYPES = ['purchase', 'refund', 'fee', 'a "quoted", type', 'two\nlines', 'Ünïcode']


def make(dirty, folder, count):
    """Writes the input; gives the environment and the rows that are right, by output."""
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') or dirty.number(5) == 0 else text

    rows, totals = [], {}
    for _ in range(count):
        kind, cents = dirty.pick(TYPES), dirty.number(10 ** 6) * dirty.pick([1, 1, -1, 10 ** 17])
        sign = '-' if cents < 0 else ''
        amount = f'{sign}{abs(cents) // 100}' + dirty.pick(['', f'.{abs(cents) % 100:02}', f'.{abs(cents) % 100 // 10}'])
        note = dirty.pick(['', 'x', 'a, "b"'])
        if dirty.number(20) == 0:
            kind = ''
        if dirty.number(15) == 0:
            amount = dirty.pick(['', 'null', '1.234', '1,5', '+1', '1e3', ' 1', '--1', '.5', '1.', '0x1'])
            rows.append(','.join(map(cell, [note, amount, kind])))
            continue
        if dirty.number(30) == 0:    # a short row lacks the type
            rows.append(','.join(map(cell, [note, amount])))
            continue
        rows.append(','.join(map(cell, [note, amount, kind])))
        if kind:
            totals.setdefault('totals', []).append((kind, Decimal(amount)))
        if dirty.number(40) == 0:
            rows.append('')
    end = dirty.pick(['\n', '\r\n'])
    (folder / 'in.csv').write_bytes(end.join(['note,amount,transaction_type', *rows, '']).encode())

    want, sums = [], {}
    for kind, amount in totals.get('totals', []):
        sums[kind] = sums.get(kind, Decimal(0)) + amount
        want.append({'transaction_type': kind, 'total': sums[kind]})
    return {'INPUT': folder / 'in.csv', 'OUTPUT': folder / 'totals.jsonl'}, {'totals': (want, True)}
