// Package app holds the use cases: commands and queries, and the pipeline behind
// a commit (relay, archiver, projector). They are generic over the aggregate and
// know ports only.
package app
