package bootstrap

import "github.com/evercart/evercart/bootstrap/config"

// Config is all that can be configured, for every program.
type Config = config.Config

// The backends.
const (
	BackendMemory = config.BackendMemory
	BackendSQLite = config.BackendSQLite
	BackendAWS    = config.BackendAWS
)
