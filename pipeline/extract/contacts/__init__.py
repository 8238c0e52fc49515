"""Personal contact data: found by its labels and its shapes, which are data, and withheld before anything is read."""

from pipeline.extract.contacts.withholding import MARK, masked, withhold

__all__ = ["MARK", "masked", "withhold"]
