"""`replay`: plays the real log through the running program's public doors and counts everything twice."""

import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded.datafolder import DataFolder, RunningInstance
from config.embedded.venv import PROJECT
from config.replay import expected, report
from config.replay.chaos import Chaos
from config.replay.driver import Driver, Progress, wait_for
from config.replay.inputs import incident_rows
from config.replay.mailbox import Mailbox
from config.replay.stage import Actor, actors
from lib.tenancy import for_service
from reviews.models import UntreatedEvent

SHARED = Path(os.environ.get("CANDOR_SHARED", PROJECT.parent / "shared")) / "data"


class Command(BaseCommand):
    """Exits 0 when every figure agrees with the input files, 1 with a sentence for each that does not."""

    help = "Play real incidents, answers and reviews through the running program, and compare the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shared", type=Path, default=SHARED, help="the folder of the real data")
        parser.add_argument("--part", type=int, default=1, metavar="N", help="only the first Nth of the incidents")
        parser.add_argument("--kill", action="store_true", help="kill worker, web server and Valkey at random")
        parser.add_argument("--seed", type=int, default=20261101, help="of the kills")
        parser.add_argument("--table", type=Path, metavar="FILE", help="write the table there too")

    def handle(self, *args: Any, **options: Any) -> None:
        shared: Path = options["shared"]
        if not (shared / "servicenow_incidents").is_dir():
            raise CommandError(f"The replay reads real data, and {shared} holds none: name the folder with --shared.")
        data = DataFolder(settings.DATA_DIR)
        running = data.running()
        if running is None:
            raise CommandError("The program is not running.")
        mailbox = Mailbox(data.mail)
        began = time.monotonic()
        stage = actors()
        chaos = self._play(options, running=running, data=data, mailbox=mailbox, stage=stage)
        table, wrong = self._compare(options, mailbox=mailbox, stage=stage)
        self.stdout.write(f"\n{table}\n")
        self.stdout.write(f"Played in {time.monotonic() - began:.0f} seconds.")
        if chaos:
            self.stdout.write("Killed: " + ", ".join(f"{name} {times} times" for name, times in chaos.kills.items()))
        if options["table"]:
            options["table"].write_text(table + "\n")
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"{len(wrong)} figures disagree.")
        self.stdout.write("Every figure agrees; no mail was lost and none came twice.")

    def _play(
        self,
        options: dict[str, Any],
        *,
        running: RunningInstance,
        data: DataFolder,
        mailbox: Mailbox,
        stage: list[Actor],
    ) -> Chaos | None:
        rows = incident_rows(options["shared"], part=options["part"])
        plans, _ = expected.plans(rows)
        progress = Progress(data.path / "settled.txt", len(rows), self._say)
        self._say(f"{len(rows)} rows to play, {len(progress.lines)} of them settled before.")
        driver = Driver(
            url=running.url, actors=stage, plans=plans, mailbox=mailbox, progress=progress, shared=options["shared"]
        )
        chaos = Chaos(program=running.pid, seed=options["seed"]) if options["kill"] else None
        if chaos:
            chaos.start()
        try:
            driver.play(rows)
        finally:
            if chaos:
                chaos.stop()
        wait_for(_scores_are_current, "the scores to be current")
        return chaos

    def _compare(self, options: dict[str, Any], *, mailbox: Mailbox, stage: list[Actor]) -> tuple[str, list[str]]:
        shared, part = options["shared"], options["part"]
        plans, _ = expected.plans(incident_rows(shared, part=part))
        numbers = {(plan.number, plan.resolution): plan.k for plan in plans}
        lost = set().union(*(report.undelivered(actor, mailbox, numbers) for actor in stage))
        theirs = expected.figures(shared, part=part, undelivered=lost)
        mine, wrong = [], []
        for actor in stage:
            line, doubled = report.measured(actor, mailbox)
            mine.append(line)
            wrong += doubled + report.disagreements(actor.index, line, theirs[actor.index])
        if lost:
            self.stdout.write(f"{len(lost)} mails are in doubt and did not arrive; they are shown as such.")
            if not options["kill"]:
                wrong.append(f"{len(lost)} mails were lost although nothing was killed.")
        return report.table(mine, theirs), wrong

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def _scores_are_current() -> bool:
    with for_service("whether all review events are in the scores"):
        return not UntreatedEvent.objects.exists()
