// Command change-item-quantity is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
)

func main() { functions.Main("change-item-quantity", fronts.Command(lambdafn.ChangeItemQuantity)) }
