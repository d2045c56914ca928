#!/usr/bin/env python3
"""Trains a small model with XGBoost and writes it with what XGBoost itself makes of 1,000 rows of features.

    make_model.py FOLDER        (needs the packages xgboost and numpy; the seed is fixed)

Writes trees.json (XGBoost's own dump, base score 0.5), based_trees.json (of a model with another base score, in the
object that carries it) and rows.csv (features, an empty cell where one is missing, and both probabilities).
"""
import json
import pathlib
import sys

import numpy
import xgboost

NAMES = ['amount', 'hour', 'distance_km', 'count_1h', 'is_foreign']


def train(features, labels, base_score, rounds):
    settings = {'objective': 'binary:logistic', 'max_depth': 4, 'eta': 0.3, 'seed': 1, 'nthread': 1,
                'base_score': base_score}
    data = xgboost.DMatrix(features, label=labels, feature_names=NAMES,
                           feature_types=['float', 'int', 'float', 'int', 'i'])
    return xgboost.train(settings, data, num_boost_round=rounds), data


def main():
    folder = pathlib.Path(sys.argv[1])
    random = numpy.random.default_rng(1)
    rows = 1000
    features = numpy.column_stack([
        numpy.round(random.lognormal(4, 1.5, rows), 2),
        random.integers(0, 24, rows),
        numpy.round(random.exponential(200, rows), 3),
        random.poisson(2, rows),
        numpy.where(random.random(rows) < 0.3, 1.0, numpy.nan),
    ]).astype(numpy.float64)
    for column in (0, 1, 2, 3):
        features[random.random(rows) < 0.1, column] = numpy.nan
    odds = (numpy.nan_to_num(features[:, 0]) / 200 + numpy.nan_to_num(features[:, 2]) / 300
            + (numpy.nan_to_num(features[:, 1]) < 6) + numpy.nan_to_num(features[:, 4]) - 3)
    labels = (random.random(rows) < 1 / (1 + numpy.exp(-odds))).astype(int)

    plain, data = train(features, labels, 0.5, 20)
    based, _ = train(features, labels, 0.125, 8)
    trees = [json.loads(tree) for tree in plain.get_dump(dump_format='json')]
    (folder / 'trees.json').write_text(json.dumps(trees, separators=(',', ':')) + '\n')
    model = {'type': 'xgboost', 'base_score': 0.125,
             'trees': [json.loads(tree) for tree in based.get_dump(dump_format='json')]}
    (folder / 'based_trees.json').write_text(json.dumps(model, separators=(',', ':')) + '\n')

    lines = [','.join(NAMES + ['probability', 'based_probability'])]
    for row, first, second in zip(features, plain.predict(data), based.predict(data)):
        cells = ['' if numpy.isnan(value) else repr(float(value)) for value in row]
        lines.append(','.join(cells + [f'{first:.9g}', f'{second:.9g}']))
    (folder / 'rows.csv').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
