// Command project-related is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/project"
	"github.com/evercart/evercart/core/cart"
)

func main() { functions.Main("project-related", project.View(cart.RelatedView{})) }
