"""Is everything there already? Asked without loading the application, so that a second start is quick."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from capture.core.driver import driver
from capture.core.schema import newest
from capture.settings import Settings

SECRET_NAME, SECRET_FILE = "HOOK_CRM_SECRET", "demo_crm_secret"
FILE = "sqlite:///"
SEEN = 'SELECT version_num, EXISTS (SELECT 1 FROM site), EXISTS (SELECT 1 FROM "user") FROM alembic_version'


def is_prepared(settings: Settings) -> bool:
    """Migrated, with a site (or none wanted) and somebody who can sign in; False wherever that cannot be seen."""
    path = Path(unquote(settings.database_url.removeprefix(FILE)))
    if not settings.database_url.startswith(FILE) or not path.is_file():
        return False
    try:
        with closing(driver.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            version, has_site, has_user = connection.execute(SEEN).fetchone()
    except (driver.Error, TypeError):
        return False
    return version == newest() and bool(has_user) and bool(has_site or not settings.demo)
