"""What examples/ad_exchange must give."""
import datetime
from decimal import Decimal

from independent import windows
from independent.dirty_rows import Exact, to_line, write_lines

PRODUCTS = ['p1', 'p2', 'p3', 'p4', 'p5']    # p5 is in no table
METRICS = {'p1': (0.03, 0.01), 'p2': (0.02, None), 'p3': (None, 0.5), 'p4': (0.5, 0.25)}
PRICES = {'p1': 19.99, 'p2': 100.0, 'p3': None}
MINUTE_MS = 60_000


def time_of(row):
    return row['timestamp']


def text_of(time_ms, digits):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=time_ms)
    return moment.isoformat(' ', 'milliseconds')[:digits]


def write_tables(folder):
    def cell(value):
        return '' if value is None else str(value)
    write_lines(folder / 'metrics.csv', ['cvr,product_id,ctr'] + [f'{cell(b)},{p},{cell(a)}' for p, (a, b) in METRICS.items()])
    write_lines(folder / 'products.csv', ['product_id,product_price', 'p1,1e9'] + [f'{p},{cell(v)}' for p, v in PRICES.items()])


# ---- ranking

def score(row):
    ctr, cvr = METRICS.get(row['product_id'], (None, None))
    ctr, cvr = 0.01 if ctr is None else ctr, 0.005 if cvr is None else cvr
    return row['bid_price'] * ctr + 0.1 * ctr * cvr * (PRICES.get(row['product_id']) or 0)


def campaigns(dirty, count):
    for time_ms in dirty.times(count, 2000, 40_000):
        yield {'event_type': dirty.maybe(dirty.pick(['CAMPAIGN_CREATE', 'CAMPAIGN_UPDATE', 'CAMPAIGN_ACTIVATE', 'CAMPAIGN_PAUSE'])),
               'timestamp': time_ms, 'campaign_id': dirty.maybe(f'c{dirty.number(25)}'),
               'advertiser_id': dirty.maybe(f'a{dirty.number(2)}'), 'product_id': dirty.maybe(dirty.pick(PRODUCTS)),
               'placement': dirty.maybe(dirty.pick(['home', 'search'])), 'category': dirty.maybe('toys'),
               'bid_price': dirty.maybe(dirty.pick([0.5, 1, 1.25])),
               'status': dirty.maybe(dirty.pick(['ACTIVE', 'ACTIVE', 'ACTIVE', 'PAUSED']))}


def ranking(rows):
    """A campaign that comes with another placement or category leaves the old ranking first: a row for each."""
    rankings, place_of, given = {}, {}, []

    def give(place, row):
        best = sorted(rankings.get(place, {}).values(), key=lambda e: (-e['score'], e['campaign_id']))
        given.append({'placement': place[0], 'category': place[1], 'ranking_list': best, 'total_campaigns': len(best),
                      'updated_at': row['timestamp']})

    for row in rows:
        campaign, active = row['campaign_id'], row['status'] == 'ACTIVE'
        if campaign is None:
            continue
        if active and (row['bid_price'] is None
                       or row['event_type'] not in ('CAMPAIGN_CREATE', 'CAMPAIGN_UPDATE', 'CAMPAIGN_ACTIVATE')):
            continue
        place, old = (row['placement'], row['category']), place_of.get(campaign)
        if old is not None and (not active or old != place):
            del rankings[old][campaign], place_of[campaign]
            give(old, row)
        if not active:
            continue
        entry = {'product_id': row['product_id'], 'score': score(row), 'bid_price': float(row['bid_price']),
                 'campaign_id': campaign, 'advertiser_id': row['advertiser_id']}
        if rankings.setdefault(place, {}).get(campaign) != entry:
            rankings[place][campaign] = entry
            place_of[campaign] = place
            give(place, row)
    return given


# ---- ad events

def ad_events(dirty, count):
    """(line, row)"""
    for time_ms in dirty.times(count, 1500, 15_000):
        price_text, price = dirty.pick([('0.50', Decimal('0.5')), (Exact('0.5'), Decimal('0.5')), dirty.price(1)])
        revenue_text, revenue = dirty.price(100)
        row = {'event_type': dirty.maybe(dirty.pick(['IMPRESSION', 'CLICK', 'CLICK', 'CONVERSION', 'click'])),
               'timestamp': time_ms, 'campaign_id': dirty.maybe(f'c{dirty.number(3)}'),
               'advertiser_id': dirty.maybe('a1'), 'product_id': dirty.maybe(dirty.pick(PRODUCTS)),
               'placement': dirty.maybe('home'), 'category': None, 'device_id': dirty.maybe(f'd{dirty.number(5)}', 0.2),
               'session_id': dirty.maybe(f's{dirty.number(40)}', 0.2), 'user_id': None,
               'ad_id': dirty.maybe(f'ad{dirty.number(2)}')}
        yield (to_line({**row, 'actual_price': price_text, 'revenue_amount': revenue_text}),
               {**row, 'actual_price': price, 'revenue_amount': revenue})


def grouped(rows, names):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return groups


def performance(rows):
    names, given = ['campaign_id', 'product_id', 'placement'], []
    for (start_ms, _), of_window in windows.tumbling(rows, time_of, 10_000, 5 * MINUTE_MS).items():
        for key, of in grouped([r for r in of_window if r['campaign_id'] is not None], names).items():
            shown, clicks, sales = (sum(r['event_type'] == k for r in of) for k in ('IMPRESSION', 'CLICK', 'CONVERSION'))
            spend, revenue = (sum((r[k] or Decimal(0) for r in of), Decimal(0)) for k in ('actual_price', 'revenue_amount'))
            given.append({**dict(zip(names, key)), 'metric_time': text_of(start_ms, 19), 'impression_count': shown,
                          'click_count': clicks, 'conversion_count': sales, 'total_spend': spend, 'total_revenue': revenue,
                          'ctr': 100 * clicks / shown if shown else 0.0, 'cvr': 100 * sales / clicks if clicks else 0.0,
                          'roas': float(revenue) / float(spend) if spend else 0.0})
    return given


def compensation(rows):
    names, given = ['advertiser_id', 'campaign_id', 'ad_id', 'device_id', 'actual_price'], []
    for of_window in windows.tumbling(rows, time_of, 30_000, 5 * MINUTE_MS).values():
        clicks = [r for r in of_window if r['event_type'] == 'CLICK' and r['device_id'] and r['ad_id']]
        for key, of in grouped(clicks, names).items():
            if len(of) > 1:
                price = key[-1]
                given.append({**dict(zip(names[:-1], key)), 'duplicate_click_count': len(of),
                              'refund_amount': None if price is None else (len(of) - 1) * price,
                              'original_click_timestamps': sorted(text_of(time_of(r), 23) for r in of),
                              'detection_window': '5_MINUTES', 'reason': 'DUPLICATE_CLICK_DETECTED',
                              'compensation_type': 'BALANCE_REFUND'})
    return given


def conversions(dirty, count):
    for time_ms in dirty.times(count, 15_000, 2 * 60 * MINUTE_MS):
        text, revenue = dirty.price(100)
        row = {'timestamp': time_ms, 'device_id': dirty.maybe(f'd{dirty.number(12)}', 0.3),
               'session_id': dirty.maybe(f's{dirty.number(50)}', 0.3), 'user_id': None, 'order_id': dirty.maybe('o'),
               'product_id': dirty.maybe(dirty.pick(PRODUCTS))}
        yield to_line({**row, 'revenue_amount': text}), {**row, 'revenue_amount': revenue}


def in_time(rows, lateness_ms):
    return [row for row, low_ms in windows.with_lows(rows, time_of, lateness_ms) if low_ms is None or time_of(row) >= low_ms]


def attribution(sales, events):
    """Of clicks of one time the last that arrived."""
    def same(a, b, name):
        return a[name] is not None and a[name] == b[name]

    clicks = [row for row in in_time(events, 10_000) if row['event_type'] == 'CLICK']
    given = []
    for sale in in_time(sales, 60 * MINUTE_MS):
        fitting = [(time_of(k), i) for i, k in enumerate(clicks)
                   if time_of(sale) - 24 * 60 * MINUTE_MS <= time_of(k) <= time_of(sale) and same(sale, k, 'product_id')
                   and (same(sale, k, 'device_id') or same(sale, k, 'session_id'))]
        if fitting:
            click = clicks[max(fitting)[1]]
            given.append({'ad_id': click['ad_id'], 'campaign_id': click['campaign_id'],
                          'advertiser_id': click['advertiser_id'], 'product_id': sale['product_id'],
                          'order_id': sale['order_id'], 'revenue_amount': sale['revenue_amount'],
                          'time_to_conversion': (time_of(sale) - time_of(click)) / 1000, 'attribution_model': 'LAST_CLICK',
                          'click_time': time_of(click), 'conversion_time': time_of(sale)})
    return given


def make(dirty, folder, count):
    write_tables(folder)
    wrong = [{'timestamp': None}, {'event_type': 'CLICK'}, {'timestamp': 4102444800000, 'product_id': 1},
             {'timestamp': True}, {'timestamp': 1.5}]
    campaign_rows = list(campaigns(dirty, count // 4))
    events = list(ad_events(dirty, count))
    sales = list(conversions(dirty, count // 4))
    for name, lines in [('campaigns', map(to_line, campaign_rows)), ('events', (e[0] for e in events)),
                        ('conversions', (s[0] for s in sales))]:
        write_lines(folder / f'{name}.jsonl', dirty.spoiled(lines, lambda: dirty.pick(wrong)))
    events, sales = [e[1] for e in events], [s[1] for s in sales]
    env = {'CAMPAIGNS': folder / 'campaigns.jsonl', 'EVENTS': folder / 'events.jsonl', 'OUTPUT_DIR': folder,
           'CONVERSIONS': folder / 'conversions.jsonl', 'METRICS': folder / 'metrics.csv', 'PRODUCTS': folder / 'products.csv'}
    return env, {'ranking': (ranking(campaign_rows), True), 'performance': (performance(events), False),
                 'attribution': (attribution(sales, events), False), 'compensation': (compensation(events), False)}
