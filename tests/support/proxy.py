"""A proxy between the job and the server that can act before each message that the job sends.

It listens on a unix socket of its own; the job is given its folder as host. Messages are counted
for each connection by themselves. What libpq sends at once (parse, bind, execute, sync) is one.
"""

import os
import pathlib
import socket
import struct
import tempfile
import threading

UNIT_ENDS = b"QScdf"  # query, sync, copy done, copy data, copy fail
START_UP = 196608
ANSWER_SECONDS = 20


class Connection:
    """One connection of the job through the proxy."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = connect_to_server()
        self.name = ""
        self.count = 0
        self.muted = False  # answers are kept from the job
        self.answered = threading.Event()

    def cut(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def forward_unanswered(self, unit):
        """The server gets it and answers; the job does not learn of it."""
        self.muted = True
        self.server.sendall(unit)
        self.answered.wait(ANSWER_SECONDS)

    def _read(self, size):
        data = b""
        while len(data) < size:
            piece = self.client.recv(size - len(data))
            if piece == b"":
                raise EOFError
            data += piece
        return data

    def _start(self):
        head = self._read(8)
        length, code = struct.unpack("!ii", head)
        body = self._read(length - 8)
        self.server.sendall(head + body)
        if code == START_UP:
            words = body.split(b"\0")
            if b"application_name" in words:
                self.name = words[words.index(b"application_name") + 1].decode()

    def _messages(self):
        """Forwards what the job sends; asks the proxy's rule before each unit."""
        self._start()
        unit = b""
        while True:
            head = self._read(5)
            unit += head + self._read(struct.unpack("!i", head[1:])[0] - 4)
            if head[:1] in UNIT_ENDS:
                self.count += 1
                self.proxy.rule(self, unit)
            if head[:1] in UNIT_ENDS + b"Xp":
                if not self.muted:
                    self.server.sendall(unit)
                unit = b""

    def serve_client(self):
        try:
            self._messages()
        except (EOFError, OSError):
            pass
        self.cut()

    def serve_server(self):
        try:
            while True:
                data = self.server.recv(65536)
                if data == b"":
                    break
                if self.muted:
                    self.answered.set()
                else:
                    self.proxy.delay(self, data)
                    self.client.sendall(data)
        except OSError:
            pass
        self.cut()


def connect_to_server():
    host, port = os.environ["PGHOST"], os.environ.get("PGPORT", "5432")
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def let_pass(_connection, _bytes):
    """The rule that is none."""


class Proxy:
    """`rule(connection, unit)` is called before a unit is forwarded; it may cut or do harm.

    `delay(connection, data)` is called before a piece of an answer is; it may take its time.
    """

    def __init__(self, rule=let_pass, delay=let_pass):
        self.rule = rule
        self.delay = delay
        # libpq's sockets may have 107 bytes.
        self._folder = tempfile.TemporaryDirectory(prefix="tierclose-proxy.", dir="/tmp")
        self.host = pathlib.Path(self._folder.name)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.host / f".s.PGSQL.{os.environ.get('PGPORT', '5432')}"))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def _accept(self):
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            connection = Connection(self, client)
            for serve in (connection.serve_client, connection.serve_server):
                thread = threading.Thread(target=serve)
                self._threads.append(thread)
                thread.start()

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()
        self._listener.close()
        self._folder.cleanup()


def is_commit(unit):
    return unit[:1] == b"Q" and unit[5:] == b"commit\0"


def words_of(unit):
    """The SQL in a unit, for a person."""
    printable = "".join(chr(byte) if 32 <= byte < 127 else " " for byte in unit)
    return " ".join(printable.split())[:100]
