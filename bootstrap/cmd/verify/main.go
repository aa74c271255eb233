// Command verify is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/verify"
)

func main() { functions.Main("verify", verify.Verify()) }
