"""An empty dashboard."""

from imlkit import Dashboard

app = Dashboard(title="Empty")
app.page("Main")
app.servable()
