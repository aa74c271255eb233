package applied

// tables checks that what is stored cannot be lost by a slip, and that the relay
// reads whole items.
func (c *check) tables() {
	for _, name := range []string{eventsTable, "-views"} {
		table := c.named("aws_dynamodb_table", "name", c.prefix+name)
		what := "table " + c.prefix + name
		if table == nil {
			c.fault(what, "is not there")
			continue
		}
		if !table.block("point_in_time_recovery").is("enabled") {
			c.fault(what, "has no point-in-time recovery")
		}
		if !table.is("deletion_protection_enabled") {
			c.fault(what, "can be deleted by a slip")
		}
		if mode := table.text("billing_mode"); mode != "PAY_PER_REQUEST" {
			c.fault(what, "is billed by %q, want PAY_PER_REQUEST", mode)
		}
		if replicas, _ := table["replica"].([]any); len(replicas) > 0 {
			c.fault(what, "is written in several regions, where the last writer wins")
		}
		if name == eventsTable && (!table.is("stream_enabled") || table.text("stream_view_type") != "NEW_IMAGE") {
			c.fault(what, "has a stream of view type %q, want NEW_IMAGE", table.text("stream_view_type"))
		}
	}
}

// feed checks that the feed keeps what consumers may yet need.
func (c *check) feed() {
	name := c.prefix + "-all-events"
	stream := c.named("aws_kinesis_stream", "name", name)
	if hours := stream.number("retention_period"); hours < int(feedRetention.Hours()) {
		c.fault("feed "+name, "keeps records for %d hours, want %.0f", hours, feedRetention.Hours())
	}
	if stream.text("encryption_type") != "KMS" {
		c.fault("feed "+name, "is not encrypted")
	}
}
