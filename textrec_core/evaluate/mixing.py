"""Layers of texts and held-out choices in, the shares of the layers whose mix ranks those choices best out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.text.pooling import softmax

STEPS, RATE = 60, 0.1
# Where the ridge's penalty starts, as a multiple of the mean variance along the directions that the texts fill.
PENALTY = 0.3


@dataclass(frozen=True, eq=False)
class Task:
    """``teach`` items have ``targets``; which of ``held`` each of ``users`` chose is in ``chosen`` (people by items)."""

    teach: np.ndarray
    held: np.ndarray
    targets: np.ndarray
    users: np.ndarray
    chosen: np.ndarray


@dataclass(frozen=True)
class Mix:
    """``shares`` of as many top layers, the lowest first, which sum to 1; ``losses`` at every step of learning."""

    shares: tuple[float, ...]
    losses: tuple[float, ...]


def learn(states: np.ndarray, task: Task, on_progress: Callable[[float, str], None] | None = None) -> Mix:
    """Adam from equal shares; ``states`` are items x layers x width."""
    states = np.asarray(states - states.mean(axis=0), float)
    layers = states.shape[1]
    spread = float((task.users @ (task.targets - task.targets.mean(axis=0)).T).std())
    values = np.concatenate([np.zeros(layers), [np.log(PENALTY), -np.log(max(spread, 1e-12))]])
    mean, square = np.zeros_like(values), np.zeros_like(values)
    losses: list[float] = []
    best = values
    for step in range(1, STEPS + 1):
        loss, slope = descent(states, task, values)
        if not losses or loss < min(losses):
            best = values
        losses.append(loss)
        mean += 0.1 * (slope - mean)
        square += 0.05 * (slope**2 - square)
        values = values - RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.95**step)) + 1e-12)
        if on_progress:
            on_progress(step / STEPS, f"step {step} of {STEPS}, held-out loss {loss:.4f}")
    return Mix(softmax(best[:layers]), tuple(losses))


def descent(states: np.ndarray, task: Task, values: np.ndarray) -> tuple[float, np.ndarray]:
    """The loss on the held choices when a ridge learns from this mix, and how it moves with each value.

    ``values`` are a logit for each layer, then the logs of the penalty and of how sharply scores decide. The loss is
    the mean over people of how surprising, of all held items, those are that they chose: minus the log of each one's
    share of the exponentials. Its slope follows the ridge's closed form back to the shares.
    """
    shares = np.array(softmax(values[:-2]))
    penalty, sharp = np.exp(values[-2:])
    mixed = np.einsum("nlw,l->nw", states, shares)
    lengths = np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-12)
    unit = mixed / lengths
    learned, asked = unit[task.teach], unit[task.held]
    wanted = task.targets - task.targets.mean(axis=0)
    held = penalty * len(learned) / min(learned.shape)
    system = learned.T @ learned + held * np.eye(learned.shape[1])
    weights = np.linalg.solve(system, learned.T @ wanted)
    scores = sharp * (task.users @ (asked @ weights).T)
    scores -= scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    aims = task.chosen / task.chosen.sum(axis=1, keepdims=True)
    people = len(aims)
    loss = -float((aims * logs).sum()) / people
    by_score = (np.exp(logs) - aims) / people
    by_carried = sharp * (by_score.T @ task.users)
    # With A = X'X + h I and W = A^-1 X'V: dW = A^-1 (dX'(V - XW) - X'dX W - dh W).
    back = np.linalg.solve(system, asked.T @ by_carried)
    slopes = np.zeros_like(unit)
    slopes[task.teach] += (wanted - learned @ weights) @ back.T - learned @ back @ weights.T
    slopes[task.held] += by_carried @ weights.T
    slopes = (slopes - unit * (slopes * unit).sum(axis=1, keepdims=True)) / lengths
    by_share = np.einsum("nlw,nw->l", states, slopes)
    by_logit = shares * (by_share - float(shares @ by_share))
    return loss, np.concatenate([by_logit, [-held * float((back * weights).sum()), float((by_score * scores).sum())]])
