"""Recorded files come back as what was written, in the order of time, or as a clear error."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.replay.columns import merged
from collectors.replay.files import SAMPLES, read, read_folder
from collectors.replay.spec import ReplaySpec, WideFile
from core.model.quality import Status
from core.model.sample import Batch, Sample

SHANGHAI_NS = 8 * 3600 * 10**9


def samples(batches) -> list[Sample]:
    return [s for batch in batches for s in batch.samples()]


def wide(**fields) -> WideFile:
    return WideFile.model_validate({"file": "f.csv", "columns": {"a": "t.a", "b": "t.b"}} | fields)


def test_a_wide_csv_with_decimal_commas_in_local_time(tmp_path):
    file = tmp_path / "f.csv.gz"
    text = "Timestamp;a;x;b\n1970-01-01 08:00:00;1,5;9;-2\n1970-01-01 08:05:00;;9;2,25\n"
    file.write_bytes(gzip.compress(text.encode()))
    mapping = wide(
        delimiter=";",
        decimal=",",
        timezone="Asia/Shanghai",
        columns={"a": {"tag": "t.a", "scale": 3.6, "offset": 1}, "b": "t.b"},
    )
    found = samples(read(file, mapping))
    assert [(s.tag, s.t_ns // 10**9, s.v) for s in found] == [
        ("t.a", 0, pytest.approx(6.4)),
        ("t.b", 0, -2.0),
        ("t.b", 300, 2.25),
    ]


def test_clocks_that_change_are_followed(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("Timestamp,a,b\n2026-03-29 00:30:00,1,1\n2026-03-29 03:30:00,2,2\n")
    found = samples(read(file, wide(timezone="Europe/Berlin")))
    assert found[2].t_ns - found[0].t_ns == 2 * 3600 * 10**9


def test_a_time_format_and_quoted_cells(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text('Timestamp,a,b\n"06/01/14 01",1,2\n06/01/14 02,3,n/a\n')
    found = samples(read(file, wide(time_format="%d/%m/%y %H")))
    assert [(s.tag, s.v) for s in found] == [("t.a", 1), ("t.b", 2), ("t.a", 3)]
    assert found[2].t_ns - found[0].t_ns == 3600 * 10**9


@st.composite
def recordings(draw):
    n = draw(st.integers(1, 60))
    t_ns = np.sort(np.array(draw(st.lists(st.integers(0, 2**60), min_size=n, max_size=n)), np.int64))
    v = np.array(draw(st.lists(st.floats(width=64), min_size=n, max_size=n)))
    tag = np.array(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)), np.uint32)
    q = np.array(
        draw(st.lists(st.sampled_from([0, 0x40930000, 0x808C0000]), min_size=n, max_size=n)), np.uint32
    )
    return tag, t_ns, v, q


@settings(deadline=None)
@given(recordings())
def test_npz_long_csv_and_parquet_say_the_same(tmp_path_factory, recording):
    tag, t_ns, v, q = recording
    names = np.array([f"t.{i}" for i in range(5)])
    folder = tmp_path_factory.mktemp("same")
    np.savez(folder / "s.npz", tags=names, tag=tag, t_ns=t_ns, v=v, q=q, r_ns=t_ns + 1)
    rows = [f"{t},{names[i]},{x!r},{c},{t + 1}" for t, i, x, c in zip(t_ns, tag, v.tolist(), q, strict=True)]
    (folder / "s.csv").write_text("\n".join(["t_ns,tag,value,quality,r_ns", *rows, ""]))
    table = {"t_ns": t_ns, "tag": names[tag], "value": v, "quality": q, "r_ns": t_ns + 1}
    pq.write_table(pa.table(table), folder / "s.parquet")
    found = samples(read(folder / "s.npz"))
    assert found == samples(read(folder / "s.csv")) == samples(read(folder / "s.parquet"))
    assert [s.t_ns for s in found] == t_ns.tolist()
    for sample, x, code in zip(found, v, q, strict=True):
        bad = code >> 31 or not np.isfinite(x)
        assert (sample.v is None) == bool(bad) == bool(sample.q >> 31)
        assert sample.q == (code if code >> 31 or np.isfinite(x) else Status.BAD_SENSOR_FAILURE)


def test_npz_out_of_order_is_put_in_order_and_cut_into_batches(tmp_path):
    n = 3 * SAMPLES + 5
    t_ns = np.random.default_rng(1).permutation(n).astype(np.int64)
    np.savez(tmp_path / "s.npz", tags=np.array(["t"]), tag=np.zeros(n, np.uint32), t_ns=t_ns, v=t_ns * 1.0)
    batches = list(read(tmp_path / "s.npz"))
    assert [len(b) for b in batches] == [SAMPLES, SAMPLES, SAMPLES, 5]
    assert np.array_equal(np.concatenate([b.t_ns for b in batches]), np.arange(n))
    assert all(np.array_equal(b.t_ns, b.v) for b in batches)


@given(st.lists(st.lists(st.integers(0, 1000), max_size=40), min_size=1, max_size=4), st.integers(1, 7))
def test_merging_keeps_every_sample_in_the_order_of_time(streams, size):
    def stream(i: int, times: list[int]):
        for start in range(0, len(times), size):
            yield Batch.of("s", [Sample(f"t{i}", t, float(t)) for t in times[start : start + size]])

    ordered = [sorted(times) for times in streams]
    found = samples(merged([stream(i, times) for i, times in enumerate(ordered)]))
    assert [s.t_ns for s in found] == sorted(t for times in streams for t in times)
    for i, times in enumerate(ordered):
        assert [s.t_ns for s in found if s.tag == f"t{i}"] == times
    assert all(s.v == s.t_ns for s in found)


def test_a_folder_of_files_is_one_order_of_time(tmp_path):
    (tmp_path / "a.csv").write_text("Timestamp,a\n2026-01-01 00:00:00,1\n2026-01-01 00:10:00,3\n")
    (tmp_path / "b.csv").write_text("Timestamp,b\n2026-01-01 00:05:00,2\n2026-01-01 00:15:00,4\n")
    files = [{"file": "a.csv", "columns": {"a": "t.a"}}, {"file": "b.csv", "columns": {"b": "t.b"}}]
    spec = ReplaySpec.model_validate({"files": files})
    assert [s.v for s in samples(read_folder(spec, tmp_path))] == [1, 2, 3, 4]
    assert spec.tags() == {"t.a", "t.b"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Timestamp,a\n2026-01-01 00:00:00,1\n", "no column b; it has Timestamp, a"),
        ("Timestamp,a,b\n2026-01-01 00:00:00,1\n", "rows of other than 3 cells"),
        ("Timestamp,a,b\nyesterday,1,2\n", "yesterday"),
        ("", "no column Timestamp, a, b"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(tmp_path, text, why):
    file = tmp_path / "f.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=rf"f\.csv: .*{why}"):
        list(read(file, wide()))


def test_other_files_are_refused(tmp_path):
    file = tmp_path / "f.xlsx"
    file.write_text("")
    with pytest.raises(ValueError, match=r"expected \.npz"):
        list(read(file))
    (tmp_path / "f.npz").write_text("junk")
    with pytest.raises(ValueError, match=r"f\.npz"):
        list(read(tmp_path / "f.npz"))


def test_a_mapping_that_contradicts_itself_is_refused():
    with pytest.raises(ValidationError, match="no such time zone"):
        wide(timezone="Atlantis/Capital")
    with pytest.raises(ValidationError, match="cannot both"):
        wide(delimiter=",", decimal=",")
