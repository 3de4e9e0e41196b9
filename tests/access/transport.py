"""TLS as an administrator sets it up: what must work does, and what must not is refused."""

import dataclasses
import tempfile
import threading

from cases import Failure, add_case, expect, expect_equal
from live import Copy, psql
from setting import FOLDER, OPEN, SERVER_LOG, TODAY, run, set_server, tcp_dsn, write_file

DATABASE = "tierclose_access_tls"
PASSWORD = "a password of TLS"
WRONG = "a wrong password"
CA = str(FOLDER / "ca.crt")
FULL = {"sslmode": "verify-full", "sslrootcert": CA}
REFUSED = 69

_server = threading.Lock()  # its certificate is one for all


@dataclasses.dataclass
class Trial:
    """A connection of a user with these words of a dsn, and what must come of it."""
    name: str
    user: str
    words: dict
    part: str = ""  # of the message; empty: it works
    password: str = PASSWORD


def client(name, key=None):
    return {**FULL, "sslcert": str(FOLDER / f"{name}.crt"),
            "sslkey": str(FOLDER / f"{key or name}.key")}


PLAIN = "plain"
BY_PASSWORD = "tls_password"
BY_CERTIFICATE = "tls_cert"

# By the certificate that the server shows.
TRIALS = {
    "server": (
        Trial("verify-full", BY_PASSWORD, FULL),
        Trial("verify-full with channel binding", BY_PASSWORD,
              {**FULL, "channel_binding": "require"}),
        Trial("without channel binding", BY_PASSWORD, {**FULL, "channel_binding": "disable"}),
        Trial("a wrong password", BY_PASSWORD, FULL, "password authentication failed", WRONG),
        Trial("no password", BY_PASSWORD, FULL, "no password supplied", ""),
        Trial("another authority", BY_PASSWORD,
              {**FULL, "sslrootcert": str(FOLDER / "other_ca.crt")},
              "certificate verify failed"),
        Trial("no authority", BY_PASSWORD, {**FULL, "sslrootcert": "/nonexistent"},
              'root certificate file "/nonexistent" does not exist'),
        Trial("another name", BY_PASSWORD, {**FULL, "host": "db.example.com"},
              'does not match host name "db.example.com"'),
        Trial("without TLS where it is wanted", BY_PASSWORD, {"sslmode": "disable"},
              "no pg_hba.conf entry"),
        Trial("SCRAM without TLS", PLAIN, {"sslmode": "disable"}),
        Trial("channel binding without TLS", PLAIN,
              {"sslmode": "disable", "channel_binding": "require"}, "channel binding"),
        Trial("a client's certificate", BY_CERTIFICATE, client("client")),
        Trial("no client's certificate", BY_CERTIFICATE, FULL,
              "requires a valid client certificate"),
        Trial("a certificate of another user", BY_CERTIFICATE, client("client_stranger"),
              "certificate authentication failed"),
        Trial("a client's certificate of another authority", BY_CERTIFICATE,
              client("client_other_ca"), "unknown ca"),
        Trial("a key of another certificate", BY_CERTIFICATE, client("client", "client_stranger"),
              "key values mismatch"),
        Trial("a locked key without its pass phrase", BY_CERTIFICATE,
              client("client", "client_locked"), "could not load private key file"),
    ),
    "wrong_name": (
        Trial("verify-full, another name", BY_PASSWORD, FULL,
              'server certificate for "db.example.com" does not match host name "localhost"'),
        Trial("verify-ca looks at no name", BY_PASSWORD, {**FULL, "sslmode": "verify-ca"}),
    ),
    "expired": (
        Trial("verify-full, expired", BY_PASSWORD, FULL, "certificate verify failed"),
        Trial("require looks at no date", BY_PASSWORD, {"sslmode": "require"}),
    ),
    None: (
        Trial("a server without TLS", BY_PASSWORD, FULL, "server does not support SSL"),
    ),
}


def with_certificate(name):
    """The server shows this certificate; None: it has no TLS."""
    if name is None:
        set_server(ssl="off")
    else:
        set_server(ssl="on", ssl_cert_file=f"{name}.crt", ssl_key_file=f"{name}.key")


def try_trial(trial):
    variables = {"PGPASSWORD": trial.password} if trial.password else {}
    ended = run(("status",), tcp_dsn(DATABASE, trial.user, **trial.words), **variables)
    try:
        if trial.part:
            ended.expect(REFUSED, "error: no connection", trial.part, "hint: ")
        else:
            ended.expect(0)
        expect(trial.password == "" or trial.password not in ended.out + ended.err, "told")
    except Failure as failure:
        raise Failure(f"{trial.name}: {failure}") from None


def try_trials():
    for certificate, trials in TRIALS.items():
        with_certificate(certificate)
        for trial in trials:
            try_trial(trial)


def try_closes():
    """Every connection of a close, by password and by certificate, the key locked or not."""
    with_certificate("server")
    phrase = (FOLDER / "phrase").read_text(encoding="ascii").strip()
    before = SERVER_LOG.stat().st_size
    close = ("close", "--full", "--workers", "2", "--today", TODAY)
    run(close, tcp_dsn(DATABASE, BY_PASSWORD, **FULL, channel_binding="require"),
        PGPASSWORD=PASSWORD).expect(0, "closed by run")
    run(("restate", "--period", "2025-11", "--today", TODAY),
        tcp_dsn(DATABASE, BY_CERTIFICATE, **client("client"))).expect(0)
    with tempfile.TemporaryDirectory() as folder:
        words = client("client", "client_locked")
        for given, code in ((phrase, 0), ("a wrong phrase", REFUSED)):
            lines = "".join(f"{name}={value}\n" for name, value in
                            {**words, "sslpassword": given}.items())
            service = write_file(folder, "service.conf", f"[locked]\n{lines}")
            ended = run(("status",), "service=locked " + tcp_dsn(DATABASE, BY_CERTIFICATE),
                        PGSERVICEFILE=str(service)).expect(code)
            expect(given not in ended.out + ended.err, "the pass phrase is told")
    # Neither does the server accept a connection of these users without TLS, nor was there one.
    with open(SERVER_LOG, encoding="utf-8", errors="replace") as log:
        log.seek(before)
        lines = [line for line in log if "connection authorized: user=tls_" in line]
    expect(len(lines) >= 8, f"connections of the closes: {len(lines)}")
    expect_equal([line for line in lines if "SSL enabled" not in line], [], "without TLS")


def try_transport():
    with _server, Copy(OPEN, DATABASE):
        psql("postgres", "".join(
            f"create role {user} login in role tierclose_job password '{PASSWORD}';\n"
            for user in (PLAIN, BY_PASSWORD, BY_CERTIFICATE)))
        try:
            try_trials()
            try_closes()
        finally:
            with_certificate("server")


def register():
    add_case("TLS: verify-full, certificates of clients, SCRAM with channel binding", try_transport)
