"""How a table, a row or an amount of a release was read: from its source, by the functions that extraction calls.

``source`` finds what an id stands for and reads its document again; ``tables`` and ``rows`` say in words what the engine's
own values (``TableReading``, ``Column``, ``Record``) hold, with ``grid`` for the cells and ``entries`` for the data files
that said so; ``picture`` draws the cells over the page of a PDF. Nothing is read here that extraction reads differently.
"""

from pipeline.explain.answer import explain
from pipeline.explain.source import NotExplained

__all__ = ["NotExplained", "explain"]
