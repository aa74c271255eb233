package scale

// Limit is what a service does at most, per its smallest part.
type Limit struct {
	What   string
	Value  float64
	Unit   string
	Source string // the page of AWS's documentation
}

// The limits that the simulation computes with.
const (
	ShardRecords   = 1000    // a second, written to one shard
	ShardBytes     = 1 << 20 // a second, written to one shard
	PartitionUnits = 1000    // write units a second of one partition, and so of one key
	LanesOfAShard  = 10      // batches at the same time of one shard (parallelization factor)
	FIFOCalls      = 300     // a second and partition of a FIFO queue, each of up to FIFOBatch messages
	FIFOBatch      = 10
	PutRecords     = 500 // records a call
)

// Limits are those of the page.
func Limits() []Limit {
	return []Limit{
		{"a shard of the feed takes", ShardRecords, "records a second", "Kinesis Data Streams Developer Guide, Quotas and limits"},
		{"and of bytes", 1, "MiB a second", "Kinesis Data Streams Developer Guide, Quotas and limits"},
		{"one call to the feed carries", PutRecords, "records, and 10 MiB", "Kinesis API Reference, PutRecords"},
		{"a partition of a table, and so one cart, takes", PartitionUnits, "write units a second", "DynamoDB Developer Guide, Best practices for partition keys"},
		{"a shard of the table's stream is read by", 1, "relay at a time, for the order of commits", "Lambda Developer Guide, Using Lambda with DynamoDB (parallelization factor)"},
		{"a shard of the feed is read by", LanesOfAShard, "batches of each consumer at a time, a cart in one of them", "Lambda Developer Guide, Using Lambda with Kinesis (parallelization factor)"},
		{"a partition of a FIFO queue takes", FIFOCalls, "calls a second, of 10 messages each; high throughput adds partitions by group", "SQS Developer Guide, Message quotas; High throughput for FIFO queues"},
		{"functions of an account run, until raised", 1000, "at the same time", "Lambda Developer Guide, Lambda quotas"},
		{"an HTTP API takes, until raised", 10_000, "requests a second", "API Gateway Developer Guide, Quotas for HTTP APIs"},
		{"an event of the feed has at most", 1, "MiB", "Kinesis API Reference, PutRecords"},
		{"a commit has at most", 400, "KiB", "DynamoDB Developer Guide, Quotas (item size)"},
	}
}
