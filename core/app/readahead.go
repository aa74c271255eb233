package app

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

const (
	// objectsAhead is how many archive objects are read at the same time.
	objectsAhead = 4
	// chunkLines is how many lines are handed over at once, fewer where they fill
	// chunkBytes, and chunksAhead how many chunks of an object wait: what is read
	// ahead stays below some MiB.
	chunkLines  = 256
	chunkBytes  = 256 << 10
	chunksAhead = 4
)

// readObject is an archive object that is being read.
type readObject struct {
	ports.ArchiveObject
	err    error // the archive cannot be listed; nothing else is set
	chunks chan []readLine
}

// readLine is one line of an archive object.
type readLine struct {
	data  []byte // as it stands in the archive; nil where err is the object's
	event ports.Published
	err   error // the line, or the object from here on, cannot be read
}

// readAhead yields the archive's objects in archiveOrder. Several are read and
// parsed at the same time; the caller drains the chunks of one after the other.
// When the caller stops, so do the readers, once ctx ends. An object whose key wanted
// says no to (nil: every one is wanted) is yielded without being read: it has no
// chunks.
func readAhead(ctx context.Context, archive ports.Archive, from, to time.Time, wanted func(key string) bool) iter.Seq[*readObject] {
	return func(yield func(*readObject) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var readers sync.WaitGroup
		defer readers.Wait()
		defer cancel()
		queue := make(chan *readObject, objectsAhead-1)
		readers.Go(func() {
			defer close(queue)
			for object, err := range archiveOrder(ctx, archive, from, to) {
				o := &readObject{ArchiveObject: object, err: err, chunks: make(chan []readLine, chunksAhead)}
				select {
				case queue <- o:
				case <-ctx.Done():
					return
				}
				switch {
				case err != nil:
				case wanted == nil || wanted(object.Key):
					readers.Go(func() { o.read(ctx, archive) })
				default:
					close(o.chunks)
				}
			}
		})
		for o := range queue {
			if !yield(o) {
				return
			}
		}
	}
}

// read parses the object's lines and hands them over in chunks.
func (o *readObject) read(ctx context.Context, archive ports.Archive) {
	defer close(o.chunks)
	var room []byte // the chunk's lines, one after the other
	ends := make([]int, 0, chunkLines)
	hand := func(last ...readLine) bool {
		select {
		case o.chunks <- append(parseLines(room, ends), last...):
			room, ends = make([]byte, 0, len(room)+len(room)/8), ends[:0]
			return true
		case <-ctx.Done():
			return false
		}
	}
	for line, err := range archive.Lines(ctx, o.Key) {
		if err != nil {
			hand(readLine{err: err})
			return
		}
		room = append(room, line...)
		if ends = append(ends, len(room)); (len(ends) == chunkLines || len(room) >= chunkBytes) && !hand() {
			return
		}
	}
	if len(ends) > 0 {
		hand()
	}
}

// parseLines parses lines that stand in room, each up to its end. They share room,
// and their events one text: a chunk takes a few pieces of memory, however many
// lines it has.
func parseLines(room []byte, ends []int) []readLine {
	text := string(room)
	lines := make([]readLine, len(ends), len(ends)+1)
	start := 0
	for i, end := range ends {
		lines[i].data = room[start:end:end]
		lines[i].event, lines[i].err = envelope.ParseWire(text[start:end])
		start = end
	}
	return lines
}
