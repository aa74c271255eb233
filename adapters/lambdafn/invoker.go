package lambdafn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/evercart/evercart/ports"
)

// Invoker invokes functions over the Lambda API (Lambda API Reference, "Invoke").
// It is safe for concurrent use.
//
// The SDK's client of Lambda is not used: for one call it would add two thirds of a
// megabyte to a binary and a millisecond to each of its starts.
type Invoker struct {
	// Endpoint is the API's URL; empty: Lambda's own of the region.
	Endpoint    string
	Region      string
	Credentials aws.CredentialsProvider
	Client      *http.Client
	Now         func() time.Time
}

// Start has a function handle an event and does not wait for it.
func (i *Invoker) Start(ctx context.Context, function string, payload []byte) error {
	_, err := i.invoke(ctx, function, "Event", payload)
	return err
}

// Call has a function handle an event and returns its answer. A *FunctionError says
// that the function failed.
func (i *Invoker) Call(ctx context.Context, function string, payload []byte) ([]byte, error) {
	return i.invoke(ctx, function, "RequestResponse", payload)
}

// domain is what the names of AWS's services end in (AWS General Reference, "AWS
// service endpoints"): China's regions have one of their own.
func domain(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// invoke carries out one call. Faults that pass match ports.ErrUnavailable.
func (i *Invoker) invoke(ctx context.Context, function, kind string, payload []byte) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("invoke function %s: %w", function, err) }
	endpoint := i.Endpoint
	if endpoint == "" {
		endpoint = "https://lambda." + i.Region + "." + domain(i.Region)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		endpoint+"/2015-03-31/functions/"+url.PathEscape(function)+"/invocations", bytes.NewReader(payload))
	if err != nil {
		return fail(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Amz-Invocation-Type", kind)
	key, err := i.Credentials.Retrieve(ctx)
	if err != nil {
		return fail(err)
	}
	hash := sha256.Sum256(payload)
	if err := v4.NewSigner().SignHTTP(ctx, key, request, hex.EncodeToString(hash[:]), "lambda", i.Region, i.Now()); err != nil {
		return fail(err)
	}
	response, err := i.Client.Do(request)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", ports.ErrUnavailable, err))
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return fail(fmt.Errorf("%w: %w", ports.ErrUnavailable, err))
	case response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= http.StatusInternalServerError:
		return fail(fmt.Errorf("%w: %s: %.200s", ports.ErrUnavailable, response.Status, answer))
	case response.StatusCode >= http.StatusMultipleChoices:
		return fail(fmt.Errorf("%s: %.200s", response.Status, answer))
	case response.Header.Get("X-Amz-Function-Error") != "":
		return nil, &FunctionError{Type: errorTypeIn(answer), Message: string(answer)}
	}
	return answer, nil
}
