package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Error names every fault of a configuration at once.
type Error struct {
	Faults []string // each names the variable, the value and the rule
}

func (e *Error) Error() string {
	if len(e.Faults) == 1 {
		return "configuration: " + e.Faults[0]
	}
	return "configuration:\n  " + strings.Join(e.Faults, "\n  ")
}

// Flag is a flag of the command line. It stands for a variable, and wins over it.
type Flag struct{ Name, Variable, Value string }

// Load reads a configuration from environment, variables "NAME=value" as
// os.Environ returns them, and from flags. What is wrong is a *Error with all faults,
// each named after what gave the value, unknown EVERCART_ variables among them; those
// that begin with EVERCART_TEST_ are not ours.
func Load(environment []string, flags ...Flag) (Config, error) {
	vars := env.ToMap(environment)
	var c Config
	faults := unknown(vars)
	names := map[string]string{}
	for _, f := range flags {
		if f.Value == "" {
			faults = append(faults, f.Name+` is "", want a value, or no such flag`)
		}
		vars[f.Variable], names[f.Variable] = f.Value, f.Name
	}
	err := env.ParseWithOptions(&c, env.Options{Environment: vars})
	var all env.AggregateError
	switch {
	case errors.As(err, &all):
		for _, one := range all.Errors {
			faults = append(faults, parseFault(one, vars, names))
		}
	case err != nil:
		faults = append(faults, err.Error())
	}
	if faults = append(faults, c.faults(parsed(err), names)...); len(faults) > 0 {
		return Config{}, &Error{Faults: faults}
	}
	return c, nil
}

// parsed returns the fields that could not be parsed, which need no check of
// their range.
func parsed(err error) map[string]bool {
	broken := map[string]bool{}
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, one := range all.Errors {
			var fault env.ParseError
			if errors.As(one, &fault) {
				broken[variable(fault.Name)] = true
			}
		}
	}
	return broken
}

func parseFault(err error, vars, flags map[string]string) string {
	var fault env.ParseError
	if !errors.As(err, &fault) {
		return err.Error()
	}
	name := variable(fault.Name)
	return fmt.Sprintf("%s is %q, which is no %s", cmp.Or(flags[name], name), vars[name], kinds[fault.Type])
}

// kinds says in words what a field takes.
var kinds = map[reflect.Type]string{
	reflect.TypeFor[int]():            "whole number",
	reflect.TypeFor[time.Duration]():  "duration such as 500ms, 5s or 1h",
	reflect.TypeOf(Config{}.LogLevel): "level: debug, info, warn or error",
	reflect.TypeFor[string]():         "text",
	reflect.TypeFor[Secret]():         "text",
}

// variable returns the environment variable of a field of Config.
func variable(field string) string {
	if f, ok := reflect.TypeFor[Config]().FieldByName(field); ok {
		return f.Tag.Get("env")
	}
	return field
}

// Variables returns the names of all environment variables that Config reads.
func Variables() []string {
	t := reflect.TypeFor[Config]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("env")
	}
	return names
}

func unknown(vars map[string]string) []string {
	known := Variables()
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if strings.HasPrefix(name, "EVERCART_") && !strings.HasPrefix(name, "EVERCART_TEST_") && !slices.Contains(known, name) {
			faults = append(faults, name+" is no variable of Evercart; "+instead(name, known))
		}
	}
	return faults
}

func (c *Config) faults(skip map[string]bool, flags map[string]string) []string {
	var faults []string
	rule := func(name string, ok bool, value any, want string) {
		if ok || skip[name] {
			return
		}
		shown := fmt.Sprintf("is %q", fmt.Sprint(value))
		if secret, is := value.(Secret); is {
			shown = secret.shown()
		}
		faults = append(faults, fmt.Sprintf("%s %s, want %s", cmp.Or(flags[name], name), shown, want))
	}
	within := func(name string, d, least, most time.Duration) {
		rule(name, d >= least && d <= most, d, fmt.Sprintf("%s to %s", least, most))
	}
	number := func(name string, n, least, most int) {
		rule(name, n >= least && n <= most, n, fmt.Sprintf("%d to %d", least, most))
	}
	rule("EVERCART_BACKEND", c.Backend == BackendMemory || c.Backend == BackendSQLite || c.Backend == BackendAWS, c.Backend, "memory, sqlite or aws")
	rule("EVERCART_DATA", c.Data != "", c.Data, "a folder")
	_, err := url.Parse(c.Source)
	rule("EVERCART_SOURCE", c.Source != "" && err == nil, c.Source, "a URI reference such as /evercart")
	rule("EVERCART_ADDR", isAddr(c.Addr), c.Addr, "host:port such as 127.0.0.1:8080, the port 0 to 65535")
	within("EVERCART_TIMEOUT", c.Timeout, 100*time.Millisecond, 25*time.Second)
	number("EVERCART_MAX_REQUESTS", c.MaxRequests, 1, 100_000)
	within("EVERCART_SHUTDOWN_TIMEOUT", c.ShutdownTimeout, 0, 5*time.Minute)
	issuer, err := url.Parse(c.OIDCIssuer)
	rule("EVERCART_OIDC_ISSUER", c.OIDCIssuer == "" || (err == nil && issuer.IsAbs() && issuer.Host != ""), c.OIDCIssuer, "an absolute URL")
	rule("EVERCART_OIDC_AUDIENCE", (c.OIDCIssuer == "") == (c.OIDCAudience == ""), c.OIDCAudience, "a value where EVERCART_OIDC_ISSUER has one, and none where it has none")
	rule("EVERCART_OPERATOR_TOKEN", c.OperatorToken == "" || isToken(c.OperatorToken.Reveal()), c.OperatorToken,
		"16 to 512 characters of A-Z, a-z, 0-9 and -._~+/")
	number("EVERCART_CACHE_STREAMS", c.CacheStreams, 0, 1_000_000)
	number("EVERCART_SNAPSHOT_EVERY", c.SnapshotEvery, 1, 1000)
	within("EVERCART_ARCHIVE_WINDOW", c.ArchiveWindow, 0, time.Minute)
	within("EVERCART_FEED_RETENTION", c.FeedRetention, time.Hour, 8760*time.Hour)
	within("EVERCART_KEEP_GENERATIONS", c.KeepGenerations, 0, 8760*time.Hour)
	c.checkAWS(rule)
	number("EVERCART_SCAN_UNITS", c.ScanUnits, 0, 1_000_000)
	webhook, err := url.Parse(c.WebhookURL)
	rule("EVERCART_WEBHOOK_URL", c.WebhookURL == "" || (err == nil && (webhook.Scheme == "http" || webhook.Scheme == "https") && webhook.Host != ""),
		Secret(c.WebhookURL), "an absolute URL, http or https")
	rule("EVERCART_WEBHOOK_SECRETS", (c.WebhookURL == "") == (len(c.WebhookSecrets) == 0),
		Secret(strings.Join(c.WebhookSecrets, ",")), "a value where EVERCART_WEBHOOK_URL has one, and none where it has none")
	within("EVERCART_REMIND_AFTER", c.RemindAfter, time.Minute, 8760*time.Hour)
	within("EVERCART_REMIND_EVERY", c.RemindEvery, time.Second, 24*time.Hour)
	number("EVERCART_PARK_AFTER", c.ParkAfter, 1, 100)
	within("EVERCART_TRANSIENT_AFTER", c.TransientAfter, time.Second, 24*time.Hour)
	within("EVERCART_RETRY_EVERY", c.RetryEvery, time.Second, 24*time.Hour)
	return faults
}
