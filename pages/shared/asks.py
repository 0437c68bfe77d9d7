"""What to ask for about people, new items and steered lists: in the worker, or at once and then held."""

from pages.shared import cached
from pages.shared.cached import Ask
from textrec_core.data import split
from textrec_core.data.dataset import Dataset
from textrec_core.data.sources import Source
from textrec_core.evaluate import hidden as hiding
from textrec_core.evaluate import newcomers, steered
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.people import finder, newcomer
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.space import Space
from textrec_core.text import encoder, placing


def finds(kind: str, dataset: Dataset, fit: wals.Factors, text: Space | None, apart: split.Split | None = None) -> Ask:
    """What to ask for interesting people of a kind; where something is hidden ``apart``, ``fit`` was trained without it."""
    name = finder.name_of(kind, dataset, fit.params, text)
    return name, "Measuring everybody", finder.find, (kind, dataset, fit, text, apart)


def bridge(dataset: Dataset, space: Space, fit: wals.Factors) -> Ask:
    """The way from words to behaviour."""
    texts = encoder.sentences(dataset)
    return newcomer.name_of(space, fit), "Learning to carry texts to behaviour", newcomer.build, (space, fit, texts)


def new_items(file: Source) -> Ask:
    """The new items of a table that was brought."""
    key = fingerprint("new-items/1", str(file.path), file.label)
    return key, "Reading the table", newcomer.read_file, (file,)


def source(dataset: Dataset, params: encoder.TextParams, space: Space) -> placing.Source:
    """What reading further texts takes."""
    key = fingerprint("source", space.fingerprint)
    return cached.at_once((key, "", placing.source, (dataset, params, space)))


def placed(source: placing.Source, texts: tuple[str, ...]) -> Ask:
    """The places of further texts in a space of words."""
    return placing.name_of(source.name, texts), "Reading the text", placing.place, (source, texts)


def ready_to_read(source: placing.Source) -> Ask:
    """Whatever reads texts loaded, so that the next text is read at once."""
    return placing.ready_name(source.name), "Getting ready to read", placing.ready, (source,)


def met(dataset: Dataset, params: wals.WalsParams, space: Space) -> Ask:
    """How well hidden items are met as new ones."""
    name = newcomers.name_of(dataset, params, space)
    return name, "Measuring on hidden items", newcomers.meet, (dataset, params, space)


def hidden_items(dataset: Dataset, params: wals.WalsParams, space: Space) -> Ask:
    """Every way of carrying, on hidden items."""
    how = hiding.HiddenParams()
    name = hiding.name_of(dataset, params, how, [space])
    return name, "Comparing ways of carrying", hiding.measure, (dataset, params, how, [space])


def hidden(dataset: Dataset) -> split.Split:
    """The data with a fifth of each person's items hidden."""
    return cached.at_once((fingerprint("hidden", dataset.fingerprint), "", split.random_per_person, (dataset,)))


def unseeing(apart: split.Split, params: wals.WalsParams) -> Ask:
    """What to ask for a fit that has not seen what is hidden."""
    key, _label, function, arguments = cached.factors(apart.train, params)
    return key, "Training WALS without what is hidden", function, arguments


def tried(
    apart: split.Split, fit: wals.Factors, text: Space | None, k: int, params: SteerParams, space: Space
) -> steered.Tried:  # fmt: skip
    """What lists steered like this are like, by models that have not seen what is hidden."""
    key = fingerprint("tried", fit.fingerprint, text and text.fingerprint, k, params, space.fingerprint)
    models = cached.scorers(apart.train, fit, text)
    return cached.at_once((key, "", steered.tried, (apart, models, k, params, space)))
