"""What the sliders start from: the measured marks and the values of this run."""

from __future__ import annotations

import json

from ..draw.material import Material
from ..draw.wall_time import FIGURE

NO_CAPACITY = 100_000  # the slider's end stands for an API without a limit


def data(material: Material) -> str:
    """JSON for the page; "" when there is nothing to move a theory under."""
    cells = [s for s in material.cells if FIGURE in s.figures and s.cell.tasks]
    pools = [w for w in material.designs if w]
    create_s = material.create_each_s
    theory = all(s.theory_wall_s for s in cells)
    if not cells or not pools or not create_s or not theory:
        return ""
    values = {
        "tasks": material.tasks[-1],
        "workers": pools[0],
        "service_s": cells[0].cell.service_s,
        "create_s": create_s,
        "capacity": material.capacity or NO_CAPACITY,
    }
    marks = [
        {
            "workers": s.cell.workers,
            "look": material.looks[s.cell.workers],
            "tasks": s.cell.tasks,
            "seconds": s.figures[FIGURE].median,
        }
        for s in cells
    ]
    lines = [{"workers": w, "look": material.looks[w]} for w in pools]
    told = {"values": values, "marks": marks, "pools": lines}
    return json.dumps(told, separators=(",", ":"))
