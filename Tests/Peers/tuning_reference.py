"""Writes Tests/CircuitsTests/Reference/published-tuning.json: radial tuning data of InceptionV1 that the Circuits thread published
(Cammarata et al., "Curve Detectors" and "Curve Circuits"; Schubert et al., "High-Low Frequency Detectors"; CC-BY 4.0), in one decimal,
and what NumPy and SciPy read from them.

    python Tests/Peers/tuning_reference.py FIXTURES        # the folder of the published data; needs numpy and scipy
"""
import json
import pathlib
import sys

import numpy as np
from scipy.signal import peak_widths

fixtures = pathlib.Path(sys.argv[1])
load = lambda name: json.loads((fixtures / name).read_text())


def entry(values, step, period, unit):
    values = np.maximum(np.asarray(values, float), 0)
    values = np.round(values, 1 if values.max() > 2 else 4)
    best = int(values.argmax())
    # Three turns, so that the widths around a peak at the seam are whole.
    around = np.concatenate([values] * 3)
    # The height over zero takes the place of the prominence over the curve's own floor.
    whole = (np.array([values.max()]), np.array([0]), np.array([len(around) - 1]))
    width = peak_widths(around, [best + len(values)], rel_height=0.5, prominence_data=whole)[0][0] * step
    z = (values * np.exp(2j * np.pi * np.arange(len(values)) / len(values))).sum()
    opposite = np.arange(-len(values) // 12, len(values) // 12 + 1) + best + len(values) // 2
    return {
        "unit": unit, "step": step, "period": period, "peak": best * step, "largest": float(values.max()), "width": round(float(width), 3),
        "echo": round(float(values[opposite % len(values)].max() / values.max()), 5),
        "mean": round(float(np.angle(z) / (2 * np.pi) * period % period), 3),
        "values": [float(v) if v else 0 for v in values],
    }


curves = load("curve_radial_tuning.json")["layers"]
result = []
for layer in ("conv2d2", "mixed3b"):
    for unit in curves[layer]["neurons"]:
        result.append(entry(curves[layer]["activations"][str(unit)], 0.5, 360, f"{layer}:{unit}"))
for unit in (50, 168):
    result.append(entry(curves["mixed4a"]["activations"][str(unit)], 0.5, 360, f"mixed4a:{unit}"))
edited = load("no_negative_weights_radial.json")
# In the published file the key "no-negative" holds what the article's figure calls "early curves only".
for kind, key in (("early curves only", "no-negative"), ("positive weights only", "only-curves-no-negative")):
    for unit in edited[key]["neurons"]:
        result.append(entry(edited[key]["responsesByNeuron"][str(unit)], 0.5, 360, f"mixed3b:{unit} {kind}"))
lines = load("line_radial_tuning_mixed3a.json")["radialTuningCurves"]
for unit in (227, 75, 146, 69, 154, 101):
    result.append(entry(lines[str(unit)], 0.5, 180, f"mixed3a:{unit} lines"))
for unit, heat in load("highlow_tuning_heatmaps.json")["units"].items():
    result.append(entry(np.asarray(heat).mean(0), 1, 360, f"mixed3a:{unit} high-low"))
path = pathlib.Path(__file__).parents[1] / "CircuitsTests/Reference/published-tuning.json"
path.write_text(json.dumps(result, separators=(",", ":")).replace("{", "\n{"))
print(path, path.stat().st_size)
for item in result:
    print({key: value for key, value in item.items() if key != "values"})
