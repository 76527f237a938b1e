"""Where the files are that ship with mailsla beside its code: templates and migrations."""

from pathlib import Path

import mailsla
from mailsla.errors import PermanentError


def shipped(name: str) -> Path:
    """The folder `name` ("migrations", "templates").

    A wheel carries it inside the package (hatchling's force-include); an editable install doesn't, there it is the
    repository's. Raises PermanentError when it is in neither place.
    """
    package = Path(mailsla.__file__).resolve().parent
    places = (package / "_shipped" / name, package.parent.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise PermanentError(
        f"the installation is incomplete: no folder {name} at {' or '.join(str(place) for place in places)}",
        mend="install mailsla again",
    )
