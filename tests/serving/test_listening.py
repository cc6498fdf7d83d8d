"""Which addresses are listened on."""

import json
import shutil
import socket
import subprocess
import sys

import pytest

from tests.serving.conftest import NewServing
from tests.serving.processes import Serving
from tixallo.cli.listening import listen, port_of
from tixallo.config.environment import BadSetting

pytestmark = pytest.mark.once

_WITHOUT_IPV6 = "ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 && exec "


def test_both_loopback_addresses_are_served_by_one_process(serving: Serving) -> None:
    processes = {serving.get("/pid", host) for host in ("127.0.0.1", "::1", "localhost")}

    assert len(processes) == 1


def test_the_application_sees_the_address_of_the_client(serving: Serving) -> None:
    assert json.loads(serving.get("/environ", "127.0.0.1"))["REMOTE_ADDR"] == "127.0.0.1"
    assert json.loads(serving.get("/environ", "::1"))["REMOTE_ADDR"] == "::1"


def test_every_address_is_one_socket_on_which_ipv4_clients_keep_their_address(new_serving: NewServing) -> None:
    serving = new_serving(TIXALLO_HOST="::").listening()

    assert f"http://localhost:{serving.port}" in serving.log
    assert json.loads(serving.get("/environ", "127.0.0.1"))["REMOTE_ADDR"] == "127.0.0.1"
    assert json.loads(serving.get("/environ", "::1"))["REMOTE_ADDR"] == "::1"


def test_one_address_is_listened_on_alone(new_serving: NewServing) -> None:
    serving = new_serving(TIXALLO_HOST="::1").listening()

    assert f"http://[::1]:{serving.port}" in serving.log
    with pytest.raises(ConnectionRefusedError):
        serving.get("/")


def test_port_0_takes_one_that_is_free_on_both_addresses() -> None:
    listeners = listen("localhost", 0)
    try:
        assert [one.getsockname()[:2] for one in listeners] == [
            ("127.0.0.1", port_of(listeners)),
            ("::1", port_of(listeners)),
        ]
    finally:
        for one in listeners:
            one.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_on_one_of_the_addresses_is_refused(address: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as other:
        # A listener that shares its port with others of its kind is no exception.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((address, 0))
        other.listen()

        with pytest.raises(BadSetting, match=r"^Port \d+ is in use by another program: .*--port\.$"):
            listen("localhost", other.getsockname()[1])


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(BadSetting, match=rf"^TIXALLO_HOST must be an address of this machine, not '{host}' \(.*\)\.$"):
        listen(host, 0)


def test_without_ipv6_the_first_loopback_address_is_enough() -> None:
    inside = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c"]
    if not shutil.which("ip") or subprocess.run([*inside, _WITHOUT_IPV6 + "true"], check=False).returncode:
        pytest.skip("No network namespace can be made here")
    script = "from tixallo.cli.listening import listen; print([one.getsockname()[0] for one in listen('localhost', 0)])"

    run = subprocess.run(
        [*inside, f'{_WITHOUT_IPV6} "$0" -W ignore -c "$1"', sys.executable, script],
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "['127.0.0.1']\n"
