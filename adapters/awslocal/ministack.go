package awslocal

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
)

// StartMiniStack starts MiniStack, a server of S3, SQS and more in memory, from
// the folder of tools that .make/ministack.sh fills. It differs from AWS: it takes
// any credentials and small parts of multipart uploads, and the servers beside it
// here are truer for DynamoDB and Kinesis. A port of 0 takes any.
func StartMiniStack(ctx context.Context, tools string, port int) (*Server, error) {
	program, err := filepath.Abs(filepath.Join(tools, "ministack", "bin", "ministack"))
	if err != nil {
		return nil, err
	}
	return startOn(ctx, port, func(port int) ([]string, []string) {
		return []string{program}, []string{"GATEWAY_PORT=" + strconv.Itoa(port), "BIND_HOST=127.0.0.1", "LOG_LEVEL=WARNING"}
	})
}

// ResetMiniStack makes the MiniStack at url forget all that it holds.
func ResetMiniStack(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/_ministack/reset", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("awslocal: reset MiniStack: %w", err)
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("awslocal: reset MiniStack: %s", response.Status)
	}
	return nil
}
