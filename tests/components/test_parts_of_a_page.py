"""What runs in the browser is known before a page is made."""

from __future__ import annotations

import subprocess
import sys

# A page that is open when such a class is made does not know it: Panel tells of it to the first page
# that shows it only, and every other one fails where it should be shown.
MADE_LATER = """
import importlib, pkgutil
import imlkit
from imlkit import components, layouts
from panel.custom import ReactiveESM

def made(of=ReactiveESM):
    return {of, *(each for sub in of.__subclasses__() for each in made(sub))}

for name in imlkit.__all__:
    getattr(imlkit, name)
before = made()
for package in (components, layouts):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(sorted(each.__name__ for each in made() - before))
"""


def test_the_parts_of_every_view_are_made_with_its_component() -> None:
    run = [sys.executable, "-c", MADE_LATER]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == "[]"
