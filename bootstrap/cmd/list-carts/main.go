// Command list-carts is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/fronts"
)

func main() { functions.Main("list-carts", fronts.ListCarts()) }
