package httpapi

import (
	"strconv"
	"strings"
	"time"

	"github.com/evercart/evercart/core/app/carts"
	"github.com/evercart/evercart/ports"
)

// tokenHeader bears what a caller has seen: on the answer of a command, the cart
// and its version; on a query of a view, such values from before. Views follow the
// carts by a moment; a query that brings a token waits until its view has reached
// that version.
const tokenHeader = "Evercart-Token"

const (
	// tokenPatience is how long a query waits for its view.
	tokenPatience = 2 * time.Second
	// tokenLook and tokenLookMost are the first and the longest pause between two
	// looks at the view.
	tokenLook     = 10 * time.Millisecond
	tokenLookMost = 200 * time.Millisecond
	// maxTokens is how many tokens one query may bring.
	maxTokens = 16
)

// tokenOf returns the token of a cart's version. To callers it is opaque.
func tokenOf(id string, version ports.Version) string {
	return id + "." + strconv.FormatInt(int64(version), 10)
}

// parseTokens reads the tokens of a query, in any number of headers, separated by
// commas.
func parseTokens(headers []string) ([]carts.Seen, error) {
	var all []carts.Seen
	for _, header := range headers {
		for token := range strings.SplitSeq(header, ",") {
			id, digits, _ := strings.Cut(strings.TrimSpace(token), ".")
			version, err := strconv.ParseInt(digits, 10, 64)
			if !isUUID(id) || err != nil || version < 1 || digits[0] == '+' {
				return nil, malformed(tokenHeader + " is none that a command answered with")
			}
			all = append(all, carts.Seen{ID: strings.ToLower(id), Version: ports.Version(version)})
		}
	}
	if len(all) > maxTokens {
		return nil, malformed(tokenHeader + " has more than " + strconv.Itoa(maxTokens) + " tokens")
	}
	return all, nil
}

// await waits until the view has reached what the caller has seen. The answer to a
// cart that the caller may not see is that to an unknown one, after the same time.
func (a *api) await(c *call, view string) error {
	if view == "" || len(c.seen) == 0 {
		return nil
	}
	if !a.waiting.enter() {
		return tooManyRequests()
	}
	defer a.waiting.leave()
	late := time.NewTimer(tokenPatience)
	defer late.Stop()
	for pause := tokenLook; ; pause = min(2*pause, tokenLookMost) {
		reached, err := a.Views.Reached(c.ctx, view, c.seen, c.caller)
		if err != nil || reached {
			return err
		}
		again := time.NewTimer(pause)
		select {
		case <-again.C:
		case <-late.C:
			again.Stop()
			return &problem{code: codeTryAgain, detail: "the view " + view + " has not reached what " + tokenHeader + " names"}
		case <-c.ctx.Done():
			again.Stop()
			return c.ctx.Err()
		}
	}
}
