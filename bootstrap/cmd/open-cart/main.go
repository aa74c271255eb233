// Command open-cart is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
)

func main() { functions.Main("open-cart", fronts.Command(lambdafn.OpenCart)) }
