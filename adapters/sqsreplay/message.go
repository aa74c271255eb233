package sqsreplay

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

// The attributes of a message.
const (
	attributeReplay = "replay" // the replay's ID
	attributeTarget = "target" // "carts.2"
	attributeType   = "String"
)

// Limits of SQS. A message's size is that of its body and its attributes. A call
// may take 1 MiB; not long ago that was 256 KiB, which only a message alone in its
// call exceeds here.
const (
	maxMessageBytes = 1 << 20
	maxCallBytes    = 256 << 10
	maxCallMessages = 10
	maxGroup        = 128
)

// errUnmarked says that a record does not name its replay. It would have outward
// effects.
var errUnmarked = errors.New("it has no replay mark")

// message is one event on its way to a queue.
type message struct {
	body          string
	group         string
	deduplication string
	replay        string
	tries         int // how often it failed
}

// newMessages makes the messages of records. What cannot be sent is an error: a
// record without a replay mark, one that is no event (*ports.CorruptError,
// *ports.FormatError), one that is too large (*ports.TooLargeError).
func newMessages(target ports.Target, records []ports.Record) ([]message, error) {
	messages := make([]message, len(records))
	for i := range records {
		m, err := newMessage(target, &records[i])
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		messages[i] = m
	}
	return messages, nil
}

func newMessage(target ports.Target, r *ports.Record) (message, error) {
	if r.Replay == "" {
		return message{}, errUnmarked
	}
	body := string(r.Data)
	event, err := envelope.ParseWire(body)
	if err != nil {
		return message{}, err
	}
	subject := event.Stream.String()
	m := message{body: sendable(body), group: groupOf(subject), deduplication: deduplicationOf(r.Replay, event.ID), replay: r.Replay}
	if size := m.size(target); size > maxMessageBytes {
		return message{}, &ports.TooLargeError{What: fmt.Sprintf("event of %s at version %d", subject, event.Version), Size: size, Max: maxMessageBytes}
	}
	return m, nil
}

// sendable returns body without the two characters of valid JSON that SQS refuses,
// U+FFFE and U+FFFF, which it escapes: they can stand in strings only. SQS refuses
// control characters too, which JSON has escaped already.
func sendable(body string) string {
	if !strings.Contains(body, "\uffff") && !strings.Contains(body, "\ufffe") {
		return body
	}
	return strings.NewReplacer("\uffff", `\uffff`, "\ufffe", `\ufffe`).Replace(body)
}

// groupOf is the message group of a stream: its name, or, where that is too long
// for one, its SHA-256.
func groupOf(subject string) string {
	if len(subject) <= maxGroup {
		return subject
	}
	sum := sha256.Sum256([]byte(subject))
	return hex.EncodeToString(sum[:])
}

// deduplicationOf is the SHA-256 of the replay's ID, a zero byte and the event's ID.
func deduplicationOf(replay, event string) string {
	sum := sha256.Sum256([]byte(replay + "\x00" + event))
	return hex.EncodeToString(sum[:])
}

// size is what SQS counts of m.
func (m *message) size(target ports.Target) int {
	return len(m.body) + len(attributeReplay) + len(attributeTarget) + 2*len(attributeType) + len(m.replay) + len(target.String())
}

// entry is m in a call, where id names it.
func (m *message) entry(id string, target ports.Target) types.SendMessageBatchRequestEntry {
	text := func(value string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String(attributeType), StringValue: &value}
	}
	return types.SendMessageBatchRequestEntry{
		Id: &id, MessageBody: &m.body, MessageGroupId: &m.group, MessageDeduplicationId: &m.deduplication,
		MessageAttributes: map[string]types.MessageAttributeValue{attributeReplay: text(m.replay), attributeTarget: text(target.String())},
	}
}
