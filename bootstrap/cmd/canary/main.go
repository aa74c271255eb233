// Command canary is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/canary"
)

func main() { functions.Main("canary", canary.Canary()) }
