"""Theory's curves of the wall time, and where their names stand along them."""

from __future__ import annotations

from math import atan, ceil, degrees, log10

from ..say.numbers import show_duration
from .material import Material

PLOT_WIDTH_PX, PLOT_HEIGHT_PX = 0.69 * 1600, 0.64 * 900


def curves(
    material: Material, x: tuple[float, float], y: tuple[float, float]
) -> dict[str, object]:
    """The settings of plots/wall-time.gp, of a frame with these log axes."""
    designs = [
        workers
        for workers in material.designs
        if any(s.theory_wall_s for s in material.of(workers))
    ]
    tilt = (PLOT_HEIGHT_PX / log10(y[1] / y[0])) / (PLOT_WIDTH_PX / log10(x[1] / x[0]))
    names, xs, ys, angles = [], [], [], []
    for workers in designs:
        service_s = material.of(workers)[0].cell.service_s
        at = _between(x, 0.68 if workers is None else 0.60)
        if workers is None:
            create_s = material.create_each_s or 0.0
            height = service_s + at * create_s
            slope = at * create_s / height
            names.append(f"theory d + N·c, c = {show_duration(create_s)}")
        else:
            height, slope = ceil(at / workers) * service_s, 1.0
            if at < 2 * workers:
                slope = 0.0
            names.append("theory ⌈N/W⌉·d")
        xs.append(round(at, 2))
        ys.append(height)
        angles.append(round(degrees(atan(slope * tilt)), 1))
    return {
        "theories": len(designs),
        "theory_workers": [workers or 0 for workers in designs],
        "theory_series": [material.looks[workers] for workers in designs],
        "theory_words": names,
        "theory_x": xs,
        "theory_y": ys,
        "theory_angle": angles,
    }


def _between(x: tuple[float, float], share: float) -> float:
    return x[0] * (x[1] / x[0]) ** share
