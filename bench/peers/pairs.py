"""Ratios over alternating pairs of runs: where two numbers decide, what disturbs the machine disturbs both."""
import contenders
import workloads
from figures import Sample

REPEATS = 3    # of `cepheid` and the limits within one half of a pair


def alternate(count, ours, theirs):
    """Ratios of events per second, one for each pair in which both were measured; the halves change places."""
    ratios = []
    for i in range(count):
        if i % 2 == 0:
            a, b = ours(), theirs()
        else:
            b, a = theirs(), ours()
        if a and b and a.rate and b.rate:
            ratios.append(a.rate / b.rate)
    return ratios


def sample(figure, part, ratios, note=''):
    return [Sample(figure, part, ratios, note)] if ratios else []


def run_ours(o, workload, mode='engine', **options):
    return contenders.run_cepheid(o.cepheid, workload.name, workload.rules, workload.file, mode, repeats=REPEATS,
                                  limit=o.limit, **options)


def keyed(o, name, measured):
    """W1 to W4 beside Flink's NFA, the fastest of the other peers in `measured`, the probe, and the same renamed."""
    workload = workloads.prepare(name, o.cache, o.events, o.seed)
    varied = workloads.prepare('V' + name[1:], o.cache, o.events, o.seed)
    ours = lambda: run_ours(o, workload)
    java = lambda peer: lambda: contenders.run_java(o.cache, peer, workload, 'engine', o.warmups, 1, o.limit)
    probe = lambda: contenders.run_limits(o.cache, workload, REPEATS, 'probe')[0]
    samples = sample('keyed-probe', name, alternate(o.pairs, ours, probe))
    samples += sample('varied', varied.name, alternate(o.pairs, lambda: run_ours(o, varied), ours))
    if any(m.contender == 'flink-nfa' for m in measured):
        samples += sample('keyed-flink', name, alternate(o.pairs, ours, java('flink-nfa')))
    return samples + beside_fastest(o, 'keyed-fastest', workload, measured)


def beside_fastest(o, figure, workload, measured):
    """The fastest of the peers in `measured` but Flink."""
    others = [m for m in measured if m.contender.startswith(('esper', 'siddhi'))]
    if not others:
        return []
    fastest = max(others, key=lambda m: m.rate).contender
    theirs = lambda: contenders.run_java(o.cache, fastest, workload, 'engine', o.warmups, 1, o.limit)
    return sample(figure, workload.name, alternate(o.pairs, lambda: run_ours(o, workload), theirs), fastest)


def windows(o, measured):
    """W8 beside the fastest of the peers in `measured`, and sliding windows beside W8."""
    tumbling = workloads.prepare('W8', o.cache, o.events, o.seed)
    sliding = workloads.prepare('W8s', o.cache, o.events, o.seed)
    ratios = alternate(o.pairs, lambda: run_ours(o, sliding), lambda: run_ours(o, tumbling))
    return (beside_fastest(o, 'windows-tumbling', tumbling, measured) +
            sample('windows-sliding', 'W8s', [1 / ratio for ratio in ratios]))


def json(o):
    workload = workloads.prepare('W1', o.cache, o.events, o.seed)
    ratios = alternate(o.pairs, lambda: run_ours(o, workload, 'end-to-end', shards=1),
                       lambda: contenders.run_limits(o.cache, workload, REPEATS, 'json-probe')[0])
    return sample('json', 'W1', [1 / ratio for ratio in ratios])


def shards(o):
    """Both ways of measuring: from memory, and from the file, where two shards have a third thread that reads."""
    workload = workloads.prepare('W1', o.cache, o.events, o.seed)
    samples = []
    for mode in ('engine', 'end-to-end'):
        ratios = alternate(o.pairs, lambda: run_ours(o, workload, mode, shards=2),
                           lambda: two_at_once(o, workload, mode))
        samples += sample('shards', mode, ratios)
    return samples


def two_at_once(o, workload, mode):
    """Two processes of one shard, started together, each with all events; the sum of their speeds."""
    processes = [contenders.start_cepheid(o.cepheid, workload.rules, workload.file, mode, repeats=REPEATS)
                 for _ in range(2)]
    done = [contenders.finish_cepheid(process, workload.name, mode, contenders.seconds_for(o.limit))
            for process in processes]
    if not all(m and m.rate for m in done):
        return None
    rate = sum(m.rate for m in done)
    events = sum(m.events for m in done)
    return contenders.Measurement(workload.name, 'two processes', mode, events, events / rate)
