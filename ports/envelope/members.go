package envelope

import "math/bits"

// members is a set of the members that the stored form and the wire form know.
type members uint32

const (
	memberID members = 1 << iota
	memberType
	memberSchema
	memberTime
	memberCorrelationID
	memberCausationID
	memberTraceparent
	memberActor
	memberData
	memberSpecVersion
	memberSource
	memberSubject
	memberSequence
	memberPartitionKey
	memberDataContentType
	memberCommandID
	memberFingerprint
	memberCommitFirst
	memberCommitLast
	memberCommitHash
)

// memberNames are the members' keys, in the order of their bits.
var memberNames = [...]string{
	"id", "type", "schema", "time", "correlationid", "causationid", "traceparent", "actor", "data",
	"specversion", "source", "subject", "sequence", "partitionkey", "datacontenttype",
	"commandid", "fingerprint", "commitfirst", "commitlast", "commithash",
}

func memberOf(key string) members {
	switch key {
	case "id":
		return memberID
	case "type":
		return memberType
	case "schema":
		return memberSchema
	case "time":
		return memberTime
	case "correlationid":
		return memberCorrelationID
	case "causationid":
		return memberCausationID
	case "traceparent":
		return memberTraceparent
	case "actor":
		return memberActor
	case "data":
		return memberData
	case "specversion":
		return memberSpecVersion
	case "source":
		return memberSource
	case "subject":
		return memberSubject
	case "sequence":
		return memberSequence
	case "partitionkey":
		return memberPartitionKey
	case "datacontenttype":
		return memberDataContentType
	case "commandid":
		return memberCommandID
	case "fingerprint":
		return memberFingerprint
	case "commitfirst":
		return memberCommitFirst
	case "commitlast":
		return memberCommitLast
	case "commithash":
		return memberCommitHash
	default:
		return 0
	}
}

// name returns the key of the first member in m, which is not empty.
func (m members) name() string { return memberNames[bits.TrailingZeros32(uint32(m))] }

// next moves s to the value of the object's next known member, which it adds to
// m; 0 at the object's end and after an error. A member that is there twice is an
// error; null is as good as absent.
func (m *members) next(s *Scanner) members {
	for {
		key, ok := s.Field()
		if !ok {
			return 0
		}
		one := memberOf(key)
		switch {
		case one == 0 || s.Kind() == 'n':
			s.Skip()
		case *m&one != 0:
			s.fail(s.pos, "a second member "+key)
			return 0
		default:
			*m |= one
			return one
		}
	}
}

// require makes it an error of s if a member of all is not in m.
func (m members) require(s *Scanner, all members) {
	if lacks := all &^ m; lacks != 0 {
		s.fail(s.pos, "no member "+lacks.name())
	}
}
