package runtimetest

import (
	"io"
	"sync"
)

// keptOutput is how much of what a process wrote is kept at least.
const keptOutput = 1 << 20

// output keeps the last of what a process writes.
type output struct {
	mu   sync.Mutex
	kept []byte
	also io.Writer // nil: nobody
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept = append(o.kept, p...); len(o.kept) > 2*keptOutput {
		o.kept = append([]byte(nil), o.kept[len(o.kept)-keptOutput:]...)
	}
	if o.also != nil {
		return o.also.Write(p)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.kept)
}
