"""Imported by the process from which others are forked: these need not read the forms again."""

from __future__ import annotations

from pipeline.extract.forms import load_library
from pipeline.extract.prose.grammar import load_grammar

load_library()
load_grammar()
