// Command relay is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/relay"
)

func main() { functions.Main("relay", relay.Relay()) }
