// Package scale says how far Evercart goes on AWS: the limits of each service, with
// their sources, and what they mean for a million carts of which some are hot, by a
// simulation with the partition keys that the feed really has.
package scale
