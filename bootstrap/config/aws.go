package config

import "strings"

// FeedStream returns the name of the Kinesis stream of all events.
func (c *Config) FeedStream() string {
	if c.Feed == "" {
		return c.Prefix + "-all-events"
	}
	return c.Feed
}

// checkAWS holds what is about AWS against its rules.
func (c *Config) checkAWS(rule func(name string, ok bool, value any, want string)) {
	rule("EVERCART_PREFIX", c.Prefix != "" && len(c.Prefix) <= 32 && madeOf(c.Prefix[:1], lower) && madeOf(c.Prefix, lower+digits+"-"),
		c.Prefix, "a lower-case letter, then at most 31 of a-z, 0-9 and '-'")
	rule("EVERCART_FEED", len(c.Feed) <= 128 && madeOf(c.Feed, lower+upper+digits+"_.-"), c.Feed, "the name of a Kinesis stream")
	bucket, _, _ := strings.Cut(strings.TrimPrefix(c.Archive, "s3://"), "/")
	rule("EVERCART_ARCHIVE", c.Archive == "" && c.Backend != BackendAWS || strings.HasPrefix(c.Archive, "s3://") && !strings.Contains(c.Archive[5:], "//") &&
		len(bucket) >= 3 && len(bucket) <= 63 && madeOf(bucket, lower+digits+".-"), c.Archive, "s3://BUCKET or s3://BUCKET/PREFIX")
	arn := strings.Split(c.NotifyTopic, ":")
	rule("EVERCART_NOTIFY_TOPIC", c.NotifyTopic == "" || len(arn) == 6 && arn[0] == "arn" && arn[2] == "sns" && arn[5] != "" && c.WebhookURL == "",
		c.NotifyTopic, "the ARN of an SNS topic, and none where EVERCART_WEBHOOK_URL has a value")
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// madeOf reports whether s has no characters but those of set.
func madeOf(s, set string) bool { return strings.Trim(s, set) == "" }
