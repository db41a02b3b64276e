//go:build tools

// Package tools pins the Telegraf that the bench of the whole path stands beside.
package tools

import _ "github.com/influxdata/telegraf/cmd/telegraf"
