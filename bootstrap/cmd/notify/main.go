// Command notify is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/notify"
)

func main() { functions.Main("notify", notify.Notify()) }
