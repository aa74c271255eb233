package main

import (
	"bytes"
	"io"
	"sync"
)

// problems passes on the lines of a function's log that tell of trouble. What
// functions write comes in whole lines or in parts of them. It is safe for
// concurrent use.
type problems struct {
	to io.Writer

	mu   sync.Mutex
	part []byte // of a line whose end has not come
}

// Write implements io.Writer.
func (p *problems) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.part = append(p.part, text...)
	for {
		line, rest, whole := bytes.Cut(p.part, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		if bytes.Contains(line, []byte(`"level":"WARN"`)) || bytes.Contains(line, []byte(`"level":"ERROR"`)) {
			if _, err := p.to.Write(append(line[:len(line):len(line)], '\n')); err != nil {
				return 0, err
			}
		}
		p.part = append([]byte(nil), rest...)
	}
}
