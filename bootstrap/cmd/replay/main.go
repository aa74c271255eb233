// Command replay is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/replay"
)

func main() { functions.Main("replay", replay.Replay()) }
