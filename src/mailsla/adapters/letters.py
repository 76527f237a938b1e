"""Content values to the bytes of a mail: Jinja2 templates in the reader's language and zone."""

import traceback
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import tzinfo
from pathlib import Path
from types import FunctionType, MethodType, SimpleNamespace
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from mailsla.adapters import letters_text, words
from mailsla.adapters.catalogues import Catalogue, fitting, read_catalogues
from mailsla.adapters.command_help import EXPLAINED, Explained
from mailsla.adapters.labels import COMMANDS, USUAL
from mailsla.adapters.letters_compiled import COMPILED
from mailsla.adapters.letters_links import buttons
from mailsla.adapters.letters_mime import compose
from mailsla.adapters.letters_time import Times
from mailsla.adapters.letters_values import cleaned, greetable, one_line
from mailsla.adapters.report_letters import ReportLetter, pictures_of, sources, view_of
from mailsla.adapters.report_view import Reading
from mailsla.adapters.saved_replies import SavedReplies
from mailsla.core import letters, letters_digest, letters_people
from mailsla.core.letters import Content, Enclosure, Envelope, Reader
from mailsla.core.letters_customer import TO_CUSTOMERS
from mailsla.core.model import Instant, Reason
from mailsla.core.replies import Names, ReplyValues, Saved
from mailsla.errors import PermanentError

# What a faulty template or catalogue raises besides Jinja's own errors: a filter misused, a placeholder mistyped.
_FAULTS: Final = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


@dataclass(frozen=True, slots=True)
class _Mail:
    """What a template may know of the envelope."""

    from_name: str
    date: Instant
    reply_to: str
    answerable: bool  # a reply goes to an address with a right to act
    pictures: tuple[Enclosure, ...]


class JinjaLetters:
    """The letters port. Both folders hold `emails/KIND/...` and `locales/LANGUAGE/...`; the operator's files win."""

    def __init__(
        self, templates: Path, override: Path | None, zone_of: Callable[[str], tzinfo], replies: Path | None = None
    ) -> None:
        """`zone_of` gives the zone of an IANA name; `replies`: the folder of saved replies. Raises ConfigError when a
        catalogue can't be read."""
        self._folders = [templates] if override is None else [templates, override]
        self._zone_of = zone_of
        self._catalogues = read_catalogues(self._folders)
        self._environments = {
            language: _environment(self._folders, catalogue) for language, catalogue in self._catalogues.items()
        }
        self.saved = SavedReplies(replies, self._of_customers, self._environment_of, zone_of)
        self._names = frozenset(next(iter(self._environments.values())).list_templates())

    def languages(self, *, inside: bool) -> tuple[str, ...]:
        """The languages that letters to customers, or to our people (`inside`), are written in."""
        return tuple(sorted(one.language for one in self._catalogues.values() if one.serves(inside)))

    @property
    def catalogues(self) -> tuple[str, ...]:
        """The languages that there is a catalogue of, whole or not."""
        return tuple(sorted(self._catalogues))

    def missing(self, language: str) -> Sequence[str]:
        """The texts for want of which no letter to a customer is written in a language of `catalogues`."""
        return self._catalogues[language].missing

    def render(self, content: Content, envelope: Envelope, reader: Reader) -> bytes:
        """See ports/letters.py."""
        catalogue = self._catalogue_for(content, reader)
        subject, text, html = self._parts(content, envelope, reader, catalogue)
        return compose(envelope, catalogue.language, subject, text, html)

    def pictures(self, content: Content, reader: Reader, now: Instant) -> Sequence[Enclosure]:
        """See ports/letters.py."""
        if not isinstance(content, ReportLetter):
            return ()
        catalogue = self._catalogue_for(content, reader)
        return pictures_of(view_of(content, Reading(catalogue, self._times(catalogue, reader, now))))

    def page(self, content: Content, envelope: Envelope, reader: Reader) -> tuple[str, str]:
        """See ports/letters.py."""
        catalogue = self._catalogue_for(content, reader)
        _, text, html = self._parts(content, envelope, reader, catalogue, page=True)
        return text, html

    def _catalogue_for(self, content: Content, reader: Reader) -> Catalogue:
        return fitting(self._catalogues, reader.language, inside=content.kind not in TO_CUSTOMERS)

    def _times(self, catalogue: Catalogue, reader: Reader, now: Instant) -> Times:
        return Times(catalogue, self._zone_of(reader.zone), now)

    def _parts(
        self, content: Content, envelope: Envelope, reader: Reader, catalogue: Catalogue, *, page: bool = False
    ) -> tuple[str, str, str]:
        """Subject, text and HTML; a page has its pictures in itself."""
        values = self._values(content, envelope, reader, catalogue)
        if isinstance(content, ReportLetter):
            values["view"] = view_of(
                cleaned(content), Reading(catalogue, self._times(catalogue, reader, envelope.date))
            )
            values["charts"] = sources(envelope.enclosures, inside=page)
            values["page"] = page
        if (facts := self._facts(catalogue, content.kind, values)) is not None:
            values["facts"] = facts
        subject = " ".join(self._filled(catalogue, content.kind, "subject.txt", values).split())
        values["subject"] = subject
        text = letters_text.settled(self._filled(catalogue, content.kind, "body.txt", values))
        return subject, text, self._filled(catalogue, content.kind, "body.html", values)

    @property
    def replies(self) -> Names:
        """See ports/letters.py."""
        return self.saved.names

    def saved_reply(self, name: str, languages: tuple[str, ...], values: ReplyValues, now: Instant) -> Saved:
        """See ports/letters.py."""
        return self.saved.fill(name, languages, values, now)

    def _of_customers(self, language: str) -> Catalogue:
        return fitting(self._catalogues, language, inside=False)

    def _environment_of(self, language: str) -> Environment:
        return self._environments[self._of_customers(language).language]

    def word(self, reason: Reason, language: str, zone: str) -> str:
        """See ports/letters.py."""
        catalogue = fitting(self._catalogues, language, inside=True)
        return words.word(reason, catalogue, Times(catalogue, self._zone_of(zone), 0))

    def _values(self, content: Content, envelope: Envelope, reader: Reader, catalogue: Catalogue) -> dict[str, object]:
        times = self._times(catalogue, reader, envelope.date)
        pictures = tuple(file for file in envelope.enclosures if file.content_id and file.type.startswith("image/"))
        rtl = catalogue.direction == "rtl"
        return {
            "letter": cleaned(content),
            "mail": _Mail(
                one_line(envelope.from_name), envelope.date, envelope.reply_to, bool(envelope.reply_to), pictures
            ),
            "reader": reader,
            "t": times,
            "word": lambda reason: words.word(reason, catalogue, times),
            "buttons": lambda links, reference: buttons(links, reference, catalogue, times),
            "language": catalogue.language.replace("_", "-"),
            "direction": catalogue.direction,
            "left": "right" if rtl else "left",
            "right": "left" if rtl else "right",
        }

    def _facts(self, catalogue: Catalogue, kind: str, values: Mapping[str, object]) -> SimpleNamespace | None:
        """What both parts state, worked out once by KIND/facts.txt; None where the kind has none."""
        name = f"{kind}/facts.txt"
        if name not in self._names:
            return None
        environment = self._environments[catalogue.language]
        try:
            module = environment.get_template(name).make_module(dict(values))
        except TemplateSyntaxError as error:
            raise self._failed(error, name, catalogue) from error
        except _FAULTS as error:
            raise self._failed(_in_template(environment), name, catalogue) from error
        return SimpleNamespace(**{key: value for key, value in vars(module).items() if not key.startswith("_")})

    def _filled(self, catalogue: Catalogue, kind: str, part: str, values: Mapping[str, object]) -> str:
        name = f"{kind}/{part}"
        try:
            return self._environments[catalogue.language].get_template(name).render(values)
        except _FAULTS as error:
            raise self._failed(error, name, catalogue) from error

    def _failed(self, error: Exception, name: str, catalogue: Catalogue) -> PermanentError:
        return PermanentError(
            f"{self._place(error, name)}: {type(error).__name__}: {error} (language {catalogue.language})",
            "mend the template or its translation; `mailsla check` renders them all",
        )

    def _place(self, error: Exception, name: str) -> str:
        """File and line of the template that failed, the innermost one."""
        line = getattr(error, "lineno", None)
        if line is not None:  # a syntax error
            return f"{getattr(error, 'filename', None) or name}:{line}"
        roots = tuple(str(folder / "emails") for folder in self._folders)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(roots)]
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name


def _in_template(environment: Environment) -> Exception:
    """The error at hand with the template's lines in its traceback; `render` does this itself, `make_module` not."""
    try:
        environment.handle_exception()
    except _FAULTS as error:
        return error


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, with a short cut for our own values: its checks would cost more than all the rest of a letter."""

    _own = frozenset(
        {
            Times,
            _Mail,
            SimpleNamespace,
            Explained,
            Namespace,
            TemplateModule,
            LoopContext,
            *filter(is_dataclass, vars(letters).values()),
            *filter(is_dataclass, vars(letters_people).values()),
            *filter(is_dataclass, vars(letters_digest).values()),
        }
    )

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dict for all templates: Jinja's chain of two would be walked in Python for each part of a letter."""
        return super().make_globals(d) if d else self.globals

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) in self._own and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass  # the sandbox makes an Undefined of it
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        plain = kind is FunctionType and not hasattr(obj, "jinja_pass_arg")
        plain = plain or (kind is MethodType and type(obj.__self__) is Times)
        if not plain and kind is not Macro and kind is not _Translated:
            return super().call(context, obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)  # Jinja's own, for what takes a context
        kwargs.pop("_block_vars", None)
        return obj(*args, **kwargs) if plain else obj(context.eval_ctx, *args, **kwargs)


class _Translated:
    """`_("text %(name)s", name=value)`: as Jinja's own, but at a third of its price."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._gettext = catalogue.gettext

    def __call__(self, of: EvalContext, text: str, /, **values: object) -> str:
        found = self._gettext(text)
        return Markup(found) % values if of.autoescape else found % values  # escapes the values, not the text


def _environment(folders: list[Path], catalogue: Catalogue) -> _Sandbox:
    """Mail content is only ever a value: sandboxed, undefined names fail, HTML is escaped."""
    environment = _Sandbox(
        loader=ChoiceLoader([FileSystemLoader(folder / "emails") for folder in reversed(folders)]),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or name.endswith(".html"),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )
    environment.install_gettext_translations(catalogue.texts, newstyle=True)  # type: ignore[attr-defined]  # by i18n
    environment.globals["_"] = environment.globals["gettext"] = _Translated(catalogue)
    text = letters_text
    environment.filters |= {
        "quoted": text.quoted,
        "prose": text.prose,
        "paragraphs": text.paragraphs,
        "listed": text.listed,
        "shortened": text.shortened,
        "greetable": greetable,
    }
    gettext = catalogue.gettext
    environment.globals |= {
        "table": text.table,
        "columns": text.grid,
        "promise": lambda label, value, notes=(): text.promise(
            (gettext("%(label)s: %(value)s") % {"label": label, "value": ""}).rstrip(), value, notes
        ),
        "text_bar": text.bar,
        "mailto": text.mailto,
        "label": lambda group, value: words.label(group, value, catalogue),
        "usual": tuple(usage for usage, _ in COMMANDS if usage in USUAL),
        "command_of": lambda verb: Explained(EXPLAINED[verb].examples, gettext(EXPLAINED[verb].text)),
        "ack_line": text.marker(gettext("A reply stays inside; #ack on its first line stops the ladder")),
        "command_help": [(usage, gettext(meaning)) for usage, meaning in COMMANDS],
        "reply_line": lambda name: text.marker(
            gettext("Reply above this line: it goes to %(name)s. #note = inside"), name
        ),
        "reply_line_unnamed": text.marker(gettext("Reply above this line: it goes to the customer. #note = inside")),
        "commands_line": text.marker(gettext("A reply to this mail stays inside; its commands are carried out")),
        "inside_line": text.marker(gettext("A reply to this mail stays inside: the customer does not get it")),
        "incident_line": text.marker(gettext("Reply above this line: it goes to each customer. #note = inside")),
        "propose_line": text.marker(gettext("#incident on the first line of a reply makes them one")),
        "own_line": text.marker(gettext("mailsla writes this by itself: it needs no reply")),
        "confirm_line": lambda until: text.marker(gettext("Reply with #yes on the first line, until %(name)s"), until),
    }
    return environment
