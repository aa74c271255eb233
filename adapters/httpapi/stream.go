package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports/envelope"
)

const (
	maxStreams = 64 // streams at once, so that memory stays bounded
	streamFor  = 10 * time.Minute
	// streamBeat is how often a stream on which nothing happens says that it is there,
	// and streamWrite how long one write may take.
	streamBeat  = 15 * time.Second
	streamWrite = 10 * time.Second
)

// streamChanges answers GET /operator/stream: what happens to carts, while it
// happens, as server-sent events. "changed" carries a list of carts.
func (a *api) streamChanges(w http.ResponseWriter, r *http.Request) error {
	if !a.streams.enter() {
		return tooManyRequests()
	}
	defer a.streams.leave()
	s := &stream{w: w, control: http.NewResponseController(w)}
	ctx, cancel := context.WithTimeout(r.Context(), a.Operator.streamFor())
	var beat sync.WaitGroup
	defer beat.Wait() // nobody may write when the request is over
	defer cancel()
	beat.Go(func() {
		defer cancel()
		s.beat(ctx, a.Operator.Stopping)
	})
	err := a.Operator.Follow(ctx, func(happened []app.Happened) error {
		if len(happened) == 0 {
			return s.begin(r.Method)
		}
		return s.send(string(appendChanged(nil, happened)))
	})
	if err != nil && ctx.Err() == nil && !errors.Is(err, errGone) {
		return err // logged; the page asks for another stream
	}
	return nil
}

func (o *Operator) streamFor() time.Duration {
	if o.StreamFor > 0 {
		return o.StreamFor
	}
	return streamFor
}

// stream is one stream of events to a browser.
type stream struct {
	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	begun   bool // something was sent
}

// errGone says that nobody reads the stream any more.
var errGone = errors.New("the reader of a stream is gone")

// begin sends the head of the answer, and all of it to HEAD.
func (s *stream) begin(method string) error {
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("X-Accel-Buffering", "no") // a proxy must not hold events back
	_ = s.control.SetReadDeadline(time.Time{})  // else the server hangs up on who has nothing to send
	if method == http.MethodHead {
		s.w.WriteHeader(http.StatusOK)
		return errGone
	}
	return s.send("retry: 1000\n\n")
}

// send writes text and sees that it goes out.
func (s *stream) send(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = true
	// The server's own deadline is for answers; a writer without deadlines has none.
	_ = s.control.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return errGone
	}
	if err := s.control.Flush(); err != nil {
		return errGone
	}
	return nil
}

// beat keeps the stream alive until ctx ends, the server stops, or nobody reads.
func (s *stream) beat(ctx context.Context, stopping <-chan struct{}) {
	ticker := time.NewTicker(streamBeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-stopping:
			return
		case <-ticker.C:
			if s.isBegun() && s.send(":\n\n") != nil {
				return
			}
		}
	}
}

func (s *stream) isBegun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// appendChanged appends an event that names what happened, one entry a cart.
func appendChanged(b []byte, happened []app.Happened) []byte {
	newest := map[string]int{}
	for i := range happened {
		newest[happened[i].Stream.ID] = i
	}
	b = append(b, "event: changed\ndata: ["...)
	sep := ""
	for i := range happened {
		h := &happened[i]
		if newest[h.Stream.ID] != i {
			continue
		}
		b = append(b, sep...)
		b = append(b, `{"id":`...)
		b = envelope.AppendString(b, h.Stream.ID)
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, int64(h.Version), 10)
		b = append(b, `,"type":`...)
		b = envelope.AppendString(b, h.Type)
		b = append(b, '}')
		sep = ","
	}
	return append(b, "]\n\n"...)
}
