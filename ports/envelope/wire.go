package envelope

import (
	"fmt"

	"github.com/evercart/evercart/ports"
)

// The constant parts of the wire form.
const (
	specVersion = "1.0"
	contentType = "application/json"
)

// AppendWire appends one event in the wire form: CloudEvents 1.0 structured
// JSON, in one line without a line feed.
//
//	{"specversion":"1.0","id":…,"source":…,"type":"evercart.<category>.<Type>.v<schema>","subject":"<category>/<stream ID>",
//	"sequence":"<version, 20 digits>","partitionkey":<subject>,"time":…,"datacontenttype":"application/json",
//	"commandid":…,"fingerprint":"<16 hex digits>","correlationid":…,"causationid":…,"traceparent":…,"actor":…,
//	"commitfirst":"<20 digits>","commitlast":"<20 digits>","commithash":"<64 hex digits>","data":{…}}
//
// Versions are strings, because a CloudEvents Integer has 32 bits only. What is
// empty or zero is left out. Data stands there byte for byte.
//
// An invalid stream, a version outside its commit, an ID, source or type that is
// empty, text that is not UTF-8, data that ValidData refuses, and a time with
// parts of a microsecond are errors, which name the event; dst comes back as it
// was then.
func AppendWire(dst []byte, p *ports.Published) ([]byte, error) {
	w := writer{buf: dst}
	if w.err = checkPublished(p); w.err == nil {
		w.published(p)
	}
	if w.err != nil {
		return dst, fmt.Errorf("wire form: event of %s at version %d: %w", p.Stream, p.Version, w.err)
	}
	return w.buf, nil
}

func (w *writer) published(p *ports.Published) {
	w.buf = append(w.buf, '{')
	w.text(memberSpecVersion, specVersion)
	w.text(memberID, p.ID)
	w.text(memberSource, p.Source)
	w.eventType(p)
	w.subject(memberSubject, p.Stream)
	w.sequence(memberSequence, p.Version)
	w.subject(memberPartitionKey, p.Stream)
	w.time(p.Time)
	w.text(memberDataContentType, contentType)
	w.optional(memberCommandID, p.CommandID)
	w.hex(memberFingerprint, p.Fingerprint[:])
	w.optional(memberCorrelationID, p.CorrelationID)
	w.optional(memberCausationID, p.CausationID)
	w.optional(memberTraceparent, p.Traceparent)
	w.optional(memberActor, p.Actor)
	w.sequence(memberCommitFirst, p.CommitFirst)
	w.sequence(memberCommitLast, p.CommitLast)
	w.hex(memberCommitHash, p.CommitHash[:])
	w.data(p.Data)
	w.buf = append(w.buf, '}')
}

// ParseWire reads the wire form. Unknown attributes are ignored. What cannot be
// read is a *ports.CorruptError, a form that this code does not know (another
// specversion or content type, a type that is not evercart.…) a
// *ports.FormatError. The event shares memory with line.
//
// Corrupt is also what contradicts itself: a partition key that is not the
// subject, a type of another category, a version outside its commit; and data
// that ValidData refuses.
func ParseWire(line string) (ports.Published, error) {
	s := Scan(line)
	var p ports.Published
	readPublished(&s, &p)
	if s.End() == nil {
		s.Fail(checkPublished(&p))
	}
	if s.err != nil {
		return ports.Published{}, wireError(&p, s.err)
	}
	return p, nil
}

// readPublished reads all members into p.
func readPublished(s *Scanner, p *ports.Published) {
	var have members
	var category, key string
	s.Object()
	for {
		switch m := have.next(s); m {
		case memberSpecVersion:
			s.known(m, specVersion)
		case memberID:
			p.ID = s.filled(m)
		case memberSource:
			p.Source = s.filled(m)
		case memberType:
			category, p.Type, p.Schema = s.eventType()
		case memberSubject:
			p.Stream = s.subject()
		case memberSequence:
			p.Version = s.sequence(m)
		case memberPartitionKey:
			key = s.String()
		case memberTime:
			p.Time = s.time()
		case memberDataContentType:
			s.known(m, contentType)
		case memberCommitFirst:
			p.CommitFirst = s.sequence(m)
		case memberCommitLast:
			p.CommitLast = s.sequence(m)
		case memberFingerprint:
			s.hex(m, p.Fingerprint[:])
		case memberCommitHash:
			s.hex(m, p.CommitHash[:])
		case memberData:
			p.Data = s.data()
		case 0:
			have.require(s, memberSpecVersion, memberID, memberSource, memberType, memberSubject,
				memberSequence, memberCommitFirst, memberCommitLast, memberData)
			if s.err == nil {
				s.Fail(checkNames(p, category, key, have.has(memberPartitionKey)))
			}
			return
		default:
			readMetadata(s, m, &p.Metadata)
		}
	}
}

func readMetadata(s *Scanner, m member, to *ports.Metadata) {
	switch m {
	case memberCommandID:
		to.CommandID = s.String()
	case memberCorrelationID:
		to.CorrelationID = s.String()
	case memberCausationID:
		to.CausationID = s.String()
	case memberTraceparent:
		to.Traceparent = s.String()
	case memberActor:
		to.Actor = s.String()
	default:
		s.Skip() // a member of the stored form
	}
}
