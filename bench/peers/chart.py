"""benchmarks.svg: bars of events per second."""
import math

COLOURS = ['#1b6ca8', '#d95f02', '#7570b3', '#66a61e', '#e6ab02', '#a6761d', '#666666']


def rate_text(rate):
    return f'{rate:,.0f}'


def svg(measurements):
    """Bars of events per second, engine mode, on a logarithmic axis; '' if there is nothing to draw."""
    shown = [m for m in measurements if m.mode == 'engine' and m.rate > 0 and m.workload != 'limits']
    if not shown:
        return ''
    contenders = sorted({m.contender for m in shown}, key=lambda c: (c != 'cepheid', c))
    workloads = list(dict.fromkeys(m.workload for m in shown))
    low = math.floor(math.log10(min(m.rate for m in shown)))
    high = max(low + 1, math.ceil(math.log10(max(m.rate for m in shown))))
    left, width, bar, top = 90, 560, 12, 50
    x = lambda rate: left + width * (math.log10(rate) - low) / (high - low)
    out, y = [], top
    for workload in workloads:
        begin = y
        for contender in contenders:
            m = next((m for m in shown if (m.workload, m.contender) == (workload, contender)), None)
            if m is None:
                continue
            length = max(1, x(m.rate) - left)
            out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" '
                       f'fill="{COLOURS[contenders.index(contender) % len(COLOURS)]}"/>')
            out.append(f'<text x="{left + length + 4:.1f}" y="{y + bar - 3}">{rate_text(m.rate)}</text>')
            y += bar
        out.append(f'<text x="{left - 8}" y="{(begin + y) / 2 + 4:.0f}" text-anchor="end">{workload}</text>')
        y += 10
    for power in range(low, high + 1):
        at = x(10 ** power)
        out.insert(0, f'<line x1="{at:.1f}" y1="{top - 6}" x2="{at:.1f}" y2="{y}" stroke="#ddd"/>')
        out.append(f'<text x="{at:.1f}" y="{y + 14}" text-anchor="middle">{rate_text(10 ** power)}</text>')
    for i, contender in enumerate(contenders):
        out.append(f'<rect x="{left + i * 90}" y="14" width="10" height="10" fill="{COLOURS[i % len(COLOURS)]}"/>')
        out.append(f'<text x="{left + i * 90 + 14}" y="23">{contender}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" height="{y + 24}" '
            'font-family="sans-serif" font-size="10">\n<rect width="100%" height="100%" fill="white"/>\n' +
            '\n'.join(out) + '\n</svg>\n')
