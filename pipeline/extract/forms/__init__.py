"""The forms library: words, tables, families and code lists as data, read once and asked by everything that reads.

Knows the shape of ``schemas/forms`` and nothing of any document. ``entries`` are what the files say, ``library`` answers
questions about printed words, ``loading`` reads the files.
"""

from pipeline.extract.forms.entries import Counted, Expense, Family, FormError, KeyMeaning, Meaning, TableForm
from pipeline.extract.forms.library import Library
from pipeline.extract.forms.loading import FOLDER, load_library

__all__ = [
    "FOLDER",
    "Counted",
    "Expense",
    "Family",
    "FormError",
    "KeyMeaning",
    "Library",
    "Meaning",
    "TableForm",
    "load_library",
]
