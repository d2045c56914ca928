"""What examples/settlement must give."""
import datetime
from decimal import Decimal

from independent.dirty_rows import to_line, write_lines

FIELDS = ['paymentType', 'amount', 'payoutDate', 'confirmDate', 'merchantNumber', 'paymentDate', 'paymentActionType',
          'paymentMethodType']
MERCHANTS = ['M1', 'M2', 'M3', 'M4', 'M5']
DAYS = ['2024-02-28', '2024-02-29', '2023-12-31', '2024-02-30', '29.02.2024']    # the last two are no days
UNSETTLED = 'M4,M5x, M3'    # compared whole: only M4 is meant


def add_days(day, days):
    try:
        return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=days))
    except (TypeError, ValueError):
        return None


def joined(*parts):
    """`concat` leaves nulls out."""
    return ''.join(part for part in parts if part is not None)


def make(dirty, folder, count):
    rules, rule_lines = {}, []
    for _ in range(60):
        key = '/'.join([dirty.pick(MERCHANTS), dirty.pick(DAYS), dirty.pick(['PAY', 'CANCEL']), dirty.pick(['CARD', 'CASH'])])
        rule = {'payoutDate': dirty.maybe(f'2024-05-{1 + dirty.number(28):02}', 0.2),
                'confirmDate': dirty.maybe(f'2024-04-{1 + dirty.number(28):02}', 0.2)}
        rule_lines.append(to_line({'key': key, **rule}))
        rules[key] = rule
    write_lines(folder / 'rules.jsonl', dirty.spoiled(rule_lines, lambda: dirty.pick([
        {'key': None, 'payoutDate': '2000-01-01'}, {'key': 7}, {'payoutDate': '2000-01-01'}])))

    lines, messages = [], []
    for _ in range(count):
        text, amount = dirty.price(500)
        day = dirty.pick(DAYS)
        data = {'paymentType': dirty.maybe('ONLINE'), 'amount': text, 'payoutDate': dirty.maybe('1999-01-01', 0.5),
                'confirmDate': dirty.maybe('1999-01-02', 0.5), 'merchantNumber': dirty.maybe(dirty.pick(MERCHANTS)),
                'paymentDate': dirty.maybe(dirty.pick([day, day + 'T10:15:30'])),
                'paymentActionType': dirty.maybe(dirty.pick(['PAY', 'CANCEL'])),
                'paymentMethodType': dirty.maybe(dirty.pick(['CARD', 'CASH']))}
        message = {'channel': dirty.maybe('web'), 'data': data,
                   'action': dirty.maybe(dirty.pick(['APPROVE', 'TEST', 'UNCONFIRMED', 'NETWORK_CANCEL', 'test', 'CANCEL']))}
        for name in [n for n, v in data.items() if v is None and dirty.number(2)]:
            del data[name]    # missing is as good as null
        lines.append(to_line(message))
        messages.append({**message, 'data': {**{f: data.get(f) for f in FIELDS}, 'amount': amount}})
    write_lines(folder / 'payments.jsonl', dirty.spoiled(lines, lambda: dirty.pick([
        {'action': 'APPROVE'}, {'action': 'APPROVE', 'data': None}, {'data': 'M1'}, {'data': {'amount': '1.234'}},
        {'data': {'merchantNumber': 1}}, {'channel': 1, 'data': {}}, {'data': [1]}])))

    log, base, totals, sums = [], [], [], {}
    for message in messages:
        data = message['data']
        log.append({'channel': message['channel'], 'action': message['action'], 'data': data})
        if message['action'] in ('TEST', 'NETWORK_CANCEL', 'UNCONFIRMED') or data['merchantNumber'] in UNSETTLED.split(','):
            continue
        day = data['paymentDate'] and data['paymentDate'][:10]
        rule = rules.get(joined(data['merchantNumber'], '/', day, '/', data['paymentActionType'], '/',
                                data['paymentMethodType']), {})
        base.append({**data, 'payoutDate': rule.get('payoutDate') or add_days(day, 2),
                     'confirmDate': rule.get('confirmDate') or add_days(day, 1)})
        key = {'merchantNumber': data['merchantNumber'], 'paymentDateDaily': day,
               'paymentActionType': data['paymentActionType'], 'paymentMethodType': data['paymentMethodType']}
        number, total = sums.get(tuple(key.values()), (0, Decimal(0)))
        sums[tuple(key.values())] = number, total = number + 1, total + (data['amount'] or 0)
        totals.append({**key, 'count': number, 'totalAmount': total})
    env = {'PAYMENTS': folder / 'payments.jsonl', 'RULES': folder / 'rules.jsonl', 'OUTPUT_DIR': folder,
           'UNSETTLED_MERCHANTS': UNSETTLED}
    return env, {'payments_log': (log, True), 'base': (base, True), 'totals': (totals, True)}
