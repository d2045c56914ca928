"""`aggregate`, the simple way: every window keeps the list of its rows, every function looks at the whole list."""
import datetime
import math
import zoneinfo

UTC = datetime.timezone.utc


class Window:
    def __init__(self, start_ms, end_ms, rows=()):
        self.start_ms, self.end_ms, self.rows, self.given = start_ms, end_ms, list(rows), False


def day_of(time_ms, zone):
    """The local day of a moment: its first moment and that of the next one."""
    def begin(day):
        # The first moment whose local date is not before `day`, found by halves.
        low, high = (int((datetime.datetime(day.year, day.month, day.day, tzinfo=UTC)
                          + datetime.timedelta(hours=hours)).timestamp() * 1000) for hours in (-30, 30))
        while low < high:
            middle = (low + high) // 2
            if local_date(middle) >= day:
                high = middle
            else:
                low = middle + 1
        return low

    def local_date(at_ms):
        return datetime.datetime.fromtimestamp(at_ms / 1000, zone).date()

    day = local_date(time_ms)
    return begin(day), begin(day + datetime.timedelta(days=1))


def windows_of(time_ms, kind, size_ms, every_ms, zone):
    if kind == 'daily':
        return [day_of(time_ms, zone)]
    start_ms, found = time_ms // every_ms * every_ms, []
    while start_ms + size_ms > time_ms:
        found.append((start_ms, start_ms + size_ms))
        start_ms -= every_ms
    return found


def run(rows, lateness_ms, allowed_ms, on_each_row, kind, size_ms=0, every_ms=0, zone=UTC):
    """(key, start, end, rows) of each row that the aggregate gives, and the rows that were late. A row has `time`, `key`.
    Windows that end are given in the order of their ends."""
    held, given, late, low_ms = {}, [], [], -math.inf

    def give(key, window):
        given.append((key, window.start_ms, window.end_ms, list(window.rows)))
        window.given = True

    def move(to_ms):
        if not on_each_row:
            ended = [(w.end_ms, k, w) for k, ws in held.items() for w in ws if w.end_ms <= to_ms and not w.given]
            for _, key, window in sorted(ended, key=lambda e: e[0]):
                give(key, window)
        for key, windows in held.items():
            held[key] = [w for w in windows if w.end_ms + allowed_ms > to_ms]

    for row in rows:
        of_key = held.setdefault(row['key'], [])
        if kind == 'session':
            new = Window(row['time'], row['time'] + size_ms)
            touching = [w for w in of_key if w.start_ms <= new.end_ms and new.start_ms <= w.end_ms]
            new.start_ms = min([new.start_ms] + [w.start_ms for w in touching])
            new.end_ms = max([new.end_ms] + [w.end_ms for w in touching])
            new.rows = sorted((r for w in touching for r in w.rows), key=lambda r: r['arrival'])
            taken = [new] if new.end_ms + allowed_ms > low_ms else []
            if taken:
                held[row['key']] = [w for w in of_key if w not in touching] + taken
        else:
            taken = []
            for start_ms, end_ms in windows_of(row['time'], kind, size_ms, every_ms, zone):
                if end_ms + allowed_ms <= low_ms:
                    continue
                window = next((w for w in of_key if w.start_ms == start_ms), None)
                if window is None:
                    window = Window(start_ms, end_ms)
                    of_key.append(window)
                taken.append(window)
        for window in sorted(taken, key=lambda w: w.end_ms):
            window.rows.append(row)
            if on_each_row or window.end_ms <= low_ms:
                give(row['key'], window)
        if not taken:
            late.append(row)
        if row['time'] - lateness_ms > low_ms:
            low_ms = row['time'] - lateness_ms
            move(low_ms)
    move(math.inf)
    return given, late


# ---- functions; each has the rule text and what it must give for a list of rows

def values(rows, name):
    return [row[name] for row in rows if row[name] is not None]


def ordered(rows, name, by, descending=False):
    known = [row for row in rows if row[by] is not None]
    known.sort(key=lambda row: row[by], reverse=descending)
    if descending:    # equal ones stay in the order of arrival
        known.sort(key=lambda row: -row[by])
    return [row[name] for row in known + [row for row in rows if row[by] is None]]


def stddev(numbers):
    if len(numbers) < 2:
        return None
    mean = sum(numbers) / len(numbers)
    return round(math.sqrt(sum((n - mean) ** 2 for n in numbers) / (len(numbers) - 1)), 6)


def percentile(numbers, share):
    return sorted(numbers)[max(math.ceil(share * len(numbers)), 1) - 1] if numbers else None


def histogram(rows, name):
    found = {}
    for value in values(rows, name):
        found[str(value)] = found.get(str(value), 0) + 1
    return found


def per(rows, name):
    found = {}
    for row in rows:
        if row[name] is not None:
            found.setdefault(str(row[name]), []).append(row)
    return {value: {'n': len(of), 'most': max(values(of, 'x'), default=None)} for value, of in found.items()}


def top(rows, name, by, n):
    sums = {}
    for row in rows:
        if row[name] is not None:
            sums[row[name]] = sums.get(row[name], 0) + (row[by] or 0)
    best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:n]
    return [{'value': value, 'total': total} for value, total in best]


FUNCTIONS = {
    'count()': len,
    'count(x > 1)': lambda rows: sum(v > 1 for v in values(rows, 'x')),
    'count(word)': lambda rows: len(values(rows, 'word')),
    'sum(n)': lambda rows: sum(values(rows, 'n')),
    'sum(x where n > 3)': lambda rows: sum(values([r for r in rows if r['n'] is not None and r['n'] > 3], 'x')),
    'avg(x)': lambda rows: sum(values(rows, 'x')) / len(values(rows, 'x')) if values(rows, 'x') else None,
    'min(word)': lambda rows: min(values(rows, 'word'), default=None),
    'max(n)': lambda rows: max(values(rows, 'n'), default=None),
    'round(stddev(n), 6)': lambda rows: stddev(values(rows, 'n')),
    'first(word)': lambda rows: (values(rows, 'word') or [None])[0],
    'last(x)': lambda rows: (values(rows, 'x') or [None])[-1],
    'count_distinct(word)': lambda rows: len(set(values(rows, 'word'))),
    'approx_count_distinct(n)': lambda rows: len(set(values(rows, 'n'))),
    'percentile(n, 0.3)': lambda rows: percentile(values(rows, 'n'), 0.3),
    'percentile(word, 1)': lambda rows: percentile(values(rows, 'word'), 1),
    'collect(n)': lambda rows: [row['n'] for row in rows],
    'collect(arrival by x)': lambda rows: ordered(rows, 'arrival', 'x'),
    'collect(arrival by n desc where x > 0)': lambda rows: ordered(
        [r for r in rows if r['x'] is not None and r['x'] > 0], 'arrival', 'n', True),
    'histogram(n)': lambda rows: histogram(rows, 'n'),
    'per(word, { n = count(), most = max(x) })': lambda rows: per(rows, 'word'),
    'top(2, word by n)': lambda rows: top(rows, 'word', 'n', 2),
    'coalesce(sum(n) / count(n), -1)': lambda rows: sum(values(rows, 'n')) / len(values(rows, 'n')) if values(rows, 'n') else -1,
}

ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Seoul', 'Australia/Lord_Howe', 'America/Sao_Paulo']


def zone_of(name):
    return zoneinfo.ZoneInfo(name)
