"""Whatever comes after what, no key customer is left with what is not so (WO-13): the table of duties."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Segment
from core.model.duty import LOSS, Duty, DutyAbout, DutyEnd, DutyState, DutyWay
from response.duties.matters import Matter, Outside, following

H = 3600 * 1_000_000_000
OFF = Matter(about=DutyAbout.WATER_OFF)
CUTS = [Matter(about=DutyAbout.PLANNED, starts_ns=n * H, ends_ns=(n + 6) * H) for n in (48, 72)]
ENDS = [DutyEnd.WATER_BACK, DutyEnd.NOT_AFFECTED, DutyEnd.FALSE_ALARM, DutyEnd.MERGED]
CUT_ENDS = [DutyEnd.WATER_BACK, DutyEnd.NOT_AFFECTED, DutyEnd.CALLED_OFF]
SPOKEN = "spoken"


def turned(told: list[Duty], now: Matter | Outside, now_ns: int) -> list[Duty]:
    """What the customer's duties are after it."""
    step = following(told[-1] if told else None, now, now_ns)
    after = list(told)
    if step.close is not None:
        state, end = step.close
        assert after[-1].state is DutyState.OPEN
        after[-1] = replace(after[-1], state=state, ended=end, done_ns=now_ns)
    if step.tell is not None:
        cut = now if isinstance(now, Matter) else Matter(about=step.tell)
        after.append(duty(step.tell, cut, len(after) + 1, now_ns))
    return after


def duty(about: DutyAbout, cut: Matter, number: int, now_ns: int) -> Duty:
    return Duty(
        id=f"S:A:{number}",
        incident="S",
        account="A",
        segment=Segment.VULNERABLE,
        how=DutyWay.VISIT,
        state=DutyState.OPEN,
        supply="no_water",
        opened_ns=now_ns,
        due_ns=now_ns + H,
        about=about,
        number=number,
        starts_ns=cut.starts_ns,
        ends_ns=cut.ends_ns,
    )


def happened(inside: list[Matter], ends: list[DutyEnd], told: bool, proven: bool = True):
    outside = st.builds(Outside, st.sampled_from(ends), st.just(told), st.just(proven))
    return st.lists(st.one_of(st.sampled_from(inside), outside, st.just(SPOKEN)), max_size=12)


STORIES = st.one_of(
    happened([OFF], ENDS, False),
    happened([OFF], ENDS, False, proven=False),
    happened(CUTS, CUT_ENDS, False),
    happened(CUTS, CUT_ENDS, True),
    happened(CUTS, [DutyEnd.EXERCISE], False),
)


@given(story=STORIES)
def test_wo_13_whoever_believes_what_is_not_so_is_to_be_told(story):
    told: list[Duty] = []
    for n, what in enumerate(story):
        now_ns = n * 2 * H
        if what == SPOKEN:
            if told and told[-1].state is DutyState.OPEN:
                told[-1] = replace(told[-1], state=DutyState.DONE, done_ns=now_ns)
            continue
        told = turned(told, what, now_ns)
        assert turned(told, what, now_ns) == told, "looked at again it is the same"
        assert sum(one.state is DutyState.OPEN for one in told) <= 1
        assert all(one.ended for one in told if one.state in (DutyState.DROPPED, DutyState.NOT_REACHED))
        last = told[-1] if told else None
        if isinstance(what, Matter):
            assert last is not None and last.about in LOSS and last.state in (DutyState.OPEN, DutyState.DONE)
            assert last.starts_ns == what.starts_ns, "nobody believes another time"
        elif last is not None:
            assert not (last.about in LOSS and last.state is DutyState.OPEN)
            if last.about in LOSS and last.state is DutyState.NOT_REACHED and what.proven:
                assert last.ended is not DutyEnd.WATER_BACK, "who lost water unheard hears that it is back"
            if isinstance(what, Outside) and not what.proven:
                assert all(one.about is DutyAbout.WATER_OFF for one in told), "nobody hears that it is over"
            heard = [one for one in told if one.state is DutyState.DONE]
            if what.end is DutyEnd.CALLED_OFF and heard and heard[-1].about in LOSS:
                assert last.about in (DutyAbout.CALLED_OFF, DutyAbout.WATER_BACK)
