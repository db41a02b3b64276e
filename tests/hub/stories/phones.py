"""`demo --lan`: of all that its processes listen on, one socket is not on 127.0.0.1, and it speaks TLS."""

import ssl

import httpx
import psutil

from tests.hub.running_demo import RunningDemo


def one_door(demo: RunningDemo, address: str) -> None:
    processes = [psutil.Process(int(pid)) for pid in demo.facts["pids"].values()]
    whole = [one for process in processes for one in (process, *process.children(recursive=True))]
    listening = {
        (c.laddr.ip, c.laddr.port)
        for one in whole
        for c in one.net_connections("inet")
        if c.status == "LISTEN"
    }
    port = demo.facts["ports"]["the phones' door"]
    assert {where for where in listening if where[0] != "127.0.0.1"} == {(address, port)}
    trusting = ssl.create_default_context(cafile=str(demo.data / "lan" / "ca.crt"))
    with httpx.Client(base_url=f"https://{address}:{port}", verify=trusting, trust_env=False) as phone:
        assert demo.facts["phones"]["fingerprint"] in phone.get("/phone?lang=en").text
        one = next(one for one in demo.facts["sign_ins"] if one["role"] == "crew")
        signed = phone.post("/api/v1/session", json={"user": one["user"], "password": one["password"]})
        assert signed.status_code == 204 and "__Host-waterhub" in phone.cookies
        assert phone.get("/crew").status_code == 200
