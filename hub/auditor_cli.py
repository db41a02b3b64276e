"""`waterhub auditor`: looks whether people are told of alarms, in a process of its own."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]


def auditor(
    config: Config,
    every: Annotated[float, typer.Option(min=0.5, max=60, help="seconds between two audits")] = 30.0,
) -> None:
    """Watch that people are told of alarms, apart from the hub, until SIGTERM.

    It reads the ledger's file, and speaks by a channel of its own (`auditor` in escalation.yaml)."""
    from core.runtime.clock import clock_of
    from core.runtime.logs import log
    from hub.audit_file import AUDIT
    from hub.auditor import Auditor, pace_of, rules_of
    from hub.channels import channels_of
    from hub.cli import WRONG_CONFIGURATION, fail, until_told
    from hub.config import HubFile
    from hub.documents import document
    from hub.escalation_file import NAME, read_escalation
    from hub.master_files import read_master
    from hub.problems import Problem, WrongConfiguration

    problems: list[Problem] = []
    try:
        hub = document(config / "hub.yaml", HubFile)
        master = read_master(config, problems)
        file = read_escalation(config / NAME, master, problems)
        if problems or master is None or file is None:
            raise WrongConfiguration(problems)
        if file.auditor is None:
            mend = "add `auditor:` with a channel of its own and an address"
            raise WrongConfiguration([Problem(config / NAME, 0, "there is no auditor in it", mend)])
    except WrongConfiguration as wrong:
        raise fail(str(wrong), WRONG_CONFIGURATION) from wrong
    data = hub.data
    clock = clock_of(data)
    channel = channels_of(file, config.resolve(), data)[file.auditor.channel]
    rules = rules_of(file, master.spec.alarms)
    made = Auditor(file.auditor, rules, data, channel, clock, pace_of(every))

    async def work() -> None:
        log.info("the auditor looks", file=str(data / AUDIT))
        print(json.dumps({"ready": True}), flush=True)
        await made.run()

    asyncio.run(until_told(work()))
