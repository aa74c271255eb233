package simulation_test

import (
	"encoding/json"
	"fmt"
)

// random are the members of requests that are other bytes in each run: they tell one
// write from another, and nothing depends on which they are.
func random(member string) bool {
	switch member {
	case "Mark", "Holder", ":holder", "ClientRequestToken":
		return true
	}
	return false
}

// digest tells requests apart, whatever the order of their members, which the SDK
// writes as its maps have them.
func digest(body []byte) (uint64, error) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return 0, err
	}
	return digestOf("", value), nil
}

func digestOf(name string, value any) uint64 {
	sum := hashed(offset, name)
	switch v := value.(type) {
	case map[string]any:
		members := uint64(0)
		for name, member := range v {
			if !random(name) {
				members += digestOf(name, member)
			}
		}
		return sum*prime + members
	case []any:
		for _, one := range v {
			sum = sum*prime + digestOf("[]", one)
		}
		return sum
	case string:
		return hashed(sum*prime, v)
	}
	return hashed(sum*prime, fmt.Sprint(value))
}

// The numbers of FNV-1a, by which hashed adds a text to a sum.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func hashed(sum uint64, text string) uint64 {
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * prime
	}
	return sum
}
