# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The part of a style sheet that a document uses.

The host's report bundle holds some 400 kB of rules and the renderer reads it for each
page body, header and footer. A document uses a tenth of it. The names in its selector
tell whether a rule can apply: if a class, an id, an element or an attribute of it
occurs nowhere in the documents, or if its lists lie deeper than theirs, the rule goes.
What cannot be judged stays.

The renderer is QtWebKit of 2011: it knows no variables of CSS, so declarations with
them go too, and it drops a rule as a whole when it does not know one of its selectors.
"""

import functools
import hashlib
import re
from dataclasses import dataclass

import tinycss2
from lxml import html as lxml_html

__all__ = ["Vocabulary", "reduce_css", "vocabulary_of"]

#: Rules that hold other rules.
_NESTING = {"media", "supports"}
#: Rules that a printed page never uses, and fonts, which are kept apart.
_USELESS = {"keyframes", "-webkit-keyframes", "-moz-keyframes", "charset", "font-face"}


#: Pseudo-classes and elements that the renderer knows for certain.
_KNOWN_PSEUDO = frozenset(
    "active after before checked disabled empty enabled first-child first-of-type "
    "focus hover last-child last-of-type link not nth-child nth-of-type only-child "
    "root visited".split()
)
#: Pseudo-elements of the fields of a form: parts of the browser, of no printed text.
_FIELD_PSEUDO = re.compile(r"-webkit-|-moz-|file-selector-button$")
_LISTS = ("ul", "ol")
#: A rule for what stands before or after every element: style is then computed three
#: times for each of them, mostly for nothing.
_EVERYWHERE = re.compile(r"\*::?(before|after)$")
_GENERATED = re.compile(r"::?(before|after)$")
_BOX_SIZING = re.compile(r"\s*box-sizing\s*:[^;{}]*$", re.IGNORECASE)
_FONT_FAMILY = re.compile(r"font(?:-family)?\s*:\s*([^;}]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Vocabulary:
    """Names that occur in documents: elements, classes, ids, attributes; and how deep
    their lists lie in each other.
    """

    elements: frozenset
    classes: frozenset
    ids: frozenset
    attributes: frozenset = frozenset()
    lists: int = 0

    def covers(self, elements, classes, ids, attributes=frozenset(), lists=0):
        """Say whether all these names occur, and lists that deep."""
        return (
            elements <= self.elements
            and classes <= self.classes
            and ids <= self.ids
            and attributes <= self.attributes
            and lists <= self.lists
        )

    def __or__(self, other):
        return Vocabulary(
            self.elements | other.elements,
            self.classes | other.classes,
            self.ids | other.ids,
            self.attributes | other.attributes,
            max(self.lists, other.lists),
        )


def vocabulary_of(text):
    """Return the :class:`Vocabulary` of an HTML text."""
    elements, classes, ids, attributes = {"html", "body"}, set(), set(), set()
    lists = 0
    nodes = lxml_html.document_fromstring(text).iter() if text.strip() else ()
    for element in nodes:
        if isinstance(element.tag, str):
            elements.add(element.tag.lower())
            classes.update((element.get("class") or "").split())
            ids.add(element.get("id"))
            attributes.update(element.keys())
            if element.tag in _LISTS:
                lists = max(lists, 1 + sum(1 for _ in element.iterancestors(*_LISTS)))
    return Vocabulary(
        frozenset(elements),
        frozenset(classes),
        frozenset(ids - {None}),
        frozenset(attributes),
        lists,
    )


def reduce_css(css, vocabulary, *, system_fonts=frozenset()):
    """Return the rules of ``css`` that can apply to documents of this vocabulary.

    :param css: text of a style sheet
    :param vocabulary: :class:`Vocabulary` of all documents it is for
    :param system_fonts: families that the machine has, in lower case; their
        ``@font-face`` rules go, as the renderer need not fetch them
    """
    digest = hashlib.sha256(css.encode()).hexdigest()
    return _reduce(digest, vocabulary, system_fonts, css_of=_Holder(css))


class _Holder:
    """The text of a sheet, left out of the key of the cache (its digest is in it)."""

    def __init__(self, css):
        self.css = css

    def __hash__(self):
        return 0

    def __eq__(self, other):
        return isinstance(other, _Holder)


@functools.lru_cache(maxsize=32)
def _reduce(digest, vocabulary, system_fonts, css_of):
    fonts, rules = _parse(digest, css_of)
    kept = "".join(_kept(rules, vocabulary, _generated(rules, vocabulary)))
    wanted = _families_of(kept) - system_fonts
    faces = "".join(text for family, text in fonts if family in wanted)
    return faces + kept


@functools.lru_cache(maxsize=4)
def _parse(digest, css_of):
    """Parse a sheet once: this takes a second or two for the host's bundle."""
    sheet = tinycss2.parse_stylesheet(
        css_of.css, skip_comments=True, skip_whitespace=True
    )
    fonts = [
        (_family(rule.content), f"{rule.serialize()}\n")
        for rule in sheet
        if rule.type == "at-rule" and rule.lower_at_keyword == "font-face"
    ]
    return fonts, _prepare(sheet)


def _prepare(rules):
    """Turn parsed rules into tuples that are cheap to judge again and again."""
    prepared = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                (
                    _names(tokens),
                    _is_strange(tokens),
                    tinycss2.serialize(tokens).strip(),
                )
                for tokens in _split(rule.prelude)
            ]
            body = _declarations(rule.content)
            if body:
                prepared.append(("rule", selectors, body))
        elif rule.type == "at-rule" and rule.lower_at_keyword in _NESTING:
            prelude = tinycss2.serialize(rule.prelude).strip()
            inner = tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True
            )
            head = f"@{rule.lower_at_keyword} {prelude}"
            prepared.append(("nest", head, _prepare(inner)))
        elif rule.type == "at-rule" and rule.lower_at_keyword not in _USELESS:
            prepared.append(("other", None, rule.serialize()))
    return prepared


def _declarations(content):
    """Return the declarations that the renderer can understand, as a text."""
    kept = []
    for one in tinycss2.parse_blocks_contents(
        content, skip_comments=True, skip_whitespace=True
    ):
        text = one.serialize()
        variable = one.type == "declaration" and (
            one.name.startswith("--") or _has_variable(one.value)
        )
        if not variable:
            kept.append(text)
    return ";".join(kept)


def _has_variable(tokens):
    return any(
        token.type == "function"
        and (token.lower_name == "var" or _has_variable(token.arguments))
        for token in tokens
    )


def _is_strange(tokens):
    """Say whether a selector has a pseudo-class that the renderer may not know."""
    colon = False
    for token in tokens:
        if colon and token.type in ("ident", "function"):
            name = token.lower_value if token.type == "ident" else token.lower_name
            if name not in _KNOWN_PSEUDO:
                return True
        colon = token.type == "literal" and token.value == ":"
    return False


def _split(tokens):
    """Split the tokens of a prelude at its commas."""
    selectors, current = [], []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            selectors.append(current)
            current = []
        else:
            current.append(token)
    selectors.append(current)
    return selectors


def _names(tokens):
    """Return ``(elements, classes, ids, attributes, lists)`` that a selector needs.

    What stands in the brackets of ``:not()`` asks for nothing here: such a part may
    apply without its names. ``lists`` is how many lists lie in each other.
    """
    elements, classes, ids, attributes, nested = set(), set(), set(), set(), []
    previous = None
    for token in tokens:
        if token.type == "hash":
            ids.add(token.value)
        elif token.type == "[] block":
            attributes.update(_attribute(token.content))
        elif token.type == "ident":
            if previous == ".":
                classes.add(token.value)
            elif previous != ":":
                elements.add(token.lower_value)
                nested.append(token.lower_value)
            elif _FIELD_PSEUDO.match(token.lower_value):
                elements.add("input")
        previous = token.value if token.type == "literal" else None
    beside = any(token.type == "literal" and token.value in "+~" for token in tokens)
    lists = 0 if beside else sum(name in _LISTS for name in nested)
    return *map(frozenset, (elements, classes, ids, attributes)), lists


def _attribute(content):
    """Yield the name of the attribute that stands in brackets."""
    for token in content:
        if token.type == "ident":
            yield token.lower_value
            return


def _family(content):
    """Return the family of a ``@font-face`` rule, in lower case."""
    for declaration in tinycss2.parse_declaration_list(content):
        if (
            declaration.type == "declaration"
            and declaration.lower_name == "font-family"
        ):
            return tinycss2.serialize(declaration.value).strip().strip("\"'").lower()
    return ""


def _selectors(head, vocabulary):
    """Return the selectors of a rule that can apply; none if the rule cannot."""
    kept = [vocabulary.covers(*names) for names, _strange, _text in head]
    if not any(kept):
        return []
    # a strange one may make the renderer drop the rule: it decides, as before
    return [
        text
        for (_names, strange, text), use in zip(head, kept, strict=True)
        if use or strange
    ]


def _generated(prepared, vocabulary):
    """Return the selectors of what really is generated before or after an element.

    :return: list of selectors; ``None`` if another rule gives such a thing its own
        ``box-sizing``, so that a rule for all of them has to stay as it is
    """
    found = []
    for kind, head, body in prepared:
        if kind == "nest":
            inner = _generated(body, vocabulary)
            if inner is None:
                return None
            found += inner
        elif kind == "rule":
            mine = [
                text
                for text in _selectors(head, vocabulary)
                if _GENERATED.search(text) and not _EVERYWHERE.fullmatch(text)
            ]
            if mine and "box-sizing" in body:
                return None
            if mine and "content" in body:
                found += mine
    return list(dict.fromkeys(found))


def _kept(prepared, vocabulary, generated):
    for kind, head, body in prepared:
        if kind == "rule":
            selectors = _selectors(head, vocabulary)
            if generated is not None and _BOX_SIZING.match(body):
                every = [text for text in selectors if _EVERYWHERE.fullmatch(text)]
                if every:
                    selectors = [text for text in selectors if text not in every]
                    selectors += generated
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}\n"
        elif kind == "nest":
            inner = "".join(_kept(body, vocabulary, generated))
            if inner:
                yield f"{head}{{{inner}}}\n"
        else:
            yield f"{body}\n"


def _families_of(css):
    """Return the families that the declarations of a sheet name, in lower case."""
    found = set()
    for value in _FONT_FAMILY.findall(css):
        found.update(name.strip().strip("\"'").lower() for name in value.split(","))
    return frozenset(found)
