package app

import (
	"encoding/binary"
	"errors"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// sightKind says where an event was seen.
type sightKind byte

const (
	inStore   sightKind = iota // a stored event
	inBlind                    // a stored commit that cannot be read; of it only the first version is known
	inArchive                  // an archived event
	underway                   // an event that relay or archiver have not come to
)

// sight is what a comparison keeps of one event: enough to tell it from all
// others, and to name it.
type sight struct {
	stream  string
	version ports.Version
	kind    sightKind
	young   bool     // stored too short a time ago to be missing
	digest  [16]byte // the start of es.PublishedDigest
	commit  [8]byte  // the start of the commit's hash
	at      place    // where it stands in the archive
	id      string
}

// sightOf notes a published event.
func sightOf(kind sightKind, p *ports.Published) sight {
	digest := es.PublishedDigest(p)
	return sight{
		stream: p.Stream.String(), version: p.Version, kind: kind, id: p.ID,
		digest: [16]byte(digest[:16]), commit: [8]byte(p.CommitHash[:8]),
	}
}

// same reports whether a and b are one event in one form.
func (s *sight) same(b *sight) bool {
	return s.id == b.id && s.digest == b.digest && s.commit == b.commit
}

// append adds the form in which a sight stands in a pile.
func (s *sight) append(dst []byte) []byte {
	young := byte(0)
	if s.young {
		young = 1
	}
	dst = append(dst, byte(s.kind), young)
	dst = append(dst, s.digest[:]...)
	dst = append(dst, s.commit[:]...)
	dst = binary.AppendUvarint(dst, uint64(s.version))
	dst = binary.AppendUvarint(dst, s.at.object)
	dst = binary.AppendUvarint(dst, s.at.line)
	dst = binary.AppendUvarint(dst, uint64(len(s.stream)))
	dst = append(dst, s.stream...)
	return append(dst, s.id...)
}

var errSight = errors.New("the scratch room gives back what was not put there")

// readSight reads what append wrote.
func readSight(record []byte) (sight, error) {
	const fixed = 2 + 16 + 8
	if len(record) < fixed {
		return sight{}, errSight
	}
	s := sight{
		kind: sightKind(record[0]), young: record[1] == 1,
		digest: [16]byte(record[2:18]), commit: [8]byte(record[18:fixed]),
	}
	rest := record[fixed:]
	var numbers [4]uint64 // version, object, line, length of the stream's name
	for i := range numbers {
		n, size := binary.Uvarint(rest)
		if size <= 0 {
			return sight{}, errSight
		}
		numbers[i], rest = n, rest[size:]
	}
	if numbers[3] > uint64(len(rest)) {
		return sight{}, errSight
	}
	s.version, s.at = ports.Version(numbers[0]), place{object: numbers[1], line: numbers[2]}
	text := string(rest)
	s.stream, s.id = text[:numbers[3]], text[numbers[3]:]
	return s, nil
}

// partOf says in which of a pile's parts a stream's records are: FNV-1a, mixed, so
// that short names spread as well.
func partOf(stream string, parts int) int {
	hash := uint64(14695981039346656037)
	for i := range len(stream) {
		hash = (hash ^ uint64(stream[i])) * 1099511628211
	}
	hash ^= hash >> 33
	hash *= 0xff51afd7ed558ccd
	hash ^= hash >> 33
	return int(hash % uint64(parts))
}
