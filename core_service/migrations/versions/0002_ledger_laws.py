"""What PostgreSQL itself refuses: lines that do not add up, balances that are not zero-sum, a rewritten history.

What every write does is checked once for its statement: it inserts all lines of an expense together, and changes all
balances of an event together. The rest is checked row by row when the transaction commits.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

EXPENSE = """
CREATE FUNCTION check_expense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid;
  due bigint;
  total_paid numeric;
  total_share numeric;
BEGIN
  IF TG_TABLE_NAME = 'expenses' THEN
    checked := NEW.id;
  ELSIF TG_OP = 'UPDATE' AND OLD.expense_id <> NEW.expense_id THEN
    RAISE EXCEPTION 'a line stays with its expense' USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_adds_up';
  ELSE
    checked := OLD.expense_id;
  END IF;
  SELECT CASE kind WHEN 'income' THEN -event_amount ELSE event_amount END INTO due FROM expenses WHERE id = checked;
  IF due IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(sum(paid), 0), coalesce(sum(share), 0) INTO total_paid, total_share
    FROM ledger_lines WHERE expense_id = checked;
  IF total_paid <> due OR total_share <> due THEN
    RAISE EXCEPTION 'expense %: paid % and shares % do not both add up to %', checked, total_paid, total_share, due
      USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_adds_up';
  END IF;
  RETURN NULL;
END $$
"""

LINES = """
CREATE FUNCTION check_added_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong uuid;
BEGIN
  SELECT expense.id INTO wrong FROM expenses AS expense
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(paid), 0) AS paid, coalesce(sum(share), 0) AS share
      FROM ledger_lines WHERE expense_id = expense.id
    ) AS total
    WHERE expense.id IN (SELECT DISTINCT expense_id FROM added)
      AND NOT (total.paid = total.share AND total.paid = CASE kind WHEN 'income' THEN -event_amount ELSE event_amount END)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'expense %: the lines do not add up to its amount', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_adds_up';
  END IF;
  RETURN NULL;
END $$
"""

# What a statement changes the balances by: the rows after it, less the rows before it.
BALANCES = """
CREATE FUNCTION check_{name}_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong uuid;
BEGIN
  SELECT event_id INTO wrong FROM ({rows}) AS counted
    GROUP BY event_id HAVING sum(balance) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'event %: what its balances change by does not add up to zero', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_zero_sum';
  END IF;
  RETURN NULL;
END $$
"""
AFTER = "SELECT event_id, paid - share + sent - received AS balance FROM rows_after"
BEFORE = "SELECT event_id, -(paid - share + sent - received) AS balance FROM rows_before"

HISTORY = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

FUNCTIONS = (
    EXPENSE,
    LINES,
    BALANCES.format(name="inserted", rows=AFTER),
    BALANCES.format(name="updated", rows=f"{AFTER} UNION ALL {BEFORE}"),
    BALANCES.format(name="deleted", rows=BEFORE),
    HISTORY,
)

TRIGGERS = (
    """
    CREATE CONSTRAINT TRIGGER expense_adds_up AFTER INSERT OR UPDATE OF kind, event_amount ON expenses
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_expense()
    """,
    """
    CREATE TRIGGER added_lines_add_up AFTER INSERT ON ledger_lines REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_added_lines()
    """,
    """
    CREATE CONSTRAINT TRIGGER lines_add_up AFTER UPDATE OR DELETE ON ledger_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_expense()
    """,
    """
    CREATE TRIGGER inserted_balances_zero_sum AFTER INSERT ON balances REFERENCING NEW TABLE AS rows_after
    FOR EACH STATEMENT EXECUTE FUNCTION check_inserted_balances()
    """,
    """
    CREATE TRIGGER updated_balances_zero_sum AFTER UPDATE ON balances
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after
    FOR EACH STATEMENT EXECUTE FUNCTION check_updated_balances()
    """,
    """
    CREATE TRIGGER deleted_balances_zero_sum AFTER DELETE ON balances REFERENCING OLD TABLE AS rows_before
    FOR EACH STATEMENT EXECUTE FUNCTION check_deleted_balances()
    """,
    """
    CREATE TRIGGER activity_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
)


def upgrade() -> None:
    """Bring the schema from the version before to this one."""
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
