package cart

import (
	"strconv"

	"github.com/google/uuid"
)

// IDForKey returns the ID of the cart that a subject opens with an idempotency
// key: the same for every retry, so that it finds its cart. It is the UUIDv5 of
// the subject's length in bytes, ':', the subject and the key, in a namespace of
// Evercart's own. Whoever knows both can make it: the key of a caller without a
// subject must be one that cannot be guessed.
func IDForKey(subject, key string) string {
	// The namespace b6c1a8d2-5e0f-4c3e-9d1b-7f2a4c8e6b30, for good.
	namespace := uuid.UUID{0xb6, 0xc1, 0xa8, 0xd2, 0x5e, 0x0f, 0x4c, 0x3e, 0x9d, 0x1b, 0x7f, 0x2a, 0x4c, 0x8e, 0x6b, 0x30}
	return uuid.NewSHA1(namespace, []byte(strconv.Itoa(len(subject))+":"+subject+key)).String()
}
