"""Look through a folder of images or any table: what imlkit explore PATH shows."""

import os

from imlkit import Dashboard, Explorer
from imlkit.tables.sources.opened import opened

table = opened(os.environ["IMLKIT_EXPLORE"], os.environ.get("IMLKIT_EXPLORE_ID") or None)
app = Dashboard(title=table.title, author="imlkit")
app.page("Explore").use(Explorer(table))
app.servable()
