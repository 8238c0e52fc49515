"""Codes and labels that were recognised on a picture: published where more than the picture bears them out.

No sum proves a word. A code proves itself by its official name beside it; one that the lists do not have, by sure digits below
the code over it. A label is believed that the forms or the code
lists know, character by character, or of every character of which recognition was sure. A row whose label is not believed
keeps its code; without one it is not understood, and no more are the rows below it that only their labels name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.forms import Library
from pipeline.extract.patterns import fold
from pipeline.extract.recognised import SURE, Confidences
from pipeline.extract.tables.layout.sheet import Piece
from pipeline.extract.tables.meaning.codes import REVENUE
from pipeline.extract.tables.meaning.record import Code, Record
from pipeline.extract.tables.meaning.table import Table
from pipeline.extract.tables.meaning.told import Told
from pipeline.ingest.document import Document

#: Digits of the code of a class (类), and characters of a name from which one of them may be misread.
_CLASS, _LONG = 3, 4
_STROKE = "一"
#: So many codes with other names than the official ones are no chance.
_SEVERAL = 3


def with_proved_words(
    document: Document, table: Table, records: list[Record], confidences: Confidences, library: Library, told: Told
) -> tuple[Table, list[Record]]:
    """``table`` and its records without recognised codes and labels that nothing bears out, and without rows that had no more.

    ``told`` is what other tables of the document say.
    """
    printed = {(scheme, code.digits) for record in records for scheme, code in record.codes.items()}
    reader = _Words(document, library, confidences, printed, told)
    reader.own = reader.own_classes(records)
    kept = [record for record in records if reader.prove(record)]
    return replace(table, problems=[*table.problems, *reader.problems]), kept


@dataclass(slots=True)
class _Words:
    """Takes from records what is not believed.

    ``printed`` are all codes of the table, ``told`` what other tables say, ``own`` the classes that the body divides its own
    way, ``unnamed`` the rows without a label.
    """

    document: Document
    library: Library
    confidences: Confidences
    printed: set[tuple[str, str]]
    told: Told
    own: set[tuple[str, str]] = field(default_factory=set)
    unnamed: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def prove(self, record: Record) -> bool:
        """Take from a record what is not believed; false where it is not understood without that."""
        self._prove_codes(record)
        said = [(record.item, record.item_pieces), (record.project, record.project_pieces)]
        said.append((record.unit_code, record.unit_pieces))
        doubtful = next((pieces for text, pieces in said if text and not self._is_proved(pieces)), None)
        for code in record.codes.values():
            if code.name and not self._is_proved(code.name_pieces):
                doubtful = doubtful or code.name_pieces
                code.name, code.name_pieces = None, []
        if doubtful:
            self.unnamed.add(id(record))
            return self._keeps_code(record, doubtful)
        if not record.codes and any(id(parent) in self.unnamed for parent in record.parents):
            self.unnamed.add(id(record))
            return False
        return bool(record.codes or record.item or not record.key_pieces)

    def _keeps_code(self, record: Record, doubtful: Sequence[Piece]) -> bool:
        """Take the label from a record of which ``doubtful`` is not believed; whether its code names it all the same."""
        kept = bool(record.codes) and not record.project and not record.unit_pieces
        record.item, record.item_pieces, record.unproved = None, [], True
        label = "".join(self.document.text[start:end] for start, end in doubtful)
        what = "is published under its code alone" if kept else "is not published"
        self._say(
            doubtful,
            f"the label {label!r} was recognised on a picture, and neither a word that is known nor sure characters "
            f"bear it out; its row {what}",
        )
        return kept

    def _is_proved(self, pieces: Sequence[Piece]) -> bool:
        sure, digits = self.confidences.of_text(pieces), self.confidences.of_number(pieces)
        label = "".join(self.document.text[start:end] for start, end in pieces)
        if sure is None or self._is_known(label):
            return digits is None or digits >= SURE
        return sure >= SURE and not self._lacks_stroke(label)

    def _is_known(self, label: str) -> bool:
        """Whether forms, code lists or another table have a label, or all of it but the word of totals that ends it."""
        totals = (at for at in range(1, len(label)) if self.library.says("totals", label[at:]))
        whole = self.library.spells(label) or fold(label) in self.told.labels
        return whole or any(self.library.spells(label[:at]) for at in totals)

    def _lacks_stroke(self, label: str) -> bool:
        """Whether a label is known with one more 一: recognition takes it for a dash or a rule, and says nothing of it."""
        whole = (label[:at] + _STROKE + label[at:] for at in range(len(label) + 1))
        return any(map(self.library.spells, whole))

    def _prove_codes(self, record: Record) -> None:
        """Take from a record the codes that no official name beside them proves; their names become its label."""
        for scheme, code in list(record.codes.items()):
            sure = self.confidences.of_number(code.pieces)
            if sure is None or scheme == REVENUE or code.basis == "name":
                continue
            if self._is_borne_out(code, scheme, record, sure):
                continue
            del record.codes[scheme]
            record.unproved = True
            if record.item is None and code.name:
                record.item, record.item_pieces = code.name, code.name_pieces
            self._say(
                code.pieces,
                f"the code {code.digits} was recognised on a picture, and no official name beside it proves it",
            )

    def _is_borne_out(self, code: Code, scheme: str, record: Record, sure: float) -> bool:
        """Whether more than recognition, which is ``sure`` of its digits, says that ``code`` is right."""
        if (scheme, code.digits, record.name_of(code)) in self.told.codes:
            return True
        below = (scheme, code.digits[:-2]) in self.printed
        if sure < SURE:
            return (len(code.digits) == _CLASS or below) and self._is_named(code, scheme, record)
        over = any(one == scheme and digits[:-2] == code.digits for one, digits in self.printed)
        own = (scheme, code.digits[:_CLASS]) in self.own and (below or over)
        return own or self._is_named(code, scheme, record) or (below and self._may_be_new(code, scheme, record))

    def own_classes(self, records: Sequence[Record]) -> set[tuple[str, str]]:
        """The classes of codes in which several sure ones have other names than the official ones: no misreading does that."""
        found = Counter(
            (scheme, code.digits[:_CLASS])
            for record in records
            for scheme, code in record.codes.items()
            if len(code.digits) > _CLASS
            and (self.confidences.of_number(code.pieces) or 0) >= SURE
            and not self._is_named(code, scheme, record)
        )
        return {of_class for of_class, count in found.items() if count >= _SEVERAL}

    def _is_named(self, code: Code, scheme: str, record: Record) -> bool:
        """Whether an official name of ``code`` is printed with it; recognition may have misread a character of a longer one."""
        printed = record.name_of(code)
        for name in map(fold, self.library.official_names(scheme, code.digits)):
            other = sum(one != two for one, two in zip(printed, name, strict=False))
            if printed == name or (len(printed) == len(name) >= _LONG and other == 1):
                return True
        return False

    def _may_be_new(self, code: Code, scheme: str, record: Record) -> bool:
        """Whether the lists have no such code, nor another one with the name that is printed with it."""
        printed = record.name_of(code)
        beside = self.library.names.get(scheme, {})
        return code.digits not in beside and not any(
            printed == fold(name)
            for digits, names in beside.items()
            if digits.startswith(code.digits[:-2])
            for name in names
        )

    def _say(self, pieces: Sequence[Piece], what: str) -> None:
        self.problems.append(f"line {self.document.line_at(pieces[0][0]).number}: {what}")
