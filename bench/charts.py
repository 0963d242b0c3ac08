"""Bar charts as SVG, without a library."""

import math
from xml.sax.saxutils import escape


def bars(title, unit, rows, highlighted, logarithmic=False):
    """One horizontal bar for each (label, value) of `rows`, the least first."""
    rows = sorted(rows, key=lambda row: row[1])
    left, width, height, top = 210, 420, 26, 44
    largest = max(value for _, value in rows)
    least = min(value for _, value in rows) / 2

    def length(value):
        if logarithmic:
            return width * math.log(value / least) / math.log(largest / least)
        return width * value / largest

    total = top + height * len(rows) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 110}" height="{total}" font-family="sans-serif" font-size="13">',
        f'<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for index, (label, value) in enumerate(rows):
        y = top + index * height
        colour = "#0061d5" if label == highlighted else "#9aa5b1"
        text = f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
        lines.append(f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{escape(label)}</text>')
        lines.append(f'<rect x="{left}" y="{y + 4}" width="{max(length(value), 1):.1f}" height="{height - 8}" fill="{colour}"/>')
        lines.append(f'<text x="{left + length(value) + 6:.1f}" y="{y + 17}">{text} {escape(unit)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"
