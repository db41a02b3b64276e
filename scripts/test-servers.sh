#!/usr/bin/env bash
# The servers that tests talk to. As root: Debian packages, and InfluxDB built once where Go and Rust are there.
# As an ordinary user: names what is missing; tests that need it are skipped by name (with CI=true they fail).
set -euo pipefail
wanted=(mosquitto:mosquitto mosquitto_sub:mosquitto-clients chromium-headless-shell:chromium-headless-shell mbpoll:mbpoll docker-compose:docker-compose)
missing=()
for pair in "${wanted[@]}"; do
  command -v "${pair%%:*}" >/dev/null || [ -x "/usr/sbin/${pair%%:*}" ] || missing+=("${pair##*:}")
done
[ -e /usr/include/modbus/modbus.h ] || missing+=(libmodbus-dev)
fc-list 2>/dev/null | grep "Noto Sans CJK" >/dev/null || missing+=(fonts-noto-cjk)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "· Debian packages: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "some tests will be skipped; to run them all:"
    echo "    sudo apt-get install ${missing[*]}"
  fi
fi

if command -v go >/dev/null && command -v cargo >/dev/null && [ -z "${WATERHUB_TEST_INFLUXD:-}${WATERHUB_TEST_INFLUX_URL:-}" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    for tool in pkg-config:pkg-config protoc:protobuf-compiler; do
      command -v "${tool%%:*}" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${tool##*:}" >/dev/null
    done
  fi
  tests/servers/influxd/build.sh
fi
