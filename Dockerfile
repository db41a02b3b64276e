# One image, two services: the hub, and (with another command) the citizens' server.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /venv
COPY requirements-run.lock pyproject.toml README.md ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY core core
COPY collectors collectors
COPY alarms alarms
COPY response response
COPY api api
COPY public_portal public_portal
COPY simulators simulators
COPY hub hub
COPY bench bench
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home waterhub \
 && install -d -o waterhub -g waterhub /data/public /published /seen
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
USER waterhub
WORKDIR /data
ENTRYPOINT ["waterhub"]
CMD ["run", "/config"]
