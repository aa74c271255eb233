package httpapi

// crowd bounds how many requests are worked on at once. What more there is gets a
// no at once, while a queue would only let everybody wait longer. A nil crowd has
// no bound.
type crowd chan struct{}

// newCrowd returns a crowd of at most so many; 0: without a bound.
func newCrowd(most int) crowd {
	if most <= 0 {
		return nil
	}
	return make(crowd, most)
}

// enter reports whether there was room. Who entered must leave.
func (c crowd) enter() bool {
	if c == nil {
		return true
	}
	select {
	case c <- struct{}{}:
		return true
	default:
		return false
	}
}

func (c crowd) leave() {
	if c != nil {
		<-c
	}
}

func tooManyRequests() *problem {
	return &problem{code: codeTryAgain, detail: "too many requests at once; trying again with the same Idempotency-Key is safe"}
}
