# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dropping and collecting files: a folder of this machine, and a real SFTP server."""

import importlib.util
import io
import os
import re
import resource
import socket
import threading
from pathlib import Path

import paramiko
import pytest
from demat_lib_chorus_edi import errors, sftp
from demat_lib_chorus_edi.dropbox import Folder, Sftp

_path = Path(__file__).parents[1] / "sftp_server.py"
_spec = importlib.util.spec_from_file_location("chorus_sftp_server", _path)
sftp_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sftp_server)

NAME = "FSO1117A_ABC123_ABC1231117000000000000042.tar.gz"


@pytest.fixture
def server(tmp_path):
    made = sftp_server.SftpServer(tmp_path)
    yield made
    made.close()


def connect(server, **options):
    options = {"password": server.password, "host_key": server.host_key_line} | options
    return Sftp("127.0.0.1", server.port, server.user, timeout=5, **options)


@pytest.fixture(params=["folder", "sftp"])
def box(request, tmp_path):
    """Both kinds, over the same folder of this machine."""
    if request.param == "sftp":
        return connect(request.getfixturevalue("server"))
    for name in ("out", "in", "done"):
        (tmp_path / name).mkdir()
    return Folder(tmp_path)


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_put_is_whole_and_may_be_repeated(box, tmp_path):
    content = os.urandom(300_000)
    box.check()
    box.put(NAME, content)
    box.put(NAME, content)
    assert names(tmp_path / "out") == [NAME], "nothing temporary is left"
    assert (tmp_path / "out" / NAME).read_bytes() == content


@pytest.mark.parametrize("other", [b"other", b"CONTENT", b""])
def test_put_never_replaces_another_file(box, tmp_path, other):
    (tmp_path / "out" / NAME).write_bytes(other)
    with pytest.raises(errors.Rejected, match="Another file"):
        box.put(NAME, b"content")
    assert (tmp_path / "out" / NAME).read_bytes() == other
    assert names(tmp_path / "out") == [NAME]


@pytest.mark.parametrize(
    "name",
    ["", "../a", "/a", "a/b", "..", ".a", "a\\b", "a\0", "a\nb", "-rf", "x" * 201],
)
def test_names_that_are_paths(box, tmp_path, name):
    with pytest.raises(errors.Rejected):
        box.put(name, b"")
    with pytest.raises(errors.Rejected):
        box.acknowledge(name)
    assert names(tmp_path) == ["done", "in", "out"]


def test_fetch_and_acknowledge(box, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    inbox = tmp_path / "in"
    for name in ("b.xml", "a.xml", ".hidden.xml", "half.xml.part"):
        (inbox / name).write_bytes(name.encode())
    (inbox / "link.xml").symlink_to(secret)
    (inbox / "sub").mkdir()
    found = list(box.fetch())
    assert found == [("a.xml", b"a.xml"), ("b.xml", b"b.xml")]
    box.acknowledge("a.xml")
    box.acknowledge("a.xml")  # gone already
    assert [name for name, _content in box.fetch()] == ["b.xml"]
    assert (tmp_path / "done" / "a.xml").read_bytes() == b"a.xml"
    # the same name once more keeps both
    (inbox / "a.xml").write_bytes(b"second")
    box.acknowledge("a.xml")
    assert names(tmp_path / "done") == ["2-a.xml", "a.xml"]
    assert (tmp_path / "done" / "a.xml").read_bytes() == b"a.xml"


def test_a_file_too_large_is_told_after_the_others(box, tmp_path):
    (tmp_path / "in" / "a.xml").write_bytes(b"x" * 11)
    (tmp_path / "in" / "b.xml").write_bytes(b"x" * 10)
    found = []
    with pytest.raises(errors.TooLarge, match=re.escape("a.xml")) as caught:
        for item in box.fetch(max_bytes=10):
            found.append(item)
    assert caught.value.names == ("a.xml",)
    assert isinstance(caught.value, errors.Rejected)
    assert found == [("b.xml", b"x" * 10)]


def test_without_done_the_file_is_removed(server, tmp_path):
    (tmp_path / "in" / "a.xml").write_bytes(b"a")
    connect(server, folders={"done": ""}).acknowledge("a.xml")
    (tmp_path / "in" / "b.xml").write_bytes(b"b")
    Folder(out=tmp_path / "out", inbox=tmp_path / "in").acknowledge("b.xml")
    assert names(tmp_path / "in") == names(tmp_path / "done") == []


def test_a_missing_folder(box, tmp_path):
    (tmp_path / "out").rmdir()
    for act in (box.check, lambda: box.put(NAME, b"x")):
        with pytest.raises(errors.FixCredentials) as caught:
            act()
        assert caught.value.layer == "account"


def test_a_disk_that_is_full(tmp_path):
    """A limit of the process stands for the end of the disk."""
    for name in ("out", "in", "done"):
        (tmp_path / name).mkdir()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(errors.RetryLater, match="out"):
            Folder(tmp_path).put(NAME, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert names(tmp_path / "out") == []


def test_a_pipe_among_the_returns_does_not_block(tmp_path):
    for name in ("out", "in", "done"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "in" / "a.xml")
    assert list(Folder(tmp_path).fetch()) == []


def test_folder_needs_paths():
    with pytest.raises(ValueError):
        Folder()


def pem(key, password=None):
    text = io.StringIO()
    key.write_private_key(text, password=password)
    return text.getvalue()


@pytest.mark.parametrize("password", ["", "pass of the key"])
def test_login_by_key(server, tmp_path, password):
    key = paramiko.RSAKey.generate(2048)
    server.client_keys.append(key)
    text = pem(key, password or None)
    box = connect(server, password="", key=text, key_password=password)
    box.put(NAME, b"x")
    assert names(tmp_path / "out") == [NAME]


@pytest.mark.parametrize("text", ["no key", "-----BEGIN {} KEY-----\nAAAA\n"])
def test_a_key_that_is_none(server, text):
    text = text.format("OPENSSH PRIVATE")
    with pytest.raises(errors.FixCredentials, match="private key") as caught:
        connect(server, key=text).check()
    assert text not in str(caught.value)


def test_a_refused_login_tells_no_password(server):
    stranger = pem(paramiko.ECDSAKey.generate())
    for options in ({"password": "wrong-password"}, {"key": stranger}):
        with pytest.raises(errors.FixCredentials, match="login") as caught:
            connect(server, **options).check()
        assert caught.value.layer == "account"
        assert "wrong-password" not in str(caught.value)


def test_the_key_of_the_server_must_be_the_expected_one(server):
    other = paramiko.ECDSAKey.generate()
    line = f"{other.get_name()} {other.get_base64()}"
    for host_key in (line, sftp.fingerprint_of(other)):
        with pytest.raises(errors.FixCredentials, match="another key") as caught:
            connect(server, host_key=host_key).check()
        assert sftp.fingerprint_of(server.host_key) in str(caught.value)
    with pytest.raises(ValueError):
        connect(server, host_key=" ")


def test_the_key_of_the_server_by_line_with_comment_or_fingerprint(server):
    line, fingerprint = sftp.server_key("127.0.0.1", server.port, timeout=5)
    assert line == server.host_key_line
    for host_key in (f"{line} comment", fingerprint):
        connect(server, host_key=host_key).check()


def test_one_connection_for_several_calls(server, tmp_path):
    (tmp_path / "in" / "a.xml").write_bytes(b"a")
    with connect(server) as box:
        for name, _content in box.fetch():
            box.acknowledge(name)
        box.put(NAME, b"x")
    assert server.logins == 1
    assert names(tmp_path / "in") == []


def test_not_reachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Sftp("127.0.0.1", port, "u", password="p", host_key="SHA256:x", timeout=2)
    for act in (box.check, lambda: sftp.server_key("127.0.0.1", port, 2)):
        with pytest.raises(errors.RetryLater):
            act()


def test_a_server_that_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        box = Sftp("127.0.0.1", port, "u", password="p", host_key="x", timeout=0.3)
        with pytest.raises(errors.RetryLater):
            box.check()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_cut_while_the_file_gets_its_name(server, tmp_path, moment):
    """The other side may have it: not to be dropped again without asking."""
    server.cut_on_rename = moment
    with pytest.raises(errors.OutcomeUnknown):
        connect(server).put(NAME, b"x")
    assert (NAME in names(tmp_path / "out")) == (moment == "after")
    server.cut_on_rename = ""
    connect(server).put(NAME, b"x")
    assert NAME in names(tmp_path / "out")


def test_two_that_drop_the_same_file_at_once(box, tmp_path):
    content, failures = os.urandom(200_000), []

    def drop(one):
        try:
            one.put(NAME, content)
        except errors.ChorusError as error:
            failures.append(error)

    threads = [threading.Thread(target=drop, args=(box,)) for _one in range(2)]
    if isinstance(box, Folder):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        drop(box)
        drop(box)
    assert not failures
    assert names(tmp_path / "out") == [NAME]
