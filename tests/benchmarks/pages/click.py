"""The same page of imlkit's components."""

import panel as pn

from imlkit import Button, Text

button = Button("Click")
text = Text("clicked 0")
button.clicks.map(lambda clicks: f"clicked {clicks}").subscribe(text.value)
pn.Column(button, text).servable()
