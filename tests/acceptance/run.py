#!/usr/bin/env python3
"""Runs examples/ on the acceptance samples in the folder $CEPHEID_ACCEPTANCE, compared by the samples' own compare.py.

    run.py CEPHEID EXAMPLES_DIR

Only the output files that the examples write so far are compared. Exit status: 0 all equal, 1 some differ,
77 ("skipped" to ctest) without samples.
"""
import importlib.util
import os
import sys

WANTED = {
    'running_totals': ['totals.jsonl'],
    'large_transactions': ['large.txt'],
    'shop': ['login_to_purchase.jsonl', 'checkout.jsonl', 'view_or_click.jsonl', 'no_logout.jsonl', 'triple_click.jsonl',
             'greedy_views.jsonl', 'premium.jsonl', 'flash.jsonl', 'chosen.jsonl', 'sessions.jsonl', 'alerts.jsonl',
             'tumbling_5m.jsonl', 'sliding_10m_2m.jsonl', 'session_5m.jsonl', 'global_1m.jsonl'],
    'ad_exchange': ['ranking.jsonl', 'performance.jsonl', 'attribution.jsonl', 'compensation.jsonl'],
    'payments_fraud': ['risk.jsonl', 'alerts.jsonl', 'global_1m.jsonl'],
    'settlement': ['payments_log.jsonl', 'base.jsonl', 'totals.jsonl'],
}


def main():
    folder = os.environ.get('CEPHEID_ACCEPTANCE')
    if not folder:
        print('skipped: CEPHEID_ACCEPTANCE names no folder')
        return 77
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location('compare', os.path.join(folder, 'compare.py'))
    compare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(compare)

    for app, wanted in WANTED.items():
        inputs, output, files = compare.APPS[app]
        compare.APPS[app] = (inputs, output, {name: files[name] for name in wanted})
    sys.argv = ['compare.py', *sys.argv[1:3], *(word for app in WANTED for word in ('--app', app))]
    return compare.main()


if __name__ == '__main__':
    sys.exit(main())
