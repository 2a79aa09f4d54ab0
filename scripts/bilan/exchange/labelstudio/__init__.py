"""Label Studio: a project's configuration with tasks to annotate, and its export in the format JSON.

``write`` gives ``config.xml`` and ``tasks.json``. Every stretch of words is a region; what a record says is set on one
of its regions (``controls``), and arrows are relations between regions. The annotation goes out in ``annotations``,
not in ``predictions``: a task then opens on regions that can be changed and saved with "Update", and what nobody
touched comes back with the export. Predictions would have to be copied and submitted task by task, and the JSON
export gives of them nothing but numbers.

Our conventions, all of them in fields that a user of the tool sees:

* ``record`` on a region names the record that it belongs to. Regions with the same name in it are one record; so are
  regions that the relation ``same`` joins. A region with neither is a record of its own, and new.
* The values of a record stand on its first region, once. They are read from whichever region has them.
* ``no words`` ticked on a region: the words only hold the place of a record that the text does not name, as a source
  of which no word speaks. It is put on the words of a record that it is linked to.
* The tool has one relation between two regions in each direction, with several labels. ``fate: killed`` beside the
  role of a participant is its fate. Where that does not do, the relation stands between two other regions of the
  records, or is drawn the other way round with its direction turned.

The ids of relations of figures are in the task's ``data``, since the tool has no field for them.
"""

from __future__ import annotations

from bilan.exchange.labelstudio.reading import read
from bilan.exchange.labelstudio.writing import write
from bilan.exchange.parts import Carried

__all__ = ["CARRIED", "read", "write"]

_REGIONS = Carried("shown", "regions; field record")
_FIELDS = Carried("shown", "fields of a region")
_RELATIONS = Carried("shown", "relations")

CARRIED: dict[str, Carried] = {
    "text": Carried("shown", "data.text"),
    "zones": _REGIONS,
    "zones.kind": _FIELDS,
    "entities": _REGIONS,
    "entities.labels": _FIELDS,
    "entities.identity": _FIELDS,
    "times": _REGIONS,
    "times.value": _FIELDS,
    "events": _REGIONS,
    "events.labels": _FIELDS,
    "events.arrows": Carried("shown", "relations; fate: a second label"),
    "figures": _REGIONS,
    "figures.labels": _FIELDS,
    "figures.value": _FIELDS,
    "figures.arrows": _RELATIONS,
    "sources": _REGIONS,
    "sources.labels": Carried("shown", "fields of a region; without mention: field no words"),
    "sources.arrows": _RELATIONS,
    "attributions": _REGIONS,
    "attributions.quotes": _REGIONS,
    "attributions.labels": _FIELDS,
    "attributions.arrows": _RELATIONS,
    "references": _FIELDS,
    "relations": Carried("shown", "relations; ids kept in data.relations"),
}
