-- Views over the Parquet files of a release. In DuckDB, from inside the release: .read views.sql
-- From elsewhere: SET file_search_path = 'outputs/latest'; and then the same. `yusuan sql` does both.
-- Amounts are in yuan. Bodies of a department and those of its units are never added: choose one scope.

-- One disclosure a body, year, stage and scope: what to add up.
CREATE OR REPLACE VIEW preferred AS
SELECT * FROM disclosures WHERE preferred;

-- Budget lines of preferred disclosures, each with its body.
CREATE OR REPLACE VIEW lines AS
SELECT d.entity_name, d.entity_key, d.division_code, d.scope, d.stage, l.*
FROM budget_lines l JOIN preferred d USING (disclosure_id);

-- Key figures of preferred disclosures, of the year that each disclosure is for.
CREATE OR REPLACE VIEW figures AS
SELECT * FROM key_figures WHERE preferred AND NOT comparison;

-- A row a body, scope, stage, year and phase, the key figures side by side.
CREATE OR REPLACE VIEW totals AS
SELECT entity_name, division_code, scope, stage, fiscal_year, phase,
       max(amount) FILTER (figure = 'revenue_total') AS revenue_total,
       max(amount) FILTER (figure = 'expenditure_total') AS expenditure_total,
       max(amount) FILTER (figure = 'basic_expenditure') AS basic_expenditure,
       max(amount) FILTER (figure = 'project_expenditure') AS project_expenditure,
       max(amount) FILTER (figure = 'personnel_expenditure') AS personnel_expenditure,
       max(amount) FILTER (figure = 'public_expenditure') AS public_expenditure,
       max(amount) FILTER (figure = 'appropriation_expenditure') AS appropriation_expenditure,
       max(amount) FILTER (figure = 'general_public_budget_expenditure') AS general_public_budget_expenditure,
       max(amount) FILTER (figure = 'three_public') AS three_public
FROM figures
GROUP BY ALL
ORDER BY division_code, entity_name, scope, fiscal_year, stage, phase;

-- Budget and accounts of each body, year and figure side by side. `rate` is accounts in percent of the budget.
-- The budget is that of the budget disclosure; where there is none, the one that the accounts print beside themselves.
CREATE OR REPLACE VIEW execution AS
WITH sides AS (
  SELECT entity_key, division_code, scope, figure, fiscal_year,
         max(entity_name) AS entity_name,
         max(amount) FILTER (stage = 'budget' AND phase = 'approved') AS budget,
         max(amount) FILTER (stage = 'final_accounts' AND phase = 'approved') AS budget_in_accounts,
         max(amount) FILTER (stage = 'final_accounts' AND phase = 'executed') AS accounts
  FROM figures
  GROUP BY entity_key, division_code, scope, figure, fiscal_year
)
SELECT entity_name, division_code, scope, figure, fiscal_year,
       coalesce(budget, budget_in_accounts) AS budget, accounts,
       accounts - coalesce(budget, budget_in_accounts) AS difference,
       round(100 * accounts / nullif(coalesce(budget, budget_in_accounts), 0), 2) AS rate
FROM sides
WHERE coalesce(budget, budget_in_accounts) IS NOT NULL AND accounts IS NOT NULL
ORDER BY division_code, entity_name, scope, fiscal_year, figure;

-- The three public expenses of each body and year, budget beside accounts (either may be missing).
CREATE OR REPLACE VIEW three_public_expenses AS
SELECT entity_name, division_code, scope, fiscal_year, figure,
       max(amount) FILTER (stage = 'budget' AND phase = 'approved') AS budget,
       max(amount) FILTER (stage = 'final_accounts' AND phase = 'approved') AS budget_in_accounts,
       max(amount) FILTER (stage = 'final_accounts' AND phase = 'executed') AS accounts
FROM figures
WHERE figure IN ('three_public', 'overseas_travel', 'official_reception', 'official_vehicles',
                 'official_vehicle_purchase', 'official_vehicle_operation')
GROUP BY entity_name, division_code, scope, fiscal_year, figure
ORDER BY division_code, entity_name, scope, fiscal_year, figure;

-- Expenditure by class of the functional classification (类), from the table of all expenditure.
CREATE OR REPLACE VIEW expenditure_by_class AS
SELECT entity_name, division_code, scope, stage, fiscal_year, phase,
       substr(function_code, 1, 3) AS class_code,
       (SELECT max(name) FROM classifications c
        WHERE c.scheme = 'function' AND c.code = substr(lines.function_code, 1, 3)) AS class_name,
       sum(amount) AS amount
FROM lines
WHERE table_code = 'expenditure' AND row_kind = 'detail' AND measure = 'total' AND fund IS NULL
  AND function_code IS NOT NULL AND NOT coalesce(comparison, false)
GROUP BY ALL
ORDER BY division_code, entity_name, scope, fiscal_year, stage, class_code;

-- The same, each year beside the one before. `percent` is the change in percent.
CREATE OR REPLACE VIEW change_by_class AS
SELECT now.entity_name, now.division_code, now.scope, now.stage, now.phase, now.class_code, now.class_name,
       before.fiscal_year AS year_before, before.amount AS amount_before, now.fiscal_year AS year, now.amount AS amount,
       now.amount - before.amount AS change,
       round(100 * (now.amount - before.amount) / nullif(before.amount, 0), 2) AS percent
FROM expenditure_by_class now
JOIN expenditure_by_class before
  ON before.entity_name = now.entity_name AND before.scope = now.scope AND before.stage = now.stage
 AND before.division_code IS NOT DISTINCT FROM now.division_code AND before.phase = now.phase
 AND before.class_code = now.class_code AND before.fiscal_year = now.fiscal_year - 1
ORDER BY now.division_code, now.entity_name, now.scope, now.stage, now.fiscal_year, now.class_code;

-- What documents contradict themselves or one another in, the largest first; differences of rounding left out.
CREATE OR REPLACE VIEW contradictions AS
SELECT d.entity_name, d.disclosure_year, d.stage, d.scope, c.family, c.rule_id, c.subject, c.left_value, c.right_value,
       abs(c.difference) AS difference, c.message_zh, c.message_en, c.check_id, c.disclosure_id, d.source_file
FROM checks c JOIN disclosures d USING (disclosure_id)
WHERE c.status = 'fail' AND c.severity = 'error' AND c.unit = 'CNY' AND NOT coalesce(c.rounding_only, false)
ORDER BY abs(c.difference) DESC NULLS LAST, c.check_id;

-- Where each budget line and each key figure stands: file, page, line and the characters as printed.
CREATE OR REPLACE VIEW places AS
SELECT l.line_id AS id, d.entity_name, d.disclosure_year, l.table_code, l.item, l.amount, l.printed, l.printed_unit,
       d.source_file, l.page, l.line, l."start", l."end", 'sources/' || l.disclosure_id || '.txt' AS text_file
FROM budget_lines l JOIN disclosures d USING (disclosure_id);
