package applied

import (
	"slices"
	"time"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// What a mapping of a stream must be like: its oldest record is given up, into the
// bucket of failures, before the stream forgets it.
const (
	streamBatch   = 100
	feedBatch     = 1000 // at most
	streamAge     = 20 * time.Hour
	feedRetention = 168 * time.Hour
)

// mappings checks that a function is started by what it is to be started by.
func (c *check) mappings(f *deployment.Function) {
	alias := c.aliasOf(f.Name)
	for trigger, on := range map[deployment.Trigger]deployment.Resource{
		deployment.EventsStream: deployment.ChangeFeed, deployment.FeedRecords: deployment.Feed, deployment.ReplayMessages: deployment.OwnQueue,
	} {
		var found []resource
		for _, m := range c.resources["aws_lambda_event_source_mapping"] {
			if m.text("function_name") == alias && slices.Contains(c.arnsOf(on, f.Name), m.text("event_source_arn")) {
				found = append(found, m)
			}
		}
		switch {
		case !f.Has(trigger):
			if len(found) > 0 {
				c.fault(f.Name, "is started by %s and need not be", on)
			}
		case len(found) != 1:
			c.fault(f.Name, "has %d mappings of its alias to %s, want 1", len(found), on)
		case trigger == deployment.ReplayMessages:
			c.queueMapping(f, found[0])
		default:
			c.streamMapping(f, found[0], trigger)
		}
	}
	if f.Has(deployment.Schedule) {
		c.schedule(f, alias)
	}
}

func (c *check) streamMapping(f *deployment.Function, m resource, trigger deployment.Trigger) {
	if at := m.text("starting_position"); at != "TRIM_HORIZON" {
		c.fault(f.Name, "begins to read at %q, want TRIM_HORIZON", at)
	}
	age := time.Duration(m.number("maximum_record_age_in_seconds")) * time.Second
	batch := m.number("batch_size")
	if trigger == deployment.EventsStream {
		if batch != streamBatch {
			c.fault(f.Name, "takes batches of %d, want %d", batch, streamBatch)
		}
		if n := m.number("parallelization_factor"); n > 1 { // commits of one stream are separate items
			c.fault(f.Name, "has parallelization %d, which breaks the order of a stream's commits", n)
		}
		if age != streamAge {
			c.fault(f.Name, "tries records until they are %s old, want %s", age, streamAge)
		}
	} else {
		if batch < 1 || batch > feedBatch {
			c.fault(f.Name, "takes batches of %d, want at most %d", batch, feedBatch)
		}
		if age <= 0 || age >= feedRetention {
			c.fault(f.Name, "tries records until they are %s old, and the feed keeps them %s", age, feedRetention)
		}
	}
	if !m.is("bisect_batch_on_function_error") {
		c.fault(f.Name, "does not halve a batch that brings it down")
	}
	if n := m.number("maximum_retry_attempts"); n < 1 {
		c.fault(f.Name, "tries a batch again %d times, want a number", n)
	}
	c.partial(f, m)
	to := m.block("destination_config").block("on_failure").text("destination_arn")
	if !slices.Contains(c.arnsOf(deployment.Failures, f.Name), to) {
		c.fault(f.Name, "leaves batches that are given up at %q, want the failures bucket", to)
	}
}

func (c *check) partial(f *deployment.Function, m resource) {
	if !slices.Contains(m.texts("function_response_types"), "ReportBatchItemFailures") {
		c.fault(f.Name, "cannot report the records that failed")
	}
}

// queueMapping checks how a view takes its replays.
func (c *check) queueMapping(f *deployment.Function, m resource) {
	c.partial(f, m)
	queue := c.named("aws_sqs_queue", "arn", m.text("event_source_arn"))
	hidden := time.Duration(queue.number("visibility_timeout_seconds")) * time.Second
	if least := deployment.VisibilityFactor * f.Timeout; hidden < least {
		c.fault(f.Name, "has a queue that hides messages for %s, want %s or more", hidden, least)
	}
	if !queue.is("fifo_queue") || queue.text("fifo_throughput_limit") != "perMessageGroupId" || queue.text("deduplication_scope") != "messageGroup" {
		c.fault(f.Name, "has a queue that is no FIFO queue of high throughput")
	}
	if queue.text("redrive_policy") == "" {
		c.fault(f.Name, "has a queue without dead letters")
	}
}

func (c *check) schedule(f *deployment.Function, alias string) {
	for _, s := range c.resources["aws_scheduler_schedule"] {
		if s.block("target").text("arn") == alias && s.text("state") == "ENABLED" {
			return
		}
	}
	c.fault(f.Name, "is started by no schedule")
}
