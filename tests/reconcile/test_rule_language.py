"""What files of rules may say: every name is looked up when they are loaded, and the reference lists what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reconcile.compare import CompareRule
from pipeline.reconcile.documentation import language_page, rules_page
from pipeline.reconcile.engine import reconcile
from pipeline.reconcile.language import AnyOf, Empty, Is, Like, Signed
from pipeline.reconcile.rules import KINDS, load_rules
from schemas.loading import SchemaFileError
from tests.documents import ROOT
from tests.reconcile.synthetic import disclosures, lines, row

HEAD = """family = "inside_table"

[[rule]]
id = "mine"
title_zh = "甲等于乙"
title_en = "One is the other"
"""
COMPARE = 'evaluate = "compare"\nleft = [{ LEFT }]\nright = [{ table_code = "income", measure = "total" }]\n'


def load(folder: Path, text: str, name: str = "1-mine.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return load_rules(folder)


def compared(left: str, more: str = "") -> str:
    return HEAD + COMPARE.replace("LEFT", left) + more


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + 'evaluate = "comparee"', "there is no evaluator 'comparee'; did you mean 'compare'?"),
        (compared('table_code = "incom"'), "left 1, table_code: there is no table_code 'incom'; did you mean 'income'?"),
        (compared('measure = ["total", "basics"]'), "left 1, measure: there is no measure 'basics'; did you mean 'basic'?"),
        (compared('rowkind = "total"'), "left 1: there is no column of budget_lines 'rowkind'; did you mean 'row_kind'?"),
        (compared('itm_like = "x"'), "left 1: there is no column of budget_lines 'itm'; did you mean 'item'?"),
        (compared('null = ["funds"]'), "left 1, null: there is no column of budget_lines 'funds'; did you mean 'fund'?"),
        (compared('optionel = true'), "did you mean 'optional'?"),
        (compared('from = "statement"'), "left 1, from: there is no table 'statement'; did you mean 'statements'?"),
        (compared('from = "statements", metric = "three_publics"'), "did you mean 'three_public'?"),
        (compared('any = [{ fund = "general_budget" }]'), "left 1, any 1, fund: there is no fund 'general_budget'"),
        (compared('comparison = "no"'), "left 1, comparison: 'no' cannot be a value of comparison, which holds booleans"),
        (compared('row_kind = 1'), "left 1, row_kind: 1 cannot be a value of row_kind, which holds strings"),
        (compared('item_like = "("'), "left 1, item_like: '(' is no regular expression"),
        (compared('pick = "first"'), "left 1, pick: there is no value 'first'"),
        (compared('as_zero = 1'), "left 1, as_zero must be true or false, not 1"),
        (compared('item = "x"', 'by = ["fiscalyear"]'), "by 1: there is no column 'fiscalyear'; did you mean 'fiscal_year'?"),
        (compared('from = "statements"', 'by = ["row_kind"]'), "a term is of statements, which has no column row_kind"),
        (compared('item = "x"', "colums = []"), "has the unknown key 'colums'; known are by, compare"),
        (compared('item = "x"', 'severity = "fatal"'), "severity: there is no value 'fatal'"),
        (compared('item = "x"', 'stage = "budgets"'), "stage: there is no stage 'budgets'; did you mean 'budget'?"),
        (compared('item = "x"', 'forms = ["shanghai"]'), "forms 1: there is no form family 'shanghai'; did you mean 'shanghai-budget'?"),
        (compared('item = "x"', 'unless = [{ tabel = "x" }]'), "unless 1: there is no column of budget_lines 'tabel'"),
        (compared('item = "x"', 'message_en = "{lef}"'), "message_en: there is no figure 'lef'; did you mean 'left'?"),
        (compared('item = "x"', 'subject = ["tabel"]'), "subject 1: there is no value 'tabel'; did you mean 'table'?"),
        (compared('item = "x"', 'id = 7'), "cannot be read as TOML"),
        (HEAD.replace('title_en = "One is the other"\n', "") + 'evaluate = "change"', "lacks the key 'title_en'"),
        (HEAD + 'evaluate = "repeated"\nmetrics = ["revenue"]', "metrics 1: there is no metric 'revenue'"),
        (HEAD + 'evaluate = "row"\nleft = ["totl"]\nright = ["basic"]', "left 1, measure: there is no measure 'totl'"),
        (HEAD + 'evaluate = "row"\nleft = "total"\nright = ["basic"]', "left must be a list, not 'total'"),
        (HEAD.replace("inside_table", "inside") + 'evaluate = "change"', "there is no family 'inside'; did you mean 'inside_table'?"),
        ('title = "x"\n' + HEAD, "has the unknown key 'title'"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_with_its_place_and_the_nearest_name(tmp_path, text, said):
    with pytest.raises(SchemaFileError) as error:
        load(tmp_path, text)
    assert said in str(error.value)
    assert "1-mine.toml" in str(error.value)


def test_a_name_stands_for_one_rule(tmp_path):
    load(tmp_path, HEAD + 'evaluate = "change"')
    (tmp_path / "2-yours.toml").write_text(HEAD + 'evaluate = "change"', encoding="utf-8")
    load_rules.cache_clear()
    with pytest.raises(SchemaFileError, match="2-yours.toml: the rule mine stands in 1-mine.toml, too; rename one"):
        load_rules(tmp_path)


def test_a_term_keeps_its_conditions_in_their_order(tmp_path):
    left = 'table_code = ["income", "expenditure"], item_like = "^收", not_item_like = "支", null = ["fund"], filled = ["item"], '
    left += 'nonzero = true, any = [{ measure = "total" }, { comparison = false }], pick = "one", optional = true'
    (rule,) = load(tmp_path, compared(left, 'by = ["fiscal_year"]'))
    assert isinstance(rule, CompareRule)
    (term,) = rule.left
    assert term.pick == "one" and term.optional and not term.as_zero
    tables, like, unlike, empty, filled, amount, either = term.conditions
    assert tables == Is("table_code", ("income", "expenditure"))
    assert (like, unlike) == (Like("item", "^收"), Like("item", "支", negated=True))
    assert (empty, filled) == (Empty(("fund",)), Empty(("item",), negated=True))
    assert amount == Signed("nonzero")
    assert isinstance(either, AnyOf)
    assert [choice.conditions for choice in either.choices] == [
        (Is("measure", ("total",)),),
        (Is("comparison", False),),
    ]


@pytest.mark.parametrize(
    ("more", "statuses"),
    [
        ("", ["fail"]),
        ('when = [{ measure = "basic" }]', ["fail"]),
        ('when = [{ measure = "project" }]', []),
        ('unless = [{ measure = "basic" }]', []),
        ('unless = [{ measure = "basic", nonzero = true, item = "x" }]', ["fail"]),
        ('stage = "final_accounts"', []),
        ('forms = ["shanghai-budget"]', []),
        ('forms = ["general"]', ["fail"]),
    ],
)
def test_conditions_on_the_document_hold_for_every_kind_of_rule(tmp_path, more, statuses):
    frame = lines(row("income", "1", {"total": "5.00", "basic": "4.00"}))
    kinds = ('evaluate = "row"\nleft = ["total"]\nright = ["basic"]\n', COMPARE.replace("LEFT", 'measure = "basic"'))
    for kind in kinds:
        load_rules.cache_clear()
        rules = load(tmp_path, HEAD + kind + more)
        checks = reconcile({"disclosures": disclosures(), "budget_lines": frame}, rules)["checks"]
        assert checks["status"].to_list() == statuses


def test_every_kind_of_rule_is_used():
    assert {type(rule) for rule in load_rules()} == set(KINDS.values())


@pytest.mark.parametrize(("name", "page"), [("rules.md", rules_page), ("rule-language.md", language_page)])
def test_the_pages_on_rules_are_those_that_rules_and_dataclasses_give(name, page):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(load_rules())
