// Package costs says what Evercart costs on AWS: what a command takes, as the tests
// count it, times the list prices of one region. Nothing in it is typed in but
// prices, and what cannot be counted here, which Assumptions names.
package costs
