"""What a dispatcher leaves in its folder."""
import json
import re


def waiting(folder, channel):
    """The alerts in the channel's journals that are not finished."""
    alerts, finished = {}, set()
    for file in sorted(folder.glob(f'channel-{channel}.*.journal')):
        for line in file.read_text().splitlines(keepends=True):
            record = re.fullmatch(r'\+(\d+) \S* (\{.*\})\n', line)
            if record:
                alerts[record[1]] = json.loads(record[2])
            elif line.startswith('-') and line.endswith('\n'):
                finished.add(line[1:-1])
    return [alert for number, alert in alerts.items() if number not in finished]


def dead_letters(folder, channel, kills=0):
    """What the channel gave up, each with `reason`, `attempts` and the alert.

    Each of `kills` may have cut a line off, whose alert is none of these then: it must be waiting still.
    """
    file = folder / f'dead-{channel}.jsonl'
    letters = []
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            letters.append(json.loads(line))
        except json.JSONDecodeError:
            kills -= 1
            if kills < 0:
                raise
    return letters
