package config

import (
	"fmt"
	"net/url"
	"strings"
)

// TracesURL returns where traces are posted to; empty: nowhere. The error is a *Error
// with every fault of the variables of OpenTelemetry that are read here. Only the
// program that keeps traces asks, since these variables may be meant for others.
func (c *Config) TracesURL() (string, error) {
	if strings.EqualFold(c.OTelDisabled, "true") || c.OTLPTracesEndpoint == "" && c.OTLPEndpoint == "" {
		return "", nil
	}
	name, text := "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", c.OTLPTracesEndpoint
	if text == "" {
		name, text = "OTEL_EXPORTER_OTLP_ENDPOINT", c.OTLPEndpoint
	}
	var faults []string
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		faults = append(faults, name+" is not shown, for it may hold a secret, want an absolute URL, http or https, such as http://127.0.0.1:4318")
	}
	protocol := c.OTLPTracesProtocol
	if protocol == "" {
		protocol = c.OTLPProtocol
	}
	if protocol != "" && !strings.HasPrefix(protocol, "http/") {
		faults = append(faults, fmt.Sprintf("OTEL_EXPORTER_OTLP_PROTOCOL is %q, want http/protobuf", protocol))
	}
	if len(faults) > 0 {
		return "", &Error{Faults: faults}
	}
	if c.OTLPTracesEndpoint == "" {
		at = at.JoinPath("v1/traces")
	}
	return at.String(), nil
}
