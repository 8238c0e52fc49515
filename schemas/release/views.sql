-- Views over the Parquet files of a release. In DuckDB, from inside the release: .read views.sql
-- From elsewhere: SET file_search_path = 'outputs/latest'; and then the same. `yusuan sql` does both.
-- Amounts are in yuan. Bodies of a department and those of its units are never added: choose one scope.
-- `status` says how a document was read: of a partial one something may be missing, of a complete one nothing is.

-- One disclosure a body, year, stage and scope: what to add up.
CREATE OR REPLACE VIEW preferred AS
SELECT * FROM disclosures WHERE preferred;

-- Budget lines of preferred disclosures, each with its body. `own_year`: of the year that the disclosure is for.
CREATE OR REPLACE VIEW lines AS
SELECT d.entity_name, d.entity_key, d.division_code, d.scope, d.stage, d.status, l.*,
       coalesce(NOT l.comparison, l.fiscal_year IS NULL) AS own_year
FROM budget_lines l JOIN preferred d USING (disclosure_id);

-- Key figures of preferred disclosures, of the year that each disclosure is for.
CREATE OR REPLACE VIEW figures AS
SELECT k.*, d.status
FROM key_figures k JOIN disclosures d USING (disclosure_id)
WHERE k.preferred AND coalesce(NOT k.comparison, k.fiscal_year IS NULL);

-- A row a body, scope, stage, year and phase, the key figures side by side.
CREATE OR REPLACE VIEW totals AS
SELECT any_value(entity_name) AS entity_name, entity_key, division_code, scope, stage, fiscal_year, phase,
       any_value(status) AS status,
       max(amount) FILTER (figure = 'revenue_total') AS revenue_total,
       max(amount) FILTER (figure = 'expenditure_total') AS expenditure_total,
       max(amount) FILTER (figure = 'basic_expenditure') AS basic_expenditure,
       max(amount) FILTER (figure = 'project_expenditure') AS project_expenditure,
       max(amount) FILTER (figure = 'personnel_expenditure') AS personnel_expenditure,
       max(amount) FILTER (figure = 'public_expenditure') AS public_expenditure,
       max(amount) FILTER (figure = 'appropriation_revenue') AS appropriation_revenue,
       max(amount) FILTER (figure = 'appropriation_expenditure') AS appropriation_expenditure,
       max(amount) FILTER (figure = 'general_public_budget_expenditure') AS general_public_budget_expenditure,
       max(amount) FILTER (figure = 'government_fund_expenditure') AS government_fund_expenditure,
       max(amount) FILTER (figure = 'state_capital_expenditure') AS state_capital_expenditure,
       max(amount) FILTER (figure = 'three_public') AS three_public,
       max(amount) FILTER (figure = 'agency_operating') AS agency_operating,
       max(amount) FILTER (figure = 'procurement') AS procurement
FROM figures
GROUP BY disclosure_id, entity_key, division_code, scope, stage, fiscal_year, phase
ORDER BY division_code, entity_key, scope, fiscal_year, stage, phase;

-- Budget and accounts of each body, year and figure side by side, where a document prints either.
-- `budget` is that of the budget disclosure; `budget_in_accounts` and `adjusted` are what the accounts print beside themselves.
CREATE OR REPLACE VIEW budget_and_accounts AS
SELECT arg_max(entity_name, stage) AS entity_name, entity_key, division_code, scope, figure, fiscal_year,
       max(amount) FILTER (stage = 'budget' AND phase = 'approved') AS budget,
       max(amount) FILTER (stage = 'final_accounts' AND phase = 'approved') AS budget_in_accounts,
       max(amount) FILTER (stage = 'final_accounts' AND phase = 'adjusted') AS adjusted,
       max(amount) FILTER (stage = 'final_accounts' AND phase = 'executed') AS accounts
FROM figures
WHERE fiscal_year IS NOT NULL
GROUP BY entity_key, division_code, scope, figure, fiscal_year
ORDER BY division_code, entity_key, scope, fiscal_year, figure;

-- Accounts against the year's budget, where both are known. `rate` is accounts in percent of the budget.
CREATE OR REPLACE VIEW execution AS
SELECT entity_name, entity_key, division_code, scope, figure, fiscal_year,
       coalesce(budget, budget_in_accounts) AS budget,
       CASE WHEN budget IS NULL THEN 'final_accounts' ELSE 'budget' END AS budget_from, adjusted, accounts,
       accounts - coalesce(budget, budget_in_accounts) AS difference,
       round(100 * accounts / nullif(coalesce(budget, budget_in_accounts), 0), 2) AS rate
FROM budget_and_accounts
WHERE coalesce(budget, budget_in_accounts) IS NOT NULL AND accounts IS NOT NULL
ORDER BY division_code, entity_key, scope, fiscal_year, figure;

-- The three public expenses of each body and year, budget beside accounts (either may be missing).
CREATE OR REPLACE VIEW three_public_expenses AS
SELECT * FROM budget_and_accounts
WHERE figure IN ('three_public', 'overseas_travel', 'official_reception', 'official_vehicles',
                 'official_vehicle_purchase', 'official_vehicle_operation')
ORDER BY division_code, entity_key, scope, fiscal_year, figure;

-- Personnel in percent of basic expenditure: both of the one table that prints personnel and public expenditure apart.
CREATE OR REPLACE VIEW personnel_share AS
SELECT p.entity_name, p.entity_key, p.division_code, p.scope, p.stage, p.fiscal_year, p.phase, p.fund, p.status,
       p.amount AS personnel, o.amount AS public, p.amount + o.amount AS basic,
       round(100 * p.amount / nullif(p.amount + o.amount, 0), 2) AS share
FROM figures p JOIN figures o
  ON o.disclosure_id = p.disclosure_id AND o.figure = 'public_expenditure' AND o.phase IS NOT DISTINCT FROM p.phase
 AND o.fiscal_year IS NOT DISTINCT FROM p.fiscal_year AND o.fund IS NOT DISTINCT FROM p.fund
 AND o.owner_table = p.owner_table
WHERE p.figure = 'personnel_expenditure'
ORDER BY p.division_code, p.entity_key, p.scope, p.fiscal_year, p.stage;

-- Expenditure of each body by functional code, from the table of all expenditure; a year's own, of all funds together.
CREATE OR REPLACE VIEW expenditure_by_item AS
SELECT any_value(entity_name) AS entity_name, entity_key, division_code, scope, stage, disclosure_id,
       any_value(status) AS status, fiscal_year, phase, function_code, any_value(function_name) AS function_name,
       sum(amount) AS amount
FROM lines
WHERE table_code = 'expenditure' AND row_kind = 'detail' AND measure = 'total' AND fund IS NULL
  AND revenue_source IS NULL AND function_code IS NOT NULL AND own_year
GROUP BY disclosure_id, entity_key, division_code, scope, stage, fiscal_year, phase, function_code
ORDER BY division_code, entity_key, scope, fiscal_year, stage, function_code;

-- The functional items (项) of a district and year, the sums of its bodies. `bodies` says how many.
CREATE OR REPLACE VIEW district_items AS
SELECT division_code, fiscal_year, stage, phase, scope, function_code, max(function_name) AS function_name,
       count(DISTINCT entity_key) AS bodies, sum(amount) AS amount
FROM expenditure_by_item
WHERE length(function_code) = 7
GROUP BY division_code, fiscal_year, stage, phase, scope, function_code
ORDER BY division_code, fiscal_year, stage, phase, scope, amount DESC, function_code;

-- Expenditure of each body by class of the functional classification (类), named as in its year: from the table of all
-- expenditure, or, where that one is not by function, from the summary. `table_code` says which.
CREATE OR REPLACE VIEW expenditure_by_class AS
WITH classes AS (
  SELECT * EXCLUDE (function_code, function_name, amount), 'expenditure' AS table_code,
         substr(function_code, 1, 3) AS class_code, sum(amount) AS amount
  FROM expenditure_by_item
  GROUP BY ALL
  UNION ALL BY NAME
  SELECT entity_name, entity_key, division_code, scope, stage, disclosure_id, status, fiscal_year, phase, table_code,
         function_code AS class_code, sum(amount) AS amount
  FROM lines
  WHERE table_code = 'income_expenditure_summary' AND direction = 'expenditure' AND measure = 'total' AND fund IS NULL
    AND row_kind IN ('detail', 'subtotal') AND length(function_code) = 3 AND own_year
    AND disclosure_id NOT IN (SELECT disclosure_id FROM expenditure_by_item)
  GROUP BY ALL
)
SELECT s.* EXCLUDE (amount), c.name AS class_name, s.amount
FROM classes s LEFT JOIN classifications c
  ON c.scheme = 'function' AND c.code = s.class_code AND coalesce(s.fiscal_year, 9999) >= c.valid_from
 AND coalesce(s.fiscal_year, 9999) <= coalesce(c.valid_to, 9999)
ORDER BY s.division_code, s.entity_key, s.scope, s.fiscal_year, s.stage, s.class_code;

-- The same, each year beside the one before, also what only one of them has. `percent` is the change in percent.
CREATE OR REPLACE VIEW change_by_class AS
WITH documents AS (SELECT DISTINCT entity_name, entity_key, division_code, scope, stage, phase, fiscal_year, disclosure_id,
                          status FROM expenditure_by_class),
pairs AS (
  SELECT now.*, before.disclosure_id AS id_before,
         CASE WHEN now.status = 'complete' AND before.status = 'complete' THEN 'complete' ELSE 'partial' END AS both_status
  FROM documents now JOIN documents before
    ON before.entity_key = now.entity_key AND before.scope IS NOT DISTINCT FROM now.scope AND before.stage = now.stage
   AND before.phase = now.phase AND before.fiscal_year = now.fiscal_year - 1
),
classes AS (
  SELECT p.*, c.class_code, max(c.class_name) FILTER (c.disclosure_id = p.disclosure_id) AS name_now,
         max(c.class_name) AS any_name,
         max(c.amount) FILTER (c.disclosure_id = p.id_before) AS amount_before,
         max(c.amount) FILTER (c.disclosure_id = p.disclosure_id) AS amount
  FROM pairs p JOIN expenditure_by_class c
    ON c.phase = p.phase AND (c.disclosure_id = p.disclosure_id AND c.fiscal_year = p.fiscal_year
    OR c.disclosure_id = p.id_before AND c.fiscal_year = p.fiscal_year - 1)
  GROUP BY ALL
)
SELECT entity_name, entity_key, division_code, scope, stage, phase, both_status AS status, class_code,
       coalesce(name_now, any_name) AS class_name, fiscal_year - 1 AS year_before, amount_before,
       fiscal_year AS year, amount, coalesce(amount, 0) - coalesce(amount_before, 0) AS change,
       round(100 * (coalesce(amount, 0) - amount_before) / nullif(amount_before, 0), 2) AS percent
FROM classes
ORDER BY division_code, entity_key, scope, stage, year, class_code;

-- Expenditure of each body by departmental economic code, table by table: tables of one document overlap, so choose one.
CREATE OR REPLACE VIEW economic_items AS
SELECT any_value(entity_name) AS entity_name, entity_key, division_code, scope, stage, any_value(status) AS status,
       fiscal_year, phase, table_code, fund, department_economic_code AS code,
       any_value(department_economic_name) AS name, sum(amount) AS amount
FROM lines
WHERE row_kind = 'detail' AND measure = 'total' AND revenue_source IS NULL AND department_economic_code IS NOT NULL
  AND coalesce(direction, 'expenditure') = 'expenditure' AND own_year
GROUP BY disclosure_id, entity_key, division_code, scope, stage, fiscal_year, phase, table_code, fund, code
ORDER BY division_code, entity_key, scope, fiscal_year, stage, table_code, code;

-- What documents contradict themselves in, the largest first; what rounding may explain is left out.
-- `difference` is in yuan, and null where the two sides are no money (percent, counts).
CREATE OR REPLACE VIEW contradictions AS
SELECT d.entity_name, d.entity_key, d.disclosure_year, d.stage, d.scope, d.preferred, c.family, c.rule_id, c.subject,
       c.unit, c.left_value, c.right_value, CASE WHEN c.unit = 'CNY' THEN abs(c.difference) END AS difference,
       c.message_zh, c.message_en, c.check_id, c.disclosure_id, d.source_file
FROM checks c JOIN disclosures d USING (disclosure_id)
WHERE c.status = 'fail' AND c.severity = 'error' AND NOT coalesce(c.rounding_only, false)
ORDER BY CASE WHEN c.unit = 'CNY' THEN abs(c.difference) END DESC NULLS LAST, c.check_id;

-- Satisfaction that performance tables aim at.
CREATE OR REPLACE VIEW satisfaction_targets AS
SELECT d.entity_name, d.entity_key, d.division_code, d.disclosure_year, d.scope, p.name AS project, i.horizon,
       i.level1, i.level2, i.level3, i.text, t.subject, t.comparator, t.value, t.unit, t.printed, t.target_id, i.page, i.line
FROM targets t JOIN indicators i USING (indicator_id) JOIN preferred d ON d.disclosure_id = t.disclosure_id
LEFT JOIN projects p ON p.project_id = i.project_id
WHERE concat_ws(' ', i.level1, i.level2, i.level3, t.subject) LIKE '%满意%'
ORDER BY d.division_code, d.entity_key, d.disclosure_year, t.target_id;

-- Where each amount of a table and each statement stands: file, page, line, the characters as printed, and, for sources
-- with positions, the box on the page in points (x0, top, x1, bottom).
CREATE OR REPLACE VIEW places AS
WITH records AS (
  SELECT line_id AS id, 'budget_lines' AS owner_table, disclosure_id, table_code AS about, item AS words, fiscal_year,
         amount, printed, printed_unit, page, line, "start", "end"
  FROM budget_lines
  UNION ALL
  SELECT statement_id, 'statements', disclosure_id, metric, coalesce(subject, value_text), fiscal_year,
         CASE WHEN unit = 'CNY' THEN value END, printed, printed_unit, page, line, "start", "end"
  FROM statements
)
SELECT r.id, d.entity_name, d.entity_key, d.disclosure_year, r.about, r.words, r.fiscal_year, r.amount, r.printed,
       r.printed_unit, d.source_file, r.page, r.line, r."start", r."end", n.x0, n.top, n.x1, n.bottom,
       'sources/' || r.disclosure_id || '.txt' AS text_file, r.disclosure_id, r.owner_table
FROM records r JOIN disclosures d USING (disclosure_id)
LEFT JOIN numbers n ON n.disclosure_id = r.disclosure_id AND n."start" = r."start" AND n."end" = r."end";

-- The same for key figures of preferred disclosures: the place of the record that each rests on.
CREATE OR REPLACE VIEW figure_places AS
SELECT k.entity_name, k.entity_key, k.division_code, k.scope, k.stage, k.figure, k.fiscal_year, k.phase, k.comparison,
       k.basis, k.agrees, p.* EXCLUDE (entity_name, entity_key, fiscal_year)
FROM key_figures k JOIN places p ON p.id = k.owner_id AND p.owner_table = k.owner_table
WHERE k.preferred
ORDER BY k.division_code, k.entity_key, k.scope, k.fiscal_year, k.figure;
