package applied

import (
	"strings"

	"github.com/evercart/evercart/bootstrap/deployment"
)

// arnsOf returns the ARNs of a resource as the role of a program has to name them;
// none where it is not there.
func (c *check) arnsOf(on deployment.Resource, program string) []string {
	switch on {
	case deployment.EventsTable:
		return c.arn("aws_dynamodb_table", "name", c.prefix+eventsTable, "arn", "")
	case deployment.ChangeFeed:
		return c.arn("aws_dynamodb_table", "name", c.prefix+eventsTable, "stream_arn", "")
	case deployment.ViewsTable:
		return c.arn("aws_dynamodb_table", "name", c.prefix+"-views", "arn", "")
	case deployment.ParkedIndex:
		return c.arn("aws_dynamodb_table", "name", c.prefix+"-views", "arn", "/index/parked")
	case deployment.Feed:
		return c.arn("aws_kinesis_stream", "name", c.prefix+"-all-events", "arn", "")
	case deployment.Archive:
		return c.bucket("-archive-", "")
	case deployment.ArchiveObjects:
		return c.bucket("-archive-", "/*")
	case deployment.Failures:
		return c.bucket("-failures-", "")
	case deployment.FailureObjects:
		return c.bucket("-failures-", "/*")
	case deployment.OwnQueue:
		return c.arn("aws_sqs_queue", "name", c.prefix+"-replay-"+strings.TrimPrefix(program, "project-")+".fifo", "arn", "")
	case deployment.ReplayQueues:
		return c.replayQueues()
	case deployment.DeadLetters:
		return c.arn("aws_sqs_queue", "name", c.prefix+"-dead-letters", "arn", "")
	case deployment.NotifyTopic:
		return c.arn("aws_sns_topic", "name", c.prefix+"-notify", "arn", "")
	case deployment.Itself:
		return c.aliases(program)
	case deployment.Consumers:
		return c.aliases(streamReaders()...)
	case deployment.OwnLog:
		return c.arn("aws_cloudwatch_log_group", "name", "/aws/lambda/"+c.prefix+"-"+program, "arn", ":*")
	case deployment.Everything:
		return []string{"*"}
	}
	return nil
}

func (c *check) arn(kind, attribute, value, want, tail string) []string {
	if arn := c.named(kind, attribute, value).text(want); arn != "" {
		return []string{arn + tail}
	}
	return nil
}

func (c *check) bucket(part, tail string) []string {
	for _, b := range c.resources["aws_s3_bucket"] {
		if strings.HasPrefix(b.text("bucket"), c.prefix+part) {
			return []string{b.text("arn") + tail}
		}
	}
	return nil
}

func (c *check) replayQueues() (arns []string) {
	for _, q := range c.resources["aws_sqs_queue"] {
		name := q.text("name")
		if strings.HasPrefix(name, c.prefix+"-replay-") && !strings.HasSuffix(name, "-dead.fifo") {
			arns = append(arns, q.text("arn"))
		}
	}
	return arns
}

func (c *check) aliases(programs ...string) (arns []string) {
	for _, program := range programs {
		if arn := c.aliasOf(program); arn != "" {
			arns = append(arns, arn)
		}
	}
	return arns
}
