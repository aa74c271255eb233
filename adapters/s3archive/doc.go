// Package s3archive is the cold store in an S3 bucket: ports.Archive over gzip
// objects, which Athena, DuckDB and any other tool read in place.
//
// An object is written by one conditional PutObject, which S3 refuses where the
// key is taken: so an object is whole or not there, and the first writer of a key
// wins. Buckets that list in another order than that of their keys (directory
// buckets) do not serve.
//
// Faults that pass match ports.ErrUnavailable.
package s3archive
