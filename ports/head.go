package ports

import "time"

// Head is the end of a stream as a store reported it. An append builds on it.
// Only adapters make heads: a load up to the end, an append, or a conflict
// yields one, so no caller can build on a version that was never a commit's end.
// The zero Head names no stream and is refused.
type Head struct {
	stream  StreamID
	version Version
	hash    Hash
	time    time.Time
}

// NewHead is for adapters alone; the architecture test forbids it in core.
// version 0 with a zero hash and time is the head of a stream without events.
func NewHead(stream StreamID, version Version, hash Hash, at time.Time) Head {
	return Head{stream: stream, version: version, hash: hash, time: at}
}

// HeadOf returns the head of a stream that ends with commit c. Like NewHead, it
// is for adapters alone.
func HeadOf(c *Commit) Head {
	return NewHead(c.Stream, c.Last, c.Hash, c.Events[len(c.Events)-1].Time)
}

// Stream returns the stream that ends here.
func (h Head) Stream() StreamID { return h.stream }

// Version returns the version of the stream's last event; 0 means no events.
func (h Head) Version() Version { return h.version }

// Hash returns the last commit's hash; zero for no events and for the older form.
func (h Head) Hash() Hash { return h.hash }

// Time returns the last event's time; zero for no events and for the older form.
func (h Head) Time() time.Time { return h.time }
