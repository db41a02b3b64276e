"""The open data read by a SensorThings client that knows nothing of us (FROST-Python-Client)."""

from dataclasses import replace

import frost_sta_client
import pytest
from requests import HTTPError

from public_portal.signing import sealed
from tests.public_portal import samples
from tests.public_portal.recorded_days import with_record


@pytest.fixture
def service(store, portal):
    site = str(portal.base_url).rstrip("/")
    store.put(*sealed(with_record(store, replace(samples.ordinary(), site=site)), samples.KEY))
    return frost_sta_client.SensorThingsService(f"{site}/v1.1")


def test_it_reads_every_set(service):
    counts = {
        name: service_set().query().count().list().count
        for name, service_set in {
            "things": service.things,
            "locations": service.locations,
            "datastreams": service.datastreams,
            "sensors": service.sensors,
            "properties": service.observed_properties,
            "features": service.features_of_interest,
        }.items()
    }
    assert counts == {
        **{"things": 8, "locations": 8, "datastreams": 96, "sensors": 2, "properties": 3, "features": 8}
    }


def test_it_goes_from_an_area_to_its_hours_and_follows_every_page(service):
    area = service.things().find("dma-03")
    assert area.name == "老城片区 / Old town"
    own = area.get_datastreams().query().filter("properties/series eq 'hourly'").list()
    streams = {stream.properties["parameter"]: stream for stream in own}
    assert set(streams) == {"free_chlorine", "turbidity", "ph"}
    hours = streams["turbidity"].get_observations().query().orderby("phenomenonTime", "asc").top(7).list()
    told = [(hour.phenomenon_time, hour.result) for hour in hours]
    assert len(told) == len(dict(told)) == 42, "it went through every page"
    assert told == sorted(told) and told[0][0] == "2026-11-20T16:00:00Z/2026-11-20T17:00:00Z"


def test_it_reads_the_latest_of_every_stream_in_one_question(service):
    asked = service.datastreams().query().filter("properties/series eq 'hourly'")
    every = asked.expand("Observations($orderby=phenomenonTime desc;$top=1),ObservedProperty,Thing").list()
    latest = [(one.thing.id, one.observed_property.id, one.observations.entities) for one in every.entities]
    assert len(latest) == 24 and all(len(observations) == 1 for _, _, observations in latest)
    quality = latest[0][2][0].result_quality
    assert quality["level"] == "provisional" and quality["label"]["en"]


def test_it_is_told_that_nothing_is_written(service):
    with pytest.raises(HTTPError) as refused:
        service.create(frost_sta_client.Thing("x", "y"))
    assert refused.value.response.status_code == 405
    with pytest.raises(HTTPError) as refused:
        service.delete(service.things().find("dma-01"))
    assert refused.value.response.status_code == 405
