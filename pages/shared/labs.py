"""What the labs ask the worker for."""

from pages.shared.cached import Ask
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate import layers
from textrec_core.models.wals import WalsParams


def layer_study(dataset: Dataset, params: WalsParams, how: layers.LayersParams) -> Ask:
    """What to ask for an encoder's layers compared."""
    name = layers.name_of(dataset, params, how)
    return name, "Comparing layers", layers.measure, (dataset, params, how)
