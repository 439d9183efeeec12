# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""VIES, the European Commission's service that says whether a VAT number is valid.

One operation, ``checkVatApprox``: asked with the number of who asks, it answers with a
consultation number, which is the proof of the seller who invoices without VAT
(directive 2006/112/EC, art. 138; CGI, art. 262 ter I). SOAP, by zeep, with the
interface description beside this file: nothing is fetched but the answer.
"""

import io
import re
import threading
import time
from dataclasses import dataclass
from datetime import date
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import requests
import zeep
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault

__all__ = [
    "ADDRESS",
    "CODES",
    "TEST_ADDRESS",
    "Answer",
    "Client",
    "ViesError",
    "VatNumber",
    "check_address",
]

#: The service, and the one for tests, where the number chooses the answer: 100 valid,
#: 200 invalid, 201 INVALID_INPUT, 202 INVALID_REQUESTER_INFO, 300 SERVICE_UNAVAILABLE…
ADDRESS = "https://ec.europa.eu/taxation_customs/vies/services/checkVatService"
TEST_ADDRESS = "https://ec.europa.eu/taxation_customs/vies/services/checkVatTestService"

#: What the service refuses with → who can do something about it: ``retry`` nobody, the
#: same question may be answered later; ``number`` the number asked about is no VAT
#: number; ``requester`` ours is not; ``blocked`` the service wants no question of ours.
CODES = {
    "INVALID_INPUT": "number",
    "INVALID_REQUESTER_INFO": "requester",
    "SERVICE_UNAVAILABLE": "retry",
    "MS_UNAVAILABLE": "retry",
    "TIMEOUT": "retry",
    "SERVER_BUSY": "retry",
    "GLOBAL_MAX_CONCURRENT_REQ": "retry",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME": "retry",
    "MS_MAX_CONCURRENT_REQ": "retry",
    "MS_MAX_CONCURRENT_REQ_TIME": "retry",
    "VAT_BLOCKED": "blocked",
    "IP_BLOCKED": "blocked",
}

_MEMBER_STATES = set(
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    " XI".split()
)
#: VAT prefix where it is not the code of the country (ISO 3166-1)
_PREFIXES = {"GR": "EL"}
_MAX_ANSWER = 64 * 1024
_BINDING = "{urn:ec.europa.eu:taxud:vies:services:checkVat}checkVatBinding"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CLEAR = re.compile(rb"<(?:[\w.-]+:)?valid(?:\s[^<>]*)?>\s*(?:true|false|1|0)\s*<")


class ViesError(Exception):
    """No answer about a number.

    ``code`` is that of the service (:data:`CODES`) or one of ours: ``NO_CONNECTION``,
    ``NO_ANSWER`` (in time), ``BAD_ANSWER``. ``reaction`` is a value of :data:`CODES`; a
    code that we do not know is ``retry``.
    """

    def __init__(self, code, message=""):
        super().__init__(message or code)
        self.code = code
        self.reaction = CODES.get(code, "retry")


@dataclass(frozen=True)
class VatNumber:
    """A number as VIES takes it: prefix of the member state, and the rest."""

    country: str
    number: str

    def __str__(self):
        return self.country + self.number

    @classmethod
    def parse(cls, text: str) -> "VatNumber | None":
        """Read ``text`` as people write it; ``None`` if VIES cannot be asked about it.

        >>> VatNumber.parse("be 0477.472.701")
        VatNumber(country='BE', number='0477472701')
        """
        kept = "".join(c for c in (text or "").upper() if c.isascii() and c.isalnum())
        country, number = _PREFIXES.get(kept[:2], kept[:2]), kept[2:]
        if country not in _MEMBER_STATES or not 2 <= len(number) <= 12:
            return None
        return cls(country, number)


@dataclass(frozen=True)
class Answer:
    """What VIES said. ``content`` is its answer to the byte, to be kept as evidence.

    ``consultation`` is empty when the service gave none (it gives one only to a
    requester whose number is valid); ``name`` and ``address`` are empty where the
    member state tells none (Germany, Spain).
    """

    number: VatNumber
    valid: bool
    date: date
    consultation: str
    name: str
    address: str
    content: bytes


def check_address(address: str) -> str:
    """Return ``address`` if it may be asked, else raise ``ValueError`` that says why.

    TLS only, for what comes back is evidence; without it on this machine (tests).
    """
    try:
        parts = urlsplit(address)
        # raises for a port that is no number
        known = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known or parts.username or parts.password:
        raise ValueError("not an address of a service")
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in _LOOPBACK
    ):
        raise ValueError("the address must begin with https://")
    return address


class Client:
    """Asks the service; ``timeout`` (seconds) is for the whole question, name
    resolution included.

    Not to be shared by threads. Nothing is tried again here: the caller knows when.
    """

    def __init__(self, address: str = ADDRESS, *, timeout: float = 10.0):
        self._address = check_address(address)
        self._timeout = timeout

    def check(self, number: VatNumber, requester: VatNumber) -> Answer:
        """Ask whether ``number`` is valid, in the name of ``requester``.

        Raises :class:`ViesError` when there is no answer to that question.
        """
        outcome: list = []
        thread = threading.Thread(
            target=self._ask, args=(number, requester, outcome), daemon=True
        )
        thread.start()
        thread.join(self._timeout)
        if not outcome:
            raise ViesError("NO_ANSWER", f"no answer within {self._timeout:g} s")
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def _ask(self, number, requester, outcome):
        """Put the answer or what went wrong into ``outcome``."""
        transport = _Transport(self._timeout)
        try:
            client = zeep.Client(_path(), transport=transport, settings=_settings())
            service = client.create_service(_BINDING, self._address)
            found = service.checkVatApprox(
                countryCode=number.country,
                vatNumber=number.number,
                requesterCountryCode=requester.country,
                requesterVatNumber=requester.number,
            )
            outcome.append(_read(found, number, transport.content))
        except Fault as fault:
            outcome.append(_fault(fault))
        except ViesError as error:
            outcome.append(error)
        except requests.Timeout:
            outcome.append(ViesError("NO_ANSWER", f"none within {self._timeout:g} s"))
        except (requests.RequestException, OSError) as error:
            # its text may hold the address with what was added to it
            outcome.append(ViesError("NO_CONNECTION", type(error).__name__))
        except (ZeepError, ValueError, TypeError, AttributeError, LookupError) as error:
            outcome.append(ViesError("BAD_ANSWER", type(error).__name__))
        finally:
            transport.session.close()


class _Transport(zeep.Transport):
    """Sends one question; keeps the answer as it came. No redirections, no cookies, no
    endless answers."""

    def __init__(self, timeout):
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        super().__init__(operation_timeout=timeout, session=session)
        self.content = b""

    def load(self, url):
        if url != _path():
            raise ViesError("BAD_ANSWER", "it refers to another document")
        return super().load(url)

    def post(self, address, message, headers):
        deadline = time.monotonic() + self.operation_timeout
        with self.session.post(
            address,
            data=message,
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=self.operation_timeout,
            allow_redirects=False,
            stream=True,
        ) as reply:
            content = bytearray()
            # one by one, or a server that drips is waited for until a piece is full
            for piece in reply.iter_content(1):
                content += piece
                if len(content) > _MAX_ANSWER:
                    raise ViesError("BAD_ANSWER", "its answer is too long")
                if time.monotonic() > deadline:
                    raise requests.Timeout
            # a fault comes with 500
            if reply.status_code not in (200, 500):
                raise ViesError("NO_CONNECTION", f"HTTP {reply.status_code}")
            self.content = bytes(content)
            result = requests.Response()
            result.status_code = reply.status_code
            result.headers = reply.headers
            result.raw = io.BytesIO(self.content)
            return result


def _path() -> str:
    return str(Path(__file__).parent / "wsdl" / "vies.wsdl")


def _settings():
    return zeep.Settings(
        strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )


def _fault(fault) -> ViesError:
    """Return the error for a SOAP fault, whose text is the code or begins with it."""
    text = (fault.message or "").strip()
    for word in text.replace(":", " ").split():
        if word in CODES:
            return ViesError(word)
    return ViesError("UNKNOWN_FAULT", text[:200])


def _read(found, number, content) -> Answer:
    """Check that the answer is about our question."""
    asked = VatNumber.parse(f"{found.countryCode}{found.vatNumber}")
    if asked != number or not isinstance(found.requestDate, date):
        raise ViesError("BAD_ANSWER", "it answers another question")
    # zeep reads as "no" all that is not a "yes"
    if not _CLEAR.search(content):
        raise ViesError("BAD_ANSWER", "it does not say whether the number is valid")
    return Answer(
        number=number,
        valid=found.valid,
        date=found.requestDate,
        consultation=_text(found.requestIdentifier),
        name=_text(found.traderName),
        address=_text(found.traderAddress)
        or ", ".join(
            filter(
                None,
                (
                    _text(found.traderStreet),
                    f"{_text(found.traderPostcode)} {_text(found.traderCity)}".strip(),
                ),
            )
        ),
        content=content,
    )


def _text(value) -> str:
    """Return one line; the service writes ``---`` for what a state does not tell."""
    text = " ".join((value or "").split())
    return "" if set(text) <= {"-"} else text
