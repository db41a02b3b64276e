"""`waterhub opcua`: an engineer looks at the hub's certificate and accepts a server's."""

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from collectors.opcua.identity import identity
from hub.demo_cli import demo_config
from hub.opcua_cli import opcua_app


def plant(folder: Path) -> Path:
    config = folder / "plant"
    shutil.copytree(demo_config(), config)
    hub = config / "hub.yaml"
    lines = [line for line in hub.read_text().splitlines() if not line.startswith("data:")]
    hub.write_text("\n".join([f"data: {folder / 'data'}", *lines]))
    return config


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(opcua_app, list(map(str, words)))
    return done.exit_code, done.stdout


def test_the_certificate_is_shown_made_once_and_renewed(tmp_path):
    config = plant(tmp_path)
    code, said = run("certificate", config, "--json")
    assert code == 0, said
    made = json.loads(said)
    assert Path(made["certificate"]).parent == tmp_path / "data" / "opcua" / "own"
    assert json.loads(run("certificate", config, "--json")[1]) == made
    fresh = json.loads(run("certificate", config, "--renew", "--json")[1])
    assert (fresh["uri"], fresh["thumbprint"] == made["thumbprint"]) == (made["uri"], False)


def test_a_rejected_certificate_is_listed_and_trusted_by_the_start_of_its_thumbprint(tmp_path):
    config, pki = plant(tmp_path), tmp_path / "data" / "opcua"
    server = identity(tmp_path / "server")
    (pki / "rejected").mkdir(parents=True)
    shutil.copy(server.certificate, pki / "rejected" / f"plc-{server.thumbprint}.der")
    assert json.loads(run("trust", config, "--json")[1])["rejected"] == [f"plc-{server.thumbprint}.der"]
    nobodys = "00" if not server.thumbprint.startswith("00") else "FF"
    assert run("trust", config, nobodys)[0] == 3
    code, said = run("trust", config, server.thumbprint[:8].lower())
    assert (code, said) == (0, f"trusted from now on: plc-{server.thumbprint}.der\n")
    assert json.loads(run("trust", config, "--json")[1]) == {
        "trusted": [f"plc-{server.thumbprint}.der"],
        "rejected": [],
    }
