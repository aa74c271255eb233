// Command remind is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/remind"
)

func main() { functions.Main("remind", remind.Remind()) }
