"""What PostgreSQL itself refuses: lines that do not add up, balances that are not zero-sum, a rewritten history."""

from alembic import op

revision = "0002"
down_revision = "0001"

# A constraint trigger fires once for each row. All rows of one expense need one check only, so the first one notes
# what was checked and when: within one statement (the COMMIT, as a rule) nothing can change in between.
NOTED = """
CREATE FUNCTION is_first_check(subject text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  mark text := pg_current_xact_id()::text || ' ' || statement_timestamp()::text || ' ' || subject;
BEGIN
  IF current_setting('quits.checked', true) = mark THEN
    RETURN false;
  END IF;
  PERFORM set_config('quits.checked', mark, true);
  RETURN true;
END $$
"""

LINES = """
CREATE FUNCTION check_expense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid;
  due bigint;
  total_paid numeric;
  total_share numeric;
BEGIN
  IF TG_TABLE_NAME = 'expenses' THEN
    checked := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    checked := OLD.expense_id;
  ELSIF TG_OP = 'UPDATE' AND OLD.expense_id <> NEW.expense_id THEN
    RAISE EXCEPTION 'a line stays with its expense' USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_adds_up';
  ELSE
    checked := NEW.expense_id;
  END IF;
  IF NOT is_first_check('expense ' || checked) THEN
    RETURN NULL;
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

BALANCES = """
CREATE FUNCTION check_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.event_id ELSE NEW.event_id END;
  total numeric;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.event_id <> NEW.event_id THEN
    RAISE EXCEPTION 'a balance stays in its event' USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_zero_sum';
  END IF;
  IF NOT is_first_check('balances ' || checked) THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(sum(paid - share + sent - received), 0) INTO total FROM balances WHERE event_id = checked;
  IF total <> 0 THEN
    RAISE EXCEPTION 'event %: the balances add up to %, not to zero', checked, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_zero_sum';
  END IF;
  RETURN NULL;
END $$
"""

HISTORY = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

TRIGGERS = (
    """
    CREATE CONSTRAINT TRIGGER expense_adds_up AFTER INSERT OR UPDATE OF kind, event_amount ON expenses
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_expense()
    """,
    """
    CREATE CONSTRAINT TRIGGER lines_add_up AFTER INSERT OR UPDATE OR DELETE ON ledger_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_expense()
    """,
    """
    CREATE CONSTRAINT TRIGGER balances_zero_sum AFTER INSERT OR UPDATE OR DELETE ON balances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_balances()
    """,
    """
    CREATE TRIGGER activity_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
)


def upgrade() -> None:
    """Bring the schema from the version before to this one."""
    for statement in (NOTED, LINES, BALANCES, HISTORY, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Bring the schema back to the version before."""
    op.execute("DROP TRIGGER activity_is_append_only ON activity")
    op.execute("DROP TRIGGER balances_zero_sum ON balances")
    op.execute("DROP TRIGGER lines_add_up ON ledger_lines")
    op.execute("DROP TRIGGER expense_adds_up ON expenses")
    for function in ("refuse_rewriting()", "check_balances()", "check_expense()", "is_first_check(text)"):
        op.execute(f"DROP FUNCTION {function}")
