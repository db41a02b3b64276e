"""Orders survive a crash, whole or not at all."""

from pathlib import Path

from simulators.orders import OrderBook


def test_orders_are_kept_until_cleared(tmp_path: Path) -> None:
    book = OrderBook(tmp_path / "orders.jsonl")
    assert book.all() == []
    book.add({"command": "burst"}, {"pipe": "P1", "street": "清河路"})
    book.add({"command": "fault"}, {"tag": "q-01.ph"})
    again = OrderBook(tmp_path / "orders.jsonl")
    assert [order["truth"] for order in again.all()] == [
        {"pipe": "P1", "street": "清河路"},
        {"tag": "q-01.ph"},
    ]
    again.clear()
    assert book.all() == []


def test_a_line_cut_short_is_left_out_and_written_over(tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    book = OrderBook(file)
    book.add({"command": "burst"}, {"pipe": "P1"})
    with file.open("ab") as stream:
        stream.write(b'{"command": {"comm')
    assert len(book.all()) == 1
    book.add({"command": "leak"}, {"pipe": "P2"})
    assert [order["truth"]["pipe"] for order in book.all()] == ["P1", "P2"]
