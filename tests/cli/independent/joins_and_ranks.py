"""`join` and `rank`, the simple way: every pair is looked at, every ranking is sorted anew."""
import math


def in_time(rows, lateness_ms):
    """Rows that are not late, in the order of arrival."""
    low_ms, kept = -math.inf, []
    for row in rows:
        if row['time'] >= low_ms:
            kept.append(row)
        low_ms = max(low_ms, row['time'] - lateness_ms)
    return kept


def join(later, earlier, before_ms, fits, keep, keep_left):
    """Pairs (C, K) in the order in which they are given; K is None where there is none. Late rows are left out already;
    both are in the order of arrival."""
    pairs = []
    earlier = sorted(earlier, key=lambda k: k['time'])    # equal times stay in the order of arrival
    for c in sorted(later, key=lambda c: c['time']):
        found = [k for k in earlier if c['time'] - before_ms <= k['time'] <= c['time'] and fits(c, k)]
        if keep == 'first':
            found = found[:1]
        if keep == 'last':
            found = found[-1:]
        pairs += [(c, k) for k in found] or ([(c, None)] if keep_left else [])
    return pairs


def rank(rows, key_of, leaves, order_of, entry_of, top):
    """(key, entries, total, row that made the change) in the order in which they are given. `order_of`: values to be
    compared one after the other, each (value, descending); null is last in either direction."""
    rankings, place_of, given, arrivals = {}, {}, [], 0

    def shown(key):
        def place(member):
            parts = []
            for value, descending in member['order']:
                parts.append((value is None, 0 if value is None else -value if descending else value))
            return (*parts, member['arrival'])
        members = sorted(rankings.get(key, {}).values(), key=place)
        return [m['entry'] for m in members[:top]], len(members)

    for row in rows:
        if row['id'] is None:
            continue
        key, old = key_of(row), place_of.get(row['id'])
        if old is not None and (leaves(row) or old != key):
            del rankings[old][row['id']], place_of[row['id']]
            given.append((old, *shown(old), row))
        if leaves(row):
            continue
        before = shown(key)
        member = rankings.setdefault(key, {}).get(row['id'])
        if member is None:
            arrivals += 1
        rankings[key][row['id']] = {'order': order_of(row), 'entry': entry_of(row),
                                    'arrival': member['arrival'] if member else arrivals}
        place_of[row['id']] = key
        if shown(key) != before:
            given.append((key, *shown(key), row))
    return given
