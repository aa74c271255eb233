package estest

import (
	"fmt"
	"strings"
)

// list writes events with their types, for failures.
func list[E any](events []E) string {
	if len(events) == 0 {
		return "no event"
	}
	words := make([]string, len(events))
	for i, e := range events {
		words[i] = fmt.Sprintf("%T%+v", e, e)
	}
	return strings.Join(words, ", ")
}
