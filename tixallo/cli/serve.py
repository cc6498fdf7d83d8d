"""`tixallo serve`: what is checked before anything starts, and the two processes that it keeps running."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tixallo.cli import listening, lock
from tixallo.cli.supervisor import Child, Supervisor
from tixallo.config import environment
from tixallo.config.environment import BadSetting, Environment

_EVERYWHERE = {"localhost", "0.0.0.0", "::"}  # noqa: S104 - recognised, not listened on


@dataclass(frozen=True)
class Programs:
    """What the children run, as MODULE:NAME: the application, what makes it ready, and the worker's command line."""

    application: str = "tixallo.config.wsgi:application"
    prepare: str = "tixallo.cli.web:prepare"
    worker: str = "tixallo.cli.main:main"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tixallo serve`; each goes before its TIXALLO_* variable."""
    parser.add_argument("--host", help="the address to listen on (default: both loopback addresses)")
    parser.add_argument("--port", help="the port to listen on (default: 8000)")
    parser.add_argument("--data", help="the data directory (default: data)")
    parser.add_argument("--tls-cert", help="a PEM file with the certificate and its chain, to serve https")
    parser.add_argument("--tls-key", help="the PEM file of its private key")


def addressed(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Run a word that shows addresses of the server: as in `serve`, an option goes before its variable.

    Where neither says which address, it is that of the server that runs on the data directory.
    """

    def running(arguments: argparse.Namespace) -> int:
        options = {name: getattr(arguments, name) for name in ("host", "port", "tls_cert", "tls_key")}
        given = {f"TIXALLO_{name.upper()}": value for name, value in options.items() if value is not None}
        os.environ.update(given)
        if not given and not any(os.environ.get(name) for name in ("TIXALLO_ORIGIN", "TIXALLO_PORT")):
            noted = lock.noted_origin(environment.load(os.environ, data=arguments.data).data)
            if noted:
                os.environ["TIXALLO_ORIGIN"] = noted
        return run(arguments)

    return running


def run(arguments: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> int:
    """Serve until told to stop, and return the exit status: 2, with one sentence, for a setting of no use."""
    overrides = {name: getattr(arguments, name) for name in ("host", "port", "data", "tls_cert", "tls_key")}
    try:
        settings = environment.load(environ, **overrides)
        for name in environment.unknown(environ):
            _say(f"{name} is not a setting and has no effect.")
        return serve(settings, environ)
    except BadSetting as error:
        _say(str(error))
        return 2


def serve(settings: Environment, environ: Mapping[str, str], programs: Programs = Programs()) -> int:
    """Hold the data directory, listen, and supervise the web process and the worker. Raises `BadSetting`."""
    held = lock.hold(settings.data)
    listeners = listening.listen(settings.host, settings.port)
    settings = replace(settings, port=listening.port_of(listeners))
    lock.note_origin(held, environment.load({**environ, **environment.variables(settings)}).origin)
    descriptors = [listener.fileno() for listener in listeners]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    web = Child(
        "the web process",
        "tixallo.cli.web:main",
        lambda control: [
            f"--ready={control}",
            *(f"--listen={descriptor}" for descriptor in descriptors),
            f"--application={programs.application}",
            f"--prepare={programs.prepare}",
        ],
        [*descriptors, held],
    )
    worker = Child("the worker", programs.worker, lambda _: ["worker"], [held])
    return Supervisor(
        [web, worker],
        listeners,
        {**environ, **environment.variables(settings)},
        lambda: print(f"Tixallo is listening on {_url(settings)}", flush=True),
    ).run()


def _url(settings: Environment) -> str:
    host = "localhost" if settings.host in _EVERYWHERE else settings.host
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls else 'http'}://{shown}:{settings.port}"


def _say(sentence: str) -> None:
    print(f"tixallo: {sentence}", file=sys.stderr)
