# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Access and failures: which layer, which error, how often sent, nothing told."""

import base64
import logging
import socket
import traceback

import pytest
import requests
from demat_lib_chorus_edi import errors
from demat_lib_chorus_edi.client import Credentials
from demat_lib_chorus_edi.platforms import PLATFORMS, Platform

DEPOSIT = "factures/v1/deposer/flux"
HISTORY = "factures/v1/consulter/historique"
BEARER = {"WWW-Authenticate": 'Bearer realm="DefaultRealm", error="invalid_request"'}


def deposit(client):
    return client.deposit_flow("a.pdf", "IN_DP_E2_CII_FACTURX", b"%PDF-1.7")


def ask(client):
    return client.history("1")


def test_headers_and_token_are_sent_as_published(server, client):
    server.reply(DEPOSIT, {"codeRetour": 0, "numeroFluxDepot": "CPP1"})
    deposit(client)
    (token_path, form, token_headers), (path, _body, headers) = server.asked
    assert token_path == "/token"
    assert token_headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "application",
        "client_secret": "s3cret-of-the-application",
        "scope": "openid",
    }
    assert path == "/cpro/factures/v1/deposer/flux"
    assert headers["Authorization"] == "Bearer token-1"
    account = base64.b64decode(headers["cpro-account"]).decode()
    assert account == "TECH_1@cpro.fr:pàssword-of-the-account"


def test_a_netrc_file_does_not_replace_the_token(server, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    ask(client)
    assert server.asked[-1][2]["Authorization"] == "Bearer token-1"


def test_one_token_for_many_calls_and_the_calls_are_counted(server, make_client):
    calls = {}
    client = make_client(calls=calls)
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    for _call in range(3):
        ask(client)
    assert calls == {"token": 1, "consulter/historique": 3}


def test_the_token_is_renewed_before_its_end(server, client, monkeypatch):
    """60 seconds before: a token of an hour is used for 59 minutes."""
    from demat_lib_chorus_edi import transport

    now = [1000.0]
    monkeypatch.setattr(transport.time, "monotonic", lambda: now[0])
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    ask(client)
    now[0] += 3539
    ask(client)
    assert client.calls["token"] == 1
    now[0] += 2
    ask(client)
    assert client.calls["token"] == 2


@pytest.mark.parametrize("status", [400, 401])
def test_an_expired_token_is_renewed_once(server, client, reply, status):
    refused = reply(status=status, headers=BEARER if status == 400 else {})
    done = {"codeRetour": 0, "numeroFluxDepot": "CPP1"}
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    ask(client)
    server.reply(DEPOSIT, refused, done)
    assert deposit(client).number == "CPP1"
    assert client.calls["token"] == 2
    assert [h["Authorization"] for p, _b, h in server.asked if p.endswith(DEPOSIT)] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


@pytest.mark.parametrize(
    "operation, answer, layer",
    [
        ("/token", {"status": 400, "data": {"error": "invalid_client"}}, "token"),
        ("/token", {"status": 401}, "token"),
        (HISTORY, {"status": 400, "headers": BEARER}, "token"),
        (HISTORY, {"status": 401}, "account"),
        (HISTORY, {"status": 403}, "subscription"),
    ],
)
def test_the_layer_that_refuses_is_named(
    server, client, reply, operation, answer, layer
):
    server.reply(operation, reply(**answer))
    with pytest.raises(errors.FixCredentials) as caught:
        ask(client)
    assert caught.value.layer == layer
    assert client.calls["token"] == 1, "a new token is not asked for again"


def test_too_many_requests(server, client, reply):
    server.reply(DEPOSIT, reply(status=429, headers={"Retry-After": "90"}))
    with pytest.raises(errors.RetryLater) as caught:
        deposit(client)
    assert caught.value.retry_after == 90
    assert len(server.bodies(DEPOSIT)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 502, "data": b"<html>Bad Gateway</html>"},
        {"status": 503, "headers": {"Retry-After": "5"}},
        {"data": b""},
        {"data": b"[1, 2]"},
        {"data": b"<html>maintenance</html>"},
        {"data": b"[" * 100_000},
        {"data": {"codeRetour": "?"}},
        {"data": {"codeRetour": 0, "libelle": "done"}},  # no number of the flow
    ],
)
def test_an_unreadable_answer_is_an_unknown_outcome_of_a_write(
    server, client, reply, answer
):
    server.reply(DEPOSIT, reply(**answer))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        deposit(client)
    assert isinstance(caught.value, errors.BadAnswer)
    assert not isinstance(caught.value, errors.RetryLater)
    assert len(server.bodies(DEPOSIT)) == 1


@pytest.mark.parametrize("answer", [{"status": 500}, {"data": b"nothing"}])
def test_an_unreadable_answer_of_a_read_is_for_later(server, client, reply, answer):
    server.reply(HISTORY, reply(**answer))
    with pytest.raises(errors.RetryLater) as caught:
        ask(client)
    assert isinstance(caught.value, errors.BadAnswer)
    assert len(server.bodies(HISTORY)) == 1, "the client repeats nothing by itself"


@pytest.mark.parametrize("answer", [{"cut": True}, {"data": {"a": 1}, "short": True}])
def test_a_lost_answer(server, client, reply, answer):
    server.reply(DEPOSIT, reply(**answer))
    server.reply(HISTORY, reply(**answer))
    with pytest.raises(errors.OutcomeUnknown):
        deposit(client)
    assert len(server.bodies(DEPOSIT)) == 1
    with pytest.raises(errors.RetryLater):
        ask(client)


def test_no_answer_in_time(server, make_client, reply):
    client = make_client(timeout=(5, 0.2))
    server.reply(DEPOSIT, reply({"codeRetour": 0, "numeroFluxDepot": "1"}, wait=0.6))
    with pytest.raises(errors.OutcomeUnknown, match="no answer in time"):
        deposit(client)
    assert len(server.bodies(DEPOSIT)) == 1, "it did arrive"


def test_a_dripping_answer_has_an_end(server, make_client, monkeypatch):
    """A byte every now and then keeps the timeout of requests from ever striking."""
    from demat_lib_chorus_edi import transport

    monkeypatch.setattr(transport, "SLOWEST", 0)
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    with pytest.raises(errors.RetryLater, match="no answer in time"):
        ask(make_client())


def test_an_endless_answer_is_left(server, client, monkeypatch):
    from demat_lib_chorus_edi import transport

    monkeypatch.setattr(transport, "MAX_ANSWER", 100)
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1, "x": "y" * 200})
    with pytest.raises(errors.RetryLater, match="too long"):
        ask(client)


def test_what_surely_did_not_leave_may_be_sent_again(server, make_client):
    """Refused connection, unknown name, TLS: not an unknown outcome."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    nowhere = "https://chorus.invalid"
    plain = server.url.replace("http://", "https://")
    for api_url in (closed, nowhere, plain):
        with pytest.raises(errors.RetryLater):
            deposit(make_client(api_url=api_url))
    for token_url in (closed, nowhere, plain):
        with pytest.raises(errors.RetryLater):
            deposit(make_client(token_url=token_url))
    assert not server.bodies(DEPOSIT)


def test_a_request_cut_while_it_leaves_was_not_done(make_client):
    """A server acts on what it has in whole: half a body is no deposit."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        client = make_client(api_url=f"http://127.0.0.1:{port}", timeout=(5, 1))

        import threading

        def hang_up():
            connection, _address = listening.accept()
            connection.recv(1000)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(errors.RetryLater):
            client.deposit_flow("a.pdf", "X", b"x" * 20_000_000)
        thread.join()


def test_a_redirection_is_not_followed(server, client, reply):
    elsewhere = {"Location": f"{server.url}/elsewhere"}
    server.reply(HISTORY, reply(status=302, headers=elsewhere))
    with pytest.raises(errors.RetryLater):
        ask(client)
    assert not server.bodies("/elsewhere")


@pytest.mark.parametrize("status", [200, 400])
def test_a_business_refusal_in_both_forms(server, client, reply, status):
    data = {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}
    server.reply(DEPOSIT, reply(data, status=status))
    with pytest.raises(errors.Rejected) as caught:
        deposit(client)
    assert (caught.value.code, caught.value.label) == (20001, "GDP_MSG_11.022")


def test_a_refusal_that_calls_itself_done_is_a_refusal(server, client, reply):
    data = {"codeRetour": 0, "numeroFluxDepot": "1"}
    server.reply(DEPOSIT, reply(data, status=400))
    with pytest.raises(errors.Rejected):
        deposit(client)


@pytest.mark.parametrize("status", [404, 413, 415])
def test_refused_by_the_gateway(server, client, reply, status):
    server.reply(DEPOSIT, reply(status=status))
    with pytest.raises(errors.Rejected) as caught:
        deposit(client)
    assert caught.value.code == status


def test_a_token_server_that_gives_no_token(server, client, reply):
    for data in ({"expires_in": 3600}, {"access_token": "two\r\nlines"}, [], b"?"):
        server.reply("/token", data)
        with pytest.raises(errors.UnreadableAnswer):
            deposit(client)
        server._replies.clear()
    assert not server.bodies(DEPOSIT)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_server_that_is_ill(server, client, reply, status):
    server.reply("/token", reply(status=status))
    with pytest.raises(errors.RetryLater):
        deposit(client)


def test_no_secret_is_told(server, client, reply, caplog):
    """Not in messages, not in logs, not in tracebacks, not in what a server repeats."""
    caplog.set_level(logging.DEBUG)
    secrets = ("s3cret-of-the-application", "pàssword-of-the-account", "token-1")
    account = Credentials("a", secrets[0], "TECH_1@cpro.fr", secrets[1]).account
    told = f"{secrets[0]} {secrets[1]} {account}"
    server.reply(DEPOSIT, reply({"codeRetour": 1, "libelle": told}), reply(cut=True))
    server.reply("/token", reply({"access_token": "token-1", "expires_in": 9}))
    server.reply(HISTORY, reply(status=401))
    texts = [repr(client), repr(Credentials("a", *secrets))]
    for call in (deposit, deposit, ask):
        with pytest.raises(errors.ChorusError) as caught:
            call(client)
        texts += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
        texts += [str(caught.value.label)]
    texts += [record.getMessage() for record in caplog.records]
    for secret in (*secrets, account):
        assert not [text for text in texts if secret in text]


def test_a_session_of_ones_own_is_used(server, make_client):
    session = requests.Session()
    session.headers["X-Mine"] = "yes"
    server.reply(HISTORY, {"codeRetour": 0, "idFacture": 1})
    ask(make_client(session=session))
    assert server.asked[-1][2]["X-Mine"] == "yes"


def test_check_says_which_layer_failed(server, client, reply):
    rates, active = "recuperer/tauxtva", "structures/actives/fournisseur"
    done, listed = {"codeRetour": 0}, {"codeRetour": 0, "listeStructures": [{"id": 1}]}
    server.reply("rechercher/fournisseur", done)
    server.reply("structures/v1/rechercher", done)

    def states():
        return [(result.layer, result.ok) for result in client.check()]

    server.reply(rates, reply(status=403))
    assert states() == [
        ("token", True),
        ("account", None),
        ("subscription", False),
        ("structure", None),
    ]
    server._replies[rates].clear()
    server.reply(rates, reply(status=401))
    assert states()[1:3] == [("account", False), ("subscription", None)]
    server._replies[rates].clear()
    server.reply(rates, done)
    server.reply(active, {"codeRetour": 0, "listeStructures": []})
    assert states()[2:] == [("subscription", True), ("structure", False)]
    server._replies[active].clear()
    server.reply(active, listed)
    assert [ok for _layer, ok in states()] == [True] * 4


def test_the_platforms_are_the_published_ones():
    assert set(PLATFORMS) == {"qualification", "production"}
    assert PLATFORMS["production"].api_url == "https://api.piste.gouv.fr"
    assert "sandbox" in PLATFORMS["qualification"].token_url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://169.254.169.254/latest",
        "http://localhost.example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "",
        "api.example.com",
        "https://user:hidden@example.com",
        "https://example.com/?a=1",
        "https://example.com/#x",
        "https://exam ple.com",
        "https://[::1",
        "https://example.com:port",
    ],
)
def test_addresses_by_hand_that_are_refused(url):
    with pytest.raises(ValueError, match="api_url") as caught:
        Platform(token_url="https://example.com/token", api_url=url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://api.example.com/", "http://127.0.0.1:8000", "http://localhost:1", ""],
)
def test_addresses_by_hand_that_are_taken(url):
    platform = Platform("https://example.com/t", "http://[::1]:80", portal_url=url)
    assert platform.portal_url == url.rstrip("/")
