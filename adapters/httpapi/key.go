package httpapi

import (
	"net/http"

	"github.com/evercart/evercart/core/cart"
)

// maxKey is the most characters of an idempotency key.
const maxKey = 255

// readKey takes the request's idempotency key, or makes one, and promises it on
// the answer, whatever that will be. A key that is no key is an error and not
// echoed. Routes that change nothing have none.
func (a *api) readKey(w http.ResponseWriter, c *call, rt *route) error {
	if !rt.command {
		return nil
	}
	given := c.Header["Idempotency-Key"]
	switch {
	case len(given) == 0:
		c.key = a.NewCommandID()
	case len(given) > 1:
		return malformed("Idempotency-Key is given more than once")
	case !printable(given[0], maxKey) || given[0][0] == ' ' || given[0][len(given[0])-1] == ' ':
		return malformed("Idempotency-Key is not 1 to 255 printable ASCII characters")
	default:
		c.key, c.keyGiven = given[0], true
	}
	w.Header().Set("Idempotency-Key", c.key)
	return nil
}

// cartIDOf returns the ID of the cart that subject opens with key; the same for
// every retry. Anybody may use the key of somebody who has no name, so it must be
// one that cannot be guessed.
func cartIDOf(subject, key string) (string, error) {
	if subject == "" && !isUUID(key) {
		return "", malformed("without a token, the Idempotency-Key that opens a cart must be a UUID")
	}
	return cart.IDForKey(subject, key), nil
}

// printable reports whether s is 1 to most characters of printable ASCII, space
// included.
func printable(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
