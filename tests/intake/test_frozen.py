"""A gauge that has stopped while its peers move: scored, marked, told, and believed again once it moves."""

from dataclasses import replace

import numpy as np

from collectors.intake.frozen import FROZEN_AFTER_S, FrozenWatch
from collectors.intake.intake import Intake
from collectors.intake.limits import SECOND, TimeLimits
from core.model.quality import Status
from core.model.sample import Batch, Sample
from core.ports.source import SourceFacts
from core.runtime.clock import AnchoredClock
from core.runtime.live import LiveTable
from tests.intake.gates import NOW, tag

TAGS = {f"p{n}": replace(tag(f"p{n}"), zone="dma-01") for n in (1, 2, 3)}
TAGS["alone"] = replace(tag("alone"), zone="dma-02")
STEP_S = 60


class Room:
    """A gate, the live table behind it and the watch; time goes in minutes."""

    def __init__(self, *, watched: tuple[str, ...] = ()) -> None:
        self.facts, self.live = SourceFacts(), LiveTable()
        self.intake = Intake(None, None, TAGS, AnchoredClock(), TimeLimits())  # type: ignore[arg-type]
        self.gate = self.intake.gate("test:x", self.facts)
        self.watch = FrozenWatch(self.live, TAGS, watched, self.intake, AnchoredClock())
        self.minute = 0
        self.rng = np.random.default_rng(7)

    def pass_minutes(self, n: int, stuck: tuple[str, ...] = ()) -> list[Sample]:
        """Everything moves but the stuck ones; the last samples as they left the gate."""
        for _ in range(n):
            self.minute += 1
            t_ns = NOW + self.minute * STEP_S * SECOND
            made = [Sample(id, t_ns, 30.0 if id in stuck else self.rng.random(), 0, t_ns) for id in TAGS]
            batch, _ = self.gate.judge(Batch.of("test:x", made))
            self.live.update(batch)
            self.watch.look(self.live.all())
        return batch.samples()

    def score(self, id: str) -> float:
        frozen = self.watch.frozen
        return float(frozen.scores[frozen.ids.index(id)])


MINUTES = int(FROZEN_AFTER_S / STEP_S)


def test_what_moves_has_no_score():
    room = Room()
    room.pass_minutes(90)
    assert max(room.score(id) for id in TAGS) < 0.1


def test_a_stuck_gauge_is_marked_and_told_and_believed_again_once_it_moves():
    room = Room()
    room.pass_minutes(60)
    half = room.pass_minutes(MINUTES // 2 + 1, ("p1",))
    assert 0.4 < room.score("p1") < 0.7
    assert half[0].q == Status.GOOD
    assert room.facts.frozen == {"p1": room.score("p1")}
    stuck = room.pass_minutes(MINUTES // 2 + 2, ("p1",))
    assert room.score("p1") == 1.0
    assert [s.q for s in stuck] == [Status.UNCERTAIN_SUB_NORMAL, 0, 0, 0]
    assert room.facts.tag_causes["p1"].startswith("frozen: no change for 3")
    room.pass_minutes(1)
    (moved, *_) = room.pass_minutes(1)
    assert moved.q == Status.GOOD
    assert room.facts.tag_causes == {}


def test_when_the_whole_area_is_still_nothing_is_stuck():
    room = Room()
    room.pass_minutes(60)
    room.pass_minutes(3 * MINUTES, ("p1", "p2", "p3"))
    assert max(room.score(f"p{n}") for n in (1, 2, 3)) == 0.0


def test_a_gauge_without_peers_is_never_judged():
    room = Room()
    room.pass_minutes(60)
    room.pass_minutes(3 * MINUTES, ("alone",))
    assert room.score("alone") == 0.0


def test_a_tag_with_a_flatline_alarm_is_scored_and_left_to_it():
    room = Room(watched=("p1",))
    room.pass_minutes(60)
    stuck = room.pass_minutes(2 * MINUTES, ("p1",))
    assert room.score("p1") == 1.0
    assert stuck[0].q == Status.GOOD


def test_what_usually_stays_the_same_for_long_has_longer_to_stay_so():
    room = Room()
    for _ in range(15):
        room.pass_minutes(9, ("p1",))
        room.pass_minutes(1)
    room.pass_minutes(2 * MINUTES, ("p1",))
    assert room.score("p1") < 1.0


def test_a_cause_of_the_driver_s_own_is_left_as_it_is():
    room = Room()
    room.pass_minutes(60)
    room.facts.tag_causes["p1"] = "illegal address 7"
    room.pass_minutes(2 * MINUTES, ("p1",))
    assert room.facts.tag_causes == {"p1": "illegal address 7"}


def test_a_restart_goes_on_with_what_was_learned_and_a_stuck_gauge_stays_marked(tmp_path):
    room, file = Room(), tmp_path / "frozen.npz"
    room.pass_minutes(60)
    room.pass_minutes(MINUTES + 2, ("p1",))
    assert room.score("p1") == 1.0
    room.watch.save(file)
    again = Room()
    again.minute = room.minute + 3
    again.watch.load(file)
    assert again.score("p1") == 1.0
    (stuck, *_) = again.pass_minutes(2, ("p1",))
    assert stuck.q == Status.UNCERTAIN_SUB_NORMAL
    (moved, *_) = [again.pass_minutes(1), again.pass_minutes(1)][1]
    assert moved.q == Status.GOOD


def test_a_file_that_is_damaged_or_of_other_tags_costs_what_was_learned_and_no_more(tmp_path):
    room, file = Room(), tmp_path / "frozen.npz"
    room.pass_minutes(60)
    room.watch.save(file)
    content = file.read_bytes()
    for damaged in (b"", b"PK", content[: len(content) // 2], content[:200] + b"x" * 50 + content[250:]):
        file.write_bytes(damaged)
        again = Room()
        again.watch.load(file)
        assert again.score("p1") == 0.0
    other = Room()
    other.watch.frozen.restore({**room.watch.frozen.snapshot(), "ids": np.array(["p2", "x", "y", "p1"])})
    assert other.score("p3") == 0.0
