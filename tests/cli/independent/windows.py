"""Windows of event time, the simple way: every window keeps the list of its rows."""


def floor_to(time_ms, step_ms):
    return time_ms // step_ms * step_ms


def with_lows(rows, time_of, lateness_ms):
    """(row, largest time seen before it − lateness) in the order of arrival."""
    low_ms = None
    for row in rows:
        yield row, low_ms
        seen_ms = time_of(row) - lateness_ms
        low_ms = seen_ms if low_ms is None else max(low_ms, seen_ms)


def sliding(rows, time_of, lateness_ms, size_ms, every_ms):
    """{(start, end): its rows in the order of arrival} of windows of `size_ms` that begin every `every_ms`."""
    windows = {}
    for row, low_ms in with_lows(rows, time_of, lateness_ms):
        start_ms = floor_to(time_of(row), every_ms)
        while start_ms + size_ms > time_of(row):
            if low_ms is None or start_ms + size_ms > low_ms:
                windows.setdefault((start_ms, start_ms + size_ms), []).append(row)
            start_ms -= every_ms
    return windows


def tumbling(rows, time_of, lateness_ms, size_ms):
    return sliding(rows, time_of, lateness_ms, size_ms, size_ms)


def sessions(rows, time_of, key_of, lateness_ms, gap_ms):
    """[(start, end, rows)] of each key's sessions, all keys together."""
    given, open_ = [], {}
    for row, low_ms in with_lows(rows, time_of, lateness_ms):
        if low_ms is not None:
            for key, of_key in open_.items():
                given += [s for s in of_key if s[1] <= low_ms]
                open_[key] = [s for s in of_key if s[1] > low_ms]
        own = (time_of(row), time_of(row) + gap_ms, [row])
        of_key = open_.setdefault(key_of(row), [])
        touching = [s for s in of_key if s[0] <= own[1] and own[0] <= s[1]]
        merged = (min(s[0] for s in [*touching, own]), max(s[1] for s in [*touching, own]),
                  [r for s in touching for r in s[2]] + [row])
        if low_ms is not None and merged[1] <= low_ms:
            continue    # late
        open_[key_of(row)] = [s for s in of_key if s not in touching] + [merged]
    return given + [s for of_key in open_.values() for s in of_key]
