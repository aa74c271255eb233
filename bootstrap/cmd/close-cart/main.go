// Command close-cart is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
)

func main() { functions.Main("close-cart", fronts.Command(lambdafn.CloseCart)) }
