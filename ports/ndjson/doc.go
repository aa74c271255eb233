// Package ndjson is the form of an archive object, a stored contract: lines, each
// ended by a line feed, in one gzip stream. Every adapter of ports.Archive writes
// and reads it by this package. It knows no JSON.
package ndjson
