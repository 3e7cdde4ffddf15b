"""What was done is never rewritten, except that the documents of it may forget a person who left for good."""

from alembic import op

revision = "0003"
down_revision = "0002"

# A transaction that says `SET LOCAL quits.forgetting = 'on'` may change the documents, and still no other column.
ALLOWED = """
CREATE FUNCTION refuse_rewriting_unless_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('quits.forgetting', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$
"""

FACTS = """
CREATE FUNCTION keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - 'before' - 'after') <> (to_jsonb(OLD) - 'before' - 'after') THEN
    RAISE EXCEPTION 'who did what and when in % never changes', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""

UP = (
    ALLOWED,
    FACTS,
    "DROP TRIGGER activity_is_append_only ON activity",
    """
    CREATE TRIGGER activity_is_append_only BEFORE DELETE OR TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
    """
    CREATE TRIGGER activity_only_forgets BEFORE UPDATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_unless_forgetting()
    """,
    """
    CREATE TRIGGER activity_keeps_facts BEFORE UPDATE ON activity
    FOR EACH ROW EXECUTE FUNCTION keep_facts()
    """,
)

DOWN = (
    "DROP TRIGGER activity_keeps_facts ON activity",
    "DROP TRIGGER activity_only_forgets ON activity",
    "DROP TRIGGER activity_is_append_only ON activity",
    """
    CREATE TRIGGER activity_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
    """,
    "DROP FUNCTION keep_facts()",
    "DROP FUNCTION refuse_rewriting_unless_forgetting()",
)


def upgrade() -> None:
    """Bring the schema from the version before to this one."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Bring the schema back to the version before."""
    for statement in DOWN:
        op.execute(statement)
