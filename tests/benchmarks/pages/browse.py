"""A page that shows the dataset of the store beside it."""

from imlkit import Dashboard, Dataset, DatasetBrowser, data_store

app = Dashboard(title="Browse")
app.page("Main").use(DatasetBrowser(Dataset("pictures", data_store("kept"))))
app.servable()
