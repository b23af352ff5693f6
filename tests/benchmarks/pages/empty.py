"""An empty Panel page."""

import panel as pn

pn.Column().servable()
