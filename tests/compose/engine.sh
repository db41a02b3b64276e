#!/usr/bin/env bash
# A container engine and the images that docker-compose.yml pins, for machines without Docker or an image registry:
# Debian's podman, and stand-ins made by debootstrap with the real servers inside (they lack the official images'
# entrypoint scripts). Needs root. Prints the environment that `podman` wants, for `eval`.
set -euo pipefail
cd "$(dirname "$0")/../.."
home="${WATERHUB_COMPOSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/waterhub/compose}"
say() { echo "· $*" >&2; }
[ "$(id -u)" = 0 ] || { echo "make compose-test needs root (it makes networks and images)" >&2; exit 3; }

packages=(podman podman-compose runc netavark aardvark-dns iptables debootstrap tcpdump)
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  say "Debian packages: ${missing[*]}"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

mkdir -p "$home"
cat >"$home/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
CONF
export CONTAINERS_CONF="$home/containers.conf"

have() { podman image exists "$1"; }
debian="localhost/waterhub-debian:bookworm"
python="docker.io/library/python:3.11-slim-bookworm"
influx="docker.io/library/influxdb:2.7.12"
mosquitto="docker.io/library/eclipse-mosquitto:2.0.22"

if ! have "$debian"; then
  say "a Debian by debootstrap (half a minute)"
  rm -rf "$home/debian"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$home/debian" >"$home/debootstrap.log" 2>&1 ||
    { tail -5 "$home/debootstrap.log" >&2; exit 1; }
  # what the package tools of a build trust: this machine's bundle, so that the Dockerfile itself stays clean
  cp /etc/ssl/certs/ca-certificates.crt "$home/debian/etc/ssl/certs/ca-certificates.crt"
  tar -C "$home/debian" -c . | podman import \
    --change "ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt" \
    --change "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
    - "$debian" >/dev/null
  rm -rf "$home/debian"
fi

stand_in() { # tag, Dockerfile on stdin, context folder
  have "$1" && return
  say "stand-in for $1"
  podman build --quiet --network host --tag "$1" --file - "$2" >/dev/null
}
mkdir -p "$home/empty"
stand_in "$python" "$home/empty" <<DOCKERFILE
FROM $debian
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null \
 && ln -s python3 /usr/bin/python && rm -rf /var/lib/apt/lists/*
DOCKERFILE

program="${WATERHUB_TEST_INFLUXD:-$(tests/servers/influxd/build.sh | tail -1)}"
stand_in "$influx" "$(dirname "$program")" <<DOCKERFILE
FROM $debian
COPY $(basename "$program") /usr/bin/influxd
RUN printf '#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/8086\n' > /usr/bin/influx && chmod +x /usr/bin/influx
CMD ["influxd", "--bolt-path=/var/lib/influxdb2/influxd.bolt", "--engine-path=/var/lib/influxdb2/engine", \
     "--sqlite-path=/var/lib/influxdb2/influxd.sqlite", "--reporting-disabled"]
DOCKERFILE
stand_in "$mosquitto" "$home/empty" <<DOCKERFILE
FROM $debian
RUN useradd --system --uid 1883 --user-group mosquitto
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends mosquitto netcat-openbsd >/dev/null \
 && rm -rf /var/lib/apt/lists/* && mkdir -p /mosquitto/data && chown mosquitto: /mosquitto/data
CMD ["mosquitto", "-c", "/mosquitto/config/mosquitto.conf"]
DOCKERFILE
echo "export CONTAINERS_CONF=$CONTAINERS_CONF"
