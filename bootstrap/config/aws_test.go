package config_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/bootstrap/config"
)

func TestTheConfigurationOfAWS(t *testing.T) {
	t.Parallel()
	t.Run("names the feed after the prefix, unless it is named itself", func(t *testing.T) {
		t.Parallel()
		for feed, want := range map[string]string{"": "shop-all-events", "our.Feed_1": "our.Feed_1"} {
			c, err := config.Load([]string{"EVERCART_PREFIX=shop", "EVERCART_FEED=" + feed})
			require.NoError(t, err)
			assert.Equal(t, want, c.FeedStream())
		}
	})
	t.Run("takes what AWS takes", func(t *testing.T) {
		t.Parallel()
		for _, variable := range []string{
			"EVERCART_ARCHIVE=s3://bucket", "EVERCART_ARCHIVE=s3://my.bucket-1/evercart/prod", "EVERCART_PREFIX=e",
			"EVERCART_NOTIFY_TOPIC=arn:aws:sns:eu-central-1:123456789012:evercart", "EVERCART_NOTIFY_TOPIC=arn:aws-cn:sns:cn-north-1:123456789012:a_b.fifo",
		} {
			_, err := config.Load([]string{variable})
			assert.NoError(t, err, variable)
		}
	})
	t.Run("refuses what it would not take", func(t *testing.T) {
		t.Parallel()
		for variable, want := range map[string]string{
			"EVERCART_PREFIX=9lives":                "a lower-case letter",
			"EVERCART_PREFIX=Shop":                  "a lower-case letter",
			"EVERCART_FEED=a b":                     "the name of a Kinesis stream",
			"EVERCART_BACKEND=aws":                  `EVERCART_ARCHIVE is "", want s3://BUCKET`,
			"EVERCART_SCAN_UNITS=-1":                "want 0 to 1000000",
			"EVERCART_ARCHIVE=bucket":               "want s3://BUCKET",
			"EVERCART_ARCHIVE=s3://b":               "want s3://BUCKET",
			"EVERCART_ARCHIVE=s3://bucket//events":  "want s3://BUCKET",
			"EVERCART_NOTIFY_TOPIC=evercart-notify": "the ARN of an SNS topic",
			"EVERCART_NOTIFY_TOPIC=arn:aws:sqs:eu-central-1:123456789012:evercart": "the ARN of an SNS topic",
		} {
			_, err := config.Load([]string{variable})
			assert.ErrorContains(t, err, want, variable)
		}
	})
	t.Run("tells by a topic or by a webhook, not by both", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load([]string{
			"EVERCART_NOTIFY_TOPIC=arn:aws:sns:eu-central-1:123456789012:evercart", "EVERCART_WEBHOOK_URL=https://hook.example",
			"EVERCART_WEBHOOK_SECRETS=whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		})
		assert.ErrorContains(t, err, "none where EVERCART_WEBHOOK_URL has a value")
	})
}
