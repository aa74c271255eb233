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
		Fetch: func(ctx context.Context, bucket, key string) ([]byte, error) { return fetch(ctx, objects, bucket, key) },
		Invoke: func(ctx context.Context, arn string, payload []byte) ([]byte, error) {
			return invoker.Call(ctx, inForce(arn), payload)
		},
		Describe: func(arn string, record json.RawMessage) (ports.Quarantined, error) {
			consumer, err := consumerOf(b.Config.Prefix, arn)
			if err != nil {
				return ports.Quarantined{}, err
			}
			return lambdafn.Describe(consumer, record, decode)
		},
		Continue:   again(invoker, b.Name),
		Quarantine: quarantine, Meter: b.Meter, Now: b.Now, Log: b.Log,
	}
}

// consumerOf returns the consumer behind a function of the deployment with that
// prefix: "arn:aws:lambda:REGION:ACCOUNT:function:PREFIX-project-carts:live".
func consumerOf(prefix, arn string) (string, error) {
	name := ""
	if parts := strings.SplitN(arn, ":", 8); len(parts) >= 7 {
		name = parts[6]
	}
	program, ours := strings.CutPrefix(name, prefix+"-")
	if !ours {
		program = ""
	}
	switch program {
	case "relay":
		return app.RelayName, nil
	case "archive":
		return app.ArchiverName, nil
	case "notify":
		return app.NotifyName, nil
	case "project-carts":
		return cart.CartsView{}.Name(), nil
	case "project-related":
		return cart.RelatedView{}.Name(), nil
	}
	return "", fmt.Errorf("function %s is none that reads a stream", arn)
}

// inForce names the version in force of the function with that ARN, whichever version
// or alias the ARN itself is of: no other may be invoked.
func inForce(arn string) string {
	parts := strings.SplitN(arn, ":", 8)
	return strings.Join(parts[:min(7, len(parts))], ":") + alias
}

func fetch(ctx context.Context, client *s3.Client, bucket, key string) ([]byte, error) {
	answer, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}
