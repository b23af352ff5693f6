"""A bare Panel page: a button and a text."""

import panel as pn

text = pn.pane.Str("clicked 0")
button = pn.widgets.Button(name="Click")
button.on_click(lambda event: setattr(text, "object", f"clicked {event.new}"))
pn.Column(button, text).servable()
