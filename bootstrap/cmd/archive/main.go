// Command archive is the Lambda function of that name.
package main

import (
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/bootstrap/functions/archive"
)

func main() { functions.Main("archive", archive.Archive()) }
