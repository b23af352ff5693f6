"""``python -m imlkit.apps.study``: export a study, or remove a participant who asked for it."""

import sys

from imlkit.apps.study.command import main

sys.exit(main(sys.argv[1:]))
