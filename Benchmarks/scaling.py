"""How the engine's time per image depends on the batch and on the threads; writes docs/engine-scaling.svg.

    python3 Benchmarks/scaling.py        # needs hooke-bench and nothing else

The shortest of several runs counts, the settings taking turns, as other programs can only make a run longer.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
BATCHES = [1, 2, 4, 8, 16, 32]
THREADS = [count for count in (1, 2, 4, 8, 16, 32, 64) if count <= len(os.sched_getaffinity(0))]
ROUNDS = int(os.environ.get("HOOKE_BENCH_PAIRS", "7"))
COLORS = ["#1b6ca8", "#d1495b", "#66a182", "#edae49", "#7d5ba6", "#30343f", "#8d6b94"]


def measure():
    process = subprocess.Popen([ROOT / ".build/release/hooke-bench", "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    times = {}
    for _ in range(ROUNDS + 1):
        for kind in ("forward", "gradient"):
            for threads in THREADS:
                for batch in BATCHES:
                    process.stdin.write(f"{kind} inceptionv1 224 {batch} {threads}\n")
                    process.stdin.flush()
                    key = kind, threads, batch
                    times[key] = min(times.get(key, float("inf")), float(process.stdout.readline()) / batch)
    process.stdin.close()
    return times


def plot(times):
    """Time per image relative to one image on one thread, over the batch on a logarithmic axis."""
    width, height, left, top, right = 320, 190, 46, 26, 12
    parts = []
    for panel, kind in enumerate(("forward", "gradient")):
        x0, y0 = panel * (width + 40) + left, top
        inner_width, inner_height = width - left - right, height
        x = lambda batch: x0 + inner_width * BATCHES.index(batch) / (len(BATCHES) - 1)
        y = lambda value: y0 + inner_height * (1 - min(value, 1.2) / 1.2)
        title = "forward" if kind == "forward" else "forward and gradient"
        parts.append(f'<text x="{x0}" y="16" font-weight="bold">{title}: time per image</text>')
        for value in (0, 0.25, 0.5, 0.75, 1):
            parts.append(f'<path d="M{x0} {y(value):.1f}h{inner_width}" stroke="#ddd"/><text x="{x0 - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
        for batch in BATCHES:
            parts.append(f'<text x="{x(batch):.1f}" y="{y0 + inner_height + 16}" text-anchor="middle">{batch}</text>')
        parts.append(f'<text x="{x0 + inner_width / 2}" y="{y0 + inner_height + 32}" text-anchor="middle">images in a batch</text>')
        unit = times[kind, 1, 1]
        for color, threads in zip(COLORS, THREADS):
            points = [(x(batch), y(times[kind, threads, batch] / unit)) for batch in BATCHES]
            parts.append(f'<path d="M{" L".join(f"{a:.1f} {b:.1f}" for a, b in points)}" fill="none" stroke="{color}" stroke-width="2"/>')
            parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{color}"/>' for a, b in points]
            parts.append(f'<text x="{x0 + 8}" y="{y0 + inner_height - 24 + 16 * THREADS.index(threads)}" fill="{color}">{threads} thread{"s" if threads > 1 else ""}</text>')
    size = 2 * width + 40 + right, height + top + 40
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}" '
            f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def main():
    times = measure()
    for kind in ("forward", "gradient"):
        for threads in THREADS:
            row = "  ".join(f"{batch}: {times[kind, threads, batch] / times[kind, 1, 1]:.2f}" for batch in BATCHES)
            print(f"{kind:9} {threads} thread{'s' if threads > 1 else ' '}  time per image by batch, of one image on one thread:  {row}")
    (ROOT / "docs" / "engine-scaling.svg").write_text(plot(times))


if __name__ == "__main__":
    main()
