package porttest

import (
	"errors"
	"fmt"
	"time"
)

const (
	// patience bounds a wait for something that must happen soon, on a machine that
	// may be busy.
	patience = 5 * time.Second
	// sinkPatience bounds the wait until what was delivered is handled, which a queue
	// in between may delay: it gives what went astray again after half a minute.
	sinkPatience = 2 * time.Minute
	// visibleWithin is how soon a follower sees what was stored or published.
	visibleWithin = 200 * time.Millisecond
)

// soon returns what call returns, or an error if that takes longer than patience.
func soon[T any](what string, call func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := call()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-time.After(patience):
		var none T
		return none, fmt.Errorf("%s: no answer within %s", what, patience)
	}
}

// matches returns an error unless err matches want.
func matches(err, want error) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("%w, want an error that matches %w", orNil(err), want)
	}
	return nil
}
