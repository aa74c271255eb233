package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/bootstrap/functions"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

func newRedrive(b *functions.Base, invoker *lambdafn.Invoker, objects *s3.Client, quarantine ports.Quarantine) *lambdafn.Redrive {
	decode := func(record *events.DynamoDBEventRecord) (ports.Commit, error) {
		return dynamostore.DecodeLambdaRecord(b.Config.Prefix, record)
	}
	return &lambdafn.Redrive{
		Fetch:  func(ctx context.Context, bucket, key string) ([]byte, error) { return fetch(ctx, objects, bucket, key) },
		Invoke: invoker.Call,
		Describe: func(arn string, record json.RawMessage) (ports.Quarantined, error) {
			consumer, err := consumerOf(arn)
			if err != nil {
				return ports.Quarantined{}, err
			}
			return lambdafn.Describe(consumer, record, decode)
		},
		Quarantine: quarantine, Meter: b.Meter, Now: b.Now, Log: b.Log,
	}
}

// consumers are the names of the consumers behind functions that read a stream.
func consumers() map[string]string {
	return map[string]string{
		"relay": app.RelayName, "archive": app.ArchiverName, "notify": app.NotifyName,
		"project-carts": cart.CartsView{}.Name(), "project-related": cart.RelatedView{}.Name(),
	}
}

// consumerOf returns the consumer behind a function, whose name ends in that of its
// program: "arn:aws:lambda:REGION:ACCOUNT:function:evercart-project-carts:live".
func consumerOf(arn string) (string, error) {
	if parts := strings.Split(arn, ":"); len(parts) >= 7 {
		for program, consumer := range consumers() {
			if parts[6] == program || strings.HasSuffix(parts[6], "-"+program) {
				return consumer, nil
			}
		}
	}
	return "", fmt.Errorf("function %s is none that reads a stream", arn)
}

func fetch(ctx context.Context, client *s3.Client, bucket, key string) ([]byte, error) {
	answer, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}
