package dynamostore

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// reader reads attributes; its first error sticks.
type reader struct {
	item Item
	err  error
}

func (r *reader) fail(name, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("attribute %s is not %s", name, want)
	}
}

func (r *reader) text(name string) string {
	v, ok := r.item[name].(*types.AttributeValueMemberS)
	if !ok {
		r.fail(name, "a string")
		return ""
	}
	return v.Value
}

func (r *reader) optionalText(name string) string {
	if r.item[name] == nil {
		return ""
	}
	return r.text(name)
}

func (r *reader) number(name string) int64 {
	v, ok := r.item[name].(*types.AttributeValueMemberN)
	if !ok {
		r.fail(name, "a number")
		return 0
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if err != nil {
		r.fail(name, "a whole number")
	}
	return n
}

// fill reads bytes of a fixed length; an attribute that is not there leaves zeros.
func (r *reader) fill(name string, into []byte) {
	if r.item[name] == nil {
		return
	}
	v, ok := r.item[name].(*types.AttributeValueMemberB)
	if !ok || len(v.Value) != len(into) {
		r.fail(name, fmt.Sprintf("%d bytes", len(into)))
		return
	}
	copy(into, v.Value)
}

// bytes reads bytes; those of an empty value are not nil.
func (r *reader) bytes(name string) []byte {
	v, ok := r.item[name].(*types.AttributeValueMemberB)
	if !ok {
		r.fail(name, "bytes")
		return nil
	}
	if v.Value == nil {
		return []byte{}
	}
	return v.Value
}

func (r *reader) boolean(name string) bool {
	v, ok := r.item[name].(*types.AttributeValueMemberBOOL)
	if !ok {
		r.fail(name, "a boolean")
		return false
	}
	return v.Value
}

// time reads what setTime wrote; an attribute that is not there is the zero time.
func (r *reader) time(name string) time.Time {
	s := r.optionalText(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		r.fail(name, "a time")
	}
	return t
}

// optionalNumber reads a number; an attribute that is not there is 0.
func (r *reader) optionalNumber(name string) int64 {
	if r.item[name] == nil {
		return 0
	}
	return r.number(name)
}

// corrupt returns the reader's error as a *ports.CorruptError, or nil.
func (r *reader) corrupt(what string) error {
	if r.err == nil {
		return nil
	}
	return &ports.CorruptError{What: what, Err: r.err}
}
