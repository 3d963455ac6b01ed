"""The files for containers: no container runs here, but what they name must be there."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from prefect.settings.models.server.ui import ServerUISettings
from ruamel.yaml import YAML

from flows.settings import ROOT, Settings

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text("utf-8"))


def test_the_image_is_made_from_what_is_in_the_repository() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (entry,) = re.findall(r'ENTRYPOINT \["(\w+)"\]', DOCKERFILE)
    assert entry in project["scripts"]
    (python,) = re.findall(r"FROM python:3\.(\d+)-slim", DOCKERFILE)
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    assert int(low) <= int(python) < int(high)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    (compiled,) = re.findall(r"compileall -q ([a-z ]+)", DOCKERFILE)
    for needed in (*compiled.split(), "seeds", "prefect.yaml", "requirements.lock"):
        assert (ROOT / needed).exists()
        assert needed not in ignored


def test_every_variable_of_ours_is_a_setting() -> None:
    known = {f"TAAR_{name.upper()}" for name in Settings.model_fields}
    for text in (DOCKERFILE, (ROOT / "compose.yaml").read_text("utf-8")):
        assert set(re.findall(r"\bTAAR_[A-Z0-9_]+", text)) <= known


def test_the_services_deploy_as_make_deploy_does() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", "server", "deploy", "worker"}
    (script,) = services["deploy"]["command"]
    told = re.search(
        r"^deploy:.*?\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    assert told is not None
    commands = set(re.findall(r"\$\(BIN\)/(prefect [^>|\\\n]+)", told[1]))
    assert len(commands) == 5
    for command in commands:
        assert command.strip() in script
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            assert other in services, name
    for volume in (v for s in services.values() for v in s.get("volumes", ())):
        assert volume.partition(":")[0] in COMPOSE["volumes"]


def test_nothing_is_open_to_other_machines() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_dashboard_can_be_had() -> None:
    known = {
        str(name).lower()
        for setting in (ServerUISettings.model_fields[f] for f in ("static_directory", "api_url"))
        for name in setting.validation_alias.choices  # type: ignore[union-attr]
    }
    (folder,) = re.findall(r"(PREFECT_\w+UI_STATIC_DIRECTORY)=(\S+)", DOCKERFILE)
    assert folder[0].lower() in known
    writable = re.findall(r"chown taar:taar (.+)", DOCKERFILE)[0].split()
    assert any(folder[1].startswith(f"{own}/") for own in writable)
    server = COMPOSE["services"]["server"]
    ((name, told),) = [(k, v) for k, v in server["environment"].items() if "UI_API" in k]
    assert name.lower() in known
    (port,) = server["ports"]
    assert told == f"http://{port.rpartition(':')[0]}/api"
