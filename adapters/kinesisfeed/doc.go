// Package kinesisfeed is the feed on Amazon Kinesis Data Streams: one record is
// one event, and its partition key is the event's stream, so that a shard keeps
// the order of each stream.
//
// PutRecords keeps no order where some of its records fail. A Publisher therefore
// sends at most one event of a stream in one call, and the next one only when that
// is on the feed.
//
// There is no ports.FeedReader here: a feed of several shards has no single order,
// so that no single position could say how far a reader is. On AWS, Lambda reads
// the shards. A Reader walks them for operators and for tests.
//
// Faults that pass match ports.ErrUnavailable.
package kinesisfeed
