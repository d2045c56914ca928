"""What the windows of examples/shop must give."""
from collections import Counter

from independent import windows
from independent.dirty_rows import to_line, write_lines
from independent.rows_compared import Map

LATENESS_MS = 30_000
MINUTE_MS = 60_000


def time_of(row):
    return row['timestamp']


def by_user(rows):
    users = {}
    for row in rows:
        users.setdefault(row['user_id'], []).append(row)
    return users


def amounts(rows):
    return [row['amount'] for row in rows if row['action'] == 'purchase']


def user_row(user, start_ms, end_ms, rows):
    bought, times = amounts(rows), [time_of(row) for row in rows]
    return {'user_id': user, 'window_start': start_ms, 'window_end': end_ms, 'event_count': len(rows),
            'actions': Map(Counter(row['action'] for row in rows)), 'session_duration': max(times) - min(times),
            'total_purchase_amount': float(sum(bought)),
            'average_purchase_amount': float(sum(bought) / len(bought)) if bought else 0.0, 'purchase_count': len(bought)}


def global_row(start_ms, end_ms, rows):
    users, revenue = len(by_user(rows)), float(sum(amounts(rows)))
    buyers = len({row['user_id'] for row in rows if row['action'] == 'purchase'})
    return {'window_start': start_ms, 'window_end': end_ms, 'event_count': len(rows), 'unique_users': users,
            'events_per_second': len(rows) / 60, 'actions': Map(Counter(row['action'] for row in rows)),
            'revenue': revenue, 'revenue_per_user': revenue / users, 'conversion_rate': buyers / users}


def make(dirty, folder, count):
    lines, rows, last_ms = [], [], {}
    for time_ms in dirty.times(count, 6000, 45_000):
        text, amount = dirty.price(900)
        user = f'u{dirty.number(40)}'
        if dirty.number(4) == 0 and last_ms.get(user, time_ms) < time_ms - 5 * MINUTE_MS:
            time_ms = last_ms[user] + 5 * MINUTE_MS    # two sessions that touch
        last_ms[user] = time_ms
        row = {'user_id': user, 'timestamp': time_ms,
               'action': dirty.pick(['login', 'view', 'view', 'click', 'purchase', 'logout', 'Ünïcode "x"'])}
        metadata = dirty.maybe({'amount': None if text is None else float(amount), 'category': dirty.maybe('shoes')}, 0.1)
        lines.append(to_line({'event_id': dirty.maybe('e'), **row, 'metadata': metadata}))
        rows.append({**row, 'amount': (metadata or {}).get('amount') or 0})
    write_lines(folder / 'events.jsonl', dirty.spoiled(lines, lambda: dirty.pick([
        {'user_id': 'u1', 'action': 'view', 'timestamp': None}, {'user_id': 'u1', 'timestamp': 4102444800000},
        {'user_id': None, 'action': 'view', 'timestamp': 4102444800000},
        {'user_id': 'u1', 'action': 'view', 'timestamp': 4102444800000, 'metadata': {'amount': '12'}},
        {'user_id': 'u1', 'action': 'view', 'timestamp': 'tomorrow'}])))

    def per_user(by_window):
        return [user_row(user, *window, rows) for window, all_rows in by_window.items()
                for user, rows in by_user(all_rows).items()]

    want = {
        'tumbling_5m': per_user(windows.tumbling(rows, time_of, LATENESS_MS, 5 * MINUTE_MS)),
        'sliding_10m_2m': per_user(windows.sliding(rows, time_of, LATENESS_MS, 10 * MINUTE_MS, 2 * MINUTE_MS)),
        'session_5m': [user_row(of[0]['user_id'], start_ms, end_ms, of) for start_ms, end_ms, of in windows.sessions(
            rows, time_of, lambda row: row['user_id'], LATENESS_MS, 5 * MINUTE_MS)],
        'global_1m': [global_row(*window, of) for window, of in
                      windows.tumbling(rows, time_of, LATENESS_MS, MINUTE_MS).items()],
    }
    env = {'INPUT': folder / 'events.jsonl', 'OUTPUT_DIR': folder}
    return env, {name: (right, False) for name, right in want.items()}
