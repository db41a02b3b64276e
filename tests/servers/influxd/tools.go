//go:build tools

// Package tools pins the InfluxDB server that the tests and benches talk to.
package tools

import (
	_ "github.com/influxdata/influxdb/v2/cmd/influxd"
	_ "github.com/influxdata/pkg-config"
)
