package functions

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Environment holds environment variables by name.
type Environment map[string]string

// ReadEnvironment reads variables "NAME=value"; of one given twice the last counts.
func ReadEnvironment(variables []string) Environment {
	env := make(Environment, len(variables))
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	return env
}

// newAWS returns the AWS configuration as Lambda gives it to a function: region,
// credentials, retries and the AWS_ENDPOINT_URL variables, all from the
// environment. The SDK's own loader would bring a megabyte into each binary, for
// sources of credentials that a function does not have.
func newAWS(env Environment) (aws.Config, error) {
	c := aws.Config{
		Region: env["AWS_REGION"], HTTPClient: awshttp.NewBuildableClient(), ConfigSources: []any{env},
		RetryMode: aws.RetryMode(env["AWS_RETRY_MODE"]),
	}
	key := aws.Credentials{
		AccessKeyID: env["AWS_ACCESS_KEY_ID"], SecretAccessKey: env["AWS_SECRET_ACCESS_KEY"], SessionToken: env["AWS_SESSION_TOKEN"],
		Source: "environment",
	}
	c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil })
	var faults []error
	if c.Region == "" {
		faults = append(faults, errors.New("AWS_REGION is not set"))
	}
	if !key.HasKeys() {
		faults = append(faults, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"))
	}
	if attempts := env["AWS_MAX_ATTEMPTS"]; attempts != "" {
		var err error
		if c.RetryMaxAttempts, err = strconv.Atoi(attempts); err != nil {
			faults = append(faults, fmt.Errorf("AWS_MAX_ATTEMPTS is %q, which is no whole number", attempts))
		}
	}
	if endpoint := env.Endpoint(""); endpoint != "" {
		c.BaseEndpoint = &endpoint
	}
	return c, errors.Join(faults...)
}

func (e Environment) ignoresEndpoints() bool {
	return strings.EqualFold(e["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], "true")
}

// GetIgnoreConfiguredEndpoints returns AWS_IGNORE_CONFIGURED_ENDPOINT_URLS. It and
// the methods below are what the SDK's clients ask of a source of configuration.
func (e Environment) GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error) {
	return e.ignoresEndpoints(), e.ignoresEndpoints(), nil
}

// GetServiceBaseEndpoint returns AWS_ENDPOINT_URL_<SERVICE>.
func (e Environment) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	endpoint := e["AWS_ENDPOINT_URL_"+strings.ReplaceAll(strings.ToUpper(service), " ", "_")]
	return endpoint, endpoint != "" && !e.ignoresEndpoints(), nil
}

// Endpoint returns the endpoint of a service that is configured; empty: AWS's own.
func (e Environment) Endpoint(service string) string {
	if e.ignoresEndpoints() {
		return ""
	}
	if endpoint, ok, _ := e.GetServiceBaseEndpoint(context.Background(), service); ok {
		return endpoint
	}
	return e["AWS_ENDPOINT_URL"]
}

// GetUseFIPSEndpoint returns AWS_USE_FIPS_ENDPOINT.
func (e Environment) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	return aws.FIPSEndpointStateEnabled, strings.EqualFold(e["AWS_USE_FIPS_ENDPOINT"], "true"), nil
}

// GetUseDualStackEndpoint returns AWS_USE_DUALSTACK_ENDPOINT.
func (e Environment) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	return aws.DualStackEndpointStateEnabled, strings.EqualFold(e["AWS_USE_DUALSTACK_ENDPOINT"], "true"), nil
}
