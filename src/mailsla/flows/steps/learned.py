"""What was learned, as it decides now: asked of the database at each new complaint, loaded once a version."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields

import structlog

from mailsla.core.triage.blend import Blend, competing, same_way
from mailsla.core.triage.labels import KeptModel
from mailsla.core.triage.learned import Learned, Recipe
from mailsla.errors import MailslaError, PermanentError
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork

log = structlog.get_logger()

Unpack = Callable[[bytes, int, Recipe], Learned]
MEND = "fit one anew (mailsla triage learn), or go back (mailsla triage rollback)"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version as this process has it; `learned` None: it can't be used, and `fault` says why."""

    kept: KeptModel
    learned: Learned | None
    fault: MailslaError | None = None


def blend_now(uow: UnitOfWork, services: Services) -> Blend | None:
    """The blend that decides on tickets; None: the lexicon alone, since there is no model, or none that can be used.

    A model that was learned for other categories than those configured (core/triage/blend.py) has no say on tickets.
    """
    loaded = load_active(uow, services)
    if loaded is None or loaded.learned is None:
        return None
    configured = services.triage.categories
    if not same_way({one.name for one in configured}, loaded.learned.categories):
        return None
    return Blend(loaded.learned, competing(configured, loaded.learned.categories))


def load_active(uow: UnitOfWork, services: Services) -> Loaded | None:
    """The version that decides now, whether another process made it or this one; None when there is none."""
    kept = uow.learning.active()
    if kept is None:
        services.learned.clear()
        return None
    known = services.learned.get(kept.id)
    if isinstance(known, Loaded) and known.kept.sha256 == kept.sha256:
        return known
    loaded = load(uow, services.unpack, kept)
    services.learned.clear()
    services.learned[kept.id] = loaded
    if loaded.fault is not None:
        log.error(
            "model not usable", version=kept.id, cause=loaded.fault.message, mend=loaded.fault.mend, used="lexicon"
        )
    else:
        log.info("model loaded", version=kept.id, labels=kept.labels)
    return loaded


def recipe_of(kept: KeptModel) -> Recipe:
    """The recipe as it was stored; a part that this version does not know is left out."""
    known = {one.name for one in fields(Recipe)}
    return Recipe(**{name: value for name, value in kept.recipe.items() if name in known})  # type: ignore[arg-type]


def load(uow: UnitOfWork, unpack: Unpack, kept: KeptModel) -> Loaded:
    """A version of its bytes, which must be those that were stored."""
    content = uow.learning.content(kept.id) or b""
    try:
        if hashlib.sha256(content).hexdigest() != kept.sha256:
            raise PermanentError(f"model {kept.id} is not as it was stored", MEND)
        return Loaded(kept, unpack(content, kept.id, recipe_of(kept)))
    except MailslaError as error:
        return Loaded(kept, None, error)
