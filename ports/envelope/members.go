package envelope

// member is one of the members that the stored form and the wire form know; 0 is
// none.
type member uint8

const (
	memberID member = 1 + iota
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

// memberOf returns the member with that key; 0 where none is known.
func memberOf(key string) member {
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

// name returns the member's key.
func (m member) name() string {
	switch m {
	case memberID:
		return "id"
	case memberType:
		return "type"
	case memberSchema:
		return "schema"
	case memberTime:
		return "time"
	case memberCorrelationID:
		return "correlationid"
	case memberCausationID:
		return "causationid"
	case memberTraceparent:
		return "traceparent"
	case memberActor:
		return "actor"
	case memberData:
		return "data"
	case memberSpecVersion:
		return "specversion"
	case memberSource:
		return "source"
	case memberSubject:
		return "subject"
	case memberSequence:
		return "sequence"
	case memberPartitionKey:
		return "partitionkey"
	case memberDataContentType:
		return "datacontenttype"
	case memberCommandID:
		return "commandid"
	case memberFingerprint:
		return "fingerprint"
	case memberCommitFirst:
		return "commitfirst"
	case memberCommitLast:
		return "commitlast"
	case memberCommitHash:
		return "commithash"
	default:
		return ""
	}
}

// members is a set: bit m-1 stands for member m.
type members uint32

func (set members) has(m member) bool { return set>>(m-1)&1 == 1 }

// next moves s to the value of the object's next known member, which it adds to
// the set; 0 at the object's end and after an error. A member that is there twice
// is an error; null is as good as absent.
func (set *members) next(s *Scanner) member {
	for {
		key, ok := s.Field()
		if !ok {
			return 0
		}
		m := memberOf(key)
		if m == 0 || s.Kind() == 'n' {
			s.Skip()
			continue
		}
		if !set.has(m) {
			*set |= 1 << (m - 1)
			return m
		}
		s.fail(s.pos, "a second member "+key)
		return 0
	}
}

// require makes it an error of s if one of all is not in the set.
func (set members) require(s *Scanner, all ...member) {
	for _, m := range all {
		if !set.has(m) {
			s.fail(s.pos, "no member "+m.name())
			return
		}
	}
}
