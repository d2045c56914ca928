"""What examples/payments_fraud must give, from the text of its rules; a history is a list that is looked through."""
import datetime
import math
from collections import Counter

from independent import windows
from independent.dirty_rows import BEGIN_MS, to_line, write_lines
from independent.rows_compared import AtLeast, Map

LATENESS_MS = 30_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
LIMITS = {'withdrawal': (5, 10, 20), 'transfer': (10, 20, 50), 'payment': (20, 50, 100)}
OTHER_LIMITS = (10, 20, 50)
LEVELS = [(0.8, 'critical', 'Immediate transaction blocking recommended'), (0.6, 'high', 'Additional verification required'),
          (0.3, 'medium', 'Monitor closely, consider manual review'), (0.0, 'low', 'Low risk, normal processing')]
PLACES = [(48.857, 2.352), (48.9, 2.4), (45.764, 4.836), (35.677, 139.65), (-33.87, 151.21), (0, 180), (0, -180), (90, 0)]
# More types than the rules name, and two that differ in case only.
TYPES = ['payment'] * 6 + ['withdrawal'] * 4 + ['transfer', 'deposit', 'investment', 'Payment', 'Ünïcode "x"', '']


def distance_km(a, b):
    """The haversine formula."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(x) for x in (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(min(1.0, h)))


def hour_of(time_ms):
    return datetime.datetime.fromtimestamp(time_ms // 1000, datetime.timezone.utc).hour


def is_weekend(time_ms):
    return datetime.datetime.fromtimestamp(time_ms // 1000, datetime.timezone.utc).weekday() >= 5


def factors(row, earlier):
    """[(category, factor)] of a transaction; `earlier`: those of its history."""
    time_ms, found = row['timestamp'], []

    def add(category, kind, risk, **more):
        found.append((category, AtLeast({'type': kind, 'risk_score': float(risk), **more})))

    for window_s, limit in zip((300, 900, 3600), LIMITS.get(row['type'], OTHER_LIMITS)):
        count = sum(e['type'] == row['type'] and time_ms - window_s * 1000 < e['timestamp'] <= time_ms for e in earlier)
        if count >= limit:
            add('velocity', 'high_velocity', min(count / limit * 0.5, 1), window=window_s, count=count, threshold=limit)

    places = [e['place'] for e in earlier if e['place']]
    if row['place'] and places:
        nearest = min(distance_km(row['place'], place) for place in places)
        if nearest > 100:
            add('location', 'unusual_location', min(nearest / 1000, 1), distance_km=nearest)

    amounts = [e['amount'] for e in earlier]
    if amounts:
        mean = math.fsum(amounts) / len(amounts)
        deviation = 0.0
        if len(amounts) >= 10:
            deviation = math.sqrt(math.fsum((a - mean) ** 2 for a in amounts) / (len(amounts) - 1))
            if len(set(amounts)) == 1:
                deviation = 0.0
        if deviation == 0:
            deviation = 0.5 * mean
        if deviation > 0:
            z = abs(row['amount'] - mean) / deviation
            if z > 3:
                add('amount', 'unusual_amount', min(z / 5, 1), z_score=z, average_amount=mean)

    hour = hour_of(time_ms)
    if earlier and hour not in {hour_of(e['timestamp']) for e in earlier}:
        add('behaviour', 'unusual_time', 0.3, hour=hour)
    if earlier and row['type'] not in {e['type'] for e in earlier}:
        add('behaviour', 'unusual_transaction_type', 0.4)
    if 2 <= hour <= 6:
        add('time', 'late_night_transaction', 0.2, hour=hour)
    if earlier and is_weekend(time_ms) and not any(is_weekend(e['timestamp']) for e in earlier):
        add('time', 'weekend_unusual_activity', 0.3)
    return found


def scored(rows):
    """The rows with score and factors, in the order of arrival."""
    histories = {}
    for row in rows:
        history = histories.setdefault(row['user_id'], [])
        found = factors(row, [e for e in history if e['timestamp'] > row['timestamp'] - 90 * DAY_MS])
        history.append(row)
        largest = {}
        for category, factor in found:
            largest[category] = max(largest.get(category, 0.0), factor['risk_score'])
        total = 0.0
        for risk in largest.values():    # not sum(), which is more exact than doubles are from Python 3.12 on
            total += risk
        score = total / len(largest) if largest else 0.0
        level = next(level for level in LEVELS if score >= level[0])
        yield {**row, 'score': score, 'level': level[1], 'advice': level[2], 'factors': [factor for _, factor in found]}


def alerts_of(candidates):
    """Those that are raised of (key, transaction_id, user_id, severity, score, timestamp)."""
    last_ms, raised = {}, []
    for key, identity, user, severity, score, time_ms in candidates:
        if key in last_ms and time_ms < last_ms[key] + 5 * MINUTE_MS:
            continue
        last_ms[key] = time_ms
        raised.append({'transaction_id': identity, 'user_id': user, 'severity': severity, 'risk_score': float(score),
                       'timestamp': time_ms})
    return raised


def in_time(rows):
    """The rows that are not late, each user's in the order of their times."""
    kept = [row for row, low_ms in windows.with_lows(rows, lambda row: row['timestamp'], LATENESS_MS)
            if low_ms is None or row['timestamp'] >= low_ms]
    return sorted(kept, key=lambda row: row['timestamp'])    # equal times stay in the order of arrival


def by_user(rows):
    users = {}
    for row in rows:
        users.setdefault(row['user_id'], []).append(row)
    return users


def card_tests(rows):
    """The last transactions of the pattern's matches: `times(3)` takes the next ones that fit, whatever lies between;
    the first large one ends it."""
    found = []
    for user in by_user(rows).values():
        payments = [row for row in user if row['type'] == 'payment']
        for begin, first in enumerate(payments):
            if not first['amount'] < 10:
                continue
            small = 1
            for row in payments[begin + 1:]:
                if row['timestamp'] - first['timestamp'] >= 15 * MINUTE_MS:
                    break
                if small < 3:
                    small += row['amount'] < 10
                elif row['amount'] > 500:
                    found.append(row)
                    break
    return found


def takeovers(rows):
    found = []
    for user in by_user(rows).values():
        placed = [row for row in user if row['place']]
        for begin, here in enumerate(placed):
            for there in placed[begin + 1:]:
                apart_ms = there['timestamp'] - here['timestamp']
                if apart_ms >= HOUR_MS:
                    break
                if distance_km(here['place'], there['place']) > 900 * apart_ms / HOUR_MS:
                    found.append(there)
                    break
    return found


def minute_row(start_ms, end_ms, rows):
    amounts = [row['amount'] for row in rows]
    risky = sum(row['score'] > 0.7 for row in rows)
    return {'window_start': start_ms, 'window_end': end_ms, 'total_transactions': len(rows),
            'total_amount': float(sum(amounts)), 'high_risk_count': risky, 'risk_rate': risky / len(rows),
            'average_amount': float(sum(amounts)) / len(rows), 'unique_users': len(by_user(rows)),
            'types': Map(Counter(row['type'] for row in rows)),
            'hours': Map(Counter(str(hour_of(row['timestamp'])) for row in rows)),
            'users': Map({user: {'count': len(of), 'amount': float(sum(row['amount'] for row in of))}
                          for user, of in by_user(rows).items()})}


def transaction_times(dirty, count):
    """Bursts within hours, with days between them, some months; now and then one is far behind its neighbours, never more than the day
    for which the scorer promises the whole history (`history … late 1d`)."""
    offset_ms = 0
    for time_ms in dirty.times(count, 2500, 45_000):
        if dirty.number(60) == 0:
            offset_ms += dirty.pick([HOUR_MS, 7 * HOUR_MS, DAY_MS, 2 * DAY_MS + 5 * HOUR_MS, 30 * DAY_MS])
        behind = dirty.pick([HOUR_MS, 20 * HOUR_MS]) if dirty.number(100) == 0 else 0
        yield time_ms + offset_ms - behind


def make(dirty, folder, count):
    lines, rows = [], []
    flat = [f'u{n}' for n in range(3)]    # they always pay the same
    now_ms = BEGIN_MS
    for number, time_ms in enumerate(transaction_times(dirty, count)):
        now_ms = max(now_ms, time_ms)
        user = f'u{int(14 * dirty.rng.random() ** 2)}'
        odd = dirty.pick([dirty.number(12), dirty.number(90) + 0.1, 0, -3.5, dirty.number(2000), 700, 1e6])
        if user in flat:
            amount = 25 if dirty.number(30) else odd
        else:
            amount = 40 + dirty.number(400) / 16 if dirty.number(5) else odd
        place = dirty.pick(PLACES[:2] if dirty.number(12) else PLACES)
        latitude, longitude = dirty.maybe(place[0], 0.1), dirty.maybe(place[1], 0.1)
        location = dirty.maybe({'latitude': latitude, 'longitude': longitude}, 0.1)
        if location and latitude is None and dirty.number(2):
            del location['latitude']
        kind = dirty.pick(TYPES)
        line = {'transaction_id': f't{number}', 'user_id': user, 'account_id': dirty.maybe('a1'),
                'transaction_type': kind,
                'amount': amount, 'currency': dirty.maybe('EUR'), 'timestamp': time_ms, 'merchant_id': dirty.maybe('m1'),
                'metadata': {'note': 'x'}}
        if location or dirty.number(2):
            line['location'] = location
        lines.append(to_line(line))
        has_place = location and latitude is not None and longitude is not None
        rows.append({'transaction_id': f't{number}', 'user_id': user, 'type': kind, 'amount': amount, 'timestamp': time_ms,
                     'place': place if has_place else None})
    good = {'transaction_id': 'bad', 'user_id': 'u1', 'transaction_type': 'payment', 'amount': 1,
            'timestamp': now_ms + DAY_MS}
    write_lines(folder / 'transactions.jsonl', dirty.spoiled(lines, lambda: {**good, **dirty.pick([
        {'transaction_id': None}, {'user_id': None}, {'transaction_type': None}, {'amount': None}, {'timestamp': None},
        {'amount': '12'}, {'user_id': 7}, {'timestamp': 'tomorrow'}, {'location': 5}, {'location': {'latitude': '1'}}])}))

    scores, tests, overs = list(scored(rows)), card_tests(in_time(rows)), takeovers(in_time(rows))
    risk = [{'transaction_id': s['transaction_id'], 'user_id': s['user_id'], 'risk_level': s['level'],
             'risk_score': s['score'], 'risk_factors': s['factors'], 'timestamp': s['timestamp'],
             'recommendation': s['advice']} for s in scores]
    raised = alerts_of([((s['user_id'], s['level']), s['transaction_id'], s['user_id'], s['level'], s['score'],
                         s['timestamp']) for s in scores if s['level'] in ('high', 'critical')])
    for matches in (tests, overs):
        ends = sorted(matches, key=lambda row: row['timestamp'])
        raised += alerts_of([(row['user_id'], row['transaction_id'], row['user_id'], 'critical', 1, row['timestamp'])
                             for row in ends])
    minutes = [minute_row(start_ms, end_ms, of) for (start_ms, end_ms), of in
               sorted(windows.tumbling(scores, lambda row: row['timestamp'], LATENESS_MS, MINUTE_MS).items())]
    return ({'INPUT': folder / 'transactions.jsonl', 'OUTPUT_DIR': folder},
            {'risk': (risk, True), 'alerts': (raised, False), 'global_1m': (minutes, True)})
