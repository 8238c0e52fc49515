"""Which rows are parts of which, and so whether a row is a detail, a subtotal, a total or a part beside them."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from math import prod

from pipeline.extract.forms import Library
from pipeline.extract.tables.meaning.record import NO_PARTS, Record
from pipeline.extract.tables.meaning.sums import Children, coded, is_sum, nest_by_sums, totals_hold, values

#: So many rows at most are looked at to find where parts end that only sums show.
_TRIED = 20_000
#: How many digits the code of a class has, and that of a section.
_CLASS, _SECTION = 3, 5


def nest(records: list[Record], library: Library) -> None:
    """Give the records of one side their parents and kinds: by codes, units, kinds of expense, ordinals and sums."""
    children = _structured(records, library)
    _attach_misprinted(records, children)
    _part_by_funds(records, children, library)
    _nest_units(records, children)
    nest_by_sums(records, children)
    _grand_total(records, library)
    for record in records:
        if record.kind == "detail" and record.amounts and not record.expense:
            below = [child for child in children.get(id(record), []) if child.amounts]
            if any(not child.of_which for child in below):
                record.be("subtotal", "rows of the table are its parts")
            elif record.of_which and record.parents:
                record.be("of_which", "it is a named part of the row above it")
    _expense_parts(records, children, library)
    _expense_kinds([record for record in records if record.expense], children, library)
    for record in records:
        if record.item and library.says("memos", record.item):
            record.be("memo", "words.toml lists its label under memos")
        for kind in ("of_which", "memo"):
            if any(parent.kind == kind for parent in record.parents):
                record.be(kind, f"a row that it stands below is {kind}")


def _structured(records: list[Record], library: Library) -> Children:
    """The children that signs in the rows show, read so that the totals hold where that leaves a choice."""
    children = _Structure(records, library, frozenset()).read()
    readings = _other_readings(records)
    if not readings or totals_hold(records):
        return children
    for ends in [*readings, frozenset[int]()]:
        _forget(records)
        children = _Structure(records, library, ends).read()
        if totals_hold(records):
            break
    return children


def _other_readings(records: list[Record]) -> list[frozenset[int]]:
    """Where the rows that go on with 其中 without saying so may end: for each such run at one of them, or nowhere.

    Readings are named by the ids of the rows that are no part any more, those that end the least first. There are
    none where no row goes on, and only the one that ends all runs at once where all together are too many to try.
    """
    runs: list[list[int]] = []
    going = False
    for record in records:
        follows = record.of_which and not record.said_of_which and record.level is None
        if follows and going:
            runs[-1].append(id(record))
        elif follows:
            runs.append([id(record)])
        going = follows
    if not runs:
        return []
    if prod(len(run) + 1 for run in runs) * len(records) > _TRIED:
        return [frozenset(run[0] for run in runs)]
    found = [frozenset(end for end in ends if end) for ends in product(*([0, *reversed(run)] for run in runs))]
    return sorted(found[1:], key=len)


class _Structure:
    """Finds parents by codes, kinds of expense and ordinals.

    Rows without a sign of their own below a row of 其中 go on with it, down to one that ``ends`` names by its id.
    """

    def __init__(self, records: list[Record], library: Library, ends: frozenset[int]) -> None:
        self._records, self._library, self._ends = records, library, ends
        self._children: Children = {}
        self._by_code: dict[tuple[str, str], Record] = {}
        self._by_expense = {record.expense: record for record in records if record.expense}
        self._stack: list[Record] = []  # the rows with ordinals that the next row may stand below
        self._listing: Record | None = None  # the row whose parts are listed
        self._balance: Record | None = None  # the balance whose funds are listed

    def read(self) -> Children:
        """Give the records their parents; returns the children by the id of their parent."""
        for record in reversed(self._records):
            _enter_code(record, self._by_code)
        for record in self._records:
            _enter_code(record, self._by_code)  # of a code printed once for each unit, the nearest row above
            if record.item and self._library.says("totals", record.item):
                record.be("total", "words.toml lists its label under totals")
                self._listing, self._balance = None, None
                # A numbered total may end a part of a longer list; a heading without amounts has no such list.
                above = [] if record.level is None else self._higher(record.level)
                self._stack = [other for other in above if values(other)]
            elif not self._is_fund_of_balance(record):
                self._find_parents(record)
            if record.parents:
                self._children.setdefault(id(record.parents[-1]), []).append(record)
        return self._children

    def _is_fund_of_balance(self, record: Record) -> bool:
        """Whether a row is a fund of the balance that stands above it; a balance itself opens such a list."""
        meaning = self._library.column(record.item) if record.item else None
        if self._balance is not None and meaning is not None and meaning.fund and not meaning.measure:
            record.stand_below([self._balance], "its label is a fund, and the row above is a balance")
            return True
        bare = record.level is None and not record.of_which and not record.codes
        self._balance = record if bare and record.item and self._library.says("balances", record.item) else None
        return False

    def _find_parents(self, record: Record) -> None:
        if len(record.codes) == 1 and (found := _above(record, self._by_code)):
            record.stand_below(found, "their codes begin its code")
        elif record.expense:
            whole = _whole_of(record.expense, self._library, self._by_expense)
            if whole is not None and whole is not record:
                record.stand_below([whole], "words.toml has its kind of expense among the parts of theirs")
            if record.level is not None:
                self._open(record, record.level)
            elif not record.of_which:
                self._stack, self._listing = [record], None  # 其中 below it lists its parts
        elif record.item and self._library.says("subtotals", record.item):
            record.be("subtotal", "words.toml lists its label under subtotals")
        elif record.level is not None and not record.of_which:
            record.stand_below(self._open(record, record.level), "their ordinals are of a higher level")
            self._listing = None
            # What stands below a kind of expense (国内接待费 below 公务接待费) is a part of it, named or not.
            record.of_which = bool(record.parents and record.parents[-1].expense)
        elif record.of_which or self._is_listed(record):
            self._list(record)
        else:
            self._stack, self._listing = ([record] if record.item else []), None

    def _open(self, record: Record, level: int) -> list[Record]:
        """Let what follows stand below a row with an ordinal; returns the rows that it stands below itself."""
        above = self._higher(level)
        self._stack = [*above, record]
        return above

    def _higher(self, level: int) -> list[Record]:
        """The rows with an ordinal of a higher level that a row with one of ``level`` stands below."""
        return [other for other in self._stack if other.level is not None and other.level < level]

    def _is_listed(self, record: Record) -> bool:
        listing = self._listing
        return listing is not None and id(record) not in self._ends and _goes_on(record, listing, self._library)

    def _list(self, record: Record) -> None:
        if record.of_which and self._stack:
            self._listing = self._stack[-1]
        if self._listing is not None:
            record.stand_below([*self._listing.parents, self._listing], "其中, here or in a row above, lists its parts")
            record.of_which = True


def _goes_on(record: Record, listing: Record, library: Library) -> bool:
    """Whether a row may be one more part of ``listing``: not where its label names another fund (政府性基金 of 一般公共预算)."""
    if record.codes or not record.item:
        return False
    own, whole = library.column(record.item), library.column(listing.item or "")
    return own is None or whole is None or not own.fund or not whole.fund or own.fund == whole.fund


def _forget(records: list[Record]) -> None:
    """Undo what ``_Structure`` has said of the records."""
    for record in records:
        record.stand_below([], "")
        record.be("detail", NO_PARTS)
        record.of_which = record.said_of_which


def _part_by_funds(records: list[Record], children: Children, library: Library) -> None:
    """财政拨款收入 is the sum of its budgets, also where they are printed after 其中: they are all of its parts."""
    for record in records:
        meaning = library.column(record.item) if record.item and id(record) in children else None
        if meaning is None or meaning.revenue_source != "fiscal_appropriation":
            continue
        below = [(child, library.column(child.item)) for child in children[id(record)] if child.item]
        funds = {part.fund if part else None for _, part in below}
        if len(funds) > 1 and None not in funds:
            for child, _ in below:
                child.of_which = False


def _grand_total(records: list[Record], library: Library) -> None:
    """The total of the year (本年收入合计) is a part of the table where the total with balances stands below it."""
    totals = [record for record in records if record.kind == "total"]
    for record, below in zip(totals, totals[1:], strict=False):
        if library.says("year_totals", record.item or "") and not library.says("year_totals", below.item or ""):
            record.be("subtotal", "it is the total of the year, and the total with balances stands below it")


def _attach_misprinted(records: list[Record], children: Children) -> None:
    """Rows whose code fits none above (71102 or 2100111 below 210 and 21011) are parts of the row that they complete."""
    orphans: list[Record] = []
    above: list[Record] = []
    for record in [*records, None]:
        if record is not None and above and _fits_none(record, above[0], children):
            orphans.append(record)
            continue
        whole = next((other for other in above if _is_completed(other, orphans, children)), None)
        if whole is not None:
            for orphan in orphans:
                for parent in orphan.parents[-1:]:
                    children[id(parent)] = [child for child in children[id(parent)] if child is not orphan]
                orphan.parents = [*whole.parents, whole]
            children.setdefault(id(whole), []).extend(orphans)
        orphans = []
        if record is not None:
            above = [record, *reversed(record.parents)] if len(record.codes) == 1 and coded(record) else []


def _fits_none(record: Record, section: Record, children: Children) -> bool:
    """Whether a code stands below no row above it, or beside the section above it in a class that is whole without it."""
    if not coded(record) or len(_digits(record)) <= _CLASS:
        return False
    if not record.parents:
        return True
    whole = record.parents[-1]
    beside = len(_digits(whole)) == _CLASS and len(_digits(section)) == _SECTION
    beside = beside and bool(section.parents) and section.parents[-1] is whole
    if len(_digits(record)) <= _SECTION or not beside:
        return False
    own, others = values(whole), [values(part) for part in children.get(id(whole), []) if part is not record]
    filled = [at for at, value in own.items() if value]
    return bool(filled) and all(is_sum(own[at], [part[at] for part in others if at in part]) for at in filled)


def _is_completed(whole: Record, orphans: list[Record], children: Children) -> bool:
    """Whether a row that is not yet the sum of its parts is that of them and ``orphans``."""
    if not orphans or len(_digits(whole)) > _SECTION:
        return False
    own, amounts = values(whole), [values(part) for part in children.get(id(whole), [])]
    more = [*amounts, *map(values, orphans)]
    filled = [index for index, value in own.items() if value]
    return bool(filled) and all(
        is_sum(own[at], [part[at] for part in more if at in part])
        and not is_sum(own[at], [part[at] for part in amounts if at in part])
        for at in filled
    )


def _digits(record: Record) -> str:
    return next((code.digits for code in record.codes.values()), "")


def _nest_units(records: list[Record], children: Children) -> None:
    """A unit's own row is the sum of the rows of its codes, or of the units whose codes begin with its own.

    Rows that leave the unit's code blank are of the unit above them where they add up to it.
    """
    heads: list[Record] = []
    blank: dict[int, list[Record]] = {}
    for record in records:
        if record.unit_code is None or record.kind == "total":
            if heads and record.unit_code is None and (record.codes or record.project) and record.amounts:
                blank.setdefault(id(heads[-1]), []).append(record)
            continue
        unit = record.unit_code
        if record.codes or record.project:
            above = [head for head in heads if head.unit_code == unit]
        else:
            above = [head for head in heads if unit.startswith(head.unit_code or "-") and head.unit_code != unit]
            heads.append(record)
        if above and record.amounts:
            children.setdefault(id(above[-1]), []).append(record)
    for head in heads:
        rows = blank.get(id(head), [])
        inside = {id(row) for row in rows}
        if rows and _is_whole(head, [row for row in rows if not inside & set(map(id, row.parents))]):
            children.setdefault(id(head), []).extend(rows)


def _enter_code(record: Record, by_code: dict[tuple[str, str], Record]) -> None:
    """Enter the printed code of a row that has one; a row with codes of two classifications is of neither's hierarchy."""
    if len(record.codes) == 1:
        ((scheme, code),) = record.codes.items()
        if code.basis != "name":
            by_code[scheme, code.digits] = record


def _above(record: Record, by_code: dict[tuple[str, str], Record]) -> list[Record]:
    ((scheme, code),) = record.codes.items()
    if code.basis == "name":
        return []
    found = []
    for length in (3, 5):
        above = by_code.get((scheme, code.digits[:length]))
        if above is not None and above is not record and length < len(code.digits):
            found.append(above)
    return found


def _whole_of(kind: str, library: Library, by_expense: dict[str, Record]) -> Record | None:
    for record in by_expense.values():
        expense = library.expense(record.item or "")
        if expense is not None and kind in expense.parts:
            return record
    return None


def _expense_parts(records: list[Record], children: Children, library: Library) -> None:
    """Give a kind of expense the rows below it, down to the next one, where they and its known parts add up to it.

    They bear no name that says so: ——购置费, ——运行维护费; 运维费 after 其中：购置费.
    """
    for at, record in enumerate(records):
        expense = library.expense(record.item or "")
        if expense is None or not expense.parts or expense.kind == "total":
            continue
        stop = next((i for i, r in enumerate(records) if i > at and r.expense and r.expense not in expense.parts), None)
        run = [r for r in records[at + 1 : stop] if r.amounts and not r.codes]
        unnamed = [r for r in run if r.expense is None and r.kind == "detail"]
        if len(run) < 2 or not unnamed or not values(record) or not _is_whole(record, run):
            continue
        for part in run:
            part.stand_below([*record.parents, record], "the rows below a kind of expense are, together, its sum")
            part.of_which = False
        children[id(record)] = run
        record.be("subtotal", "the rows below it are, together, its sum")


def _expense_kinds(records: list[Record], children: Children, library: Library) -> None:
    """A kind of expense is a subtotal exactly where all of its parts are printed; else its parts are of_which."""
    for record in records:
        expense = library.expense(record.item or "")
        if expense is None:
            continue
        below = {child.expense for child in children.get(id(record), [])}
        if expense.memo:
            record.be("memo", "words.toml says that its kind of expense stands beside the three public ones")
        elif expense.kind == "total":
            record.be("total", "words.toml says that its label is the total of the three public expenses")
        elif expense.parts and below >= set(expense.parts):
            record.be("subtotal", "all parts of its kind of expense are rows of the table")
    for record in records:
        if record.parents and record.kind == "detail" and record.parents[-1].kind != "subtotal":
            record.be("of_which", "it stands below a row that is no sum of its parts")
    _expenses_beside(records, library)


def _expenses_beside(records: list[Record], library: Library) -> None:
    """Of two totals one may take in what stands beside the three public expenses: 合计 = 三公经费小计 + 会议费 + 培训费."""
    of_kind = [(record, expense) for record in records if (expense := library.expense(record.item or ""))]
    totals = [record for record, expense in of_kind if expense.kind == "total"]
    memos = [record for record, expense in of_kind if expense.memo]
    if not memos:
        return
    if len(totals) == 1:
        kinds = [record for record, expense in of_kind if not record.parents and record not in (*totals, *memos)]
        if _is_whole(totals[0], [*kinds, *memos]) and not _is_whole(totals[0], kinds):
            totals[0].expense = None
            for record in memos:
                record.be("detail", "the total of the table takes it in")
    if len(totals) != 2:
        return
    for whole, three in (totals, totals[::-1]):
        if _is_whole(whole, [three, *memos]) and not _is_whole(whole, [three]):
            three.be("subtotal", "the other total is the sum of it and of what stands beside the three public expenses")
            for record in memos:
                record.be("detail", "the total of the table takes it in")


def _is_whole(whole: Record, parts: list[Record]) -> bool:
    """Whether a row is in every column the sum of others."""
    amounts, of_parts = values(whole), [values(part) for part in parts]
    columns = {index for each in (amounts, *of_parts) for index in each}
    return all(
        is_sum(amounts.get(index, Decimal(0)), [each[index] for each in of_parts if index in each]) for index in columns
    )
