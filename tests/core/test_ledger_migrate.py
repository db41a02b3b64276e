"""The ledger's revisions, as alembic reads them."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from core.adapters.sql_ledger.migrate import MIGRATIONS, head


def test_files_are_named_by_their_revisions_so_that_the_newest_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == head()
    for script in scripts.walk_revisions():
        assert script.path.rsplit("/", 1)[1].startswith(f"{script.revision}_")
