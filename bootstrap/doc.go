// Package bootstrap wires Evercart's programs. It is the only importer of fx and
// the only reader of the environment. Each program is one fx.Option.
package bootstrap
