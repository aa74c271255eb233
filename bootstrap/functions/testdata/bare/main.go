// Command bare is a function of aws-lambda-go and nothing else: the reference for
// cold starts.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context, json.RawMessage) (map[string]any, error) {
		return map[string]any{"event": nil}, nil
	})
}
