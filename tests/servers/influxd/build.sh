#!/usr/bin/env bash
# Builds the InfluxDB server that tests and benches talk to, once, into a cache outside the checkout.
# Needs go, cargo (Rust) and pkg-config; about five minutes on two cores. Prints the binary's path last.
set -euo pipefail
cd "$(dirname "$0")"
version=2.7.12
home="${XDG_CACHE_HOME:-$HOME/.cache}/waterhub/influxd-$version"
if [ -x "$home/influxd" ]; then
  echo "$home/influxd"
  exit 0
fi
for program in go cargo pkg-config cc; do
  command -v "$program" >/dev/null || { echo "influxd needs $program to build; it is not on the PATH" >&2; exit 3; }
done
mkdir -p "$home/build"
export GOFLAGS="-mod=readonly -modcacherw -buildvcs=false" GOTOOLCHAIN=local

# libflux pins a Rust of 2023 and denies warnings; take the installed one and cap its lints.
# (RUSTFLAGS would not reach the build dependencies.)
printf '#!/bin/sh\nexec "$@" --cap-lints=allow\n' >"$home/build/rustc-capped"
chmod +x "$home/build/rustc-capped"
export RUSTC_WRAPPER="$home/build/rustc-capped"
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && command -v rustup >/dev/null; then
  RUSTUP_TOOLCHAIN="$(cd / && rustup show active-toolchain | cut -d' ' -f1)"
  export RUSTUP_TOOLCHAIN
fi

echo "influxd $version: building the flux linker step (1 of 2)"
nice go build -o "$home/build/flux-pkg-config" github.com/influxdata/pkg-config
echo "influxd $version: building libflux (Rust) and the server (2 of 2), about five minutes"
started=$SECONDS
# influxdata's pkg-config makes cgo build libflux; it asks the system's own for everything else.
PKG_CONFIG="$home/build/flux-pkg-config" nice go build -v -tags sqlite_foreign_keys,sqlite_json \
  -o "$home/build/influxd" github.com/influxdata/influxdb/v2/cmd/influxd 2>"$home/build/log" &
builder=$!
trap 'kill $builder 2>/dev/null || true' EXIT
while kill -0 $builder 2>/dev/null; do
  sleep 5
  printf '  %4d s, %s packages\n' $((SECONDS - started)) "$(grep -c . "$home/build/log" || true)"
done
if ! wait $builder; then
  tail -40 "$home/build/log" >&2
  exit 1
fi
mv "$home/build/influxd" "$home/influxd"
rm -rf "$home/build"
echo "influxd $version: built in $((SECONDS - started)) s"
echo "$home/influxd"
